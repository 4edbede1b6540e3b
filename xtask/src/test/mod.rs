//! Everything a change must pass. [`steps::STEPS`] says what; here it is run.

mod steps;

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::Instant,
};

use anyhow::{ensure, Context, Result};

use crate::{
    localnet, node,
    process::{self, host_cargo, Command},
    progress::{human, Steps},
    workspace::Workspace,
};

use steps::{How, Step, STEPS};

/// The same cases in every run: a change is refused for what it did, not by a
/// draw. Set another seed, or none by `cargo test`, to look further.
const PROPTEST_SEED: &str = "20221109";

/// Prints the steps and what each of them shows.
pub fn list() {
    for step in STEPS {
        println!("{} ({})", step.name, step.takes);
        println!("    {}", step.shows);
    }
}

/// Runs every step, stopping at the first that fails.
pub fn everything(workspace: &Workspace) -> Result<()> {
    let started = Instant::now();
    let mut steps = Steps::new(STEPS.iter().map(Step::count).sum());
    let mut tests = 0;
    for step in STEPS {
        tests += step.run(workspace, &mut steps)?;
    }
    println!(
        "{} tests and {} steps in {}",
        tests,
        steps.completed(),
        human(started.elapsed())
    );
    println!("{} passed, 0 failed", tests + steps.completed());
    Ok(())
}

impl Step {
    /// How many steps it is announced as.
    fn count(&self) -> usize {
        match self.how {
            How::TypeScript => node::STEPS,
            _ => 1,
        }
    }

    /// Runs it; returns how many tests passed.
    fn run(&self, workspace: &Workspace, steps: &mut Steps) -> Result<usize> {
        let none = |()| 0;
        match self.how {
            How::TypeScript => {
                let surfnet = localnet::surfnet(workspace)?;
                node::steps(workspace, steps, &surfnet, &|| on_local_chain(workspace))
            }
            How::Tests(args) => steps.run(self.name, self.takes, || {
                let mut cargo = host_cargo(workspace)?;
                let seed = std::env::var("PROPTEST_RNG_SEED");
                let seed = seed.unwrap_or_else(|_| PROPTEST_SEED.into());
                count_tests(cargo.args(args).env("PROPTEST_RNG_SEED", seed))
            }),
            How::Cargo(args) => steps
                .run(self.name, self.takes, || {
                    process::run(host_cargo(workspace)?.args(args))
                })
                .map(none),
            How::Own(work) => steps
                .run(self.name, self.takes, || work(workspace))
                .map(none),
            How::Compile(binary) => steps
                .run(self.name, self.takes, || binary.compile(workspace))
                .map(none),
            How::Play(binary, args) => steps
                .run(self.name, self.takes, || {
                    process::run(binary.command(workspace)?.args(args))
                })
                .map(none),
        }
    }
}

/// The tests that need the local chain, with keepers and nodes as processes.
fn on_local_chain(workspace: &Workspace) -> Result<usize> {
    count_tests(
        host_cargo(workspace)?
            .args(["test", "--workspace", "--locked"])
            .args(["--test", "crash", "--test", "localnet", "--", "--ignored"])
            .env("BACKSTOP_SURFNET", localnet::surfnet(workspace)?),
    )
}

/// Runs `cargo test`, showing what it prints, and counts what passed.
fn count_tests(cargo: &mut Command) -> Result<usize> {
    let mut child = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut passed = 0;
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        passed += passed_in(&line);
    }
    let status = child.wait()?;
    ensure!(status.success(), "a test failed: see above");
    ensure!(passed > 0, "cargo ran no test at all");
    Ok(passed)
}

/// The number in `test result: ok. 12 passed; 0 failed; …`; 0 for other lines.
fn passed_in(line: &str) -> usize {
    line.trim()
        .strip_prefix("test result: ")
        .and_then(|rest| rest.split_once(". "))
        .and_then(|(_, rest)| rest.split_once(" passed"))
        .and_then(|(count, _)| count.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::passed_in;

    #[test]
    fn only_result_lines_count() {
        assert_eq!(
            passed_in("test result: ok. 12 passed; 0 failed; 1 ignored"),
            12
        );
        assert_eq!(passed_in("test books::balance ... ok"), 0);
    }
}

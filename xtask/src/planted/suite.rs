//! Compiles test files, runs single tests of them, and says which failed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{ensure, Context, Result};
use serde::Deserialize;

use super::table::{Suite, TestName};
use crate::{
    process::{run_captured, Command},
    workspace::Workspace,
};

/// No test may take longer. One that does has not noticed a bug but hangs.
const LONGEST: Duration = Duration::from_secs(300);

/// The same cases in every run of the property tests.
const SEED: &str = "20221109";

/// Compiled test files.
pub type Binaries = BTreeMap<(Suite, String), PathBuf>;

/// Names of the files in which `tests` are.
pub fn files<'a>(tests: impl IntoIterator<Item = &'a TestName>, suite: Suite) -> BTreeSet<&'a str> {
    tests
        .into_iter()
        .filter(|test| test.suite == suite)
        .map(|test| test.file.as_str())
        .collect()
}

/// Compiles the test files of a suite with `cargo`, a `cargo test` that knows
/// which package is meant.
pub fn compile(
    workspace: &Workspace,
    mut cargo: Command,
    suite: Suite,
    files: &BTreeSet<&str>,
) -> Result<Binaries> {
    cargo.args(["--locked", "--quiet", "--no-run"]);
    cargo.arg("--message-format=json-render-diagnostics");
    for file in files {
        cargo.args(["--test", file]);
    }
    let dir = workspace.root().join(suite.dir());
    let binaries: Binaries = run_captured(&mut cargo)?
        .lines()
        .filter_map(|line| executable(line, &dir))
        .map(|(file, path)| ((suite, file), path))
        .collect();
    for file in files {
        ensure!(
            binaries.contains_key(&(suite, (*file).to_owned())),
            "cargo compiled no {}/{file}.rs",
            suite.dir()
        );
    }
    Ok(binaries)
}

#[derive(Deserialize)]
struct Artifact {
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    src_path: PathBuf,
}

/// Name and path of the test file that a message of cargo is about, if it is
/// one of the files in `dir`.
fn executable(message: &str, dir: &Path) -> Option<(String, PathBuf)> {
    let artifact: Artifact = serde_json::from_str(message).ok()?;
    let path = artifact.executable?;
    artifact
        .target
        .src_path
        .starts_with(dir)
        .then_some((artifact.target.name, path))
}

/// Keeps binaries as they are now, whatever is compiled in the meantime.
pub fn keep(binaries: &mut Binaries, dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir)?;
    for ((_, file), path) in binaries {
        let kept = dir.join(file);
        if fs::hard_link(&*path, &kept).is_err() {
            fs::copy(&*path, &kept).with_context(|| format!("cannot copy {}", path.display()))?;
        }
        *path = kept;
    }
    Ok(())
}

/// How a run of tests ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Tests that passed.
    pub passed: BTreeSet<TestName>,
    /// Tests that failed.
    pub failed: BTreeSet<TestName>,
    /// Tests that are not there, or that ended neither way: the process died.
    pub lost: BTreeSet<TestName>,
    /// What the tests printed.
    pub output: String,
}

/// Runs `tests` and nothing else; those of the program on `program`.
pub fn run(binaries: &Binaries, tests: &[TestName], program: Option<&Path>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut by_file: BTreeMap<(Suite, String), Vec<&TestName>> = BTreeMap::new();
    for test in tests {
        let file = (test.suite, test.file.clone());
        by_file.entry(file).or_default().push(test);
    }
    for (file, tests) in by_file {
        let binary = binaries
            .get(&file)
            .with_context(|| format!("{}/{}.rs is not compiled", file.0.dir(), file.1))?;
        let mut command = Command::new(binary);
        command
            .arg("--exact")
            .args(tests.iter().map(|test| &test.test))
            .env("PROPTEST_RNG_SEED", SEED)
            .env("PROPTEST_MAX_SHRINK_ITERS", "0")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .env("RUST_BACKTRACE", "0");
        if let Some(program) = program {
            // The binaries have the program without the bug in them.
            command
                .env("BACKSTOP_SO", program)
                .env("BACKSTOP_CHAIN", "bytecode");
        }
        let printed = output_within(command, LONGEST)?;
        for test in tests {
            let set = match ended(&printed, &test.test) {
                Some(true) => &mut outcome.passed,
                Some(false) => &mut outcome.failed,
                None => &mut outcome.lost,
            };
            set.insert(test.clone());
        }
        outcome.output.push_str(&printed);
    }
    Ok(outcome)
}

/// Whether the test of this name passed, if it ended.
fn ended(output: &str, test: &str) -> Option<bool> {
    output.lines().find_map(|line| {
        let (name, end) = line.strip_prefix("test ")?.split_once(" ... ")?;
        (name.split(" - ").next() == Some(test)).then_some(end == "ok")
    })
}

/// What a child prints; it is killed when its time is over.
fn output_within(mut command: Command, longest: Duration) -> Result<String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    let mut stdout = child.stdout.take().context("the tests have no output")?;
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).map(|_| bytes)
    });
    wait(&mut child, longest)?;
    let bytes = reader.join().ok().context("the reader ends")??;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn wait(child: &mut Child, longest: Duration) -> Result<()> {
    let started = Instant::now();
    while child.try_wait()?.is_none() {
        if started.elapsed() > longest {
            child.kill()?;
            child.wait()?;
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_passes_fails_or_has_not_ended() {
        let output = "running 3 tests\ntest one ... ok\ntest two - should panic ... FAILED\n\
                      test three ... ";
        assert_eq!(ended(output, "one"), Some(true));
        assert_eq!(ended(output, "two"), Some(false));
        assert_eq!(ended(output, "four"), None);
        assert_eq!(
            ended("test three has been running for over 60 seconds", "three"),
            None
        );
    }

    #[test]
    fn a_file_is_known_by_its_directory() {
        let message = |dir: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"auction",
                "src_path":"{dir}/auction.rs"}},"executable":"deps/auction-1"}}"#
            )
        };
        let found = executable(&message("tree/tests/tests"), Path::new("tree/tests/tests"));
        assert_eq!(found, Some(("auction".into(), "deps/auction-1".into())));
        let other = message("tree/crates/engine/tests");
        assert_eq!(executable(&other, Path::new("tree/tests/tests")), None);
        assert_eq!(
            executable(r#"{"reason":"build-finished"}"#, Path::new("tree")),
            None
        );
    }

    #[test]
    fn who_takes_too_long_is_stopped() {
        let mut sleeper = Command::new("sleep");
        sleeper.arg("60");
        let started = Instant::now();
        let printed = output_within(sleeper, Duration::from_millis(50)).unwrap();
        assert_eq!(printed, "");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}

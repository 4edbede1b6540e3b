//! Bugs that a thief would plant, and whether the tests notice.
//!
//! Each patch of `tests/planted/` is applied to a copy of the tree, and the
//! tests that the table names for it must fail. Two things keep that cheap.
//! Formulas are tested without a chain. And a test of the program runs the
//! bytecode alone: its binary is compiled once, from the tree as it is, and is
//! given one program with a bug after another.

mod copy;
mod suite;
mod table;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{bail, ensure, Context, Result};

use crate::{
    build,
    process::{self, Command},
    progress::{human, Steps},
    workspace::Workspace,
};
use copy::TreeCopy;
use suite::{Binaries, Outcome};
use table::{Planted, Suite, Table, TestName};

/// Must pass with every bug: a program that cannot do even this fails every
/// test, and not because a test is good.
const ALIVE: (&str, &str) = (
    "obligation",
    "an_owner_opens_as_many_obligations_as_he_likes",
);

/// Plants the bugs whose names begin like this, or all of them; fails if one
/// survives.
pub fn run(workspace: &Workspace, names: &[String]) -> Result<()> {
    let chosen = select(Table::read(workspace.root())?.planted, names)?;
    let dir = workspace.cache().join("planted");
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let lock = File::create(dir.join("lock"))?;
    ensure!(
        lock.try_lock().is_ok(),
        "another run plants bugs in {}",
        dir.display()
    );
    let started = Instant::now();
    let mut steps = Steps::new(chosen.len() + 1);
    let field = Field::prepare(workspace, &dir, &chosen, &mut steps)?;

    let mut pace = Pace::default();
    let mut reports = Vec::new();
    for (index, planted) in chosen.iter().enumerate() {
        let estimate = pace.estimate(&chosen[index..]);
        let began = Instant::now();
        let verdict = steps.run(&planted.name, &estimate, || {
            let verdict = field.plant(planted)?;
            eprintln!("      {verdict}");
            Ok(verdict)
        })?;
        pace.record(planted, began.elapsed());
        reports.push((planted, verdict, began.elapsed()));
    }
    field.copy.restore()?;

    for (planted, verdict, elapsed) in &reports {
        let verdict = verdict.to_string();
        let first = verdict.lines().next().unwrap_or_default();
        println!("{}: {first}, {}", planted.name, human(*elapsed));
    }
    let caught = reports.iter().filter(|(_, v, _)| v.is_caught()).count();
    println!(
        "{} planted, {caught} caught, in {}",
        reports.len(),
        human(started.elapsed())
    );
    ensure!(caught == reports.len(), "not every planted bug was caught");
    Ok(())
}

/// The bugs asked for; formulas first, because they are quick.
fn select(mut all: Vec<Planted>, names: &[String]) -> Result<Vec<Planted>> {
    for name in names {
        if !all.iter().any(|planted| planted.name.starts_with(name)) {
            bail!("no bug is named `{name}`: see {}/README.md", table::DIR);
        }
    }
    let wanted = |name: &str| names.iter().any(|start| name.starts_with(start));
    all.retain(|planted| names.is_empty() || wanted(&planted.name));
    all.sort_by_key(Planted::needs_program);
    Ok(all)
}

/// What became of a planted bug.
enum Verdict {
    /// Every test that the table names failed.
    Caught(Vec<TestName>),
    /// These tests passed all the same.
    Survived(BTreeSet<TestName>),
    /// These tests ended neither way.
    Lost(BTreeSet<TestName>),
    /// It shows nothing: it does not apply, or does not compile, or leaves a
    /// program that does not work at all.
    Void(String),
}

impl Verdict {
    fn is_caught(&self) -> bool {
        matches!(self, Self::Caught(_))
    }

    fn of(planted: &Planted, outcome: Outcome) -> Self {
        if !outcome.lost.is_empty() {
            Self::Lost(outcome.lost)
        } else if !outcome.passed.is_empty() {
            Self::Survived(outcome.passed)
        } else {
            Self::Caught(planted.tests.clone())
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Caught(by) => write!(f, "caught by {}", listed(by)),
            Self::Survived(tests) => write!(f, "SURVIVED {}", listed(tests)),
            Self::Lost(tests) => write!(f, "NOT ENDED: {}", listed(tests)),
            Self::Void(why) => write!(f, "VOID: {why}"),
        }
    }
}

fn listed<'a>(tests: impl IntoIterator<Item = &'a TestName>) -> String {
    let names: Vec<String> = tests.into_iter().map(ToString::to_string).collect();
    names.join(", ")
}

/// Where bugs are planted.
struct Field {
    copy: TreeCopy,
    /// Tests of the program, compiled from the tree as it is.
    program_tests: Binaries,
    /// Target directory of the engine's tests.
    engine_target: PathBuf,
    /// What tests printed, by bug.
    logs: PathBuf,
}

impl Field {
    /// Copies the tree and shows that all tests concerned pass on it.
    fn prepare(
        workspace: &Workspace,
        dir: &Path,
        chosen: &[Planted],
        steps: &mut Steps,
    ) -> Result<Self> {
        let mut field = Self {
            copy: TreeCopy::new(workspace, dir.join("tree"))?,
            program_tests: Binaries::new(),
            engine_target: dir.join("engine"),
            logs: dir.join("logs"),
        };
        fs::create_dir_all(&field.logs)?;
        steps.run(
            "the tests concerned pass on the tree as it is",
            "about 15 min the first time, a minute afterwards",
            || {
                let mut tests: BTreeSet<TestName> =
                    chosen.iter().flat_map(|bug| bug.tests.clone()).collect();
                if chosen.iter().any(Planted::needs_program) {
                    tests.insert(alive());
                    let files = suite::files(&tests, Suite::Program);
                    let mut cargo = process::host_cargo(workspace)?;
                    // The whole workspace selects the features that the tests
                    // are compiled with otherwise.
                    cargo.args(["test", "--workspace"]);
                    let compiled = suite::compile(workspace, cargo, Suite::Program, &files)?;
                    field.program_tests = compiled;
                    suite::keep(&mut field.program_tests, &dir.join("bin"))?;
                }
                let tests: Vec<TestName> = tests.into_iter().collect();
                let outcome = field.run(&tests)?;
                ensure!(
                    outcome.lost.is_empty(),
                    "no such tests: {}",
                    listed(&outcome.lost)
                );
                ensure!(
                    outcome.failed.is_empty(),
                    "these fail without any bug: {}\n{}",
                    listed(&outcome.failed),
                    outcome.output
                );
                Ok(())
            },
        )?;
        Ok(field)
    }

    /// Plants a bug and runs the tests named for it.
    fn plant(&self, planted: &Planted) -> Result<Verdict> {
        self.copy.restore()?;
        if let Err(error) = self.copy.apply(&planted.patch()) {
            return Ok(Verdict::Void(format!("it does not apply: {error:#}")));
        }
        let mut tests = planted.tests.clone();
        if planted.needs_program() {
            tests.push(alive());
        }
        let mut outcome = match self.run(&tests) {
            Ok(outcome) => outcome,
            Err(error) => return Ok(Verdict::Void(format!("{error:#}"))),
        };
        fs::write(
            self.logs.join(format!("{}.log", planted.name)),
            &outcome.output,
        )?;
        if planted.needs_program() && !outcome.passed.remove(&alive()) {
            let why = "the program does not even open an obligation";
            return Ok(Verdict::Void(why.to_owned()));
        }
        Ok(Verdict::of(planted, outcome))
    }

    /// Compiles what `tests` need of the copy as it is now, and runs them.
    fn run(&self, tests: &[TestName]) -> Result<Outcome> {
        let copy = self.copy.workspace();
        let mut binaries = self.program_tests.clone();
        let files = suite::files(tests, Suite::Engine);
        if !files.is_empty() {
            let mut cargo: Command = process::cargo(copy);
            cargo
                .args(["test", "--package", "backstop-engine"])
                .env("CARGO_TARGET_DIR", &self.engine_target);
            binaries.extend(suite::compile(copy, cargo, Suite::Engine, &files)?);
        }
        let program = if tests.iter().any(|test| test.suite == Suite::Program) {
            Some(build::for_tests(copy)?)
        } else {
            None
        };
        suite::run(&binaries, tests, program.as_deref())
    }
}

fn alive() -> TestName {
    TestName {
        suite: Suite::Program,
        file: ALIVE.0.to_owned(),
        test: ALIVE.1.to_owned(),
    }
}

/// How long bugs of either kind take.
#[derive(Default)]
struct Pace {
    formula: Vec<Duration>,
    program: Vec<Duration>,
}

impl Pace {
    fn record(&mut self, planted: &Planted, elapsed: Duration) {
        if planted.needs_program() {
            self.program.push(elapsed);
        } else {
            self.formula.push(elapsed);
        }
    }

    fn expected(&self, planted: &Planted) -> Duration {
        let (seen, guess) = if planted.needs_program() {
            (&self.program, Duration::from_secs(45))
        } else {
            (&self.formula, Duration::from_secs(8))
        };
        let count = u32::try_from(seen.len()).unwrap_or(u32::MAX);
        seen.iter()
            .sum::<Duration>()
            .checked_div(count)
            .unwrap_or(guess)
    }

    /// For the first of `left` and for all of them.
    fn estimate(&self, left: &[Planted]) -> String {
        let all: Duration = left.iter().map(|planted| self.expected(planted)).sum();
        let this = left
            .first()
            .map_or(Duration::ZERO, |first| self.expected(first));
        format!("about {}, {} for all that is left", human(this), human(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(test: &str) -> TestName {
        TestName {
            suite: Suite::Engine,
            file: "shares".into(),
            test: test.into(),
        }
    }

    fn bug(tests: &[&str]) -> Planted {
        Planted {
            name: "01-bug".into(),
            letter: None,
            row: "M1".into(),
            breaks: "rounding".into(),
            tests: tests.iter().map(|test| name(test)).collect(),
        }
    }

    #[test]
    fn a_bug_is_caught_only_if_every_named_test_fails() {
        let set = |tests: &[&str]| tests.iter().map(|test| name(test)).collect();
        let verdict = |passed: &[&str], failed: &[&str], lost: &[&str]| {
            let outcome = Outcome {
                passed: set(passed),
                failed: set(failed),
                lost: set(lost),
                output: String::new(),
            };
            Verdict::of(&bug(&["a", "b"]), outcome).to_string()
        };
        assert_eq!(
            verdict(&[], &["a", "b"], &[]),
            "caught by engine/shares::a, engine/shares::b"
        );
        assert_eq!(verdict(&["b"], &["a"], &[]), "SURVIVED engine/shares::b");
        assert_eq!(verdict(&[], &["a"], &["b"]), "NOT ENDED: engine/shares::b");
    }

    #[test]
    fn a_bug_that_nobody_knows_is_not_left_out_in_silence() {
        let all = vec![bug(&["a"])];
        assert_eq!(select(all.clone(), &[]).unwrap().len(), 1);
        assert_eq!(select(all.clone(), &["01".into()]).unwrap().len(), 1);
        assert!(select(all, &["02-bug".into()]).is_err());
    }

    #[test]
    fn the_estimate_learns() {
        let mut pace = Pace::default();
        let left = [bug(&["a"]), bug(&["a"])];
        assert_eq!(
            pace.estimate(&left),
            "about 8.0 s, 16 s for all that is left"
        );
        pace.record(&left[0], Duration::from_secs(2));
        pace.record(&left[0], Duration::from_secs(4));
        assert_eq!(
            pace.estimate(&left),
            "about 3.0 s, 6.0 s for all that is left"
        );
    }
}

//! The copy of the tree in which one bug after another is planted, and the
//! tests that are run on it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{ensure, Result};

use super::{
    copy::TreeCopy,
    suite::{self, Binaries, Outcome},
    table::{Planted, Suite, TestName},
    verdict::{listed, Verdict},
};
use crate::{
    build,
    process::{self, Command},
    progress::Steps,
    workspace::Workspace,
};

/// Must pass with every bug: a program that cannot do even this fails every
/// test, and not because a test is good.
const ALIVE: (&str, &str) = (
    "obligation",
    "an_owner_opens_as_many_obligations_as_he_likes",
);

/// Where bugs are planted.
pub struct Field {
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
    pub fn prepare(
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
    pub fn plant(&self, planted: &Planted) -> Result<Verdict> {
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

    /// Digs out what was planted last.
    pub fn restore(&self) -> Result<()> {
        self.copy.restore()
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

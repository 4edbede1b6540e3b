//! Bugs that a thief would plant, and whether the tests notice.
//!
//! Each patch of `tests/planted/` is applied to a copy of the tree, and the
//! tests that the table names for it must fail. Two things keep that cheap.
//! Formulas are tested without a chain. And a test of the program runs the
//! bytecode alone: its binary is compiled once, from the tree as it is, and is
//! given one program with a bug after another.

mod copy;
mod field;
mod pace;
mod suite;
mod table;
mod verdict;

use std::{
    fs::{self, File},
    time::Instant,
};

use anyhow::{bail, ensure, Context, Result};

use crate::{
    progress::{human, Steps},
    workspace::Workspace,
};
use field::Field;
use pace::Pace;
use table::{Planted, Table};

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
    field.restore()?;

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

#[cfg(test)]
mod tests {
    use super::{table::Suite, *};

    /// A bug in formulas or in the program.
    pub fn bug(suite: Suite, tests: &[&str]) -> Planted {
        let name = |test: &&str| table::TestName {
            suite,
            file: "file".into(),
            test: (*test).into(),
        };
        Planted {
            name: "01-bug".into(),
            letter: None,
            row: "M1".into(),
            breaks: "rounding".into(),
            tests: tests.iter().map(name).collect(),
        }
    }

    #[test]
    fn a_bug_that_nobody_knows_is_not_left_out_in_silence() {
        let all = vec![bug(Suite::Program, &["a"]), bug(Suite::Engine, &["a"])];
        let chosen = select(all.clone(), &[]).unwrap();
        assert!(!chosen[0].needs_program() && chosen[1].needs_program());
        assert_eq!(select(all.clone(), &["01".into()]).unwrap().len(), 2);
        assert!(select(all, &["02-bug".into()]).is_err());
    }
}

//! Measures every instruction of the program on its real bytecode, and keeps
//! the record in `docs/benchmarks.md` and `docs/benchmarks.json`.
//!
//! Everything is deterministic: keys are fixed, time stands still, and compute
//! units are counted, not timed. Two runs of the same bytecode agree exactly.

mod bench;
mod cases;
mod ceilings;
mod compare;
mod document;
mod instructions;
mod record;

use {
    anyhow::{bail, Context, Result},
    clap::Parser,
    record::Record,
    std::{fs, path::Path},
};

/// Measures compute units, transaction sizes, heap and account sizes.
#[derive(Parser)]
struct Args {
    /// Compares with the record instead of rewriting it.
    #[arg(long)]
    check: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let (page, data) = (docs.join("benchmarks.md"), docs.join("benchmarks.json"));

    let measured = cases::measure()?;
    println!("{}", document::terminal_table(&measured));
    let excess = ceilings::unexplained(&measured);
    if !args.check {
        fs::write(&data, measured.to_json()?)?;
        fs::write(&page, document::page(&measured))?;
        for problem in &excess {
            eprintln!("warning: {problem}");
        }
        println!("written: docs/benchmarks.md, docs/benchmarks.json");
        return Ok(());
    }

    let text = fs::read_to_string(&data).context("docs/benchmarks.json: no record yet")?;
    let recorded = Record::from_json(&text)?;
    let comparison = compare::compare(&recorded, &measured);
    for line in &comparison.improvements {
        println!("better: {line}");
    }
    let mut problems = comparison.problems;
    problems.extend(excess);
    if fs::read_to_string(&page).unwrap_or_default() != document::page(&recorded) {
        problems.push("docs/benchmarks.md does not say what docs/benchmarks.json says".into());
    }
    if problems.is_empty() {
        println!("{} rows are as recorded or better", measured.rows.len());
        return Ok(());
    }
    for problem in &problems {
        eprintln!("worse: {problem}");
    }
    bail!(
        "{} figures are not what docs/benchmarks.md promises",
        problems.len()
    )
}

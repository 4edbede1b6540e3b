//! How the keeper's index and decisions behave with a million obligations.
//!
//! `cargo xtask bench keeper` runs this; it writes `docs/keeper-scale.md` and
//! `docs/keeper-scale.svg`.

mod measure;
mod plot;
mod population;
mod report;

use std::path::PathBuf;

use anyhow::{bail, Context, Result};

use measure::measure;

/// Sizes of the population; the table is about the last.
const PEOPLE: [usize; 3] = [10_000, 100_000, 1_000_000];

/// Banks of the market.
const BANKS: usize = 50;

/// Seed of the population.
const SEED: u64 = 20_221_109;

const HELP: &str = "\
Measures the keeper's index and decisions: 50 banks, 10,000 to 1,000,000 obligations.

Usage: cargo xtask bench keeper [--people N] [--out DIR]

  --people N  only this many obligations; prints the table and writes nothing
  --out DIR   where keeper-scale.md and keeper-scale.svg are written (docs)";

struct Options {
    people: Option<usize>,
    out: PathBuf,
}

fn options() -> Result<Option<Options>> {
    let mut options = Options {
        people: None,
        out: PathBuf::from("docs"),
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--help" | "-h" => return Ok(None),
            "--people" => options.people = Some(value()?.parse().context("--people")?),
            "--out" => options.out = value()?.into(),
            _ => bail!("unknown option {arg}: --help lists them"),
        }
    }
    Ok(Some(options))
}

fn main() -> Result<()> {
    let Some(options) = options()? else {
        println!("{HELP}");
        return Ok(());
    };
    let sizes = options
        .people
        .map_or(PEOPLE.to_vec(), |people| vec![people]);
    let runs = sizes
        .iter()
        .map(|people| measure(*people, BANKS, SEED))
        .collect::<Result<Vec<_>>>()?;
    let text = report::write(&runs);
    println!("{text}");
    if options.people.is_none() {
        let at = |name: &str| options.out.join(name);
        std::fs::write(at("keeper-scale.md"), &text)
            .with_context(|| format!("cannot write to {}", options.out.display()))?;
        plot::draw(&runs, &at("keeper-scale.svg"))?;
    }
    Ok(())
}

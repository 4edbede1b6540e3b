//! The command line.

use {backstop_tests::demo::Scenario, clap::Parser};

/// Plays a lending market through the week in which FTX fell, on the real
/// program, and shows who paid for the bad debt.
///
/// Prices are real, the chain is embedded, and every figure is read from it.
/// Three stories differ in their reserves only:
///
///   insurance   insurance is enough
///   dilution    insurance runs out; governance tokens are issued and sold
///   exhausted   insurance and buyers run out; lenders share the rest
///   all         each of them, in short form
///
/// The exit code is 0 only if every invariant held.
#[derive(Debug, Parser)]
#[command(name = "demo", verbatim_doc_comment)]
pub struct Args {
    /// Which story to play: insurance, dilution, exhausted or all
    #[arg(long, value_name = "NAME", default_value = "exhausted", value_parser = known)]
    scenario: String,
    /// Draws the borrowers: sizes, loans and order. The same seed, the same story
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Prints one JSON document on standard output, and nothing else there
    #[arg(long)]
    pub json: bool,
}

impl Args {
    /// The stories to play, and whether in short form.
    pub fn scenarios(&self) -> (Vec<Scenario>, bool) {
        self.scenario
            .parse()
            .map_or_else(|_| (Scenario::ALL.to_vec(), true), |one| (vec![one], false))
    }
}

fn known(name: &str) -> Result<String, String> {
    if name == "all" {
        return Ok(name.to_owned());
    }
    name.parse::<Scenario>()
        .map(|scenario| scenario.name().to_owned())
        .map_err(|error| format!("{error}; try insurance, dilution, exhausted or all"))
}

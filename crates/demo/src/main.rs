//! `cargo xtask demo`: a crisis that really happened, on the real program.

use {clap::Parser, std::process::ExitCode};

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
struct Cli {
    #[command(flatten)]
    story: backstop_demo::Args,
    /// Prints one JSON document on standard output, and nothing else there
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match backstop_demo::run(&cli.story, cli.json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("demo: {reason}");
            ExitCode::FAILURE
        }
    }
}

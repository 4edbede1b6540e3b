//! The command-line program `backstop`.
//!
//! | module | owns |
//! |---|---|
//! | [`args`] | what can be said on the command line |
//! | [`commands`] | what is done about it, a file for each group |
//! | [`file`](mod@file) | the market file: schema, units, line numbers |
//! | [`plan`] | from file and chain to steps; pure |
//! | [`amount`] | decimal numbers without floats |
//! | [`cluster`] | the conventions of the Solana command line |
//! | [`context`] | node, signer and market of one run |
//! | [`act`] | simulate, send, tell |
//! | [`books`] | amounts and a bank's books as JSON, token accounts |
//! | [`events`] | the program's events as JSON |
//! | [`output`] | tables, JSON, questions, progress |
//! | [`failure`] | errors with exit codes and what to do next |
//! | [`hints`] | what to do next, by what went wrong |

pub mod act;
pub mod amount;
pub mod args;
pub mod books;
pub mod cluster;
pub mod commands;
pub mod context;
pub mod events;
pub mod failure;
pub mod file;
pub mod hints;
pub mod output;
pub mod plan;

use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use commands::Done;
use failure::Failure;
use output::Report;

/// Parses the command line, does what it says, and prints what became of it.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.global.json;
    let done = tokio::runtime::Runtime::new()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(commands::run(cli)))
        .and_then(|done| match done {
            Done::Report(report) => report.print(json).map(|()| ExitCode::SUCCESS),
            Done::Exit(code) => Ok(code),
        });
    match done {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            if json {
                let report = Report {
                    json: failure.to_json(),
                    text: String::new(),
                };
                // Nothing is left to be said if standard output is closed too.
                let _ = report.print(true);
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}

//! What is done about a command line, a file for each group of commands.

mod auction;
mod buy_back;
#[cfg(feature = "demo")]
mod demo;
mod funds;
mod keeper;
mod lending;
mod liquidate;
mod loss;
mod market;
mod obligation;
mod roles;
mod solvency;
mod status;

use std::process::ExitCode;

use clap::CommandFactory;
use serde_json::json;

use crate::{
    args::{Cli, Command, KeeperCommand, ObligationCommand, OnChain},
    context::Context,
    failure::Failure,
    output::Report,
};

/// What is left to do when a command is done.
#[derive(Debug)]
pub enum Done {
    /// To be printed.
    Report(Report),
    /// Everything was said already.
    Exit(ExitCode),
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, with what to do next.
pub async fn run(cli: Cli) -> Result<Done, Failure> {
    let Cli { global, command } = cli;
    match command {
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "backstop", &mut script);
            let text = String::from_utf8_lossy(&script).into_owned();
            Ok(Done::Report(Report {
                json: json!({ "shell": shell.to_string(), "script": text }),
                text,
            }))
        }
        #[cfg(feature = "demo")]
        Command::Demo(args) => {
            demo::play(args, global.json).map(|()| Done::Exit(ExitCode::SUCCESS))
        }
        Command::Keeper(KeeperCommand::Run(args)) => {
            keeper::run(global, *args).await.map(Done::Exit)
        }
        Command::OnChain(command) => {
            let context = Context::new(global)?;
            act(&context, command).await.map(Done::Report)
        }
    }
}

async fn act(context: &Context, command: OnChain) -> Result<Report, Failure> {
    match command {
        OnChain::Market(command) => market::run(context, command).await,
        OnChain::Status(command) => status::run(context, command).await,
        OnChain::Solvency => solvency::run(context).await,
        OnChain::Obligation(ObligationCommand::Show(which)) => {
            status::obligation(context, &which).await
        }
        OnChain::Obligation(command) => obligation::run(context, command).await,
        OnChain::Deposit(args) => lending::deposit(context, args).await,
        OnChain::Withdraw(args) => lending::withdraw(context, args).await,
        OnChain::Borrow(args) => lending::borrow(context, args).await,
        OnChain::Repay(args) => lending::repay(context, args).await,
        OnChain::Liquidate(args) => liquidate::run(context, args).await,
        OnChain::WriteOff(args) => loss::write_off(context, args).await,
        OnChain::Cover(args) => loss::cover(context, &args.bank).await,
        OnChain::Socialise(args) => loss::socialise(context, &args.bank).await,
        OnChain::Recover(args) => loss::recover(context, args).await,
        OnChain::Buy(args) => auction::buy(context, args).await,
        OnChain::CloseAuction(args) => auction::close(context, &args.bank).await,
        OnChain::BuyBack(command) => buy_back::run(context, command).await,
        OnChain::Insurance(command) => funds::insurance(context, command).await,
        OnChain::Fees(command) => funds::fees(context, command).await,
        OnChain::Pause(args) => roles::pause(context, args).await,
        OnChain::LiftPause(args) => roles::lift_pause(context, args).await,
        OnChain::Admin(command) => roles::admin(context, command).await,
        OnChain::Update(command) => roles::update(context, command).await,
    }
}

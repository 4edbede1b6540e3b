//! What is done about a command line, a file for each group of commands.

mod auction;
mod buy_back;
#[cfg(feature = "demo")]
mod demo;
mod funds;
mod lending;
mod liquidate;
mod loss;
mod market;
mod obligation;
mod roles;
mod solvency;
mod status;
mod tokens;

use clap::CommandFactory;

pub(crate) use status::books_json;

use crate::{
    args::{Cli, Command, KeeperCommand, ObligationCommand},
    context::Context,
    failure::{Exit, Failure},
    output::Report,
};

/// Does what the command line says. `None` if everything was said already.
///
/// # Errors
/// What went wrong, with what to do next.
pub async fn run(cli: Cli) -> Result<Option<Report>, Failure> {
    let Cli { global, command } = cli;
    match command {
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "backstop",
                &mut std::io::stdout(),
            );
            return Ok(None);
        }
        #[cfg(feature = "demo")]
        Command::Demo(args) => return demo::play(args, global.json).map(|()| None),
        Command::Keeper(KeeperCommand::Run(args)) => {
            return backstop_keeper::run(args)
                .await
                .map(|()| None)
                .map_err(|error| Failure::new(Exit::Other, format!("{error:#}")))
        }
        _ => {}
    }
    let context = Context::new(global)?;
    act(&context, command).await.map(Some)
}

async fn act(context: &Context, command: Command) -> Result<Report, Failure> {
    match command {
        Command::Market(command) => market::run(context, command).await,
        Command::Status(command) => status::run(context, command).await,
        Command::Solvency => solvency::run(context).await,
        Command::Obligation(ObligationCommand::Show(which)) => {
            status::obligation(context, &which).await
        }
        Command::Obligation(command) => obligation::run(context, command).await,
        Command::Deposit(args) => lending::deposit(context, args).await,
        Command::Withdraw(args) => lending::withdraw(context, args).await,
        Command::Borrow(args) => lending::borrow(context, args).await,
        Command::Repay(args) => lending::repay(context, args).await,
        Command::Liquidate(args) => liquidate::run(context, args).await,
        Command::WriteOff(args) => loss::write_off(context, args).await,
        Command::Cover(args) => loss::cover(context, &args.bank).await,
        Command::Socialise(args) => loss::socialise(context, &args.bank).await,
        Command::Recover(args) => loss::recover(context, args).await,
        Command::Buy(args) => auction::buy(context, args).await,
        Command::CloseAuction(args) => auction::close(context, &args.bank).await,
        Command::BuyBack(command) => buy_back::run(context, command).await,
        Command::Insurance(command) => funds::insurance(context, command).await,
        Command::Fees(command) => funds::fees(context, command).await,
        Command::Pause(args) => roles::pause(context, args).await,
        Command::LiftPause(args) => roles::lift_pause(context, args).await,
        Command::Admin(command) => roles::admin(context, command).await,
        Command::Update(command) => roles::update(context, command).await,
        Command::Completions { .. } | Command::Keeper(_) => {
            Err(Failure::new(Exit::Other, "handled before"))
        }
        #[cfg(feature = "demo")]
        Command::Demo(_) => Err(Failure::new(Exit::Other, "handled before")),
    }
}

//! The command line: what can be said. What is done about it is in
//! [`crate::commands`].

mod lending;
mod losses;
mod market;
mod programs;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{
    cluster::Choice,
    failure::{Exit, Failure},
};

pub use lending::*;
pub use losses::*;
pub use market::*;
pub use programs::*;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something else failed
  2  the command line cannot be understood
  3  a configuration, keypair or market file cannot be used
  4  the node does not answer, or has no such account
  5  the program refuses; nothing has changed
  6  a transaction did not land in time
  7  a question was answered with no, or could not be asked";

/// Runs and uses a Backstop market: lending on Solana that treats bad debt as
/// the main case.
///
/// Cluster and keypair are those of the Solana command line. A BANK is the name
/// that the market file gives it (with --market FILE.toml), its address, or its
/// mint's. An AMOUNT is whole tokens as a decimal number, or `all`.
#[derive(Debug, Parser)]
#[command(
    name = "backstop",
    version,
    max_term_width = 100,
    after_long_help = EXIT_CODES
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Address of an RPC node, or a moniker: localhost, devnet, testnet,
    /// mainnet-beta or the first letter
    #[arg(
        short,
        long,
        global = true,
        env = "BACKSTOP_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub url: Option<String>,
    /// Keypair file that signs and pays
    #[arg(
        short,
        long,
        global = true,
        env = "BACKSTOP_KEYPAIR",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub keypair: Option<PathBuf>,
    /// The market: its address, or its market file
    #[arg(
        short,
        long,
        global = true,
        env = "BACKSTOP_MARKET",
        hide_env_values = true,
        value_name = "ADDRESS|FILE"
    )]
    pub market: Option<String>,
    /// processed, confirmed or finalized
    #[arg(long, global = true, value_name = "LEVEL")]
    pub commitment: Option<String>,
    /// Configuration of the Solana command line
    /// [default: ~/.config/solana/cli/config.yml]
    #[arg(short = 'C', long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Reads the price of a feed from this account instead of the sponsored
    /// one; can be repeated
    #[arg(long = "oracle", global = true, value_name = "FEED=ACCOUNT")]
    pub oracles: Vec<String>,
    /// Most that a compute unit may cost, in micro-lamports
    #[arg(long, global = true, value_name = "N")]
    pub max_fee: Option<u64>,
    /// Simulates and shows the outcome; sends nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Answers every question with yes
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Prints one JSON document on standard output, and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
}

impl Global {
    /// Feeds and the accounts that the caller names for them.
    ///
    /// # Errors
    /// `Usage`: not a pair.
    pub fn oracle_pairs(&self) -> Result<Vec<(&str, &str)>, Failure> {
        self.oracles
            .iter()
            .map(|text| {
                text.split_once('=').ok_or_else(|| {
                    Failure::new(
                        Exit::Usage,
                        format!("--oracle: `{text}`: write FEED=ACCOUNT"),
                    )
                })
            })
            .collect()
    }

    /// What concerns the cluster.
    #[must_use]
    pub fn choice(&self) -> Choice {
        Choice {
            config: self.config.clone(),
            url: self.url.clone(),
            keypair: self.keypair.clone(),
            commitment: self.commitment.clone(),
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What one run does on a cluster.
    #[command(flatten)]
    OnChain(OnChain),
    /// Runs the keeper bot
    #[command(subcommand)]
    Keeper(KeeperCommand),
    /// Plays a lending market through the week in which FTX fell
    #[cfg(feature = "demo")]
    Demo(Demo),
    /// Prints a completion script for a shell
    Completions {
        /// Which one
        shell: clap_complete::Shell,
    },
}

/// What one run does on a cluster.
#[derive(Debug, Subcommand)]
pub enum OnChain {
    /// Creates and configures a market and its banks from a file
    #[command(subcommand)]
    Market(MarketCommand),
    /// Shows a market, a bank, an obligation or an auction
    #[command(subcommand)]
    Status(StatusCommand),
    /// Who would lose what if everything insolvent were written off now
    Solvency,
    /// Opens, shows, lists and closes obligations
    #[command(subcommand)]
    Obligation(ObligationCommand),
    /// Pays tokens in; opens the obligation if it is missing
    Deposit(Deposit),
    /// Takes tokens out
    Withdraw(Withdraw),
    /// Borrows against the obligation's deposits
    Borrow(Borrow),
    /// Pays a debt back, one's own or somebody else's
    Repay(Repay),
    /// Pays another obligation's debt for its collateral
    Liquidate(Liquidate),
    /// Writes off a debt that has no collateral, and covers it
    WriteOff(Loss),
    /// Covers an open deficit as far as that is possible now
    Cover(OneBank),
    /// Lets lenders share a deficit that nothing else could cover
    Socialise(OneBank),
    /// Pays back written-off debt
    Recover(Recover),
    /// Buys governance tokens from a bank's auction
    Buy(Buy),
    /// Closes an auction whose time, or whose deficit, is over
    CloseAuction(OneBank),
    /// Spends insurance above its target on governance tokens
    #[command(subcommand)]
    BuyBack(BuyBackCommand),
    /// Adds to a bank's insurance vault
    #[command(subcommand)]
    Insurance(InsuranceCommand),
    /// Moves a bank's fees to their owner and to insurance
    #[command(subcommand)]
    Fees(FeesCommand),
    /// Pauses loans, write-offs or issuance for a bounded time
    Pause(Pause),
    /// Ends a pause early
    LiftPause(LiftPause),
    /// Hands the market to another admin, in two steps
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Drops queued changes
    #[command(subcommand)]
    Update(UpdateCommand),
}

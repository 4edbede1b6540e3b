//! The command line: what can be said. What is done about it is in
//! [`crate::commands`].

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use solana_pubkey::Pubkey;

use crate::{
    amount::{Amount, Decimal},
    cluster::Choice,
};

/// Runs and uses a Backstop market: lending on Solana that treats bad debt as
/// the main case.
///
/// Cluster and keypair are those of the Solana command line. A BANK is the name
/// that the market file gives it (with --market FILE.toml), its address, or its
/// mint's. An AMOUNT is whole tokens as a decimal number, or `all`.
///
/// Exit codes: 0 done; 1 something else failed; 2 the command line cannot be
/// understood; 3 a configuration, keypair or market file cannot be used; 4 the
/// node does not answer or has no such account; 5 the program refuses, nothing
/// has changed; 6 a transaction did not land in time; 7 a question was answered
/// with no.
#[derive(Debug, Parser)]
#[command(name = "backstop", version, max_term_width = 100)]
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
    #[arg(short, long, global = true, env = "BACKSTOP_URL", value_name = "URL")]
    pub url: Option<String>,
    /// Keypair file that signs and pays
    #[arg(
        short,
        long,
        global = true,
        env = "BACKSTOP_KEYPAIR",
        value_name = "FILE"
    )]
    pub keypair: Option<PathBuf>,
    /// The market: its address, or its market file
    #[arg(
        short,
        long,
        global = true,
        env = "BACKSTOP_MARKET",
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

/// `backstop market`
#[derive(Debug, Subcommand)]
pub enum MarketCommand {
    /// Shows what `apply` would do, and with --json the instructions for
    /// another signer, such as a multisig
    Plan(MarketFileArgs),
    /// Brings the market to what the file says; can be run again at any time
    Apply(MarketFileArgs),
}

/// The file, and who signs besides the payer.
#[derive(Debug, Args)]
pub struct MarketFileArgs {
    /// The market file; examples/README.md describes it
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Keypair of the market's admin [default: the payer's]
    #[arg(long, value_name = "FILE")]
    pub admin: Option<PathBuf>,
    /// Keypair of the governance mint's authority, which gives it up for good
    /// [default: the payer's]
    #[arg(long, value_name = "FILE")]
    pub mint_authority: Option<PathBuf>,
}

/// `backstop status`
#[derive(Debug, Subcommand)]
pub enum StatusCommand {
    /// The market, its roles, pauses and issuance, and a line for each bank
    Market,
    /// A bank: books, price, limits, settings
    Bank(OneBank),
    /// An obligation: positions and health
    Obligation(WhichObligation),
    /// Every auction and buy-back that is live, or a bank's
    Auction {
        /// Only this one
        bank: Option<String>,
        /// Shows the price at this unix time [default: now]
        #[arg(long, value_name = "UNIX_SECS")]
        at: Option<i64>,
    },
}

/// An obligation by its address, or one's own by its number.
#[derive(Clone, Debug, Default, Args)]
pub struct WhichObligation {
    /// Its address [default: the signer's own, number --index]
    #[arg(value_name = "OBLIGATION")]
    pub obligation: Option<Pubkey>,
    /// Which of the signer's obligations
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub index: u16,
}

/// `backstop obligation`
#[derive(Debug, Subcommand)]
pub enum ObligationCommand {
    /// Opens one
    Open(Index),
    /// Shows one: positions and health
    Show(WhichObligation),
    /// Lists those of the signer, of somebody else, or all
    List(List),
    /// Closes one that is empty; its rent comes back
    Close(Index),
}

/// Which of the signer's obligations.
#[derive(Clone, Debug, Args)]
pub struct Index {
    /// Which of the signer's obligations
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub index: u16,
}

/// Which obligations.
#[derive(Debug, Args)]
pub struct List {
    /// Of this owner [default: the signer]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "all")]
    pub owner: Option<Pubkey>,
    /// Of everybody
    #[arg(long)]
    pub all: bool,
    /// Only those that can be liquidated or written off
    #[arg(long)]
    pub unhealthy: bool,
}

/// `backstop deposit`
#[derive(Debug, Args)]
pub struct Deposit {
    /// Which bank
    pub bank: String,
    /// How much; `all` is the whole token account
    pub amount: Amount,
    /// Which of the signer's obligations
    #[command(flatten)]
    pub index: Index,
    /// Deposits although a deficit is open, which may still fall on lenders
    #[arg(long)]
    pub accept_deficit: bool,
}

/// `backstop withdraw`
#[derive(Debug, Args)]
pub struct Withdraw {
    /// Which bank
    pub bank: String,
    /// How much; `all` is the whole deposit
    pub amount: Amount,
    /// Which of the signer's obligations
    #[command(flatten)]
    pub index: Index,
    /// Least to accept [default: what the shares are worth now]
    #[arg(long, value_name = "AMOUNT")]
    pub min: Option<Decimal>,
}

/// `backstop borrow`
#[derive(Debug, Args)]
pub struct Borrow {
    /// Which bank
    pub bank: String,
    /// How much
    pub amount: Decimal,
    /// Which of the signer's obligations
    #[command(flatten)]
    pub index: Index,
}

/// `backstop repay`
#[derive(Debug, Args)]
pub struct Repay {
    /// Which bank
    pub bank: String,
    /// How much; `all` is the whole debt
    pub amount: Amount,
    /// Which obligation
    #[arg(
        long,
        value_name = "OBLIGATION",
        conflicts_with = "index",
        help = "Somebody else's debt [default: the signer's own, number --index]"
    )]
    pub obligation: Option<Pubkey>,
    /// Which of the signer's obligations
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub index: u16,
}

/// `backstop liquidate`
#[derive(Debug, Args)]
pub struct Liquidate {
    /// Whose
    pub obligation: Pubkey,
    /// Bank of the debt to pay
    #[arg(long, value_name = "BANK")]
    pub debt: String,
    /// Bank of the collateral to take
    #[arg(long, value_name = "BANK")]
    pub collateral: String,
    /// Most of the debt to pay, in its tokens; `all` is as much as is allowed
    #[arg(long, default_value = "all", value_name = "AMOUNT")]
    pub max: Amount,
    /// Which of the signer's obligations gets the collateral
    #[command(flatten)]
    pub index: Index,
}

/// A debt.
#[derive(Debug, Args)]
pub struct Loss {
    /// Whose
    pub obligation: Pubkey,
    /// Bank of the debt
    pub bank: String,
}

/// A bank.
#[derive(Debug, Args)]
pub struct OneBank {
    /// Which bank
    pub bank: String,
}

/// `backstop recover`
#[derive(Debug, Args)]
pub struct Recover {
    /// Whose record
    pub obligation: Pubkey,
    /// Bank of the record
    pub bank: String,
    /// How much; `all` is the whole record
    pub amount: Amount,
}

/// `backstop buy`
#[derive(Debug, Args)]
pub struct Buy {
    /// Bank whose auction
    pub bank: String,
    /// Governance tokens to buy; `all` is everything on sale
    pub amount: Amount,
    /// Most to pay, in the bank's tokens [default: the price now]
    #[arg(long, value_name = "AMOUNT")]
    pub max_pay: Option<Decimal>,
}

/// `backstop buy-back`
#[derive(Debug, Subcommand)]
pub enum BuyBackCommand {
    /// Starts one
    Start(OneBank),
    /// Sells governance tokens to it
    Sell {
        /// Which bank
        bank: String,
        /// Governance tokens to sell; `all` is the whole token account
        amount: Amount,
        /// Least to accept, in the bank's tokens [default: the price now]
        #[arg(long, value_name = "AMOUNT")]
        min: Option<Decimal>,
    },
    /// Closes one whose time is over
    Close(OneBank),
}

/// `backstop insurance`
#[derive(Debug, Subcommand)]
pub enum InsuranceCommand {
    /// Adds tokens; nobody can take them out again
    Fund {
        /// Which bank
        bank: String,
        /// How much; `all` is the whole token account
        amount: Amount,
    },
}

/// `backstop fees`
#[derive(Debug, Subcommand)]
pub enum FeesCommand {
    /// Moves a bank's fees to their owner and to insurance
    Collect(OneBank),
}

/// What can be paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Pausable {
    /// New loans
    Borrow,
    /// Write-offs and socialising
    WriteOff,
    /// Opening auctions and buying in them
    Issuance,
}

/// `backstop pause`
#[derive(Debug, Args)]
pub struct Pause {
    /// What
    pub what: Pausable,
    /// For how long, like 2h or "1d 12h"; at most max_pause_secs
    #[arg(value_name = "DURATION")]
    pub duration: String,
}

/// `backstop lift-pause`
#[derive(Debug, Args)]
pub struct LiftPause {
    /// Of what
    pub what: Pausable,
}

/// `backstop admin`
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// The admin proposes another one; `none` withdraws the proposal
    Propose {
        /// Who, or `none`
        #[arg(value_name = "ADDRESS")]
        who: String,
    },
    /// The proposed admin takes over
    Accept,
}

/// `backstop update`
#[derive(Debug, Subcommand)]
pub enum UpdateCommand {
    /// The admin drops the queued change of a bank, or of the market
    Cancel {
        /// Which bank [default: the market's own change]
        bank: Option<String>,
    },
}

/// `backstop keeper`
#[derive(Debug, Subcommand)]
pub enum KeeperCommand {
    /// Watches markets, liquidates, writes off, covers and closes
    Run(backstop_keeper::RunArgs),
}

/// `backstop demo`
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub struct Demo {
    /// The program's bytecode [default: where `cargo xtask build` writes it]
    #[arg(long, env = "BACKSTOP_SO", value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// The story
    #[command(flatten)]
    pub story: backstop_tests::demo::Args,
}

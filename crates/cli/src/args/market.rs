//! Settings and roles of a market.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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

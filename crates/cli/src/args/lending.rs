//! Obligations: depositing, borrowing, looking.

use clap::{Args, Subcommand};
use solana_pubkey::Pubkey;

use super::OneBank;
use crate::amount::{Amount, Decimal};

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

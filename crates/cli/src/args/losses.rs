//! Liquidation, losses, auctions, reserves.

use clap::{Args, Subcommand};
use solana_pubkey::Pubkey;

use super::Index;
use crate::amount::{Amount, Decimal};

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

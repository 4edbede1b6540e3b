//! What the program would do: a clone of its accounts, and the same step.
//!
//! Every function takes a [`MarketView`](crate::MarketView) that was
//! [`refreshed`](crate::MarketView::refreshed), as every transaction begins
//! with `refresh_banks`. Nothing is sent, nothing is rounded differently, and a
//! refusal carries the numbers of the rule that it breaks.

mod auction;
mod health;
mod liquidation;
mod loss;
mod solvency;

pub use auction::{auction, buy, buy_back, sale, AuctionQuote, AuctionState};
pub use health::{active_banks, deposits, health, is_insolvent, Lists};
pub use liquidation::{liquidation, LiquidationQuote};
pub use loss::{
    close_auction, collectable, cover, may_write_off, socialise, write_off, CoverQuote,
    WriteOffQuote,
};
pub use solvency::{solvency, BankSolvency, Layers, Solvency};

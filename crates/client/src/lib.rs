//! Everything off chain that knows the program.
//!
//! | module | gives |
//! |---|---|
//! | [`addresses`] | every address that follows from another one |
//! | [`instructions`] | one typed builder per instruction |
//! | [`accounts`] | decoding, and filters that find accounts |
//! | [`oracle`] | price accounts |
//! | [`view`] | a market and its banks at one moment, fetched in two requests |
//! | [`quote`] | what the program would do: health, liquidation, write-off, prices, solvency |
//! | [`plan`] | instructions that belong into one transaction |
//! | [`transaction`] | from instructions to a landed transaction |
//! | [`events`] | what the program said it did |
//! | [`error`] | errors, and the program's in words |
//!
//! A quote calls `backstop-engine`, the formulas that the program runs on
//! chain; it cannot differ but by what has changed since the accounts were
//! read. Amounts are atoms, times unix seconds, as everywhere.

pub mod accounts;
pub mod addresses;
pub mod error;
pub mod events;
pub mod instructions;
pub mod oracle;
pub mod plan;
pub mod quote;
mod refusal;
pub mod transaction;
pub mod view;

pub use backstop::{self as program, ID};
pub use backstop_engine as engine;
pub use error::ClientError;
pub use view::{BankView, MarketView};

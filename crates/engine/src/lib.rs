//! Every formula and rule of Backstop, and nothing else: no Solana type, no
//! allocation, no float. The program, clients, keepers, simulators and tests
//! all call this one copy.
//!
//! A reader who wants the heart of it starts with [`waterfall`], then
//! [`auction`] and [`socialise`]; [`ledger`] holds the books that they change.
//!
//! | module | rule |
//! |---|---|
//! | [`units`], [`math`] | quantities, full-width arithmetic |
//! | [`ledger`], [`interest`] | shares, the two share prices, debt, interest |
//! | [`price`], [`health`], [`liquidation`] | readings of a price, checks, plans |
//! | [`bucket`] | limits |
//! | [`waterfall`], [`auction`], [`socialise`], [`recovery`], [`buy_back`] | bad debt |
//! | [`config`] | settings, their contradictions, and which changes raise risk |
//!
//! Every function says how it rounds; unless it says otherwise, the dust stays
//! with the protocol.
#![no_std]

pub mod auction;
pub mod bucket;
pub mod buy_back;
pub mod config;
pub mod error;
pub mod health;
pub mod interest;
pub mod ledger;
pub mod liquidation;
pub mod math;
pub mod price;
pub mod recovery;
pub mod socialise;
pub mod units;
pub mod waterfall;

pub use error::{EngineError, Result};

//! Every rule of Backstop: the accounts, the formulas, and one step for each
//! instruction. No allocation, no float, and no crate of the chain unless the
//! `anchor` feature asks for the traits by which the program loads accounts.
//! The program, clients, keepers, simulators and tests all call this one copy.
//!
//! A reader who wants the core of it starts with [`waterfall`], then [`auction`]
//! and [`socialise`]; [`ledger`] holds the books that they change, and
//! [`step::write_off`] shows how they become what an instruction does.
//!
//! | module | rule |
//! |---|---|
//! | [`units`], [`math`] | quantities, full-width arithmetic |
//! | [`ledger`], [`interest`] | shares, the two share prices, debt, interest |
//! | [`price`], [`health`], [`liquidation`] | readings of a price, checks, plans |
//! | [`bucket`] | limits |
//! | [`waterfall`], [`auction`], [`socialise`], [`recovery`], [`buy_back`] | bad debt |
//! | [`settings`] | one table: bounds, contradictions, which changes raise risk |
//! | [`state`] | accounts, byte for byte |
//! | [`step`] | what an instruction does to accounts, between the checks of addresses and signers and the movements of tokens |
//!
//! Every function says how it rounds; unless it says otherwise, the dust stays
//! with the protocol.
#![cfg_attr(not(feature = "anchor"), no_std)]

pub mod auction;
pub mod bucket;
pub mod buy_back;
pub mod error;
pub mod health;
pub mod interest;
pub mod ledger;
pub mod liquidation;
pub mod math;
pub mod price;
pub mod recovery;
pub mod settings;
pub mod socialise;
pub mod state;
pub mod step;
pub mod units;
pub mod waterfall;

pub use error::{EngineError, Result};
// The framework's macros look for the owner of an account under this name.
#[cfg(feature = "anchor")]
pub use state::PROGRAM as ID;

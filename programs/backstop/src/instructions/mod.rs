//! One file an instruction, or a few that are one thing. Each reads from top to
//! bottom: accounts; `validate`, the checks of addresses and signers; handler:
//! the engine's step, token movements, event.
//!
//! No handler calls another; what two share lives in `state` or in the engine,
//! where every rule is.

mod admin_transfer;
mod borrow;
mod buy_back;
mod buy_governance;
mod close_auction;
mod collect_fees;
mod cover_deficit;
mod create_bank;
mod create_market;
mod deposit;
mod fund_insurance;
mod liquidate;
mod obligation;
mod pause;
mod refresh_banks;
mod repay;
mod repay_written_off;
mod socialise_deficit;
mod update_bank;
mod update_market;
mod withdraw;
mod write_off;

pub use admin_transfer::*;
pub use borrow::*;
pub use buy_back::*;
pub use buy_governance::*;
pub use close_auction::*;
pub use collect_fees::*;
pub use cover_deficit::*;
pub use create_bank::*;
pub use create_market::*;
pub use deposit::*;
pub use fund_insurance::*;
pub use liquidate::*;
pub use obligation::*;
pub use pause::*;
pub use refresh_banks::*;
pub use repay::*;
pub use repay_written_off::*;
pub use socialise_deficit::*;
pub use update_bank::*;
pub use update_market::*;
pub use withdraw::*;
pub use write_off::*;

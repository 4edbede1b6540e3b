//! The accounts: what the chain stores, byte for byte, and how the formulas see
//! it. Every struct is `repr(C)` without gaps, so that its bytes are the
//! account's bytes behind the discriminator, on chain and off.
//!
//! The `anchor` feature adds the traits by which the program loads them; without
//! it this crate knows nothing of the chain.

mod bank;
mod market;
mod obligation;
mod pubkey;
mod wide;

pub use bank::{AuctionState, Bank, BucketState, BuyBackState, LedgerState, PriceState};
pub use market::{Market, PauseKind, PauseState};
pub use obligation::{Obligation, Position, MAX_POSITIONS};
#[cfg(feature = "anchor")]
pub use pubkey::PROGRAM;
pub use pubkey::{same_address, Pubkey, PYTH_RECEIVERS};
pub use wide::Le128;

use crate::error::{EngineError, Result};
pub use crate::settings::{BankConfig, MarketConfig};

/// Layout version of every account; raised by a migration.
pub const VERSION: u8 = 1;

fn require_version(version: u8) -> Result<()> {
    if version == VERSION {
        return Ok(());
    }
    Err(EngineError::WrongVersion { version })
}

//! What each instruction does to accounts: a step takes the accounts that an
//! instruction changes, changes them in place, and says what is left to do: the
//! tokens to move and the figures to report.
//!
//! A handler of the program reads accounts, checks addresses and signers, calls
//! the step, moves tokens and emits. A quote is a clone and the same step. So is
//! the search through all orders of calls.
//!
//! After an error the accounts may be half-changed: on chain the transaction is
//! undone, off chain the caller steps on a clone.

mod auction;
mod buy_back;
mod configure;
mod issuance;
mod lending;
mod liquidate;
mod obligation;
mod pause;
mod recovery;
mod refresh;
mod reserve;
mod socialise;
mod write_off;

pub use auction::{buy_governance, close_auction, Bought, Closed};
pub use buy_back::{
    close_buy_back, sell_governance, start_buy_back, BuyBackEnded, BuyBackStarted, Sold,
};
pub use configure::{
    apply_bank_update, apply_market_update, cancel_bank_update, cancel_market_update, new_bank,
    new_market, update_bank, update_market, ConfigChange, UPDATE_LIFETIME_SECS,
};
pub use lending::{borrow, deposit, repay, withdraw, Repaid, Withdrawn};
pub use liquidate::{liquidate, Liquidated, Parties};
pub use obligation::{close_obligation, health, open_obligation};
pub use pause::{lift_pause, pause};
pub use recovery::{repay_written_off, Recovered};
pub use refresh::refresh;
pub use reserve::{collect_fees, fund_insurance, Collected};
pub use socialise::{socialise_deficit, Socialised};
pub use write_off::{
    cover_deficit, may_write_off, take_loss, write_off, Covered, WriteOff, WrittenOff,
};

use crate::state::{same_address, Bank, Pubkey};
use crate::units::UnixTime;

/// When a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Time of the clock.
    pub now: UnixTime,
    /// Slot of the clock.
    pub slot: u64,
}

/// The banks of an obligation that a step looks at and does not change.
pub trait Banks {
    /// The bank at `key`, if it is there. `place` is the obligation's position in
    /// that bank: where a list in that order is searched first.
    fn bank(&self, key: &Pubkey, place: usize) -> Option<&Bank>;
}

/// No banks: for an obligation whose only bank is the one that is changed.
#[derive(Clone, Copy, Debug)]
pub struct NoBanks;

impl Banks for NoBanks {
    fn bank(&self, _: &Pubkey, _: usize) -> Option<&Bank> {
        None
    }
}

/// No banks, or those that were needed.
impl<B: Banks> Banks for Option<B> {
    fn bank(&self, key: &Pubkey, place: usize) -> Option<&Bank> {
        self.as_ref()?.bank(key, place)
    }
}

impl Banks for [(Pubkey, Bank)] {
    fn bank(&self, key: &Pubkey, _: usize) -> Option<&Bank> {
        self.iter()
            .find(|(found, _)| same_address(found, key))
            .map(|(_, bank)| bank)
    }
}

/// A bank that is changed, in front of those that are not.
struct With<'a, B: ?Sized> {
    key: &'a Pubkey,
    bank: &'a Bank,
    others: &'a B,
}

impl<B: Banks + ?Sized> Banks for With<'_, B> {
    fn bank(&self, key: &Pubkey, place: usize) -> Option<&Bank> {
        if same_address(key, self.key) {
            return Some(self.bank);
        }
        self.others.bank(key, place)
    }
}

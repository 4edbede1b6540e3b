//! The banks that a transaction passes behind an instruction's own accounts.

use std::cell::Ref;

use anchor_lang::prelude::*;
use backstop_engine::state::{same_address, MAX_POSITIONS};
use backstop_engine::step::{At, Banks};
use backstop_engine::units::UnixTime;

use crate::error::BackstopError;
use crate::state::{Bank, Obligation, Position, Ruled};

/// The banks of an obligation's positions, without those that an instruction
/// has among its own accounts: one place for each position, in their order.
pub struct LoadedBanks<'info>([Option<(&'info Pubkey, Ref<'info, Bank>)>; MAX_POSITIONS]);

impl<'info> LoadedBanks<'info> {
    /// Loads the banks of the positions that `counts` picks, apart from `own`,
    /// which the instruction has among its own accounts and has borrowed.
    ///
    /// Banks are found by their address, in whatever order they are passed, and
    /// what belongs to no position is not read: a debtor who opens, empties or
    /// reorders positions does not undo a transaction that shows every bank of
    /// the market. No account counts twice, since each position looks for its
    /// own; a bank that is not passed is missing for the step that asks for it.
    ///
    /// # Errors
    /// `WrongVersion`, `WrongMarket`, and those of the framework for an account
    /// that is no bank.
    pub fn load(
        accounts: &'info [AccountInfo<'info>],
        obligation: &Obligation,
        counts: impl Fn(&Position) -> bool,
        own: &[Pubkey],
    ) -> Result<Self> {
        let mut banks = [const { None }; MAX_POSITIONS];
        // In position order each bank is the next account.
        let mut next = 0;
        for (slot, position) in banks.iter_mut().zip(obligation.positions()) {
            let is_own = own.iter().any(|key| same_address(key, &position.bank));
            if is_own || !counts(position) {
                continue;
            }
            let Some((place, info)) = find(accounts, &position.bank, next) else {
                continue;
            };
            let bank = load(info)?;
            bank.require_version().ruled()?;
            if !same_address(&bank.market, &obligation.market) {
                return err!(BackstopError::WrongMarket);
            }
            *slot = Some((info.key, bank));
            next = place.saturating_add(1);
        }
        Ok(Self(banks))
    }
}

/// The account at `key` and its place, searched from `start` on and then from
/// the first.
fn find<'info>(
    accounts: &'info [AccountInfo<'info>],
    key: &Pubkey,
    start: usize,
) -> Option<(usize, &'info AccountInfo<'info>)> {
    let (before, after) = accounts.split_at_checked(start)?;
    let after = (start..).zip(after);
    after
        .chain((0..).zip(before))
        .find(|(_, info)| same_address(info.key, key))
}

/// A bank for as long as the transaction, which the framework's loader does not
/// lend it for.
fn load<'info>(info: &'info AccountInfo<'info>) -> Result<Ref<'info, Bank>> {
    // Checks owner and discriminator.
    AccountLoader::<Bank>::try_from(info)?;
    Ref::filter_map(info.try_borrow_data()?, |data| {
        let bytes = data.get(Bank::DISCRIMINATOR.len()..Bank::SPACE)?;
        bytemuck::try_from_bytes(bytes).ok()
    })
    .map_err(|_| ErrorCode::AccountDidNotDeserialize.into())
}

impl Banks for LoadedBanks<'_> {
    fn bank(&self, key: &Pubkey, place: usize) -> Option<&Bank> {
        // A position that the step has just freed moves those behind it up: the
        // bank is at its place or after it, unless there is none.
        let (before, after) = self.0.split_at_checked(place)?;
        after
            .iter()
            .chain(before)
            .flatten()
            .find(|(found, _)| same_address(found, key))
            .map(|(_, bank)| &**bank)
    }
}

/// Time and slot of this transaction.
///
/// # Errors
/// Those of the clock.
pub fn at() -> Result<At> {
    let clock = Clock::get()?;
    Ok(At {
        now: UnixTime(clock.unix_timestamp),
        slot: clock.slot,
    })
}

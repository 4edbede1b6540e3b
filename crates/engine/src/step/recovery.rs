//! Paying written-off debt back after all.

use crate::error::Result;
use crate::state::{Bank, Market, Obligation, Pubkey};
use crate::units::{Atoms, GovAtoms, UnixTime};

/// What repaying a record did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// Atoms from the payer: the sum of the three that follow.
    pub paid: Atoms,
    /// The part that lowered the deficit, into the liquidity vault.
    pub to_deficit: Atoms,
    /// The part for lenders of a wound-down bank, into the liquidity vault.
    pub to_lenders: Atoms,
    /// The part for the insurance vault.
    pub to_insurance: Atoms,
    /// Tokens to burn from escrow because the auction is complete.
    pub burned: GovAtoms,
    /// The record afterwards.
    pub record: Atoms,
}

/// Pays back up to `max_atoms` of a record.
///
/// # Errors
/// `NoPosition`, and those of [`crate::ledger::Ledger::repay_record`].
pub fn repay_written_off(
    market: &mut Market,
    key: &Pubkey,
    bank: &mut Bank,
    obligation: &mut Obligation,
    max_atoms: Atoms,
    now: UnixTime,
) -> Result<Recovered> {
    let position = obligation.position_mut(key)?;
    let record = Atoms(position.written_off);
    let plan = bank
        .accrued(now)?
        .repay_record(max_atoms, record, bank.is_wound_down())?;
    let left = record.sub(plan.paid)?;
    position.written_off = left.0;
    obligation.prune(key);
    bank.store_loss(&plan.ledger)?;
    let burned = market.close_settled(bank, &plan.ledger, now)?;
    Ok(Recovered {
        sequence: market.next_sequence()?,
        paid: plan.paid,
        to_deficit: plan.to_deficit,
        to_lenders: plan.to_lenders,
        to_insurance: plan.to_insurance,
        burned,
        record: left,
    })
}

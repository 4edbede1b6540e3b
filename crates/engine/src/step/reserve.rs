//! Filling the reserve, and moving fees to where they belong.

use crate::error::Result;
use crate::state::{Bank, Market};
use crate::units::{Atoms, UnixTime};

/// What collecting fees did. All of it leaves the liquidity vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Atoms for the fee owner.
    pub to_protocol: Atoms,
    /// Atoms for the insurance vault.
    pub to_insurance: Atoms,
}

/// Adds `atoms`, which the caller moves into the insurance vault.
///
/// # Errors
/// Those of [`crate::ledger::Ledger::fund_insurance`].
pub fn fund_insurance(bank: &mut Bank, atoms: Atoms, now: UnixTime) -> Result<()> {
    let ledger = bank.accrued(now)?.fund_insurance(atoms)?;
    bank.store(&ledger)
}

/// Moves both kinds of fees; not while write-offs are paused.
///
/// # Errors
/// `WriteOffPaused`, and those of [`crate::ledger::Ledger::collect_fees`].
pub fn collect_fees(market: &Market, bank: &mut Bank, now: UnixTime) -> Result<Collected> {
    market.require_writing_off(now)?;
    let plan = bank.accrued(now)?.collect_fees()?;
    bank.store(&plan.ledger)?;
    Ok(Collected {
        to_protocol: plan.to_protocol,
        to_insurance: plan.to_insurance,
    })
}

//! Opening and closing an obligation, and its health over several banks.

use super::{At, Banks};
use crate::error::{EngineError, Result};
use crate::health::{Check, Sums};
use crate::state::{Bank, Market, Obligation, Position};

/// Counts a new obligation: from the first one on, changes of settings wait.
///
/// # Errors
/// `Overflow`.
pub fn open_obligation(market: &mut Market) -> Result<()> {
    market.obligations = market
        .obligations
        .checked_add(1)
        .ok_or(EngineError::Overflow)?;
    Ok(())
}

/// Passes for an obligation without deposit, debt and record. A record keeps its
/// position, so its debtor cannot shed it by closing.
///
/// # Errors
/// `ObligationNotEmpty`.
pub fn close_obligation(obligation: &Obligation) -> Result<()> {
    if obligation.position_count == 0 {
        return Ok(());
    }
    Err(EngineError::ObligationNotEmpty {
        positions: obligation.position_count,
    })
}

/// Adds up an obligation for `check`.
///
/// Each active position counts once, with the bank that `banks` has for it. Its
/// price must be of this slot; a deposit in a delisted bank counts as nothing
/// and needs no price.
///
/// # Errors
/// `BankMissing`, `PriceNotRefreshed`, `TimeWentBack`, `Overflow`.
pub fn health<B: Banks + ?Sized>(
    obligation: &Obligation,
    banks: &B,
    check: Check,
    at: At,
) -> Result<Sums> {
    let mut sums = Sums::default();
    for (place, position) in obligation.positions().iter().enumerate() {
        if !position.is_active() {
            continue;
        }
        let bank = banks
            .bank(&position.bank, place)
            .ok_or(EngineError::BankMissing { position: place })?;
        add(&mut sums, check, bank, position, at)?;
    }
    Ok(sums)
}

fn add(sums: &mut Sums, check: Check, bank: &Bank, position: &Position, at: At) -> Result<()> {
    if bank.is_delisted() && !position.has_debt() {
        return Ok(());
    }
    bank.require_price(at.slot)?;
    let ledger = bank.accrued(at.now)?;
    let asset = bank.asset();
    if position.has_debt() {
        sums.add_loan(check, &ledger, &asset, position.debt())
    } else {
        sums.add_deposit(check, &ledger, &asset, position.deposit())
    }
}

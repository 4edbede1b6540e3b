//! Deposit, withdraw, borrow, repay.

use super::obligation::health;
use super::{At, Banks, With};
use crate::error::{EngineError, Result};
use crate::health::Check;
use crate::state::{Bank, Market, Obligation, Position, Pubkey};
use crate::units::{Atoms, DebtShares, Shares};

/// What a withdrawal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// Shares that are gone.
    pub redeemed: Shares,
    /// Atoms for the lender, out of the liquidity vault.
    pub paid: Atoms,
    /// The lender's part of the open deficit, which left with them.
    pub borne: Atoms,
}

/// What a repayment did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repaid {
    /// Atoms from the payer, into the liquidity vault.
    pub paid: Atoms,
    /// Debt shares that are gone.
    pub shares: DebtShares,
}

/// Buys at least `min_shares` for `atoms`, which the caller moves into the
/// liquidity vault. While a deficit is open, only with `accept_deficit`. A debtor
/// must show a price of this slot: no debt hides behind an asset that nobody
/// can price.
///
/// # Errors
/// `BankNotLive`, `Delisted`, `PriceNotRefreshed`, `DeficitNotAccepted`,
/// `BelowMinimum`, `TooManyPositions`, `BothSides`, and those of
/// [`crate::ledger::Ledger::deposit`].
pub fn deposit(
    key: &Pubkey,
    bank: &mut Bank,
    obligation: &mut Obligation,
    atoms: Atoms,
    min_shares: u128,
    accept_deficit: bool,
    at: At,
) -> Result<Shares> {
    bank.require_open(at.now)?;
    if obligation.has_debt() {
        bank.require_price(at.slot)?;
    }
    if bank.ledger.deficit > 0 && !accept_deficit {
        return Err(EngineError::DeficitNotAccepted {
            deficit: bank.ledger.deficit,
        });
    }
    let plan = bank.accrued(at.now)?.deposit(
        atoms,
        Atoms(bank.config.deposit_cap),
        bank.is_wound_down(),
    )?;
    require_at_least(plan.shares.0, min_shares)?;
    obligation.position_or_new(key)?.add_deposit(plan.shares)?;
    bank.store(&plan.ledger)?;
    Ok(plan.shares)
}

/// Redeems `shares`, all of them for `u128::MAX`, for at least `min_atoms` out
/// of the liquidity vault. With debt, the initial check holds afterwards.
///
/// # Errors
/// `RecordOpen` for a deposit that a write-off ignored while its record is open,
/// `NoPosition`, `InsufficientShares`, `BelowMinimum`, `Unhealthy`, and those of
/// [`crate::ledger::Ledger::withdraw`] and [`health`].
pub fn withdraw<B: Banks + ?Sized>(
    key: &Pubkey,
    bank: &mut Bank,
    obligation: &mut Obligation,
    others: &B,
    shares: Shares,
    min_atoms: Atoms,
    at: At,
) -> Result<Withdrawn> {
    let has_record = obligation.has_record();
    let position = obligation.position_mut(key)?;
    if position.withheld != 0 && has_record {
        return Err(EngineError::RecordOpen);
    }
    if !position.has_deposit() {
        return Err(EngineError::InsufficientShares);
    }
    let redeemed = if shares.0 == u128::MAX {
        position.deposit()
    } else {
        shares
    };
    position.take_deposit(redeemed)?;
    let plan = bank.accrued(at.now)?.withdraw(redeemed)?;
    require_at_least(u128::from(plan.paid.0), u128::from(min_atoms.0))?;
    obligation.prune(key);
    obligation.risk_raised_at = at.now.0;
    bank.store_loss(&plan.ledger)?;
    if obligation.has_debt() {
        require_initial(key, bank, obligation, others, at)?;
    }
    Ok(Withdrawn {
        redeemed,
        paid: plan.paid,
        borne: plan.borne,
    })
}

/// Lends `atoms` out of the liquidity vault; the initial check holds afterwards.
///
/// # Errors
/// `BorrowPaused`, `BankNotLive`, `Delisted`, `RecordOpen`, `TooManyPositions`,
/// `BothSides`, `Unhealthy`, and those of [`crate::ledger::Ledger::borrow`] and
/// [`health`].
pub fn borrow<B: Banks + ?Sized>(
    market: &Market,
    key: &Pubkey,
    bank: &mut Bank,
    obligation: &mut Obligation,
    others: &B,
    atoms: Atoms,
    at: At,
) -> Result<DebtShares> {
    market.require_borrowing(at.now)?;
    bank.require_open(at.now)?;
    if obligation.has_record() {
        return Err(EngineError::RecordOpen);
    }
    let position = obligation.position_or_new(key)?;
    if position.has_deposit() {
        return Err(EngineError::BothSides);
    }
    let plan = bank.accrued(at.now)?.borrow(
        atoms,
        position.debt(),
        bank.config.borrow_limits(),
        bank.is_wound_down(),
    )?;
    position.debt_shares = position.debt().add(plan.shares)?.0.into();
    obligation.risk_raised_at = at.now.0;
    bank.store(&plan.ledger)?;
    require_initial(key, bank, obligation, others, at)?;
    Ok(plan.shares)
}

/// Pays back up to `max_atoms` of a debt.
///
/// # Errors
/// `NoPosition`, and those of [`crate::ledger::Ledger::repay`].
pub fn repay(
    key: &Pubkey,
    bank: &mut Bank,
    obligation: &mut Obligation,
    max_atoms: Atoms,
    at: At,
) -> Result<Repaid> {
    let position = obligation.position_mut(key)?;
    let plan =
        bank.accrued(at.now)?
            .repay(max_atoms, position.debt(), Atoms(bank.config.min_debt))?;
    position.take_debt(plan.shares)?;
    obligation.prune(key);
    bank.store(&plan.ledger)?;
    Ok(Repaid {
        paid: plan.paid,
        shares: plan.shares,
    })
}

fn require_initial<B: Banks + ?Sized>(
    key: &Pubkey,
    bank: &Bank,
    obligation: &Obligation,
    others: &B,
    at: At,
) -> Result<()> {
    let banks = With { key, bank, others };
    health(obligation, &banks, Check::Initial, at)?.require_healthy()
}

/// Passes if the caller gets what they asked for at least.
pub(super) fn require_at_least(got: u128, min: u128) -> Result<()> {
    if got >= min {
        return Ok(());
    }
    Err(EngineError::BelowMinimum { got, min })
}

impl Position {
    /// Adds shares of a deposit.
    pub(super) fn add_deposit(&mut self, shares: Shares) -> Result<()> {
        if self.has_debt() {
            return Err(EngineError::BothSides);
        }
        self.deposit_shares = self.deposit().add(shares)?.0.into();
        Ok(())
    }

    /// Takes shares of a deposit away.
    pub(super) fn take_deposit(&mut self, shares: Shares) -> Result<()> {
        let left = self
            .deposit()
            .sub(shares)
            .map_err(|_| EngineError::InsufficientShares)?;
        self.deposit_shares = left.0.into();
        Ok(())
    }

    /// Takes shares of a debt away.
    pub(super) fn take_debt(&mut self, shares: DebtShares) -> Result<()> {
        self.debt_shares = self.debt().sub(shares)?.0.into();
        Ok(())
    }
}

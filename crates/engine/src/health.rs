//! The three health checks. One pass over an obligation's positions adds them
//! up; each check then compares two sums.

use crate::error::{EngineError, Result};
use crate::ledger::Ledger;
use crate::price::{Price, Reading};
use crate::units::{Atoms, Bps, DebtShares, Shares, Value, BPS};

/// Which question is asked of an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// May it borrow or withdraw? Collateral low, debt high, with the
    /// collateral factor and the liability weight.
    Initial,
    /// May it be liquidated? Spot, with the liquidation threshold and the
    /// liability weight.
    Maintenance,
    /// Is it beyond rescue? Collateral high, debt low, without weights: only
    /// if even the kindest reading says so.
    Insolvency,
}

/// Weights of one bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Share of collateral that counts when borrowing.
    pub collateral_factor: Bps,
    /// Share of collateral that counts before liquidation.
    pub liquidation_threshold: Bps,
    /// What a debt counts, at least 100 %.
    pub liability_weight: Bps,
}

/// What a bank says of itself in a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its price in this slot.
    pub price: Price,
    /// Decimals of its mint.
    pub decimals: u8,
    /// Its weights.
    pub weights: Weights,
}

/// Sums over an obligation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Collateral, unweighted.
    pub collateral: Value,
    /// Debt, unweighted.
    pub debt: Value,
    /// Collateral times its weight, 10⁻¹⁶ dollars.
    pub weighted_collateral: u128,
    /// Debt times its weight, 10⁻¹⁶ dollars.
    pub weighted_debt: u128,
}

impl Check {
    fn collateral_reading(self) -> Reading {
        match self {
            Self::Initial => Reading::Low,
            Self::Maintenance => Reading::Spot,
            Self::Insolvency => Reading::High,
        }
    }

    fn debt_reading(self) -> Reading {
        match self {
            Self::Initial => Reading::High,
            Self::Maintenance => Reading::Spot,
            Self::Insolvency => Reading::Low,
        }
    }
}

impl Sums {
    /// Adds a deposit of `shares`. It counts at the net share price, in the
    /// insolvency check at the gross one.
    ///
    /// The kindest reading of a deposit is its price once the deficit of its
    /// bank is covered. At the net price a deficit that insurance pays off day
    /// by day would let an obligation be called insolvent, and a loss be made in
    /// another bank, at prices that never moved.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn add_deposit(
        &mut self,
        check: Check,
        ledger: &Ledger,
        asset: &Asset,
        shares: Shares,
    ) -> Result<()> {
        let atoms = match check {
            Check::Insolvency => ledger.gross_value_down(shares)?,
            Check::Initial | Check::Maintenance => ledger.net_value_down(shares)?,
        };
        self.add_collateral(check, asset, atoms)
    }

    /// Adds a debt of `shares`, at what clears it.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn add_loan(
        &mut self,
        check: Check,
        ledger: &Ledger,
        asset: &Asset,
        shares: DebtShares,
    ) -> Result<()> {
        self.add_debt(check, asset, ledger.debt_up(shares)?)
    }

    /// Adds a deposit of `atoms`. Rounded down, but
    /// up in the insolvency check, which leans the other way.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn add_collateral(&mut self, check: Check, asset: &Asset, atoms: Atoms) -> Result<()> {
        let reading = check.collateral_reading();
        let (value, weight) = match check {
            Check::Initial => (
                asset.price.value_down(atoms, asset.decimals, reading)?,
                asset.weights.collateral_factor,
            ),
            Check::Maintenance => (
                asset.price.value_down(atoms, asset.decimals, reading)?,
                asset.weights.liquidation_threshold,
            ),
            Check::Insolvency => {
                let value = asset.price.value_up(atoms, asset.decimals, reading)?;
                self.collateral = self.collateral.add(value)?;
                return Ok(());
            }
        };
        let collateral = self.collateral.add(value)?;
        self.weighted_collateral = add_weighted(self.weighted_collateral, value, weight)?;
        self.collateral = collateral;
        Ok(())
    }

    /// Adds a debt of `atoms`. Rounded up, but down in the insolvency check.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn add_debt(&mut self, check: Check, asset: &Asset, atoms: Atoms) -> Result<()> {
        let reading = check.debt_reading();
        if check == Check::Insolvency {
            let value = asset.price.value_down(atoms, asset.decimals, reading)?;
            self.debt = self.debt.add(value)?;
            return Ok(());
        }
        let value = asset.price.value_up(atoms, asset.decimals, reading)?;
        let debt = self.debt.add(value)?;
        let weight = asset.weights.liability_weight;
        self.weighted_debt = add_weighted(self.weighted_debt, value, weight)?;
        self.debt = debt;
        Ok(())
    }

    /// Whether weighted collateral covers weighted debt.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.weighted_collateral >= self.weighted_debt
    }

    /// Whether collateral is worth at least the debt and `bonus` on it, both
    /// without weights.
    #[must_use]
    pub fn covers_debt_and(&self, bonus: Bps) -> bool {
        let covered = self.collateral.0.checked_mul(u128::from(BPS));
        let wanted = self.debt.0.checked_mul(bonus.above_one());
        covered.zip(wanted).is_some_and(|(have, want)| have >= want)
    }

    /// Whether debt exceeds collateral, both without weights.
    #[must_use]
    pub fn is_underwater(&self) -> bool {
        self.collateral < self.debt
    }

    /// Passes if weighted collateral covers weighted debt.
    ///
    /// # Errors
    /// `Unhealthy`, with both sums.
    pub fn require_healthy(&self) -> Result<()> {
        if self.is_healthy() {
            return Ok(());
        }
        Err(EngineError::Unhealthy {
            collateral: self.weighted_collateral,
            debt: self.weighted_debt,
        })
    }

    /// Passes if debt exceeds collateral; for sums of [`Check::Insolvency`].
    ///
    /// # Errors
    /// `NotInsolvent`, with both sums.
    pub fn require_insolvent(&self) -> Result<()> {
        if self.is_underwater() {
            return Ok(());
        }
        Err(EngineError::NotInsolvent {
            collateral: self.collateral.0,
            debt: self.debt.0,
        })
    }
}

impl Sums {
    /// Passes unless something has driven an obligation into insolvency:
    /// `before` and `self` are its sums of [`Check::Insolvency`] before and
    /// after. What was insolvent before may be so afterwards.
    ///
    /// This is what keeps a wick from creating bad debt. To look only at a
    /// liquidation that takes the last collateral is not enough: one that
    /// leaves a single share behind does the same harm.
    ///
    /// # Errors
    /// `NotInsolvent`, with both sums after the change.
    pub fn require_not_driven_insolvent(&self, before: &Self) -> Result<()> {
        if before.is_underwater() || !self.is_underwater() {
            return Ok(());
        }
        Err(EngineError::NotInsolvent {
            collateral: self.collateral.0,
            debt: self.debt.0,
        })
    }
}

fn add_weighted(sum: u128, value: Value, weight: Bps) -> Result<u128> {
    value
        .0
        .checked_mul(u128::from(weight.0))
        .and_then(|weighted| sum.checked_add(weighted))
        .ok_or(EngineError::Overflow)
}

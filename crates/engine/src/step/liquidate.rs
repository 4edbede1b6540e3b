//! Liquidation.

use super::lending::require_at_least;
use super::obligation::health;
use super::{At, Banks, With};
use crate::error::{EngineError, Result};
use crate::health::{Check, Sums};
use crate::liquidation::{self, LiquidationPlan, Sides};
use crate::state::{Bank, Obligation, Pubkey};
use crate::units::{Atoms, Bps, Shares};

/// The accounts that a liquidation changes.
#[derive(Debug)]
pub struct Parties<'a> {
    /// Is liquidated.
    pub obligation: &'a mut Obligation,
    /// Gets the collateral.
    pub liquidator: &'a mut Obligation,
    /// Address of the debt's bank.
    pub debt_key: &'a Pubkey,
    /// The debt's bank.
    pub debt: &'a mut Bank,
    /// Address of the collateral's bank.
    pub collateral_key: &'a Pubkey,
    /// The collateral's bank.
    pub collateral: &'a mut Bank,
}

/// What a liquidation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidated {
    /// What was repaid, into the debt's liquidity vault, and what was seized.
    pub plan: LiquidationPlan,
    /// (atoms of collateral) Insurance fees from the seized shares.
    pub insurance_fee: Atoms,
    /// The obligation's maintenance sums before.
    pub before: Sums,
}

/// Repays up to `max_repay` for at least `min_shares` of the collateral, which
/// become a deposit of the liquidator's obligation.
///
/// What the insolvency check does not call insolvent before is not insolvent
/// after it, be it in one step or in two: a brief spike of a price must not
/// create bad debt.
///
/// # Errors
/// `Delisted` for the collateral, `PriceNotRefreshed`, `NoPosition`,
/// `BelowMinimum`, `NotInsolvent`, `BothSides`, `TooManyPositions`, and those of
/// [`liquidation::plan`] and [`health`].
pub fn liquidate<B: Banks + ?Sized>(
    parties: Parties<'_>,
    others: &B,
    max_repay: Atoms,
    min_shares: Shares,
    at: At,
) -> Result<Liquidated> {
    let Parties {
        obligation,
        liquidator,
        debt_key,
        debt,
        collateral_key,
        collateral,
    } = parties;
    collateral.require_listed()?;
    debt.require_price(at.slot)?;
    collateral.require_price(at.slot)?;
    let mut both = Both {
        debt_key,
        debt,
        collateral_key,
        collateral,
        at,
    };
    let before = both.sums(obligation, others, Check::Maintenance)?;
    let plan = both.plan(obligation, &before, max_repay)?;
    require_at_least(plan.to_liquidator.0, min_shares.0)?;
    // Collateral worth the debt and the largest bonus on it at spot stays above
    // the debt whatever is repaid, and the insolvency check reads prices no
    // worse than spot: most liquidations need no second look.
    let insolvency = if before.covers_debt_and(Bps(both.collateral.config.max_bonus_bps)) {
        None
    } else {
        Some(both.sums(obligation, others, Check::Insolvency)?)
    };
    let insurance_fee = both.apply(obligation, liquidator, &plan)?;
    if let Some(insolvency) = insolvency {
        both.sums(obligation, others, Check::Insolvency)?
            .require_not_driven_insolvent(&insolvency)?;
    }
    Ok(Liquidated {
        plan,
        insurance_fee,
        before,
    })
}

/// Both banks of a liquidation.
struct Both<'a> {
    debt_key: &'a Pubkey,
    debt: &'a mut Bank,
    collateral_key: &'a Pubkey,
    collateral: &'a mut Bank,
    at: At,
}

impl Both<'_> {
    #[inline(never)]
    fn sums<B: Banks + ?Sized>(
        &self,
        obligation: &Obligation,
        others: &B,
        check: Check,
    ) -> Result<Sums> {
        let others = With {
            key: self.collateral_key,
            bank: self.collateral,
            others,
        };
        let banks = With {
            key: self.debt_key,
            bank: self.debt,
            others: &others,
        };
        health(obligation, &banks, check, self.at)
    }

    #[inline(never)]
    fn plan(
        &self,
        obligation: &Obligation,
        sums: &Sums,
        max_repay: Atoms,
    ) -> Result<LiquidationPlan> {
        let (debt, collateral) = (&*self.debt, &*self.collateral);
        let sides = Sides {
            debt_ledger: &debt.accrued(self.at.now)?,
            debt_asset: &debt.asset(),
            debt_shares: obligation.position(self.debt_key)?.debt(),
            collateral_ledger: &collateral.accrued(self.at.now)?,
            collateral_asset: &collateral.asset(),
            collateral_shares: obligation.position(self.collateral_key)?.deposit(),
        };
        let terms = collateral.config.liquidation(&debt.config);
        liquidation::plan(sums, &sides, &terms, max_repay)
    }

    /// Moves shares and books; returns the insurance fee in collateral atoms.
    #[inline(never)]
    fn apply(
        &mut self,
        obligation: &mut Obligation,
        liquidator: &mut Obligation,
        plan: &LiquidationPlan,
    ) -> Result<Atoms> {
        let now = self.at.now;
        let position = obligation.position_mut(self.debt_key)?;
        // No minimum is asked for: the plan leaves either the minimum, or debt
        // without collateral, which is written off.
        let repaid = self
            .debt
            .accrued(now)?
            .repay(plan.repay, position.debt(), Atoms::ZERO)?;
        if repaid.paid != plan.repay {
            return Err(EngineError::Overflow);
        }
        position.take_debt(repaid.shares)?;
        self.debt.store(&repaid.ledger)?;

        let seized = plan.to_liquidator.add(plan.to_insurance)?;
        obligation
            .position_mut(self.collateral_key)?
            .take_deposit(seized)?;
        obligation.prune(self.debt_key);
        obligation.prune(self.collateral_key);
        if !plan.to_liquidator.is_zero() {
            liquidator
                .position_or_new(self.collateral_key)?
                .add_deposit(plan.to_liquidator)?;
        }
        let ledger = self.collateral.accrued(now)?;
        if plan.to_insurance.is_zero() {
            self.collateral.store(&ledger)?;
            return Ok(Atoms::ZERO);
        }
        let slice = ledger.shares_to_insurance(plan.to_insurance)?;
        self.collateral.store_loss(&slice.ledger)?;
        Ok(slice.paid)
    }
}

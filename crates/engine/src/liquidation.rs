//! How much of a debt a liquidator may repay, and what he gets for it.

use crate::error::{EngineError, Result};
use crate::health::{Asset, Sums};
use crate::ledger::Ledger;
use crate::math;
use crate::units::{Atoms, Bps, DebtShares, Shares, Value, BPS};

const ONE: u128 = BPS as u128;

/// Most that a liquidator gets for nothing, where what stayed would be less
/// than one atom: a cent. An atom of a token without decimals may be worth a
/// fortune.
const DUST: Value = Value(10_000_000_000);

/// Terms of the collateral bank, and of closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Bonus at the threshold, and whenever the obligation is underwater.
    pub min_bonus: Bps,
    /// Bonus when the shortfall reaches `bonus_ramp`.
    pub max_bonus: Bps,
    /// Shortfall, as a share of weighted debt, at which the bonus is largest;
    /// 1..=10 000.
    pub bonus_ramp: Bps,
    /// Share of the bonus that goes to insurance fees.
    pub insurance_share: Bps,
    /// Weighted collateral over weighted debt that a liquidation aims at; at
    /// least 100 %.
    pub target_health: Bps,
    /// Least debt that may remain in the debt's bank.
    pub min_debt: Atoms,
    /// Debts up to this size may be repaid in one go.
    pub full_close_debt: Atoms,
}

/// The two positions that a liquidation touches.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// Debt bank: its books.
    pub debt_ledger: &'a Ledger,
    /// Debt bank: price and weights.
    pub debt_asset: &'a Asset,
    /// The debt.
    pub debt_shares: DebtShares,
    /// Collateral bank: its books.
    pub collateral_ledger: &'a Ledger,
    /// Collateral bank: price and weights.
    pub collateral_asset: &'a Asset,
    /// The collateral.
    pub collateral_shares: Shares,
}

/// What a liquidation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationPlan {
    /// Debt atoms that the liquidator pays.
    pub repay: Atoms,
    /// Collateral shares that move to the liquidator.
    pub to_liquidator: Shares,
    /// Collateral shares that become insurance fees.
    pub to_insurance: Shares,
    /// Bonus of this liquidation.
    pub bonus: Bps,
    /// Whether this position's collateral is used up.
    pub empties_collateral: bool,
    /// Whether all of this position's debt is repaid.
    pub clears_debt: bool,
}

/// Plans a liquidation of an obligation whose maintenance sums are `sums`.
///
/// Repays no more than brings the obligation to the target health:
/// `R = (h·D − C) / (h·w − (1 + β)·t)` with weighted debt `D`, weighted
/// collateral `C`, target `h`, liability weight `w`, bonus `β` and threshold
/// `t`. An obligation that is underwater, or a debt of at most
/// `full_close_debt`, may be repaid in full. Where that would leave a debt
/// below the minimum, either all of it is repaid or the minimum stays; but
/// where this collateral runs out first, whatever debt is left stays, so the
/// books must take this repayment without asking for a minimum.
///
/// Shares are seized at their gross price, whatever health says of them at net: a
/// deficit that is covered later would else be a gift to the liquidator, from the
/// debtor or, where debt is left, from the lenders of another bank.
///
/// Rounding: the repayment is rounded up, collateral and the liquidator's part
/// of the bonus are rounded down; borrower and insurance keep the dust. Only
/// collateral that would be left with less than one atom, worth no more than a
/// cent, goes to the liquidator as well.
///
/// The caller checks with [`Sums::require_not_driven_insolvent`] that this
/// leaves no bad debt behind that the kindest reading does not see already.
///
/// # Errors
/// `Healthy`, `ZeroAmount`, `NoDebt`, `InsufficientShares` without collateral,
/// `DebtBelowMinimum` if `max_repay` cannot clear a debt that must be cleared,
/// `AmountTooSmall` if the repayment is worth less than one share, `Overflow`.
pub fn plan(
    sums: &Sums,
    sides: &Sides<'_>,
    terms: &Terms,
    max_repay: Atoms,
) -> Result<LiquidationPlan> {
    if sums.is_healthy() {
        return Err(EngineError::Healthy {
            collateral: sums.weighted_collateral,
            debt: sums.weighted_debt,
        });
    }
    if max_repay.is_zero() {
        return Err(EngineError::ZeroAmount);
    }
    if sides.debt_shares.is_zero() {
        return Err(EngineError::NoDebt);
    }
    if sides.collateral_shares.is_zero() {
        return Err(EngineError::InsufficientShares);
    }
    let bonus = bonus(sums, terms)?;
    let debt = sides.debt_ledger.debt_up(sides.debt_shares)?;
    let allowed = allowed_repay(sums, sides, terms, bonus, debt)?;
    let repay = without_dust(allowed, debt, terms.min_debt, max_repay)?;
    seize(sides, terms, bonus, debt, repay)
}

/// The bonus: from `min_bonus` at the threshold to `max_bonus` at a shortfall
/// of `bonus_ramp`, rounded down; `min_bonus` when underwater, so that the
/// collateral pays back as much debt as it can.
///
/// Above `min_bonus` it never exceeds what collateral there is beyond the debt,
/// as a share of the debt: a greater bonus would make each liquidation leave
/// the obligation worse off, until a solvent one has become bad debt.
fn bonus(sums: &Sums, terms: &Terms) -> Result<Bps> {
    if sums.is_underwater() {
        return Ok(terms.min_bonus);
    }
    let shortfall = sums
        .weighted_debt
        .checked_sub(sums.weighted_collateral)
        .ok_or(EngineError::Underflow)?;
    let shortfall = math::mul_div_down(shortfall, ONE, sums.weighted_debt)?;
    let range = u128::from(terms.max_bonus.0.saturating_sub(terms.min_bonus.0));
    let ramp = u128::from(terms.bonus_ramp.0);
    let extra = math::div_down(range.saturating_mul(shortfall.min(ramp)), ramp)?;
    let beyond = sums.collateral.saturating_sub(sums.debt).0;
    let beyond = math::div_down(beyond.saturating_mul(ONE), sums.debt.0)?;
    let extra = extra.min(beyond.saturating_sub(u128::from(terms.min_bonus.0)));
    let extra = u32::try_from(extra).map_err(|_| EngineError::Overflow)?;
    Ok(Bps(terms.min_bonus.0.saturating_add(extra)))
}

fn allowed_repay(
    sums: &Sums,
    sides: &Sides<'_>,
    terms: &Terms,
    bonus: Bps,
    debt: Atoms,
) -> Result<Atoms> {
    if sums.is_underwater() || debt <= terms.full_close_debt {
        return Ok(debt);
    }
    let target = u128::from(terms.target_health.0);
    let debt_weight = u128::from(sides.debt_asset.weights.liability_weight.0);
    let threshold = u128::from(sides.collateral_asset.weights.liquidation_threshold.0);
    // h·D − C, in 10⁻²⁰ dollars: both sums carry one factor of 10⁴.
    let gap = sums
        .weighted_debt
        .checked_mul(target)
        .zip(sums.weighted_collateral.checked_mul(ONE))
        .and_then(|(aim, have)| aim.checked_sub(have))
        .ok_or(EngineError::Overflow)?;
    // h·w − (1 + β)·t, times 10⁸; every accepted configuration keeps it positive.
    let gain = target
        .saturating_mul(debt_weight)
        .checked_sub(bonus.above_one().saturating_mul(threshold))
        .ok_or(EngineError::Underflow)?;
    let value = Value(math::div_up(gap, gain)?);
    let asset = sides.debt_asset;
    Ok(asset.price.atoms_up(value, asset.decimals)?.min(debt))
}

fn without_dust(allowed: Atoms, debt: Atoms, min_debt: Atoms, max_repay: Atoms) -> Result<Atoms> {
    let leaves_dust = |repay: Atoms| {
        let left = debt.saturating_sub(repay);
        !left.is_zero() && left < min_debt
    };
    let allowed = if leaves_dust(allowed) { debt } else { allowed };
    let repay = allowed.min(max_repay);
    if !leaves_dust(repay) {
        return Ok(repay);
    }
    let keeps_minimum = debt.saturating_sub(min_debt);
    if keeps_minimum.is_zero() {
        return Err(EngineError::DebtBelowMinimum {
            left: debt.saturating_sub(repay).0,
            min: min_debt.0,
        });
    }
    Ok(keeps_minimum.min(repay))
}

fn seize(
    sides: &Sides<'_>,
    terms: &Terms,
    bonus: Bps,
    debt: Atoms,
    repay: Atoms,
) -> Result<LiquidationPlan> {
    use crate::price::Reading::Spot;
    let held = sides.collateral_shares;
    let (asset, collateral) = (sides.debt_asset, sides.collateral_asset);
    // Shares are finer than atoms: an atom of a token without decimals may be
    // worth more than the whole debt.
    let priced = sides
        .collateral_ledger
        .gross_times_up(held, collateral.price.spot)?;
    let worth = collateral.price.scaled_up(priced, collateral.decimals)?;

    let repaid = asset.price.value_down(repay, asset.decimals, Spot)?;
    let wanted = Value(math::mul_div_down(repaid.0, bonus.above_one(), ONE)?);

    let (repay, seized) = if wanted >= worth {
        // The collateral is the limit: all of it, for what it is worth.
        let cost = Value(math::mul_div_up(worth.0, ONE, bonus.above_one())?);
        let cost = asset.price.atoms_up(cost, asset.decimals)?;
        // Worth and cost are rounded up: even dust is paid for with one atom.
        (cost.min(repay), held)
    } else {
        let shares = Shares(math::mul_div_down(held.0, wanted.0, worth.0)?);
        let rest = sides
            .collateral_ledger
            .gross_value_down(held.sub(shares)?)?;
        let is_dust = rest.is_zero() && worth.sub(wanted)? <= DUST;
        (repay, if is_dust { held } else { shares })
    };
    if seized.is_zero() {
        return Err(EngineError::AmountTooSmall);
    }
    let bonus_shares = math::mul_div_up(seized.0, u128::from(bonus.0), bonus.above_one())?;
    let to_insurance = Shares(math::mul_div_up(
        bonus_shares,
        u128::from(terms.insurance_share.0),
        ONE,
    )?);
    Ok(LiquidationPlan {
        repay,
        to_liquidator: seized.sub(to_insurance)?,
        to_insurance,
        bonus,
        empties_collateral: seized == held,
        clears_debt: repay == debt,
    })
}

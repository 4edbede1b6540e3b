//! The interest curve, and booking what has accrued.

use crate::error::Result;
use crate::ledger::{Ledger, INDEX_MAX};
use crate::math;
use crate::units::{Atoms, Bps, UnixTime, BPS};

/// Seconds of a year of 365 days.
pub const SECS_PER_YEAR: u64 = 31_536_000;

/// A rate of one, in parts per billion.
const ONE_PPB: u128 = 1_000_000_000;

/// Parts per billion in a basis point.
const PPB_PER_BPS: u128 = 100_000;

/// Yearly interest as a function of utilisation: `base`, rising by
/// `slope_below` up to the kink and by `slope_above` from there to 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCurve {
    /// Rate of an unused bank.
    pub base: Bps,
    /// Rise from 0 to the kink.
    pub slope_below: Bps,
    /// Rise from the kink to full use.
    pub slope_above: Bps,
    /// Utilisation at which the slope changes; strictly between 0 and 100 %.
    pub kink: Bps,
}

/// How interest is shared before lenders get the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeSplit {
    /// Share that goes to `protocol_fees`.
    pub protocol: Bps,
    /// Share that goes to `insurance_fees`.
    pub insurance: Bps,
}

impl RateCurve {
    /// Yearly rate in parts per billion at the ledger's utilisation,
    /// `borrowed / (cash + borrowed)`; both divisions round down.
    ///
    /// # Errors
    /// `DivisionByZero` for a kink at 0 or 100 %, which no accepted
    /// configuration has.
    pub fn yearly_ppb_down(self, ledger: &Ledger) -> Result<u128> {
        let base = u128::from(self.base.0).wrapping_mul(PPB_PER_BPS);
        if ledger.borrowed.is_zero() {
            return Ok(base);
        }
        let borrowed = u128::from(ledger.borrowed.0);
        let all = borrowed.wrapping_add(u128::from(ledger.cash.0));
        let used = math::div_down(borrowed.wrapping_mul(ONE_PPB), all)?;
        let kink = u128::from(self.kink.0).wrapping_mul(PPB_PER_BPS);
        let below = u128::from(self.slope_below.0).wrapping_mul(PPB_PER_BPS);
        if used <= kink {
            let slope = math::div_down(below.wrapping_mul(used), kink)?;
            return Ok(base.wrapping_add(slope));
        }
        let above = u128::from(self.slope_above.0).wrapping_mul(PPB_PER_BPS);
        let slope = math::div_down(
            above.wrapping_mul(used.wrapping_sub(kink)),
            ONE_PPB.saturating_sub(kink),
        )?;
        Ok(base.wrapping_add(below).wrapping_add(slope))
    }
}

impl Ledger {
    /// Books the interest of the time since the last accrual.
    ///
    /// The index grows by `index · rate · seconds / year`, rounded up: debtors
    /// pay for the dust. Both fees together are their share of what `borrowed`
    /// grew by, within an atom, and each of them within two; lenders get the
    /// rest. Fees do not depend on how often interest is booked: they are
    /// differences of `⌊share · borrowed⌋` after and before, so a row of
    /// accruals that each bring less than one atom of fees brings the same as
    /// one long accrual.
    ///
    /// Interest that would not fit the books is not booked: a bank whose debt
    /// outgrew 64 bits must still take repayments.
    ///
    /// # Errors
    /// `TimeWentBack`.
    pub fn accrue(mut self, curve: RateCurve, split: FeeSplit, now: UnixTime) -> Result<Self> {
        let elapsed = now.since(self.accrued_at)?;
        if elapsed == 0 {
            return Ok(self);
        }
        self.accrued_at = now;
        if self.debt_shares.is_zero() {
            return Ok(self);
        }
        let rate = curve.yearly_ppb_down(&self)?;
        let grown = self.grown(rate, elapsed, split);
        Ok(grown.unwrap_or(self))
    }

    fn grown(mut self, rate_ppb: u128, elapsed: u64, split: FeeSplit) -> Result<Self> {
        let growth = math::mul_div_up(
            self.index,
            rate_ppb.wrapping_mul(u128::from(elapsed)),
            ONE_PPB.wrapping_mul(u128::from(SECS_PER_YEAR)),
        )?;
        let index = self.index.saturating_add(growth).min(INDEX_MAX);
        let borrowed = Self::borrowed_down(self.debt_shares, index)?;
        let interest = borrowed.sub(self.borrowed)?;
        let (all, insured) = split.of_debt_down(borrowed)?;
        let (all_before, insured_before) = split.of_debt_down(self.borrowed)?;
        let fees = all.sub(all_before)?;
        let insurance = insured.sub(insured_before)?;
        let protocol = fees.sub(insurance)?;
        let lenders = interest.sub(fees)?;
        self.index = index;
        self.borrowed = borrowed;
        self.protocol_fees = self.protocol_fees.add(protocol)?;
        self.insurance_fees = self.insurance_fees.add(insurance)?;
        self.lender_assets = self.lender_assets.add(lenders)?;
        Ok(self)
    }
}

impl FeeSplit {
    /// Both fees on a whole debt, and the insurance fees among them. Fees on
    /// interest are differences of these. Rounding down what each accrual
    /// brings instead would let anyone who accrues every second starve them.
    fn of_debt_down(self, borrowed: Atoms) -> Result<(Atoms, Atoms)> {
        let both = Bps(self.protocol.0.saturating_add(self.insurance.0));
        if both.0 == 0 {
            return Ok((Atoms::ZERO, Atoms::ZERO));
        }
        let all = both.of_down(borrowed.0)?;
        let insured = u128::from(all).wrapping_mul(u128::from(self.insurance.0));
        let insured = math::div_down(insured, u128::from(both.0))?;
        Ok((Atoms(all), Atoms(math::to_u64(insured)?)))
    }
}

impl RateCurve {
    /// Highest rate of the curve, at full use.
    #[must_use]
    pub fn highest(self) -> Bps {
        Bps(self
            .base
            .0
            .saturating_add(self.slope_below.0)
            .saturating_add(self.slope_above.0))
    }

    /// Whether the kink lies where the curve is defined.
    #[must_use]
    pub fn has_kink(self) -> bool {
        self.kink.0 > 0 && self.kink.0 < BPS
    }
}

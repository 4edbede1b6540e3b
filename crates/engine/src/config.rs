//! Settings of a market and of a bank: which contradict themselves, and which
//! changes raise the risk of somebody who is already there.

use crate::auction::{IssuanceLimits, PricePolicy, Schedule};
use crate::bucket::Limit;
use crate::error::{EngineError, Result};
use crate::health::Weights;
use crate::interest::{FeeSplit, RateCurve};
use crate::ledger::BorrowLimits;
use crate::liquidation;
use crate::price::OracleLimits;
use crate::units::{Atoms, Bps, BPS};
use crate::waterfall::Mode;

/// Least part of collateral that no setting of threshold and bonus may touch:
/// 1 %. Without it a borrower would earn the bonus by liquidating himself.
pub const SELF_LIQUIDATION_MARGIN: Bps = Bps(100);

/// Largest liquidation bonus: 50 %. The threshold bounds it too, but not in a
/// bank whose collateral counts for nothing.
pub const MAX_BONUS: Bps = Bps(5_000);

/// Steepest interest curve: 1 000 % a year.
pub const MAX_RATE: Bps = Bps(100_000);

/// Heaviest liability weight: 1 000 %.
pub const MAX_LIABILITY_WEIGHT: Bps = Bps(100_000);

/// Widest confidence interval that a bank may accept: 20 %.
pub const MAX_CONF: Bps = Bps(2_000);

/// Largest distance of spot and average that a bank may accept: 50 %.
pub const MAX_DIVERGENCE: Bps = Bps(5_000);

/// Oldest price that a bank may accept: 10 minutes.
pub const MAX_PRICE_AGE_SECS: u32 = 600;

/// Longest of all delays: 30 days.
pub const MAX_DELAY_SECS: u32 = 2_592_000;

/// Settings of one bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankParams {
    /// Weights in health checks.
    pub weights: Weights,
    /// Liquidation terms; `min_debt` is also the least debt of any position.
    pub liquidation: liquidation::Terms,
    /// Most that lenders may own.
    pub deposit_cap: Atoms,
    /// Limits on lending out.
    pub borrow: BorrowLimits,
    /// Interest curve.
    pub curve: RateCurve,
    /// Shares of interest.
    pub fees: FeeSplit,
    /// Limits on prices.
    pub oracle: OracleLimits,
    /// Whether debts are written off, and how they are covered.
    pub mode: Mode,
    /// Time between the owner's last borrowing or withdrawal and a write-off.
    pub min_risk_age_secs: u32,
    /// Insurance draws per window; a capacity of 0 means unlimited.
    pub draw_limit: Limit,
    /// Keeper's share of a loss.
    pub bounty_share: Bps,
    /// Bounties per window.
    pub bounty_limit: Limit,
    /// No bounty below this loss.
    pub bounty_min_loss: Atoms,
    /// Smallest deficit worth an auction.
    pub min_offer: Atoms,
    /// How the governance token is priced in this bank's asset.
    pub prices: PricePolicy,
    /// How long a deficit waits when issuance cannot help.
    pub socialise_delay_secs: u32,
    /// How long a deficit waits at the most.
    pub socialise_deadline_secs: u32,
    /// Insurance above this share of `borrowed` may buy back.
    pub insurance_target: Bps,
}

/// Settings of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketParams {
    /// How long a risk-raising change waits.
    pub config_delay_secs: u32,
    /// Longest pause a guardian may set, and the rest he must then keep.
    pub max_pause_secs: u32,
    /// Times of auctions.
    pub schedule: Schedule,
    /// Limits on issuance.
    pub issuance: IssuanceLimits,
    /// Discount and premium of auctions.
    pub max_discount: Bps,
    /// Premium of the start price.
    pub premium: Bps,
    /// Failed auctions, since the deficit was last zero, after which lenders need
    /// not wait for another.
    pub max_failed_auctions: u32,
    /// Limits on governance prices.
    pub oracle: OracleLimits,
}

fn require(holds: bool, rule: &'static str) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(EngineError::Config(rule))
    }
}

fn within(secs: u32, rule: &'static str) -> Result<()> {
    require(secs > 0 && secs <= MAX_DELAY_SECS, rule)
}

fn validate_oracle(limits: &OracleLimits) -> Result<()> {
    require(
        limits.max_age_secs > 0 && limits.max_age_secs <= MAX_PRICE_AGE_SECS,
        "max_age_secs must be 1..=600",
    )?;
    require(
        limits.max_conf.0 > 0 && limits.max_conf <= MAX_CONF,
        "max_conf_bps must be 1..=2000",
    )?;
    require(
        limits.max_divergence.0 > 0 && limits.max_divergence <= MAX_DIVERGENCE,
        "max_divergence_bps must be 1..=5000",
    )
}

impl BankParams {
    /// Passes if no setting contradicts another.
    ///
    /// # Errors
    /// `Config`, naming the rule.
    pub fn validate(&self) -> Result<()> {
        self.validate_weights()?;
        self.validate_lending()?;
        validate_oracle(&self.oracle)?;
        self.validate_bad_debt()
    }

    fn validate_weights(&self) -> Result<()> {
        let (w, l) = (&self.weights, &self.liquidation);
        require(
            w.collateral_factor < w.liquidation_threshold
                || (w.collateral_factor.0 == 0 && w.liquidation_threshold.0 == 0),
            "collateral_factor_bps must be below liquidation_threshold_bps",
        )?;
        require(
            w.liability_weight.0 >= BPS && w.liability_weight <= MAX_LIABILITY_WEIGHT,
            "liability_weight_bps must be 10000..=100000",
        )?;
        require(
            l.min_bonus <= l.max_bonus,
            "min_bonus_bps must not exceed max_bonus_bps",
        )?;
        require(
            l.max_bonus <= MAX_BONUS,
            "max_bonus_bps must not exceed 5000",
        )?;
        require(
            l.bonus_ramp.0 > 0 && l.bonus_ramp.0 <= BPS,
            "bonus_ramp_bps must be 1..=10000",
        )?;
        require(
            l.insurance_share.0 <= BPS,
            "bonus_insurance_bps must not exceed 10000",
        )?;
        let left =
            u128::from(BPS).wrapping_mul(u128::from(BPS.saturating_sub(SELF_LIQUIDATION_MARGIN.0)));
        let taken = u128::from(w.liquidation_threshold.0).wrapping_mul(l.max_bonus.above_one());
        require(
            taken <= left,
            "liquidation_threshold x (1 + max_bonus) must stay below 99 %: self-liquidation would pay",
        )?;
        require(
            l.target_health.0 >= BPS && l.target_health.0 <= BPS.saturating_mul(2),
            "target_health_bps must be 10000..=20000",
        )?;
        require(
            l.min_debt == self.borrow.min_debt,
            "min_debt must be the same for loans and liquidations",
        )?;
        require(
            !l.min_debt.is_zero(),
            "min_debt must be at least 1: dust debt would never be cleared",
        )
    }

    fn validate_lending(&self) -> Result<()> {
        require(
            self.borrow.max_utilisation.0 <= BPS,
            "max_utilisation_bps must not exceed 10000",
        )?;
        require(
            self.curve.has_kink(),
            "kink_bps must lie strictly between 0 and 10000",
        )?;
        require(
            self.curve.highest() <= MAX_RATE,
            "the interest curve must not exceed 100000 bps a year",
        )?;
        let fees = self.fees.protocol.0.saturating_add(self.fees.insurance.0);
        require(fees <= BPS, "fee shares must not exceed 10000 bps together")
    }

    fn validate_bad_debt(&self) -> Result<()> {
        within(
            self.min_risk_age_secs,
            "min_risk_age_secs must be 1 s to 30 days",
        )?;
        within(
            self.draw_limit.window_secs,
            "limit_window_secs must be 1 s to 30 days",
        )?;
        require(
            self.bounty_limit.window_secs == self.draw_limit.window_secs,
            "draws and bounties share one window",
        )?;
        require(
            self.bounty_share.0 <= 1_000,
            "bounty_bps must not exceed 1000",
        )?;
        require(
            self.prices.fixed_start >= self.prices.fixed_floor,
            "fixed_start_rate must not be below fixed_floor_rate",
        )?;
        within(
            self.socialise_delay_secs,
            "socialise_delay_secs must be 1 s to 30 days",
        )?;
        within(
            self.socialise_deadline_secs,
            "socialise_deadline_secs must be 1 s to 30 days",
        )?;
        require(
            self.socialise_delay_secs <= self.socialise_deadline_secs,
            "socialise_delay_secs must not exceed socialise_deadline_secs",
        )?;
        require(
            self.insurance_target.0 <= BPS,
            "insurance_target_bps must not exceed 10000",
        )
    }

    /// Whether a change to `next` raises the risk of a user who is there now.
    /// Such a change waits; every other takes effect at once.
    ///
    /// What hurts whichever way it moves (thresholds, bonuses, the interest
    /// curve) always waits. So does the mode: up, it puts holders of the
    /// governance token behind the lenders; down, it takes them away, and
    /// lenders could be made to carry a deficit that is open already. And so
    /// does `min_risk_age_secs`, which can put a write-off out of reach.
    #[must_use]
    pub fn raises_risk(&self, next: &Self) -> bool {
        self.lending_raises_risk(next) || self.bad_debt_raises_risk(next)
    }

    fn lending_raises_risk(&self, next: &Self) -> bool {
        let (w, v) = (&self.weights, &next.weights);
        let (l, m) = (&self.liquidation, &next.liquidation);
        v.collateral_factor > w.collateral_factor
            || v.liquidation_threshold != w.liquidation_threshold
            || v.liability_weight != w.liability_weight
            || m.min_bonus != l.min_bonus
            || m.max_bonus != l.max_bonus
            || m.bonus_ramp != l.bonus_ramp
            || m.insurance_share > l.insurance_share
            || m.target_health != l.target_health
            || m.min_debt != l.min_debt
            || m.full_close_debt > l.full_close_debt
            || next.deposit_cap > self.deposit_cap
            || next.borrow.borrow_cap > self.borrow.borrow_cap
            || next.borrow.max_utilisation > self.borrow.max_utilisation
            || next.curve != self.curve
            || next.fees.protocol > self.fees.protocol
            || next.fees.insurance != self.fees.insurance
            || oracle_raises_risk(&self.oracle, &next.oracle)
    }

    fn bad_debt_raises_risk(&self, next: &Self) -> bool {
        next.mode != self.mode
            || next.min_risk_age_secs != self.min_risk_age_secs
            || next.draw_limit != self.draw_limit
            || next.bounty_share > self.bounty_share
            || next.bounty_limit.capacity > self.bounty_limit.capacity
            || next.bounty_min_loss < self.bounty_min_loss
            || next.min_offer != self.min_offer
            || next.prices != self.prices
            || next.socialise_delay_secs < self.socialise_delay_secs
            || next.socialise_deadline_secs != self.socialise_deadline_secs
            || next.insurance_target < self.insurance_target
    }
}

fn oracle_raises_risk(now: &OracleLimits, next: &OracleLimits) -> bool {
    next.max_age_secs > now.max_age_secs
        || next.max_conf > now.max_conf
        || next.max_divergence > now.max_divergence
}

impl MarketParams {
    /// Passes if no setting contradicts another or exceeds `supply`.
    ///
    /// # Errors
    /// `Config`, naming the rule.
    pub fn validate(&self, supply: crate::units::GovAtoms) -> Result<()> {
        within(
            self.config_delay_secs,
            "config_delay_secs must be 1 s to 30 days",
        )?;
        within(self.max_pause_secs, "max_pause_secs must be 1 s to 30 days")?;
        within(
            self.schedule.duration_secs,
            "auction_duration_secs must be 1 s to 30 days",
        )?;
        require(
            self.schedule.delay_secs <= MAX_DELAY_SECS,
            "auction_delay_secs must not exceed 30 days",
        )?;
        within(
            self.issuance.window_secs,
            "issuance_window_secs must be 1 s to 30 days",
        )?;
        require(
            self.issuance.per_window.0 <= BPS,
            "issuance_window_bps must not exceed 10000: more than the supply per window",
        )?;
        require(
            self.issuance.per_auction <= self.issuance.per_window,
            "issuance_auction_bps must not exceed issuance_window_bps",
        )?;
        require(
            self.issuance.lifetime_cap <= supply,
            "lifetime_issuance_cap must not exceed the supply",
        )?;
        require(
            self.max_discount.0 < BPS,
            "max_discount_bps must be below 10000",
        )?;
        require(self.premium.0 <= BPS, "premium_bps must not exceed 10000")?;
        require(
            self.max_failed_auctions > 0,
            "max_failed_auctions must be at least 1",
        )?;
        validate_oracle(&self.oracle)
    }

    /// Whether a change to `next` raises the risk of a lender or of a holder of
    /// the governance token. Limits on issuance always wait: wider ones dilute
    /// holders, narrower ones leave lenders with the deficit. So do the limits
    /// on governance prices, which can stop issuance as well. In an emergency
    /// the guardian's pause is faster than any of them.
    #[must_use]
    pub fn raises_risk(&self, next: &Self) -> bool {
        next.config_delay_secs < self.config_delay_secs
            || next.max_pause_secs > self.max_pause_secs
            || next.schedule != self.schedule
            || next.issuance != self.issuance
            || next.max_discount != self.max_discount
            || next.premium != self.premium
            || next.max_failed_auctions < self.max_failed_auctions
            || next.oracle != self.oracle
    }
}

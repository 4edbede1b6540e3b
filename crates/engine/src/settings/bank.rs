//! Settings of a bank.

use core::ops::RangeBounds;

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use super::table::{require, settings, Stored};
use super::Preset::{Chosen, Hundredths, Number, PythCore};
use super::{Group, MarketConfig, Rule, Setting, Unit, Waits, MAX_RATE, SELF_LIQUIDATION_MARGIN};
use crate::auction::PricePolicy;
use crate::bucket::Limit;
use crate::error::Result;
use crate::health::Weights;
use crate::interest::{FeeSplit, RateCurve};
use crate::ledger::BorrowLimits;
use crate::liquidation;
use crate::price::OracleLimits;
#[cfg(not(feature = "anchor"))]
use crate::state::Pubkey;
use crate::state::{Le128, PYTH_RECEIVERS};
use crate::units::{Atoms, Bps, Rate, BPS};
use crate::waterfall::Mode;

settings! {
    /// Settings of one bank. Every `_bps` field is in hundredths of a per cent,
    /// every `_secs` field in seconds, every amount in atoms of the bank's asset.
    ///
    /// What hurts whichever way it moves (thresholds, bonuses, the interest curve)
    /// always waits. So does the mode: up, it puts holders of the governance token
    /// behind the lenders; down, it takes them away, and lenders could be made to
    /// carry a deficit that is open already. And so does `min_risk_age_secs`, which
    /// can put a write-off out of reach.
    pub struct BankConfig {
        /// (rate) Least price of an auction in this bank; 0 for none.
        fixed_floor_rate: Le128 = BadDebt, Rate, Both, .., Number(0);
        /// (rate) Start price of an auction where the market has no governance feed.
        fixed_start_rate: Le128 = BadDebt, Rate, Both, .., Number(0);
        /// (atoms) Most that lenders may own. Shares received by liquidation are not capped.
        deposit_cap: u64 = Lending, Tokens, Up, .., Hundredths(100_000_000_000);
        /// (atoms) Most that may be borrowed.
        borrow_cap: u64 = Lending, Tokens, Up, .., Hundredths(80_000_000_000);
        /// (atoms) Least debt of a position.
        min_debt: u64 = Liquidation, Tokens, Both, 1.., Hundredths(1);
        /// (atoms) Debts up to this size may be liquidated in one go.
        full_close_debt: u64 = Liquidation, Tokens, Up, .., Hundredths(100);
        /// (atoms) Most that leaves the insurance vault per window; 0 means unlimited.
        draw_limit: u64 = BadDebt, Tokens, Both, .., Number(0);
        /// (atoms) Most paid in bounties per window; 0 means none.
        bounty_cap: u64 = BadDebt, Tokens, Up, .., Hundredths(10_000);
        /// (atoms) No bounty for a smaller loss.
        bounty_min_loss: u64 = BadDebt, Tokens, Down, .., Hundredths(10);
        /// (atoms) No auction for a smaller deficit, no buy-back with a smaller budget.
        min_auction_deficit: u64 = BadDebt, Tokens, Both, .., Hundredths(1);
        /// Receiver program that must own the price account.
        oracle_program: Pubkey = Prices, Receiver, Both, .., PythCore;
        /// Pyth feed of the asset.
        feed_id: [u8; 32] = Prices, Feed, Both, .., Chosen;
        /// (bps) Share of collateral that counts when borrowing or withdrawing.
        collateral_factor_bps: u32 = Weights, Bps, Up, .., Number(7_000);
        /// (bps) Share of collateral that counts before liquidation.
        liquidation_threshold_bps: u32 = Weights, Bps, Both, .., Number(8_000);
        /// (bps) What a debt in this bank counts.
        liability_weight_bps: u32 = Weights, Bps, Both, 10_000..=100_000, Number(10_000);
        /// (bps) Liquidation bonus at the threshold, and whenever the obligation is underwater.
        min_bonus_bps: u32 = Liquidation, Bps, Both, .., Number(200);
        /// (bps) Liquidation bonus when the shortfall reaches `bonus_ramp_bps`.
        max_bonus_bps: u32 = Liquidation, Bps, Both, ..=5_000, Number(1_000);
        /// (bps) Shortfall of weighted debt at which the bonus is largest.
        bonus_ramp_bps: u32 = Liquidation, Bps, Both, 1..=10_000, Number(2_000);
        /// (bps) Part of the bonus that goes to the collateral bank's insurance fees.
        bonus_insurance_bps: u32 = Liquidation, Bps, Up, ..=10_000, Number(2_000);
        /// (bps) Weighted collateral over weighted debt that a liquidation restores.
        target_health_bps: u32 = Liquidation, Bps, Both, 10_000..=20_000, Number(10_500);
        /// (bps) Most of cash and loans together that may be lent out by a new loan.
        max_utilisation_bps: u32 = Lending, Bps, Up, ..=10_000, Number(9_500);
        /// (bps) Yearly interest of an unused bank.
        base_rate_bps: u32 = Lending, Bps, Both, .., Number(100);
        /// (bps) Rise of the yearly interest from 0 to the kink.
        slope_below_bps: u32 = Lending, Bps, Both, .., Number(700);
        /// (bps) Rise of the yearly interest from the kink to full use.
        slope_above_bps: u32 = Lending, Bps, Both, .., Number(9_000);
        /// (bps) Utilisation at the kink.
        kink_bps: u32 = Lending, Bps, Both, 1..=9_999, Number(8_000);
        /// (bps) Share of interest for the protocol.
        protocol_fee_bps: u32 = Lending, Bps, Up, .., Number(500);
        /// (bps) Share of interest for insurance.
        insurance_fee_bps: u32 = Lending, Bps, Both, .., Number(1_000);
        /// (secs) Oldest price accepted.
        max_age_secs: u32 = Prices, Secs, Up, 1..=600, Number(60);
        /// (bps) Widest confidence interval accepted, against the lower of spot and average.
        max_conf_bps: u32 = Prices, Bps, Up, 1..=2_000, Number(200);
        /// (bps) Largest distance of spot from average accepted, against the average.
        max_divergence_bps: u32 = Prices, Bps, Up, 1..=5_000, Number(5_000);
        /// (secs) From the owner's last loan or withdrawal to a write-off.
        min_risk_age_secs: u32 = BadDebt, Secs, Both, 1..=2_592_000, Number(60);
        /// (secs) Window of `draw_limit` and `bounty_cap`.
        limit_window_secs: u32 = BadDebt, Secs, Both, 1..=2_592_000, Number(86_400);
        /// (bps) Keeper's share of a loss.
        bounty_bps: u32 = BadDebt, Bps, Up, ..=1_000, Number(50);
        /// (secs) How long a deficit waits when issuance cannot help.
        socialise_delay_secs: u32 = BadDebt, Secs, Down, 1..=2_592_000, Number(259_200);
        /// (secs) How long a deficit waits at the most.
        socialise_deadline_secs: u32 = BadDebt, Secs, Both, 1..=2_592_000, Number(1_209_600);
        /// (bps) Insurance above this share of what is borrowed may buy back.
        insurance_target_bps: u32 = BadDebt, Bps, Down, ..=10_000, Number(500);
        /// Write-offs: 0 disabled, 1 insurance only, 2 full.
        write_off_mode: u8 = BadDebt, Mode, Both, ..=2, Number(2);
        /// 1 if the asset can no longer be priced: deposits here count as nothing and are not
        /// seized; no deposits, no loans.
        delisted: u8 = Weights, Flag, Both, ..=1, Number(0);
        reserved: [u8; 6],
    }
}

/// Rules over several settings of a bank.
const RULES: &[Rule<BankConfig>] = &[
    Rule {
        says: "oracle_program must be a Pyth receiver program",
        holds: |c| PYTH_RECEIVERS.contains(&c.oracle_program),
    },
    Rule {
        says: "collateral_factor_bps must be below liquidation_threshold_bps, or both 0",
        holds: |c| {
            c.collateral_factor_bps < c.liquidation_threshold_bps
                || (c.collateral_factor_bps == 0 && c.liquidation_threshold_bps == 0)
        },
    },
    Rule {
        says: "min_bonus_bps must not exceed max_bonus_bps",
        holds: |c| c.min_bonus_bps <= c.max_bonus_bps,
    },
    Rule {
        says: "liquidation_threshold_bps x (1 + max_bonus_bps) must stay below 99 %: self-liquidation would pay",
        holds: |c| {
            let left = u128::from(BPS)
                .wrapping_mul(u128::from(BPS.saturating_sub(SELF_LIQUIDATION_MARGIN.0)));
            let bonus = Bps(c.max_bonus_bps);
            let taken = u128::from(c.liquidation_threshold_bps).wrapping_mul(bonus.above_one());
            taken <= left
        },
    },
    Rule {
        says: "base_rate_bps, slope_below_bps and slope_above_bps must not exceed 100000 together",
        holds: |c| c.curve().highest() <= MAX_RATE,
    },
    Rule {
        says: "protocol_fee_bps and insurance_fee_bps must not exceed 10000 together",
        holds: |c| c.protocol_fee_bps.saturating_add(c.insurance_fee_bps) <= BPS,
    },
    Rule {
        says: "fixed_start_rate must not be below fixed_floor_rate",
        holds: |c| c.fixed_start_rate.get() >= c.fixed_floor_rate.get(),
    },
    Rule {
        says: "socialise_delay_secs must not exceed socialise_deadline_secs",
        holds: |c| c.socialise_delay_secs <= c.socialise_deadline_secs,
    },
];

impl BankConfig {
    /// Rules over several settings.
    pub const RULES: &'static [Rule<Self>] = RULES;

    /// Passes if every setting is within its bounds and none contradicts another.
    ///
    /// # Errors
    /// `Config`, naming the rule.
    pub fn validate(&self) -> Result<()> {
        self.require_bounds()?;
        for rule in RULES {
            require((rule.holds)(self), rule.says)?;
        }
        Ok(())
    }

    /// Weights in health checks.
    #[must_use]
    pub fn weights(&self) -> Weights {
        Weights {
            collateral_factor: Bps(self.collateral_factor_bps),
            liquidation_threshold: Bps(self.liquidation_threshold_bps),
            liability_weight: Bps(self.liability_weight_bps),
        }
    }

    /// Liquidation terms of this bank's collateral, with the closing rules of
    /// the debt's bank.
    #[must_use]
    pub fn liquidation(&self, debt: &Self) -> liquidation::Terms {
        liquidation::Terms {
            min_bonus: Bps(self.min_bonus_bps),
            max_bonus: Bps(self.max_bonus_bps),
            bonus_ramp: Bps(self.bonus_ramp_bps),
            insurance_share: Bps(self.bonus_insurance_bps),
            target_health: Bps(self.target_health_bps),
            min_debt: Atoms(debt.min_debt),
            full_close_debt: Atoms(debt.full_close_debt),
        }
    }

    /// Limits on lending out.
    #[must_use]
    pub fn borrow_limits(&self) -> BorrowLimits {
        BorrowLimits {
            borrow_cap: Atoms(self.borrow_cap),
            max_utilisation: Bps(self.max_utilisation_bps),
            min_debt: Atoms(self.min_debt),
        }
    }

    /// Interest curve.
    #[must_use]
    pub fn curve(&self) -> RateCurve {
        RateCurve {
            base: Bps(self.base_rate_bps),
            slope_below: Bps(self.slope_below_bps),
            slope_above: Bps(self.slope_above_bps),
            kink: Bps(self.kink_bps),
        }
    }

    /// Shares of interest.
    #[must_use]
    pub fn fees(&self) -> FeeSplit {
        FeeSplit {
            protocol: Bps(self.protocol_fee_bps),
            insurance: Bps(self.insurance_fee_bps),
        }
    }

    /// Limits on prices.
    #[must_use]
    pub fn oracle_limits(&self) -> OracleLimits {
        OracleLimits {
            max_age_secs: self.max_age_secs,
            max_conf: Bps(self.max_conf_bps),
            max_divergence: Bps(self.max_divergence_bps),
        }
    }

    /// Whether debts are written off, and how they are covered.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match self.write_off_mode {
            1 => Mode::InsuranceOnly,
            2 => Mode::Full,
            _ => Mode::Disabled,
        }
    }

    /// Limit on insurance draws.
    #[must_use]
    pub fn draw_limit(&self) -> Limit {
        Limit {
            capacity: self.draw_limit,
            window_secs: self.limit_window_secs,
        }
    }

    /// Limit on bounties.
    #[must_use]
    pub fn bounty_limit(&self) -> Limit {
        Limit {
            capacity: self.bounty_cap,
            window_secs: self.limit_window_secs,
        }
    }

    /// How the governance token is priced in this bank's asset.
    #[must_use]
    pub fn price_policy(&self, market: &MarketConfig) -> PricePolicy {
        PricePolicy {
            max_discount: Bps(market.max_discount_bps),
            premium: Bps(market.premium_bps),
            fixed_floor: Rate(self.fixed_floor_rate.get()),
            fixed_start: Rate(self.fixed_start_rate.get()),
        }
    }
}

//! Settings as they are stored and sent.

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::auction::{IssuanceLimits, PricePolicy, Schedule};
use crate::bucket::Limit;
use crate::config::{BankParams, MarketParams};
use crate::error::{EngineError, Result};
use crate::health::Weights;
use crate::interest::{FeeSplit, RateCurve};
use crate::ledger::BorrowLimits;
use crate::liquidation;
use crate::price::OracleLimits;
#[cfg(not(feature = "anchor"))]
use crate::state::Pubkey;
use crate::state::{Le128, PYTH_RECEIVERS};
use crate::units::{Atoms, Bps, GovAtoms, Rate};
use crate::waterfall::Mode;

/// Settings of one bank. Every `_bps` field is in hundredths of a per cent,
/// every `_secs` field in seconds, every amount in atoms of the bank's asset.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct BankConfig {
    /// Least price of an auction: atoms of this asset per governance atom, times 2^64; 0 for none.
    pub fixed_floor_rate: Le128,
    /// Start price of an auction where the market has no governance feed, same unit.
    pub fixed_start_rate: Le128,
    /// (atoms) Most that lenders may own.
    pub deposit_cap: u64,
    /// (atoms) Most that may be borrowed.
    pub borrow_cap: u64,
    /// (atoms) Least debt of a position; at least 1.
    pub min_debt: u64,
    /// (atoms) Debts up to this size may be liquidated in one go.
    pub full_close_debt: u64,
    /// (atoms) Most that leaves the insurance vault per window; 0 means unlimited.
    pub draw_limit: u64,
    /// (atoms) Most paid in bounties per window.
    pub bounty_cap: u64,
    /// (atoms) No bounty for a smaller loss.
    pub bounty_min_loss: u64,
    /// (atoms) No auction for a smaller deficit, no buy-back with a smaller budget.
    pub min_auction_deficit: u64,
    /// Receiver program that must own the price account.
    pub oracle_program: Pubkey,
    /// Pyth feed of the asset.
    pub feed_id: [u8; 32],
    /// (bps) Share of collateral that counts when borrowing.
    pub collateral_factor_bps: u32,
    /// (bps) Share of collateral that counts before liquidation.
    pub liquidation_threshold_bps: u32,
    /// (bps) What a debt counts; at least 10000.
    pub liability_weight_bps: u32,
    /// (bps) Liquidation bonus at the threshold, and underwater.
    pub min_bonus_bps: u32,
    /// (bps) Largest liquidation bonus.
    pub max_bonus_bps: u32,
    /// (bps) Shortfall of weighted debt at which the bonus is largest.
    pub bonus_ramp_bps: u32,
    /// (bps) Share of the bonus that goes to insurance fees.
    pub bonus_insurance_bps: u32,
    /// (bps) Health that a liquidation restores; at least 10000.
    pub target_health_bps: u32,
    /// (bps) Most of cash and loans together that may be lent.
    pub max_utilisation_bps: u32,
    /// (bps) Yearly interest of an unused bank.
    pub base_rate_bps: u32,
    /// (bps) Rise of the yearly interest up to the kink.
    pub slope_below_bps: u32,
    /// (bps) Rise of the yearly interest from the kink to full use.
    pub slope_above_bps: u32,
    /// (bps) Utilisation at the kink.
    pub kink_bps: u32,
    /// (bps) Share of interest for the protocol.
    pub protocol_fee_bps: u32,
    /// (bps) Share of interest for insurance.
    pub insurance_fee_bps: u32,
    /// (secs) Oldest price accepted.
    pub max_age_secs: u32,
    /// (bps) Widest confidence interval accepted, as a share of the price.
    pub max_conf_bps: u32,
    /// (bps) Largest distance of spot from average accepted.
    pub max_divergence_bps: u32,
    /// (secs) From the owner's last borrowing or withdrawal to a write-off.
    pub min_risk_age_secs: u32,
    /// (secs) Window of `draw_limit` and `bounty_cap`.
    pub limit_window_secs: u32,
    /// (bps) Keeper's share of a loss.
    pub bounty_bps: u32,
    /// (secs) How long a deficit waits when issuance cannot help.
    pub socialise_delay_secs: u32,
    /// (secs) How long a deficit waits at the most.
    pub socialise_deadline_secs: u32,
    /// (bps) Insurance above this share of what is borrowed may buy back.
    pub insurance_target_bps: u32,
    /// Write-offs: 0 disabled, 1 insurance only, 2 full.
    pub write_off_mode: u8,
    /// 1 if the asset can no longer be priced: deposits in it count as nothing.
    pub delisted: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// Settings of a market: its roles, its delays and its dilution policy.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct MarketConfig {
    /// May pause for a bounded time, and nothing else.
    pub guardian: Pubkey,
    /// Owner of the token accounts that protocol fees are paid to.
    pub fee_owner: Pubkey,
    /// Receiver program of the governance token's price; all zero for no feed.
    pub oracle_program: Pubkey,
    /// Pyth feed of the governance token.
    pub feed_id: [u8; 32],
    /// (governance atoms) Most that may ever be issued, net of what was burned unsold.
    pub lifetime_issuance_cap: u64,
    /// (secs) How long a risk-raising change waits.
    pub config_delay_secs: u32,
    /// (secs) Longest pause, and shortest rest between two.
    pub max_pause_secs: u32,
    /// (secs) From opening an auction to its first sale.
    pub auction_delay_secs: u32,
    /// (secs) From the first sale to the floor price.
    pub auction_duration_secs: u32,
    /// (bps) Largest discount of the floor to the lower of spot and average.
    pub max_discount_bps: u32,
    /// (bps) Premium of the start over the higher of spot and average.
    pub premium_bps: u32,
    /// Failed auctions, since the deficit was last zero, after which it may be
    /// socialised.
    pub max_failed_auctions: u32,
    /// (bps) Share of supply that may be issued per window.
    pub issuance_window_bps: u32,
    /// (secs) Window of `issuance_window_bps`.
    pub issuance_window_secs: u32,
    /// (bps) Share of supply that one auction may issue.
    pub issuance_auction_bps: u32,
    /// (secs) Oldest governance price accepted.
    pub max_age_secs: u32,
    /// (bps) Widest confidence interval accepted.
    pub max_conf_bps: u32,
    /// (bps) Largest distance of spot from average accepted.
    pub max_divergence_bps: u32,
    /// Zero.
    pub reserved: u32,
}

fn mode(code: u8) -> Option<Mode> {
    match code {
        0 => Some(Mode::Disabled),
        1 => Some(Mode::InsuranceOnly),
        2 => Some(Mode::Full),
        _ => None,
    }
}

impl BankConfig {
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
        mode(self.write_off_mode).unwrap_or(Mode::Disabled)
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

    /// As the formulas see them.
    #[must_use]
    pub fn params(&self, market: &MarketConfig) -> BankParams {
        BankParams {
            weights: self.weights(),
            liquidation: self.liquidation(self),
            deposit_cap: Atoms(self.deposit_cap),
            borrow: self.borrow_limits(),
            curve: self.curve(),
            fees: self.fees(),
            oracle: self.oracle_limits(),
            mode: self.mode(),
            min_risk_age_secs: self.min_risk_age_secs,
            draw_limit: self.draw_limit(),
            bounty_share: Bps(self.bounty_bps),
            bounty_limit: self.bounty_limit(),
            bounty_min_loss: Atoms(self.bounty_min_loss),
            min_offer: Atoms(self.min_auction_deficit),
            prices: self.price_policy(market),
            socialise_delay_secs: self.socialise_delay_secs,
            socialise_deadline_secs: self.socialise_deadline_secs,
            insurance_target: Bps(self.insurance_target_bps),
        }
    }

    /// Passes if no setting contradicts another.
    ///
    /// # Errors
    /// `Config`, naming the rule.
    pub fn validate(&self, market: &MarketConfig) -> Result<()> {
        require_known(
            mode(self.write_off_mode).is_some(),
            "write_off_mode must be 0, 1 or 2",
        )?;
        require_known(self.delisted <= 1, "delisted must be 0 or 1")?;
        require_known(self.reserved == [0; 6], "reserved bytes must be zero")?;
        require_known(
            PYTH_RECEIVERS.contains(&self.oracle_program),
            "oracle_program must be a Pyth receiver program",
        )?;
        self.params(market).validate()
    }

    /// Whether a change to `next` raises the risk of a user who is there now.
    #[must_use]
    pub fn raises_risk(&self, next: &Self, market: &MarketConfig) -> bool {
        next.oracle_program != self.oracle_program
            || next.feed_id != self.feed_id
            || next.delisted != self.delisted
            || self.params(market).raises_risk(&next.params(market))
    }
}

impl MarketConfig {
    /// Whether the governance token has a price feed.
    #[must_use]
    pub fn has_feed(&self) -> bool {
        self.oracle_program != Pubkey::default()
    }

    /// Limits on governance prices.
    #[must_use]
    pub fn oracle_limits(&self) -> OracleLimits {
        OracleLimits {
            max_age_secs: self.max_age_secs,
            max_conf: Bps(self.max_conf_bps),
            max_divergence: Bps(self.max_divergence_bps),
        }
    }

    /// Limits on issuance.
    #[must_use]
    pub fn issuance_limits(&self) -> IssuanceLimits {
        IssuanceLimits {
            per_window: Bps(self.issuance_window_bps),
            window_secs: self.issuance_window_secs,
            per_auction: Bps(self.issuance_auction_bps),
            lifetime_cap: GovAtoms(self.lifetime_issuance_cap),
        }
    }

    /// Times of auctions.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        Schedule {
            delay_secs: self.auction_delay_secs,
            duration_secs: self.auction_duration_secs,
        }
    }

    /// As the formulas see them.
    #[must_use]
    pub fn params(&self) -> MarketParams {
        MarketParams {
            config_delay_secs: self.config_delay_secs,
            max_pause_secs: self.max_pause_secs,
            schedule: self.schedule(),
            issuance: self.issuance_limits(),
            max_discount: Bps(self.max_discount_bps),
            premium: Bps(self.premium_bps),
            max_failed_auctions: self.max_failed_auctions,
            oracle: self.oracle_limits(),
        }
    }

    /// Passes if no setting contradicts another or exceeds the supply.
    ///
    /// # Errors
    /// `Config`, naming the rule.
    pub fn validate(&self, supply: u64) -> Result<()> {
        require_known(
            !self.has_feed() || PYTH_RECEIVERS.contains(&self.oracle_program),
            "oracle_program must be a Pyth receiver program, or all zero",
        )?;
        require_known(self.reserved == 0, "reserved bytes must be zero")?;
        self.params().validate(GovAtoms(supply))
    }

    /// Whether a change to `next` raises the risk of lenders or token holders.
    #[must_use]
    pub fn raises_risk(&self, next: &Self) -> bool {
        next.oracle_program != self.oracle_program
            || next.feed_id != self.feed_id
            || self.params().raises_risk(&next.params())
    }
}

fn require_known(holds: bool, rule: &'static str) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(EngineError::Config(rule))
    }
}

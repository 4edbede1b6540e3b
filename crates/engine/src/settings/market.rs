//! Settings of a market.

use core::ops::RangeBounds;

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use super::table::{require, settings, Stored};
use super::Preset::{Chosen, Number, PythCore};
use super::{Group, Rule, Setting, Unit, Waits};
use crate::auction::{IssuanceLimits, Schedule};
use crate::error::Result;
use crate::price::OracleLimits;
#[cfg(not(feature = "anchor"))]
use crate::state::Pubkey;
use crate::state::PYTH_RECEIVERS;
use crate::units::{Bps, GovAtoms};

settings! {
    /// Settings of a market: its roles, its delays and its dilution policy.
    ///
    /// Limits on issuance always wait: wider ones dilute holders, narrower ones
    /// leave lenders with the deficit. So do the limits on governance prices,
    /// which can stop issuance as well. In an emergency the guardian's pause is
    /// faster than any of them.
    pub struct MarketConfig {
        /// May pause for a bounded time, and nothing else.
        guardian: Pubkey = Roles, Role, Never, .., Chosen;
        /// Owner of the token accounts that protocol fees go to.
        fee_owner: Pubkey = Roles, Role, Never, .., Chosen;
        /// Receiver program of the governance token's price; all zero for no feed.
        oracle_program: Pubkey = Prices, OptionalReceiver, Both, .., PythCore;
        /// Pyth feed of the governance token.
        feed_id: [u8; 32] = Prices, OptionalFeed, Both, .., Chosen;
        /// (governance atoms) Most that may ever be outstanding, net of what was burned unsold.
        lifetime_issuance_cap: u64 = Issuance, Governance, Both, .., Chosen;
        /// (secs) How long a risk-raising change waits.
        config_delay_secs: u32 = Delays, Secs, Down, 1..=2_592_000, Number(172_800);
        /// (secs) Longest pause, and the rest that must follow it.
        max_pause_secs: u32 = Delays, Secs, Up, 1..=2_592_000, Number(86_400);
        /// (secs) From opening an auction to its first sale.
        auction_delay_secs: u32 = Auctions, Secs, Both, ..=2_592_000, Number(7_200);
        /// (secs) From the first sale to the floor; also the length of a buy-back.
        auction_duration_secs: u32 = Auctions, Secs, Both, 1..=2_592_000, Number(21_600);
        /// (bps) Discount of the floor to the lower of spot and average.
        max_discount_bps: u32 = Auctions, Bps, Both, ..=9_999, Number(4_000);
        /// (bps) Premium of the start over the higher of spot and average.
        premium_bps: u32 = Auctions, Bps, Both, ..=10_000, Number(1_000);
        /// Auctions not sold out, since the deficit was last zero, after which issuance counts as
        /// hopeless.
        max_failed_auctions: u32 = Auctions, Count, Down, 1.., Number(3);
        /// (bps) Share of supply per window. Over one whole window up to twice as much can pass.
        issuance_window_bps: u32 = Issuance, Bps, Both, ..=10_000, Number(1_000);
        /// (secs) Window of `issuance_window_bps`.
        issuance_window_secs: u32 = Issuance, Secs, Both, 1..=2_592_000, Number(604_800);
        /// (bps) Share of supply per auction.
        issuance_auction_bps: u32 = Issuance, Bps, Both, .., Number(500);
        /// (secs) Oldest governance price accepted.
        max_age_secs: u32 = Prices, Secs, Both, 1..=600, Number(60);
        /// (bps) Widest confidence interval accepted.
        max_conf_bps: u32 = Prices, Bps, Both, 1..=2_000, Number(500);
        /// (bps) Largest distance of spot from average accepted.
        max_divergence_bps: u32 = Prices, Bps, Both, 1..=5_000, Number(5_000);
        reserved: u32,
    }
}

/// Rules over several settings of a market.
const RULES: &[Rule<MarketConfig>] = &[
    Rule {
        says: "oracle_program must be a Pyth receiver program, or all zero",
        holds: |c| !c.has_feed() || PYTH_RECEIVERS.contains(&c.oracle_program),
    },
    Rule {
        says: "issuance_auction_bps must not exceed issuance_window_bps",
        holds: |c| c.issuance_auction_bps <= c.issuance_window_bps,
    },
];

impl MarketConfig {
    /// Rules over several settings.
    pub const RULES: &'static [Rule<Self>] = RULES;

    /// Passes if every setting is within its bounds, none contradicts another, and
    /// no more than `supply` may ever be issued.
    ///
    /// # Errors
    /// `Config`, naming the rule.
    pub fn validate(&self, supply: u64) -> Result<()> {
        self.require_bounds()?;
        for rule in RULES {
            require((rule.holds)(self), rule.says)?;
        }
        require(
            self.lifetime_issuance_cap <= supply,
            "lifetime_issuance_cap must not exceed the supply",
        )
    }

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
}

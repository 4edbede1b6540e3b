//! Settings of the small market: what `docs/risk.md` recommends, roughly.

use backstop::{
    constants::PYTH_RECEIVERS,
    state::{BankConfig, MarketConfig},
};

use super::keys::{feed_id, keys, BankKeys};

/// (secs) One day.
pub const DAY: u32 = 86_400;
/// (secs) From the last loan to a write-off.
pub const RISK_AGE: u32 = 60;
/// (secs) From an issue to its first sale.
pub const AUCTION_DELAY: u32 = 7_200;
/// (secs) After which any deficit may be socialised.
pub const DEADLINE: u32 = 14 * DAY;

/// Settings of a bank that writes off in full.
pub fn bank(keys: &BankKeys) -> BankConfig {
    let whole = 10u64.pow(u32::from(keys.decimals));
    BankConfig {
        deposit_cap: 1_000_000_000 * whole,
        borrow_cap: 800_000_000 * whole,
        min_debt: (whole / 100).max(1),
        full_close_debt: whole,
        bounty_cap: 100 * whole,
        bounty_min_loss: (whole / 10).max(1),
        min_auction_deficit: (whole / 100).max(1),
        oracle_program: PYTH_RECEIVERS[0],
        feed_id: feed_id(keys.name),
        collateral_factor_bps: 7_000,
        liquidation_threshold_bps: 8_000,
        liability_weight_bps: 10_000,
        min_bonus_bps: 200,
        max_bonus_bps: 1_000,
        bonus_ramp_bps: 2_000,
        bonus_insurance_bps: 2_000,
        target_health_bps: 10_500,
        max_utilisation_bps: 9_500,
        base_rate_bps: 100,
        slope_below_bps: 700,
        slope_above_bps: 9_000,
        kink_bps: 8_000,
        protocol_fee_bps: 500,
        insurance_fee_bps: 1_000,
        max_age_secs: 60,
        max_conf_bps: 200,
        max_divergence_bps: 5_000,
        min_risk_age_secs: RISK_AGE,
        limit_window_secs: DAY,
        bounty_bps: 50,
        socialise_delay_secs: 3 * DAY,
        socialise_deadline_secs: DEADLINE,
        insurance_target_bps: 500,
        write_off_mode: 2,
        ..BankConfig::default()
    }
}

/// Settings of a market with a governance feed.
pub fn market(lifetime_issuance_cap: u64) -> MarketConfig {
    MarketConfig {
        guardian: keys().guardian,
        fee_owner: keys().fee_owner,
        oracle_program: PYTH_RECEIVERS[0],
        feed_id: feed_id("governance"),
        lifetime_issuance_cap,
        config_delay_secs: 2 * DAY,
        max_pause_secs: DAY,
        auction_delay_secs: AUCTION_DELAY,
        auction_duration_secs: 21_600,
        max_discount_bps: 4_000,
        premium_bps: 1_000,
        max_failed_auctions: 3,
        issuance_window_bps: 1_000,
        issuance_window_secs: 7 * DAY,
        issuance_auction_bps: 500,
        max_age_secs: 60,
        max_conf_bps: 500,
        max_divergence_bps: 5_000,
        reserved: 0,
    }
}

//! Settings that scenarios start from. They are the defaults that
//! `docs/risk.md` recommends, with round numbers where a test is easier to read.

use {
    backstop::state::{BankConfig, MarketConfig},
    solana_pubkey::Pubkey,
};

use crate::oracle::PYTH_CORE;

/// (secs) One hour.
pub const HOUR: u32 = 3_600;
/// (secs) One day.
pub const DAY: u32 = 86_400;

/// A bank of a volatile asset with `decimals`, one million whole tokens deep.
pub fn bank(feed_id: [u8; 32], decimals: u8) -> BankConfig {
    let whole = 10u64.saturating_pow(u32::from(decimals));
    let tokens = |count: u64| count.saturating_mul(whole);
    BankConfig {
        deposit_cap: tokens(1_000_000_000),
        borrow_cap: tokens(800_000_000),
        min_debt: (whole / 100).max(1),
        full_close_debt: tokens(1),
        draw_limit: 0,
        bounty_cap: tokens(100),
        bounty_min_loss: (whole / 10).max(1),
        min_auction_deficit: (whole / 100).max(1),
        oracle_program: PYTH_CORE,
        feed_id,
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
        min_risk_age_secs: 60,
        limit_window_secs: DAY,
        bounty_bps: 50,
        socialise_delay_secs: 3 * DAY,
        socialise_deadline_secs: 14 * DAY,
        insurance_target_bps: 500,
        write_off_mode: 2,
        ..BankConfig::default()
    }
}

/// A market with a governance feed and a lifetime cap of `lifetime_cap` atoms.
pub fn market(
    guardian: Pubkey,
    fee_owner: Pubkey,
    feed_id: [u8; 32],
    lifetime_cap: u64,
) -> MarketConfig {
    MarketConfig {
        guardian,
        fee_owner,
        oracle_program: PYTH_CORE,
        feed_id,
        lifetime_issuance_cap: lifetime_cap,
        config_delay_secs: 2 * DAY,
        max_pause_secs: DAY,
        auction_delay_secs: 2 * HOUR,
        auction_duration_secs: 6 * HOUR,
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

//! Settings of the small market: what `docs/risk.md` recommends.

use backstop::state::{BankConfig, MarketConfig};

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
    BankConfig {
        feed_id: feed_id(keys.name),
        min_risk_age_secs: RISK_AGE,
        socialise_deadline_secs: DEADLINE,
        ..BankConfig::recommended(keys.decimals)
    }
}

/// Settings of a market with a governance feed.
pub fn market(lifetime_issuance_cap: u64) -> MarketConfig {
    MarketConfig {
        guardian: keys().guardian,
        fee_owner: keys().fee_owner,
        feed_id: feed_id("governance"),
        lifetime_issuance_cap,
        auction_delay_secs: AUCTION_DELAY,
        ..MarketConfig::recommended(0)
    }
}

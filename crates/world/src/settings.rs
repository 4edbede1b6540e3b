//! Settings that scenarios start from: those that `docs/risk.md` recommends.

use {
    backstop::state::{BankConfig, MarketConfig},
    solana_pubkey::Pubkey,
};

/// (secs) One hour.
pub const HOUR: u32 = 3_600;
/// (secs) One day.
pub const DAY: u32 = 86_400;

/// A bank of a volatile asset with `decimals`.
pub fn bank(feed_id: [u8; 32], decimals: u8) -> BankConfig {
    BankConfig {
        feed_id,
        ..BankConfig::recommended(decimals)
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
        feed_id,
        lifetime_issuance_cap: lifetime_cap,
        ..MarketConfig::recommended(0)
    }
}

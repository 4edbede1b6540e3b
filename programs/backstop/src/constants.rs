//! Seeds of every program-derived address, and bounds that no setting changes.

pub use backstop_engine::state::{MAX_POSITIONS, PYTH_RECEIVERS, VERSION};
pub use backstop_engine::step::UPDATE_LIFETIME_SECS;

/// `["market", governance_mint]`
pub const MARKET_SEED: &[u8] = b"market";

/// `["governance_mint", admin, index]`: a mint that the program creates.
pub const GOVERNANCE_MINT_SEED: &[u8] = b"governance_mint";

/// `["bank", market, mint]`; owns the bank's three vaults.
pub const BANK_SEED: &[u8] = b"bank";

/// `["liquidity", bank]`: the asset that lenders deposited.
pub const LIQUIDITY_SEED: &[u8] = b"liquidity";

/// `["insurance", bank]`: the reserve, in the same asset.
pub const INSURANCE_SEED: &[u8] = b"insurance";

/// `["escrow", bank]`: governance tokens on auction.
pub const ESCROW_SEED: &[u8] = b"escrow";

/// `["obligation", market, owner, index]`
pub const OBLIGATION_SEED: &[u8] = b"obligation";

/// Banks that one `refresh_banks` takes.
pub const MAX_REFRESHED: usize = 8;

//! Seeds of every program-derived address, and bounds that no setting changes.

/// Layout version of every account; raised by a migration.
pub const VERSION: u8 = 1;

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

/// Positions of one obligation.
pub const MAX_POSITIONS: usize = 8;

/// Banks that one `refresh_banks` takes.
pub const MAX_REFRESHED: usize = 8;

/// How long a queued change stays applicable after its delay: 14 days. An
/// approval that was forgotten must not surprise anyone a year later.
pub const UPDATE_LIFETIME_SECS: i64 = 1_209_600;

/// Receiver programs that publish Pyth prices; each bank names one of them.
pub const PYTH_RECEIVERS: [anchor_lang::prelude::Pubkey; 2] = [
    anchor_lang::prelude::pubkey!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ"),
    anchor_lang::prelude::pubkey!("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp"),
];

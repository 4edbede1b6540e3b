//! One market with its people, on either chain. Every transaction that a
//! scenario sends is followed by a check of all invariants.

mod act;
mod check;
mod look;
mod set_up;
mod time;

use {
    crate::{
        chain::Chain,
        ix::{BankKeys, MarketKeys},
        oracle::PriceFeed,
        settings,
        tokens::{Mint, Program},
    },
    backstop::state::BankConfig,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::collections::BTreeMap,
};

/// (10^-8 dollars) One dollar, in the exponent that scenarios use for prices.
pub const DOLLAR: i64 = 100_000_000;
/// The exponent of those prices.
pub const PRICE_EXPONENT: i32 = -8;
/// Decimals of the governance token.
pub const GOVERNANCE_DECIMALS: u8 = 6;
/// (governance atoms) Its supply at the start: one million tokens.
pub const GOVERNANCE_SUPPLY: u64 = 1_000_000_000_000;

/// Which bank, in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankId(pub usize);

/// Somebody with a wallet and an obligation.
#[derive(Debug)]
pub struct Actor {
    /// The wallet.
    pub wallet: Keypair,
    /// The obligation with index 0.
    pub obligation: Pubkey,
}

impl Actor {
    /// The wallet's address.
    pub fn key(&self) -> Pubkey {
        self.wallet.pubkey()
    }
}

/// What a new bank is like.
#[derive(Clone, Debug)]
pub struct BankSpec<'a> {
    /// Names its mint and feed.
    pub name: &'a str,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Token program of the mint.
    pub program: Program<'a>,
    /// Whether the admin may freeze token accounts, as issuers of stable coins can.
    pub freezable: bool,
    /// (10^-8 dollars) First price of a whole token.
    pub price: i64,
    /// Settings; `feed_id` and `write_off_mode` are set by the world.
    pub config: BankConfig,
}

impl<'a> BankSpec<'a> {
    /// A bank of an SPL Token mint with recommended settings.
    pub fn new(name: &'a str, decimals: u8, price: i64) -> Self {
        Self {
            name,
            decimals,
            program: Program::Token,
            freezable: false,
            price,
            config: settings::bank([0; 32], decimals),
        }
    }

    /// A stable coin with 6 decimals at one dollar.
    pub fn usdc() -> Self {
        Self::new("USDC", 6, DOLLAR)
    }

    /// A volatile coin with 9 decimals at 100 dollars.
    pub fn sol() -> Self {
        Self::new("SOL", 9, 100 * DOLLAR)
    }
}

/// One market with its people.
pub struct World {
    /// The chain it lives on.
    pub chain: Box<dyn Chain>,
    /// Addresses of the market.
    pub market: MarketKeys,
    /// Its governance mint.
    pub governance: Mint,
    /// Addresses of the banks.
    pub banks: Vec<BankKeys>,
    /// Mints of the banks.
    pub mints: Vec<Mint>,
    /// Admin of the market, and authority of every asset mint.
    pub admin: Keypair,
    /// Its guardian.
    pub guardian: Keypair,
    /// Owner of protocol fees.
    pub fee_owner: Keypair,
    /// Holds the initial governance supply.
    pub treasury: Keypair,
    /// Every obligation ever opened through this world.
    pub obligations: Vec<Pubkey>,
    /// Other accounts that a refused transaction must not change.
    pub watched: Vec<Pubkey>,
    /// Last price of each feed, by price account.
    feeds: BTreeMap<Pubkey, PriceFeed>,
}

/// The feed of a name: the name, padded.
pub fn feed_id(name: &str) -> [u8; 32] {
    let mut id = [0; 32];
    for (to, from) in id.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    id
}

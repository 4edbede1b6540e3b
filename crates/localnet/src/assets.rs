//! Which mints, feeds and actors a local network has.

use anyhow::{Context, Result};
use backstop_client::{oracle::push_feed_address, program::constants::PYTH_RECEIVERS};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// A token with a price.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// What commands call it.
    pub symbol: &'static str,
    /// Of its mint.
    pub decimals: u8,
    /// Of its price; for SOL and USDC these are Pyth's own.
    pub feed_id: [u8; 32],
    /// (dollars) The first price.
    pub price: &'static str,
    /// (whole tokens) What every actor starts with.
    pub balance: u64,
    /// Which actor may mint more.
    pub authority: &'static str,
    mint_seed: &'static [u8; 32],
}

/// Every asset. The last one is for governance: its authority is the admin, who
/// hands it over when he creates the market.
pub const ASSETS: [Asset; 3] = [
    Asset {
        symbol: "SOL",
        decimals: 9,
        feed_id: [
            0xef, 0x0d, 0x8b, 0x6f, 0xda, 0x2c, 0xeb, 0xa4, 0x1d, 0xa1, 0x5d, 0x40, 0x95, 0xd1,
            0xda, 0x39, 0x2a, 0x0d, 0x2f, 0x8e, 0xd0, 0xc6, 0xc7, 0xbc, 0x0f, 0x4c, 0xfa, 0xc8,
            0xc2, 0x80, 0xb5, 0x6d,
        ],
        price: "150",
        balance: 100_000,
        authority: "faucet",
        mint_seed: b"backstop local chain, mint: SOL ",
    },
    Asset {
        symbol: "USDC",
        decimals: 6,
        feed_id: [
            0xea, 0xa0, 0x20, 0xc6, 0x1c, 0xc4, 0x79, 0x71, 0x28, 0x13, 0x46, 0x1c, 0xe1, 0x53,
            0x89, 0x4a, 0x96, 0xa6, 0xc0, 0x0b, 0x21, 0xed, 0x0c, 0xfc, 0x27, 0x98, 0xd1, 0xf9,
            0xa9, 0xe9, 0xc9, 0x4a,
        ],
        price: "1",
        balance: 10_000_000,
        authority: "faucet",
        mint_seed: b"backstop local chain, mint: USDC",
    },
    Asset {
        symbol: "GOV",
        decimals: 6,
        feed_id: *b"backstop local chain, feed: GOV ",
        price: "2",
        balance: 1_000_000,
        authority: "admin",
        mint_seed: b"backstop local chain, mint: GOV ",
    },
];

/// Who is there from the start.
pub const ACTORS: [&str; 9] = [
    "admin",
    "guardian",
    "fee_owner",
    "lender",
    "borrower",
    "keeper",
    "rival",
    "bidder",
    "faucet",
];

/// (lamports) What every actor starts with: 10,000 SOL for fees and rent.
pub const LAMPORTS: u64 = 10_000_000_000_000;

impl Asset {
    /// The asset that commands call `symbol`.
    pub fn named(symbol: &str) -> Result<&'static Self> {
        ASSETS
            .iter()
            .find(|asset| asset.symbol.eq_ignore_ascii_case(symbol))
            .with_context(|| {
                let known: Vec<_> = ASSETS.iter().map(|asset| asset.symbol).collect();
                format!(
                    "no asset is called `{symbol}`: there are {}",
                    known.join(", ")
                )
            })
    }

    /// The key that the mint is created with. Its seed is public, so that the
    /// mint has the same address on every local network and a market file can
    /// name it; it signs nothing but the creation.
    #[must_use]
    pub fn mint_keypair(&self) -> Keypair {
        Keypair::new_from_array(*self.mint_seed)
    }

    /// The mint, a token of the SPL Token program.
    #[must_use]
    pub fn mint(&self) -> Pubkey {
        self.mint_keypair().pubkey()
    }

    /// Where the price is: the account that Pyth's sponsors keep up to date on
    /// the real clusters.
    #[must_use]
    pub fn price_account(&self) -> Pubkey {
        push_feed_address(&PYTH_RECEIVERS[0], 0, &self.feed_id)
    }

    /// Whole tokens as atoms.
    pub fn atoms(&self, whole: u64) -> Result<u64> {
        10u64
            .checked_pow(u32::from(self.decimals))
            .and_then(|unit| unit.checked_mul(whole))
            .with_context(|| format!("{whole} {} are more than 2^64 atoms", self.symbol))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_found_by_symbol_in_any_case_and_nothing_else_is() {
        assert_eq!(Asset::named("sol").unwrap().symbol, "SOL");
        assert!(Asset::named("BTC").unwrap_err().to_string().contains("GOV"));
    }

    #[test]
    fn mints_and_feeds_differ_and_every_authority_is_an_actor() {
        for (i, asset) in ASSETS.iter().enumerate() {
            assert!(ACTORS.contains(&asset.authority));
            for other in &ASSETS[i + 1..] {
                assert_ne!(asset.mint(), other.mint());
                assert_ne!(asset.price_account(), other.price_account());
            }
        }
    }

    #[test]
    fn every_first_balance_fits() {
        for asset in &ASSETS {
            let all = asset.balance * ACTORS.len() as u64;
            asset.atoms(all).unwrap();
        }
        assert!(Asset::named("SOL").unwrap().atoms(u64::MAX).is_err());
    }
}

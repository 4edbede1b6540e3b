//! Every address that follows from another one.

use anchor_spl::associated_token::get_associated_token_address_with_program_id;
use backstop::{
    constants as seeds,
    state::{Bank, Market},
    ID,
};
use solana_pubkey::Pubkey;

use crate::oracle::{push_feed_address, OracleMap};

/// Addresses of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketKeys {
    /// The market.
    pub market: Pubkey,
    /// Its governance mint.
    pub mint: Pubkey,
    /// Token program of that mint.
    pub token_program: Pubkey,
    /// Price account of the governance token, if it has a feed.
    pub oracle: Option<Pubkey>,
}

/// Addresses of a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankKeys {
    /// Its market.
    pub market: MarketKeys,
    /// The bank.
    pub bank: Pubkey,
    /// Its asset.
    pub mint: Pubkey,
    /// Token program of the asset.
    pub token_program: Pubkey,
    /// Liquidity vault.
    pub liquidity_vault: Pubkey,
    /// Insurance vault.
    pub insurance_vault: Pubkey,
    /// Governance tokens on auction.
    pub governance_escrow: Pubkey,
    /// Price account of the asset.
    pub oracle: Pubkey,
}

fn pda(parts: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(parts, &ID).0
}

/// An owner's token account for `mint`, at the address where wallets look.
#[must_use]
pub fn associated_token_account(mint: &Pubkey, token_program: &Pubkey, owner: &Pubkey) -> Pubkey {
    get_associated_token_address_with_program_id(owner, mint, token_program)
}

impl MarketKeys {
    /// The market of a governance mint.
    #[must_use]
    pub fn new(mint: Pubkey, token_program: Pubkey, oracle: Option<Pubkey>) -> Self {
        Self {
            market: pda(&[seeds::MARKET_SEED, mint.as_ref()]),
            mint,
            token_program,
            oracle,
        }
    }

    /// The keys of a market that exists. Its price account is the one that
    /// `oracles` names for its feed.
    #[must_use]
    pub fn of(market: &Market, oracles: &OracleMap) -> Self {
        let config = &market.config;
        let oracle = config
            .has_feed()
            .then(|| oracles.account(&config.oracle_program, &config.feed_id));
        Self::new(
            market.governance_mint,
            market.governance_token_program,
            oracle,
        )
    }

    /// The mint that `create_market_with_mint` makes.
    #[must_use]
    pub fn created_mint(admin: &Pubkey, index: u16) -> Pubkey {
        pda(&[
            seeds::GOVERNANCE_MINT_SEED,
            admin.as_ref(),
            &index.to_le_bytes(),
        ])
    }

    /// An obligation of `owner`.
    #[must_use]
    pub fn obligation(&self, owner: &Pubkey, index: u16) -> Pubkey {
        pda(&[
            seeds::OBLIGATION_SEED,
            self.market.as_ref(),
            owner.as_ref(),
            &index.to_le_bytes(),
        ])
    }

    /// `owner`'s associated account for governance tokens.
    #[must_use]
    pub fn token_account(&self, owner: &Pubkey) -> Pubkey {
        associated_token_account(&self.mint, &self.token_program, owner)
    }
}

impl BankKeys {
    /// The bank of `mint`.
    #[must_use]
    pub fn new(market: MarketKeys, mint: Pubkey, token_program: Pubkey, oracle: Pubkey) -> Self {
        let bank = pda(&[seeds::BANK_SEED, market.market.as_ref(), mint.as_ref()]);
        Self {
            market,
            bank,
            mint,
            token_program,
            liquidity_vault: pda(&[seeds::LIQUIDITY_SEED, bank.as_ref()]),
            insurance_vault: pda(&[seeds::INSURANCE_SEED, bank.as_ref()]),
            governance_escrow: pda(&[seeds::ESCROW_SEED, bank.as_ref()]),
            oracle,
        }
    }

    /// The keys of a bank that exists, without deriving what it stores itself.
    #[must_use]
    pub fn of(market: MarketKeys, key: Pubkey, bank: &Bank, oracles: &OracleMap) -> Self {
        let config = &bank.config;
        Self {
            market,
            bank: key,
            mint: bank.mint,
            token_program: bank.token_program,
            liquidity_vault: bank.liquidity_vault,
            insurance_vault: bank.insurance_vault,
            governance_escrow: bank.governance_escrow,
            oracle: oracles.account(&config.oracle_program, &config.feed_id),
        }
    }

    /// `owner`'s associated account for the bank's asset.
    #[must_use]
    pub fn token_account(&self, owner: &Pubkey) -> Pubkey {
        associated_token_account(&self.mint, &self.token_program, owner)
    }

    /// The sponsored price account of a feed: shard 0.
    #[must_use]
    pub fn sponsored_oracle(receiver: &Pubkey, feed_id: &[u8; 32]) -> Pubkey {
        push_feed_address(receiver, 0, feed_id)
    }
}

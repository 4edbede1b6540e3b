//! The addresses of a small market: two banks and one that could be created,
//! four people.

use std::sync::OnceLock;

use anchor_lang::prelude::Pubkey;
use backstop::constants as seeds;

/// Banks; the last one does not exist yet.
pub const BANKS: usize = 3;
/// People with an obligation.
pub const ACTORS: usize = 4;
/// Index of an obligation, and of a governance mint, that do not exist yet.
pub const NEW_INDEX: u16 = 1;

/// Addresses of a bank.
pub struct BankKeys {
    /// Its name, which names its feed too.
    pub name: &'static str,
    /// Decimals of its mint.
    pub decimals: u8,
    /// Token program of its mint.
    pub token_program: Pubkey,
    /// Its asset.
    pub mint: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// Liquidity vault.
    pub liquidity_vault: Pubkey,
    /// Insurance vault.
    pub insurance_vault: Pubkey,
    /// Governance tokens on auction.
    pub governance_escrow: Pubkey,
    /// Price account.
    pub oracle: Pubkey,
}

/// Addresses of a person.
pub struct ActorKeys {
    /// The wallet.
    pub wallet: Pubkey,
    /// The obligation.
    pub obligation: Pubkey,
    /// One that could be opened.
    pub new_obligation: Pubkey,
    /// Token accounts, one a bank.
    pub tokens: [Pubkey; BANKS],
    /// Governance token account.
    pub governance: Pubkey,
}

/// A governance mint and its market.
pub struct MarketKeys {
    /// The mint.
    pub mint: Pubkey,
    /// The market.
    pub market: Pubkey,
}

/// All addresses.
pub struct Keys {
    /// The market.
    pub market: MarketKeys,
    /// One that `create_market` could make.
    pub adopted: MarketKeys,
    /// One that `create_market_with_mint` could make.
    pub minted: MarketKeys,
    /// Where the initial supply of the latter goes.
    pub supply_account: Pubkey,
    /// Price account of the governance token.
    pub governance_oracle: Pubkey,
    /// Admin, and authority of every mint that is not a market's.
    pub admin: Pubkey,
    /// Guardian.
    pub guardian: Pubkey,
    /// Owner of protocol fees.
    pub fee_owner: Pubkey,
    /// His token accounts, one a bank.
    pub fee_accounts: [Pubkey; BANKS],
    /// The banks.
    pub banks: [BankKeys; BANKS],
    /// The people.
    pub actors: [ActorKeys; ACTORS],
    /// Signs for the program's events.
    pub event_authority: Pubkey,
}

/// The address that stands for `name`.
pub fn named(name: &str) -> Pubkey {
    Pubkey::new_from_array(feed_id(name))
}

/// The feed of `name`: the name, padded.
pub fn feed_id(name: &str) -> [u8; 32] {
    let mut id = [0; 32];
    id[..name.len()].copy_from_slice(name.as_bytes());
    id
}

fn derived(parts: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(parts, &backstop::ID).0
}

fn market_of(mint: Pubkey) -> MarketKeys {
    let market = derived(&[seeds::MARKET_SEED, mint.as_ref()]);
    MarketKeys { mint, market }
}

/// All addresses, derived once.
pub fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let admin = named("admin");
        let market = market_of(named("governance mint"));
        let index = NEW_INDEX.to_le_bytes();
        let minted = market_of(derived(&[
            seeds::GOVERNANCE_MINT_SEED,
            admin.as_ref(),
            &index,
        ]));
        let assets = [("usdc", 6), ("sol", 9), ("coin", 0)];
        let programs = [
            anchor_spl::token::ID,
            anchor_spl::token_2022::ID,
            anchor_spl::token::ID,
        ];
        let people = ["lender", "borrower", "keeper", "newcomer"];
        Keys {
            adopted: market_of(named("governance mint to adopt")),
            supply_account:
                anchor_spl::associated_token::get_associated_token_address_with_program_id(
                    &admin,
                    &minted.mint,
                    &anchor_spl::token::ID,
                ),
            minted,
            governance_oracle: named("governance feed"),
            admin,
            guardian: named("guardian"),
            fee_owner: named("fee owner"),
            fee_accounts: assets.map(|(asset, _)| named(&format!("fees in {asset}"))),
            banks: core::array::from_fn(|bank| {
                let (name, decimals) = assets[bank];
                bank_of(&market.market, name, decimals, programs[bank])
            }),
            actors: people.map(|name| actor_of(&market.market, name, assets.map(|asset| asset.0))),
            event_authority: derived(&[b"__event_authority"]),
            market,
        }
    })
}

fn bank_of(market: &Pubkey, name: &'static str, decimals: u8, token_program: Pubkey) -> BankKeys {
    let mint = named(&format!("{name} mint"));
    let bank = derived(&[seeds::BANK_SEED, market.as_ref(), mint.as_ref()]);
    let vault = |seed: &[u8]| derived(&[seed, bank.as_ref()]);
    BankKeys {
        name,
        decimals,
        token_program,
        mint,
        bank,
        liquidity_vault: vault(seeds::LIQUIDITY_SEED),
        insurance_vault: vault(seeds::INSURANCE_SEED),
        governance_escrow: vault(seeds::ESCROW_SEED),
        oracle: named(&format!("{name} feed")),
    }
}

fn actor_of(market: &Pubkey, name: &str, assets: [&str; BANKS]) -> ActorKeys {
    let wallet = named(name);
    let obligation = |index: u16| {
        derived(&[
            seeds::OBLIGATION_SEED,
            market.as_ref(),
            wallet.as_ref(),
            &index.to_le_bytes(),
        ])
    };
    ActorKeys {
        wallet,
        obligation: obligation(0),
        new_obligation: obligation(NEW_INDEX),
        tokens: assets.map(|asset| named(&format!("{asset} of {name}"))),
        governance: named(&format!("governance of {name}")),
    }
}

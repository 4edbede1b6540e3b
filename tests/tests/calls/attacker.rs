//! What anybody can set up before an attack: a market of his own, obligations in
//! it, and tokens where no ledger expects them.

use {
    super::scene::HOLDING,
    crate::bad_debt::TOKEN,
    backstop::state::{BankConfig, MarketConfig},
    backstop_tests::{
        ix::{self, BankKeys, MarketKeys},
        tokens::{self, Mint, Program},
        world::{Actor, BankId, World},
    },
    solana_pubkey::Pubkey,
};

/// Whoever calls the public `create_` instructions gets a market; this one's
/// settings, assets and feeds are those of the market under attack.
pub fn found(
    world: &mut World,
    stranger: &Actor,
    twins: [BankId; 2],
) -> (MarketKeys, [BankKeys; 2]) {
    let (chain, wallet) = (&mut *world.chain, &stranger.wallet);
    let mint = tokens::create_mint(chain, "foreign governance", wallet, 6, Program::Token);
    let account = tokens::create_associated_token_account(chain, &mint, &stranger.key());
    tokens::mint_to(chain, &mint, &account, wallet, HOLDING);
    let market = MarketKeys::new(mint.key, mint.program, world.market.oracle);
    let config = MarketConfig {
        guardian: stranger.key(),
        fee_owner: stranger.key(),
        lifetime_issuance_cap: HOLDING,
        ..world.market_state().config
    };
    let (payer, admin) = (world.chain.payer(), stranger.key());
    let create = ix::create_market(&market, payer, admin, admin, config);
    world.send(&[create], &[wallet]).unwrap();
    let banks = twins.map(|twin| {
        let ours = world.keys(twin);
        let keys = BankKeys::new(market, ours.mint, ours.token_program, ours.oracle);
        let config = world.bank(twin).config;
        let disabled = BankConfig {
            write_off_mode: 0,
            ..config
        };
        let steps = [
            ix::create_bank(&keys, payer, admin, disabled),
            ix::update_bank(&keys, admin, config),
        ];
        world.send(&steps, &[wallet]).unwrap();
        world.watched.extend([
            keys.bank,
            keys.liquidity_vault,
            keys.insurance_vault,
            keys.governance_escrow,
        ]);
        keys
    });
    world.watched.extend([market.market, market.mint]);
    (market, banks)
}

/// Opens everybody's obligation in that market.
pub fn invite(world: &mut World, foreign: &MarketKeys, owners: &[&Actor]) {
    for owner in owners {
        let open = ix::open_obligation(foreign, world.chain.payer(), owner.key(), 0);
        world.send(&[open], &[&owner.wallet]).unwrap();
        world.watched.push(foreign.obligation(&owner.key(), 0));
    }
}

/// Fills every vault with tokens that no ledger knows: a wrong account must be
/// refused because it is wrong, not because it is empty.
pub fn donate(world: &mut World, stranger: &Actor, foreign: &[BankKeys]) {
    let admin = world.admin.insecure_clone();
    for (keys, mint) in world.banks.clone().iter().zip(world.mints.clone()) {
        let twin = foreign.iter().find(|twin| twin.mint == keys.mint);
        for bank in twin.into_iter().chain([keys]) {
            for vault in [bank.liquidity_vault, bank.insurance_vault] {
                tokens::mint_to(&mut *world.chain, &mint, &vault, &admin, HOLDING);
            }
        }
    }
    let keys = &foreign[0].market;
    let mint = Mint {
        key: keys.mint,
        program: keys.token_program,
        decimals: 6,
    };
    let from = tokens::associated_token_account(&mint, &stranger.key());
    for bank in foreign {
        let to = bank.governance_escrow;
        tokens::transfer(
            &mut *world.chain,
            &mint,
            &from,
            &to,
            &stranger.wallet,
            10_000 * TOKEN,
        );
    }
}

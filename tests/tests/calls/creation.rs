//! Calls that found markets and banks.

use {
    super::{Call, Scene},
    backstop::state::BankConfig,
    backstop_tests::{
        ix::{self, BankKeys, MarketKeys},
        keys::keypair,
        tokens::{self, Program},
        world::{World, GOVERNANCE_SUPPLY},
    },
    solana_keypair::Keypair,
    solana_signer::Signer,
};

/// A wallet with lamports. The fee payer pays no rent here, so that the two can
/// be told apart.
pub fn founder(world: &mut World, label: &str) -> Keypair {
    let founder = keypair(label);
    world.chain.airdrop(&founder.pubkey(), 1_000_000_000_000);
    founder
}

pub fn create_market(scene: &Scene, world: &mut World) -> Call {
    let [payer, minter, admin] =
        ["founder", "minter", "next admin"].map(|label| founder(world, label));
    let chain = &mut *world.chain;
    let mint = tokens::create_mint(chain, "adopted", &minter, 6, Program::Token);
    let account = tokens::create_associated_token_account(chain, &mint, &minter.pubkey());
    tokens::mint_to(chain, &mint, &account, &minter, GOVERNANCE_SUPPLY);
    let keys = MarketKeys::new(mint.key, mint.program, world.market.oracle);
    let config = world.market_state().config;
    let create = ix::create_market(
        &keys,
        payer.pubkey(),
        admin.pubkey(),
        minter.pubkey(),
        config,
    );
    Call::new(scene, create, &[&payer, &admin, &minter], admin.pubkey())
}

pub fn create_market_with_mint(scene: &Scene, world: &mut World) -> Call {
    let [payer, admin] = ["founder", "next admin"].map(|label| founder(world, label));
    let mint = MarketKeys::created_mint(&admin.pubkey(), 0);
    let keys = MarketKeys::new(mint, spl_token_interface::ID, world.market.oracle);
    let config = world.market_state().config;
    let create = ix::create_market_with_mint(
        &keys,
        payer.pubkey(),
        admin.pubkey(),
        keypair("supply owner").pubkey(),
        0,
        6,
        GOVERNANCE_SUPPLY,
        config,
    );
    Call::new(scene, create, &[&payer, &admin], admin.pubkey())
}

pub fn create_bank(scene: &Scene, world: &mut World) -> Call {
    let payer = founder(world, "founder");
    let admin = world.admin.insecure_clone();
    let mint = tokens::create_mint(&mut *world.chain, "new asset", &admin, 6, Program::Token);
    let oracle = keypair("new feed").pubkey();
    let keys = BankKeys::new(world.market, mint.key, mint.program, oracle);
    let config = BankConfig {
        write_off_mode: 0,
        ..world.bank(scene.spare).config
    };
    let create = ix::create_bank(&keys, payer.pubkey(), admin.pubkey(), config);
    Call::new(scene, create, &[&payer, &admin], admin.pubkey())
}

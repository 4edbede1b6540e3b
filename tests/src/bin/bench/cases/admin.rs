//! Markets, banks, roles and settings.

use {
    super::TOKEN_2022,
    crate::bench::Bench,
    backstop::state::{BankConfig, MarketConfig, PauseKind},
    backstop_tests::{
        ix::{self, BankKeys, MarketKeys},
        keys::keypair,
        settings::{self, DAY},
        tokens::{self, Program},
        world::{feed_id, BankSpec, World, GOVERNANCE_SUPPLY},
    },
    solana_signer::Signer,
};

/// Measures everything that sets up.
pub fn measure(bench: &mut Bench) {
    markets(bench);
    banks(bench);
    roles(bench);
    obligations(bench);
    updates(bench);
}

fn market_config(world: &World) -> MarketConfig {
    settings::market(
        world.guardian.pubkey(),
        world.fee_owner.pubkey(),
        feed_id("governance"),
        GOVERNANCE_SUPPLY / 5,
    )
}

fn markets(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let (admin, payer) = (world.admin.insecure_clone(), world.chain.payer());
    let owner = admin.pubkey();
    let config = market_config(world);

    let mint = tokens::create_mint(&mut *world.chain, "adopted", &admin, 6, Program::Token);
    let account = tokens::create_associated_token_account(&mut *world.chain, &mint, &owner);
    tokens::mint_to(
        &mut *world.chain,
        &mint,
        &account,
        &admin,
        GOVERNANCE_SUPPLY,
    );
    let keys = MarketKeys::new(mint.key, mint.program, None);
    let create = ix::create_market(&keys, payer, owner, owner, config);
    bench.measure(world, "create_market", "SPL Token", &[create], &[&admin]);

    let program = Program::Token.id();
    let keys = MarketKeys::new(MarketKeys::created_mint(&owner, 0), program, None);
    let supply = GOVERNANCE_SUPPLY;
    let create = ix::create_market_with_mint(&keys, payer, owner, owner, 0, 6, supply, config);
    bench.measure(
        world,
        "create_market_with_mint",
        "SPL Token",
        &[create],
        &[&admin],
    );
}

fn banks(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let (admin, payer) = (world.admin.insecure_clone(), world.chain.payer());
    for (shape, label, program) in [
        ("SPL Token", "old", Program::Token),
        ("Token-2022", "new", TOKEN_2022),
    ] {
        let mint = tokens::create_mint(&mut *world.chain, label, &admin, 6, program);
        let oracle = keypair(label).pubkey();
        let keys = BankKeys::new(world.market, mint.key, mint.program, oracle);
        let config = BankConfig {
            write_off_mode: 0,
            ..settings::bank(feed_id(label), 6)
        };
        let create = ix::create_bank(&keys, payer, admin.pubkey(), config);
        bench.measure(world, "create_bank", shape, &[create], &[&admin]);
    }
}

fn roles(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let market = world.market.market;
    let (admin, guardian) = (
        world.admin.insecure_clone(),
        world.guardian.insecure_clone(),
    );
    let pause = ix::pause(market, guardian.pubkey(), PauseKind::Borrow, 3_600);
    bench.measure(world, "pause", "guardian", &[pause], &[&guardian]);
    let lift = ix::lift_pause(market, guardian.pubkey(), PauseKind::Borrow);
    bench.measure(world, "lift_pause", "guardian", &[lift], &[&guardian]);
    let next = keypair("next admin");
    let propose = ix::propose_admin(market, admin.pubkey(), next.pubkey());
    bench.measure(world, "propose_admin", "another key", &[propose], &[&admin]);
    let accept = ix::accept_admin(market, next.pubkey());
    bench.measure(world, "accept_admin", "another key", &[accept], &[&next]);
}

fn obligations(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let owner = keypair("newcomer");
    let open = ix::open_obligation(&world.market, world.chain.payer(), owner.pubkey(), 0);
    bench.measure(world, "open_obligation", "first", &[open], &[&owner]);
}

fn updates(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let usdc = world.add_bank(&BankSpec::usdc());
    let _ = world.actor("anybody");
    let admin = world.admin.insecure_clone();
    let (owner, market, keys) = (admin.pubkey(), world.market.market, world.keys(usdc));
    let signers = [&admin];

    let now = world.market_state().config;
    let bolder = MarketConfig {
        lifetime_issuance_cap: now.lifetime_issuance_cap * 2,
        ..now
    };
    let safer = MarketConfig {
        lifetime_issuance_cap: now.lifetime_issuance_cap / 2,
        ..now
    };
    let update = |config| ix::update_market(market, owner, config);
    bench.measure(
        world,
        "update_market",
        "at once",
        &[update(safer)],
        &signers,
    );
    bench.measure(
        world,
        "update_market",
        "queued",
        &[update(bolder)],
        &signers,
    );
    let cancel = ix::cancel_market_update(market, owner);
    bench.measure(world, "cancel_market_update", "queued", &[cancel], &signers);
    world.send(&[update(bolder)], &signers).unwrap();
    world.advance(u64::from(2 * DAY));
    let apply = ix::apply_market_update(market);
    bench.measure(world, "apply_market_update", "due", &[apply], &[]);

    let now = world.bank(usdc).config;
    let bolder = BankConfig {
        deposit_cap: now.deposit_cap * 2,
        max_conf_bps: now.max_conf_bps * 2,
        ..now
    };
    let safer = BankConfig {
        collateral_factor_bps: now.collateral_factor_bps / 2,
        ..now
    };
    let update = |config| ix::update_bank(&keys, owner, config);
    bench.measure(world, "update_bank", "at once", &[update(safer)], &signers);
    assert_eq!(world.bank(usdc).config, safer);
    bench.measure(world, "update_bank", "queued", &[update(bolder)], &signers);
    assert_eq!(world.bank(usdc).pending_config, bolder);
    let cancel = ix::cancel_bank_update(&keys, owner);
    bench.measure(world, "cancel_bank_update", "queued", &[cancel], &signers);
    world.send(&[update(bolder)], &signers).unwrap();
    world.advance(u64::from(2 * DAY));
    let apply = ix::apply_bank_update(&keys);
    bench.measure(world, "apply_bank_update", "due", &[apply], &[]);
}

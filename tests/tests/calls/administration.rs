//! Calls of the roles: admin, guardian, the next admin.

use {
    super::{Call, Scene},
    backstop::state::{BankConfig, MarketConfig, PauseKind},
    backstop_tests::{
        ix,
        settings::{DAY, HOUR},
        world::World,
    },
    solana_signer::Signer,
};

fn admins(scene: &Scene, world: &World, instruction: solana_instruction::Instruction) -> Call {
    Call::new(scene, instruction, &[&world.admin], world.admin.pubkey())
}

/// Lends more against this bank's asset: a change that has to wait.
fn riskier_bank(scene: &Scene, world: &mut World) -> BankConfig {
    let config = world.bank(scene.usdc).config;
    BankConfig {
        collateral_factor_bps: config.collateral_factor_bps + 1,
        ..config
    }
}

fn queue_bank_update(scene: &Scene, world: &mut World) {
    let admin = world.admin.insecure_clone();
    let config = riskier_bank(scene, world);
    let update = ix::update_bank(&world.keys(scene.usdc), admin.pubkey(), config);
    world.send(&[update], &[&admin]).unwrap();
}

fn queue_market_update(world: &mut World) {
    let admin = world.admin.insecure_clone();
    let config = world.market_state().config;
    let riskier = MarketConfig {
        max_discount_bps: config.max_discount_bps + 1,
        ..config
    };
    let update = ix::update_market(world.market.market, admin.pubkey(), riskier);
    world.send(&[update], &[&admin]).unwrap();
}

/// Queues a change of the bank and one of the market.
pub fn queue_updates(scene: &Scene, world: &mut World) {
    queue_bank_update(scene, world);
    queue_market_update(world);
}

pub fn propose_admin(scene: &Scene, world: &mut World) -> Call {
    let (market, admin) = (world.market.market, world.admin.pubkey());
    let propose = ix::propose_admin(market, admin, scene.stage.keeper.key());
    admins(scene, world, propose)
}

pub fn accept_admin(scene: &Scene, world: &mut World) -> Call {
    let admin = world.admin.insecure_clone();
    let propose = propose_admin(scene, world).instruction;
    world.send(&[propose], &[&admin]).unwrap();
    let next = &scene.stage.keeper;
    let accept = ix::accept_admin(world.market.market, next.key());
    Call::new(scene, accept, &[&next.wallet], next.key())
}

pub fn update_market(scene: &Scene, world: &mut World) -> Call {
    let config = world.market_state().config;
    let (market, admin) = (world.market.market, world.admin.pubkey());
    admins(scene, world, ix::update_market(market, admin, config))
}

pub fn apply_market_update(scene: &Scene, world: &mut World) -> Call {
    queue_market_update(world);
    world.advance(2 * u64::from(DAY));
    let apply = ix::apply_market_update(world.market.market);
    Call::new(scene, apply, &[], world.admin.pubkey())
}

pub fn cancel_market_update(scene: &Scene, world: &mut World) -> Call {
    queue_market_update(world);
    let (market, admin) = (world.market.market, world.admin.pubkey());
    admins(scene, world, ix::cancel_market_update(market, admin))
}

pub fn update_bank(scene: &Scene, world: &mut World) -> Call {
    let config = world.bank(scene.usdc).config;
    let (keys, admin) = (world.keys(scene.usdc), world.admin.pubkey());
    admins(scene, world, ix::update_bank(&keys, admin, config))
}

pub fn apply_bank_update(scene: &Scene, world: &mut World) -> Call {
    queue_bank_update(scene, world);
    world.advance(2 * u64::from(DAY));
    let apply = ix::apply_bank_update(&world.keys(scene.usdc));
    Call::new(scene, apply, &[], world.admin.pubkey())
}

pub fn cancel_bank_update(scene: &Scene, world: &mut World) -> Call {
    queue_bank_update(scene, world);
    let (keys, admin) = (world.keys(scene.usdc), world.admin.pubkey());
    admins(scene, world, ix::cancel_bank_update(&keys, admin))
}

pub fn pause(scene: &Scene, world: &mut World) -> Call {
    let guardian = &world.guardian;
    let market = world.market.market;
    let pause = ix::pause(market, guardian.pubkey(), PauseKind::Borrow, HOUR);
    Call::new(scene, pause, &[guardian], guardian.pubkey())
}

pub fn lift_pause(scene: &Scene, world: &mut World) -> Call {
    let guardian = world.guardian.insecure_clone();
    let pause = pause(scene, world).instruction;
    world.send(&[pause], &[&guardian]).unwrap();
    let market = world.market.market;
    let lift = ix::lift_pause(market, guardian.pubkey(), PauseKind::Borrow);
    Call::new(scene, lift, &[&guardian], guardian.pubkey())
}

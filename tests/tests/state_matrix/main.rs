//! Every instruction in every state that a flag of an account can put it in:
//! it works, or it is refused with the exact error and changes nothing.

#[path = "../bad_debt/mod.rs"]
mod bad_debt;
mod completeness;
mod flags;
mod grid;
mod health;
#[path = "../honest/mod.rs"]
mod honest;

use {
    backstop::error::BackstopError,
    backstop_tests::{chain::SvmChain, tokens::Program, world::World},
    flags::Flag,
    honest::{Call, Named, Prepare, Scene},
    solana_keypair::Keypair,
};

/// Prepares a call, raises the flag, and then makes the call.
fn attempt(scene: &Scene, prepare: Prepare, flag: Flag, expected: Option<BackstopError>) {
    let mut world = scene.world.fork();
    let call = prepare(scene, &mut world);
    flag.raise(scene, &mut world, &call);
    if flag != Flag::DeadFeed {
        call.refresh(&mut world);
    }
    let instructions = std::slice::from_ref(&call.instruction);
    let signers: Vec<&Keypair> = call.signers.iter().collect();
    match expected {
        Some(error) => world.refuse(instructions, &signers, error),
        None => work(&mut world, &call, &signers),
    }
}

/// Makes the call. Whoever has a debt afterwards passes the initial check, or is
/// no worse off than before.
fn work(world: &mut World, call: &Call, signers: &[&Keypair]) {
    let before = health::of_named(world, &call.instruction);
    world
        .send(std::slice::from_ref(&call.instruction), signers)
        .unwrap();
    for (obligation, after) in health::of_named(world, &call.instruction) {
        let before = before.iter().find(|(key, _)| *key == obligation);
        let held = before.is_some_and(|(_, before)| after.is_no_worse_than(before));
        assert!(after.is_healthy() || held, "{obligation}: {after:?}");
    }
}

fn check(calls: &[Named]) {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for (name, prepare) in calls {
        for (flag, expected) in Flag::ALL.into_iter().zip(grid::row(name)) {
            println!("{name}, {flag:?}: {expected:?}");
            attempt(&scene, *prepare, flag, expected);
        }
    }
}

#[test]
fn the_calls_of_roles_and_founders_forget_no_state() {
    check(honest::ROLES);
}

#[test]
fn the_calls_of_lenders_and_borrowers_forget_no_state() {
    check(honest::POSITIONS);
}

#[test]
fn the_calls_around_bad_debt_forget_no_state() {
    check(honest::LOSSES);
}

//! Every instruction in every state that a flag of an account can put it in:
//! it works, or it is refused with the exact error and changes nothing.
//!
//! On the bytecode alone: each cell starts from a copy of one scene, and the
//! other chain cannot be copied.

#[path = "../bad_debt/mod.rs"]
mod bad_debt;
#[path = "../calls/mod.rs"]
mod calls;
mod completeness;
mod flags;
mod grid;
mod health;

use {
    backstop::error::BackstopError,
    backstop_tests::{chain::SvmChain, tokens::Program, world::World},
    calls::{Call, Named, Prepare, Scene},
    flags::Flag,
    solana_keypair::Keypair,
};

/// Prepares a call and raises flags, the last one on top of the others.
fn prepared(scene: &Scene, prepare: Prepare, flags: &[Flag]) -> (World, Call) {
    let mut world = scene.world.fork();
    let call = prepare(scene, &mut world);
    for flag in flags {
        flag.raise(scene, &mut world, &call);
    }
    if !flags.contains(&Flag::DeadFeed) {
        call.refresh(&mut world);
    }
    (world, call)
}

fn attempt(scene: &Scene, prepare: Prepare, flag: Flag, expected: Option<BackstopError>) {
    let (mut world, call) = prepared(scene, prepare, &[flag]);
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
    check(calls::ROLES);
}

#[test]
fn the_calls_of_lenders_and_borrowers_forget_no_state() {
    check(calls::POSITIONS);
}

#[test]
fn the_calls_around_bad_debt_forget_no_state() {
    check(calls::LOSSES);
}

/// What ends a state that forbids the call.
fn lifts(call: &str, forbidden: Flag, other: Flag) -> bool {
    // A deficit takes the budget of a buy-back, which then need not wait.
    call == "close_buy_back"
        && forbidden == Flag::BuyBackRunning
        && matches!(
            other,
            Flag::DeficitOpen | Flag::AuctionAnnounced | Flag::AuctionLive | Flag::AuctionOver
        )
}

#[test]
fn no_second_flag_lifts_what_a_first_one_forbids() {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for (name, prepare) in calls::all() {
        let row = grid::row(name);
        for (forbidden, error) in Flag::ALL.into_iter().zip(row) {
            let Some(error) = error else { continue };
            for (other, other_error) in Flag::ALL.into_iter().zip(row) {
                if other == forbidden || lifts(name, forbidden, other) {
                    continue;
                }
                let (mut world, call) = prepared(&scene, *prepare, &[other, forbidden]);
                let before = world.fingerprint();
                let signers: Vec<&Keypair> = call.signers.iter().collect();
                let sent = world.chain.send(&[call.instruction], &signers);
                let code = sent.err().and_then(|failure| failure.code());
                let known = [Some(error), other_error].map(|error| error.map(u32::from));
                let case = format!("{name}, {forbidden:?} and {other:?}: {code:?}");
                assert!(code.is_some() && known.contains(&code), "{case}");
                assert_eq!(before, world.fingerprint(), "{case}");
            }
        }
    }
}

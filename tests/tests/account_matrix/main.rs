//! Every instruction, every account, everything that could stand in its place:
//! refused with the exact error and an unchanged state, or allowed for a reason
//! that is written down. The honest call goes through afterwards, from the same
//! state.
//!
//! Calls start from copies of one scene, which only the bytecode chain makes;
//! the native one is put back by hand, and sees a part.

mod addresses;
#[path = "../bad_debt/mod.rs"]
mod bad_debt;
#[path = "../calls/mod.rs"]
mod calls;
#[path = "../common/mod.rs"]
mod common;
mod completeness;
mod exceptions;
mod expectations;
mod forgeries;
mod idl;
mod lists;
mod matrix;
mod natures;
mod table;
mod trees;

use {
    backstop_tests::{
        chain::{NativeChain, SvmChain},
        tokens::Program,
    },
    calls::{Named, Scene},
    common::restore,
    expectations::{Cell, Kind},
    matrix::Matrix,
};

fn scene(asset: Program<'_>) -> Scene {
    Scene::build(Box::new(SvmChain::backstop()), asset)
}

fn check(calls: &[Named]) {
    let scene = scene(Program::Token);
    let mut matrix = Matrix::new(&scene, |_, _| true);
    for (call, prepare) in calls {
        matrix.check(&mut scene.world.fork(), call, *prepare);
    }
    matrix.finish();
}

#[test]
fn the_calls_of_roles_and_founders_take_no_account_for_another() {
    check(calls::ROLES);
}

#[test]
fn the_calls_of_lenders_and_borrowers_take_no_account_for_another() {
    check(calls::POSITIONS);
}

#[test]
fn the_calls_around_bad_debt_take_no_account_for_another() {
    check(calls::LOSSES);
}

/// The same where assets are of the other token program: the address of the
/// program, and all that its own rules decide.
#[test]
fn no_token_account_is_taken_for_another_under_token_2022() {
    let scene = scene(Program::Token2022 { extensions: &[] });
    let mut matrix = Matrix::new(&scene, |kind, _| {
        matches!(
            kind,
            Kind::Pinned(_) | Kind::Source(_) | Kind::Destination(..) | Kind::FeeAccount
        )
    });
    for (call, prepare) in calls::all() {
        matrix.check(&mut scene.world.fork(), call, *prepare);
    }
    matrix.finish();
}

/// The native program agrees about accounts of the right sort that are the wrong
/// ones. Its runtime has other words for what token programs and itself refuse,
/// and no copy to spare for what is allowed.
#[test]
fn the_native_program_takes_no_account_for_another_either() {
    let scene = scene(Program::Token);
    let chain = Box::new(NativeChain::backstop());
    let mut native = Scene::build(chain, Program::Token).world;
    let (start, clock) = (native.fingerprint(), native.chain.clock());
    let mut matrix = Matrix::new(&scene, |kind, cell| {
        let ours = matches!(
            kind,
            Kind::Signer(_)
                | Kind::Market(_)
                | Kind::Bank(..)
                | Kind::Obligation(..)
                | Kind::Pinned(_)
                | Kind::Following(_)
                | Kind::PairedBank
                | Kind::PairedOracle
        );
        ours && match cell {
            Cell::Other(nature) => nature.is_lookalike(),
            Cell::ReadOnly => false,
            Cell::Unsigned | Cell::StrangerSigns | Cell::InPlace(_) => true,
        }
    });
    for (call, prepare) in calls::all() {
        matrix.check(&mut native, call, *prepare);
        restore(&mut native, &start);
        native.chain.set_clock(&clock);
        for feed in scene.feeds() {
            native.publish(feed, scene.world.feed(&feed));
        }
    }
    matrix.finish();
}

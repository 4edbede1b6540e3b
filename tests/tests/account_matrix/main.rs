//! Every instruction, every account, everything that could stand in its place:
//! refused with the exact error and an unchanged state, or allowed for a reason
//! that is written down. The honest call goes through afterwards, from the same
//! state.

mod addresses;
#[path = "../bad_debt/mod.rs"]
mod bad_debt;
#[path = "../common/mod.rs"]
mod common;
mod completeness;
mod exceptions;
mod expectations;
#[path = "../honest/mod.rs"]
mod honest;
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
    common::restore,
    expectations::{Cell, Kind},
    honest::Scene,
    matrix::Matrix,
};

fn scene(asset: Program<'_>) -> Scene {
    Scene::build(Box::new(SvmChain::backstop()), asset)
}

fn check(part: usize, parts: usize) {
    let scene = scene(Program::Token);
    let mut matrix = Matrix::new(&scene, |_, _| true);
    for (index, (call, prepare)) in honest::CALLS.iter().enumerate() {
        if index % parts == part {
            matrix.check(&mut scene.world.fork(), call, *prepare);
        }
    }
    matrix.finish();
}

#[test]
fn no_account_is_taken_for_another_in_the_first_half() {
    check(0, 2);
}

#[test]
fn no_account_is_taken_for_another_in_the_second_half() {
    check(1, 2);
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
    for (call, prepare) in honest::CALLS {
        matrix.check(&mut scene.world.fork(), call, *prepare);
    }
    matrix.finish();
}

/// The native program agrees wherever an account is of the right sort and still
/// the wrong one. What its runtime enforces in other words is left out: that
/// an account may not be changed.
#[test]
fn the_native_program_takes_no_account_for_another_either() {
    let scene = scene(Program::Token);
    let chain = Box::new(NativeChain::backstop());
    let mut native = Scene::build(chain, Program::Token).world;
    let (start, clock) = (native.fingerprint(), native.chain.clock());
    let mut matrix = Matrix::new(&scene, |_, cell| match cell {
        Cell::Other(nature) => nature.is_lookalike(),
        Cell::ReadOnly => false,
        Cell::Unsigned | Cell::StrangerSigns | Cell::InPlace(_) => true,
    });
    for (call, prepare) in honest::CALLS {
        matrix.check(&mut native, call, *prepare);
        restore(&mut native, &start);
        native.chain.set_clock(&clock);
        for feed in scene.feeds() {
            native.publish(feed, scene.world.feed(&feed));
        }
    }
    matrix.finish();
}

//! Every instruction, every account, everything that could stand in its place:
//! refused with the exact error and an unchanged state, or allowed for a reason
//! that is written down. The honest call goes through afterwards, from the same
//! state.

#[path = "../bad_debt/mod.rs"]
mod bad_debt;
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

use {backstop_tests::chain::SvmChain, honest::Scene, matrix::Matrix};

fn check(part: usize, parts: usize) {
    let scene = Scene::build(Box::new(SvmChain::backstop()));
    let mut matrix = Matrix::new(&scene);
    for (index, (call, prepare)) in honest::CALLS.iter().enumerate() {
        if index % parts == part {
            matrix.check(call, *prepare);
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

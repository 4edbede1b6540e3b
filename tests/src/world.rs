//! Scenarios on both chains: [`World`] and what belongs to it, and [`on_both`].

pub use backstop_world::world::*;

use {
    crate::{
        chain::{Chain, NativeChain, SvmChain},
        tokens::Program,
    },
    std::env,
};

/// Runs a scenario on both chains and demands the same state at the end.
pub fn on_both(scenario: impl Fn(&mut World)) {
    on_both_with(Program::Token, scenario);
}

/// As [`on_both`], with a governance mint of `program`.
pub fn on_both_with(program: Program<'_>, scenario: impl Fn(&mut World)) {
    compare(SvmChain::backstop, NativeChain::backstop, program, scenario);
}

/// As [`on_both`], on chains with more on them.
pub fn on_both_of(
    bytecode: impl FnOnce() -> SvmChain,
    native: impl FnOnce() -> NativeChain,
    scenario: impl Fn(&mut World),
) {
    compare(bytecode, native, Program::Token, scenario);
}

/// `BACKSTOP_CHAIN`, `bytecode` or `native`, leaves the other one out: for a
/// program that is not the one this crate was compiled with.
fn compare(
    bytecode: impl FnOnce() -> SvmChain,
    native: impl FnOnce() -> NativeChain,
    program: Program<'_>,
    scenario: impl Fn(&mut World),
) {
    let only = env::var("BACKSTOP_CHAIN").ok();
    let wanted = |name| only.as_deref().is_none_or(|only| only == name);
    let mut ends = Vec::new();
    let mut play = |chain: Box<dyn Chain>| {
        let mut world = World::with_governance(chain, program, |_| ());
        scenario(&mut world);
        ends.push(world.fingerprint());
    };
    if wanted("bytecode") {
        play(Box::new(bytecode()));
    }
    if wanted("native") {
        play(Box::new(native()));
    }
    let [left, right] = &ends[..] else {
        assert_eq!(ends.len(), 1, "BACKSTOP_CHAIN is {only:?}");
        return;
    };
    assert_eq!(left.len(), right.len(), "other accounts on the two chains");
    for ((key, bytecode), (_, native)) in left.iter().zip(right) {
        assert_eq!(bytecode, native, "{key} differs between the two chains");
    }
}

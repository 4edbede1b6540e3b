//! The attacker's search, on a budget: he must not end richer in any setting, and
//! he must find the way where one was planted.
//!
//! `ATTACKER_TRIALS` multiplies the budget; `cargo run --bin attack` searches on.

use {
    backstop_tests::attacker::{
        search::Search,
        settings,
        trial::{dollars, Setting},
    },
    std::env,
};

/// The seed of every search here.
const SEED: u64 = 1;

fn searched(setting: &Setting, trials: u64) -> Search<'_> {
    let times = env::var("ATTACKER_TRIALS")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(1);
    let mut search = Search::new(setting, SEED);
    search.run(trials * times);
    println!("{search}");
    search
}

#[track_caller]
fn nothing_to_gain(setting: &Setting, trials: u64) {
    let search = searched(setting, trials);
    let best = search.best();
    assert!(
        best.outcome.profit <= 0,
        "{}: a profit of {}{}\n{:?}",
        setting.name,
        dollars(best.outcome.profit),
        best.plan,
        best.outcome
    );
}

#[track_caller]
fn finds_the_hole(setting: &Setting, trials: u64, at_least: i128) {
    let search = searched(setting, trials);
    let best = &search.best().outcome;
    assert!(
        best.profit >= at_least,
        "{}: only {} found",
        setting.name,
        dollars(best.profit)
    );
}

#[test]
fn at_fixed_prices_nobody_ends_richer_in_calm_times() {
    nothing_to_gain(&settings::calm(), 400);
}

#[test]
fn at_fixed_prices_nobody_ends_richer_in_a_crisis() {
    nothing_to_gain(&settings::crisis(), 400);
}

#[test]
fn along_a_price_path_that_he_knows_nobody_ends_richer() {
    nothing_to_gain(&settings::path(), 400);
}

#[test]
fn pushing_a_price_for_one_update_brings_no_more_than_it_costs() {
    nothing_to_gain(&settings::pushed(), 400);
}

#[test]
fn an_admin_who_steals_ends_no_richer_before_the_delay_is_over() {
    nothing_to_gain(&settings::hostile_admin(), 400);
}

#[test]
fn the_search_finds_a_feed_that_lags() {
    finds_the_hole(&settings::lagging(), 400, 1);
}

#[test]
fn the_search_finds_bounties_that_are_not_subtracted() {
    finds_the_hole(&settings::counted_bounty(), 400, 1);
}

#[test]
fn the_search_finds_discounts_that_are_not_subtracted() {
    finds_the_hole(&settings::counted_discount(), 400, 1);
}

#[test]
fn the_search_finds_prices_that_cost_nothing_to_push() {
    finds_the_hole(&settings::cheap_push(), 400, 1);
}

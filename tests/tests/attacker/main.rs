//! The attacker's search, on a budget: he must not end an atom richer in any setting,
//! and he must find the way where one was planted.
//!
//! `ATTACKER_TIMES` multiplies the budget; the program `attack` searches on.

use {
    backstop_tests::attacker::{
        search::Search,
        settings,
        trial::{dollars, play, Setting},
    },
    std::env,
};

/// The seed of every search here.
const SEED: u64 = 1;
/// Plans for each setting without a hole.
const PLANS: u64 = 700;
/// Plans within which a planted hole must be found. Most are found in a few hundred.
const MOST: u64 = 8_000;

fn times() -> u64 {
    env::var("ATTACKER_TIMES")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(1)
}

#[track_caller]
fn nothing_to_gain(setting: &Setting) {
    let mut search = Search::new(setting, SEED);
    search.run(PLANS * times());
    println!("{search}");
    let best = search.best();
    assert!(
        best.outcome.profit <= 0,
        "{}: a profit of {}{}",
        setting.name,
        dollars(best.outcome.profit),
        best.plan
    );
    let (tried, landed, states) = search.effort();
    assert!(landed * 2 > tried, "most plans do something");
    assert!(states > 25, "{states} states are not a search");
}

#[track_caller]
fn finds_the_hole(setting: &Setting) {
    let mut search = Search::new(setting, SEED);
    search.run_until_profit(MOST);
    println!("{search}");
    let best = search.best();
    assert!(best.outcome.profit > 0, "{}: nothing found", setting.name);
    // What was found is a plan that anybody can play again.
    let again = play(setting, &best.plan);
    assert!(again.profit > 0, "{}", best.plan);
}

#[test]
fn at_fixed_prices_nobody_ends_richer_in_calm_times() {
    nothing_to_gain(&settings::calm());
}

#[test]
fn at_fixed_prices_nobody_ends_richer_in_a_crisis() {
    nothing_to_gain(&settings::crisis());
}

#[test]
fn no_atom_is_won_by_rounding_where_an_atom_is_worth_a_fortune() {
    nothing_to_gain(&settings::coarse());
}

#[test]
fn along_a_price_path_that_he_knows_nobody_ends_richer() {
    nothing_to_gain(&settings::path());
}

#[test]
fn pushing_a_price_for_one_update_brings_no_more_than_it_costs() {
    nothing_to_gain(&settings::pushed());
}

#[test]
fn an_admin_who_steals_ends_no_richer_before_the_delay_is_over() {
    nothing_to_gain(&settings::hostile_admin());
}

/// Collateral in a bank whose deficit insurance pays off day by day is seized at the
/// gross price: at net, what is covered later was a gain.
#[test]
fn a_deficit_that_is_being_covered_makes_no_liquidator_richer() {
    nothing_to_gain(&settings::drawn());
}

#[test]
fn the_search_finds_a_feed_that_lags() {
    finds_the_hole(&settings::lagging());
}

#[test]
fn the_search_finds_bounties_that_are_not_subtracted() {
    finds_the_hole(&settings::counted_bounty());
}

#[test]
fn the_search_finds_discounts_that_are_not_subtracted() {
    finds_the_hole(&settings::counted_discount());
}

#[test]
fn the_search_finds_prices_that_cost_nothing_to_push() {
    finds_the_hole(&settings::cheap_push());
}

#[test]
fn the_same_seed_tries_the_same_plans() {
    let setting = settings::crisis();
    let outcomes = || {
        let mut search = Search::new(&setting, 7);
        search.run(60);
        (search.effort(), search.best().plan.clone())
    };
    assert_eq!(outcomes(), outcomes());
}

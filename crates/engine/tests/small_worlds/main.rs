//! Exhaustive search of small worlds: two banks of one market, three users, two
//! auctions out of one allowance, and every row of permissionless calls up to a
//! depth. Every state that is reached is checked, every call, and everything that
//! can still come of a state ([`foresight`]).
//!
//! Every call is the step that the program ships ([`play`]), on accounts that are made
//! of a state and read back into one ([`accounts`]).
//!
//! `SMALL_WORLDS_DEPTH` is the depth of every world instead of its own: a small one
//! where this test is one of many, a great one to search on. The two auctions of
//! [`starts::atoms`] are searched whole at 54 calls, in 7.3 million states.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod accounts;
mod calls;
mod flaws;
mod foresight;
mod gains;
mod key;
mod legal;
mod play;
mod properties;
mod random;
mod search;
mod starts;
mod world;

use search::explore;
use starts::Start;

/// Searches a world and says how much there was. Without a depth it is searched
/// until no call leads to a state that was not seen: all rows of any length.
fn search(name: &str, (world, rules): Start, depth: Option<usize>) {
    let given = std::env::var("SMALL_WORLDS_DEPTH");
    let given = given.map(|given| given.parse().expect("a number"));
    let most = given.clone().ok().or(depth).unwrap_or(usize::MAX);
    let begun = std::time::Instant::now();
    let report = explore(&world, &rules, most).unwrap_or_else(|found| panic!("{found}"));
    assert!(report.closed || report.depth == most, "{report:?}");
    for (call, done) in rules.menu.iter().zip(&report.done) {
        assert!(*done > 0 || given.is_ok(), "{call:?} never happens");
    }
    println!("{name}: {report:?} in {:?}", begun.elapsed());
}

macro_rules! worlds {
    ($($test:ident: $start:ident, $depth:expr;)*) => {$(
        #[test]
        fn $test() {
            search(stringify!($start), starts::$start(), $depth);
        }
    )*};
}

worlds! {
    two_auctions_out_of_one_allowance: two_auctions, Some(16);
    atoms_that_no_price_divides: atoms, Some(12);
    atoms_of_one_bank_until_nothing_new_happens: atoms_of_one_bank, None;
    lenders_who_leave_while_tokens_are_on_auction: leavers, Some(10);
    insurance_behind_a_draw_limit: insurance, Some(10);
    interest_and_fees_around_a_loss: interest, Some(10);
    a_feed_that_is_shown_or_not: feed, Some(13);
    a_bank_that_loses_everything: wound_down, Some(12);
    pauses_that_lapse: paused, Some(14);
    from_a_loan_to_its_write_off: whole_cycle, None;
    collateral_that_is_delisted: delisted, None;
}

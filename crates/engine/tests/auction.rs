//! Lots, prices, fills and closing.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::auction::{
    open, Auction, FillPlan, Issuance, IssuanceLimits, IssuanceTerms, PricePolicy, PriceRange,
};
use backstop_engine::bucket::Bucket;
use backstop_engine::ledger::Ledger;
use backstop_engine::price::{Price, Quote};
use backstop_engine::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};
use backstop_engine::EngineError;
use common::*;
use num_traits::ToPrimitive;
use proptest::prelude::*;

/// Rates from an atom for 2⁵⁰ tokens to 2⁴⁰ atoms for one.
fn rates() -> impl Strategy<Value = Rate> {
    (14u32..=104, any::<u128>()).prop_map(|(bits, x)| Rate((x >> (128 - bits)) | (1 << (bits - 1))))
}

fn all_terms() -> impl Strategy<Value = IssuanceTerms> {
    (
        (log_u64(63), log_u64(60), log_u64(63), log_u64(60)),
        (0u32..=10_000, 1u32..1_000_000, 0u32..=10_000),
        (rates(), 1u32..=40, log_u64(30)),
        (0u32..100_000, 1u32..100_000),
    )
        .prop_map(
            |(
                (supply, outstanding, cap, level),
                (window, secs, auction),
                (floor, up, min),
                times,
            )| {
                let mut terms = issuing(supply, floor);
                terms.issuance.outstanding = GovAtoms(outstanding.min(supply));
                terms.issuance.bucket.level = level;
                terms.limits = IssuanceLimits {
                    per_window: Bps(window),
                    window_secs: secs,
                    per_auction: Bps(auction),
                    lifetime_cap: GovAtoms(cap),
                };
                terms.prices.start = Rate(floor.0.saturating_mul(u128::from(up)));
                terms.min_offer = Atoms(min);
                terms.schedule.delay_secs = times.0;
                terms.schedule.duration_secs = times.1;
                terms
            },
        )
}

/// A bank with a deficit of which `auction` sells governance tokens.
fn live(deficit: u64, offered: u64, lot: u64, floor: Rate, start: Rate) -> (Ledger, Auction) {
    let mut ledger = bank(1_000, deficit);
    ledger.on_auction = Atoms(offered);
    let auction = Auction {
        lot: GovAtoms(lot),
        start,
        floor,
        issued_at: UnixTime(0),
        opens_at: UnixTime(10),
        ends_at: UnixTime(110),
    };
    (ledger, auction)
}

fn exact(rate: Rate) -> Q {
    q(rate.0) * two(-64)
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_lot_fits_every_limit_and_suffices_at_the_floor(
        terms in all_terms(), deficit in pos_u64(63), now in 0i64..2_000_000,
    ) {
        let now = UnixTime(now);
        let result = open(Atoms(deficit), &terms, now).unwrap();
        let supply = q(terms.issuance.supply.0);
        let per_window = (&supply * bps(terms.limits.per_window.0)).floor();
        let leaked = (&per_window * frac(now.0, terms.limits.window_secs)).floor();
        let level = (q(terms.issuance.bucket.level) - leaked).max(q(0));
        let room = (&per_window - level).max(q(0))
            .min((&supply * bps(terms.limits.per_auction.0)).floor())
            .min((q(terms.limits.lifetime_cap.0) - q(terms.issuance.outstanding.0)).max(q(0)));
        prop_assert_eq!(q(terms.issuance.room_down(&terms.limits, now).unwrap().0), room.clone());
        let floor = exact(terms.prices.floor);
        let needed = (q(deficit) / &floor).ceil();
        let (lot, offered) = if needed <= room {
            (needed, q(deficit))
        } else {
            (room.clone(), (&room * &floor).floor())
        };
        match result {
            None => prop_assert!(
                offered < q(1) || offered < q(terms.min_offer.0) || lot < q(1)
            ),
            Some(opening) => {
                prop_assert_eq!(q(opening.lot.0), lot.clone());
                prop_assert_eq!(q(opening.offered.0), offered.clone());
                prop_assert!(lot <= room);
                prop_assert!(&lot * &floor >= offered, "the lot suffices at the floor");
                prop_assert!(opening.offered >= terms.min_offer);
                let a = opening.auction;
                prop_assert_eq!((a.lot, a.issued_at), (opening.lot, now));
                prop_assert_eq!(a.opens_at.0, now.0 + i64::from(terms.schedule.delay_secs));
                prop_assert_eq!(a.ends_at.0, a.opens_at.0 + i64::from(terms.schedule.duration_secs));
                prop_assert_eq!(opening.issuance.supply.0, terms.issuance.supply.0 + opening.lot.0);
                prop_assert_eq!(opening.issuance.outstanding.0, terms.issuance.outstanding.0 + opening.lot.0);
                prop_assert!(opening.issuance.outstanding <= terms.limits.lifetime_cap);
                prop_assert!(q(opening.issuance.bucket.level) <= per_window);
            }
        }
    }

    #[test]
    fn the_price_falls_in_a_straight_line_rounded_up(floor in rates(), factor in 1u32..1_000, second in 0i64..=100) {
        let start = Rate(floor.0.saturating_mul(u128::from(factor)));
        let (_, auction) = live(1, 1, 1, floor, start);
        let at = |second: i64| auction.rate_up(UnixTime(10 + second)).unwrap();
        let line = q(start.0) - q(start.0 - floor.0) * frac(second, 100);
        prop_assert_eq!(q(at(second).0), line.ceil());
        prop_assert!(at(second) >= floor && at(second) <= start);
        if second > 0 {
            prop_assert!(at(second) <= at(second - 1), "it never rises");
        }
        prop_assert_eq!((at(0), at(100)), (start, floor));
    }

    #[test]
    fn every_token_is_paid_and_the_lot_never_runs_short(
        deficit in pos_u64(50), part in 1u64..=1000, floor in rates(), factor in 1u32..50,
        buys in prop::collection::vec((0i64..=100, 1u64..=1000, 0u64..3), 1..8),
    ) {
        let offered = (u128::from(deficit) * u128::from(part) / 1_000).max(1) as u64;
        let Ok(lot) = floor.tokens_up(Atoms(offered)) else { return Ok(()) };
        let start = Rate(floor.0.saturating_mul(u128::from(factor)));
        let (mut ledger, mut auction) = live(deficit, offered, lot.0, floor, start);
        let mut times: Vec<_> = buys;
        times.sort_unstable();
        let (mut sold, mut paid) = (0u64, 0u64);
        for (second, share, odd) in times {
            if !auction.holds_tokens() {
                prop_assert_eq!(ledger.on_auction, Atoms(0), "the lot runs short");
                break;
            }
            let now = UnixTime(10 + second);
            let amount = (u128::from(auction.lot.0) * u128::from(share) / 1_000) as u64 + odd;
            if amount == 0 {
                continue;
            }
            let rate = exact(auction.rate_up(now).unwrap());
            let plan = auction.fill(ledger, GovAtoms(amount), Atoms(u64::MAX), now).unwrap();
            prop_assert!(plan.bought.0 <= amount && plan.bought > GovAtoms(0));
            prop_assert_eq!(q(plan.paid.0), (q(plan.bought.0) * &rate).ceil());
            prop_assert!(q(plan.paid.0) >= q(plan.bought.0) * exact(floor));
            // No more is sold than what is on auction needs.
            prop_assert!(q(plan.bought.0 - 1) * &rate < q(ledger.on_auction.0));
            prop_assert!(plan.excess.0 == 0 || plan.ledger.deficit.0 == 0);
            prop_assert!(q(plan.excess.0) < rate + q(1));
            prop_assert_eq!(
                ledger.deficit.0 - plan.ledger.deficit.0 + plan.excess.0,
                plan.paid.0
            );
            prop_assert_eq!(plan.ledger.cash.0, ledger.cash.0 + plan.paid.0);
            prop_assert_eq!(plan.ledger.lender_assets, ledger.lender_assets);
            assert_sound(&plan.ledger);
            // What remains suffices at the floor.
            prop_assert!(q(plan.auction.lot.0) * exact(floor) >= q(plan.ledger.on_auction.0));
            prop_assert_eq!(
                auction.lot.0,
                plan.auction.lot.0 + plan.bought.0 + plan.burn.0,
                "no token appears or is lost"
            );
            prop_assert_eq!(plan.burn.0 > 0 || plan.auction.lot.0 == 0, plan.ledger.on_auction.0 == 0);
            (sold, paid) = (sold + plan.bought.0, paid + plan.paid.0);
            (ledger, auction) = (plan.ledger, plan.auction);
        }
        prop_assert!(q(paid) >= q(sold) * exact(floor));
        prop_assert!(sold <= lot.0);
    }

    #[test]
    fn splitting_a_purchase_never_costs_less(
        deficit in pos_u64(40), floor in rates(), amount in 2u64..1 << 40, cut in 1u64..1000,
    ) {
        let Ok(lot) = floor.tokens_up(Atoms(deficit)) else { return Ok(()) };
        let (ledger, auction) = live(deficit, deficit, lot.0, floor, floor);
        let amount = amount.min(lot.0);
        let now = UnixTime(60);
        let whole = auction.fill(ledger, GovAtoms(amount), Atoms(u64::MAX), now).unwrap();
        let first = (u128::from(amount) * u128::from(cut) / 1_000).max(1) as u64;
        let a = auction.fill(ledger, GovAtoms(first), Atoms(u64::MAX), now).unwrap();
        prop_assume!(a.auction.holds_tokens() && a.bought < whole.bought);
        let rest = GovAtoms(whole.bought.0 - a.bought.0);
        let b = a.auction.fill(a.ledger, rest, Atoms(u64::MAX), now).unwrap();
        prop_assert!(b.bought <= rest);
        if b.bought == rest {
            prop_assert!(a.paid.0 + b.paid.0 >= whole.paid.0);
        }
    }

    #[test]
    fn prices_from_a_feed_bracket_it(
        spot in pos_u64(40), ema in pos_u64(40), discount in 0u32..10_000, premium in 0u32..=10_000,
    ) {
        let quote = |spot, ema| Quote {
            price: Price { spot, ema, conf: 0, exponent: -8 },
            decimals: 6,
        };
        let policy = PricePolicy {
            max_discount: Bps(discount),
            premium: Bps(premium),
            fixed_floor: Rate(0),
            fixed_start: Rate(0),
        };
        let dollar = quote(100_000_000, 100_000_000);
        let Some(range) = policy.range(true, Some((quote(spot, ema), dollar))) else {
            // Only a price that rounds to nothing is none.
            prop_assert!(q(spot.min(ema)) * bps(10_000 - discount) * two(64) < q(300_000_000u64));
            return Ok(());
        };
        let floor = q(spot.min(ema)) * bps(10_000 - discount) * ten(-8);
        let start = q(spot.max(ema)) * bps(10_000 + premium) * ten(-8);
        prop_assert!(exact(range.floor) <= floor && &floor - exact(range.floor) < two(-62));
        prop_assert!(exact(range.start) >= start && exact(range.start) - &start < two(-62));
        prop_assert!(range.start >= range.floor);
    }

    #[test]
    fn burning_the_unsold_gives_issuance_back_and_no_more(
        terms in all_terms(), deficit in pos_u64(63), sold in 0u64..=1000, wait in 0i64..3_000_000,
    ) {
        let Some(opening) = open(Atoms(deficit), &terms, UnixTime(0)).unwrap() else { return Ok(()) };
        let lot = opening.lot.0;
        let unsold = lot - (u128::from(lot) * u128::from(sold) / 1_000) as u64;
        let now = UnixTime(wait);
        let after = opening.issuance.burn_unsold(GovAtoms(unsold), &terms.limits, UnixTime(0), now).unwrap();
        prop_assert_eq!(after.supply.0, terms.issuance.supply.0 + lot - unsold);
        prop_assert_eq!(after.outstanding.0, terms.issuance.outstanding.0 + lot - unsold);
        // Had only what was sold been issued, no more would fit now.
        let mut honest = terms.issuance;
        honest.bucket.level += lot - unsold;
        honest.supply = after.supply;
        honest.outstanding = after.outstanding;
        let room = |issuance: &Issuance| issuance.room_down(&terms.limits, now).unwrap();
        prop_assert!(room(&after).0 <= room(&honest).0.saturating_add(leak_of(&terms, lot, wait)));
    }
}

/// What the bucket leaks more because the lot was part of the supply.
fn leak_of(terms: &IssuanceTerms, lot: u64, secs: i64) -> u64 {
    let more = q(lot) * bps(terms.limits.per_window.0) * frac(secs, terms.limits.window_secs);
    up(&(more + q(2))).to_u64().unwrap_or(u64::MAX)
}

fn buy(amount: u64, max_pay: u64, second: i64) -> Result<FillPlan, EngineError> {
    // 100 atoms of 150 on auction at 4 falling to 2: a lot of 50.
    let (ledger, auction) = live(150, 100, 50, rate(2, 1), rate(4, 1));
    auction.fill(ledger, GovAtoms(amount), Atoms(max_pay), UnixTime(second))
}

#[test]
fn opens_after_the_delay_and_ends_after_the_last_second() {
    assert_eq!(
        buy(1, 10, 9),
        Err(EngineError::AuctionNotOpen {
            opens_at: 10,
            now: 9
        })
    );
    assert_eq!(buy(1, 10, 10).unwrap().paid, Atoms(4));
    assert_eq!(buy(1, 10, 60).unwrap().paid, Atoms(3));
    assert_eq!(buy(1, 10, 110).unwrap().paid, Atoms(2));
    assert_eq!(
        buy(1, 10, 111),
        Err(EngineError::AuctionEnded {
            ends_at: 110,
            now: 111
        })
    );
}

#[test]
fn a_buyer_pays_no_more_than_he_said() {
    assert_eq!(
        buy(2, 7, 10),
        Err(EngineError::PaymentAboveMax { payment: 8, max: 7 })
    );
    assert!(buy(2, 8, 10).is_ok());
    assert_eq!(buy(0, 8, 10), Err(EngineError::ZeroAmount));
}

#[test]
fn a_fill_lowers_deficit_and_what_is_on_auction_together() {
    let plan = buy(10, 100, 10).unwrap();
    assert_eq!(plan.ledger.deficit, Atoms(110));
    assert_eq!(plan.ledger.on_auction, Atoms(60));
    assert_eq!(plan.ledger.totals.by_auction, 40);
    assert_eq!((plan.auction.lot, plan.burn), (GovAtoms(40), GovAtoms(0)));
}

#[test]
fn the_rest_of_the_lot_is_burned_when_enough_was_raised() {
    let plan = buy(50, 1_000, 10).unwrap();
    assert_eq!((plan.bought, plan.paid), (GovAtoms(25), Atoms(100)));
    assert_eq!((plan.burn, plan.auction.lot), (GovAtoms(25), GovAtoms(0)));
    assert_eq!(plan.ledger.deficit, Atoms(50));
    assert_eq!(
        plan.auction
            .fill(plan.ledger, GovAtoms(1), Atoms(9), UnixTime(20)),
        Err(EngineError::NoAuction)
    );
}

#[test]
fn what_the_last_token_overpays_lowers_the_deficit_then_fills_insurance() {
    let (ledger, auction) = live(102, 100, 50, rate(7, 1), rate(7, 1));
    let plan = auction
        .fill(ledger, GovAtoms(50), Atoms(1_000), UnixTime(10))
        .unwrap();
    // 15 tokens for 105: 100 were on auction, 2 more were missing.
    assert_eq!((plan.paid, plan.excess), (Atoms(105), Atoms(3)));
    assert_eq!(plan.ledger.deficit, Atoms(0));
    assert_eq!(plan.ledger.insurance_fees, Atoms(3));
    assert_sound(&plan.ledger);
}

#[test]
fn closing_returns_the_deficit_and_burns_the_lot() {
    let (ledger, auction) = live(150, 100, 50, rate(2, 1), rate(4, 1));
    assert_eq!(
        auction.close(ledger, UnixTime(110)),
        Err(EngineError::AuctionNotEnded {
            ends_at: 110,
            now: 110
        })
    );
    let plan = auction.close(ledger, UnixTime(111)).unwrap();
    assert_eq!(
        (plan.burn, plan.unsold, plan.failed),
        (GovAtoms(50), Atoms(100), true)
    );
    assert_eq!(
        (plan.ledger.deficit, plan.ledger.on_auction),
        (Atoms(150), Atoms(0))
    );
    assert_eq!(
        idle().close(ledger, UnixTime(111)),
        Err(EngineError::NoAuction)
    );
}

#[test]
fn an_auction_whose_deficit_was_covered_otherwise_closes_at_once_and_has_not_failed() {
    let (mut ledger, auction) = live(150, 100, 50, rate(2, 1), rate(4, 1));
    assert!(!auction.is_settled(&ledger));
    ledger = ledger
        .repay_record(Atoms(150), Atoms(150), false)
        .unwrap()
        .ledger;
    assert!(auction.is_settled(&ledger));
    assert_eq!(
        auction.fill(ledger, GovAtoms(1), Atoms(9), UnixTime(10)),
        Err(EngineError::NoAuction)
    );
    let plan = auction.close(ledger, UnixTime(1)).unwrap();
    assert_eq!(
        (plan.burn, plan.unsold, plan.failed),
        (GovAtoms(50), Atoms(0), false)
    );
}

#[test]
fn what_is_not_on_auction_is_covered_first() {
    let (ledger, _) = live(150, 100, 50, rate(2, 1), rate(4, 1));
    let recovered = |atoms| {
        ledger
            .repay_record(Atoms(atoms), Atoms(1_000), false)
            .unwrap()
            .ledger
    };
    assert_eq!(recovered(50).on_auction, Atoms(100));
    assert_eq!(recovered(51).on_auction, Atoms(99));
}

#[test]
fn without_a_usable_price_nothing_is_issued() {
    let policy = PricePolicy {
        max_discount: Bps(1_000),
        premium: Bps(1_000),
        fixed_floor: rate(3, 1),
        fixed_start: rate(5, 1),
    };
    assert_eq!(
        policy.range(true, None),
        None,
        "a stale feed is not no feed"
    );
    let fixed = PriceRange {
        start: rate(5, 1),
        floor: rate(3, 1),
    };
    assert_eq!(policy.range(false, None), Some(fixed));
    let free = PricePolicy {
        fixed_floor: Rate(0),
        ..policy
    };
    assert_eq!(free.range(false, None), None, "never for nothing");
    let quote = |spot| Quote {
        price: Price {
            spot,
            ema: spot,
            conf: 0,
            exponent: 0,
        },
        decimals: 0,
    };
    let cheap = policy.range(true, Some((quote(1), quote(1)))).unwrap();
    assert_eq!(
        (cheap.start, cheap.floor),
        (rate(3, 1), rate(3, 1)),
        "the fixed floor holds"
    );
    let dear = policy.range(true, Some((quote(100), quote(1)))).unwrap();
    assert_eq!(
        dear.floor.0.abs_diff(rate(90, 1).0) + dear.start.0.abs_diff(rate(110, 1).0),
        0
    );
}

#[test]
fn a_lot_one_atom_too_small_for_an_auction_is_not_offered() {
    let mut terms = issuing(1_000, rate(2, 1));
    terms.min_offer = Atoms(100);
    assert_eq!(open(Atoms(99), &terms, UnixTime(0)), Ok(None));
    assert_eq!(
        open(Atoms(100), &terms, UnixTime(0)).unwrap().unwrap().lot,
        GovAtoms(50)
    );
    terms.limits.lifetime_cap = GovAtoms(49);
    assert_eq!(
        open(Atoms(100), &terms, UnixTime(0)),
        Ok(None),
        "98 is below the minimum"
    );
    terms.limits.lifetime_cap = GovAtoms(50);
    assert!(!terms.limits.exhausted(&terms.issuance));
    terms.issuance.outstanding = GovAtoms(50);
    assert!(terms.limits.exhausted(&terms.issuance));
    assert_eq!(open(Atoms(100), &terms, UnixTime(0)), Ok(None));
}

#[test]
fn what_was_not_sold_makes_room_in_the_window_again() {
    // A tenth of 1 000 per window: the lot fills it.
    let mut terms = issuing(1_000, rate(1, 1));
    terms.limits.per_window = Bps(1_000);
    let opening = open(Atoms(500), &terms, UnixTime(0)).unwrap().unwrap();
    assert_eq!(opening.lot, GovAtoms(100));
    let room = |issuance: &Issuance, second| {
        let room = issuance.room_down(&terms.limits, UnixTime(second));
        room.unwrap().0
    };
    assert_eq!(room(&opening.issuance, 0), 10, "the supply has grown");
    let burned = |unsold, second| {
        let [issued, now] = [0, second].map(UnixTime);
        let issuance = opening.issuance;
        let after = issuance.burn_unsold(GovAtoms(unsold), &terms.limits, issued, now);
        room(&after.unwrap(), second)
    };
    assert_eq!(burned(100, 0), 100);
    assert_eq!(burned(100, 50), 100);
    assert_eq!(burned(60, 0), 104 - 40);
}

#[test]
fn no_lot_is_issued_for_less_than_an_atom() {
    // The limit leaves two tokens, worth two thirds of an atom at the floor.
    let mut terms = issuing(1_000, rate(1, 3));
    terms.limits.lifetime_cap = GovAtoms(2);
    terms.min_offer = Atoms(0);
    assert_eq!(open(Atoms(100), &terms, UnixTime(0)), Ok(None));
    terms.limits.lifetime_cap = GovAtoms(4);
    let opening = open(Atoms(100), &terms, UnixTime(0)).unwrap().unwrap();
    assert_eq!((opening.lot, opening.offered), (GovAtoms(4), Atoms(1)));
}

#[test]
fn the_supply_never_outgrows_64_bits() {
    let mut terms = issuing(u64::MAX - 5, rate(1, 1));
    terms.limits.lifetime_cap = GovAtoms(u64::MAX);
    let opening = open(Atoms(100), &terms, UnixTime(0)).unwrap().unwrap();
    assert_eq!((opening.lot, opening.offered), (GovAtoms(5), Atoms(5)));
    assert_eq!(opening.issuance.supply, GovAtoms(u64::MAX));
}

#[test]
fn what_is_bought_back_stays_issued() {
    let issuance = Issuance {
        supply: GovAtoms(100),
        outstanding: GovAtoms(30),
        bucket: Bucket {
            level: 7,
            filled_at: UnixTime(3),
        },
    };
    let after = issuance.burn_bought(GovAtoms(10)).unwrap();
    assert_eq!(
        (after.supply, after.outstanding),
        (GovAtoms(90), GovAtoms(30))
    );
    assert_eq!(after.bucket, issuance.bucket);
    assert_eq!(
        issuance.burn_bought(GovAtoms(101)),
        Err(EngineError::Underflow)
    );
    let limits = issuing(100, rate(1, 1)).limits;
    assert_eq!(
        issuance.burn_unsold(GovAtoms(31), &limits, UnixTime(3), UnixTime(3)),
        Err(EngineError::Underflow),
        "no more than was issued"
    );
}

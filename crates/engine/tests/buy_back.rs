//! Spending surplus insurance on governance tokens.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::auction::{PricePolicy, PriceRange};
use backstop_engine::buy_back::BuyBack;
use backstop_engine::ledger::Ledger;
use backstop_engine::price::{Price, Quote};
use backstop_engine::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};
use backstop_engine::EngineError;
use common::*;
use proptest::prelude::*;

fn insured(owed: u64, insurance: u64) -> Ledger {
    Ledger {
        insurance: Atoms(insurance),
        ..lending_bank(1_000, owed)
    }
}

fn range(low: u64, high: u64) -> PriceRange {
    PriceRange {
        start: rate(high, 1),
        floor: rate(low, 1),
    }
}

/// 400 atoms of surplus, at 2 rising to 4 from second 10 to second 110.
fn running() -> (Ledger, BuyBack) {
    let ledger = insured(1_000, 500);
    let buy_back = ledger
        .start_buy_back(&BuyBack::default(), TARGET, range(2, 4), 100, UnixTime(10))
        .unwrap();
    (ledger, buy_back)
}

const TARGET: Bps = Bps(1_000);

/// Whatever the curve asks for is affordable today.
const ANY: Rate = Rate(u128::MAX);

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn the_surplus_is_what_exceeds_the_target_rounded_up(
        owed in log_u64(60), insurance in log_u64(60), target in 0u32..=10_000,
    ) {
        let goal = (q(owed) * bps(target)).ceil();
        let surplus = q(insurance) - &goal;
        match insured(owed, insurance).insurance_surplus_down(Bps(target)) {
            Ok(got) => prop_assert_eq!(q(got.0), surplus),
            Err(error) => {
                prop_assert!(surplus <= q(0));
                prop_assert!(matches!(error, EngineError::NoSurplus { .. }), "unexpected error");
            }
        }
    }

    #[test]
    fn the_price_rises_in_a_straight_line_rounded_down(
        low in log_u128(100), more in log_u128(100), second in 0i64..=100,
    ) {
        let buy_back = BuyBack {
            budget: Atoms(1), low: Rate(low), high: Rate(low + more),
            opens_at: UnixTime(0), ends_at: UnixTime(100),
        };
        let at = |second| buy_back.rate_down(UnixTime(second)).unwrap();
        prop_assert_eq!(q(at(second).0), (q(low) + q(more) * frac(second, 100)).floor());
        prop_assert_eq!((at(0), at(100)), (Rate(low), Rate(low + more)));
    }

    #[test]
    fn sellers_never_get_more_than_the_price_the_budget_or_the_surplus(
        insurance in pos_u64(50), price in pos_u64(40), sales in prop::collection::vec((pos_u64(40), 0u64..3), 1..8),
    ) {
        let ledger = insured(1_000, insurance);
        let range = PriceRange { floor: rate(price, 1_000), start: rate(price, 1_000) };
        let Ok(mut buy_back) = ledger.start_buy_back(&BuyBack::default(), TARGET, range, 100, UnixTime(0)) else {
            prop_assert!(insurance <= 100);
            return Ok(());
        };
        prop_assert_eq!(buy_back.budget.0, insurance - 100);
        let mut books = ledger;
        for (amount, min) in sales {
            if !buy_back.is_running() {
                break;
            }
            let result = buy_back.sell(books, GovAtoms(amount), Atoms(min), TARGET, ANY, UnixTime(50));
            let Ok(plan) = result else { continue };
            prop_assert!(plan.sold.0 <= amount);
            prop_assert_eq!(q(plan.paid.0), (q(plan.sold.0) * q(range.floor.0) * two(-64)).floor());
            prop_assert!(plan.paid.0 >= min.max(1));
            prop_assert_eq!(plan.ledger.insurance.0, books.insurance.0 - plan.paid.0);
            prop_assert!(plan.ledger.insurance.0 >= 100, "the target is not touched");
            prop_assert_eq!(plan.buy_back.budget.0, buy_back.budget.0 - plan.paid.0);
            assert_sound(&plan.ledger);
            (books, buy_back) = (plan.ledger, plan.buy_back);
        }
        if !buy_back.is_running() {
            prop_assert_eq!(buy_back, BuyBack::default());
        }
    }
}

#[test]
fn starts_only_with_a_surplus_without_a_deficit_and_once() {
    let (ledger, buy_back) = running();
    assert_eq!(buy_back.budget, Atoms(400));
    let start = |ledger: &Ledger, running: &BuyBack| {
        ledger.start_buy_back(running, TARGET, range(2, 4), 100, UnixTime(10))
    };
    assert_eq!(start(&ledger, &buy_back), Err(EngineError::AuctionLive));
    assert_eq!(
        start(&insured(1_000, 100), &BuyBack::default()),
        Err(EngineError::NoSurplus {
            insurance: 100,
            target: 100
        })
    );
    assert_eq!(
        start(&insured(1_000, 101), &BuyBack::default())
            .unwrap()
            .budget,
        Atoms(1)
    );
    let mut short = bank(10, 1);
    short.insurance = Atoms(500);
    assert_eq!(
        start(&short, &BuyBack::default()),
        Err(EngineError::DeficitOpen { deficit: 1 })
    );
}

#[test]
fn sells_between_the_first_and_the_last_second() {
    let (ledger, buy_back) = running();
    let sell = |now| {
        buy_back
            .sell(ledger, GovAtoms(10), Atoms(0), TARGET, ANY, UnixTime(now))
            .map(|plan| plan.paid.0)
    };
    assert_eq!(
        sell(9),
        Err(EngineError::AuctionNotOpen {
            opens_at: 10,
            now: 9
        })
    );
    assert_eq!(sell(10), Ok(20));
    assert_eq!(sell(60), Ok(30));
    assert_eq!(sell(110), Ok(40));
    assert_eq!(
        sell(111),
        Err(EngineError::AuctionEnded {
            ends_at: 110,
            now: 111
        })
    );
    assert_eq!(
        BuyBack::default().rate_down(UnixTime(10)),
        Err(EngineError::NoAuction)
    );
}

#[test]
fn a_seller_gets_what_he_asks_or_nothing_happens() {
    let (ledger, buy_back) = running();
    let sell = |amount, min| {
        buy_back.sell(
            ledger,
            GovAtoms(amount),
            Atoms(min),
            TARGET,
            ANY,
            UnixTime(10),
        )
    };
    assert_eq!(sell(0, 0), Err(EngineError::ZeroAmount));
    assert_eq!(
        sell(10, 21),
        Err(EngineError::ProceedsBelowMin {
            proceeds: 20,
            min: 21
        })
    );
    assert_eq!(sell(10, 20).unwrap().paid, Atoms(20), "just what he asks");
    let all = sell(1_000, 0).unwrap();
    assert_eq!((all.sold, all.paid), (GovAtoms(200), Atoms(400)));
    assert_eq!(all.buy_back, BuyBack::default());
    let cheap = BuyBack {
        low: rate(1, 10),
        high: rate(1, 10),
        ..buy_back
    };
    assert_eq!(
        cheap.sell(ledger, GovAtoms(9), Atoms(0), TARGET, ANY, UnixTime(10)),
        Err(EngineError::AmountTooSmall),
        "nobody gives tokens for nothing"
    );
}

#[test]
fn its_prices_are_the_lowest_reading_and_that_at_a_discount() {
    let policy = PricePolicy {
        max_discount: Bps(2_000),
        premium: Bps(5_000),
        fixed_floor: rate(3, 1),
        fixed_start: rate(5, 1),
    };
    let quote = |spot, ema| Quote {
        price: Price {
            spot,
            ema,
            conf: 0,
            exponent: 0,
        },
        decimals: 0,
    };
    // Token at the lower of 100 and 90, debt at the higher of 1 and 2: 45, less a
    // fifth 36. Neither the premium nor a fixed price plays a part.
    let feed = Some((quote(100, 90), quote(1, 2)));
    assert_eq!(policy.buy_back_range(true, feed), Some(range(36, 45)));
    assert_eq!(
        policy.buy_back_range(true, None),
        None,
        "a stale feed is no price"
    );
    assert_eq!(policy.buy_back_range(false, None), Some(range(3, 5)));
    let unpriced = PricePolicy {
        fixed_floor: Rate(0),
        ..policy
    };
    assert_eq!(unpriced.buy_back_range(false, None), None);
    let worthless = Some((quote(1, 1), quote(u64::MAX, u64::MAX)));
    assert_eq!(policy.buy_back_range(true, worthless), None);
}

#[test]
fn a_loss_takes_the_budget_back() {
    let (ledger, buy_back) = running();
    let mut poor = ledger;
    poor.insurance = Atoms(150);
    let plan = buy_back
        .sell(poor, GovAtoms(1_000), Atoms(0), TARGET, ANY, UnixTime(10))
        .unwrap();
    assert_eq!(plan.paid, Atoms(50));
    let mut short = bank(10, 1);
    short.insurance = Atoms(500);
    assert_eq!(
        buy_back.sell(short, GovAtoms(1), Atoms(0), TARGET, ANY, UnixTime(10)),
        Err(EngineError::DeficitOpen { deficit: 1 })
    );
    assert!(buy_back.require_closable(&short, UnixTime(10)).is_ok());
}

#[test]
fn closes_after_its_time() {
    let (ledger, buy_back) = running();
    assert_eq!(
        buy_back.require_closable(&ledger, UnixTime(110)),
        Err(EngineError::AuctionNotEnded {
            ends_at: 110,
            now: 110
        })
    );
    assert!(buy_back.require_closable(&ledger, UnixTime(111)).is_ok());
    assert_eq!(
        BuyBack::default().require_closable(&ledger, UnixTime(111)),
        Err(EngineError::NoAuction)
    );
}

#[test]
fn a_seller_after_a_crash_is_not_paid_the_price_before_it() {
    let (ledger, buy_back) = running();
    let at_curve = buy_back
        .sell(ledger, GovAtoms(10), Atoms(0), TARGET, ANY, UnixTime(110))
        .unwrap();
    let after_crash = buy_back
        .sell(
            ledger,
            GovAtoms(10),
            Atoms(0),
            TARGET,
            Rate(1 << 64),
            UnixTime(110),
        )
        .unwrap();
    assert_eq!(at_curve.rate, Rate(4 << 64));
    assert_eq!(
        (after_crash.rate, after_crash.paid),
        (Rate(1 << 64), Atoms(10))
    );
}

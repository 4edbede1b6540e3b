//! The interest curve and accrual against exact rationals.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::interest::{FeeSplit, RateCurve, SECS_PER_YEAR};
use backstop_engine::ledger::{Ledger, INDEX_MAX};
use backstop_engine::units::{Atoms, Bps, UnixTime};
use backstop_engine::EngineError;
use common::*;
use num_traits::ToPrimitive;
use proptest::prelude::*;

fn curves() -> impl Strategy<Value = RateCurve> {
    (0u32..30_000, 0u32..30_000, 0u32..40_000, 1u32..10_000).prop_map(
        |(base, below, above, kink)| RateCurve {
            base: Bps(base),
            slope_below: Bps(below),
            slope_above: Bps(above),
            kink: Bps(kink),
        },
    )
}

fn splits() -> impl Strategy<Value = FeeSplit> {
    (0u32..=10_000, 0u32..=10_000).prop_map(|(a, b)| FeeSplit {
        protocol: Bps(a.min(10_000 - b.min(10_000))),
        insurance: Bps(b),
    })
}

/// A yearly rate at a utilisation that is given in whole parts per billion.
fn yearly(curve: &RateCurve, used: &Q) -> Q {
    let kink = bps(curve.kink.0);
    if *used <= kink {
        bps(curve.base.0) + bps(curve.slope_below.0) * used / kink
    } else {
        let above = (used - &kink) / (q(1) - kink);
        bps(curve.base.0) + bps(curve.slope_below.0) + bps(curve.slope_above.0) * above
    }
}

const FLAT: RateCurve = RateCurve {
    base: Bps(1_000),
    slope_below: Bps(0),
    slope_above: Bps(0),
    kink: Bps(5_000),
};

const NO_FEES: FeeSplit = FeeSplit {
    protocol: Bps(0),
    insurance: Bps(0),
};

fn run(mut ledger: Ledger, curve: RateCurve, split: FeeSplit, until: i64, step: i64) -> Ledger {
    let mut now = ledger.accrued_at.0;
    while now < until {
        now = (now + step).min(until);
        ledger = ledger.accrue(curve, split, UnixTime(now)).unwrap();
    }
    ledger
}

fn fees_are_fair(
    interest: u64,
    protocol: u64,
    insurance: u64,
    split: FeeSplit,
) -> Result<(), TestCaseError> {
    let (p, i) = (bps(split.protocol.0), bps(split.insurance.0));
    let all = q(interest) * (&p + &i);
    prop_assert!(apart(&q(protocol + insurance), &all) < q(1), "both {all}");
    prop_assert!(apart(&q(protocol), &(q(interest) * p)) < q(2));
    prop_assert!(apart(&q(insurance), &(q(interest) * i)) < q(2));
    Ok(())
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn the_curve_is_exact_in_parts_per_billion(ledger in ledgers(61), curve in curves()) {
        let billion = q(1_000_000_000u64);
        let all = u128::from(ledger.cash.0) + u128::from(ledger.borrowed.0);
        let used = if ledger.borrowed.is_zero() { q(0) } else { frac(ledger.borrowed.0, all) };
        let used = (used * &billion).floor() / &billion;
        let exact = down(&(yearly(&curve, &used) * &billion));
        prop_assert_eq!(curve.yearly_ppb_down(&ledger), fit128(&exact));
        prop_assert!(exact <= down(&(bps(curve.highest().0) * billion)));
    }

    #[test]
    fn the_curve_never_falls_as_utilisation_rises(curve in curves(), a in 0u64..=1_000_000, b in 0u64..=1_000_000) {
        let at = |owed: u64| curve.yearly_ppb_down(&lending_bank(1_000_000 - owed, owed)).unwrap();
        prop_assert!(at(a.min(b)) <= at(a.max(b)));
    }

    #[test]
    fn accrual_is_exact(ledger in ledgers(50), curve in curves(), split in splits(), secs in log_u64(32)) {
        let next = ledger.accrue(curve, split, UnixTime(secs as i64)).unwrap();
        prop_assert_eq!(next.accrued_at, UnixTime(secs as i64));
        let rate = q(curve.yearly_ppb_down(&ledger).unwrap());
        let growth = q(ledger.index) * rate * q(secs) / q(SECS_PER_YEAR) / q(1_000_000_000u64);
        let index = if ledger.debt_shares.is_zero() {
            q(ledger.index)
        } else {
            q((q(ledger.index) + growth).ceil().to_integer().min(INDEX_MAX.into()))
        };
        let borrowed = down(&(q(ledger.debt_shares.0) * &index * two(-96)));
        if let Some(borrowed) = borrowed.to_u64() {
            prop_assert_eq!(q(next.index), index);
            prop_assert_eq!(next.borrowed.0, borrowed);
            let interest = borrowed - ledger.borrowed.0;
            let protocol = next.protocol_fees.0 - ledger.protocol_fees.0;
            let insurance = next.insurance_fees.0 - ledger.insurance_fees.0;
            let lenders = next.lender_assets.0 - ledger.lender_assets.0;
            prop_assert_eq!(protocol + insurance + lenders, interest);
            fees_are_fair(interest, protocol, insurance, split)?;
            prop_assert!(gross(&next) >= gross(&ledger));
            assert_sound(&next);
        } else {
            // Interest that does not fit is not booked.
            prop_assert_eq!(next, Ledger { accrued_at: next.accrued_at, ..ledger });
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn many_small_accruals_owe_no_less_than_one_and_hardly_more_than_compounding(
        owed in 1u64..1 << 40, cash in 0u64..1 << 40, steps in 1i64..200,
    ) {
        let ledger = lending_bank(cash, owed);
        let until = 31_536 * steps;
        let once = run(ledger, FLAT, NO_FEES, until, until);
        let often = run(ledger, FLAT, NO_FEES, until, 31_536);
        prop_assert!(often.index >= once.index);
        // (1 + r)^n, and one unit in the last place of the index a step.
        let factor = q(1) + frac(1, 10_000);
        let mut exact = q(ledger.index);
        for _ in 0..steps {
            exact *= &factor;
        }
        prop_assert!(q(often.index) >= exact);
        prop_assert!(q(often.index) <= exact + q(2 * steps));
    }

    #[test]
    fn fees_do_not_depend_on_how_often_interest_is_booked(
        owed in 1u64..1 << 32, split in splits(), step in 1i64..100,
    ) {
        let ledger = lending_bank(0, owed);
        let often = run(ledger, FLAT, split, 2_000, step);
        let interest = often.borrowed.0 - owed;
        fees_are_fair(interest, often.protocol_fees.0, often.insurance_fees.0, split)?;
        assert_sound(&often);
    }
}

#[test]
fn accruing_every_second_does_not_starve_the_fees() {
    // Three tenths of an atom of interest a second: no single accrual brings
    // a whole atom of fees.
    let ledger = lending_bank(0, 94_608_000);
    let split = FeeSplit {
        protocol: Bps(1_000),
        insurance: Bps(1_000),
    };
    let often = run(ledger, FLAT, split, 10_000, 1);
    let interest = often.borrowed.0 - ledger.borrowed.0;
    assert!((3_000..3_003).contains(&interest), "{interest}");
    assert!(often.insurance_fees.0.abs_diff(300) <= 1);
    assert!(often.protocol_fees.0.abs_diff(300) <= 1);
}

#[test]
fn a_fee_is_booked_when_a_whole_atom_of_it_is_due() {
    // An atom of interest at a time on a debt of 1 000.
    let fees = |split| {
        [1, 2, 3].map(|atoms| {
            let until = atoms * (SECS_PER_YEAR / 100) as i64;
            let books = run(lending_bank(0, 1_000), FLAT, split, until, until / atoms);
            assert_eq!(books.borrowed, Atoms(1_000 + atoms as u64));
            (books.protocol_fees.0, books.insurance_fees.0)
        })
    };
    let [none, half, all] = [0, 5_000, 10_000].map(Bps);
    let split = |protocol, insurance| FeeSplit {
        protocol,
        insurance,
    };
    assert_eq!(fees(split(half, none)), [(0, 0), (1, 0), (1, 0)]);
    assert_eq!(fees(split(none, half)), [(0, 0), (0, 1), (0, 1)]);
    assert_eq!(fees(split(all, none)), [(1, 0), (2, 0), (3, 0)]);
    // Of whole fees, the odd atom is the protocol's.
    assert_eq!(fees(split(half, half)), [(1, 0), (1, 1), (2, 1)]);
}

#[test]
fn a_second_of_a_small_debt_is_not_lost() {
    // A debt of one atom at 10 % a year, booked every second for a tenth of a
    // million seconds: the index has grown by what simple interest demands.
    let ledger = lending_bank(0, 1);
    let often = run(ledger, FLAT, NO_FEES, 100_000, 1);
    let simple = q(ledger.index) * (q(1) + frac(100_000 / 10, SECS_PER_YEAR));
    assert!(q(often.index) >= simple);
    assert!(q(often.index) < simple * (q(1) + frac(1, 1_000_000)));
}

#[test]
fn time_does_not_go_back() {
    let mut ledger = lending_bank(10, 10);
    ledger.accrued_at = UnixTime(100);
    assert_eq!(
        ledger.accrue(FLAT, NO_FEES, UnixTime(99)),
        Err(EngineError::TimeWentBack { last: 100, now: 99 })
    );
    assert_eq!(ledger.accrue(FLAT, NO_FEES, UnixTime(100)), Ok(ledger));
}

#[test]
fn an_idle_bank_only_gets_older() {
    let ledger = bank(10, 3);
    let next = ledger.accrue(FLAT, NO_FEES, UnixTime(1_000)).unwrap();
    assert_eq!(
        next,
        Ledger {
            accrued_at: UnixTime(1_000),
            ..ledger
        }
    );
}

#[test]
fn a_debt_that_outgrows_the_books_still_takes_repayments() {
    let mut ledger = lending_bank(0, 1 << 62);
    for year in 1..200 {
        ledger = ledger
            .accrue(FLAT, NO_FEES, UnixTime(year * SECS_PER_YEAR as i64))
            .unwrap();
        assert_sound(&ledger);
    }
    assert!(ledger.borrowed.0 > 1 << 63, "it grew while it fitted");
    let plan = ledger
        .repay(Atoms(1 << 60), ledger.debt_shares, Atoms(0))
        .unwrap();
    assert!(plan.ledger.borrowed < ledger.borrowed);
}

#[test]
fn the_kink_is_where_the_slope_changes() {
    let curve = RateCurve {
        base: Bps(100),
        slope_below: Bps(400),
        slope_above: Bps(9_500),
        kink: Bps(8_000),
    };
    let at = |owed: u64| curve.yearly_ppb_down(&lending_bank(10_000 - owed, owed));
    assert_eq!(at(0), Ok(10_000_000));
    assert_eq!(at(4_000), Ok(30_000_000));
    assert_eq!(at(8_000), Ok(50_000_000));
    assert_eq!(at(9_000), Ok(525_000_000));
    assert_eq!(at(10_000), Ok(1_000_000_000));
    assert!(curve.has_kink());
    assert!(!RateCurve {
        kink: Bps(0),
        ..curve
    }
    .has_kink());
    assert!(!RateCurve {
        kink: Bps(10_000),
        ..curve
    }
    .has_kink());
}

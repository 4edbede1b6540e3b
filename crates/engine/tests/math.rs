//! Full-width arithmetic and quantities against exact rationals.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::math::{
    div_down, div_up, mul_div_down, mul_div_up, mul_shr_down, mul_shr_up, pow10, to_u64,
};
use backstop_engine::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};
use backstop_engine::EngineError;
use common::*;
use num_bigint::BigUint;
use num_traits::ToPrimitive;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn mul_div_is_exact(a in log_u128(128), b in log_u128(128), d in log_u128(128)) {
        if d == 0 {
            prop_assert_eq!(mul_div_down(a, b, d), Err(EngineError::DivisionByZero));
            prop_assert_eq!(mul_div_up(a, b, d), Err(EngineError::DivisionByZero));
        } else {
            let exact = q(a) * q(b) / q(d);
            prop_assert_eq!(mul_div_down(a, b, d), fit128(&down(&exact)));
            prop_assert_eq!(mul_div_up(a, b, d), fit128(&up(&exact)));
        }
    }

    #[test]
    fn mul_div_is_exact_where_the_quotient_fits(a in log_u128(128), d in log_u128(128), b in any::<u128>()) {
        let d = d.max(1);
        let b = b % d.max(2);
        let exact = q(a) * q(b) / q(d);
        prop_assert_eq!(mul_div_down(a, b, d), fit128(&down(&exact)));
        prop_assert_eq!(mul_div_up(a, b, d), fit128(&up(&exact)));
    }

    #[test]
    fn mul_shr_is_exact(a in log_u128(128), b in log_u128(128), bits in 0u32..=128) {
        let exact = q(a) * q(b) * two(-(bits as i32));
        prop_assert_eq!(mul_shr_down(a, b, bits), fit128(&down(&exact)));
        prop_assert_eq!(mul_shr_up(a, b, bits), fit128(&up(&exact)));
    }

    #[test]
    fn div_is_exact(a in log_u128(128), d in log_u128(128)) {
        if d == 0 {
            prop_assert_eq!(div_down(a, d), Err(EngineError::DivisionByZero));
            prop_assert_eq!(div_up(a, d), Err(EngineError::DivisionByZero));
        } else {
            let exact = frac(a, d);
            prop_assert_eq!(div_down(a, d), fit128(&down(&exact)));
            prop_assert_eq!(div_up(a, d), fit128(&up(&exact)));
        }
    }

    #[test]
    fn basis_points_are_exact(amount in log_u64(64), share in 0u32..=200_000) {
        let exact = q(amount) * bps(share);
        prop_assert_eq!(Bps(share).of_down(amount), fit64(&down(&exact)));
        prop_assert_eq!(Bps(share).of_up(amount), fit64(&up(&exact)));
    }

    #[test]
    fn costs_and_counts_of_tokens_are_exact(amount in log_u64(64), price in log_u128(128)) {
        let exact = q(amount) * q(price) * two(-64);
        let rate = Rate(price);
        prop_assert_eq!(rate.cost_up(GovAtoms(amount)), fit64(&up(&exact)).map(Atoms));
        prop_assert_eq!(rate.cost_down(GovAtoms(amount)), fit64(&down(&exact)).map(Atoms));
        if price > 0 {
            let count = q(amount) * two(64) / q(price);
            prop_assert_eq!(rate.tokens_up(Atoms(amount)), fit64(&up(&count)).map(GovAtoms));
            prop_assert_eq!(rate.tokens_down(Atoms(amount)), fit64(&down(&count)).map(GovAtoms));
        }
    }

    #[test]
    fn times_add_up(a in any::<i64>(), b in any::<i64>()) {
        let (early, late) = (UnixTime(a.min(b)), UnixTime(a.max(b)));
        let gap = i128::from(late.0) - i128::from(early.0);
        let expected = u64::try_from(gap).ok().filter(|_| i64::try_from(gap).is_ok());
        prop_assert_eq!(late.since(early).ok(), expected);
        if early < late {
            prop_assert!(early.since(late).is_err());
        }
        prop_assert_eq!(early.plus(gap as u64), late);
    }
}

#[test]
fn mul_div_is_exact_on_hard_limbs() {
    // Digits at which a wrong estimate of a quotient digit would show.
    const LIMBS: [u64; 7] = [
        0,
        1,
        1 << 32,
        (1 << 63) - 1,
        1 << 63,
        u64::MAX - 1,
        u64::MAX,
    ];
    let numbers: Vec<u128> = LIMBS
        .iter()
        .flat_map(|&high| LIMBS.map(|low| (u128::from(high) << 64) | u128::from(low)))
        .collect();
    let mut divided = 0;
    for &a in &numbers {
        for &b in numbers.iter().filter(|b| **b >= a) {
            let product = BigUint::from(a) * b;
            for &d in numbers.iter().filter(|d| **d > 0) {
                let floor = &product / d;
                let ceil = (&product + (d - 1)) / d;
                assert_eq!(
                    mul_div_down(a, b, d).ok(),
                    floor.to_u128(),
                    "floor {a} {b} {d}"
                );
                assert_eq!(mul_div_up(a, b, d).ok(), ceil.to_u128(), "ceil {a} {b} {d}");
                divided += 1;
            }
        }
    }
    assert_eq!(divided, 49 * 50 / 2 * 48);
}

#[test]
fn the_greatest_product_divides_by_the_greatest_number() {
    assert_eq!(mul_div_down(u128::MAX, u128::MAX, u128::MAX), Ok(u128::MAX));
    assert_eq!(mul_div_up(u128::MAX, u128::MAX, u128::MAX), Ok(u128::MAX));
    assert_eq!(
        mul_div_down(u128::MAX, u128::MAX, u128::MAX - 1),
        Err(EngineError::Overflow)
    );
    // The floor fits, its successor does not.
    assert_eq!(
        mul_div_up(u128::MAX, u128::MAX - 1, u128::MAX - 2),
        Err(EngineError::Overflow)
    );
}

#[test]
fn shifts_beyond_the_high_half_are_refused() {
    assert_eq!(mul_shr_down(1, 1, 129), Err(EngineError::Overflow));
    assert_eq!(mul_shr_up(0, 0, 129), Err(EngineError::Overflow));
}

#[test]
fn a_product_is_shifted_by_nothing_and_by_a_whole_half() {
    for shr in [mul_shr_down, mul_shr_up] {
        assert_eq!(shr(u128::MAX, 1, 0), Ok(u128::MAX));
        assert_eq!(shr(1 << 127, 2, 0), Err(EngineError::Overflow));
        assert_eq!(shr(1 << 127, 2, 128), Ok(1), "nothing is lost");
    }
    assert_eq!(mul_shr_down(1 << 127, 3, 128), Ok(1));
    assert_eq!(mul_shr_up(1 << 127, 3, 128), Ok(2));
}

#[test]
fn powers_of_ten_end_at_38() {
    for e in 0..=38 {
        assert_eq!(pow10(e).map(q), Ok(ten(e as i32)));
    }
    assert_eq!(pow10(39), Err(EngineError::Overflow));
}

#[test]
fn narrowing_is_checked() {
    assert_eq!(to_u64(u128::from(u64::MAX)), Ok(u64::MAX));
    assert_eq!(to_u64(u128::from(u64::MAX) + 1), Err(EngineError::Overflow));
}

#[test]
fn quantities_neither_wrap_nor_go_below_zero() {
    assert_eq!(Atoms(u64::MAX).add(Atoms(1)), Err(EngineError::Overflow));
    assert_eq!(Atoms(1).sub(Atoms(2)), Err(EngineError::Underflow));
    assert_eq!(Atoms(1).saturating_sub(Atoms(2)), Atoms::ZERO);
    assert_eq!(Bps(u32::MAX).below_one(), 0);
    assert_eq!(Bps(10_001).below_one(), 0);
    assert_eq!(Bps(1).below_one(), 9_999);
    assert_eq!(Bps(1).above_one(), 10_001);
    assert_eq!(
        Rate(0).tokens_up(Atoms(1)),
        Err(EngineError::DivisionByZero)
    );
    assert_eq!(
        Rate(0).tokens_down(Atoms(1)),
        Err(EngineError::DivisionByZero)
    );
}

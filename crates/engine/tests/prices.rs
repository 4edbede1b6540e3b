//! Limits on prices, readings, dollar values and exchange rates.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::price::{
    exchange_rate_down, exchange_rate_up, Observation, OracleLimits, Price, Quote, Reading,
};
use backstop_engine::units::{Atoms, Bps, UnixTime, Value};
use backstop_engine::EngineError;
use common::*;
use num_bigint::BigInt;
use proptest::prelude::*;

const LIMITS: OracleLimits = OracleLimits {
    max_age_secs: 60,
    max_conf: Bps(100),
    max_divergence: Bps(1_000),
};

const GOOD: Observation = Observation {
    price: 1_000_000,
    conf: 1_000,
    ema: 1_000_000,
    exponent: -6,
    published: UnixTime(1_000),
};

fn accept(observation: Observation) -> Result<Price, EngineError> {
    observation.accept(LIMITS, UnixTime(0), UnixTime(1_000))
}

/// Prices that an oracle may have: positive, with a smaller confidence.
fn prices() -> impl Strategy<Value = Price> {
    (pos_u64(63), pos_u64(63), log_u64(63), -18i32..=0).prop_map(|(spot, ema, conf, exponent)| {
        Price {
            spot,
            ema,
            conf: conf.min(spot.min(ema) - 1),
            exponent,
        }
    })
}

fn quotes() -> impl Strategy<Value = Quote> {
    (prices(), 0u8..=18).prop_map(|(price, decimals)| Quote { price, decimals })
}

fn dollars(price: &Price, mantissa: &Q) -> Q {
    mantissa * ten(price.exponent)
}

/// What a reading is by its definition, in the mantissa's unit.
fn read(price: &Price, reading: Reading) -> Q {
    let (spot, ema, conf) = (q(price.spot), q(price.ema), q(price.conf));
    match reading {
        Reading::Low => spot.min(ema) - conf,
        Reading::Spot => spot,
        Reading::High => spot.max(ema) + conf,
    }
}

const READINGS: [Reading; 3] = [Reading::Low, Reading::Spot, Reading::High];

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn values_are_exact(price in prices(), atoms in log_u64(64), decimals in 0u8..=18) {
        for reading in READINGS {
            prop_assert_eq!(q(price.read(reading).unwrap()), read(&price, reading));
            let tokens = q(atoms) * ten(-i32::from(decimals));
            let exact = dollars(&price, &read(&price, reading)) * tokens * ten(12);
            let expected = |n: BigInt| fit128(&n).map(Value);
            prop_assert_eq!(price.value_down(Atoms(atoms), decimals, reading), expected(down(&exact)));
            prop_assert_eq!(price.value_up(Atoms(atoms), decimals, reading), expected(up(&exact)));
        }
    }

    #[test]
    fn readings_are_ordered(price in prices()) {
        let [low, spot, high] = READINGS.map(|r| price.read(r).unwrap());
        prop_assert!(0 < low && low <= spot && spot <= high);
    }

    #[test]
    fn atoms_for_a_value_are_exact_and_saturate(price in prices(), value in log_u128(128), decimals in 0u8..=18) {
        let token = dollars(&price, &q(price.spot)) * ten(12);
        let exact = q(value) / token * ten(i32::from(decimals));
        let expected = |n: BigInt| Atoms(fit64(&n).unwrap_or(u64::MAX));
        prop_assert_eq!(price.atoms_down(Value(value), decimals), Ok(expected(down(&exact))));
        prop_assert_eq!(price.atoms_up(Value(value), decimals), Ok(expected(up(&exact))));
    }

    #[test]
    fn exchange_rates_round_away_from_the_taker_by_at_most_three_units(
        token in quotes(), debt in quotes(), factor in 1u32..=20_000,
    ) {
        let worth = |quote: &Quote, mantissa: u64| {
            dollars(&quote.price, &q(mantissa)) * ten(-i32::from(quote.decimals))
        };
        let low = worth(&token, token.price.spot.min(token.price.ema))
            / worth(&debt, debt.price.spot.max(debt.price.ema)) * bps(factor) * two(64);
        let high = worth(&token, token.price.spot.max(token.price.ema))
            / worth(&debt, debt.price.spot.min(debt.price.ema)) * bps(factor) * two(64);
        match exchange_rate_down(token, debt, u128::from(factor)) {
            Ok(rate) => {
                prop_assert!(q(rate.0) <= low);
                prop_assert!(low - q(rate.0) < q(3));
            }
            Err(error) => {
                prop_assert_eq!(error, EngineError::Overflow);
                prop_assert!(low.clone() / bps(factor.max(1)) >= two(128) || low >= two(128));
            }
        }
        match exchange_rate_up(token, debt, u128::from(factor)) {
            Ok(rate) => {
                prop_assert!(q(rate.0) >= high);
                prop_assert!(q(rate.0) - high < q(4));
            }
            Err(error) => {
                prop_assert_eq!(error, EngineError::Overflow);
                prop_assert!(high.clone() / bps(factor.max(1)) >= two(127) || high >= two(127));
            }
        }
    }

    #[test]
    fn what_is_accepted_keeps_every_limit(
        price in any::<i64>(), ema in any::<i64>(), near in -2_000i64..2_000, conf in log_u64(64),
        exponent in -19i32..=1, age in -2i64..70, stored in 0i64..100, conf_bps in 1u32..2_000,
        divergence in 1u32..5_000, close in any::<bool>(),
    ) {
        let ema = if close { price.saturating_add(price / 10_000 * near) } else { ema };
        let now = UnixTime(100);
        let published = UnixTime(100 - age);
        let limits = OracleLimits {
            max_age_secs: 60,
            max_conf: Bps(conf_bps),
            max_divergence: Bps(divergence),
        };
        let seen = Observation { price, conf, ema, exponent, published };
        let lower = q(price.min(ema));
        let good = (0..=60).contains(&age)
            && published.0 >= stored
            && (-18..=0).contains(&exponent)
            && price > 0 && ema > 0
            && q(conf) <= &lower * bps(conf_bps)
            && q(conf) < lower
            && apart(&q(price), &q(ema)) <= q(ema) * bps(divergence);
        let result = seen.accept(limits, UnixTime(stored), now);
        prop_assert_eq!(result.is_ok(), good, "{:?}", result);
        if let Ok(accepted) = result {
            prop_assert_eq!((accepted.spot, accepted.ema), (price as u64, ema as u64));
            prop_assert_eq!((accepted.conf, accepted.exponent), (conf, exponent));
            prop_assert!(READINGS.iter().all(|r| accepted.read(*r).is_ok_and(|p| p > 0)));
        }
    }
}

#[test]
fn a_good_price_is_stored_as_it_is() {
    let price = accept(GOOD).unwrap();
    assert_eq!(
        (price.spot, price.ema, price.conf, price.exponent),
        (1_000_000, 1_000_000, 1_000, -6)
    );
}

#[test]
fn each_limit_has_its_error_and_its_edge() {
    let at = |published, stored| {
        Observation {
            published: UnixTime(published),
            ..GOOD
        }
        .accept(LIMITS, UnixTime(stored), UnixTime(1_000))
    };
    assert!(at(940, 0).is_ok(), "as old as allowed");
    assert_eq!(
        at(939, 0),
        Err(EngineError::PriceStale {
            published: 939,
            now: 1_000,
            max_age: 60
        })
    );
    assert_eq!(
        at(1_001, 0),
        Err(EngineError::PriceFromTheFuture {
            published: 1_001,
            now: 1_000
        })
    );
    assert!(at(990, 990).is_ok(), "the same price again");
    assert_eq!(
        at(989, 990),
        Err(EngineError::PriceWentBack {
            published: 989,
            stored: 990
        })
    );
    for price in [0, -1, i64::MIN] {
        let refused = Err(EngineError::PriceNotPositive { price });
        assert_eq!(accept(Observation { price, ..GOOD }), refused);
        assert_eq!(accept(Observation { ema: price, ..GOOD }), refused);
    }
    for exponent in [1, -19, i32::MAX, i32::MIN] {
        assert_eq!(
            accept(Observation { exponent, ..GOOD }),
            Err(EngineError::PriceExponent { exponent })
        );
    }
    for exponent in [0, -18] {
        assert!(accept(Observation { exponent, ..GOOD }).is_ok());
    }
    assert!(
        accept(Observation {
            conf: 10_000,
            ..GOOD
        })
        .is_ok(),
        "1 %"
    );
    assert_eq!(
        accept(Observation {
            conf: 10_001,
            ..GOOD
        }),
        Err(EngineError::PriceUncertain {
            conf: 10_001,
            price: 1_000_000,
            max_bps: 100
        })
    );
    assert!(
        accept(Observation {
            price: 1_100_000,
            ..GOOD
        })
        .is_ok(),
        "10 % above"
    );
    assert!(
        accept(Observation {
            price: 900_000,
            ..GOOD
        })
        .is_ok(),
        "10 % below"
    );
    for price in [1_100_001, 899_999] {
        assert_eq!(
            accept(Observation { price, ..GOOD }),
            Err(EngineError::PriceDiverges {
                spot: price as u64,
                ema: 1_000_000,
                max_bps: 1_000
            })
        );
    }
}

#[test]
fn confidence_is_measured_against_the_lower_price() {
    let seen = Observation {
        price: 900_000,
        conf: 9_001,
        ..GOOD
    };
    assert_eq!(
        accept(seen),
        Err(EngineError::PriceUncertain {
            conf: 9_001,
            price: 900_000,
            max_bps: 100
        })
    );
}

#[test]
fn a_price_is_never_read_as_zero_even_where_limits_are_wide_open() {
    let limits = OracleLimits {
        max_conf: Bps(u32::MAX),
        ..LIMITS
    };
    let seen = |conf| {
        Observation {
            price: 5,
            ema: 5,
            conf,
            ..GOOD
        }
        .accept(limits, UnixTime(0), UnixTime(1_000))
    };
    assert_eq!(seen(4).unwrap().read(Reading::Low), Ok(1));
    assert!(matches!(seen(5), Err(EngineError::PriceUncertain { .. })));
}

#[test]
fn a_dollar_is_a_dollar_whatever_the_decimals() {
    for decimals in 0..=18u8 {
        for exponent in -18i32..=0 {
            let unit = 10u64.pow(exponent.unsigned_abs());
            let price = Price {
                spot: unit,
                ema: unit,
                conf: 0,
                exponent,
            };
            let token = Atoms(10u64.pow(u32::from(decimals)));
            let dollar = Value(1_000_000_000_000);
            assert_eq!(price.value_down(token, decimals, Reading::Spot), Ok(dollar));
            assert_eq!(price.value_up(token, decimals, Reading::Spot), Ok(dollar));
            assert_eq!(price.atoms_down(dollar, decimals), Ok(token));
            assert_eq!(price.atoms_up(dollar, decimals), Ok(token));
        }
    }
}

#[test]
fn an_unset_price_values_nothing_and_buys_nothing() {
    let unset = Price::default();
    assert_eq!(
        unset.atoms_up(Value(1), 6),
        Err(EngineError::DivisionByZero)
    );
    assert_eq!(
        unset.atoms_down(Value(1), 6),
        Err(EngineError::DivisionByZero)
    );
}

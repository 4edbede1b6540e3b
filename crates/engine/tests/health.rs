//! The three checks against exact rationals.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::health::{Asset, Check, Sums, Weights};
use backstop_engine::price::Price;
use backstop_engine::units::{Atoms, Bps};
use backstop_engine::EngineError;
use common::*;
use proptest::prelude::*;

fn assets() -> impl Strategy<Value = Asset> {
    (
        (pos_u64(30), pos_u64(30), log_u64(30), -18i32..=0),
        (0u8..=18, 0u32..=9_000, 0u32..=1_000, 10_000u32..=20_000),
    )
        .prop_map(
            |((spot, ema, conf, exponent), (decimals, factor, gap, weight))| Asset {
                price: Price {
                    spot,
                    ema,
                    conf: conf.min(spot.min(ema) - 1),
                    exponent,
                },
                decimals,
                weights: Weights {
                    collateral_factor: Bps(factor),
                    liquidation_threshold: Bps(factor + gap),
                    liability_weight: Bps(weight),
                },
            },
        )
}

/// Dollars of `atoms` when one whole token is worth `mantissa · 10^exponent`.
fn dollars(asset: &Asset, mantissa: Q, atoms: u64) -> Q {
    mantissa * ten(asset.price.exponent) * q(atoms) * ten(-i32::from(asset.decimals))
}

fn low(p: &Price) -> Q {
    q(p.spot.min(p.ema)) - q(p.conf)
}

fn high(p: &Price) -> Q {
    q(p.spot.max(p.ema)) + q(p.conf)
}

const TRILLION: i32 = 12;

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn sums_are_exact_within_a_unit_a_position(
        collateral in prop::collection::vec((assets(), log_u64(40)), 0..5),
        debts in prop::collection::vec((assets(), log_u64(40)), 0..4),
    ) {
        for check in [Check::Initial, Check::Maintenance, Check::Insolvency] {
            let mut sums = Sums::default();
            let (mut c, mut d, mut wc, mut wd) = (q(0), q(0), q(0), q(0));
            for (asset, atoms) in &collateral {
                sums.add_collateral(check, asset, Atoms(*atoms)).unwrap();
                let (mantissa, weight) = match check {
                    Check::Initial => (low(&asset.price), asset.weights.collateral_factor),
                    Check::Maintenance => (q(asset.price.spot), asset.weights.liquidation_threshold),
                    Check::Insolvency => (high(&asset.price), Bps(10_000)),
                };
                let value = dollars(asset, mantissa, *atoms) * ten(TRILLION);
                wc += &value * q(weight.0);
                c += value;
            }
            for (asset, atoms) in &debts {
                sums.add_debt(check, asset, Atoms(*atoms)).unwrap();
                let mantissa = match check {
                    Check::Initial => high(&asset.price),
                    Check::Maintenance => q(asset.price.spot),
                    Check::Insolvency => low(&asset.price),
                };
                let value = dollars(asset, mantissa, *atoms) * ten(TRILLION);
                wd += &value * q(asset.weights.liability_weight.0);
                d += value;
            }
            let (cs, ds) = (q(sums.collateral.0), q(sums.debt.0));
            let (n, m) = (q(collateral.len()), q(debts.len()));
            if check == Check::Insolvency {
                prop_assert!(cs >= c && cs <= &c + n, "collateral kindly");
                prop_assert!(ds <= d && ds >= &d - m, "debt kindly");
                prop_assert_eq!((sums.weighted_collateral, sums.weighted_debt), (0, 0));
                if sums.is_underwater() {
                    prop_assert!(c < d, "insolvent only if it is");
                }
                prop_assert_eq!(sums.require_insolvent().is_ok(), cs < ds);
            } else {
                prop_assert!(cs <= c && cs >= &c - &n);
                prop_assert!(ds >= d && ds <= &d + &m);
                let (wcs, wds) = (q(sums.weighted_collateral), q(sums.weighted_debt));
                prop_assert!(wcs <= wc && wcs >= wc.clone() - n * q(10_000));
                prop_assert!(wds >= wd && wds <= wd.clone() + m * q(20_000));
                if sums.is_healthy() {
                    prop_assert!(wc >= wd, "healthy only if it is");
                }
                prop_assert_eq!(sums.require_healthy().is_ok(), wcs >= wds);
            }
        }
    }

    #[test]
    fn who_may_borrow_is_not_liquidated(
        collateral in prop::collection::vec((assets(), log_u64(40)), 1..4),
        debts in prop::collection::vec((assets(), log_u64(40)), 1..3),
    ) {
        let sums = |check| {
            let mut sums = Sums::default();
            for (asset, atoms) in &collateral {
                sums.add_collateral(check, asset, Atoms(*atoms)).unwrap();
            }
            for (asset, atoms) in &debts {
                sums.add_debt(check, asset, Atoms(*atoms)).unwrap();
            }
            sums
        };
        if sums(Check::Initial).is_healthy() {
            prop_assert!(sums(Check::Maintenance).is_healthy());
        }
        if sums(Check::Maintenance).is_healthy() {
            prop_assert!(!sums(Check::Insolvency).is_underwater());
        }
    }
}

const DOLLAR: Asset = Asset {
    price: Price {
        spot: 1_000_000,
        ema: 1_000_000,
        conf: 0,
        exponent: -6,
    },
    decimals: 6,
    weights: Weights {
        collateral_factor: Bps(7_500),
        liquidation_threshold: Bps(8_000),
        liability_weight: Bps(10_000),
    },
};

fn owing(check: Check, collateral: u64, debt: u64) -> Sums {
    let mut sums = Sums::default();
    sums.add_collateral(check, &DOLLAR, Atoms(collateral))
        .unwrap();
    sums.add_debt(check, &DOLLAR, Atoms(debt)).unwrap();
    sums
}

#[test]
fn at_the_threshold_is_healthy_and_an_atom_beyond_is_not() {
    assert!(owing(Check::Maintenance, 1_000, 800).is_healthy());
    let beyond = owing(Check::Maintenance, 1_000, 801);
    assert_eq!(
        beyond.require_healthy(),
        Err(EngineError::Unhealthy {
            collateral: 1_000 * 1_000_000 * 8_000,
            debt: 801 * 1_000_000 * 10_000
        })
    );
    assert!(owing(Check::Initial, 1_000, 750).is_healthy());
    assert!(!owing(Check::Initial, 1_000, 751).is_healthy());
}

#[test]
fn no_debt_is_healthy_without_collateral() {
    assert!(Sums::default().is_healthy());
    assert!(!Sums::default().is_underwater());
}

#[test]
fn equal_worth_is_not_insolvent() {
    let equal = owing(Check::Insolvency, 1_000, 1_000);
    assert_eq!(
        equal.require_insolvent(),
        Err(EngineError::NotInsolvent {
            collateral: 1_000_000_000,
            debt: 1_000_000_000
        })
    );
    assert!(owing(Check::Insolvency, 1_000, 1_001)
        .require_insolvent()
        .is_ok());
}

#[test]
fn a_wick_does_not_make_an_account_insolvent() {
    // Spot fell by half; the average has not moved.
    let mut wick = DOLLAR;
    wick.price.spot = 500_000;
    let mut spot = Sums::default();
    spot.add_collateral(Check::Maintenance, &wick, Atoms(1_000))
        .unwrap();
    spot.add_debt(Check::Maintenance, &DOLLAR, Atoms(700))
        .unwrap();
    assert!(spot.is_underwater());
    let mut kind = Sums::default();
    kind.add_collateral(Check::Insolvency, &wick, Atoms(1_000))
        .unwrap();
    kind.add_debt(Check::Insolvency, &DOLLAR, Atoms(700))
        .unwrap();
    assert!(kind.require_insolvent().is_err());
}

#[test]
fn leaving_a_single_share_behind_is_no_way_around_the_insolvency_check() {
    let before = owing(Check::Insolvency, 1_000, 900);
    let sliver = owing(Check::Insolvency, 1, 430);
    assert_eq!(
        sliver.require_not_driven_insolvent(&before),
        Err(EngineError::NotInsolvent {
            collateral: 1_000_000,
            debt: 430_000_000
        })
    );
    let emptied = owing(Check::Insolvency, 0, 1);
    assert!(emptied.require_not_driven_insolvent(&before).is_err());
    let cleared = owing(Check::Insolvency, 0, 0);
    assert!(cleared.require_not_driven_insolvent(&before).is_ok());
    let equal = owing(Check::Insolvency, 430, 430);
    assert!(equal.require_not_driven_insolvent(&before).is_ok());
    let insolvent = owing(Check::Insolvency, 1_000, 1_001);
    assert!(emptied.require_not_driven_insolvent(&insolvent).is_ok());
}

#[test]
fn worth_beyond_all_money_is_refused_not_wrapped() {
    let mut asset = DOLLAR;
    asset.decimals = 0;
    asset.price.exponent = 0;
    asset.price.spot = 1 << 62;
    asset.price.ema = 1 << 62;
    for check in [Check::Initial, Check::Maintenance, Check::Insolvency] {
        let mut sums = Sums::default();
        let refused = Err(EngineError::Overflow);
        assert_eq!(sums.add_collateral(check, &asset, Atoms(u64::MAX)), refused);
        assert_eq!(sums.add_debt(check, &asset, Atoms(u64::MAX)), refused);
        assert_eq!(sums, Sums::default());
    }
}

#[test]
fn a_bonus_is_covered_to_the_atom() {
    let covers = |collateral, debt, bonus| {
        owing(Check::Maintenance, collateral, debt).covers_debt_and(Bps(bonus))
    };
    assert!(covers(1_050, 1_000, 500));
    assert!(!covers(1_049, 1_000, 500));
    assert!(!covers(1_050, 1_000, 501));
    assert!(covers(1_000, 1_000, 0));
    assert!(covers(0, 0, 10_000));
}

//! Settings that contradict themselves, and changes that have to wait.
#![allow(clippy::arithmetic_side_effects)]

mod common;

use std::collections::BTreeSet;

use backstop_engine::settings::{BankConfig, MarketConfig, Raw, Rule, Setting, Waits};
use backstop_engine::state::{Pubkey, PYTH_RECEIVERS};
use backstop_engine::{EngineError, Result};
use common::*;
use proptest::prelude::*;

const SUPPLY: u64 = 1_000_000_000;

fn bank() -> BankConfig {
    BankConfig::recommended(6)
}

fn market() -> MarketConfig {
    MarketConfig {
        lifetime_issuance_cap: 200_000_000,
        ..MarketConfig::recommended(6)
    }
}

fn market_is_valid(settings: &MarketConfig) -> Result<()> {
    settings.validate(SUPPLY)
}

/// The least and the greatest number of a range as the table writes it.
fn edges(bounds: &str) -> (Option<u128>, Option<u128>) {
    let number = |text: &str| text.trim().replace('_', "").parse().ok();
    let (least, most) = bounds.split_once("..").expect("a range");
    (number(least), number(most.trim_start_matches('=')))
}

fn check_bounds<T: Copy>(rows: &[Setting<T>], base: T, validate: fn(&T) -> Result<()>) {
    assert_eq!(validate(&base), Ok(()));
    for row in rows {
        let (least, most) = edges(row.bounds);
        let refused = |number: u128| {
            let mut settings = base;
            if (row.set)(&mut settings, Raw::Number(number)).is_none() {
                return false;
            }
            let Err(EngineError::Config(rule)) = validate(&settings) else {
                return false;
            };
            rule.starts_with(&format!("{} must be in ", row.name))
        };
        if let Some(least) = least.filter(|least| *least > 0) {
            assert!(refused(least - 1), "{} below {least}", row.name);
            assert!(!refused(least), "{} at {least}", row.name);
        }
        if let Some(most) = most {
            assert!(refused(most + 1), "{} above {most}", row.name);
            assert!(!refused(most), "{} at {most}", row.name);
        }
    }
}

#[test]
fn every_bound_is_an_edge() {
    check_bounds(BankConfig::SETTINGS, bank(), BankConfig::validate);
    check_bounds(MarketConfig::SETTINGS, market(), market_is_valid);
    let edges = [
        "10_000..=100_000",
        "1..=600",
        "..=5_000",
        "1..",
        "..",
        "1..=2_592_000",
    ];
    let bounds: BTreeSet<_> = BankConfig::SETTINGS.iter().map(|row| row.bounds).collect();
    assert!(edges.iter().all(|edge| bounds.contains(edge)), "{bounds:?}");
}

/// Settings that break one rule, and what is said about it.
type Broken<T> = (fn(&mut T), &'static str);

const FACTOR: &str = "collateral_factor_bps must be below liquidation_threshold_bps, or both 0";
const SELF_LIQUIDATION: &str =
    "liquidation_threshold_bps x (1 + max_bonus_bps) must stay below 99 %: self-liquidation would pay";
const BANK_RULES: &[Broken<BankConfig>] = &[
    (
        |c| c.oracle_program = Pubkey::default(),
        "oracle_program must be a Pyth receiver program",
    ),
    (|c| c.collateral_factor_bps = 8_000, FACTOR),
    (|c| c.collateral_factor_bps = 8_001, FACTOR),
    (
        |c| (c.collateral_factor_bps, c.liquidation_threshold_bps) = (1, 0),
        FACTOR,
    ),
    (
        |c| c.min_bonus_bps = 1_001,
        "min_bonus_bps must not exceed max_bonus_bps",
    ),
    (|c| c.max_bonus_bps = 2_376, SELF_LIQUIDATION),
    (|c| c.liquidation_threshold_bps = 9_001, SELF_LIQUIDATION),
    (
        |c| c.slope_above_bps = 99_201,
        "base_rate_bps, slope_below_bps and slope_above_bps must not exceed 100000 together",
    ),
    (
        |c| c.slope_above_bps = u32::MAX,
        "base_rate_bps, slope_below_bps and slope_above_bps must not exceed 100000 together",
    ),
    (
        |c| c.protocol_fee_bps = 9_001,
        "protocol_fee_bps and insurance_fee_bps must not exceed 10000 together",
    ),
    (
        |c| (c.protocol_fee_bps, c.insurance_fee_bps) = (u32::MAX, u32::MAX),
        "protocol_fee_bps and insurance_fee_bps must not exceed 10000 together",
    ),
    (
        |c| c.fixed_floor_rate = (1u128 << 64).into(),
        "fixed_start_rate must not be below fixed_floor_rate",
    ),
    (
        |c| c.socialise_deadline_secs = 259_199,
        "socialise_delay_secs must not exceed socialise_deadline_secs",
    ),
];

const MARKET_RULES: &[Broken<MarketConfig>] = &[
    (
        |c| c.oracle_program = Pubkey::new_from_array([7; 32]),
        "oracle_program must be a Pyth receiver program, or all zero",
    ),
    (
        |c| c.issuance_auction_bps = 1_001,
        "issuance_auction_bps must not exceed issuance_window_bps",
    ),
];

fn check_rules<T: Copy>(
    rules: &[Rule<T>],
    broken: &[Broken<T>],
    base: T,
    validate: fn(&T) -> Result<()>,
) {
    for (break_it, rule) in broken {
        let mut settings = base;
        break_it(&mut settings);
        assert_eq!(validate(&settings), Err(EngineError::Config(rule)));
    }
    let shown: BTreeSet<_> = broken.iter().map(|(_, rule)| *rule).collect();
    let all: BTreeSet<_> = rules.iter().map(|rule| rule.says).collect();
    assert_eq!(shown, all);
}

#[test]
fn each_rule_names_what_breaks_it() {
    check_rules(BankConfig::RULES, BANK_RULES, bank(), BankConfig::validate);
    check_rules(MarketConfig::RULES, MARKET_RULES, market(), market_is_valid);
    let more = MarketConfig {
        lifetime_issuance_cap: SUPPLY + 1,
        ..market()
    };
    let rule = "lifetime_issuance_cap must not exceed the supply";
    assert_eq!(more.validate(SUPPLY), Err(EngineError::Config(rule)));
}

#[test]
fn spare_bytes_are_zero() {
    let rule = Err(EngineError::Config("reserved bytes must be zero"));
    let mut settings = bank();
    settings.reserved[5] = 1;
    assert_eq!(settings.validate(), rule);
    let mut settings = market();
    settings.reserved = 1;
    assert_eq!(settings.validate(SUPPLY), rule);
}

#[test]
fn the_edges_of_rules_are_accepted() {
    let banks: &[fn(&mut BankConfig)] = &[
        |c| c.collateral_factor_bps = 7_999,
        |c| (c.collateral_factor_bps, c.liquidation_threshold_bps) = (0, 0),
        |c| c.min_bonus_bps = 1_000,
        |c| c.max_bonus_bps = 2_375,
        |c| c.liquidation_threshold_bps = 9_000,
        |c| c.slope_above_bps = 99_200,
        |c| c.protocol_fee_bps = 9_000,
        |c| c.fixed_start_rate = (1u128 << 60).into(),
        |c| c.socialise_deadline_secs = 259_200,
        |c| c.oracle_program = PYTH_RECEIVERS[1],
    ];
    for (index, edge) in banks.iter().enumerate() {
        let mut settings = bank();
        edge(&mut settings);
        assert_eq!(settings.validate(), Ok(()), "edge {index}");
    }
    let markets: &[fn(&mut MarketConfig)] = &[
        |c| c.issuance_auction_bps = 1_000,
        |c| c.lifetime_issuance_cap = SUPPLY,
        |c| c.lifetime_issuance_cap = 0,
        |c| c.oracle_program = Pubkey::default(),
    ];
    for (index, edge) in markets.iter().enumerate() {
        let mut settings = market();
        edge(&mut settings);
        assert_eq!(settings.validate(SUPPLY), Ok(()), "edge {index}");
    }
}

/// Values above and below, or beside, the one in force.
fn neighbours(raw: Raw) -> Vec<(Raw, bool)> {
    match raw {
        Raw::Number(0) => vec![(Raw::Number(1), true)],
        Raw::Number(number) => vec![
            (Raw::Number(number + 1), true),
            (Raw::Number(number - 1), false),
        ],
        Raw::Address(key) => {
            let mut bytes = key.to_bytes();
            bytes[31] ^= 1;
            vec![(
                Raw::Address(Pubkey::new_from_array(bytes)),
                bytes[31] & 1 == 1,
            )]
        }
        Raw::Feed(mut feed) => {
            feed[0] ^= 1;
            vec![(Raw::Feed(feed), feed[0] & 1 == 1)]
        }
    }
}

fn check_directions<T: Copy>(rows: &[Setting<T>], base: T, raises_risk: fn(&T, &T) -> bool) {
    assert!(!raises_risk(&base, &base), "no change waits");
    for row in rows {
        for (value, is_up) in neighbours((row.get)(&base)) {
            let mut next = base;
            (row.set)(&mut next, value).expect("it fits");
            assert_eq!((row.get)(&next), value, "{}", row.name);
            let expected = match row.waits {
                Waits::Never => false,
                Waits::Up => is_up,
                Waits::Down => !is_up,
                Waits::Both => true,
            };
            assert_eq!(
                raises_risk(&base, &next),
                expected,
                "{} {value:?}",
                row.name
            );
        }
    }
}

#[test]
fn each_setting_waits_in_its_direction() {
    check_directions(BankConfig::SETTINGS, bank(), BankConfig::raises_risk);
    check_directions(MarketConfig::SETTINGS, market(), MarketConfig::raises_risk);
}

#[test]
fn governance_cannot_step_back_from_an_open_deficit_at_once() {
    for write_off_mode in [0, 1] {
        let weaker = BankConfig {
            write_off_mode,
            ..bank()
        };
        assert!(bank().raises_risk(&weaker));
    }
    let mut capped = market();
    capped.lifetime_issuance_cap = 0;
    let mut blind = market();
    blind.max_conf_bps = 1;
    for next in [capped, blind] {
        assert!(market().raises_risk(&next));
    }
}

#[test]
fn one_risky_setting_among_harmless_ones_waits() {
    let mut next = bank();
    next.bounty_bps = 0;
    next.deposit_cap = 0;
    assert!(!bank().raises_risk(&next));
    next.borrow_cap = u64::MAX;
    assert!(bank().raises_risk(&next));
}

#[test]
fn what_is_recommended_is_valid_whatever_the_decimals() {
    for decimals in 0..=u8::MAX {
        assert_eq!(BankConfig::recommended(decimals).validate(), Ok(()));
        assert_eq!(MarketConfig::recommended(decimals).validate(0), Ok(()));
    }
    let settings = BankConfig::recommended(6);
    assert_eq!(settings.min_debt, 10_000);
    assert_eq!(settings.deposit_cap, 1_000_000_000_000_000);
    assert_eq!(BankConfig::recommended(0).min_debt, 1);
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn accepted_terms_keep_a_hundredth_of_collateral_out_of_reach(
        threshold in 1u32..=12_000, max_bonus in 0u32..=60_000,
    ) {
        let settings = BankConfig {
            collateral_factor_bps: 0,
            liquidation_threshold_bps: threshold,
            min_bonus_bps: 0,
            max_bonus_bps: max_bonus,
            ..bank()
        };
        let taken = bps(threshold) * (q(1) + bps(max_bonus));
        let bounded = max_bonus <= 5_000;
        prop_assert_eq!(settings.validate().is_ok(), bounded && taken <= frac(99, 100));
    }
}

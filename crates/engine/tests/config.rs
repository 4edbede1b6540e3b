//! Settings that contradict themselves, and changes that have to wait.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::auction::{IssuanceLimits, PricePolicy, Schedule};
use backstop_engine::bucket::Limit;
use backstop_engine::config::{BankParams, MarketParams};
use backstop_engine::health::Weights;
use backstop_engine::interest::{FeeSplit, RateCurve};
use backstop_engine::ledger::BorrowLimits;
use backstop_engine::liquidation::Terms;
use backstop_engine::price::OracleLimits;
use backstop_engine::units::{Atoms, Bps, GovAtoms, Rate};
use backstop_engine::waterfall::Mode;
use backstop_engine::EngineError;
use common::*;
use proptest::prelude::*;

const MONTH: u32 = 2_592_000;

fn bank_params() -> BankParams {
    BankParams {
        weights: Weights {
            collateral_factor: Bps(7_500),
            liquidation_threshold: Bps(8_000),
            liability_weight: Bps(11_000),
        },
        liquidation: Terms {
            min_bonus: Bps(300),
            max_bonus: Bps(1_000),
            bonus_ramp: Bps(1_000),
            insurance_share: Bps(2_000),
            target_health: Bps(10_500),
            min_debt: Atoms(10),
            full_close_debt: Atoms(1_000),
        },
        deposit_cap: Atoms(1_000_000),
        borrow: BorrowLimits {
            borrow_cap: Atoms(900_000),
            max_utilisation: Bps(9_000),
            min_debt: Atoms(10),
        },
        curve: RateCurve {
            base: Bps(100),
            slope_below: Bps(400),
            slope_above: Bps(10_000),
            kink: Bps(8_000),
        },
        fees: FeeSplit {
            protocol: Bps(500),
            insurance: Bps(1_000),
        },
        oracle: OracleLimits {
            max_age_secs: 60,
            max_conf: Bps(200),
            max_divergence: Bps(1_000),
        },
        mode: Mode::InsuranceOnly,
        min_risk_age_secs: 600,
        draw_limit: Limit {
            capacity: 1_000,
            window_secs: 86_400,
        },
        bounty_share: Bps(100),
        bounty_limit: Limit {
            capacity: 100,
            window_secs: 86_400,
        },
        bounty_min_loss: Atoms(50),
        min_offer: Atoms(100),
        prices: PricePolicy {
            max_discount: Bps(2_000),
            premium: Bps(1_000),
            fixed_floor: Rate(1 << 60),
            fixed_start: Rate(1 << 61),
        },
        socialise_delay_secs: 86_400,
        socialise_deadline_secs: 864_000,
        insurance_target: Bps(500),
    }
}

fn market_params() -> MarketParams {
    MarketParams {
        config_delay_secs: 172_800,
        max_pause_secs: 86_400,
        schedule: Schedule {
            delay_secs: 3_600,
            duration_secs: 7_200,
        },
        issuance: IssuanceLimits {
            per_window: Bps(500),
            window_secs: 604_800,
            per_auction: Bps(200),
            lifetime_cap: GovAtoms(1_000),
        },
        max_discount: Bps(2_000),
        premium: Bps(1_000),
        max_failed_auctions: 3,
        oracle: OracleLimits {
            max_age_secs: 60,
            max_conf: Bps(200),
            max_divergence: Bps(1_000),
        },
    }
}

/// A setting that breaks exactly one rule, and what is said about it.
type Broken<P> = (fn(&mut P), &'static str);

const BANK_RULES: &[Broken<BankParams>] = &[
    (
        |p| p.weights.collateral_factor = Bps(8_000),
        "collateral_factor_bps must be below liquidation_threshold_bps",
    ),
    (
        |p| p.weights.collateral_factor = Bps(8_001),
        "collateral_factor_bps must be below liquidation_threshold_bps",
    ),
    (
        |p| {
            p.weights.collateral_factor = Bps(1);
            p.weights.liquidation_threshold = Bps(0);
        },
        "collateral_factor_bps must be below liquidation_threshold_bps",
    ),
    (
        |p| p.weights.liability_weight = Bps(9_999),
        "liability_weight_bps must be 10000..=100000",
    ),
    (
        |p| p.weights.liability_weight = Bps(100_001),
        "liability_weight_bps must be 10000..=100000",
    ),
    (
        |p| p.liquidation.min_bonus = Bps(1_001),
        "min_bonus_bps must not exceed max_bonus_bps",
    ),
    (
        |p| p.liquidation.bonus_ramp = Bps(0),
        "bonus_ramp_bps must be 1..=10000",
    ),
    (
        |p| p.liquidation.bonus_ramp = Bps(10_001),
        "bonus_ramp_bps must be 1..=10000",
    ),
    (
        |p| p.liquidation.insurance_share = Bps(10_001),
        "bonus_insurance_bps must not exceed 10000",
    ),
    (
        |p| {
            p.weights.collateral_factor = Bps(0);
            p.weights.liquidation_threshold = Bps(0);
            p.liquidation.max_bonus = Bps(5_001);
        },
        "max_bonus_bps must not exceed 5000",
    ),
    (
        |p| p.liquidation.max_bonus = Bps(2_376),
        "liquidation_threshold x (1 + max_bonus) must stay below 99 %: self-liquidation would pay",
    ),
    (
        |p| p.weights.liquidation_threshold = Bps(9_001),
        "liquidation_threshold x (1 + max_bonus) must stay below 99 %: self-liquidation would pay",
    ),
    (
        |p| p.liquidation.target_health = Bps(9_999),
        "target_health_bps must be 10000..=20000",
    ),
    (
        |p| p.liquidation.target_health = Bps(20_001),
        "target_health_bps must be 10000..=20000",
    ),
    (
        |p| p.liquidation.min_debt = Atoms(11),
        "min_debt must be the same for loans and liquidations",
    ),
    (
        |p| p.borrow.min_debt = Atoms(11),
        "min_debt must be the same for loans and liquidations",
    ),
    (
        |p| {
            p.borrow.min_debt = Atoms(0);
            p.liquidation.min_debt = Atoms(0)
        },
        "min_debt must be at least 1: dust debt would never be cleared",
    ),
    (
        |p| p.borrow.max_utilisation = Bps(10_001),
        "max_utilisation_bps must not exceed 10000",
    ),
    (
        |p| p.curve.kink = Bps(0),
        "kink_bps must lie strictly between 0 and 10000",
    ),
    (
        |p| p.curve.kink = Bps(10_000),
        "kink_bps must lie strictly between 0 and 10000",
    ),
    (
        |p| p.curve.slope_above = Bps(99_501),
        "the interest curve must not exceed 100000 bps a year",
    ),
    (
        |p| p.curve.base = Bps(u32::MAX),
        "the interest curve must not exceed 100000 bps a year",
    ),
    (
        |p| p.fees.protocol = Bps(9_001),
        "fee shares must not exceed 10000 bps together",
    ),
    (
        |p| p.fees.insurance = Bps(u32::MAX),
        "fee shares must not exceed 10000 bps together",
    ),
    (
        |p| p.oracle.max_age_secs = 0,
        "max_age_secs must be 1..=600",
    ),
    (
        |p| p.oracle.max_age_secs = 601,
        "max_age_secs must be 1..=600",
    ),
    (
        |p| p.oracle.max_conf = Bps(0),
        "max_conf_bps must be 1..=2000",
    ),
    (
        |p| p.oracle.max_conf = Bps(2_001),
        "max_conf_bps must be 1..=2000",
    ),
    (
        |p| p.oracle.max_divergence = Bps(0),
        "max_divergence_bps must be 1..=5000",
    ),
    (
        |p| p.oracle.max_divergence = Bps(5_001),
        "max_divergence_bps must be 1..=5000",
    ),
    (
        |p| p.min_risk_age_secs = 0,
        "min_risk_age_secs must be 1 s to 30 days",
    ),
    (
        |p| p.min_risk_age_secs = MONTH + 1,
        "min_risk_age_secs must be 1 s to 30 days",
    ),
    (
        |p| {
            p.draw_limit.window_secs = 0;
            p.bounty_limit.window_secs = 0
        },
        "limit_window_secs must be 1 s to 30 days",
    ),
    (
        |p| {
            p.draw_limit.window_secs = MONTH + 1;
            p.bounty_limit.window_secs = MONTH + 1
        },
        "limit_window_secs must be 1 s to 30 days",
    ),
    (
        |p| p.bounty_limit.window_secs = 86_401,
        "draws and bounties share one window",
    ),
    (
        |p| p.bounty_share = Bps(1_001),
        "bounty_bps must not exceed 1000",
    ),
    (
        |p| p.prices.fixed_start = Rate((1 << 60) - 1),
        "fixed_start_rate must not be below fixed_floor_rate",
    ),
    (
        |p| p.socialise_delay_secs = 0,
        "socialise_delay_secs must be 1 s to 30 days",
    ),
    (
        |p| p.socialise_delay_secs = MONTH + 1,
        "socialise_delay_secs must be 1 s to 30 days",
    ),
    (
        |p| p.socialise_deadline_secs = 0,
        "socialise_deadline_secs must be 1 s to 30 days",
    ),
    (
        |p| p.socialise_deadline_secs = MONTH + 1,
        "socialise_deadline_secs must be 1 s to 30 days",
    ),
    (
        |p| p.socialise_deadline_secs = 86_399,
        "socialise_delay_secs must not exceed socialise_deadline_secs",
    ),
    (
        |p| p.insurance_target = Bps(10_001),
        "insurance_target_bps must not exceed 10000",
    ),
];

const MARKET_RULES: &[Broken<MarketParams>] = &[
    (
        |p| p.config_delay_secs = 0,
        "config_delay_secs must be 1 s to 30 days",
    ),
    (
        |p| p.config_delay_secs = MONTH + 1,
        "config_delay_secs must be 1 s to 30 days",
    ),
    (
        |p| p.max_pause_secs = 0,
        "max_pause_secs must be 1 s to 30 days",
    ),
    (
        |p| p.max_pause_secs = MONTH + 1,
        "max_pause_secs must be 1 s to 30 days",
    ),
    (
        |p| p.schedule.duration_secs = 0,
        "auction_duration_secs must be 1 s to 30 days",
    ),
    (
        |p| p.schedule.duration_secs = MONTH + 1,
        "auction_duration_secs must be 1 s to 30 days",
    ),
    (
        |p| p.schedule.delay_secs = MONTH + 1,
        "auction_delay_secs must not exceed 30 days",
    ),
    (
        |p| p.issuance.window_secs = 0,
        "issuance_window_secs must be 1 s to 30 days",
    ),
    (
        |p| p.issuance.window_secs = MONTH + 1,
        "issuance_window_secs must be 1 s to 30 days",
    ),
    (
        |p| p.issuance.per_window = Bps(10_001),
        "issuance_window_bps must not exceed 10000: more than the supply per window",
    ),
    (
        |p| p.issuance.per_auction = Bps(501),
        "issuance_auction_bps must not exceed issuance_window_bps",
    ),
    (
        |p| p.issuance.lifetime_cap = GovAtoms(10_001),
        "lifetime_issuance_cap must not exceed the supply",
    ),
    (
        |p| p.max_discount = Bps(10_000),
        "max_discount_bps must be below 10000",
    ),
    (
        |p| p.premium = Bps(10_001),
        "premium_bps must not exceed 10000",
    ),
    (
        |p| p.max_failed_auctions = 0,
        "max_failed_auctions must be at least 1",
    ),
    (
        |p| p.oracle.max_age_secs = 601,
        "max_age_secs must be 1..=600",
    ),
    (
        |p| p.oracle.max_conf = Bps(0),
        "max_conf_bps must be 1..=2000",
    ),
    (
        |p| p.oracle.max_divergence = Bps(5_001),
        "max_divergence_bps must be 1..=5000",
    ),
];

const SUPPLY: GovAtoms = GovAtoms(10_000);

#[test]
fn each_rule_of_a_bank_names_what_breaks_it() {
    assert_eq!(bank_params().validate(), Ok(()));
    for (break_it, rule) in BANK_RULES {
        let mut params = bank_params();
        break_it(&mut params);
        assert_eq!(params.validate(), Err(EngineError::Config(rule)));
    }
}

#[test]
fn each_rule_of_a_market_names_what_breaks_it() {
    assert_eq!(market_params().validate(SUPPLY), Ok(()));
    for (break_it, rule) in MARKET_RULES {
        let mut params = market_params();
        break_it(&mut params);
        assert_eq!(params.validate(SUPPLY), Err(EngineError::Config(rule)));
    }
}

#[test]
fn the_edges_of_a_bank_are_accepted() {
    let edges: &[fn(&mut BankParams)] = &[
        |p| p.weights.collateral_factor = Bps(7_999),
        |p| p.weights.collateral_factor = Bps(0),
        |p| {
            p.weights.collateral_factor = Bps(0);
            p.weights.liquidation_threshold = Bps(0);
        },
        |p| p.weights.liability_weight = Bps(10_000),
        |p| p.weights.liability_weight = Bps(100_000),
        |p| p.liquidation.min_bonus = Bps(1_000),
        |p| p.liquidation.bonus_ramp = Bps(1),
        |p| p.liquidation.bonus_ramp = Bps(10_000),
        |p| p.liquidation.insurance_share = Bps(10_000),
        |p| p.liquidation.max_bonus = Bps(2_375),
        |p| {
            p.weights.collateral_factor = Bps(0);
            p.weights.liquidation_threshold = Bps(0);
            p.liquidation.max_bonus = Bps(5_000);
        },
        |p| p.weights.liquidation_threshold = Bps(9_000),
        |p| p.liquidation.target_health = Bps(10_000),
        |p| p.liquidation.target_health = Bps(20_000),
        |p| p.borrow.max_utilisation = Bps(10_000),
        |p| p.curve.kink = Bps(1),
        |p| p.curve.kink = Bps(9_999),
        |p| p.curve.slope_above = Bps(99_500),
        |p| p.fees.protocol = Bps(9_000),
        |p| p.oracle.max_age_secs = 600,
        |p| p.oracle.max_conf = Bps(2_000),
        |p| p.oracle.max_divergence = Bps(5_000),
        |p| p.min_risk_age_secs = MONTH,
        |p| p.draw_limit.capacity = 0,
        |p| p.bounty_share = Bps(1_000),
        |p| p.prices.fixed_start = Rate(1 << 60),
        |p| p.socialise_delay_secs = 1,
        |p| p.socialise_deadline_secs = 86_400,
        |p| p.insurance_target = Bps(10_000),
    ];
    for (i, edge) in edges.iter().enumerate() {
        let mut params = bank_params();
        edge(&mut params);
        assert_eq!(params.validate(), Ok(()), "edge {i}");
    }
}

#[test]
fn the_edges_of_a_market_are_accepted() {
    let edges: &[fn(&mut MarketParams)] = &[
        |p| p.config_delay_secs = 1,
        |p| p.max_pause_secs = MONTH,
        |p| p.schedule.delay_secs = 0,
        |p| p.schedule.duration_secs = 1,
        |p| p.issuance.per_window = Bps(10_000),
        |p| p.issuance.per_auction = Bps(500),
        |p| p.issuance.lifetime_cap = SUPPLY,
        |p| p.issuance.lifetime_cap = GovAtoms(0),
        |p| p.max_discount = Bps(9_999),
        |p| p.premium = Bps(10_000),
        |p| p.max_failed_auctions = 1,
    ];
    for (i, edge) in edges.iter().enumerate() {
        let mut params = market_params();
        edge(&mut params);
        assert_eq!(params.validate(SUPPLY), Ok(()), "edge {i}");
    }
}

/// What happens when a setting is raised and when it is lowered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    WhenRaised,
    WhenLowered,
    Always,
}

use Waits::{Always, WhenLowered, WhenRaised};

/// A setting: its name, how it is set off by a step of ±1, and when it waits.
type Setting<P> = (&'static str, fn(&mut P, i64), Waits);

fn step32(value: &mut u32, by: i64) {
    *value = (i64::from(*value) + by) as u32;
}

fn step64(value: &mut u64, by: i64) {
    *value = (*value as i64 + by) as u64;
}

fn step128(value: &mut u128, by: i64) {
    *value = (*value as i128 + i128::from(by)) as u128;
}

const BANK_SETTINGS: &[Setting<BankParams>] = &[
    (
        "collateral_factor",
        |p, d| step32(&mut p.weights.collateral_factor.0, d),
        WhenRaised,
    ),
    (
        "liquidation_threshold",
        |p, d| step32(&mut p.weights.liquidation_threshold.0, d),
        Always,
    ),
    (
        "liability_weight",
        |p, d| step32(&mut p.weights.liability_weight.0, d),
        Always,
    ),
    (
        "min_bonus",
        |p, d| step32(&mut p.liquidation.min_bonus.0, d),
        Always,
    ),
    (
        "max_bonus",
        |p, d| step32(&mut p.liquidation.max_bonus.0, d),
        Always,
    ),
    (
        "bonus_ramp",
        |p, d| step32(&mut p.liquidation.bonus_ramp.0, d),
        Always,
    ),
    (
        "insurance_share",
        |p, d| step32(&mut p.liquidation.insurance_share.0, d),
        WhenRaised,
    ),
    (
        "target_health",
        |p, d| step32(&mut p.liquidation.target_health.0, d),
        Always,
    ),
    (
        "min_debt",
        |p, d| {
            step64(&mut p.liquidation.min_debt.0, d);
            step64(&mut p.borrow.min_debt.0, d);
        },
        Always,
    ),
    (
        "full_close_debt",
        |p, d| step64(&mut p.liquidation.full_close_debt.0, d),
        WhenRaised,
    ),
    (
        "deposit_cap",
        |p, d| step64(&mut p.deposit_cap.0, d),
        WhenRaised,
    ),
    (
        "borrow_cap",
        |p, d| step64(&mut p.borrow.borrow_cap.0, d),
        WhenRaised,
    ),
    (
        "max_utilisation",
        |p, d| step32(&mut p.borrow.max_utilisation.0, d),
        WhenRaised,
    ),
    ("base", |p, d| step32(&mut p.curve.base.0, d), Always),
    (
        "slope_below",
        |p, d| step32(&mut p.curve.slope_below.0, d),
        Always,
    ),
    (
        "slope_above",
        |p, d| step32(&mut p.curve.slope_above.0, d),
        Always,
    ),
    ("kink", |p, d| step32(&mut p.curve.kink.0, d), Always),
    (
        "protocol fee",
        |p, d| step32(&mut p.fees.protocol.0, d),
        WhenRaised,
    ),
    (
        "insurance fee",
        |p, d| step32(&mut p.fees.insurance.0, d),
        Always,
    ),
    (
        "max_age",
        |p, d| step32(&mut p.oracle.max_age_secs, d),
        WhenRaised,
    ),
    (
        "max_conf",
        |p, d| step32(&mut p.oracle.max_conf.0, d),
        WhenRaised,
    ),
    (
        "max_divergence",
        |p, d| step32(&mut p.oracle.max_divergence.0, d),
        WhenRaised,
    ),
    (
        "mode",
        |p, d| p.mode = if d > 0 { Mode::Full } else { Mode::Disabled },
        Always,
    ),
    (
        "min_risk_age",
        |p, d| step32(&mut p.min_risk_age_secs, d),
        Always,
    ),
    (
        "draw capacity",
        |p, d| step64(&mut p.draw_limit.capacity, d),
        Always,
    ),
    (
        "limit window",
        |p, d| {
            step32(&mut p.draw_limit.window_secs, d);
            step32(&mut p.bounty_limit.window_secs, d);
        },
        Always,
    ),
    (
        "bounty_share",
        |p, d| step32(&mut p.bounty_share.0, d),
        WhenRaised,
    ),
    (
        "bounty capacity",
        |p, d| step64(&mut p.bounty_limit.capacity, d),
        WhenRaised,
    ),
    (
        "bounty_min_loss",
        |p, d| step64(&mut p.bounty_min_loss.0, d),
        WhenLowered,
    ),
    ("min_offer", |p, d| step64(&mut p.min_offer.0, d), Always),
    (
        "fixed_floor",
        |p, d| step128(&mut p.prices.fixed_floor.0, d),
        Always,
    ),
    (
        "fixed_start",
        |p, d| step128(&mut p.prices.fixed_start.0, d),
        Always,
    ),
    (
        "socialise_delay",
        |p, d| step32(&mut p.socialise_delay_secs, d),
        WhenLowered,
    ),
    (
        "socialise_deadline",
        |p, d| step32(&mut p.socialise_deadline_secs, d),
        Always,
    ),
    (
        "insurance_target",
        |p, d| step32(&mut p.insurance_target.0, d),
        WhenLowered,
    ),
];

const MARKET_SETTINGS: &[Setting<MarketParams>] = &[
    (
        "config_delay",
        |p, d| step32(&mut p.config_delay_secs, d),
        WhenLowered,
    ),
    (
        "max_pause",
        |p, d| step32(&mut p.max_pause_secs, d),
        WhenRaised,
    ),
    (
        "auction delay",
        |p, d| step32(&mut p.schedule.delay_secs, d),
        Always,
    ),
    (
        "auction duration",
        |p, d| step32(&mut p.schedule.duration_secs, d),
        Always,
    ),
    (
        "per_window",
        |p, d| step32(&mut p.issuance.per_window.0, d),
        Always,
    ),
    (
        "issuance window",
        |p, d| step32(&mut p.issuance.window_secs, d),
        Always,
    ),
    (
        "per_auction",
        |p, d| step32(&mut p.issuance.per_auction.0, d),
        Always,
    ),
    (
        "lifetime_cap",
        |p, d| step64(&mut p.issuance.lifetime_cap.0, d),
        Always,
    ),
    (
        "max_discount",
        |p, d| step32(&mut p.max_discount.0, d),
        Always,
    ),
    ("premium", |p, d| step32(&mut p.premium.0, d), Always),
    (
        "max_failed_auctions",
        |p, d| step32(&mut p.max_failed_auctions, d),
        WhenLowered,
    ),
    (
        "max_age",
        |p, d| step32(&mut p.oracle.max_age_secs, d),
        Always,
    ),
    (
        "max_conf",
        |p, d| step32(&mut p.oracle.max_conf.0, d),
        Always,
    ),
    (
        "max_divergence",
        |p, d| step32(&mut p.oracle.max_divergence.0, d),
        Always,
    ),
];

fn check_directions<P: Copy>(params: P, settings: &[Setting<P>], raises_risk: fn(&P, &P) -> bool) {
    assert!(!raises_risk(&params, &params), "no change waits");
    for (name, step, waits) in settings {
        for (by, expected) in [(1, *waits != WhenLowered), (-1, *waits != WhenRaised)] {
            let mut next = params;
            step(&mut next, by);
            assert_eq!(raises_risk(&params, &next), expected, "{name} by {by}");
        }
    }
}

#[test]
fn each_setting_of_a_bank_waits_in_its_direction() {
    check_directions(bank_params(), BANK_SETTINGS, BankParams::raises_risk);
}

#[test]
fn each_setting_of_a_market_waits_in_its_direction() {
    check_directions(market_params(), MARKET_SETTINGS, MarketParams::raises_risk);
}

#[test]
fn governance_cannot_step_back_from_an_open_deficit_at_once() {
    let full = BankParams {
        mode: Mode::Full,
        ..bank_params()
    };
    for mode in [Mode::InsuranceOnly, Mode::Disabled] {
        assert!(full.raises_risk(&BankParams { mode, ..full }));
    }
    let mut capped = market_params();
    capped.issuance.lifetime_cap = GovAtoms(0);
    let mut blind = market_params();
    blind.oracle.max_conf = Bps(1);
    for next in [capped, blind] {
        assert!(market_params().raises_risk(&next));
    }
}

#[test]
fn one_risky_setting_among_harmless_ones_waits() {
    let mut next = bank_params();
    next.bounty_share = Bps(0);
    next.deposit_cap = Atoms(0);
    assert!(!bank_params().raises_risk(&next));
    next.borrow.borrow_cap = Atoms(u64::MAX);
    assert!(bank_params().raises_risk(&next));
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn accepted_terms_keep_a_hundredth_of_collateral_out_of_reach(
        threshold in 1u32..=12_000, max_bonus in 0u32..=60_000,
    ) {
        let mut params = bank_params();
        params.weights.collateral_factor = Bps(0);
        params.weights.liquidation_threshold = Bps(threshold);
        params.liquidation.min_bonus = Bps(0);
        params.liquidation.max_bonus = Bps(max_bonus);
        let taken = bps(threshold) * (q(1) + bps(max_bonus));
        let bounded = max_bonus <= 5_000;
        prop_assert_eq!(params.validate().is_ok(), bounded && taken <= frac(99, 100));
    }
}

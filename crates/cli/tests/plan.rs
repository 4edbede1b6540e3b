//! Plans: from any state, resumed after any step, the same end.

mod common;

use backstop_cli::{
    file::{
        fields::{Field, BANK},
        units::{Raw, Unit},
        Desired,
    },
    plan::{next, plan, Effect, Observed, Step},
};
use backstop_client::program::constants::UPDATE_LIFETIME_SECS;
use common::{desired, example_with, EXAMPLE};
use proptest::prelude::*;

const NOW: i64 = 1_700_000_000;
/// (governance atoms) Supply of the mint that the example adopts.
const SUPPLY: u64 = 10_000_000_000_000;
const DELAY: i64 = 172_800;

fn empty_chain() -> Observed {
    Observed {
        now: NOW,
        adopted_supply: SUPPLY,
        ..Observed::default()
    }
}

/// The chain after everything that can be done now.
fn settle(desired: &Desired, state: &Observed) -> Observed {
    let mut state = state.clone();
    while let Some(step) = next(desired, &state) {
        state = state.after(desired, &step);
    }
    state
}

/// The example's market in use: somebody has opened an obligation.
fn in_use() -> Observed {
    let mut state = settle(&desired(EXAMPLE).unwrap(), &empty_chain());
    state.market.as_mut().unwrap().obligations = 1;
    state
}

fn steps(desired: &Desired, state: &Observed) -> Vec<Step> {
    let plan = plan(desired, state).unwrap();
    plan.steps.into_iter().map(|(step, _)| step).collect()
}

fn later(state: &Observed, secs: i64) -> Observed {
    Observed {
        now: state.now + secs,
        ..state.clone()
    }
}

#[test]
fn a_new_market_is_created_whole_and_then_nothing_is_left_to_do() {
    let desired = desired(EXAMPLE).unwrap();
    let steps = steps(&desired, &empty_chain());
    assert!(matches!(
        steps[..],
        [
            Step::CreateMarket { .. },
            Step::CreateBank { .. },
            Step::UpdateBank {
                effect: Effect::AtOnce,
                ..
            },
            Step::CreateBank { .. },
            Step::UpdateBank {
                effect: Effect::AtOnce,
                ..
            },
        ]
    ));
    let done = settle(&desired, &empty_chain());
    assert_eq!(next(&desired, &done), None);
    for bank in &desired.banks {
        assert_eq!(done.banks[&bank.keys.bank].config, bank.config);
    }
}

#[test]
fn a_bank_is_created_as_the_program_demands() {
    let desired = desired(EXAMPLE).unwrap();
    for step in steps(&desired, &empty_chain()) {
        if let Step::CreateBank { config, .. } = step {
            assert_eq!((config.write_off_mode, config.delisted), (0, 0));
        }
    }
}

/// Runs that stop after each step, and go on with what is then the next one.
#[test]
fn a_run_that_stops_anywhere_is_resumed_where_it_stopped() {
    let changed = example_with("borrow_cap = \"50_000\"", "borrow_cap = \"60_000\"");
    let changed = changed.replacen(
        "max_discount_bps = \"40%\"",
        "max_discount_bps = \"30%\"",
        1,
    );
    let changed = changed.replacen("max_conf_bps = \"2%\"", "max_conf_bps = \"1.5%\"", 1);
    for (desired, start) in [
        (desired(EXAMPLE).unwrap(), empty_chain()),
        (desired(&changed).unwrap(), in_use()),
    ] {
        let end = settle(&desired, &start);
        let planned = steps(&desired, &start);
        assert!(planned.len() >= 3);
        let mut state = start;
        for (done, step) in planned.iter().enumerate() {
            let rest = steps(&desired, &state);
            assert_eq!(rest[..], planned[done..]);
            assert_eq!(settle(&desired, &state), end);
            state = state.after(&desired, step);
        }
        assert_eq!(state, end);
    }
}

#[test]
fn in_a_market_in_use_what_raises_risk_waits_and_the_rest_does_not() {
    let text = example_with("borrow_cap = \"50_000\"", "borrow_cap = \"40_000\"");
    let text = text.replacen("\"80%\"", "\"82%\"", 1);
    let desired = desired(&text).unwrap();
    let steps = steps(&desired, &in_use());
    let [Step::UpdateBank {
        config: safe,
        effect: Effect::AtOnce,
        ..
    }, Step::UpdateBank {
        config: all,
        effect: Effect::Queued { from },
        ..
    }] = &steps[..]
    else {
        panic!("{steps:?}");
    };
    assert_eq!(safe.borrow_cap, 40_000_000_000_000);
    assert_eq!(safe.liquidation_threshold_bps, 8_000);
    assert_eq!(all.liquidation_threshold_bps, 8_200);
    assert_eq!(*from, NOW + DELAY);
}

#[test]
fn a_queued_change_waits_is_applied_in_time_and_is_queued_again_when_it_has_lapsed() {
    let desired = desired(&example_with("\"80%\"", "\"82%\"")).unwrap();
    let queued = settle(&desired, &in_use());
    let found = plan(&desired, &queued).unwrap();
    assert!(found.steps.is_empty());
    assert_eq!(found.waiting[0].from, NOW + DELAY);
    assert!(steps(&desired, &later(&queued, DELAY - 1)).is_empty());
    for due in [DELAY, DELAY + UPDATE_LIFETIME_SECS] {
        let steps = steps(&desired, &later(&queued, due));
        assert!(
            matches!(steps[..], [Step::ApplyBankUpdate { .. }]),
            "{steps:?}"
        );
    }
    let lapsed = later(&queued, DELAY + UPDATE_LIFETIME_SECS + 1);
    let steps = steps(&desired, &lapsed);
    assert!(
        matches!(
            steps[..],
            [Step::UpdateBank {
                effect: Effect::Queued { .. },
                ..
            }]
        ),
        "{steps:?}"
    );
}

#[test]
fn a_queued_change_that_the_file_does_not_want_is_dropped() {
    let other = desired(&example_with("\"80%\"", "\"82%\"")).unwrap();
    let queued = settle(&other, &in_use());
    let example = desired(EXAMPLE).unwrap();
    let steps = steps(&example, &queued);
    assert!(
        matches!(steps[..], [Step::CancelBankUpdate { .. }]),
        "{steps:?}"
    );
    let mut dropped = settle(&example, &queued);
    dropped.now = NOW;
    assert_eq!(dropped, in_use());
}

#[test]
fn the_mode_of_a_bank_that_is_added_later_waits() {
    let desired = desired(EXAMPLE).unwrap();
    let mut state = in_use();
    let usdc = desired.banks[1].keys.bank;
    state.banks.remove(&usdc);
    let steps = steps(&desired, &state);
    assert!(
        matches!(
            steps[..],
            [
                Step::CreateBank { .. },
                Step::UpdateBank {
                    effect: Effect::Queued { .. },
                    ..
                }
            ]
        ),
        "{steps:?}"
    );
}

#[test]
fn a_bank_that_the_file_does_not_name_is_left_alone() {
    let start = EXAMPLE.rfind("[[bank]]").unwrap();
    let desired = desired(&EXAMPLE[..start]).unwrap();
    let found = plan(&desired, &in_use()).unwrap();
    assert!(found.steps.is_empty());
    assert!(found.notes.iter().any(|note| note.contains("left alone")));
}

#[test]
fn a_rule_of_the_program_that_is_broken_is_named_before_anything_is_sent() {
    for (from, to, told) in [
        (
            "\"80%\"",
            "\"60%\"",
            "bank SOL: collateral_factor_bps must be below",
        ),
        (
            "\"80%\"",
            "\"95%\"",
            "bank SOL: liquidation_threshold_bps x (1 + max_bonus_bps)",
        ),
        (
            "\"1_000_000\"",
            "\"10_000_001\"",
            "market: lifetime_issuance_cap must not exceed",
        ),
        ("\"2d\"", "\"31d\"", "market: config_delay_secs"),
    ] {
        let desired = desired(&example_with(from, to)).unwrap();
        let broken = plan(&desired, &empty_chain()).unwrap_err().to_string();
        assert!(broken.starts_with(told), "{broken}");
    }
}

fn change(
    field: &'static Field<backstop_client::program::state::BankConfig>,
    by: u32,
    desired: &mut Desired,
) {
    let config = &mut desired.banks[0].config;
    if let Raw::Number(number) = (field.get)(config) {
        let changed = match field.unit {
            Unit::Mode => u128::from(by % 3),
            Unit::Flag => u128::from(by % 2),
            _ if by.is_multiple_of(2) => number + number / 10 + 1,
            _ => number - number / 10,
        };
        (field.set)(config, Raw::Number(changed)).unwrap();
    }
}

proptest! {
    /// Whatever changes, in a market in use: the way ends, every step is what
    /// the program's rule allows, and after the delay the file is in force.
    #[test]
    fn any_change_arrives(changes in prop::collection::vec((0..BANK.len(), 0u32..6), 1..6)) {
        let mut desired = desired(EXAMPLE).unwrap();
        for (index, by) in changes {
            change(BANK[index], by, &mut desired);
        }
        let start = in_use();
        prop_assume!(plan(&desired, &start).is_ok());
        let bank = desired.banks[0].keys.bank;
        for (step, before) in plan(&desired, &start).unwrap().steps {
            if let Step::UpdateBank { config, effect, .. } = step {
                let waits = before.banks[&bank].config.raises_risk(&config);
                prop_assert_eq!(waits, matches!(effect, Effect::Queued { .. }));
            }
        }
        let done = settle(&desired, &later(&settle(&desired, &start), DELAY));
        prop_assert_eq!(done.banks[&bank].config, desired.banks[0].config);
        prop_assert_eq!(done.banks[&bank].queued, None);
    }
}

//! Write-offs of debt without collateral.

use backstop_engine::units::Atoms;
use backstop_keeper::decide::{Key, Task};
use solana_pubkey::Pubkey;

use crate::population::{DOLLAR, NOW};
use crate::world::{World, EUR, USD};

#[test]
fn write_offs_come_with_the_bounty_that_is_left_for_each() {
    let mut world = World::new();
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(100_000_000_000));
    let config = &mut world.bank(USD).config;
    config.bounty_bps = 100;
    config.bounty_cap = 12_000_000;
    config.min_risk_age_secs = 60;
    let small = world.put_bare(&[USD], 500);
    let large = world.put_bare(&[USD], 1_000);
    let actions = world.decide();
    let about: Vec<_> = actions
        .iter()
        .map(|a| (a.key.subject, a.key.task))
        .collect();
    assert_eq!(about, [(large, Task::WriteOff), (small, Task::WriteOff)]);
    let ten = 10 * DOLLAR;
    assert!((ten - DOLLAR / 100..=ten).contains(&actions[0].income.0));
    let two = 2 * DOLLAR;
    assert!((two..=two + DOLLAR / 100).contains(&actions[1].income.0));

    world.view.market.write_off_pause.until = NOW + 1;
    assert_eq!(world.decide(), []);
}

#[test]
fn a_debt_in_two_banks_is_written_off_in_both() {
    let mut world = World::new();
    let who = world.put_bare(&[USD, EUR], 700);
    let keys: Vec<Key> = world.decide().iter().map(|action| action.key).collect();
    let banks: Vec<Option<Pubkey>> = keys.iter().map(|key| key.bank).collect();
    assert!(keys.iter().all(|key| key.subject == who));
    assert_eq!(banks, [Some(world.key(USD)), Some(world.key(EUR))]);
}

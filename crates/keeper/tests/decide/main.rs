//! Decisions, over books that the engine wrote: one file a task, as in `src/decide`.

mod buy_back;
mod close_auction;
mod cover;
mod fees;
mod liquidate;
#[path = "../../examples/scale/population.rs"]
#[allow(dead_code)]
mod population;
mod refresh;
mod socialise;
mod world;
mod write_off;

use std::collections::BTreeSet;

use backstop_engine::units::Atoms;
use backstop_keeper::decide::{Key, Task, Tasks};

use world::{World, ETH, EUR, SOL, USD};

#[test]
fn nothing_is_done_in_a_market_in_order() {
    let mut world = World::new();
    world.open(&[SOL, USD], 1, 1_000, 10_100);
    assert_eq!(world.decide(), []);
}

#[test]
fn what_is_under_way_is_not_decided_again() {
    let mut world = World::new();
    world.open(&[SOL, USD], 1, 10_000, 9_500);
    world.put_bare(&[USD], 500);
    let actions = world.decide();
    assert_eq!(actions.len(), 2);
    world.busy = actions.iter().map(|action| action.key).collect();
    assert_eq!(world.busy.len(), 2);
    assert_eq!(world.decide(), []);
}

#[test]
fn a_task_that_is_switched_off_is_not_done() {
    let mut world = World::new();
    world.sell_at_fixed_prices(EUR);
    world.open(&[SOL, USD], 1, 10_000, 9_500);
    world.put_bare(&[USD], 500);
    world.lose(EUR, 1_000_000);
    let tasks: BTreeSet<Task> = world.decide().iter().map(|a| a.key.task).collect();
    assert!(tasks.len() >= 3, "{tasks:?}");
    for task in &tasks {
        world.policy.tasks = Tasks::all().without(*task);
        assert!(world.decide().iter().all(|action| action.key.task != *task));
    }
    world.policy.tasks = Tasks::NONE;
    assert_eq!(world.decide(), []);
}

#[test]
fn no_work_is_named_twice() {
    let mut world = World::new();
    for _ in 0..5 {
        world.open(&[SOL, ETH, USD, EUR], 2, 10_000, 9_500);
        world.put_bare(&[USD, EUR], 500);
    }
    world.lose(ETH, 1_000_000);
    world.change_ledger(ETH, |ledger| ledger.insurance = Atoms(400_000));
    let actions = world.decide();
    let names: BTreeSet<Key> = actions.iter().map(|action| action.key).collect();
    assert_eq!(names.len(), actions.len());
    assert_eq!(actions.len(), 5 + 10 + 1);
}

//! Fees that are collected.

use backstop_engine::units::Atoms;
use backstop_keeper::decide::{Step, Task};

use crate::world::{World, USD};

#[test]
fn fees_are_collected_once_they_are_worth_it() {
    let mut world = World::new();
    world.change_ledger(USD, |ledger| {
        ledger.insurance_fees = Atoms(600_000);
        ledger.protocol_fees = Atoms(399_999);
        ledger.cash.0 += 999_999;
    });
    assert_eq!(world.decide(), []);
    world.change_ledger(USD, |ledger| {
        ledger.protocol_fees.0 += 1;
        ledger.cash.0 += 1;
    });
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::CollectFees { bank });
    world.change_ledger(USD, |ledger| ledger.deficit = Atoms(1));
    assert!(world
        .decide()
        .iter()
        .all(|a| a.key.task != Task::CollectFees));
}

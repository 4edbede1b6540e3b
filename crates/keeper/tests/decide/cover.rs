//! Deficits that fees and insurance can cover.

use backstop_engine::units::Atoms;
use backstop_keeper::decide::{Key, Step, Task};

use crate::world::{World, USD};

#[test]
fn a_deficit_is_covered_as_far_as_insurance_goes() {
    let mut world = World::new();
    world.lose(USD, 1_000_000);
    assert_eq!(world.decide(), []);
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(400_000));
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::Cover { bank });
    assert_eq!(world.only().key, Key::of_bank(Task::Cover, bank));
}

#[test]
fn a_trickle_of_fees_covers_nothing_until_it_is_worth_a_fee() {
    let mut world = World::new();
    world.lose(USD, 10_000_000);
    let bank = world.key(USD);
    let earn = |world: &mut World, atoms: u64| {
        world.change_ledger(USD, |ledger| {
            ledger.protocol_fees = Atoms(ledger.protocol_fees.0 + atoms);
            ledger.cash = Atoms(ledger.cash.0 + atoms);
        });
    };
    earn(&mut world, 500);
    assert_eq!(
        world.decide(),
        [],
        "less than a dollar, and far from enough"
    );
    earn(&mut world, 1_000_000);
    assert_eq!(world.only().step, Step::Cover { bank });

    let mut world = World::new();
    world.lose(USD, 400);
    earn(&mut world, 500);
    assert_eq!(
        world.only().step,
        Step::Cover { bank },
        "it ends the deficit"
    );
}

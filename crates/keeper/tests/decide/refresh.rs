//! Banks whose interest is booked because nobody else does.

use backstop_keeper::decide::Step;

use crate::world::{World, ETH, EUR, SOL, USD};

#[test]
fn banks_that_nobody_uses_are_refreshed_and_dead_feeds_left_out() {
    let mut world = World::new();
    world.view.now += 500;
    world.policy.refresh_after_secs = 500;
    assert_eq!(world.decide(), []);
    world.view.now += 1;
    world.bank(ETH).price.slot = 0;
    let banks = vec![world.key(USD), world.key(SOL), world.key(EUR)];
    assert_eq!(world.only().step, Step::Refresh { banks });
}

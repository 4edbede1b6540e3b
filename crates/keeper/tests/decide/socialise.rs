//! Deficits that lenders share.

use backstop_client::program::state::PriceUpdate;
use backstop_engine::price::Observation;
use backstop_engine::units::{Atoms, UnixTime};
use backstop_keeper::decide::{Step, Task};

use crate::population::address;
use crate::world::{World, USD};

#[test]
fn lenders_share_a_deficit_only_when_nothing_gentler_is_left() {
    let mut world = World::new();
    world.bank(USD).config.write_off_mode = 1;
    world.lose(USD, 1_000_000);
    let bank = world.key(USD);
    assert_eq!(world.decide(), []);
    world.view.now += 1_000;
    world.tell();
    // Fees that interest has brought meanwhile are used first.
    assert_eq!(world.only().step, Step::Socialise { bank });
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(400_000));
    assert_eq!(world.only().step, Step::Cover { bank });
    world.view.market.write_off_pause.until = world.view.now + 1;
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(0));
    assert!(world.decide().iter().all(|a| a.key.task != Task::Socialise));
}

#[test]
fn who_has_a_governance_price_shows_it_instead_of_charging_lenders() {
    let mut world = World::new();
    world.sell_at_fixed_prices(USD);
    world.lose(USD, 1_000_000);
    world.view.now += 2_000;
    world.bank(USD).price.slot = 0;
    let config = &mut world.view.market.config;
    config.oracle_program = address(5, 1);
    config.max_age_secs = 60;
    config.max_conf_bps = 500;
    config.max_divergence_bps = 500;
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::Socialise { bank });
    world.view.governance_price = Some(PriceUpdate {
        feed_id: [0; 32],
        observation: Observation {
            price: 100,
            conf: 0,
            ema: 100,
            exponent: -2,
            published: UnixTime(world.view.now),
        },
    });
    // The bank has no price of its own now, so no auction can open either.
    assert_eq!(world.decide(), []);
}

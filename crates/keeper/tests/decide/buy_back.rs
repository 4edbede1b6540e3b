//! Buy-backs: started and closed.

use backstop_engine::buy_back::BuyBack;
use backstop_engine::units::{Atoms, Rate, UnixTime};
use backstop_keeper::decide::Step;

use crate::population::NOW;
use crate::world::{World, USD};

#[test]
fn a_buy_back_starts_with_a_surplus_and_is_closed_when_it_is_over() {
    let mut world = World::new();
    world.sell_at_fixed_prices(USD);
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(1_000_000));
    world.bank(USD).config.insurance_target_bps = 0;
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::StartBuyBack { bank });
    world.bank(USD).buy_back = BuyBack {
        budget: Atoms(10),
        low: Rate(1 << 64),
        high: Rate(1 << 65),
        opens_at: UnixTime(NOW),
        ends_at: UnixTime(NOW + 100),
    }
    .into();
    assert_eq!(world.decide(), []);
    world.view.now += 101;
    assert_eq!(world.only().step, Step::CloseBuyBack { bank });
}

//! Auctions: opened, closed when they are over, opened again.

use backstop_client::quote;
use backstop_engine::step;
use backstop_keeper::decide::{Key, Step, Task};

use crate::world::{World, USD};

#[test]
fn an_auction_is_opened_closed_and_opened_again() {
    let mut world = World::new();
    world.sell_at_fixed_prices(USD);
    world.lose(USD, 1_000_000);
    let bank = world.key(USD);
    assert_eq!(world.only().key, Key::of_bank(Task::OpenAuction, bank));
    assert_eq!(world.only().step, Step::Cover { bank });

    let view = world.view.refreshed();
    let after = quote::cover(&view, &bank).unwrap().after;
    world.view = after;
    assert_eq!(world.decide(), [], "it is on sale");
    world.view.now += 101;
    let action = world.only();
    assert_eq!(action.step, Step::CloseAuction { bank });

    let (mut market, now) = (world.view.market, world.view.at().now);
    step::close_auction(&mut market, world.bank(USD), now).unwrap();
    world.view.market = market;
    assert_eq!(world.bank(USD).failed_auctions, 1);
    assert_eq!(world.only().key, Key::of_bank(Task::OpenAuction, bank));
}

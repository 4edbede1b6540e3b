//! Bidders: each buys when the falling price is as far below the market as he
//! wants it, for as much money as he has.

use {
    super::{cast::Bidder, log::SaleRecord, scenario::USDC, stage::Stage},
    backstop::events::GovernanceBought,
    backstop_engine::units::{Atoms, Rate, UnixTime},
};

/// (atoms) With less nobody bothers.
const LEAST_MONEY: u64 = 10 * USDC;

/// One bar of bids.
pub fn bid(stage: &mut Stage) {
    for index in 0..stage.cast.bidders.len() {
        let auction = stage.world.bank(stage.usdc).auction.get();
        let Ok(rate) = auction.rate_up(UnixTime(stage.bar.at)) else {
            return;
        };
        let bidder = &stage.cast.bidders[index];
        let money = stage.world.balance(&bidder.actor, stage.usdc);
        if money >= LEAST_MONEY && is_cheap(rate, bidder, stage.bar.token.spot) {
            buy(stage, index, rate, auction.floor, Atoms(money));
        }
    }
}

fn is_cheap(rate: Rate, bidder: &Bidder, market: i64) -> bool {
    let wanted = market * (10_000 - bidder.discount_bps) / 10_000 / 100;
    micro(rate.0) <= wanted.unsigned_abs()
}

fn buy(stage: &mut Stage, index: usize, rate: Rate, floor: Rate, money: Atoms) {
    let amount = rate.tokens_down(money).expect("few tokens").0;
    let receipt = stage
        .isolated(|world, cast, usdc| world.buy(&cast.bidders[index].actor, usdc, amount))
        .expect("a bid at the asked price is filled");
    stage.log.checks.permissionless += 1;
    let event = receipt.event::<GovernanceBought>();
    let paid_rate = event.rate;
    let least = floor.cost_up(backstop_engine::units::GovAtoms(event.bought));
    assert!(
        least.is_ok_and(|least| event.paid >= least.0),
        "BOUND: {} tokens left escrow for {}, below the floor",
        event.bought,
        event.paid
    );
    stage.log.sales.push(SaleRecord {
        at: event.at,
        bidder: stage.cast.bidders[index].name.to_owned(),
        bought: event.bought,
        paid: event.paid,
        price_micro: micro(paid_rate),
        floor_micro: micro(floor.0),
        market_micro: stage.bar.token.spot.unsigned_abs() / 100,
        burned: event.burned,
    });
}

/// (10^-6 dollars) Price of a governance token, whose atoms are as many to the
/// token as the stablecoin's are to the dollar. Rounded down.
pub fn micro(rate: u128) -> u64 {
    u64::try_from((rate * 1_000_000) >> 64).expect("a price fits")
}

//! What a buy-back asks of prices and amounts.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{BuyBackStarted, GovernanceSold},
    },
    backstop_tests::{
        ix,
        oracle::PriceFeed,
        world::{on_both, World, DOLLAR},
    },
    bad_debt::{
        insure,
        rebuild::{rebuilt, sale, start},
        stage_bank, AUCTION_DURATION, TOKEN, USDC,
    },
    solana_signer::Signer,
};

#[test]
fn a_buy_back_needs_prices_of_this_slot_and_sales_that_are_worth_something() {
    on_both(|world: &mut World| {
        let stage = rebuilt(world, 800 * USDC);
        let keys = world.keys(stage.usdc);
        world.advance(0);
        let unrefreshed = ix::start_buy_back(&keys);
        world.refuse(&[unrefreshed], &[], BackstopError::PriceNotRefreshed);
        let mut silent = keys;
        silent.market.oracle = None;
        let blind = [ix::refresh_banks(&[keys]), ix::start_buy_back(&silent)];
        world.refuse(&blind, &[], BackstopError::NoGovernancePrice);
        world.set_governance_price(DOLLAR);
        world.send(&start(world, &stage), &[]).unwrap();

        let seller = stage.bidder.wallet.insecure_clone();
        let nothing = sale(world, &stage, 0, 0);
        world.refuse(&nothing, &[&seller], BackstopError::ZeroAmount);
        // One atom fetches half an atom, which is none.
        let dust = sale(world, &stage, 1, 0);
        world.refuse(&dust, &[&seller], BackstopError::AmountTooSmall);
        let pay = |give, get| {
            let sell = ix::sell_governance(&keys, seller.pubkey(), give, get, TOKEN, 0);
            [ix::refresh_banks(&[keys]), sell]
        };
        let give = world.governance_wallet(&stage.bidder);
        let get = world.wallet(&stage.bidder, stage.usdc);
        let from_escrow = pay(keys.governance_escrow, get);
        world.refuse(&from_escrow, &[&seller], BackstopError::SameAccount);
        let to_itself = pay(give, keys.insurance_vault);
        world.refuse(&to_itself, &[&seller], BackstopError::SameAccount);
        world.advance(0);
        let [_, unrefreshed] = pay(give, get);
        world.refuse(&[unrefreshed], &[&seller], BackstopError::PriceNotRefreshed);
        let sell = ix::sell_governance(&silent, seller.pubkey(), give, get, TOKEN, 0);
        let blind = [ix::refresh_banks(&[keys]), sell];
        world.refuse(&blind, &[&seller], BackstopError::NoGovernancePrice);
        world.send(&pay(give, get), &[&seller]).unwrap();
    });
}

#[test]
fn nobody_is_paid_more_than_the_lowest_reading_of_today() {
    on_both(|world: &mut World| {
        let stage = rebuilt(world, 800 * USDC);
        world.send(&start(world, &stage), &[]).unwrap();
        world.advance(AUCTION_DURATION);
        // The curve says a dollar. Spot and average of the token and the asset
        // today, in cents; the price of a token, in atoms, rounded down twice:
        // three fifths are no binary fraction.
        let readings = [
            ((80, 60), (100, 100), 599_999),
            ((60, 80), (100, 120), 500_000),
            ((100, 100), (100, 100), 1_000_000),
            ((300, 200), (100, 100), 1_000_000),
        ];
        let (token, asset) = (world.market.oracle.unwrap(), world.keys(stage.usdc).oracle);
        for ((spot, ema), (asset_spot, asset_ema), paid) in readings {
            for (oracle, spot, ema) in [(token, spot, ema), (asset, asset_spot, asset_ema)] {
                let feed = PriceFeed {
                    price: spot * DOLLAR / 100,
                    ema_price: ema * DOLLAR / 100,
                    conf: 1,
                    ..world.feed(&oracle)
                };
                world.publish(oracle, feed);
            }
            let sale = sale(world, &stage, TOKEN, 0);
            let receipt = world.send(&sale, &[&stage.bidder.wallet]).unwrap();
            let event = receipt.event::<GovernanceSold>();
            assert_eq!((event.sold, event.paid), (TOKEN, paid));
        }
    });
}

#[test]
fn a_surplus_below_the_smallest_auction_starts_nothing() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.min_auction_deficit = USDC);
        insure(world, &stage, USDC - 1);
        let start = start(world, &stage);
        world.refuse(&start, &[], BackstopError::NoSurplus);
        insure(world, &stage, 1);
        let event = world.send(&start, &[]).unwrap().event::<BuyBackStarted>();
        assert_eq!(event.budget, USDC);
    });
}

//! The lifetime cap under changes: never set below what is out, and not in the
//! way of other changes when a buy-back lowers the supply.

mod bad_debt;

use {
    backstop::{error::BackstopError, state::MarketConfig},
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, World},
    },
    bad_debt::{
        lose,
        rebuild::{rebuilt, sale, start},
        set_market, stage, TOKEN, USDC,
    },
    solana_instruction::Instruction,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// The admin's change of the market's settings.
fn update(world: &mut World, change: impl FnOnce(&mut MarketConfig)) -> Instruction {
    let mut config = world.market_state().config;
    change(&mut config);
    ix::update_market(world.market.market, world.admin.pubkey(), config)
}

#[test]
fn a_cap_is_set_below_what_is_out_neither_today_nor_by_a_change_of_yesterday() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let admin = world.admin.insecure_clone();
        let apply = ix::apply_market_update(world.market.market);
        let below = update(world, |config| {
            config.lifetime_issuance_cap = 1_200 * TOKEN - 1;
        });
        // Nothing is out yet; while the change waits, a loss brings 1 200 tokens.
        world.send(from_ref(&below), &[&admin]).unwrap();
        lose(world, &stage, "debtor", 600 * USDC);
        assert_eq!(world.market_state().outstanding, 1_200 * TOKEN);
        world.advance(2 * u64::from(DAY));
        world.refuse(from_ref(&apply), &[], BackstopError::InvalidConfig);
        world.refuse(&[below], &[&admin], BackstopError::InvalidConfig);

        let just = update(world, |config| {
            config.lifetime_issuance_cap = 1_200 * TOKEN;
        });
        world.send(&[just], &[&admin]).unwrap();
        world.advance(2 * u64::from(DAY));
        world.send(&[apply], &[]).unwrap();
        let config = world.market_state().config;
        assert_eq!(config.lifetime_issuance_cap, 1_200 * TOKEN);
    });
}

#[test]
fn a_cap_that_was_valid_stays_so_when_a_buy_back_lowers_the_supply() {
    on_both(|world: &mut World| {
        let supply = world.market_state().supply;
        set_market(world, |config| config.lifetime_issuance_cap = supply);
        let stage = rebuilt(world, 800 * USDC);
        world.send(&start(world, &stage), &[]).unwrap();
        let sell = sale(world, &stage, TOKEN, 0);
        world.send(&sell, &[&stage.bidder.wallet]).unwrap();
        assert_eq!(world.market_state().supply, supply - TOKEN);

        let admin = world.admin.insecure_clone();
        let higher = update(world, |config| config.lifetime_issuance_cap += 1);
        world.refuse(&[higher], &[&admin], BackstopError::InvalidConfig);
        let other = update(world, |config| config.max_pause_secs -= 1);
        world.send(&[other], &[&admin]).unwrap();
    });
}

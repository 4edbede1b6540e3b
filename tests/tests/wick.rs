//! Liquidations at the edge of insolvency: a wick must not create bad debt, and what
//! is lost must not be held up by dust.

mod common;

use {
    backstop::error::BackstopError as E,
    backstop_tests::world::{on_both, Actor, BankSpec, World, DOLLAR},
    common::*,
};

/// A pool whose borrower owes 6,500 USDC against 100 SOL that are worth 8,000
/// dollars by now, of which 80 % count; and a liquidator.
fn unhealthy(world: &mut World) -> (Pool, Actor) {
    let pool = pool(world);
    let liquidator = world.actor("liquidator");
    world.fund(&liquidator, pool.usdc, 100_000 * USDC);
    world.fund(&liquidator, pool.sol, 10 * SOL);
    world
        .borrow(&pool.borrower, pool.usdc, 6_500 * USDC)
        .unwrap();
    set_sure_price(world, pool.usdc, DOLLAR);
    set_sure_price(world, pool.sol, 80 * DOLLAR);
    (pool, liquidator)
}

#[test]
fn a_wick_takes_collateral_but_creates_no_bad_debt() {
    on_both(|world| {
        let (pool, liquidator) = unhealthy(world);
        // Spot says underwater, the average does not believe it.
        let key = world.keys(pool.sol).oracle;
        let mut feed = world.feed(&key);
        (feed.price, feed.ema_price) = (60 * DOLLAR, 100 * DOLLAR);
        world.publish(key, feed);
        let attempt = |world: &mut World, most: u64| {
            world.liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, most)
        };
        let before = world.fingerprint();
        let all = attempt(world, u64::MAX).unwrap_err();
        assert_eq!(all.code(), Some(E::NotInsolvent.into()), "{all}");
        // Leaving one atom of collateral behind is no way around it.
        let nearly = attempt(world, 5_882_352_941).unwrap_err();
        assert_eq!(nearly.code(), Some(E::NotInsolvent.into()), "{nearly}");
        assert_eq!(before, world.fingerprint());
        attempt(world, 100 * USDC).unwrap();

        // Once the kindest reading agrees, everything goes: 6,500 - 100 dollars
        // of debt against less than 6,000 of collateral.
        feed.ema_price = 60 * DOLLAR;
        world.publish(key, feed);
        attempt(world, u64::MAX).unwrap();
        assert_eq!(shares_of(world, &pool.borrower, pool.sol), 0);
        assert!(world.bank(pool.usdc).ledger.borrowed > 0);
    });
}

/// Collateral worth exactly the debt pays no bonus: taking some of it would turn
/// a debt that is still backed into bad debt.
#[test]
fn who_is_not_yet_insolvent_is_not_made_so() {
    on_both(|world| {
        let (pool, liquidator) = unhealthy(world);
        let attempt = |world: &mut World, most| {
            world.liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, most)
        };
        set_sure_price(world, pool.sol, 65 * DOLLAR);
        for most in [USDC, u64::MAX] {
            let failure = attempt(world, most).unwrap_err();
            assert_eq!(failure.code(), Some(E::NotInsolvent.into()), "{failure}");
        }
        set_sure_price(world, pool.sol, 6_499_999_999);
        attempt(world, USDC).unwrap();
        attempt(world, u64::MAX).unwrap();
        assert_eq!(shares_of(world, &pool.borrower, pool.sol), 0);
    });
}

#[test]
fn the_kindest_reading_counts_confidence_for_the_debtor() {
    on_both(|world| {
        let (pool, liquidator) = unhealthy(world);
        let sol = world.keys(pool.sol).oracle;
        let mut feed = world.feed(&sol);
        // 100 SOL at 64.99 and 0.01 more are worth exactly the debt: not insolvent.
        (feed.price, feed.ema_price, feed.conf) = (6_499_000_000, 6_499_000_000, 1_000_000);
        world.publish(sol, feed);
        let attempt = |world: &mut World| {
            world.liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, u64::MAX)
        };
        let failure = attempt(world).unwrap_err();
        assert_eq!(failure.code(), Some(E::NotInsolvent.into()), "{failure}");
        feed.conf -= 1;
        world.publish(sol, feed);
        attempt(world).unwrap();
    });
}

#[test]
fn dust_of_collateral_is_cleared_for_an_atom_and_blocks_no_write_off() {
    on_both(|world| {
        // An atom of it is worth 10^-11 dollars.
        let coin = world.add_bank(&BankSpec::new("coin", 9, DOLLAR / 100));
        let (pool, liquidator) = unhealthy(world);
        world.fund(&pool.borrower, coin, 1);
        world.deposit(&pool.borrower, coin, 1).unwrap();
        set_sure_price(world, pool.sol, 60 * DOLLAR);
        world
            .liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, u64::MAX)
            .unwrap();
        world.advance(60);
        let blocked = world.write_off(&liquidator, &pool.borrower, pool.usdc);
        assert_eq!(blocked.unwrap_err().code(), Some(E::CollateralLeft.into()));
        let before = world.balance(&liquidator, pool.usdc);
        world
            .liquidate(&liquidator, &pool.borrower, pool.usdc, coin, u64::MAX)
            .unwrap();
        assert_eq!(before - world.balance(&liquidator, pool.usdc), 1);
        assert_eq!(shares_of(world, &pool.borrower, coin), 0);
        world
            .write_off(&liquidator, &pool.borrower, pool.usdc)
            .unwrap();
    });
}

#[test]
fn delisted_collateral_counts_nothing_and_is_not_for_sale() {
    on_both(|world| {
        let coin = world.add_bank(&BankSpec::new("coin", 6, DOLLAR));
        let pool = pool(world);
        let liquidator = world.actor("liquidator");
        world.fund(&liquidator, pool.usdc, 1_000 * USDC);
        world.fund(&pool.borrower, coin, 10 * USDC);
        world.deposit(&pool.borrower, coin, 10 * USDC).unwrap();
        world.borrow(&pool.borrower, pool.usdc, 100 * USDC).unwrap();
        let healthy = world.liquidate(&liquidator, &pool.borrower, pool.usdc, coin, USDC);
        assert_eq!(healthy.unwrap_err().code(), Some(E::Healthy.into()));
        configure(world, pool.sol, |config| config.delisted = 1);
        let delisted = world.liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, USDC);
        assert_eq!(delisted.unwrap_err().code(), Some(E::Delisted.into()));
        world
            .liquidate(&liquidator, &pool.borrower, pool.usdc, coin, USDC)
            .unwrap();
        assert!(shares_of(world, &liquidator, coin) > 0);
    });
}

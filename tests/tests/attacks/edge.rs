//! A walk along the edge of insolvency: each liquidation leaves the debtor solvent at
//! the kindest reading, and all of them together make a loss.

use {
    crate::{
        bad_debt::{insure, lose, LENT, USDC},
        hands::{claim, wealth},
        steering::two,
    },
    backstop::state::BankConfig,
    backstop_tests::{
        settings::DAY,
        world::{on_both, Actor, BankId, World},
    },
    num_bigint::BigUint,
};

/// What two wallets of a thief have: dollars in both banks, less the debt.
fn together(world: &mut World, actors: [&Actor; 2], deposits: BankId, debts: BankId) -> i128 {
    let mut sum = 0;
    for actor in actors {
        sum += i128::from(wealth(world, actor, deposits));
        sum += i128::from(world.balance(actor, debts));
        let key = world.keys(debts).bank;
        let ledger = world.bank(debts).ledger;
        let state = world.obligation(actor);
        let shares = state
            .position(&key)
            .map_or(0, |position| position.debt_shares.get());
        let product = BigUint::from(shares) * BigUint::from(ledger.borrow_index.get());
        let owed: u64 = (product >> 96u32).try_into().unwrap();
        sum -= i128::from(owed);
    }
    sum
}

/// A deficit that insurance pays off day by day halves the net price for a while. A
/// thief whose collateral is there is liquidated by his own second wallet at that
/// price, as far as the kindest reading allows: exactly to where his collateral at
/// gross equals his debt. Interest of a few seconds then makes him insolvent at
/// every reading, the friend takes the rest at half its price, and what is left of
/// the debt would be a loss for the lenders of another bank, at prices that never
/// moved.
#[test]
fn nobody_walks_along_the_edge_of_insolvency_into_another_banks_loss() {
    on_both(|world: &mut World| {
        let limit = |config: &mut BankConfig| config.draw_limit = 50_000 * USDC;
        let (stage, euro) = two(world, 1_000, limit);
        for bank in [stage.usdc, euro] {
            sure(world, bank);
        }
        let [thief, friend] = ["thief", "friend"].map(|name| world.actor(name));
        world.fund(&thief, stage.usdc, 100_000 * USDC);
        world.fund(&friend, euro, 100_000 * USDC);
        world.deposit(&thief, stage.usdc, 100_000 * USDC).unwrap();
        world.borrow(&thief, euro, 65_000 * USDC).unwrap();
        insure(world, &stage, 600_000 * USDC);
        let before = together(world, [&thief, &friend], stage.usdc, euro);
        lose(world, &stage, "debtor", 600_000 * USDC);
        for bank in [stage.usdc, euro] {
            sure(world, bank);
        }

        // As close to the edge as he gets: each step half of what was refused.
        let mut step = 64_000 * USDC;
        while step > 0 {
            if world
                .liquidate(&friend, &thief, euro, stage.usdc, step)
                .is_err()
            {
                step /= 2;
            }
        }
        world.advance(60);
        while world
            .liquidate(&friend, &thief, euro, stage.usdc, u64::MAX)
            .is_ok()
        {}
        let _ = world.write_off(&friend, &thief, euro);

        // Insurance covers all of it, as it was always going to.
        for _ in 0..14 {
            world.advance(u64::from(DAY));
            let _ = world.cover(stage.usdc);
        }
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
        let after = together(world, [&thief, &friend], stage.usdc, euro);
        assert!(after <= before, "{before} became {after}");
        assert_eq!(world.bank(euro).ledger.lost.get(), 0);
        assert!(claim(world, &stage.lender, euro) >= LENT);
    });
}

/// Publishes a price without any uncertainty.
fn sure(world: &mut World, bank: BankId) {
    let key = world.keys(bank).oracle;
    let mut feed = world.feed(&key);
    (feed.conf, feed.ema_conf) = (0, 0);
    world.publish(key, feed);
}

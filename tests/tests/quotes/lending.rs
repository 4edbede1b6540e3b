//! Health and liquidation.

use {
    super::{agree, common::pool, common::USDC, view},
    backstop_client::quote,
    backstop_engine::{health::Check, units::Atoms},
    backstop_tests::world::{World, DOLLAR},
};

#[test]
fn a_liquidation_is_quoted_at_every_price_as_it_happens() {
    let mut world = World::bytecode();
    let pool = pool(&mut world);
    world
        .borrow(&pool.borrower, pool.usdc, 6_000 * USDC)
        .unwrap();
    let (mut through, mut refused) = (0, 0);
    for price in (30..=80).step_by(2) {
        for max_repay in [1, 500 * USDC, 3_000 * USDC, u64::MAX] {
            let mut world = world.fork();
            world.set_price(pool.sol, price * DOLLAR);
            world.advance(3_600);
            world.set_price(pool.sol, price * DOLLAR);
            let (debt, collateral) = (world.keys(pool.usdc).bank, world.keys(pool.sol).bank);
            let obligation = world.obligation(&pool.borrower);
            let quoted = quote::liquidation(
                &view(&mut world),
                &obligation,
                &debt,
                &collateral,
                Atoms(max_repay),
            );
            let liquidated =
                world.liquidate(&pool.lender, &pool.borrower, pool.usdc, pool.sol, max_repay);
            let Some((quoted, _)) = agree(quoted, liquidated) else {
                refused += 1;
                continue;
            };
            through += 1;
            let after = world.obligation(&pool.borrower);
            assert_eq!(format!("{:?}", quoted.after), format!("{after:?}"));
        }
    }
    assert!(
        through > 20 && refused > 5,
        "{through} through, {refused} refused"
    );
}

#[test]
fn health_is_what_decides_a_loan() {
    let mut world = World::bytecode();
    let pool = pool(&mut world);
    for atoms in [1_000, 6_000, 6_900, 7_000, 7_100, 20_000].map(|whole| whole * USDC) {
        let mut world = world.fork();
        let done = world.borrow(&pool.borrower, pool.usdc, atoms);
        let landed = done.is_ok();
        // The debt that the loan would make, without asking the program for it.
        let mut lent = world.fork();
        if !landed {
            lent.set_price(pool.sol, 1_000 * DOLLAR);
            lent.borrow(&pool.borrower, pool.usdc, atoms).unwrap();
            lent.set_price(pool.sol, 100 * DOLLAR);
        }
        let obligation = lent.obligation(&pool.borrower);
        let sums = quote::health(&view(&mut lent), &obligation, Check::Initial).unwrap();
        assert_eq!(sums.is_healthy(), landed, "{atoms}: {sums:?}");
    }
}

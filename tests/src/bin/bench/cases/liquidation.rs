//! Liquidations, by how far the obligation has fallen and how large it is.

use {
    super::{many::Many, positions, refresh, rich, two_banks, SOL, TOKEN_2022, USDC},
    crate::bench::Bench,
    backstop::instruction,
    backstop_tests::{
        ix::{self, LiquidationParties},
        tokens::Program,
        world::{Actor, BankId, World, DOLLAR},
    },
};

/// Measures liquidations.
pub fn measure(bench: &mut Bench) {
    for (shape, program, price) in [
        ("1 × 1", Program::Token, 75),
        ("1 × 1, insolvent", Program::Token, 50),
        ("1 × 1, Token-2022", TOKEN_2022, 75),
    ] {
        one(bench, shape, program, price);
    }
    wide(bench);
    eight(bench, "8 positions", 75);
    eight(bench, "8 positions, insolvent", 50);
}

fn one(bench: &mut Bench, shape: &str, program: Program<'static>, price: i64) {
    let world = &mut World::bytecode();
    let (usdc, sol) = two_banks(world, program);
    let lender = rich(world, "lender", &[(usdc, 100_000 * USDC)]);
    let borrower = rich(world, "borrower", &[(sol, 100 * SOL)]);
    let liquidator = rich(world, "liquidator", &[(usdc, 100_000 * USDC)]);
    world.deposit(&lender, usdc, 100_000 * USDC).unwrap();
    world.deposit(&borrower, sol, 100 * SOL).unwrap();
    world.borrow(&borrower, usdc, 6_500 * USDC).unwrap();
    world.advance(3_600);
    world.set_price(sol, price * DOLLAR);
    liquidate(bench, shape, world, (&liquidator, &borrower), (usdc, sol));
    let left = world.obligation(&borrower);
    assert!(left.has_debt(), "{shape}");
    assert_eq!(left.positions().iter().any(|p| p.has_deposit()), price > 50);
}

fn wide(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let (usdc, sol) = super::crisis::wide_banks(world);
    let amount = |count: u64| count * 10_000_000;
    let lender = rich(world, "lender", &[(usdc, amount(100_000 * USDC))]);
    let borrower = rich(world, "borrower", &[(sol, amount(100 * SOL))]);
    let liquidator = rich(world, "liquidator", &[(usdc, amount(100_000 * USDC))]);
    world
        .deposit(&lender, usdc, amount(100_000 * USDC))
        .unwrap();
    world.deposit(&borrower, sol, amount(100 * SOL)).unwrap();
    world.borrow(&borrower, usdc, amount(6_500 * USDC)).unwrap();
    world.advance(3_600);
    world.set_price(sol, 75 * DOLLAR);
    let people = (&liquidator, &borrower);
    liquidate(bench, "1 × 1, wide numbers", world, people, (usdc, sol));
}

fn eight(bench: &mut Bench, shape: &str, price: i64) {
    let Many {
        mut world,
        usdc,
        collateral,
        borrower,
    } = Many::new();
    let world = &mut world;
    let liquidator = rich(world, "liquidator", &[(usdc, 100_000 * USDC)]);
    for bank in &collateral {
        world.deposit(&borrower, *bank, 10 * SOL).unwrap();
    }
    world.borrow(&borrower, usdc, 4_600 * USDC).unwrap();
    world.advance(3_600);
    for bank in &collateral {
        world.set_price(*bank, price * DOLLAR);
    }
    let people = (&liquidator, &borrower);
    liquidate(bench, shape, world, people, (usdc, collateral[6]));
}

fn liquidate(
    bench: &mut Bench,
    shape: &str,
    world: &mut World,
    (liquidator, debtor): (&Actor, &Actor),
    (debt, collateral): (BankId, BankId),
) {
    let fresh = refresh(world, &debtor.obligation, &[]);
    let banks = positions(world, &debtor.obligation);
    let parties = LiquidationParties {
        liquidator: liquidator.key(),
        liquidator_obligation: liquidator.obligation,
        liquidator_token_account: world.wallet(liquidator, debt),
        obligation: debtor.obligation,
    };
    let args = instruction::Liquidate {
        max_repay: u64::MAX,
        min_shares: 0,
    };
    let (debt, collateral) = (world.keys(debt), world.keys(collateral));
    let liquidate = ix::liquidate(&debt, &collateral, parties, args, &banks);
    let instructions = [fresh, liquidate];
    bench.measure(
        world,
        "liquidate",
        shape,
        &instructions,
        &[&liquidator.wallet],
    );
}

//! Lenders and borrowers, with one or two positions.

use {
    super::{positions, refresh, rich, two_banks, SOL, TOKEN_2022, USDC},
    crate::bench::Bench,
    backstop::instruction,
    backstop_tests::{
        ix,
        tokens::Program,
        world::{Actor, BankId, World},
    },
    solana_instruction::Instruction,
};

/// Measures deposits, loans, repayments and withdrawals.
pub fn measure(bench: &mut Bench) {
    plain(bench);
    token_2022(bench);
    wide(bench);
}

fn deposit(world: &World, actor: &Actor, bank: BankId, atoms: u64) -> Instruction {
    let args = instruction::Deposit {
        atoms,
        min_shares: 0,
        accept_deficit: false,
    };
    let account = world.wallet(actor, bank);
    ix::deposit(
        &world.keys(bank),
        actor.key(),
        actor.obligation,
        account,
        args,
    )
}

fn borrow(world: &mut World, actor: &Actor, bank: BankId, atoms: u64) -> [Instruction; 2] {
    let refresh = refresh(world, &actor.obligation, &[bank]);
    let keys = world.keys(bank);
    let mut banks = positions(world, &actor.obligation);
    if !banks.contains(&keys.bank) {
        banks.push(keys.bank);
    }
    let account = world.wallet(actor, bank);
    let borrow = ix::borrow(&keys, actor.key(), actor.obligation, account, atoms, &banks);
    [refresh, borrow]
}

fn repay(world: &World, payer: &Actor, bank: BankId, atoms: u64) -> Instruction {
    let account = world.wallet(payer, bank);
    ix::repay(
        &world.keys(bank),
        payer.key(),
        payer.obligation,
        account,
        atoms,
    )
}

fn withdraw(world: &mut World, actor: &Actor, bank: BankId, shares: u128) -> Instruction {
    let keys = world.keys(bank);
    let indebted = world.obligation(actor).has_debt();
    let banks = if indebted {
        positions(world, &actor.obligation)
    } else {
        Vec::new()
    };
    let args = instruction::Withdraw {
        shares,
        min_atoms: 0,
    };
    let account = world.wallet(actor, bank);
    ix::withdraw(&keys, actor.key(), actor.obligation, account, args, &banks)
}

fn plain(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let (usdc, sol) = two_banks(world, Program::Token);
    let lender = rich(world, "lender", &[(usdc, 1_000_000 * USDC)]);
    let borrower = rich(world, "borrower", &[(sol, 1_000 * SOL)]);

    let first = deposit(world, &lender, usdc, 100_000 * USDC);
    bench.measure(
        world,
        "deposit",
        "first position",
        &[first],
        &[&lender.wallet],
    );
    world.deposit(&borrower, sol, 100 * SOL).unwrap();
    let loan = borrow(world, &borrower, usdc, 2_000 * USDC);
    bench.measure(world, "borrow", "2 positions", &loan, &[&borrower.wallet]);

    world.advance(3_600);
    let more = deposit(world, &lender, usdc, 1_000 * USDC);
    bench.measure(
        world,
        "deposit",
        "interest is due",
        &[more],
        &[&lender.wallet],
    );
    let again = deposit(world, &lender, usdc, 2_000 * USDC);
    bench.measure(world, "deposit", "same second", &[again], &[&lender.wallet]);

    world.advance(3_600);
    let part = repay(world, &borrower, usdc, 500 * USDC);
    bench.measure(
        world,
        "repay",
        "interest is due",
        &[part],
        &[&borrower.wallet],
    );
    let part = repay(world, &borrower, usdc, 600 * USDC);
    bench.measure(world, "repay", "same second", &[part], &[&borrower.wallet]);

    world.advance(3_600);
    let shares = u128::from(1_000 * USDC) * 1_000_000;
    let leave = withdraw(world, &lender, usdc, shares);
    bench.measure(
        world,
        "withdraw",
        "no debt, interest is due",
        &[leave],
        &[&lender.wallet],
    );
    let leave = withdraw(world, &lender, usdc, shares + 1);
    bench.measure(world, "withdraw", "no debt", &[leave], &[&lender.wallet]);
    let fresh = refresh(world, &borrower.obligation, &[]);
    let part = withdraw(world, &borrower, sol, u128::from(SOL) * 1_000_000);
    bench.measure(
        world,
        "withdraw",
        "2 positions",
        &[fresh, part],
        &[&borrower.wallet],
    );
    world.fund(&borrower, usdc, 1_000 * USDC);
    let rest = repay(world, &borrower, usdc, u64::MAX);
    bench.measure(world, "repay", "in full", &[rest], &[&borrower.wallet]);
    let all = withdraw(world, &borrower, sol, u128::MAX);
    bench.measure(
        world,
        "withdraw",
        "all, no debt",
        &[all],
        &[&borrower.wallet],
    );
    let close = ix::close_obligation(borrower.key(), borrower.obligation, borrower.key());
    bench.measure(
        world,
        "close_obligation",
        "empty",
        &[close],
        &[&borrower.wallet],
    );
}

fn token_2022(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let (usdc, sol) = two_banks(world, TOKEN_2022);
    let lender = rich(world, "lender", &[(usdc, 1_000_000 * USDC)]);
    let borrower = rich(world, "borrower", &[(sol, 1_000 * SOL)]);
    let (lends, borrows) = ([&lender.wallet], [&borrower.wallet]);

    let first = deposit(world, &lender, usdc, 100_000 * USDC);
    bench.measure(world, "deposit", "Token-2022", &[first], &lends);
    world.deposit(&borrower, sol, 100 * SOL).unwrap();
    let loan = borrow(world, &borrower, usdc, 2_000 * USDC);
    bench.measure(world, "borrow", "2 positions, Token-2022", &loan, &borrows);
    let part = repay(world, &borrower, usdc, 500 * USDC);
    bench.measure(world, "repay", "Token-2022", &[part], &borrows);
    let fresh = refresh(world, &borrower.obligation, &[]);
    let part = withdraw(world, &borrower, sol, u128::from(SOL) * 1_000_000);
    bench.measure(
        world,
        "withdraw",
        "2 positions, Token-2022",
        &[fresh, part],
        &borrows,
    );
}

/// Numbers so large that products do not fit 128 bits: a bank of 5 billion
/// billion atoms, and an index that has grown for ten years.
fn wide(bench: &mut Bench) {
    let world = &mut World::bytecode();
    let (usdc, sol) = super::crisis::wide_banks(world);
    let lender = rich(world, "lender", &[(usdc, 6_000_000_000_000 * USDC)]);
    let borrower = rich(world, "borrower", &[(sol, 6_000_000_000 * SOL)]);
    let (lends, borrows) = ([&lender.wallet], [&borrower.wallet]);

    world
        .deposit(&lender, usdc, 5_000_000_000_000 * USDC)
        .unwrap();
    world.deposit(&borrower, sol, 5_000_000_000 * SOL).unwrap();
    world
        .borrow(&borrower, usdc, 100_000_000_000 * USDC)
        .unwrap();
    world.advance(10 * 31_536_000);
    let more = deposit(world, &lender, usdc, 100_000_000_000 * USDC + 1);
    bench.measure(world, "deposit", "wide numbers", &[more], &lends);
    let loan = borrow(world, &borrower, usdc, 1_000_000_000 * USDC);
    bench.measure(
        world,
        "borrow",
        "2 positions, wide numbers",
        &loan,
        &borrows,
    );
    world.advance(3_600);
    let part = repay(world, &borrower, usdc, 500_000_000 * USDC);
    bench.measure(world, "repay", "wide numbers", &[part], &borrows);
    let fresh = refresh(world, &borrower.obligation, &[]);
    let shares = u128::from(1_000_000_000 * SOL) * 1_000_000;
    let part = withdraw(world, &borrower, sol, shares);
    bench.measure(
        world,
        "withdraw",
        "2 positions, wide numbers",
        &[fresh, part],
        &borrows,
    );
}

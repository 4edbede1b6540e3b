//! What further positions and further banks cost.

use {
    super::{positions, refresh, rich, SOL, USDC},
    crate::bench::Bench,
    backstop::instruction,
    backstop_tests::{
        ix,
        world::{Actor, BankId, BankSpec, World, DOLLAR},
    },
};

/// Collateral of a full obligation: seven banks, beside the one of the debt.
const COLLATERAL: [&str; 7] = ["A", "B", "C", "D", "E", "F", "G"];

/// One market with eight banks.
pub struct Many {
    /// The market.
    pub world: World,
    /// The bank that is borrowed from.
    pub usdc: BankId,
    /// The other seven.
    pub collateral: Vec<BankId>,
    /// Has no position yet, and 10 whole tokens of each collateral.
    pub borrower: Actor,
}

impl Many {
    /// Eight banks, each with lenders and with a borrower whose interest runs.
    pub fn new() -> Self {
        let mut world = World::bytecode();
        let usdc = world.add_bank(&BankSpec::usdc());
        let collateral: Vec<BankId> = COLLATERAL
            .iter()
            .map(|name| world.add_bank(&BankSpec::new(name, 9, 100 * DOLLAR)))
            .collect();
        let lender = rich(&mut world, "lender", &[(usdc, 100_000 * USDC)]);
        world.deposit(&lender, usdc, 100_000 * USDC).unwrap();
        let whale = rich(&mut world, "whale", &[(usdc, 100_000 * USDC)]);
        world.deposit(&whale, usdc, 100_000 * USDC).unwrap();
        for bank in &collateral {
            world.fund(&lender, *bank, 100 * SOL);
            world.deposit(&lender, *bank, 100 * SOL).unwrap();
            world.borrow(&whale, *bank, 50 * SOL).unwrap();
        }
        let holdings: Vec<_> = collateral.iter().map(|bank| (*bank, 11 * SOL)).collect();
        let borrower = rich(&mut world, "borrower", &holdings);
        Self {
            world,
            usdc,
            collateral,
            borrower,
        }
    }
}

/// Measures loans with two to eight positions, and what else depends on them.
pub fn measure(bench: &mut Bench) {
    let many = &mut Many::new();
    let (world, usdc, borrower) = (&mut many.world, many.usdc, &many.borrower);
    let signers = [&borrower.wallet];
    world
        .deposit(borrower, many.collateral[0], 10 * SOL)
        .unwrap();
    world.borrow(borrower, usdc, 10 * USDC).unwrap();

    for (index, bank) in many.collateral.iter().enumerate().skip(1) {
        world.deposit(borrower, *bank, 10 * SOL).unwrap();
        let fresh = refresh(world, &borrower.obligation, &[]);
        let banks = positions(world, &borrower.obligation);
        assert_eq!(banks.len(), index + 2);
        let (keys, account) = (world.keys(usdc), world.wallet(borrower, usdc));
        let (owner, obligation) = (borrower.key(), borrower.obligation);
        let borrow = ix::borrow(&keys, owner, obligation, account, 100 * USDC, &banks);
        let shape = format!("{} positions", banks.len());
        bench.measure(world, "borrow", &shape, &[fresh, borrow], &signers);
    }

    world.advance(3_600);
    let banks = positions(world, &borrower.obligation);
    let all = refresh(world, &borrower.obligation, &[]);
    for count in [1, 2, 8] {
        let mut some = all.clone();
        some.accounts.truncate(2 * count);
        world.advance(1);
        let noun = if count == 1 { "bank" } else { "banks" };
        let shape = format!("{count} {noun}, interest is due");
        bench.measure(world, "refresh_banks", &shape, &[some], &[]);
    }
    let mut one = all.clone();
    one.accounts.truncate(2);
    bench.measure(world, "refresh_banks", "1 bank, same second", &[one], &[]);

    let last = many.collateral[6];
    let (keys, account) = (world.keys(last), world.wallet(borrower, last));
    let (owner, obligation) = (borrower.key(), borrower.obligation);
    let args = instruction::Deposit {
        atoms: SOL / 2,
        min_shares: 0,
        accept_deficit: false,
    };
    let deposit = ix::deposit(&keys, owner, obligation, account, args);
    let shape = "8 positions, with debt";
    bench.measure(world, "deposit", shape, &[all.clone(), deposit], &signers);

    let args = instruction::Withdraw {
        shares: u128::from(SOL) * 1_000_000,
        min_atoms: 0,
    };
    let withdraw = ix::withdraw(&keys, owner, obligation, account, args, &banks);
    bench.measure(world, "withdraw", "8 positions", &[all, withdraw], &signers);
}

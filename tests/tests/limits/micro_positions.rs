//! E3: many small debts instead of a large one. None gets below the minimum, and
//! clearing them away pays for itself, out of a bounded purse.

use {
    crate::{
        bad_debt::{fail, insure, stage_bank},
        common::{changed, pool_of, repay_ix, restore, set_sure_price, USDC},
    },
    backstop::{error::BackstopError, events::DebtWrittenOff},
    backstop_tests::{
        ix,
        world::{on_both, BankSpec, World, DOLLAR},
    },
};

/// [atoms] The least debt in these scenarios.
const LEAST: u64 = 10 * USDC;

#[test]
fn no_path_leaves_a_debt_below_the_minimum() {
    on_both(|world| {
        let usdc = changed(BankSpec::usdc(), |config| {
            config.min_debt = LEAST;
            config.full_close_debt = LEAST;
        });
        let pool = pool_of(world, &usdc, &BankSpec::sol());
        let (bank, borrower) = (pool.usdc, &pool.borrower);
        let below = u32::from(BackstopError::DebtBelowMinimum);
        let refused = world.borrow(borrower, bank, LEAST - 1).unwrap_err();
        assert_eq!(refused.code(), Some(below));
        world.borrow(borrower, bank, 6_900 * USDC).unwrap();
        set_sure_price(world, bank, DOLLAR);
        set_sure_price(world, pool.sol, 80 * DOLLAR);

        let liquidator = world.actor("liquidator");
        world.fund(&liquidator, bank, 10_000 * USDC);
        let purses = [&liquidator, &pool.lender].map(|actor| world.wallet(actor, bank));
        world.watched.extend(purses);
        let before = world.fingerprint();
        let owed = world.bank(bank).ledger.borrowed;
        for left in [1, LEAST - 1, LEAST, LEAST + 1, 100 * USDC] {
            let repaid = world.repay(&pool.lender, borrower, bank, owed - left);
            assert_eq!(repaid.is_err(), left < LEAST, "{left} left");
            restore(world, &before);
        }
        // The liquidator's limit is cut to what leaves the minimum or nothing.
        for most in (0..40)
            .map(|step| 1 + owed * step / 40)
            .chain([owed - 1, owed])
        {
            world
                .liquidate(&liquidator, borrower, bank, pool.sol, most)
                .unwrap();
            let left = world.bank(bank).ledger.borrowed;
            assert!(left == 0 || left >= LEAST, "{left} left after {most}");
            restore(world, &before);
        }
    });
}

/// Whoever repays an atom of somebody's debt can keep him from leaving exactly the
/// minimum, but not from repaying everything.
#[test]
fn a_strangers_atom_keeps_nobody_from_repaying_everything() {
    on_both(|world| {
        let usdc = changed(BankSpec::usdc(), |config| config.min_debt = LEAST);
        let pool = pool_of(world, &usdc, &BankSpec::sol());
        let (bank, borrower) = (pool.usdc, &pool.borrower);
        world.borrow(borrower, bank, 2 * LEAST).unwrap();
        world.fund(borrower, bank, LEAST);
        let half = [repay_ix(world, borrower, borrower, bank, LEAST)];
        let everything = [repay_ix(world, borrower, borrower, bank, u64::MAX)];
        let before = world.fingerprint();
        world.send(&half, &[&borrower.wallet]).unwrap();
        restore(world, &before);
        world.repay(&pool.lender, borrower, bank, 1).unwrap();
        world.refuse(&half, &[&borrower.wallet], BackstopError::DebtBelowMinimum);
        world.send(&everything, &[&borrower.wallet]).unwrap();
        assert!(!world.obligation(borrower).has_debt());
    });
}

/// How many smallest debts go bad.
const SYBILS: u64 = 48;
/// [lamports] What a transaction costs.
const FEE: u64 = 5_000;
/// [dollars] A price of SOL that is dear for keepers.
const SOL_PRICE: u64 = 500;

#[test]
fn clearing_the_smallest_bad_debts_pays_for_itself_out_of_a_bounded_purse() {
    // Counts nothing that the native chain could show differently, and takes
    // hundreds of transactions.
    let mut world = World::bytecode();
    let world = &mut world;
    let cap = 40 * LEAST / 200;
    let stage = stage_bank(world, |config| {
        config.min_debt = LEAST;
        config.bounty_bps = 50;
        config.bounty_min_loss = LEAST;
        config.bounty_cap = cap;
    });
    insure(world, &stage, 10_000 * USDC);
    let debtors: Vec<_> = (0..SYBILS)
        .map(|index| fail(world, &stage, &format!("sybil {index}"), LEAST))
        .collect();
    let fee_in_atoms = FEE * SOL_PRICE * USDC / 1_000_000_000;
    let (mut lost, mut paid) = (0, 0);
    for (index, debtor) in debtors.iter().enumerate() {
        let receipt = world.write_off(&stage.keeper, debtor, stage.usdc).unwrap();
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!(event.loss, LEAST);
        assert!(
            event.bounty > fee_in_atoms || index >= 40,
            "{}",
            event.bounty
        );
        lost += event.loss;
        paid += event.bounty;
    }
    assert_eq!((lost, paid), (SYBILS * LEAST, cap));
    let ledger = world.bank(stage.usdc).ledger;
    assert_eq!(ledger.insurance, 10_000 * USDC - lost - paid);
    assert_eq!(ledger.deficit, 0);
    // Several fit one transaction, and share its fee.
    let keys = world.keys(stage.usdc);
    let more: Vec<_> = ["x", "y", "z"]
        .map(|name| fail(world, &stage, name, LEAST))
        .into();
    let all: Vec<_> = more
        .iter()
        .map(|debtor| ix::write_off(&keys, debtor.obligation, None, &[]))
        .collect();
    world.send(&all, &[]).unwrap();
}

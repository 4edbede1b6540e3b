//! Paying in: who may, into what, for how many shares.

mod common;

use {
    backstop::{error::BackstopError as E, instruction},
    backstop_tests::{
        ix, tokens,
        world::{on_both, BankSpec, World, DOLLAR},
    },
    common::*,
};

#[test]
fn a_deposit_moves_its_atoms_and_buys_shares_at_the_gross_price() {
    on_both(|world| {
        let Pool {
            usdc,
            lender,
            borrower,
            ..
        } = pool(world);
        assert_eq!(
            shares_of(world, &lender, usdc),
            u128::from(100_000 * USDC) * SHARES
        );
        world.borrow(&borrower, usdc, 5_000 * USDC).unwrap();
        // A prime number of seconds, so that no division comes out even.
        world.advance(999_983);
        world.refresh(&[usdc]).unwrap();

        let before = flows(world, &lender, usdc);
        let books = world.bank(usdc).ledger;
        let held = shares_of(world, &lender, usdc);
        assert!(before.lender_assets > 100_000 * USDC, "interest accrued");
        world.deposit(&lender, usdc, 777_777_777).unwrap();

        let bought = 777_777_777 * (books.deposit_shares.get() + SHARES)
            / (u128::from(books.lender_assets) + 1);
        assert_eq!(shares_of(world, &lender, usdc), held + bought);
        let after = flows(world, &lender, usdc);
        assert_eq!(
            after,
            Flows {
                wallet: before.wallet - 777_777_777,
                vault: before.vault + 777_777_777,
                cash: before.cash + 777_777_777,
                lender_assets: before.lender_assets + 777_777_777,
                borrowed: before.borrowed,
            }
        );
    });
}

#[test]
fn amounts_are_refused_past_every_bound_and_taken_up_to_it() {
    on_both(|world| {
        let spec = changed(BankSpec::usdc(), |config| config.deposit_cap = 1_000 * USDC);
        let usdc = world.add_bank(&spec);
        let lender = world.actor("lender");
        world.fund(&lender, usdc, 5_000 * USDC);
        for (atoms, error) in [
            (0, E::ZeroAmount),
            (1_000 * USDC + 1, E::DepositCapExceeded),
            (u64::MAX, E::DepositCapExceeded),
        ] {
            let deposit = deposit_ix(world, &lender, usdc, atoms);
            world.refuse(&[deposit], &[&lender.wallet], error);
        }
        world.deposit(&lender, usdc, 1_000 * USDC).unwrap();
        for (atoms, error) in [(1, E::DepositCapExceeded), (u64::MAX, E::Overflow)] {
            let deposit = deposit_ix(world, &lender, usdc, atoms);
            world.refuse(&[deposit], &[&lender.wallet], error);
        }
    });
}

#[test]
fn nobody_deposits_more_than_he_has() {
    on_both(|world| {
        let usdc = world.add_bank(&BankSpec::usdc());
        let lender = world.actor("lender");
        world.fund(&lender, usdc, 5);
        let deposit = deposit_ix(world, &lender, usdc, 6);
        world.refuse_code(&[deposit], &[&lender.wallet], INSUFFICIENT_FUNDS);
        world.deposit(&lender, usdc, 5).unwrap();
        assert_eq!(world.balance(&lender, usdc), 0);
    });
}

/// Tokens without and with many decimals, in the largest amounts there are.
#[test]
fn a_bank_can_hold_every_atom_of_a_mint() {
    on_both(|world| {
        let banks = [("whole", 0), ("fine", 18)].map(|(name, decimals)| {
            let spec = changed(BankSpec::new(name, decimals, DOLLAR), |config| {
                config.deposit_cap = u64::MAX;
            });
            world.add_bank(&spec)
        });
        let lender = world.actor("lender");
        for bank in banks {
            world.fund(&lender, bank, u64::MAX);
            world.deposit(&lender, bank, u64::MAX - 1).unwrap();
            let too_much = deposit_ix(world, &lender, bank, 2);
            world.refuse(&[too_much], &[&lender.wallet], E::Overflow);
            world.deposit(&lender, bank, 1).unwrap();
            assert_eq!(world.bank(bank).ledger.lender_assets, u64::MAX);
            assert_eq!(
                shares_of(world, &lender, bank),
                u128::from(u64::MAX) * SHARES
            );
            world.withdraw(&lender, bank, u128::MAX).unwrap();
            assert_eq!(world.balance(&lender, bank), u64::MAX);
        }
    });
}

#[test]
fn the_callers_minimum_of_shares_is_kept_to_the_share() {
    on_both(|world| {
        let Pool { usdc, lender, .. } = pool(world);
        let deposit = |world: &World, min_shares| {
            let args = instruction::Deposit {
                atoms: 5,
                min_shares,
                accept_deficit: false,
            };
            let account = world.wallet(&lender, usdc);
            let keys = world.keys(usdc);
            ix::deposit(&keys, lender.key(), lender.obligation, account, args)
        };
        let dear = deposit(world, 5 * SHARES + 1);
        world.refuse(&[dear], &[&lender.wallet], E::BelowMinimum);
        let fair = deposit(world, 5 * SHARES);
        world.send(&[fair], &[&lender.wallet]).unwrap();
    });
}

#[test]
fn a_deposit_into_a_deficit_is_made_knowingly_and_at_the_gross_price() {
    on_both(|world| {
        let (Pool { usdc, lender, .. }, deficit) = deficit(world);
        let deposit = deposit_ix(world, &lender, usdc, USDC);
        world.refuse(&[deposit], &[&lender.wallet], E::DeficitNotAccepted);
        let (books, held) = (world.bank(usdc).ledger, shares_of(world, &lender, usdc));
        world.deposit(&lender, usdc, USDC).unwrap();
        let gross = u128::from(USDC) * (books.deposit_shares.get() + SHARES)
            / (u128::from(books.lender_assets) + 1);
        assert_eq!(shares_of(world, &lender, usdc), held + gross);
        assert_eq!(world.bank(usdc).ledger.deficit, deficit);
    });
}

#[test]
fn tokens_sent_to_a_vault_change_no_price() {
    on_both(|world| {
        let Pool { usdc, lender, .. } = pool(world);
        let (mint, vault) = (world.mints[usdc.0], world.keys(usdc).liquidity_vault);
        let before = world.bank(usdc);
        let account = world.wallet(&lender, usdc);
        tokens::transfer(
            &mut *world.chain,
            &mint,
            &account,
            &vault,
            &lender.wallet,
            50_000 * USDC,
        );
        assert_eq!(world.bank(usdc).ledger, before.ledger);
        let held = shares_of(world, &lender, usdc);
        world.deposit(&lender, usdc, USDC).unwrap();
        assert_eq!(
            shares_of(world, &lender, usdc),
            held + u128::from(USDC) * SHARES
        );
    });
}

//! Taking out: for how much, by whom, and what must stay.

mod common;

use {
    backstop::{error::BackstopError as E, instruction},
    backstop_tests::{
        ix,
        world::{on_both, World, DOLLAR},
    },
    common::*,
};

#[test]
fn a_withdrawal_pays_the_net_price_rounded_down() {
    on_both(|world| {
        let Pool {
            usdc,
            lender,
            borrower,
            ..
        } = pool(world);
        world.borrow(&borrower, usdc, 5_000 * USDC).unwrap();
        world.advance(999_983);
        world.refresh(&[usdc]).unwrap();
        let before = flows(world, &lender, usdc);
        let books = world.bank(usdc).ledger;
        let held = shares_of(world, &lender, usdc);

        let shares = 777_777_777_777_777;
        world.withdraw(&lender, usdc, shares).unwrap();
        let claim =
            shares * (u128::from(books.lender_assets) + 1) / (books.deposit_shares.get() + SHARES);
        let paid = u64::try_from(claim).unwrap();
        assert!(paid > 777_777_777, "shares have earned");
        assert_eq!(shares_of(world, &lender, usdc), held - shares);
        assert_eq!(
            flows(world, &lender, usdc),
            Flows {
                wallet: before.wallet + paid,
                vault: before.vault - paid,
                cash: before.cash - paid,
                lender_assets: before.lender_assets - paid,
                borrowed: before.borrowed,
            }
        );
        assert_eq!(world.obligation(&lender).risk_raised_at, world.chain.now());
    });
}

#[test]
fn shares_are_refused_past_every_bound_and_redeemed_up_to_it() {
    on_both(|world| {
        let Pool {
            usdc,
            lender,
            borrower,
            ..
        } = pool(world);
        let held = shares_of(world, &lender, usdc);
        for (shares, error) in [
            (0, E::ZeroAmount),
            (held + 1, E::InsufficientShares),
            (u128::MAX - 1, E::InsufficientShares),
        ] {
            let withdraw = withdraw_ix(world, &lender, usdc, shares, &[]);
            world.refuse(&[withdraw], &[&lender.wallet], error);
        }
        let nothing = withdraw_ix(world, &borrower, usdc, u128::MAX, &[]);
        world.refuse(&[nothing], &[&borrower.wallet], E::NoPosition);
        world.borrow(&borrower, usdc, USDC).unwrap();
        let debt = withdraw_ix(world, &borrower, usdc, u128::MAX, &[]);
        world.refuse(&[debt], &[&borrower.wallet], E::InsufficientShares);
        world.repay(&borrower, &borrower, usdc, u64::MAX).unwrap();

        world.withdraw(&lender, usdc, held).unwrap();
        assert_eq!(world.balance(&lender, usdc), 200_000 * USDC);
        assert_eq!(world.obligation(&lender).position_count, 0);
    });
}

#[test]
fn the_cash_of_a_bank_can_be_withdrawn_to_the_last_atom_and_no_further() {
    on_both(|world| {
        let Pool {
            usdc,
            lender,
            borrower,
            ..
        } = pool(world);
        world.borrow(&borrower, usdc, 5_000 * USDC).unwrap();
        let cash = 95_000 * USDC;
        let withdraw = |world: &World, atoms: u64| {
            withdraw_ix(world, &lender, usdc, u128::from(atoms) * SHARES, &[])
        };
        for more in [withdraw(world, cash + 1), withdraw(world, 100_000 * USDC)] {
            world.refuse(&[more], &[&lender.wallet], E::InsufficientCash);
        }
        let all = withdraw(world, cash);
        world.send(&[all], &[&lender.wallet]).unwrap();
        assert_eq!(world.bank(usdc).ledger.cash, 0);
    });
}

#[test]
fn a_debtor_withdraws_to_the_boundary_of_his_health_and_not_a_share_further() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        set_sure_price(world, usdc, DOLLAR);
        set_sure_price(world, sol, 100 * DOLLAR);
        // 70 % of 50 SOL at 100 dollars are 3,500 dollars.
        world.borrow(&borrower, usdc, 3_500 * USDC).unwrap();
        let refresh = refresh_ix(world, &[sol, usdc]);
        let half = u128::from(50 * SOL) * SHARES;
        let withdraw =
            |world: &World, shares| withdraw_ix(world, &borrower, sol, shares, &[sol, usdc]);
        let more = withdraw(world, half + 1);
        world.refuse(&[refresh.clone(), more], &[&borrower.wallet], E::Unhealthy);
        let fair = withdraw(world, half);
        world.send(&[refresh, fair], &[&borrower.wallet]).unwrap();
        assert_eq!(world.balance(&borrower, sol), 150 * SOL);
        let all = withdraw_ix(world, &borrower, sol, u128::MAX, &[usdc]);
        let refresh = refresh_ix(world, &[usdc]);
        world.refuse(&[refresh, all], &[&borrower.wallet], E::Unhealthy);
    });
}

#[test]
fn the_callers_minimum_of_atoms_is_kept_to_the_atom() {
    on_both(|world| {
        let Pool { usdc, lender, .. } = pool(world);
        let (keys, account) = (world.keys(usdc), world.wallet(&lender, usdc));
        let withdraw = |min_atoms| {
            let args = instruction::Withdraw {
                shares: 5 * SHARES + SHARES - 1,
                min_atoms,
            };
            ix::withdraw(&keys, lender.key(), lender.obligation, account, args, &[])
        };
        world.refuse(&[withdraw(6)], &[&lender.wallet], E::BelowMinimum);
        world.send(&[withdraw(5)], &[&lender.wallet]).unwrap();
    });
}

#[test]
fn a_leaver_takes_his_part_of_the_deficit_with_him() {
    on_both(|world| {
        let (Pool { usdc, lender, .. }, deficit) = deficit(world);
        let before = flows(world, &lender, usdc);
        let books = world.bank(usdc).ledger;
        let shares = shares_of(world, &lender, usdc) / 4;
        world.withdraw(&lender, usdc, shares).unwrap();

        let of = |assets: u64| {
            let claim = shares * (u128::from(assets) + 1) / (books.deposit_shares.get() + SHARES);
            u64::try_from(claim).unwrap()
        };
        let (gross, net) = (of(books.lender_assets), of(books.lender_assets - deficit));
        assert!(gross > net);
        let after = world.bank(usdc).ledger;
        assert_eq!(world.balance(&lender, usdc), before.wallet + net);
        assert_eq!(after.lender_assets, books.lender_assets - gross);
        assert_eq!(after.deficit, deficit - (gross - net));
        assert_eq!(
            after.borne_by_leavers.get(),
            books.borne_by_leavers.get() + u128::from(gross - net)
        );
    });
}

#[test]
fn delisted_collateral_backs_no_debt_but_can_be_taken_out_when_none_is_left() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        configure(world, sol, |config| config.delisted = 1);
        let refresh = refresh_ix(world, &[usdc]);
        let signers = [&borrower.wallet];
        // Its bank is still shown, but needs no price any more.
        let withdraw = withdraw_ix(world, &borrower, sol, 1, &[sol, usdc]);
        world.refuse(&[refresh.clone(), withdraw], &signers, E::Unhealthy);
        let all = withdraw_ix(world, &borrower, sol, u128::MAX, &[usdc]);
        world.refuse(&[refresh, all.clone()], &signers, E::Unhealthy);
        world.fund(&borrower, usdc, USDC);
        world.repay(&borrower, &borrower, usdc, u64::MAX).unwrap();
        let all = withdraw_ix(world, &borrower, sol, u128::MAX, &[]);
        world.send(&[all], &signers).unwrap();
        assert_eq!(world.balance(&borrower, sol), 200 * SOL);
    });
}

//! Taking out: for how much, by whom, and what must stay.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::{error::BackstopError as E, instruction},
    backstop_tests::{
        ix,
        world::{on_both, BankSpec, World, DOLLAR},
    },
    common::*,
    std::slice::from_ref,
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
fn a_debtor_shows_all_his_banks_in_order() {
    on_both(|world| {
        let coin = world.add_bank(&BankSpec::new("coin", 6, DOLLAR));
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        world.fund(&borrower, coin, 100);
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        world.deposit(&borrower, coin, 100).unwrap();
        let right = bank_keys(world, &[sol, usdc, coin]);
        let before = refresh_ix(world, &[sol, usdc, coin]);
        let (keys, account) = (world.keys(sol), world.wallet(&borrower, sol));
        let part = instruction::Withdraw {
            shares: SHARES,
            min_atoms: 0,
        };
        refuse_wrong_lists(world, &before, &[&borrower.wallet], &right, |banks| {
            ix::withdraw(
                &keys,
                borrower.key(),
                borrower.obligation,
                account,
                instruction::Withdraw { ..part },
                banks,
            )
        });
        // A position that the withdrawal ends is not shown any more.
        let all = withdraw_ix(world, &borrower, coin, u128::MAX, &[sol, usdc, coin]);
        world.refuse(
            &[before.clone(), all],
            &[&borrower.wallet],
            E::WrongBankList,
        );
        let all = withdraw_ix(world, &borrower, coin, u128::MAX, &[sol, usdc]);
        world.send(&[before, all], &[&borrower.wallet]).unwrap();
    });
}

#[test]
fn a_debtor_needs_every_price_of_this_slot() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        let withdraw = withdraw_ix(world, &borrower, sol, SHARES, &[sol, usdc]);
        let signers = [&borrower.wallet];
        world.refresh(&[sol, usdc]).unwrap();
        world.advance(0);
        world.refuse(from_ref(&withdraw), &signers, E::PriceNotRefreshed);
        for one in [sol, usdc] {
            world.advance(0);
            let refresh = refresh_ix(world, &[one]);
            world.refuse(&[refresh, withdraw.clone()], &signers, E::PriceNotRefreshed);
        }
        let both = refresh_ix(world, &[usdc, sol]);
        world.send(&[both, withdraw], &signers).unwrap();
    });
}

#[test]
fn every_account_of_a_withdrawal_is_checked() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            lender,
            borrower,
        } = pool(world);
        world.fund(&lender, sol, SOL);
        world.deposit(&lender, sol, SOL).unwrap();
        let (keys, other) = (world.keys(usdc), world.keys(sol));
        let market = second_market(world);
        let foreign = foreign_bank(world, market, usdc);
        let abroad = foreign_obligation(world, &market, &lender);
        let wallet = world.wallet(&lender, usdc);
        let (bank, obligation) = (keys.bank, lender.obligation);
        let cases = [
            case(
                "another bank's vault",
                keys.liquidity_vault,
                other.liquidity_vault,
                E::WrongVault,
            ),
            case(
                "the bank's insurance vault",
                keys.liquidity_vault,
                keys.insurance_vault,
                E::WrongVault,
            ),
            case("another mint", keys.mint, other.mint, E::WrongMint),
            case(
                "the other token program",
                keys.token_program,
                spl_token_2022_interface::ID,
                E::WrongTokenProgram,
            ),
            case("another market's bank", bank, foreign.bank, E::WrongMarket),
            case(
                "the owner's obligation in another market",
                obligation,
                abroad,
                E::WrongMarket,
            ),
            case(
                "somebody else's obligation",
                obligation,
                borrower.obligation,
                E::NotOwner,
            ),
            case(
                "an obligation in the bank's place",
                bank,
                borrower.obligation,
                ErrorCode::AccountDiscriminatorMismatch,
            ),
            case(
                "an obligation of another program",
                obligation,
                of_another_program(world, &obligation),
                ErrorCode::AccountOwnedByWrongProgram,
            ),
            case(
                "a bank of another layout",
                bank,
                of_next_version(world, &bank),
                E::WrongVersion,
            ),
            case(
                "an obligation of another layout",
                obligation,
                of_next_version(world, &obligation),
                E::WrongVersion,
            ),
            case(
                "the vault as destination",
                wallet,
                keys.liquidity_vault,
                E::SameAccount,
            ),
            case(
                "a destination of another mint",
                wallet,
                world.wallet(&lender, sol),
                MINT_MISMATCH,
            ),
        ];
        let honest = [withdraw_ix(world, &lender, usdc, 5 * SHARES, &[])];
        world.refuse_code(
            &[unsigned(&honest[0], &lender.key())],
            &[],
            ErrorCode::AccountNotSigner.into(),
        );
        refuse_swaps(world, &honest, &[&lender.wallet], &cases);
        // Where the tokens go is the owner's choice.
        let gift = swap(&honest[0], &wallet, &world.wallet(&borrower, usdc));
        world.send(&[gift], &[&lender.wallet]).unwrap();
        assert_eq!(world.balance(&borrower, usdc), 5);
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

#[test]
fn what_a_write_off_ignored_stays_until_the_record_is_repaid() {
    on_both(|world| {
        let spec = changed(BankSpec::usdc(), |config| config.write_off_mode = 1);
        let Pool {
            usdc,
            sol,
            lender,
            borrower,
        } = pool_of(world, &spec, &BankSpec::sol());
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        configure(world, sol, |config| config.delisted = 1);
        let keys = world.keys(usdc);
        let write_off = ix::write_off(&keys, borrower.obligation, None, &[world.keys(sol).bank]);
        world
            .send(&[ix::refresh_banks(&[keys]), write_off], &[])
            .unwrap();
        let all = withdraw_ix(world, &borrower, sol, u128::MAX, &[]);
        let signers = [&borrower.wallet];
        world.refuse(from_ref(&all), &signers, E::RecordOpen);
        world
            .repay_written_off(&lender, &borrower, usdc, u64::MAX)
            .unwrap();
        world.send(&[all], &signers).unwrap();
        assert_eq!(world.balance(&borrower, sol), 200 * SOL);
    });
}

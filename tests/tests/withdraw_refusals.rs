//! Withdrawals that must not happen: impostors, wrong lists, old prices, and what a
//! write-off ignored.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::{error::BackstopError as E, instruction},
    backstop_tests::{
        ix,
        world::{on_both, BankSpec, DOLLAR},
    },
    common::*,
    std::slice::from_ref,
};

#[test]
fn a_debtor_shows_all_their_banks_in_any_order() {
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
        only_missing_banks_are_refused(world, &before, &[&borrower.wallet], &right, |banks| {
            ix::withdraw(
                &keys,
                borrower.key(),
                borrower.obligation,
                account,
                instruction::Withdraw { ..part },
                banks,
            )
        });
        // A position that the withdrawal ends need not be shown any more.
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

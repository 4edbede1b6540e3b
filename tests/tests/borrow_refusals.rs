//! Loans that must not be made: impostors, wrong lists, old prices, wrong banks.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::{
        ix,
        world::{on_both, BankSpec, DOLLAR},
    },
    common::*,
    std::slice::from_ref,
};

#[test]
fn a_borrower_shows_all_their_banks_in_any_order() {
    on_both(|world| {
        let coin = world.add_bank(&BankSpec::new("coin", 6, DOLLAR));
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        world.fund(&borrower, coin, 100);
        world.deposit(&borrower, coin, 100).unwrap();
        let right = bank_keys(world, &[sol, coin, usdc]);
        let before = refresh_ix(world, &[sol, coin, usdc]);
        let (keys, account) = (world.keys(usdc), world.wallet(&borrower, usdc));
        only_missing_banks_are_refused(world, &before, &[&borrower.wallet], &right, |banks| {
            ix::borrow(
                &keys,
                borrower.key(),
                borrower.obligation,
                account,
                USDC,
                banks,
            )
        });
    });
}

#[test]
fn a_borrower_needs_every_price_of_this_slot() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        let borrow = borrow_ix(world, &borrower, usdc, USDC, &[sol, usdc]);
        let signers = [&borrower.wallet];
        world.refresh(&[sol, usdc]).unwrap();
        world.advance(0);
        world.refuse(from_ref(&borrow), &signers, E::PriceNotRefreshed);
        for one in [sol, usdc] {
            world.advance(0);
            let refresh = refresh_ix(world, &[one]);
            world.refuse(&[refresh, borrow.clone()], &signers, E::PriceNotRefreshed);
        }
        let both = refresh_ix(world, &[usdc, sol]);
        world.send(&[both, borrow.clone()], &signers).unwrap();
        // Refreshed in the same slot is enough, in whichever transaction.
        world.send(&[borrow], &signers).unwrap();
    });
}

#[test]
fn every_account_of_a_loan_is_checked() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            lender,
        } = pool(world);
        let (keys, other) = (world.keys(usdc), world.keys(sol));
        let market = second_market(world);
        let foreign = foreign_bank(world, market, usdc);
        let abroad = foreign_obligation(world, &market, &borrower);
        let wallet = world.wallet(&borrower, usdc);
        let obligation = borrower.obligation;
        // The list names the bank too; a swap there would hide the account's.
        let listed: Vec<_> = [sol, usdc].map(|bank| world.keys(bank).bank).into();
        let honest = borrow_ix(world, &borrower, usdc, USDC, &[sol, usdc]);
        let with_bank = |bank| {
            let mut instruction = honest.clone();
            let count = instruction.accounts.len() - listed.len();
            for meta in &mut instruction.accounts[..count] {
                if meta.pubkey == keys.bank {
                    meta.pubkey = bank;
                }
            }
            instruction
        };
        let refresh = refresh_ix(world, &[sol, usdc]);
        let next_version = of_next_version(world, &keys.bank);
        let foreign_program = of_another_program(world, &keys.bank);
        for (bank, code) in [
            (foreign.bank, E::WrongMarket.into()),
            (next_version, E::WrongVersion.into()),
            (
                foreign_program,
                ErrorCode::AccountOwnedByWrongProgram.into(),
            ),
            (
                lender.obligation,
                ErrorCode::AccountDiscriminatorMismatch.into(),
            ),
        ] {
            let borrow = with_bank(bank);
            world.refuse_code(&[refresh.clone(), borrow], &[&borrower.wallet], code);
        }
        let cases = [
            case(
                "another market, which may not be paused",
                keys.market.market,
                market.market,
                E::WrongMarket,
            ),
            case(
                "a market of another layout",
                keys.market.market,
                of_next_version(world, &keys.market.market),
                E::WrongVersion,
            ),
            case(
                "a market of another program",
                keys.market.market,
                of_another_program(world, &keys.market.market),
                ErrorCode::AccountOwnedByWrongProgram,
            ),
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
            case(
                "the borrower's obligation in another market",
                obligation,
                abroad,
                E::WrongMarket,
            ),
            case(
                "somebody else's obligation",
                obligation,
                lender.obligation,
                E::NotOwner,
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
                world.wallet(&borrower, sol),
                MINT_MISMATCH,
            ),
        ];
        world.refuse_code(
            &[refresh.clone(), unsigned(&honest, &borrower.key())],
            &[],
            ErrorCode::AccountNotSigner.into(),
        );
        refuse_swaps(world, &[refresh, honest], &[&borrower.wallet], &cases);
    });
}

#[test]
fn nobody_borrows_what_he_lends() {
    on_both(|world| {
        let Pool {
            usdc, sol, lender, ..
        } = pool(world);
        let refresh = refresh_ix(world, &[usdc, sol]);
        let own = borrow_ix(world, &lender, usdc, USDC, &[usdc]);
        world.refuse(&[refresh, own], &[&lender.wallet], E::BothSides);
        world.borrow(&lender, sol, SOL).unwrap();
    });
}

#[test]
fn the_ninth_position_is_refused() {
    on_both(|world| {
        let banks: Vec<_> = (0..9)
            .map(|index| world.add_bank(&BankSpec::new(&format!("coin {index}"), 6, DOLLAR)))
            .collect();
        let [lender, borrower] = ["lender", "borrower"].map(|name| world.actor(name));
        for bank in &banks[7..] {
            world.fund(&lender, *bank, 100 * USDC);
            world.deposit(&lender, *bank, 100 * USDC).unwrap();
        }
        for bank in &banks[..7] {
            world.fund(&borrower, *bank, 100 * USDC);
            world.deposit(&borrower, *bank, 100 * USDC).unwrap();
        }
        world.borrow(&borrower, banks[7], USDC).unwrap();
        let ninth = borrow_ix(world, &borrower, banks[8], USDC, &banks);
        world.refuse(&[ninth], &[&borrower.wallet], E::TooManyPositions);
        world.repay(&borrower, &borrower, banks[7], USDC).unwrap();
        world.borrow(&borrower, banks[8], USDC).unwrap();
    });
}

#[test]
fn a_new_bank_lends_exactly_when_it_is_live_and_a_delisted_one_never() {
    on_both(|world| {
        let Pool {
            sol,
            borrower,
            lender,
            ..
        } = pool(world);
        let coin = world.add_bank(&BankSpec::new("late coin", 6, DOLLAR));
        world.fund(&borrower, coin, 1);
        let refresh = refresh_ix(world, &[sol, coin]);
        let borrow = borrow_ix(world, &borrower, coin, USDC, &[sol, coin]);
        let transaction = [refresh, borrow];
        world.advance(DELAY - 1);
        world.refuse(&transaction, &[&borrower.wallet], E::BankNotLive);
        world.advance(1);
        world.fund(&lender, coin, 100 * USDC);
        world.deposit(&lender, coin, 100 * USDC).unwrap();
        world.send(&transaction, &[&borrower.wallet]).unwrap();
        configure(world, coin, |config| config.delisted = 1);
        world.refuse(&transaction, &[&borrower.wallet], E::Delisted);
    });
}

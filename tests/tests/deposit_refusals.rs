//! Deposits that must not be taken: impostors, old prices, banks that are closed.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::world::{on_both, BankSpec, DOLLAR},
    common::*,
    std::slice::from_ref,
};

#[test]
fn every_account_of_a_deposit_is_checked() {
    on_both(|world| {
        let Pool {
            usdc, sol, lender, ..
        } = pool(world);
        let stranger = world.actor("stranger");
        world.fund(&stranger, usdc, USDC);
        world.fund(&lender, sol, SOL);
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
            case(
                "the vault of the same asset's bank in another market",
                keys.liquidity_vault,
                foreign.liquidity_vault,
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
                stranger.obligation,
                E::NotOwner,
            ),
            case(
                "an obligation in the bank's place",
                bank,
                stranger.obligation,
                ErrorCode::AccountDiscriminatorMismatch,
            ),
            case(
                "a bank of another program",
                bank,
                of_another_program(world, &bank),
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
                "somebody else's tokens",
                wallet,
                world.wallet(&stranger, usdc),
                OWNER_MISMATCH,
            ),
            case(
                "the vault's own tokens",
                wallet,
                keys.liquidity_vault,
                OWNER_MISMATCH,
            ),
            case(
                "another asset's tokens",
                wallet,
                world.wallet(&lender, sol),
                MINT_MISMATCH,
            ),
        ];
        let honest = [deposit_ix(world, &lender, usdc, USDC)];
        world.refuse_code(
            &[unsigned(&honest[0], &lender.key())],
            &[],
            ErrorCode::AccountNotSigner.into(),
        );
        refuse_swaps(world, &honest, &[&lender.wallet], &cases);
    });
}

#[test]
fn a_debtor_deposits_only_what_has_a_price_in_this_slot() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        let deposit = deposit_ix(world, &borrower, sol, SOL);
        let signers = [&borrower.wallet];
        // Without a debt no price is needed.
        world.advance(0);
        world.send(from_ref(&deposit), &signers).unwrap();
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        world.advance(0);
        world.refuse(from_ref(&deposit), &signers, E::PriceNotRefreshed);
        let refresh = refresh_ix(world, &[sol]);
        world.send(&[refresh, deposit.clone()], &signers).unwrap();
        world.advance(0);
        world.refuse(&[deposit], &signers, E::PriceNotRefreshed);
    });
}

#[test]
fn nobody_lends_where_he_borrows() {
    on_both(|world| {
        let Pool { usdc, borrower, .. } = pool(world);
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        let refresh = refresh_ix(world, &[usdc]);
        let deposit = deposit_ix(world, &borrower, usdc, 1);
        world.refuse(
            &[refresh.clone(), deposit.clone()],
            &[&borrower.wallet],
            E::BothSides,
        );
        world.repay(&borrower, &borrower, usdc, u64::MAX).unwrap();
        world.fund(&borrower, usdc, 1);
        world
            .send(&[refresh, deposit], &[&borrower.wallet])
            .unwrap();
    });
}

#[test]
fn the_ninth_position_is_refused_and_a_freed_one_used_again() {
    on_both(|world| {
        let banks: Vec<_> = (0..9)
            .map(|index| world.add_bank(&BankSpec::new(&format!("coin {index}"), 6, DOLLAR)))
            .collect();
        let lender = world.actor("lender");
        for bank in &banks {
            world.fund(&lender, *bank, 10);
        }
        for bank in &banks[..8] {
            world.deposit(&lender, *bank, 5).unwrap();
        }
        let ninth = deposit_ix(world, &lender, banks[8], 5);
        world.refuse(from_ref(&ninth), &[&lender.wallet], E::TooManyPositions);
        world.deposit(&lender, banks[3], 5).unwrap();
        world.withdraw(&lender, banks[3], u128::MAX).unwrap();
        world.send(&[ninth], &[&lender.wallet]).unwrap();
        let order: Vec<_> = [0, 1, 2, 4, 5, 6, 7, 8]
            .map(|i: usize| world.keys(banks[i]).bank)
            .into();
        let held: Vec<_> = world
            .obligation(&lender)
            .positions()
            .iter()
            .map(|position| position.bank)
            .collect();
        assert_eq!(held, order);
    });
}

#[test]
fn a_new_bank_takes_deposits_exactly_when_it_is_live() {
    on_both(|world| {
        let Pool { lender, .. } = pool(world);
        let coin = world.add_bank(&BankSpec::new("late coin", 6, DOLLAR));
        world.fund(&lender, coin, 10);
        assert_eq!(
            world.bank(coin).live_at,
            world.chain.now() + i64::try_from(DELAY).unwrap()
        );
        let deposit = deposit_ix(world, &lender, coin, 10);
        world.advance(DELAY - 1);
        world.refuse(from_ref(&deposit), &[&lender.wallet], E::BankNotLive);
        world.advance(1);
        world.send(&[deposit], &[&lender.wallet]).unwrap();
    });
}

#[test]
fn a_delisted_bank_takes_no_deposits() {
    on_both(|world| {
        let Pool { usdc, lender, .. } = pool(world);
        let deposit = deposit_ix(world, &lender, usdc, 1);
        world.send(from_ref(&deposit), &[&lender.wallet]).unwrap();
        configure(world, usdc, |config| config.delisted = 1);
        world.refuse(from_ref(&deposit), &[&lender.wallet], E::Delisted);
        configure(world, usdc, |config| config.delisted = 0);
        world.send(&[deposit], &[&lender.wallet]).unwrap();
    });
}

//! Paying in: who may, into what, for how many shares.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::{error::BackstopError as E, instruction},
    backstop_tests::{
        ix, tokens,
        world::{on_both, BankSpec, World, DOLLAR},
    },
    common::*,
    std::slice::from_ref,
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

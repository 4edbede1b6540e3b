//! Paying back: by anyone, to the atom, whatever else is wrong.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::{
        state::Wide,
        world::{on_both, World},
    },
    common::*,
    num_bigint::BigUint,
    std::slice::from_ref,
};

/// (atoms) What clears these debt shares: `⌈shares · index / 2^96⌉`.
fn debt_up(world: &mut World, pool: &Pool) -> u64 {
    let key = world.keys(pool.usdc).bank;
    let index = world.bank(pool.usdc).ledger.borrow_index.big();
    let obligation = world.obligation(&pool.borrower);
    let shares = obligation.position(&key).unwrap().debt_shares.big();
    let one = BigUint::from(1u8) << 96u32;
    u64::try_from((shares * index + &one - 1u8) / one).unwrap()
}

/// A pool whose borrower has owed 5,000 USDC for 999,983 seconds.
fn indebted(world: &mut World) -> Pool {
    let pool = pool(world);
    world
        .borrow(&pool.borrower, pool.usdc, 5_000 * USDC)
        .unwrap();
    world.advance(999_983);
    world.refresh(&[pool.usdc]).unwrap();
    pool
}

#[test]
fn a_part_repaid_lowers_the_debt_by_what_was_paid() {
    on_both(|world| {
        let pool = indebted(world);
        let before = flows(world, &pool.lender, pool.usdc);
        let owed = debt_up(world, &pool);
        world
            .repay(&pool.lender, &pool.borrower, pool.usdc, 777_777_777)
            .unwrap();
        let after = flows(world, &pool.lender, pool.usdc);
        let fall = before.borrowed - after.borrowed;
        // Shares are rounded down: of 777,777,777 atoms at most one stays owed,
        // and lenders have it.
        assert!((777_777_776..=777_777_777).contains(&fall), "{fall}");
        assert_eq!(
            after,
            Flows {
                wallet: before.wallet - 777_777_777,
                vault: before.vault + 777_777_777,
                cash: before.cash + 777_777_777,
                lender_assets: before.lender_assets + (777_777_777 - fall),
                borrowed: before.borrowed - fall,
            }
        );
        let left = debt_up(world, &pool);
        assert!((owed - 777_777_777..=owed - 777_777_776).contains(&left));
    });
}

#[test]
fn everything_repaid_costs_the_debt_rounded_up_and_frees_the_position() {
    on_both(|world| {
        let pool = indebted(world);
        let before = flows(world, &pool.lender, pool.usdc);
        let owed = debt_up(world, &pool);
        assert_eq!(owed, before.borrowed + 1, "the debt does not come out even");
        world
            .repay(&pool.lender, &pool.borrower, pool.usdc, u64::MAX)
            .unwrap();
        assert_eq!(
            flows(world, &pool.lender, pool.usdc),
            Flows {
                wallet: before.wallet - owed,
                vault: before.vault + owed,
                cash: before.cash + owed,
                lender_assets: before.lender_assets + 1,
                borrowed: 0,
            }
        );
        assert_eq!(world.bank(pool.usdc).ledger.debt_shares.get(), 0);
        assert_eq!(world.obligation(&pool.borrower).position_count, 1);
    });
}

#[test]
fn amounts_are_refused_past_every_bound_and_taken_up_to_it() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            lender,
            borrower,
        } = pool(world);
        world.borrow(&borrower, usdc, USDC).unwrap();
        let least = world.bank(usdc).config.min_debt;
        for (atoms, error) in [
            (0, E::ZeroAmount),
            (USDC - 1, E::DebtBelowMinimum),
            (USDC - least + 1, E::DebtBelowMinimum),
        ] {
            let repay = repay_ix(world, &lender, &borrower, usdc, atoms);
            world.refuse(&[repay], &[&lender.wallet], error);
        }
        let deposit = repay_ix(world, &borrower, &borrower, sol, 1);
        world.refuse(&[deposit], &[&borrower.wallet], E::NoDebt);
        let nothing = repay_ix(world, &lender, &lender, sol, 1);
        world.refuse(&[nothing], &[&lender.wallet], E::NoPosition);

        world.repay(&lender, &borrower, usdc, USDC - least).unwrap();
        assert_eq!(world.bank(usdc).ledger.borrowed, least);
        world.repay(&lender, &borrower, usdc, least).unwrap();
        assert_eq!(world.bank(usdc).ledger.borrowed, 0);
        assert_eq!(world.balance(&lender, usdc), 100_000 * USDC - USDC);
    });
}

#[test]
fn nobody_repays_more_than_he_has() {
    on_both(|world| {
        let Pool { usdc, borrower, .. } = pool(world);
        world.borrow(&borrower, usdc, USDC).unwrap();
        let poor = world.actor("poor");
        world.fund(&poor, usdc, USDC - 1);
        let repay = repay_ix(world, &poor, &borrower, usdc, u64::MAX);
        world.refuse_code(from_ref(&repay), &[&poor.wallet], INSUFFICIENT_FUNDS);
        world.fund(&poor, usdc, 1);
        world.send(&[repay], &[&poor.wallet]).unwrap();
        assert_eq!(world.balance(&poor, usdc), 0);
    });
}

#[test]
fn every_account_of_a_repayment_is_checked() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            lender,
            borrower,
        } = pool(world);
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        world.fund(&lender, sol, SOL);
        let (keys, other) = (world.keys(usdc), world.keys(sol));
        let market = second_market(world);
        let foreign = foreign_bank(world, market, usdc);
        let abroad = foreign_obligation(world, &market, &borrower);
        let wallet = world.wallet(&lender, usdc);
        let (bank, obligation) = (keys.bank, borrower.obligation);
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
                "the payer's own account as vault",
                keys.liquidity_vault,
                wallet,
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
                "the debtor's obligation in another market",
                obligation,
                abroad,
                E::WrongMarket,
            ),
            case(
                "a bank of another program",
                bank,
                of_another_program(world, &bank),
                ErrorCode::AccountOwnedByWrongProgram,
            ),
            case(
                "a bank in the obligation's place",
                obligation,
                other.bank,
                ErrorCode::AccountDiscriminatorMismatch,
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
                world.wallet(&borrower, usdc),
                OWNER_MISMATCH,
            ),
            case(
                "another asset's tokens",
                wallet,
                world.wallet(&lender, sol),
                MINT_MISMATCH,
            ),
        ];
        let honest = [repay_ix(world, &lender, &borrower, usdc, USDC)];
        world.refuse_code(
            &[unsigned(&honest[0], &lender.key())],
            &[],
            ErrorCode::AccountNotSigner.into(),
        );
        refuse_swaps(world, &honest, &[&lender.wallet], &cases);
    });
}

/// No price, no live feed, a delisted bank: a debtor may always pay.
#[test]
fn neither_a_dead_feed_nor_a_delisting_blocks_repaying() {
    on_both(|world| {
        let Pool { usdc, borrower, .. } = pool(world);
        world.borrow(&borrower, usdc, 100 * USDC).unwrap();
        configure(world, usdc, |config| config.delisted = 1);
        world.advance_silently(30 * 86_400);
        world.repay(&borrower, &borrower, usdc, 50 * USDC).unwrap();
        world.fund(&borrower, usdc, 10 * USDC);
        world.repay(&borrower, &borrower, usdc, u64::MAX).unwrap();
        assert_eq!(world.bank(usdc).ledger.borrowed, 0);
    });
}

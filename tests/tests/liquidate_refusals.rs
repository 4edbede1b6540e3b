//! Liquidations that must not happen: wicks, impostors, wrong lists.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::{error::BackstopError as E, instruction},
    backstop_tests::{
        ix::{self, LiquidationParties},
        world::{on_both, Actor, BankId, BankSpec, World, DOLLAR},
    },
    common::*,
    solana_instruction::Instruction,
};

/// A pool whose borrower owes 6,500 USDC against 100 SOL that are worth 8,000
/// dollars by now, of which 80 % count; and a liquidator.
fn unhealthy(world: &mut World) -> (Pool, Actor) {
    let pool = pool(world);
    let liquidator = world.actor("liquidator");
    world.fund(&liquidator, pool.usdc, 100_000 * USDC);
    world.fund(&liquidator, pool.sol, 10 * SOL);
    world
        .borrow(&pool.borrower, pool.usdc, 6_500 * USDC)
        .unwrap();
    set_sure_price(world, pool.usdc, DOLLAR);
    set_sure_price(world, pool.sol, 80 * DOLLAR);
    (pool, liquidator)
}

fn liquidate_ix(
    world: &World,
    pool: &Pool,
    liquidator: &Actor,
    (debt, collateral): (BankId, BankId),
    min_shares: u128,
    banks: &[BankId],
) -> Instruction {
    let parties = LiquidationParties {
        liquidator: liquidator.key(),
        liquidator_obligation: liquidator.obligation,
        liquidator_token_account: world.wallet(liquidator, debt),
        obligation: pool.borrower.obligation,
    };
    let args = instruction::Liquidate {
        max_repay: 100 * USDC,
        min_shares,
    };
    let banks = bank_keys(world, banks);
    let (debt, collateral) = (world.keys(debt), world.keys(collateral));
    ix::liquidate(&debt, &collateral, parties, args, &banks)
}

/// The instruction with another account at one place.
fn at(instruction: &Instruction, index: usize, key: solana_pubkey::Pubkey) -> Instruction {
    let mut instruction = instruction.clone();
    instruction.accounts[index].pubkey = key;
    instruction
}

#[test]
fn every_account_of_a_liquidation_is_checked() {
    on_both(|world| {
        let (pool, liquidator) = unhealthy(world);
        let (usdc, sol) = (world.keys(pool.usdc), world.keys(pool.sol));
        let market = second_market(world);
        let foreign = foreign_bank(world, market, pool.usdc);
        let abroad = foreign_obligation(world, &market, &liquidator);
        let debtor = pool.borrower.obligation;
        let sides = (pool.usdc, pool.sol);
        let honest = liquidate_ix(world, &pool, &liquidator, sides, 0, &[pool.sol, pool.usdc]);
        let refresh = refresh_ix(world, &[pool.sol, pool.usdc]);
        let mine = liquidator.obligation;
        let other_program = ErrorCode::AccountOwnedByWrongProgram;
        let other_kind = ErrorCode::AccountDiscriminatorMismatch;
        // By place: 1 the liquidator's obligation, 2 the debtor's, 3 and 4 the
        // banks of debt and collateral, 5 the payer's tokens, 6 to 8 vault, mint
        // and token program.
        let cases: [(&str, usize, _, u32); 23] = [
            ("his own obligation", 1, debtor, E::SameAccount.into()),
            ("the liquidator's as debtor", 2, mine, E::SameAccount.into()),
            (
                "debt bank on both sides",
                4,
                usdc.bank,
                E::SameAccount.into(),
            ),
            (
                "collateral bank on both",
                3,
                sol.bank,
                E::SameAccount.into(),
            ),
            (
                "somebody else's gains",
                1,
                pool.lender.obligation,
                E::NotOwner.into(),
            ),
            ("gains in another market", 1, abroad, E::WrongMarket.into()),
            (
                "a debtor in another market",
                2,
                abroad,
                E::WrongMarket.into(),
            ),
            (
                "debt in another market",
                3,
                foreign.bank,
                E::WrongMarket.into(),
            ),
            ("collateral there", 4, foreign.bank, E::WrongMarket.into()),
            (
                "another vault",
                6,
                sol.liquidity_vault,
                E::WrongVault.into(),
            ),
            ("insurance", 6, usdc.insurance_vault, E::WrongVault.into()),
            ("another mint", 7, sol.mint, E::WrongMint.into()),
            (
                "another program",
                8,
                spl_token_2022_interface::ID,
                E::WrongTokenProgram.into(),
            ),
            (
                "another's tokens",
                5,
                world.wallet(&pool.lender, pool.usdc),
                OWNER_MISMATCH,
            ),
            (
                "other tokens",
                5,
                world.wallet(&liquidator, pool.sol),
                MINT_MISMATCH,
            ),
            (
                "forged gains",
                1,
                of_another_program(world, &mine),
                other_program.into(),
            ),
            (
                "forged debtor",
                2,
                of_another_program(world, &debtor),
                other_program.into(),
            ),
            (
                "forged debt bank",
                3,
                of_another_program(world, &usdc.bank),
                other_program.into(),
            ),
            ("a bank as debtor", 2, usdc.bank, other_kind.into()),
            (
                "gains of version 2",
                1,
                of_next_version(world, &mine),
                E::WrongVersion.into(),
            ),
            (
                "debtor of version 2",
                2,
                of_next_version(world, &debtor),
                E::WrongVersion.into(),
            ),
            (
                "debt bank of version 2",
                3,
                of_next_version(world, &usdc.bank),
                E::WrongVersion.into(),
            ),
            (
                "collateral of version 2",
                4,
                of_next_version(world, &sol.bank),
                E::WrongVersion.into(),
            ),
        ];
        let signers = [&liquidator.wallet];
        for (name, index, key, code) in cases {
            println!("{} chain: {name}", world.chain.name());
            let wrong = at(&honest, index, key);
            world.refuse_code(&[refresh.clone(), wrong], &signers, code);
        }
        let unsigned = unsigned(&honest, &liquidator.key());
        let code = ErrorCode::AccountNotSigner.into();
        world.refuse_code(&[refresh.clone(), unsigned], &[], code);
        world.send(&[refresh, honest], &signers).unwrap();
    });
}

#[test]
fn the_sides_are_a_debt_and_a_deposit_of_the_debtor() {
    on_both(|world| {
        let coin = world.add_bank(&BankSpec::new("coin", 6, DOLLAR));
        let (pool, liquidator) = unhealthy(world);
        let banks = [pool.sol, pool.usdc];
        let refresh = refresh_ix(world, &[pool.sol, pool.usdc, coin]);
        for (sides, error) in [
            ((pool.sol, pool.usdc), E::NoDebt),
            ((coin, pool.sol), E::NoPosition),
            ((pool.usdc, coin), E::NoPosition),
        ] {
            let wrong = liquidate_ix(world, &pool, &liquidator, sides, 0, &banks);
            world.refuse(&[refresh.clone(), wrong], &[&liquidator.wallet], error);
        }
        let zero = {
            let mut honest =
                liquidate_ix(world, &pool, &liquidator, (pool.usdc, pool.sol), 0, &banks);
            honest.data[8..16].fill(0);
            honest
        };
        world.refuse(&[refresh, zero], &[&liquidator.wallet], E::ZeroAmount);
        world
            .liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, 1)
            .unwrap();
    });
}

#[test]
fn a_liquidator_shows_all_banks_of_the_debtor_in_any_order() {
    on_both(|world| {
        let coin = world.add_bank(&BankSpec::new("coin", 6, DOLLAR));
        let (pool, liquidator) = unhealthy(world);
        // Unhealthy enough for more than one liquidation.
        set_sure_price(world, pool.sol, 70 * DOLLAR);
        world.fund(&pool.borrower, coin, 100);
        world.deposit(&pool.borrower, coin, 100).unwrap();
        let refresh = refresh_ix(world, &[pool.sol, pool.usdc, coin]);
        let right = bank_keys(world, &[pool.sol, pool.usdc, coin]);
        let bare = liquidate_ix(world, &pool, &liquidator, (pool.usdc, pool.sol), 0, &[]);
        only_missing_banks_are_refused(world, &refresh, &[&liquidator.wallet], &right, |banks| {
            let mut instruction = bare.clone();
            instruction.accounts.extend(
                banks
                    .iter()
                    .map(|key| solana_instruction::AccountMeta::new_readonly(*key, false)),
            );
            instruction
        });
    });
}

#[test]
fn a_liquidator_needs_every_price_of_this_slot() {
    on_both(|world| {
        let coin = world.add_bank(&BankSpec::new("coin", 6, DOLLAR));
        let (pool, liquidator) = unhealthy(world);
        world.fund(&pool.borrower, coin, 100);
        world.deposit(&pool.borrower, coin, 100).unwrap();
        let all = [pool.sol, pool.usdc, coin];
        let liquidate = liquidate_ix(world, &pool, &liquidator, (pool.usdc, pool.sol), 0, &all);
        let signers = [&liquidator.wallet];
        world.refresh(&all).unwrap();
        for missing in all {
            world.advance(0);
            let others: Vec<_> = all.into_iter().filter(|bank| *bank != missing).collect();
            let refresh = refresh_ix(world, &others);
            let transaction = [refresh, liquidate.clone()];
            world.refuse(&transaction, &signers, E::PriceNotRefreshed);
        }
        let refresh = refresh_ix(world, &all);
        world.send(&[refresh, liquidate], &signers).unwrap();
    });
}

#[test]
fn the_liquidators_minimum_of_shares_is_kept_to_the_share() {
    on_both(|world| {
        let (pool, liquidator) = unhealthy(world);
        let banks = [pool.sol, pool.usdc];
        let refresh = refresh_ix(world, &banks);
        // 100 dollars and a bonus of 261 bps are 102.61 of the 8,000 dollars that
        // 10^17 shares are worth; a fifth of the bonus goes to insurance.
        let seized = 100_000_000_000_000_000u128 * 10_261 / 800_000;
        let gained = seized - (seized * 261).div_ceil(10_261).div_ceil(5);
        let liquidate = |world: &World, least| {
            liquidate_ix(
                world,
                &pool,
                &liquidator,
                (pool.usdc, pool.sol),
                least,
                &banks,
            )
        };
        let dear = liquidate(world, gained + 1);
        let signers = [&liquidator.wallet];
        world.refuse(&[refresh.clone(), dear], &signers, E::BelowMinimum);
        let fair = liquidate(world, gained);
        world.send(&[refresh, fair], &signers).unwrap();
        assert_eq!(shares_of(world, &liquidator, pool.sol), gained);
    });
}

#[test]
fn gains_need_room_in_the_liquidators_obligation() {
    on_both(|world| {
        let coins: Vec<_> = (0..8)
            .map(|index| world.add_bank(&BankSpec::new(&format!("coin {index}"), 6, DOLLAR)))
            .collect();
        let (pool, liquidator) = unhealthy(world);
        let banks = [pool.sol, pool.usdc];
        let sides = (pool.usdc, pool.sol);
        let refresh = refresh_ix(world, &banks);
        let liquidate = liquidate_ix(world, &pool, &liquidator, sides, 0, &banks);
        let transaction = [refresh, liquidate];
        let signers = [&liquidator.wallet];

        world.deposit(&liquidator, pool.usdc, 1_000 * USDC).unwrap();
        world.borrow(&liquidator, pool.sol, SOL).unwrap();
        world.refuse(&transaction, &signers, E::BothSides);
        world
            .repay(&liquidator, &liquidator, pool.sol, u64::MAX)
            .unwrap();
        world.withdraw(&liquidator, pool.usdc, u128::MAX).unwrap();
        for coin in &coins {
            world.fund(&liquidator, *coin, 1);
            world.deposit(&liquidator, *coin, 1).unwrap();
        }
        world.refuse(&transaction, &signers, E::TooManyPositions);
        world.withdraw(&liquidator, coins[0], u128::MAX).unwrap();
        world.send(&transaction, &signers).unwrap();
    });
}

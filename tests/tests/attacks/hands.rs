//! Instructions that several of these attacks put into one transaction, and what
//! a wallet has in one asset.

pub use crate::common::{borrow_ix as borrow, refresh_ix as refresh};

use {
    crate::common::withdraw_ix,
    backstop::instruction,
    backstop_tests::{
        ix,
        state::Wide,
        world::{Actor, BankId, World},
    },
    num_bigint::BigUint,
    solana_instruction::Instruction,
};

/// `deposit`, whatever the deficit.
pub fn deposit(world: &World, actor: &Actor, bank: BankId, atoms: u64) -> Instruction {
    let args = instruction::Deposit {
        atoms,
        min_shares: 0,
        accept_deficit: true,
    };
    let account = world.wallet(actor, bank);
    ix::deposit(
        &world.keys(bank),
        actor.key(),
        actor.obligation,
        account,
        args,
    )
}

/// `withdraw` of everything, by somebody without debt.
pub fn withdraw_all(world: &World, actor: &Actor, bank: BankId) -> Instruction {
    withdraw_ix(world, actor, bank, u128::MAX, &[])
}

/// `write_off` for a bounty.
pub fn write_off(world: &World, keeper: &Actor, debtor: &Actor, bank: BankId) -> Instruction {
    let account = world.wallet(keeper, bank);
    ix::write_off(&world.keys(bank), debtor.obligation, Some(account), &[])
}

/// `liquidate`, where the debtor's positions are in `banks`.
pub fn liquidate(
    world: &World,
    liquidator: &Actor,
    debtor: &Actor,
    (debt, collateral): (BankId, BankId),
    max_repay: u64,
    banks: &[BankId],
) -> Instruction {
    let banks: Vec<_> = banks.iter().map(|bank| world.keys(*bank).bank).collect();
    let parties = ix::LiquidationParties {
        liquidator: liquidator.key(),
        liquidator_obligation: liquidator.obligation,
        liquidator_token_account: world.wallet(liquidator, debt),
        obligation: debtor.obligation,
    };
    let args = instruction::Liquidate {
        max_repay,
        min_shares: 0,
    };
    ix::liquidate(
        &world.keys(debt),
        &world.keys(collateral),
        parties,
        args,
        &banks,
    )
}

/// (atoms) What somebody's deposit in a bank would pay now, with big integers.
pub fn claim(world: &mut World, actor: &Actor, bank: BankId) -> u64 {
    let key = world.keys(bank).bank;
    let ledger = world.bank(bank).ledger;
    let shares = world
        .obligation(actor)
        .position(&key)
        .map_or(BigUint::ZERO, |position| position.deposit_shares.big());
    let net = BigUint::from(ledger.lender_assets) - ledger.deficit + 1u8;
    (shares * net / (ledger.deposit_shares.big() + 1_000_000u32))
        .try_into()
        .unwrap()
}

/// (atoms) What somebody has of an asset: in the wallet and, at the net price, in
/// the bank.
pub fn wealth(world: &mut World, actor: &Actor, bank: BankId) -> u64 {
    world.balance(actor, bank) + claim(world, actor, bank)
}

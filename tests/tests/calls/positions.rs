//! Calls of lenders, borrowers and liquidators.

use {
    super::{creation::founder, Call, Scene},
    crate::bad_debt::USDC,
    backstop::instruction,
    backstop_tests::{
        ix::{self, BankKeys, LiquidationParties},
        world::{World, DOLLAR},
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// (atoms) What is paid or taken.
const AMOUNT: u64 = 10 * USDC;
/// Shares that an atom bought in an empty bank.
const SHARES: u128 = 1_000_000;

fn addresses(banks: &[BankKeys]) -> Vec<Pubkey> {
    banks.iter().map(|keys| keys.bank).collect()
}

pub fn open_obligation(scene: &Scene, world: &mut World) -> Call {
    let payer = founder(world, "founder");
    let owner = &scene.stage.keeper;
    let open = ix::open_obligation(&world.market, payer.pubkey(), owner.key(), 7);
    Call::new(scene, open, &[&payer, &owner.wallet], owner.key())
}

pub fn close_obligation(scene: &Scene, _: &mut World) -> Call {
    let owner = &scene.stage.keeper;
    let receiver = scene.stage.lender.key();
    let close = ix::close_obligation(owner.key(), owner.obligation, receiver);
    Call::new(scene, close, &[&owner.wallet], owner.key())
}

pub fn refresh_banks(scene: &Scene, world: &mut World) -> Call {
    let banks = [scene.usdc, scene.euro].map(|bank| world.keys(bank));
    let refresh = ix::refresh_banks(&banks);
    Call::new(scene, refresh, &[], scene.stage.keeper.key())
}

pub fn deposit(scene: &Scene, world: &mut World) -> Call {
    let (keys, owner) = (world.keys(scene.usdc), &scene.stage.lender);
    let args = instruction::Deposit {
        atoms: AMOUNT,
        min_shares: 0,
        accept_deficit: false,
    };
    let account = world.wallet(owner, scene.usdc);
    let deposit = ix::deposit(&keys, owner.key(), owner.obligation, account, args);
    Call::new(scene, deposit, &[&owner.wallet], owner.key())
}

pub fn withdraw(scene: &Scene, world: &mut World) -> Call {
    let (keys, owner) = (world.keys(scene.euro), &scene.borrower);
    let banks = scene.borrowers_banks();
    let args = instruction::Withdraw {
        shares: u128::from(AMOUNT) * SHARES,
        min_atoms: 0,
    };
    let account = world.wallet(owner, scene.euro);
    let withdraw = ix::withdraw(
        &keys,
        owner.key(),
        owner.obligation,
        account,
        args,
        &addresses(&banks),
    );
    Call::new(scene, withdraw, &[&owner.wallet], owner.key())
        .about(keys)
        .with_prices(&banks)
}

pub fn borrow(scene: &Scene, world: &mut World) -> Call {
    let (keys, owner) = (world.keys(scene.usdc), &scene.borrower);
    let banks = scene.borrowers_banks();
    let account = world.wallet(owner, scene.usdc);
    let borrow = ix::borrow(
        &keys,
        owner.key(),
        owner.obligation,
        account,
        AMOUNT,
        &addresses(&banks),
    );
    Call::new(scene, borrow, &[&owner.wallet], owner.key()).with_prices(&banks)
}

pub fn repay(scene: &Scene, world: &mut World) -> Call {
    let (keys, payer) = (world.keys(scene.usdc), &scene.stage.lender);
    let account = world.wallet(payer, scene.usdc);
    let debtor = scene.borrower.obligation;
    let repay = ix::repay(&keys, payer.key(), debtor, account, AMOUNT);
    Call::new(scene, repay, &[&payer.wallet], payer.key())
}

pub fn liquidate(scene: &Scene, world: &mut World) -> Call {
    // What was dear is worth a hundred dollars: below the threshold, and still
    // enough for a bonus.
    world.set_price(scene.junk, 10 * DOLLAR);
    let [debt, collateral] = [scene.usdc, scene.euro].map(|bank| world.keys(bank));
    let (liquidator, banks) = (&scene.stage.liquidator, scene.borrowers_banks());
    let parties = LiquidationParties {
        liquidator: liquidator.key(),
        liquidator_obligation: liquidator.obligation,
        liquidator_token_account: world.wallet(liquidator, scene.usdc),
        obligation: scene.borrower.obligation,
    };
    let args = instruction::Liquidate {
        max_repay: AMOUNT,
        min_shares: 0,
    };
    let liquidate = ix::liquidate(&debt, &collateral, parties, args, &addresses(&banks));
    let [first, second, third] = banks;
    let spare = world.keys(scene.spare);
    Call::new(scene, liquidate, &[&liquidator.wallet], liquidator.key())
        .with_prices(&[first, second, third, spare])
}

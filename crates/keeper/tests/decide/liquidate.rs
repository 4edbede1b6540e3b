//! Liquidations: what is repaid, for what, and who comes first.

use std::collections::BTreeSet;

use backstop_client::quote;
use backstop_engine::price::Reading;
use backstop_engine::units::{Atoms, Value};
use backstop_keeper::decide::{Action, Step, Task, Tasks};
use backstop_keeper::limits::MintLimits;
use solana_pubkey::Pubkey;

use crate::population::{address, person, set_price, DOLLAR, NOW};
use crate::world::{World, ETH, EUR, SOL, USD};

fn liquidate(action: &Action) -> (Pubkey, Pubkey, Pubkey, Atoms, u128, Vec<Pubkey>) {
    match &action.step {
        Step::Liquidate {
            obligation,
            debt_bank,
            collateral_bank,
            max_repay,
            min_shares,
            then_write_off,
        } => (
            *obligation,
            *debt_bank,
            *collateral_bank,
            *max_repay,
            *min_shares,
            then_write_off.clone(),
        ),
        other => panic!("not a liquidation: {other:?}"),
    }
}

#[test]
fn a_liquidation_is_what_the_program_would_do() {
    let mut world = World::new();
    let debtor = world.open(&[SOL, USD], 1, 10_000, 9_500);
    let action = world.only();
    let (who, debt, collateral, repay, min_shares, then) = liquidate(&action);
    assert_eq!(
        (who, debt, collateral),
        (debtor, world.key(USD), world.key(SOL))
    );
    assert_eq!(then, []);

    let view = world.view.refreshed();
    let state = world.index.obligation(&debtor).unwrap();
    let quoted = quote::liquidation(&view, &state, &debt, &collateral, repay).unwrap();
    assert_eq!(quoted.plan.repay, repay);
    assert_eq!(min_shares, quoted.plan.to_liquidator.0 * 99 / 100);
    assert_eq!(action.outlay, Some((world.mint(USD), repay)));

    let sol = view.bank(&collateral).unwrap().bank.asset();
    let ledger = view.bank(&collateral).unwrap().bank.ledger.get();
    let got = ledger.net_value_down(quoted.plan.to_liquidator).unwrap();
    let got = sol
        .price
        .value_down(got, sol.decimals, Reading::Spot)
        .unwrap();
    assert_eq!(action.collateral, got);
    // The bonus less insurance's part and less a per cent of slippage.
    let paid = Value(u128::from(repay.0) * DOLLAR / 1_000_000);
    assert_eq!(action.income.0, (got.0 * 99 / 100).saturating_sub(paid.0));
}

#[test]
fn the_wallet_its_reserve_and_the_limit_of_an_action_bound_a_repayment() {
    let mut world = World::new();
    world.open(&[SOL, USD], 1, 10_000, 9_000);
    let (usd, most) = (world.mint(USD), Atoms(900_000_000));
    world.own.wallet.insert(usd, Atoms(500_000_000));
    world.policy.spend.by_mint.insert(
        usd,
        MintLimits {
            most_per_action: most,
            reserve: Atoms(100_000_000),
        },
    );
    assert_eq!(liquidate(&world.only()).3, Atoms(400_000_000));
    world.own.wallet.insert(usd, Atoms(5_000_000_000));
    assert_eq!(liquidate(&world.only()).3, most);
    world.own.wallet.insert(usd, Atoms(100_000_000));
    assert_eq!(world.decide(), []);
    world.own.wallet.remove(&usd);
    assert_eq!(world.decide(), []);
}

#[test]
fn several_liquidations_share_one_wallet_and_one_limit_of_collateral() {
    let mut world = World::new();
    for _ in 0..6 {
        world.open(&[SOL, USD], 1, 10_000, 9_000);
    }
    let usd = world.mint(USD);
    world.own.wallet.insert(usd, Atoms(9_000_000_000));
    let spent: u64 = world.decide().iter().map(|a| liquidate(a).3 .0).sum();
    assert_eq!(spent, 9_000_000_000);

    world.own.wallet.insert(usd, Atoms(1 << 60));
    world.policy.spend.most_collateral = Value(12_000 * DOLLAR);
    let held: u128 = world.decide().iter().map(|a| a.collateral.0).sum();
    assert!(held <= 12_000 * DOLLAR, "{held}");
    assert!(held > 11_000 * DOLLAR, "{held}");
}

#[test]
fn collateral_that_the_keeper_cannot_hold_is_left_alone() {
    let mut world = World::new();
    world.open(&[SOL, ETH, USD], 1, 10_000, 9_500);
    let (sol, eth) = (world.key(SOL), world.key(ETH));
    let own = world.own.positions.as_mut().unwrap();
    own.position_or_new(&sol).unwrap().debt_shares = 1u128.into();
    assert_eq!(liquidate(&world.only()).2, eth);
    let own = world.own.positions.as_mut().unwrap();
    for number in 0..7 {
        own.position_or_new(&address(4, 100 + number)).unwrap();
    }
    assert_eq!(world.decide(), []);
    world.own.positions = None;
    assert_eq!(world.decide(), []);
}

#[test]
fn the_keeper_does_not_liquidate_itself() {
    let mut world = World::new();
    world.own.obligation = world.open(&[SOL, USD], 1, 10_000, 9_500);
    assert_eq!(world.decide(), []);
}

#[test]
fn a_liquidation_that_leaves_only_debt_writes_all_of_it_off() {
    let mut world = World::new();
    // Three quarters of the debt in each of two banks are backed by nothing.
    world.open(&[SOL, USD, EUR], 2, 10_000, 2_000);
    let (.., then) = liquidate(&world.only());
    assert_eq!(then, [world.key(USD), world.key(EUR)]);
    // Its owner has just borrowed: no write-off in the same stroke.
    world.bank(EUR).config.min_risk_age_secs = 60;
    let mut fresh = person(
        &world.view,
        &[SOL, USD, EUR],
        2,
        Value(9_000 * DOLLAR),
        2_000,
    );
    fresh.risk_raised_at = NOW - 59;
    world = World {
        people: 50,
        ..world
    };
    let who = world.put(fresh);
    let actions = world.decide();
    let of_fresh = actions
        .iter()
        .find(|action| action.key.subject == who)
        .unwrap();
    assert_eq!(liquidate(of_fresh).5, [world.key(USD)]);
    world.policy.tasks = Tasks::all().without(Task::WriteOff);
    assert!(world
        .decide()
        .iter()
        .all(|action| liquidate(action).5.is_empty()));
}

#[test]
fn a_debt_that_is_cleared_still_is_when_the_transaction_lands() {
    let mut world = World::new();
    world.bank(USD).config.full_close_debt = u64::MAX;
    let debtor = world.open(&[SOL, USD], 1, 10_000, 9_500);
    let (_, debt, collateral, max_repay, ..) = liquidate(&world.only());
    // Ten minutes later it owes more.
    world.view.now += 600;
    let later = world.view.refreshed();
    let state = world.index.obligation(&debtor).unwrap();
    let quoted = quote::liquidation(&later, &state, &debt, &collateral, max_repay).unwrap();
    assert!(quoted.plan.clears_debt);
    // The wallet stays the limit.
    let usd = world.mint(USD);
    world.own.wallet.insert(usd, quoted.plan.repay);
    world.view.now -= 600;
    assert_eq!(liquidate(&world.only()).3, quoted.plan.repay);
}

#[test]
fn what_is_left_below_the_minimum_does_not_cut_a_liquidation_down() {
    let mut world = World::new();
    // An eighth of the debt is backed by nothing: less than the least debt.
    world.bank(USD).config.min_debt = 5_000_000_000;
    let debtor = world.open(&[SOL, USD], 1, 10_000, 7_000);
    let (_, debt, collateral, max_repay, min_shares, _) = liquidate(&world.only());
    let view = world.view.refreshed();
    let state = world.index.obligation(&debtor).unwrap();
    let quoted = quote::liquidation(&view, &state, &debt, &collateral, max_repay).unwrap();
    assert!(quoted.plan.empties_collateral && !quoted.plan.clears_debt);
    assert!(quoted.plan.to_liquidator.0 >= min_shares);
}

#[test]
fn a_wick_makes_no_bad_debt() {
    let mut world = World::new();
    // Underwater at spot; at the average the collateral is worth more than the debt.
    let debtor = world.open(&[SOL, USD], 1, 10_000, 8_600);
    let spot = u128::from(world.bank(SOL).price.spot);
    let ema = world.bank(SOL).price.ema;
    set_price(world.bank(SOL), spot * 90 / 100);
    world.bank(SOL).price.ema = ema;
    world.tell();
    let (who, debt, collateral, repay, ..) = liquidate(&world.only());
    assert_eq!(who, debtor);
    let state = world.index.obligation(&debtor).unwrap();
    let view = world.view.refreshed();
    let quoted = quote::liquidation(&view, &state, &debt, &collateral, repay).unwrap();
    let all = quote::liquidation(&view, &state, &debt, &collateral, Atoms(u64::MAX));
    assert!(all.is_err());
    assert!(!quote::is_insolvent(&view, &quoted.after).unwrap());
}

#[test]
fn the_largest_come_first_and_the_small_get_their_turn() {
    let mut world = World::new();
    world.policy.most_actions = 10;
    let large: Vec<Pubkey> = (0..200)
        .map(|_| world.open(&[ETH, SOL], 1, 50_000, 9_500))
        .collect();
    let small: BTreeSet<Pubkey> = (0..200)
        .map(|_| world.open(&[ETH, USD], 1, 1_000, 9_500))
        .collect();
    let first = world.decide();
    assert_eq!(first.len(), 10);
    assert!(first
        .iter()
        .all(|action| large.contains(&action.key.subject)));
    // Nobody can pay the debts of the large.
    let sol = world.mint(SOL);
    world.own.wallet.remove(&sol);
    world.policy.most_actions = 1_000;
    let mut met = BTreeSet::new();
    for round in 0..4 {
        world.round = round;
        met.extend(world.decide().iter().map(|action| action.key.subject));
    }
    assert_eq!(met, small);
}

//! Which debts to repay for which collateral.

use std::cmp::Reverse;

use backstop_client::program::constants::MAX_POSITIONS;
use backstop_client::program::state::{Bank, Obligation, Position};
use backstop_client::quote::{self, LiquidationQuote};
use backstop_client::ClientError;
use backstop_engine::price::Reading;
use backstop_engine::units::{Atoms, Value, BPS};
use backstop_engine::EngineError;
use solana_pubkey::Pubkey;

use super::{Action, Key, Situation, Step, Task};

/// How often a repayment is halved where the whole of it would drive an
/// obligation into insolvency that the kindest prices do not see.
const MOST_HALVINGS: u32 = 12;

/// The best liquidation of each of the largest unhealthy obligations.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    if situation.own.positions.is_none() {
        // Without an obligation of its own there is no place for the collateral.
        return Vec::new();
    }
    let mut unhealthy: Vec<(Value, Pubkey)> = situation
        .index
        .unhealthy()
        .map(|(address, sums)| (sums.debt, address))
        .filter(|(_, address)| *address != situation.own.obligation)
        .collect();
    let most = situation.policy.most_actions;
    if unhealthy.len() > most && most > 0 {
        unhealthy.select_nth_unstable_by_key(most - 1, |(debt, _)| Reverse(*debt));
    }
    unhealthy.truncate(most);
    unhealthy.sort_unstable_by_key(|entry| Reverse(*entry));
    unhealthy
        .into_iter()
        .filter_map(|(_, address)| {
            let obligation = situation.index.obligation(&address)?;
            best(situation, address, &obligation)
        })
        .collect()
}

/// The liquidation of one obligation that brings most, if there is one.
#[must_use]
pub fn best(situation: &Situation<'_>, address: Pubkey, obligation: &Obligation) -> Option<Action> {
    let debts = obligation.positions().iter().filter(|p| p.has_debt());
    let pairs = debts.flat_map(|debt| {
        let deposits = obligation.positions().iter().filter(|p| p.has_deposit());
        deposits.map(move |deposit| (debt, deposit))
    });
    pairs
        .filter_map(|(debt, deposit)| {
            liquidation(situation, address, obligation, debt.bank, deposit.bank)
        })
        .max_by_key(|action| action.income)
}

fn liquidation(
    situation: &Situation<'_>,
    address: Pubkey,
    obligation: &Obligation,
    debt_bank: Pubkey,
    collateral_bank: Pubkey,
) -> Option<Action> {
    let Situation {
        view, own, policy, ..
    } = *situation;
    let debt = &view.bank(&debt_bank).ok()?.bank;
    let collateral = &view.bank(&collateral_bank).ok()?.bank;
    if !may_hold(own.positions.as_ref()?, &collateral_bank) {
        return None;
    }
    let balance = own.wallet.get(&debt.mint).copied().unwrap_or_default();
    let room = policy.spend.collateral_room(held_value(situation));
    let room = debt.asset().price.atoms_down(room, debt.decimals).ok()?;
    let held = obligation.position(&debt_bank).ok()?.debt();
    let owed = debt.ledger.get().debt_up(held).ok()?;
    // Halving starts at the debt: an unlimited purse would never get there.
    let spendable = policy
        .spend
        .spendable(&debt.mint, balance)
        .min(room)
        .min(owed);
    let quoted = within_insolvency(spendable, |most| {
        quote::liquidation(view, obligation, &debt_bank, &collateral_bank, most)
    })?;
    let plan = &quoted.plan;
    let received = value_of(collateral, plan.to_liquidator)?;
    let floor = u128::from(BPS.saturating_sub(policy.slippage.0));
    let least = Value(received.0.saturating_mul(floor) / u128::from(BPS));
    let paid = debt
        .asset()
        .price
        .value_up(plan.repay, debt.decimals, Reading::Spot)
        .ok()?;
    let min_shares = parts_down(plan.to_liquidator.0, floor);
    Some(Action {
        key: Key {
            task: Task::Liquidate,
            subject: address,
            bank: None,
        },
        step: Step::Liquidate {
            obligation: address,
            debt_bank,
            collateral_bank,
            max_repay: plan.repay,
            min_shares,
            then_write_off: write_offs(situation, &quoted.after),
        },
        income: least.saturating_sub(paid),
        outlay: Some((debt.mint, plan.repay)),
        collateral: received,
    })
}

/// `⌊amount · bps / 10 000⌋` without overflow.
fn parts_down(amount: u128, bps: u128) -> u128 {
    let one = u128::from(BPS);
    (amount / one)
        .saturating_mul(bps)
        .saturating_add((amount % one).saturating_mul(bps) / one)
}

/// The largest quote, down from `most` by halves, that does not make bad debt
/// which the kindest prices do not see.
fn within_insolvency(
    most: Atoms,
    quote: impl Fn(Atoms) -> Result<LiquidationQuote, ClientError>,
) -> Option<LiquidationQuote> {
    let mut most = most;
    for _ in 0..MOST_HALVINGS {
        if most.is_zero() {
            return None;
        }
        match quote(most) {
            Ok(quoted) => return Some(quoted),
            Err(ClientError::Rule(EngineError::NotInsolvent { .. })) => most = Atoms(most.0 / 2),
            Err(_) => return None,
        }
    }
    None
}

/// Whether the keeper's obligation can take a deposit in `bank`.
fn may_hold(own: &Obligation, bank: &Pubkey) -> bool {
    let held = own.positions().iter().find(|p| p.bank == *bank);
    held.map_or(own.positions().len() < MAX_POSITIONS, |p| !p.has_debt())
}

/// What deposit shares are worth at the net price and spot.
fn value_of(bank: &Bank, shares: backstop_engine::units::Shares) -> Option<Value> {
    let atoms = bank.ledger.get().net_value_down(shares).ok()?;
    let price = bank.asset().price;
    price.value_down(atoms, bank.decimals, Reading::Spot).ok()
}

/// The collateral that the keeper holds already, at spot. A deposit that has no
/// price counts at its last one.
fn held_value(situation: &Situation<'_>) -> Value {
    let positions = situation.own.positions.iter();
    let deposits = positions.flat_map(|own| own.positions().iter());
    let value = |position: &Position| {
        let bank = situation.view.bank(&position.bank).ok()?;
        value_of(&bank.bank, position.deposit())
    };
    let total = deposits.filter_map(value).map(|value| value.0);
    Value(total.fold(0, u128::saturating_add))
}

/// Banks whose debt may be written off in the same transaction.
fn write_offs(situation: &Situation<'_>, after: &Obligation) -> Vec<Pubkey> {
    if !situation.policy.tasks.contains(Task::WriteOff) {
        return Vec::new();
    }
    let debts = after.positions().iter().filter(|p| p.has_debt());
    debts
        .map(|position| position.bank)
        .filter(|bank| quote::may_write_off(situation.view, bank, after).is_ok())
        .collect()
}

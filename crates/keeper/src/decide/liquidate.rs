//! Which debts to repay for which collateral.

use std::collections::BTreeMap;

use backstop_client::program::constants::MAX_POSITIONS;
use backstop_client::program::state::{Bank, Obligation, Position};
use backstop_client::quote::{self, LiquidationQuote};
use backstop_client::ClientError;
use backstop_engine::price::Reading;
use backstop_engine::units::{Atoms, Bps, Shares, Value, BPS};
use backstop_engine::EngineError;
use solana_pubkey::Pubkey;

use super::{Action, Key, Situation, Step, Task};

/// How often a repayment is halved where the whole of it would drive an
/// obligation into insolvency that the kindest prices do not see.
const MOST_HALVINGS: u32 = 12;

/// Most obligations that one round quotes. Half of them are the largest; the
/// other half go round all the rest, so that large ones which nobody can
/// liquidate do not hide the small.
const MOST_QUOTES: usize = 256;

/// What is left for the actions that a round has not decided on yet.
struct Purse {
    wallet: BTreeMap<Pubkey, Atoms>,
    room: Value,
}

impl Purse {
    fn new(situation: &Situation<'_>) -> Self {
        let held = held_value(situation);
        Self {
            wallet: situation.own.wallet.clone(),
            room: situation.policy.spend.collateral_room(held),
        }
    }

    fn take(&mut self, action: &Action) {
        if let Some((mint, atoms)) = action.outlay {
            if let Some(balance) = self.wallet.get_mut(&mint) {
                *balance = balance.saturating_sub(atoms);
            }
        }
        self.room = self.room.saturating_sub(action.collateral);
    }
}

/// The best liquidation of each unhealthy obligation, the largest debts first,
/// as far as the wallet goes for all of them together.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    if situation.own.positions.is_none() {
        // Without an obligation of its own there is no place for the collateral.
        return Vec::new();
    }
    let mut purse = Purse::new(situation);
    let mut actions = Vec::new();
    for address in worth_a_quote(situation) {
        if actions.len() >= situation.policy.most_actions {
            break;
        }
        let obligation = situation.index.obligation(&address);
        let found = obligation.and_then(|o| best(situation, &purse, address, &o));
        if let Some(action) = found {
            purse.take(&action);
            actions.push(action);
        }
    }
    actions
}

/// The key of a liquidation: one at a time for each obligation.
fn key(obligation: Pubkey) -> Key {
    Key {
        task: Task::Liquidate,
        subject: obligation,
        bank: None,
    }
}

fn worth_a_quote(situation: &Situation<'_>) -> Vec<Pubkey> {
    let mut chosen: Vec<(Value, Pubkey)> = situation
        .index
        .unhealthy()
        .filter(|(address, _)| *address != situation.own.obligation)
        .filter(|(address, _)| !situation.busy.contains(&key(*address)))
        .map(|(address, sums)| (sums.debt, address))
        .collect();
    if chosen.len() > MOST_QUOTES {
        let half = MOST_QUOTES / 2;
        let mut debts: Vec<Value> = chosen.iter().map(|(debt, _)| *debt).collect();
        let (_, least, _) = debts.select_nth_unstable_by(half - 1, |a, b| b.cmp(a));
        let mut large = Vec::with_capacity(MOST_QUOTES);
        // The index keeps its order, so the windows of the rounds meet all of it.
        let mut small = Vec::with_capacity(chosen.len());
        for entry in chosen {
            let is_large = entry.0 >= *least && large.len() < half;
            if is_large { &mut large } else { &mut small }.push(entry);
        }
        let windows = u64::try_from(small.len().div_ceil(half)).unwrap_or(1);
        let window = usize::try_from(situation.round % windows).unwrap_or_default();
        large.extend(small.into_iter().skip(window * half).take(half));
        chosen = large;
    }
    chosen.sort_unstable_by(|a, b| b.cmp(a));
    chosen.into_iter().map(|(_, address)| address).collect()
}

/// The liquidation of one obligation that brings most, if there is one.
fn best(
    situation: &Situation<'_>,
    purse: &Purse,
    address: Pubkey,
    obligation: &Obligation,
) -> Option<Action> {
    let debts = obligation.positions().iter().filter(|p| p.has_debt());
    let pairs = debts.flat_map(|debt| {
        let deposits = obligation.positions().iter().filter(|p| p.has_deposit());
        deposits.map(move |deposit| (debt.bank, deposit.bank))
    });
    pairs
        .filter_map(|pair| liquidation(situation, purse, (address, obligation), pair))
        .max_by_key(|action| action.income)
}

fn liquidation(
    situation: &Situation<'_>,
    purse: &Purse,
    (address, obligation): (Pubkey, &Obligation),
    (debt_bank, collateral_bank): (Pubkey, Pubkey),
) -> Option<Action> {
    let Situation {
        view, own, policy, ..
    } = *situation;
    let debt = &view.bank(&debt_bank).ok()?.bank;
    let collateral = &view.bank(&collateral_bank).ok()?.bank;
    if !may_hold(own.positions.as_ref()?, &collateral_bank) {
        return None;
    }
    let held = obligation.position(&debt_bank).ok()?.debt();
    let owed = debt.ledger.get().debt_up(held).ok()?;
    let balance = purse.wallet.get(&debt.mint).copied().unwrap_or_default();
    // What comes back is worth at most what is paid and the largest bonus.
    let bonus = Bps(collateral.config.max_bonus_bps).above_one();
    let room = Value(parts_down(purse.room.0, u128::from(BPS), bonus));
    let room = debt.asset().price.atoms_down(room, debt.decimals).ok()?;
    // Halving starts at the debt: an unlimited purse would never get there.
    let spendable = policy.spend.spendable(&debt.mint, balance).min(room);
    let (most, quoted) = within_insolvency(spendable.min(owed), |most| {
        quote::liquidation(view, obligation, &debt_bank, &collateral_bank, most)
    })?;
    let plan = &quoted.plan;
    let received = value_of(collateral, plan.to_liquidator)?;
    let floor = policy.slippage.below_one();
    let least = Value(parts_down(received.0, floor, u128::from(BPS)));
    let paid = debt
        .asset()
        .price
        .value_up(plan.repay, debt.decimals, Reading::Spot)
        .ok()?;
    let min_shares = parts_down(plan.to_liquidator.0, floor, u128::from(BPS));
    let max_repay = if plan.empties_collateral && !plan.clears_debt {
        // The collateral is the limit, and only a maximum that would clear the
        // debt leaves less of it than the bank's minimum: one that is just what
        // the collateral costs would be cut down to keep that minimum.
        most
    } else if plan.clears_debt {
        // Until it lands the debt grows: without room for that a few atoms of it
        // would be left.
        let grown = policy.slippage.of_up(plan.repay.0).ok()?;
        Atoms(plan.repay.0.saturating_add(grown)).min(spendable)
    } else {
        plan.repay
    };
    Some(Action {
        key: key(address),
        step: Step::Liquidate {
            obligation: address,
            debt_bank,
            collateral_bank,
            max_repay,
            min_shares,
            then_write_off: write_offs(situation, &quoted.after),
        },
        income: least.saturating_sub(paid),
        outlay: Some((debt.mint, max_repay)),
        collateral: received,
    })
}

/// At most `amount · part / whole`; both are of the size of [`BPS`].
fn parts_down(amount: u128, part: u128, whole: u128) -> u128 {
    let rest = (amount % whole).saturating_mul(part) / whole;
    (amount / whole).saturating_mul(part).saturating_add(rest)
}

/// The largest quote, down from `most` by halves, that does not make bad debt
/// which the kindest prices do not see.
fn within_insolvency(
    most: Atoms,
    quote: impl Fn(Atoms) -> Result<LiquidationQuote, ClientError>,
) -> Option<(Atoms, LiquidationQuote)> {
    let mut most = most;
    for _ in 0..MOST_HALVINGS {
        if most.is_zero() {
            return None;
        }
        match quote(most) {
            Ok(quoted) => return Some((most, quoted)),
            Err(ClientError::Rule(EngineError::NotInsolvent { .. })) => most = Atoms(most.0 / 2),
            Err(_) => return None,
        }
    }
    None
}

/// Whether the keeper's obligation can take a deposit in `bank`.
fn may_hold(own: &Obligation, bank: &Pubkey) -> bool {
    let held = own.position(bank);
    held.map_or(own.positions().len() < MAX_POSITIONS, |p| !p.has_debt())
}

/// What deposit shares are worth at the net price and spot.
fn value_of(bank: &Bank, shares: Shares) -> Option<Value> {
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

//! Debts that nothing backs any more.

use std::cmp::Reverse;

use backstop_client::program::state::Obligation;
use backstop_client::quote;
use backstop_client::{BankView, MarketView};
use backstop_engine::price::Reading;
use backstop_engine::units::{Atoms, Value};
use solana_pubkey::Pubkey;

use super::{Action, Key, Situation, Step, Task};

/// Write-offs in every bank, the largest debts first.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    let banks = situation.view.banks.iter();
    let all = banks.flat_map(|bank| in_bank(situation, bank));
    all.take(situation.policy.most_actions).collect()
}

fn in_bank(situation: &Situation<'_>, bank: &BankView) -> Vec<Action> {
    let key = bank.keys.bank;
    let ledger = bank.bank.ledger.get();
    let mut candidates: Vec<(Atoms, Pubkey, Obligation)> = situation
        .index
        .candidates(&key)
        .filter(|address| !situation.busy.contains(&work(*address, key)))
        .filter_map(|address| {
            let obligation = situation.index.obligation(&address)?;
            quote::may_write_off(situation.view, &key, &obligation).ok()?;
            let position = obligation.position(&key).ok()?;
            Some((ledger.debt_up(position.debt()).ok()?, address, obligation))
        })
        .collect();
    candidates.sort_unstable_by_key(|(debt, address, _)| Reverse((*debt, *address)));

    let mut actions = Vec::new();
    // Each write-off leaves less for the bounty of the next.
    let mut view: Option<MarketView> = None;
    for (_, address, obligation) in candidates.into_iter().take(situation.policy.most_actions) {
        let now = view.as_ref().unwrap_or(situation.view);
        let Ok(quoted) = quote::write_off(now, &key, &obligation, true) else {
            continue;
        };
        actions.push(Action {
            key: work(address, key),
            step: Step::WriteOff {
                obligation: address,
                bank: key,
            },
            income: worth(situation, bank, quoted.done.bounty),
            outlay: None,
            collateral: Value::ZERO,
        });
        view = Some(quoted.after);
    }
    actions
}

fn work(obligation: Pubkey, bank: Pubkey) -> Key {
    Key {
        task: Task::WriteOff,
        subject: obligation,
        bank: Some(bank),
    }
}

/// A bounty at spot; nothing while there is no price.
fn worth(situation: &Situation<'_>, bank: &BankView, bounty: Atoms) -> Value {
    if !bank.is_priced(situation.view.slot) {
        return Value::ZERO;
    }
    let asset = bank.bank.asset();
    asset
        .price
        .value_down(bounty, asset.decimals, Reading::Spot)
        .unwrap_or_default()
}

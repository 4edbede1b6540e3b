//! Fees that may be moved to where they belong.

use backstop_client::quote;
use backstop_engine::price::Reading;
use solana_pubkey::Pubkey;

use super::{on_each_bank, Action, Situation, Step, Task};

/// `collect_fees` wherever both kinds together are worth the trouble.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    on_each_bank(situation, in_bank)
}

fn in_bank(situation: &Situation<'_>, bank: Pubkey) -> Option<Action> {
    let view = situation.view;
    let (protocol, insurance) = quote::collectable(view, &bank).ok()?;
    let state = view.bank(&bank).ok()?;
    if !state.is_priced(view.slot) {
        return None;
    }
    let asset = state.bank.asset();
    let fees = protocol.add(insurance).ok()?;
    let worth = asset
        .price
        .value_down(fees, asset.decimals, Reading::Spot)
        .ok()?;
    (worth >= situation.policy.least_fees)
        .then(|| Action::public(Task::CollectFees, bank, Step::CollectFees { bank }))
}

//! Buy-backs that may start, and those that are over.

use backstop_client::quote;
use backstop_engine::units::UnixTime;
use solana_pubkey::Pubkey;

use super::{on_each_bank, Action, Situation, Step, Task};

/// `close_buy_back` and `start_buy_back` wherever the program would take them.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    on_each_bank(situation, in_bank)
}

fn in_bank(situation: &Situation<'_>, bank: Pubkey) -> Option<Action> {
    let view = situation.view;
    let state = &view.bank(&bank).ok()?.bank;
    let is_over = state
        .buy_back
        .get()
        .require_closable(&state.ledger.get(), UnixTime(view.now));
    if is_over.is_ok() {
        let step = Step::CloseBuyBack { bank };
        return Some(Action::public(Task::CloseBuyBack, bank, step));
    }
    quote::buy_back(view, &bank).ok()?;
    let step = Step::StartBuyBack { bank };
    Some(Action::public(Task::StartBuyBack, bank, step))
}

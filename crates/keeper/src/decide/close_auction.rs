//! Auctions whose time, or whose deficit, is over.

use backstop_client::quote;
use solana_pubkey::Pubkey;

use super::{on_each_bank, Action, Situation, Step, Task};

/// `close_auction` wherever the program would take it.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    on_each_bank(situation, in_bank)
}

fn in_bank(situation: &Situation<'_>, bank: Pubkey) -> Option<Action> {
    quote::close_auction(situation.view, &bank).ok()?;
    Some(Action::public(
        Task::CloseAuction,
        bank,
        Step::CloseAuction { bank },
    ))
}

//! Deficits that something can cover now. Where insurance is empty that opens
//! an auction, again after one has failed.

use backstop_client::quote;
use solana_pubkey::Pubkey;

use super::{on_each_bank, Action, Situation, Step, Task};

/// `cover_deficit` wherever it would do more than book interest.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    on_each_bank(situation, in_bank)
}

/// Opening an auction is a task of its own: whoever leaves that to others still
/// lets insurance pay.
fn in_bank(situation: &Situation<'_>, bank: Pubkey) -> Option<Action> {
    let state = &situation.view.bank(&bank).ok()?.bank;
    if state.ledger.deficit == 0 {
        return None;
    }
    let quoted = quote::cover(situation.view, &bank).ok()?;
    let task = match quoted.plan.opening {
        Some(_) => Task::OpenAuction,
        None => Task::Cover,
    };
    quoted
        .does_something()
        .then(|| Action::public(task, bank, Step::Cover { bank }))
}

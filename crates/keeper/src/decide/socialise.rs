//! Deficits that lenders must share.

use backstop_client::quote;
use backstop_engine::socialise::SocialiseReason;
use solana_pubkey::Pubkey;

use super::{on_each_bank, Action, Situation, Step, Task};

/// `socialise_deficit` wherever the program would take it and nothing gentler
/// is possible now.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    on_each_bank(situation, in_bank)
}

fn in_bank(situation: &Situation<'_>, bank: Pubkey) -> Option<Action> {
    let view = situation.view;
    let plan = quote::socialise(view, &bank).ok()?;
    // The program only knows that nobody has shown it a governance price. Who
    // has one shows it, with `cover_deficit`, instead of charging lenders.
    if plan.reason == SocialiseReason::NoPrice && view.governance().is_some() {
        return None;
    }
    let covers = quote::cover(view, &bank).is_ok_and(|quoted| quoted.does_something());
    (!covers).then(|| Action::public(Task::Socialise, bank, Step::Socialise { bank }))
}

//! Interest that nobody has booked for long.
//!
//! Every other action refreshes what it needs in its own transaction. This is
//! for banks that nobody uses: their fees reach insurance, and their deposits'
//! price the account that others read, only once interest is booked.

use backstop_client::program::constants::MAX_REFRESHED;
use solana_pubkey::Pubkey;

use super::{Action, Key, Situation, Step, Task};
use backstop_engine::units::Value;

/// Refreshes of banks whose interest is older than the policy allows and whose
/// price is usable: one that is not would fail the others in its transaction.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    let limit = i64::from(situation.policy.refresh_after_secs);
    if limit == 0 {
        return Vec::new();
    }
    let (stored, view) = (situation.stored, situation.view);
    let is_old = |accrued_at: i64| view.now.saturating_sub(accrued_at) > limit;
    let due: Vec<Pubkey> = stored
        .banks
        .iter()
        .filter(|bank| is_old(bank.bank.ledger.accrued_at))
        .map(|bank| bank.keys.bank)
        .filter(|bank| view.bank(bank).is_ok_and(|b| b.is_priced(view.slot)))
        .collect();
    due.chunks(MAX_REFRESHED)
        .take(situation.policy.most_actions)
        .map(|banks| Action {
            key: Key::of_bank(Task::Refresh, banks[0]),
            step: Step::Refresh {
                banks: banks.to_vec(),
            },
            income: Value::ZERO,
            outlay: None,
            collateral: Value::ZERO,
        })
        .collect()
}

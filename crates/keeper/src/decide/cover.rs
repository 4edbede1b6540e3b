//! Deficits that something can cover now. Where insurance is empty that opens
//! an auction, again after one has failed.

use backstop_client::quote::{self, CoverQuote};
use backstop_engine::{price::Reading, units::Atoms};
use solana_pubkey::Pubkey;

use super::{on_each_bank, Action, Situation, Step, Task};

/// What of a deficit without a price must be covered at a time, at the least.
const UNPRICED_PARTS: u64 = 100;

/// `cover_deficit` wherever it would cover enough to be worth a fee.
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
    let task = if quoted.done.issued.is_zero() {
        Task::Cover
    } else {
        Task::OpenAuction
    };
    // An insurance that is not empty keeps what comes after it from helping.
    let empties = !quoted.done.insurance_drawn.is_zero() && quoted.bank.ledger.insurance == 0;
    let matters = !quoted.done.issued.is_zero()
        || !quoted.done.burned.is_zero()
        || empties
        || is_worth_a_fee(situation, bank, &quoted);
    matters.then(|| Action::public(task, bank, Step::Cover { bank }))
}

/// Fees accrue and limits recover by the second: a deficit that is covered by a
/// few atoms at a time costs a fee each time and is open all the same. Nothing
/// is lost by waiting until it ends the deficit, or is worth as much as fees
/// have to be to be collected; without a price, a hundredth of the deficit.
fn is_worth_a_fee(situation: &Situation<'_>, bank: Pubkey, quoted: &CoverQuote) -> bool {
    let left = Atoms(quoted.bank.ledger.deficit);
    let covered = quoted.done.deficit_before.saturating_sub(left);
    if covered.is_zero() || left.is_zero() {
        return !covered.is_zero();
    }
    let priced = situation
        .view
        .bank(&bank)
        .ok()
        .filter(|found| found.is_priced(situation.view.slot));
    let worth = priced.and_then(|found| {
        let asset = found.bank.asset();
        asset
            .price
            .value_down(covered, asset.decimals, Reading::Spot)
            .ok()
    });
    worth.map_or_else(
        || covered.0 >= quoted.done.deficit_before.0.div_ceil(UNPRICED_PARTS),
        |worth| worth >= situation.policy.least_fees,
    )
}

//! The last resort: lenders share what nothing else could cover.

use crate::error::Result;
use crate::socialise::SocialiseReason;
use crate::state::{Bank, Market};
use crate::units::{Atoms, UnixTime};

/// What socialising did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socialised {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// What lenders lose.
    pub socialised: Atoms,
    /// Covered by protocol fees first.
    pub protocol_fees_used: Atoms,
    /// Covered by insurance fees first.
    pub insurance_fees_used: Atoms,
    /// Why.
    pub reason: SocialiseReason,
    /// Whether the bank is wound down.
    pub wound_down: bool,
}

/// Lets lenders share the deficit; not while write-offs are paused.
///
/// # Errors
/// `WriteOffPaused`, and those of [`crate::ledger::Ledger::socialise`].
pub fn socialise_deficit(
    market: &mut Market,
    bank: &mut Bank,
    now: UnixTime,
) -> Result<Socialised> {
    market.require_writing_off(now)?;
    let terms = market.socialise_terms(bank, now);
    let plan = bank
        .accrued(now)?
        .socialise(&terms, &bank.auction.get(), now)?;
    if plan.winds_down {
        bank.wound_down = 1;
    }
    bank.store_loss(&plan.ledger)?;
    Ok(Socialised {
        sequence: market.next_sequence()?,
        socialised: plan.socialised,
        protocol_fees_used: plan.protocol_fees_used,
        insurance_fees_used: plan.insurance_fees_used,
        reason: plan.reason,
        wound_down: bank.is_wound_down(),
    })
}

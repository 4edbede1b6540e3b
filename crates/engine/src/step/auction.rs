//! Buying in an auction, and closing one.

use crate::error::{EngineError, Result};
use crate::state::{AuctionState, Bank, Market};
use crate::units::{Atoms, GovAtoms, Rate, UnixTime};

/// What a purchase did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bought {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// Tokens for the buyer, out of escrow.
    pub bought: GovAtoms,
    /// Atoms from the buyer, into the liquidity vault.
    pub paid: Atoms,
    /// The part of `paid` beyond the deficit, now insurance fees.
    pub excess: Atoms,
    /// Price per token.
    pub rate: Rate,
    /// Tokens to burn from escrow because the auction is complete.
    pub burned: GovAtoms,
    /// Tokens left in escrow.
    pub lot_left: GovAtoms,
}

/// What closing an auction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// Tokens to burn from escrow.
    pub burned: GovAtoms,
    /// Deficit that was on auction and waits again.
    pub unsold: Atoms,
    /// Whether it ended with something unsold.
    pub failed: bool,
}

/// Buys up to `amount` tokens for at most `max_pay`; not while issuance is paused.
///
/// # Errors
/// `IssuancePaused`, and those of [`crate::auction::Auction::fill`].
pub fn buy_governance(
    market: &mut Market,
    bank: &mut Bank,
    amount: GovAtoms,
    max_pay: Atoms,
    now: UnixTime,
) -> Result<Bought> {
    market.require_issuing(now)?;
    let auction = bank.auction.get();
    let plan = auction.fill(bank.accrued(now)?, amount, max_pay, now)?;
    bank.auction = plan.auction.into();
    bank.store_loss(&plan.ledger)?;
    if !plan.burn.is_zero() {
        market.burn_unsold(plan.burn, auction.issued_at, now)?;
    }
    Ok(Bought {
        sequence: market.next_sequence()?,
        bought: plan.bought,
        paid: plan.paid,
        excess: plan.excess,
        rate: plan.rate,
        burned: plan.burn,
        lot_left: plan.auction.lot,
    })
}

/// Ends an auction whose time, or whose deficit, is over.
///
/// # Errors
/// Those of [`crate::auction::Auction::close`].
pub fn close_auction(market: &mut Market, bank: &mut Bank, now: UnixTime) -> Result<Closed> {
    let auction = bank.auction.get();
    let plan = auction.close(bank.accrued(now)?, now)?;
    bank.auction = AuctionState::default();
    // An auction is proof of a price. Only from its end on can one be missing:
    // else whoever socialises first after a long auction could say that nobody
    // had shown a price while there was nothing to show it for.
    market.governance_priced_at = market.governance_priced_at.max(now.0);
    // What nobody was allowed to buy says nothing of buyers. Counted as a failure,
    // a pause would let a guardian who holds governance tokens make lenders pay.
    let was_paused = market
        .issuance_pause
        .overlaps(auction.opens_at, auction.ends_at);
    if plan.failed && !was_paused {
        bank.failed_auctions = bank
            .failed_auctions
            .checked_add(1)
            .ok_or(EngineError::Overflow)?;
    }
    bank.store_loss(&plan.ledger)?;
    market.burn_unsold(plan.burn, auction.issued_at, now)?;
    Ok(Closed {
        sequence: market.next_sequence()?,
        burned: plan.burn,
        unsold: plan.unsold,
        failed: plan.failed,
    })
}

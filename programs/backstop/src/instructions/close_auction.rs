//! Closing an auction that is over.

use anchor_lang::prelude::*;
use backstop_engine::units::UnixTime;

use crate::error::BackstopError;
use crate::events::AuctionClosed;
use crate::state::{books_after, burn, emit_cpi, AuctionState, Bank, Market, Ruled};

/// Accounts of `close_auction`.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseAuction<'info> {
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// Governance tokens on auction.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub governance_escrow: UncheckedAccount<'info>,
    /// The market's governance mint.
    /// CHECK: pinned by the market.
    #[account(mut)]
    pub governance_mint: UncheckedAccount<'info>,
    /// Token program of the governance mint.
    /// CHECK: pinned by the market.
    pub governance_token_program: UncheckedAccount<'info>,
}

impl CloseAuction<'_> {
    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        market.require_version()?;
        bank.require_version()?;
        bank.require_governance(
            market,
            &self.market.key(),
            self.governance_escrow.key,
            self.governance_mint.key,
            self.governance_token_program.key,
        )
    }
}

/// See [`crate::backstop::close_auction`].
pub fn close_auction(ctx: Context<'_, CloseAuction<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = UnixTime(Clock::get()?.unix_timestamp);

    let mut market = accounts.market.load_mut()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank)?;

    let auction = bank.auction.get();
    let plan = auction.close(bank.accrued(now)?, now).ruled()?;

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
            .ok_or(BackstopError::Overflow)?;
    }
    bank.store_loss(&plan.ledger)?;
    market.burn_unsold(plan.burn, auction.issued_at, now)?;
    let event = AuctionClosed {
        sequence: market.next_sequence()?,
        at: now.0,
        market: accounts.market.key(),
        bank: accounts.bank.key(),
        burned: plan.burn.0,
        unsold: plan.unsold.0,
        failed_auctions: bank.failed_auctions,
        after: books_after(&plan.ledger),
    };
    let vault_signer = bank.vault_signer();
    drop((market, bank));

    burn(
        &accounts.governance_token_program,
        &accounts.governance_escrow,
        &accounts.governance_mint,
        accounts.bank.as_ref(),
        &vault_signer,
        plan.burn.0,
    )?;
    emit_cpi(&event, &accounts.event_authority)
}

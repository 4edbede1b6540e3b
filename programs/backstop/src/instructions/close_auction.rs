//! Closing an auction that is over.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::events::AuctionClosed;
use crate::state::{at, books_after, burn, emit_cpi, Bank, BankAddresses, Market, Ruled};

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
        market.require_version().ruled()?;
        bank.require_version().ruled()?;
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
    let now = at()?.now;
    let (event, vault_signer) = {
        let mut market = accounts.market.load_mut()?;
        let mut bank = accounts.bank.load_mut()?;
        accounts.validate(&market, &bank)?;
        let done = step::close_auction(&mut market, &mut bank, now).ruled()?;
        let event = AuctionClosed {
            sequence: done.sequence,
            at: now.0,
            market: accounts.market.key(),
            bank: accounts.bank.key(),
            burned: done.burned.0,
            unsold: done.unsold.0,
            failed_auctions: bank.failed_auctions,
            after: books_after(&bank.ledger),
        };
        (event, bank.vault_signer())
    };
    burn(
        &accounts.governance_token_program,
        &accounts.governance_escrow,
        &accounts.governance_mint,
        accounts.bank.as_ref(),
        &vault_signer,
        event.burned,
    )?;
    emit_cpi(&event, &accounts.event_authority)
}

//! The very last resort: lenders share what nothing else could cover.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::error::BackstopError;
use crate::events::DeficitSocialised;
use crate::state::{at, books_after, emit_cpi, Bank, Market, Ruled};

/// Accounts of `socialise_deficit`.
#[event_cpi]
#[derive(Accounts)]
pub struct SocialiseDeficit<'info> {
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
}

impl SocialiseDeficit<'_> {
    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        market.require_version().ruled()?;
        bank.require_version().ruled()?;
        require_keys_eq!(bank.market, self.market.key(), BackstopError::WrongMarket);
        Ok(())
    }
}

/// See [`crate::backstop::socialise_deficit`].
pub fn socialise_deficit(ctx: Context<'_, SocialiseDeficit<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = at()?.now;
    let event = {
        let mut market = accounts.market.load_mut()?;
        let mut bank = accounts.bank.load_mut()?;
        accounts.validate(&market, &bank)?;
        let done = step::socialise_deficit(&mut market, &mut bank, now).ruled()?;
        DeficitSocialised {
            sequence: done.sequence,
            at: now.0,
            market: accounts.market.key(),
            bank: accounts.bank.key(),
            socialised: done.socialised.0,
            protocol_fees_used: done.protocol_fees_used.0,
            insurance_fees_used: done.insurance_fees_used.0,
            reason: done.reason,
            wound_down: done.wound_down,
            after: books_after(&bank.ledger),
        }
    };
    emit_cpi(&event, &accounts.event_authority)
}

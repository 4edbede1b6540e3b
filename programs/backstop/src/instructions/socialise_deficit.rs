//! The very last resort: lenders share what nothing else could cover.

use anchor_lang::prelude::*;
use backstop_engine::socialise::Reason;
use backstop_engine::units::UnixTime;

use crate::error::BackstopError;
use crate::events::DeficitSocialised;
use crate::state::{books_after, emit_cpi, Bank, Market, Ruled};

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
    fn validate(&self, market: &Market, bank: &Bank, now: UnixTime) -> Result<()> {
        market.require_version()?;
        bank.require_version()?;
        require_keys_eq!(bank.market, self.market.key(), BackstopError::WrongMarket);
        require!(
            !market.write_off_pause.is_paused(now),
            BackstopError::WriteOffPaused
        );
        Ok(())
    }
}

fn reason_code(reason: Reason) -> u8 {
    match reason {
        Reason::ModeWithoutIssuance => 0,
        Reason::IssuanceHalted => 1,
        Reason::NoPrice => 2,
        Reason::AuctionsFailed => 3,
        Reason::LifetimeCapReached => 4,
        Reason::Deadline => 5,
    }
}

/// See [`crate::backstop::socialise_deficit`].
pub fn socialise_deficit(ctx: Context<'_, SocialiseDeficit<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = UnixTime(Clock::get()?.unix_timestamp);

    let mut market = accounts.market.load_mut()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank, now)?;

    let plan = bank
        .accrued(now)?
        .socialise(
            &market.socialise_terms(&bank, now),
            &bank.auction.get(),
            now,
        )
        .ruled()?;

    if plan.winds_down {
        bank.wound_down = 1;
    }
    bank.store_loss(&plan.ledger)?;
    let event = DeficitSocialised {
        sequence: market.next_sequence()?,
        at: now.0,
        market: accounts.market.key(),
        bank: accounts.bank.key(),
        socialised: plan.socialised.0,
        protocol_fees_used: plan.protocol_fees_used.0,
        insurance_fees_used: plan.insurance_fees_used.0,
        reason: reason_code(plan.reason),
        wound_down: bank.is_wound_down(),
        after: books_after(&plan.ledger),
    };
    drop((market, bank));
    emit_cpi(&event, &accounts.event_authority)
}

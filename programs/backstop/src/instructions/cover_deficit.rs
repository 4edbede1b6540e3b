//! Covering a deficit that is open: the tiers again, without a new loss.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::events::DeficitCovered;
use crate::state::{
    at, books_after, emit_cpi, governance_observation, log_unpriced, Bank, Market, Moves, Ruled,
    WaterfallAccounts,
};

/// Accounts of `cover_deficit`.
#[event_cpi]
#[derive(Accounts)]
pub struct CoverDeficit<'info> {
    /// The market; authority of the governance mint.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank; owner of its vaults.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// The bank's liquidity vault.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub liquidity_vault: UncheckedAccount<'info>,
    /// The bank's insurance vault.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub insurance_vault: UncheckedAccount<'info>,
    /// The bank's asset.
    /// CHECK: pinned by the bank.
    pub mint: UncheckedAccount<'info>,
    /// Token program of the asset.
    /// CHECK: pinned by the bank.
    pub token_program: UncheckedAccount<'info>,
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
    /// Price account of the governance token.
    /// CHECK: owner, feed and age are checked when it is read.
    pub governance_oracle: Option<UncheckedAccount<'info>>,
}

impl<'info> CoverDeficit<'info> {
    fn waterfall(&self) -> WaterfallAccounts<'_, 'info> {
        WaterfallAccounts {
            market: self.market.as_ref(),
            bank: self.bank.as_ref(),
            liquidity_vault: &self.liquidity_vault,
            insurance_vault: &self.insurance_vault,
            mint: &self.mint,
            token_program: &self.token_program,
            governance_escrow: &self.governance_escrow,
            governance_mint: &self.governance_mint,
            governance_token_program: &self.governance_token_program,
        }
    }

    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        self.waterfall().validate(market, bank)
    }

    /// Takes the step, and says what is left to do. A function of its own: its
    /// stack frame is full.
    #[inline(never)]
    fn apply(&self) -> Result<(Box<DeficitCovered>, Moves)> {
        let at = at()?;
        let mut market = self.market.load_mut()?;
        let mut bank = self.bank.load_mut()?;
        self.validate(&market, &bank)?;
        let governance = governance_observation(&market, self.governance_oracle.as_deref());
        let done = step::cover_deficit(&mut market, &mut bank, governance.as_ref(), at).ruled()?;
        log_unpriced(done.unpriced);
        let event = Box::new(DeficitCovered {
            sequence: done.sequence,
            at: at.now.0,
            market: self.market.key(),
            bank: self.bank.key(),
            deficit_before: done.deficit_before.0,
            protocol_fees_used: done.protocol_fees_used.0,
            insurance_fees_used: done.insurance_fees_used.0,
            insurance_drawn: done.insurance_drawn.0,
            issued: done.issued.0,
            burned: done.burned.0,
            after: books_after(&bank.ledger),
        });
        Ok((event, Moves::new(&market, &bank, &done)))
    }
}

/// See [`crate::backstop::cover_deficit`].
pub fn cover_deficit<'info>(ctx: Context<'info, CoverDeficit<'info>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let (event, moves) = accounts.apply()?;
    accounts.waterfall().move_tokens(&moves)?;
    emit_cpi(&*event, &accounts.event_authority)
}

//! Covering a deficit that is open: the tiers again, without a new loss.

use anchor_lang::prelude::*;
use backstop_engine::units::UnixTime;

use crate::error::BackstopError;
use crate::events::DeficitCovered;
use crate::state::{books_after, emit_cpi, Bank, Market, Moves, Ruled, WaterfallAccounts};

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
        self.waterfall().validate(market, bank)?;
        require!(bank.ledger.deficit > 0, BackstopError::NoDeficit);
        Ok(())
    }
}

/// See [`crate::backstop::cover_deficit`].
pub fn cover_deficit<'info>(ctx: Context<'info, CoverDeficit<'info>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let (event, moves) = accounts.apply(&clock)?;
    accounts.waterfall().move_tokens(&moves)?;
    emit_cpi(&*event, &accounts.event_authority)
}

impl CoverDeficit<'_> {
    /// Plans, applies to state, and says what is left to do. A function of its
    /// own: its stack frame is full.
    #[inline(never)]
    fn apply(&self, clock: &Clock) -> Result<(Box<DeficitCovered>, Moves)> {
        let now = UnixTime(clock.unix_timestamp);
        let mut market = self.market.load_mut()?;
        let mut bank = self.bank.load_mut()?;
        self.validate(&market, &bank)?;

        let ledger = bank.accrued(now)?;
        let settled = market.close_settled(&mut bank, &ledger, now)?;
        let prices = market.issuance_prices(&bank, self.governance_oracle.as_deref(), clock);
        let terms = prices.map(|prices| market.issuance_terms(&bank, prices));
        let plan = ledger
            .cover(bank.draw_terms(), terms.as_ref(), &bank.auction.get(), now)
            .ruled()?;

        market.apply_cover(&mut bank, &plan)?;
        let burned = settled
            .add(market.close_settled(&mut bank, &plan.ledger, now)?)
            .ruled()?;
        let moves = Moves::new(&market, &bank, &plan, burned);
        let event = Box::new(DeficitCovered {
            sequence: market.next_sequence()?,
            at: now.0,
            market: self.market.key(),
            bank: self.bank.key(),
            deficit_before: ledger.deficit.0,
            protocol_fees_used: plan.protocol_fees_used.0,
            insurance_fees_used: plan.insurance_fees_used.0,
            insurance_drawn: plan.insurance_drawn.0,
            issued: moves.issued.0,
            burned: burned.0,
            after: books_after(&plan.ledger),
        });
        Ok((event, moves))
    }
}

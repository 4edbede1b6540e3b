//! Writing off debt that nothing backs any more.

use anchor_lang::prelude::*;
use backstop_engine::step::{self, WriteOff as Bring};

use crate::error::BackstopError;
use crate::events::DebtWrittenOff;
use crate::state::{
    at, books_after, emit_cpi, governance_observation, log_unpriced, require_top_level, transfer,
    Bank, LoadedBanks, Market, Moves, Obligation, Position, Ruled, WaterfallAccounts,
};

/// Accounts of `write_off`. The banks of the obligation's deposits follow, in
/// any order, if it has any: all of them must be delisted.
#[event_cpi]
#[derive(Accounts)]
pub struct WriteOff<'info> {
    /// The market; authority of the governance mint.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank of the debt; owner of its vaults.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// Owes the debt.
    #[account(mut)]
    pub obligation: AccountLoader<'info, Obligation>,
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
    /// CHECK: owner, feed and age are checked when it is read; without it, or
    /// with one that is not usable, nothing is issued in a market with a feed.
    pub governance_oracle: Option<UncheckedAccount<'info>>,
    /// Gets the bounty.
    /// CHECK: gets the bounty; any token account of the mint.
    #[account(mut)]
    pub keeper_token_account: Option<UncheckedAccount<'info>>,
}

impl<'info> WriteOff<'info> {
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

    fn validate(&self, market: &Market, bank: &Bank, obligation: &Obligation) -> Result<()> {
        require_top_level()?;
        obligation.require_version().ruled()?;
        self.waterfall().validate(market, bank)?;
        require_keys_eq!(
            obligation.market,
            self.market.key(),
            BackstopError::WrongMarket
        );
        // The bounty must leave the bank: paid into its own vault it would be
        // tokens that no ledger knows.
        if let Some(keeper) = &self.keeper_token_account {
            require_keys_neq!(
                keeper.key(),
                bank.liquidity_vault,
                BackstopError::SameAccount
            );
            require_keys_neq!(
                keeper.key(),
                bank.insurance_vault,
                BackstopError::SameAccount
            );
        }
        Ok(())
    }

    /// Takes the step, and says what is left to do. A function of its own: its
    /// stack frame is full.
    #[inline(never)]
    fn apply(&self, banks: &'info [AccountInfo<'info>]) -> Result<(Box<DebtWrittenOff>, Moves)> {
        let at = at()?;
        let bank_key = self.bank.key();
        let mut market = self.market.load_mut()?;
        let mut bank = self.bank.load_mut()?;
        let mut obligation = self.obligation.load_mut()?;
        self.validate(&market, &bank, &obligation)?;
        let governance = governance_observation(&market, self.governance_oracle.as_deref());
        let others = if obligation.positions().iter().any(Position::has_deposit) {
            let others = LoadedBanks::load(banks, &obligation, Position::has_deposit, &[bank_key])?;
            Some(others)
        } else {
            None
        };
        let done = step::write_off(
            &mut market,
            &bank_key,
            &mut bank,
            &mut obligation,
            &others,
            Bring {
                governance: governance.as_ref(),
                with_bounty: self.keeper_token_account.is_some(),
            },
            at,
        )
        .ruled()?;
        let cover = &done.cover;
        log_unpriced(cover.unpriced);
        let after = books_after(&bank.ledger);
        let event = Box::new(DebtWrittenOff {
            sequence: cover.sequence,
            at: at.now.0,
            market: self.market.key(),
            bank: bank_key,
            obligation: self.obligation.key(),
            loss: done.loss.0,
            deficit_before: cover.deficit_before.0,
            protocol_fees_used: cover.protocol_fees_used.0,
            insurance_fees_used: cover.insurance_fees_used.0,
            insurance_drawn: cover.insurance_drawn.0,
            on_auction: after.on_auction,
            left_open: after.deficit.saturating_sub(after.on_auction),
            issued: cover.issued.0,
            burned: cover.burned.0,
            bounty: done.bounty.0,
            written_off: done.record.0,
            after,
        });
        Ok((event, Moves::new(&market, &bank, cover)))
    }
}

/// See [`crate::backstop::write_off`].
pub fn write_off<'info>(ctx: Context<'info, WriteOff<'info>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let (event, moves) = accounts.apply(ctx.remaining_accounts)?;
    accounts.waterfall().move_tokens(&moves)?;
    if let Some(keeper) = &accounts.keeper_token_account {
        transfer(
            &accounts.token_program,
            &accounts.insurance_vault,
            &accounts.mint,
            keeper,
            accounts.bank.as_ref(),
            &moves.vault_signer,
            event.bounty,
            moves.decimals,
        )?;
    }
    emit_cpi(&*event, &accounts.event_authority)
}

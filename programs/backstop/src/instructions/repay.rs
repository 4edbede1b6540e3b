//! Paying a debt back. Nothing ever blocks it.

use anchor_lang::prelude::*;
use backstop_engine::units::{Atoms, UnixTime};

use crate::error::BackstopError;
use crate::events::Repaid;
use crate::state::{transfer, Bank, Obligation, Ruled, Signer as TokenSigner};

/// Accounts of `repay`.
#[derive(Accounts)]
pub struct Repay<'info> {
    /// Whoever pays.
    pub payer: Signer<'info>,
    /// Has the debt.
    #[account(mut)]
    pub obligation: AccountLoader<'info, Obligation>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// The payer's tokens.
    /// CHECK: the token program takes the tokens from it with the payer's signature.
    #[account(mut)]
    pub payer_token_account: UncheckedAccount<'info>,
    /// The bank's liquidity vault.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub liquidity_vault: UncheckedAccount<'info>,
    /// The bank's asset.
    /// CHECK: pinned by the bank.
    pub mint: UncheckedAccount<'info>,
    /// Token program of the asset.
    /// CHECK: pinned by the bank.
    pub token_program: UncheckedAccount<'info>,
}

impl Repay<'_> {
    fn validate(&self, bank: &Bank, obligation: &Obligation) -> Result<()> {
        bank.require_version()?;
        obligation.require_version()?;
        require_keys_eq!(bank.market, obligation.market, BackstopError::WrongMarket);
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )
    }
}

/// See [`crate::backstop::repay`].
pub fn repay(ctx: Context<'_, Repay<'_>>, max_atoms: u64) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = UnixTime(Clock::get()?.unix_timestamp);
    let bank_key = accounts.bank.key();
    let (plan, decimals);
    {
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&bank, &obligation)?;
        let position = obligation.position_mut(&bank_key)?;
        plan = bank
            .accrued(now)?
            .repay(
                Atoms(max_atoms),
                position.debt(),
                Atoms(bank.config.min_debt),
            )
            .ruled()?;
        position.debt_shares = position.debt().sub(plan.shares).ruled()?.0.into();
        obligation.prune(&bank_key);
        bank.store(&plan.ledger)?;
        decimals = bank.decimals;
    }
    transfer(
        &accounts.token_program,
        &accounts.payer_token_account,
        &accounts.mint,
        &accounts.liquidity_vault,
        &accounts.payer,
        &TokenSigner::Wallet,
        plan.paid.0,
        decimals,
    )?;
    emit!(Repaid {
        bank: bank_key,
        obligation: accounts.obligation.key(),
        payer: accounts.payer.key(),
        atoms: plan.paid.0,
        shares: plan.shares.0,
    });
    Ok(())
}

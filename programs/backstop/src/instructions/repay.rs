//! Paying a debt back. Nothing ever blocks it.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::Atoms;

use crate::error::BackstopError;
use crate::events::Repaid;
use crate::state::{at, transfer, Bank, BankAddresses, Obligation, Ruled, Signer as TokenSigner};

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
        bank.require_version().ruled()?;
        obligation.require_version().ruled()?;
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
    let bank_key = accounts.bank.key();
    let (done, decimals) = {
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&bank, &obligation)?;
        let done = step::repay(
            &bank_key,
            &mut bank,
            &mut obligation,
            Atoms(max_atoms),
            at()?,
        )
        .ruled()?;
        (done, bank.decimals)
    };
    transfer(
        &accounts.token_program,
        &accounts.payer_token_account,
        &accounts.mint,
        &accounts.liquidity_vault,
        &accounts.payer,
        &TokenSigner::Wallet,
        done.paid.0,
        decimals,
    )?;
    emit!(Repaid {
        bank: bank_key,
        obligation: accounts.obligation.key(),
        payer: accounts.payer.key(),
        atoms: done.paid.0,
        shares: done.shares.0,
    });
    Ok(())
}

//! Adding to a bank's reserve. There is no way to take it out again but a loss,
//! a bounty or a buy-back.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::Atoms;

use crate::events::InsuranceFunded;
use crate::state::{at, transfer, Bank, BankAddresses, Ruled, Signer as TokenSigner};

/// Accounts of `fund_insurance`.
#[derive(Accounts)]
pub struct FundInsurance<'info> {
    /// Whoever pays.
    pub payer: Signer<'info>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// The payer's tokens.
    /// CHECK: the token program takes the tokens from it with the payer's signature.
    #[account(mut)]
    pub payer_token_account: UncheckedAccount<'info>,
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
}

impl FundInsurance<'_> {
    fn validate(&self, bank: &Bank) -> Result<()> {
        bank.require_version().ruled()?;
        bank.require_insurance(self.insurance_vault.key)?;
        bank.require_asset(self.mint.key, self.token_program.key)
    }
}

/// See [`crate::backstop::fund_insurance`].
pub fn fund_insurance(ctx: Context<'_, FundInsurance<'_>>, atoms: u64) -> Result<()> {
    let accounts = &ctx.accounts;
    let (insurance, decimals) = {
        let mut bank = accounts.bank.load_mut()?;
        accounts.validate(&bank)?;
        step::fund_insurance(&mut bank, Atoms(atoms), at()?.now).ruled()?;
        (bank.ledger.insurance, bank.decimals)
    };
    transfer(
        &accounts.token_program,
        &accounts.payer_token_account,
        &accounts.mint,
        &accounts.insurance_vault,
        &accounts.payer,
        &TokenSigner::Wallet,
        atoms,
        decimals,
    )?;
    emit!(InsuranceFunded {
        bank: accounts.bank.key(),
        payer: accounts.payer.key(),
        atoms,
        insurance,
    });
    Ok(())
}

//! Moving fees to where they belong. They wait while a deficit is open.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::error::BackstopError;
use crate::events::FeesCollected;
use crate::state::{at, token_account_owner, transfer, Bank, BankAddresses, Market, Ruled};

/// Accounts of `collect_fees`.
#[derive(Accounts)]
pub struct CollectFees<'info> {
    /// Names the fee owner.
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// Gets the protocol fees.
    /// CHECK: any token account of the fee owner; `validate` reads its owner.
    #[account(mut)]
    pub fee_token_account: UncheckedAccount<'info>,
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
}

impl CollectFees<'_> {
    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        market.require_version().ruled()?;
        bank.require_version().ruled()?;
        require_keys_eq!(bank.market, self.market.key(), BackstopError::WrongMarket);
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        bank.require_insurance(self.insurance_vault.key)?;
        let owner = token_account_owner(&self.fee_token_account, &bank.token_program)?;
        require_keys_eq!(
            owner,
            market.config.fee_owner,
            BackstopError::WrongTokenOwner
        );
        Ok(())
    }
}

/// See [`crate::backstop::collect_fees`].
pub fn collect_fees(ctx: Context<'_, CollectFees<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let (done, signer, decimals) = {
        let market = accounts.market.load()?;
        let mut bank = accounts.bank.load_mut()?;
        accounts.validate(&market, &bank)?;
        let done = step::collect_fees(&market, &mut bank, at()?.now).ruled()?;
        (done, bank.vault_signer(), bank.decimals)
    };
    for (destination, atoms) in [
        (&accounts.insurance_vault, done.to_insurance),
        (&accounts.fee_token_account, done.to_protocol),
    ] {
        transfer(
            &accounts.token_program,
            &accounts.liquidity_vault,
            &accounts.mint,
            destination,
            accounts.bank.as_ref(),
            &signer,
            atoms.0,
            decimals,
        )?;
    }
    emit!(FeesCollected {
        bank: accounts.bank.key(),
        to_protocol: done.to_protocol.0,
        to_insurance: done.to_insurance.0,
    });
    Ok(())
}

//! Moving fees to where they belong. They wait while a deficit is open.

use anchor_lang::prelude::*;
use backstop_engine::units::UnixTime;

use crate::error::BackstopError;
use crate::events::FeesCollected;
use crate::state::{token_account_owner, transfer, Bank, Market, Ruled};

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
    fn validate(&self, bank: &Bank, now: UnixTime) -> Result<()> {
        let market = self.market.load()?;
        market.require_version()?;
        bank.require_version()?;
        require_keys_eq!(bank.market, self.market.key(), BackstopError::WrongMarket);
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        bank.require_insurance(self.insurance_vault.key)?;
        // While write-offs are paused a loss may be waiting that nothing books yet:
        // the fees that would pay for it first must not leave before it.
        require!(
            !market.write_off_pause.is_paused(now),
            BackstopError::WriteOffPaused
        );
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
    let now = UnixTime(Clock::get()?.unix_timestamp);
    let (plan, signer, decimals);
    {
        let mut bank = accounts.bank.load_mut()?;
        accounts.validate(&bank, now)?;
        plan = bank.accrued(now)?.collect_fees().ruled()?;
        bank.store(&plan.ledger)?;
        signer = bank.vault_signer();
        decimals = bank.decimals;
    }
    for (destination, atoms) in [
        (&accounts.insurance_vault, plan.to_insurance),
        (&accounts.fee_token_account, plan.to_protocol),
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
        to_protocol: plan.to_protocol.0,
        to_insurance: plan.to_insurance.0,
    });
    Ok(())
}

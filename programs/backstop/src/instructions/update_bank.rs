//! Changing a bank's settings: at once if nobody's risk rises, else after the
//! market's delay, during which anybody can see it coming and the admin can
//! cancel.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::error::BackstopError;
use crate::events::{ConfigChangeKind, ConfigChanged};
use crate::state::{at, Bank, BankConfig, Market, Ruled};

/// Accounts of `update_bank` and `cancel_bank_update`.
#[derive(Accounts)]
pub struct UpdateBank<'info> {
    /// Admin of the market.
    pub admin: Signer<'info>,
    /// The market.
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
}

/// Accounts of `apply_bank_update`.
#[derive(Accounts)]
pub struct ApplyBankUpdate<'info> {
    /// The market.
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
}

fn require_pair(market_key: Pubkey, market: &Market, bank: &Bank) -> Result<()> {
    market.require_version().ruled()?;
    bank.require_version().ruled()?;
    require_keys_eq!(bank.market, market_key, BackstopError::WrongMarket);
    Ok(())
}

impl UpdateBank<'_> {
    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        require_pair(self.market.key(), market, bank)?;
        require_keys_eq!(self.admin.key(), market.admin, BackstopError::NotAdmin);
        Ok(())
    }
}

/// See [`crate::backstop::update_bank`].
pub fn update_bank(ctx: Context<'_, UpdateBank<'_>>, config: BankConfig) -> Result<()> {
    let accounts = &ctx.accounts;
    let market = accounts.market.load()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank)?;
    let change = step::update_bank(&market, &mut bank, &config, at()?.now).ruled()?;
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.bank.key(),
        kind: if change.is_queued {
            ConfigChangeKind::Queued
        } else {
            ConfigChangeKind::AtOnce
        },
        effective_at: change.effective_at.0,
    });
    Ok(())
}

/// See [`crate::backstop::apply_bank_update`].
pub fn apply_bank_update(ctx: Context<'_, ApplyBankUpdate<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = at()?.now;
    let market = accounts.market.load()?;
    let mut bank = accounts.bank.load_mut()?;
    require_pair(accounts.market.key(), &market, &bank)?;
    step::apply_bank_update(&mut bank, now).ruled()?;
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.bank.key(),
        kind: ConfigChangeKind::Applied,
        effective_at: now.0,
    });
    Ok(())
}

/// See [`crate::backstop::cancel_bank_update`].
pub fn cancel_bank_update(ctx: Context<'_, UpdateBank<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let market = accounts.market.load()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank)?;
    step::cancel_bank_update(&mut bank).ruled()?;
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.bank.key(),
        kind: ConfigChangeKind::Cancelled,
        effective_at: 0,
    });
    Ok(())
}

//! Changing a market's settings, as `update_bank` does for a bank's.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::error::BackstopError;
use crate::events::{ConfigChangeKind, ConfigChanged};
use crate::state::{at, Market, MarketConfig, Ruled};

/// Accounts of `update_market` and `cancel_market_update`.
#[derive(Accounts)]
pub struct UpdateMarket<'info> {
    /// Admin of the market.
    pub admin: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
}

/// Accounts of `apply_market_update`.
#[derive(Accounts)]
pub struct ApplyMarketUpdate<'info> {
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
}

impl UpdateMarket<'_> {
    fn validate(&self, market: &Market) -> Result<()> {
        market.require_version().ruled()?;
        require_keys_eq!(self.admin.key(), market.admin, BackstopError::NotAdmin);
        Ok(())
    }
}

/// See [`crate::backstop::update_market`].
pub fn update_market(ctx: Context<'_, UpdateMarket<'_>>, config: MarketConfig) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    let change = step::update_market(&mut market, &config, at()?.now).ruled()?;
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.market.key(),
        kind: if change.is_queued {
            ConfigChangeKind::Queued
        } else {
            ConfigChangeKind::AtOnce
        },
        effective_at: change.effective_at.0,
    });
    Ok(())
}

/// See [`crate::backstop::apply_market_update`].
pub fn apply_market_update(ctx: Context<'_, ApplyMarketUpdate<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = at()?.now;
    let mut market = accounts.market.load_mut()?;
    market.require_version().ruled()?;
    step::apply_market_update(&mut market, now).ruled()?;
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.market.key(),
        kind: ConfigChangeKind::Applied,
        effective_at: now.0,
    });
    Ok(())
}

/// See [`crate::backstop::cancel_market_update`].
pub fn cancel_market_update(ctx: Context<'_, UpdateMarket<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    step::cancel_market_update(&mut market).ruled()?;
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.market.key(),
        kind: ConfigChangeKind::Cancelled,
        effective_at: 0,
    });
    Ok(())
}

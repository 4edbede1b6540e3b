//! Changing a market's settings, as `update_bank` does for a bank's.

use anchor_lang::prelude::*;

use crate::constants::UPDATE_LIFETIME_SECS;
use crate::error::BackstopError;
use crate::events::ConfigChanged;
use crate::state::{Market, MarketConfig};

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
        market.require_version()?;
        require_keys_eq!(self.admin.key(), market.admin, BackstopError::NotAdmin);
        Ok(())
    }
}

/// See [`crate::backstop::update_market`].
pub fn update_market(ctx: Context<'_, UpdateMarket<'_>>, config: MarketConfig) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    market.require_valid(&config)?;

    let delay = market.update_delay_secs();
    let waits = delay > 0 && market.config.raises_risk(&config);
    let effective_at = if waits {
        now.checked_add(delay).ok_or(BackstopError::Overflow)?
    } else {
        now
    };
    if waits {
        market.pending_config = config;
        market.pending_config_at = effective_at;
    } else {
        market.config = config;
        // A queued change was made against the old settings. Applied later, it
        // would undo what was just made safer.
        clear_pending(&mut market);
    }
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.market.key(),
        kind: u8::from(waits),
        effective_at,
    });
    Ok(())
}

/// See [`crate::backstop::apply_market_update`].
pub fn apply_market_update(ctx: Context<'_, ApplyMarketUpdate<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let mut market = accounts.market.load_mut()?;
    market.require_version()?;
    let due = market.pending_config_at;
    require!(due != 0, BackstopError::NoPendingUpdate);
    require!(now >= due, BackstopError::UpdateTooEarly);
    require!(
        now <= due.saturating_add(UPDATE_LIFETIME_SECS),
        BackstopError::UpdateLapsed
    );
    let config = market.pending_config;
    market.require_valid(&config)?;
    market.config = config;
    clear_pending(&mut market);
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.market.key(),
        kind: 2,
        effective_at: now,
    });
    Ok(())
}

/// See [`crate::backstop::cancel_market_update`].
pub fn cancel_market_update(ctx: Context<'_, UpdateMarket<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    require!(
        market.pending_config_at != 0,
        BackstopError::NoPendingUpdate
    );
    clear_pending(&mut market);
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.market.key(),
        kind: 3,
        effective_at: 0,
    });
    Ok(())
}

fn clear_pending(market: &mut Market) {
    market.pending_config = MarketConfig::default();
    market.pending_config_at = 0;
}

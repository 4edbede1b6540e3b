//! Changing a bank's settings: at once if nobody's risk rises, else after the
//! market's delay, during which anybody can see it coming and the admin can
//! cancel.

use anchor_lang::prelude::*;
use backstop_engine::units::UnixTime;

use crate::constants::UPDATE_LIFETIME_SECS;
use crate::error::BackstopError;
use crate::events::ConfigChanged;
use crate::state::{Bank, BankConfig, Market, PriceState};

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
    market.require_version()?;
    bank.require_version()?;
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
    let now = Clock::get()?.unix_timestamp;
    let market = accounts.market.load()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank)?;
    config.validate(&market.config)?;

    let delay = market.update_delay_secs();
    let waits = delay > 0 && bank.config.raises_risk(&config, &market.config);
    let effective_at = if waits {
        now.checked_add(delay).ok_or(BackstopError::Overflow)?
    } else {
        now
    };
    if waits {
        bank.pending_config = config;
        bank.pending_config_at = effective_at;
    } else {
        replace_config(&mut bank, config, now)?;
        // A queued change was made against the old settings. Applied later, it
        // would undo what was just made safer.
        clear_pending(&mut bank);
    }
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.bank.key(),
        kind: u8::from(waits),
        effective_at,
    });
    Ok(())
}

/// Books the interest of the old curve, then puts the new settings in force. A
/// price of another feed is forgotten: it would be good until the slot ends.
fn replace_config(bank: &mut Bank, config: BankConfig, now: i64) -> Result<()> {
    let accrued = bank.accrued(UnixTime(now))?;
    bank.store(&accrued)?;
    let source = |config: &BankConfig| (config.oracle_program, config.feed_id);
    if source(&config) != source(&bank.config) {
        bank.price = PriceState::default();
    }
    bank.config = config;
    Ok(())
}

/// See [`crate::backstop::apply_bank_update`].
pub fn apply_bank_update(ctx: Context<'_, ApplyBankUpdate<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let market = accounts.market.load()?;
    let mut bank = accounts.bank.load_mut()?;
    require_pair(accounts.market.key(), &market, &bank)?;
    let due = bank.pending_config_at;
    require!(due != 0, BackstopError::NoPendingUpdate);
    require!(now >= due, BackstopError::UpdateTooEarly);
    require!(
        now <= due.saturating_add(UPDATE_LIFETIME_SECS),
        BackstopError::UpdateLapsed
    );
    let config = bank.pending_config;
    config.validate(&market.config)?;
    replace_config(&mut bank, config, now)?;
    clear_pending(&mut bank);
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.bank.key(),
        kind: 2,
        effective_at: now,
    });
    Ok(())
}

/// See [`crate::backstop::cancel_bank_update`].
pub fn cancel_bank_update(ctx: Context<'_, UpdateBank<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let market = accounts.market.load()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank)?;
    require!(bank.pending_config_at != 0, BackstopError::NoPendingUpdate);
    clear_pending(&mut bank);
    emit!(ConfigChanged {
        market: accounts.market.key(),
        account: accounts.bank.key(),
        kind: 3,
        effective_at: 0,
    });
    Ok(())
}

fn clear_pending(bank: &mut Bank) {
    bank.pending_config = BankConfig::default();
    bank.pending_config_at = 0;
}

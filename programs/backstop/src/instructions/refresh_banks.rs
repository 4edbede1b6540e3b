//! Interest and prices of this slot.

use anchor_lang::prelude::*;
use backstop_engine::units::UnixTime;

use crate::constants::MAX_REFRESHED;
use crate::error::BackstopError;
use crate::state::{Bank, PriceState, PriceUpdate, Ruled};

/// Accounts of `refresh_banks`: none of its own. Pairs follow, each a writable
/// bank and its oracle account.
#[derive(Accounts)]
pub struct RefreshBanks {}

/// See [`crate::backstop::refresh_banks`].
pub fn refresh_banks<'info>(ctx: Context<'info, RefreshBanks>) -> Result<()> {
    let clock = Clock::get()?;
    let (pairs, rest) = ctx.remaining_accounts.as_chunks::<2>();
    require!(
        rest.is_empty() && !pairs.is_empty() && pairs.len() <= MAX_REFRESHED,
        BackstopError::WrongPairs
    );
    for [bank, oracle] in pairs {
        refresh(bank, oracle, &clock)?;
    }
    Ok(())
}

fn refresh<'info>(
    account: &'info AccountInfo<'info>,
    oracle: &AccountInfo<'info>,
    clock: &Clock,
) -> Result<()> {
    let now = UnixTime(clock.unix_timestamp);
    let loader = AccountLoader::<Bank>::try_from(account)?;
    let mut bank = loader.load_mut()?;
    bank.require_version()?;
    let accrued = bank.accrued(now)?;
    bank.store(&accrued)?;

    let update = PriceUpdate::load(oracle, &bank.config.oracle_program, &bank.config.feed_id)?;
    let price = update
        .observation
        .accept(
            bank.config.oracle_limits(),
            UnixTime(bank.price.published_at),
            now,
        )
        .ruled()?;
    bank.price = PriceState {
        spot: price.spot,
        ema: price.ema,
        conf: price.conf,
        slot: clock.slot,
        published_at: update.observation.published.0,
        exponent: price.exponent,
        padding: [0; 4],
    };
    Ok(())
}

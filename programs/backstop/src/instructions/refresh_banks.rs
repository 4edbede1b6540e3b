//! Interest and prices of this slot.

use anchor_lang::prelude::*;
use backstop_engine::step::{self, At};

use crate::constants::MAX_REFRESHED;
use crate::error::BackstopError;
use crate::state::{at, Bank, PriceUpdate, Ruled};

/// Accounts of `refresh_banks`: none of its own. Pairs follow, each a writable
/// bank and its oracle account.
#[derive(Accounts)]
pub struct RefreshBanks {}

/// See [`crate::backstop::refresh_banks`].
pub fn refresh_banks<'info>(ctx: Context<'info, RefreshBanks>) -> Result<()> {
    let at = at()?;
    let (pairs, rest) = ctx.remaining_accounts.as_chunks::<2>();
    require!(
        rest.is_empty() && !pairs.is_empty() && pairs.len() <= MAX_REFRESHED,
        BackstopError::WrongPairs
    );
    for [bank, oracle] in pairs {
        refresh(bank, oracle, at)?;
    }
    Ok(())
}

fn refresh<'info>(
    account: &'info AccountInfo<'info>,
    oracle: &AccountInfo<'info>,
    at: At,
) -> Result<()> {
    let loader = AccountLoader::<Bank>::try_from(account)?;
    let mut bank = loader.load_mut()?;
    bank.require_version().ruled()?;
    let update = PriceUpdate::load(oracle, &bank.config.oracle_program, &bank.config.feed_id)?;
    step::refresh(&mut bank, &update.observation, at).ruled()
}

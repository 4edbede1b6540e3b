//! The guardian's pauses: bounded, and lapsing by themselves.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::error::BackstopError;
use crate::events::PauseChanged;
use crate::state::{at, Market, PauseKind, Ruled};

/// Accounts of `pause` and `lift_pause`.
#[derive(Accounts)]
pub struct Pause<'info> {
    /// Guardian or admin of the market.
    pub authority: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
}

impl Pause<'_> {
    fn validate(&self, market: &Market) -> Result<()> {
        market.require_version().ruled()?;
        let authority = self.authority.key();
        require!(
            authority == market.config.guardian || authority == market.admin,
            BackstopError::NotGuardian
        );
        Ok(())
    }

    fn report(&self, kind: PauseKind, until: i64) {
        emit!(PauseChanged {
            market: self.market.key(),
            kind,
            until,
        });
    }
}

/// See [`crate::backstop::pause`].
pub fn pause(ctx: Context<'_, Pause<'_>>, kind: PauseKind, secs: u32) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    let until = step::pause(&mut market, kind, secs, at()?.now).ruled()?;
    accounts.report(kind, until.0);
    Ok(())
}

/// See [`crate::backstop::lift_pause`].
pub fn lift_pause(ctx: Context<'_, Pause<'_>>, kind: PauseKind) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    let until = step::lift_pause(&mut market, kind, at()?.now);
    accounts.report(kind, until.0);
    Ok(())
}

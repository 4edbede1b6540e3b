//! The guardian's pauses: bounded, and lapsing by themselves.

use anchor_lang::prelude::*;
use backstop_engine::units::UnixTime;

use crate::error::BackstopError;
use crate::events::PauseChanged;
use crate::state::{Market, PauseKind};

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
        market.require_version()?;
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
            kind: match kind {
                PauseKind::Borrow => 0,
                PauseKind::WriteOff => 1,
                PauseKind::Issuance => 2,
            },
            until,
        });
    }
}

/// See [`crate::backstop::pause`].
pub fn pause(ctx: Context<'_, Pause<'_>>, kind: PauseKind, secs: u32) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = UnixTime(Clock::get()?.unix_timestamp);
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    let longest = market.config.max_pause_secs;
    let state = market.pause_mut(kind);
    // Without the rest in between, one pause after another would be for ever.
    require!(
        secs > 0 && secs <= longest && now.0 >= state.next_allowed_at,
        BackstopError::PauseNotAllowed
    );
    let until = now.plus(u64::from(secs));
    state.since = now.0;
    state.until = until.0;
    state.next_allowed_at = until.plus(u64::from(longest)).0;
    drop(market);
    accounts.report(kind, until.0);
    Ok(())
}

/// See [`crate::backstop::lift_pause`].
pub fn lift_pause(ctx: Context<'_, Pause<'_>>, kind: PauseKind) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = UnixTime(Clock::get()?.unix_timestamp);
    let mut market = accounts.market.load_mut()?;
    accounts.validate(&market)?;
    let state = market.pause_mut(kind);
    state.until = state.until.min(now.0);
    let until = state.until;
    drop(market);
    accounts.report(kind, until);
    Ok(())
}

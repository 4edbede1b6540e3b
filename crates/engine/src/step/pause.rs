//! The guardian's pauses: bounded, and lapsing by themselves.

use crate::error::{EngineError, Result};
use crate::state::{Market, PauseKind, PauseState};
use crate::units::UnixTime;

/// Pauses `kind` for `secs`. Without a rest as long as the longest pause before
/// the next, one pause after another would last for ever.
///
/// # Errors
/// `PauseNotAllowed`.
pub fn pause(market: &mut Market, kind: PauseKind, secs: u32, now: UnixTime) -> Result<UnixTime> {
    let longest = market.config.max_pause_secs;
    let state = market.pause_mut(kind);
    if secs == 0 || secs > longest || now.0 < state.next_allowed_at {
        return Err(EngineError::PauseNotAllowed {
            secs,
            max: longest,
            not_before: state.next_allowed_at,
        });
    }
    let until = now.plus(u64::from(secs));
    state.since = now.0;
    state.until = until.0;
    state.next_allowed_at = until.plus(u64::from(longest)).0;
    Ok(until)
}

/// Ends a pause; the rest until the next one stays. Returns its end.
pub fn lift_pause(market: &mut Market, kind: PauseKind, now: UnixTime) -> UnixTime {
    let state = market.pause_mut(kind);
    state.until = state.until.min(now.0);
    UnixTime(state.until)
}

impl Market {
    /// Passes unless new loans are paused.
    ///
    /// # Errors
    /// `BorrowPaused`.
    pub fn require_borrowing(&self, now: UnixTime) -> Result<()> {
        let until = self.borrow_pause.until;
        self.borrow_pause
            .require_none(now, EngineError::BorrowPaused { until })
    }

    /// Passes unless write-offs are paused.
    ///
    /// While they are, a loss may be waiting that nothing books yet: fees and
    /// insurance that would pay for it must not leave before it.
    ///
    /// # Errors
    /// `WriteOffPaused`.
    pub fn require_writing_off(&self, now: UnixTime) -> Result<()> {
        let until = self.write_off_pause.until;
        self.write_off_pause
            .require_none(now, EngineError::WriteOffPaused { until })
    }

    /// Passes unless issuance is paused.
    ///
    /// # Errors
    /// `IssuancePaused`.
    pub fn require_issuing(&self, now: UnixTime) -> Result<()> {
        let until = self.issuance_pause.until;
        self.issuance_pause
            .require_none(now, EngineError::IssuancePaused { until })
    }
}

impl PauseState {
    fn require_none(&self, now: UnixTime, broken: EngineError) -> Result<()> {
        if self.is_paused(now) {
            return Err(broken);
        }
        Ok(())
    }
}

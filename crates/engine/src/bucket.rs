//! One kind of limit for everything that leaves the protocol: a leaky bucket.
//! Its level falls in a straight line, so no window has an edge to wait for.

use crate::error::Result;
use crate::math;
use crate::units::UnixTime;

/// Size of a bucket and the time in which a full one runs dry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Most that fits, in the unit of what is limited.
    pub capacity: u64,
    /// Seconds in which `capacity` leaks away; at least 1.
    pub window_secs: u32,
}

/// Level of a bucket when it was last filled.
///
/// Between any two instants `t` seconds apart no more than
/// `capacity · (1 + t / window)` passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Level at `filled_at`.
    pub level: u64,
    /// When `level` was true.
    pub filled_at: UnixTime,
}

impl Limit {
    /// What leaks in `elapsed` seconds, rounded down. A full bucket is dry
    /// after the window, however small its capacity.
    fn leaked_down(self, elapsed: u64) -> Result<u64> {
        let product = u128::from(self.capacity).wrapping_mul(u128::from(elapsed));
        let leaked = math::div_down(product, u128::from(self.window_secs))?;
        Ok(math::to_u64(leaked).unwrap_or(u64::MAX))
    }

    /// What leaks in `elapsed` seconds, rounded up.
    fn leaked_up(self, elapsed: u64) -> Result<u64> {
        let product = u128::from(self.capacity).wrapping_mul(u128::from(elapsed));
        let leaked = math::div_up(product, u128::from(self.window_secs))?;
        Ok(math::to_u64(leaked).unwrap_or(u64::MAX))
    }
}

impl Bucket {
    /// Level at `now`, rounded up: what passed is never forgotten early. The
    /// level is read, not stored, so reading it often loses nothing.
    ///
    /// # Errors
    /// `TimeWentBack`.
    pub fn level_up(self, limit: Limit, now: UnixTime) -> Result<u64> {
        let leaked = limit.leaked_down(now.since(self.filled_at)?)?;
        Ok(self.level.saturating_sub(leaked))
    }

    /// What still fits at `now`, rounded down.
    ///
    /// # Errors
    /// `TimeWentBack`.
    pub fn room_down(self, limit: Limit, now: UnixTime) -> Result<u64> {
        Ok(limit.capacity.saturating_sub(self.level_up(limit, now)?))
    }

    /// The bucket after `amount` more went in. The caller has asked
    /// [`Bucket::room_down`]; taking nothing leaves the bucket as it is.
    ///
    /// # Errors
    /// `TimeWentBack`, `Overflow`.
    pub fn fill(self, limit: Limit, amount: u64, now: UnixTime) -> Result<Self> {
        if amount == 0 {
            return Ok(self);
        }
        let level = self
            .level_up(limit, now)?
            .checked_add(amount)
            .ok_or(crate::error::EngineError::Overflow)?;
        Ok(Self {
            level,
            filled_at: now,
        })
    }

    /// The bucket after `amount` that went in at `since` came back unused.
    ///
    /// What may have leaked since then is not given back a second time: the
    /// level never falls below the one it would have without that filling.
    ///
    /// # Errors
    /// `TimeWentBack`.
    pub fn give_back(
        self,
        limit: Limit,
        amount: u64,
        since: UnixTime,
        now: UnixTime,
    ) -> Result<Self> {
        let left = amount.saturating_sub(limit.leaked_up(now.since(since)?)?);
        if left == 0 {
            return Ok(self);
        }
        Ok(Self {
            level: self.level_up(limit, now)?.saturating_sub(left),
            filled_at: now,
        })
    }
}

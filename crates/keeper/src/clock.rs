//! The time of this machine. Decisions use the chain's; this one is for the
//! keeper's own limits, leases and reports.

use std::time::{SystemTime, UNIX_EPOCH};

/// (unix secs) Now; 0 on a machine whose clock is before 1970.
#[must_use]
pub fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

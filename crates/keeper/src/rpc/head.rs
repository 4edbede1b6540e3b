//! The newest slot that can be believed.
//!
//! Every answer names a slot. The highest one seen is what the others are
//! measured by, so an endpoint that names one too high could make all honest
//! ones look late. Therefore a claim may run ahead of the head only as fast as
//! a chain can; one that is further ahead is believed once it was repeated, a
//! little higher each time.

use std::time::Instant;

/// Slots a second that no cluster exceeds (200 ms are planned, 50 ms tried on
/// chains of one's own).
const MOST_SLOTS_A_SECOND: u64 = 25;
/// Slots that a claim may be ahead whatever the time: commitment levels and
/// delays between endpoints.
const SLACK: u64 = 150;
/// Claims near each other that make a jump believable.
const CLAIMS_FOR_A_JUMP: u32 = 3;

/// The newest believable slot, and when it was heard of.
#[derive(Debug, Default)]
pub struct Head {
    slot: u64,
    at: Option<Instant>,
    jump: Option<(u64, u32)>,
}

impl Head {
    /// The slot; 0 before the first claim.
    #[must_use]
    pub const fn slot(&self) -> u64 {
        self.slot
    }

    /// Hears that an endpoint has got to `slot`. Says whether that is believed.
    pub fn hear(&mut self, slot: u64, now: Instant) -> bool {
        let Some(at) = self.at else {
            self.set(slot, now);
            return true;
        };
        if slot <= self.slot {
            return true;
        }
        let millis = now.saturating_duration_since(at).as_millis();
        let millis = u64::try_from(millis).unwrap_or(u64::MAX);
        let passed = millis.saturating_mul(MOST_SLOTS_A_SECOND) / 1_000;
        if slot <= self.slot.saturating_add(passed).saturating_add(SLACK) {
            self.set(slot, now);
            return true;
        }
        let claims = match self.jump {
            Some((last, claims)) if slot.abs_diff(last) <= SLACK => claims + 1,
            _ => 1,
        };
        self.jump = Some((slot, claims));
        if claims < CLAIMS_FOR_A_JUMP {
            return false;
        }
        self.set(slot, now);
        true
    }

    /// Starts anew from `slot`: every endpoint says that the head is too high.
    pub fn restart(&mut self, slot: u64, now: Instant) {
        self.set(slot, now);
    }

    fn set(&mut self, slot: u64, now: Instant) {
        self.slot = slot;
        self.at = Some(now);
        self.jump = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_claim_far_ahead_moves_nothing() {
        let start = Instant::now();
        let mut head = Head::default();
        assert!(head.hear(1_000, start));
        assert!(!head.hear(9_999_999, start));
        assert!(!head.hear(5_555_555, start));
        assert!(head.hear(1_010, start));
        assert_eq!(head.slot(), 1_010);
    }

    #[test]
    fn a_chain_that_really_is_ahead_is_believed_after_three_claims() {
        let start = Instant::now();
        let mut head = Head::default();
        head.hear(1_000, start);
        assert!(!head.hear(80_000, start));
        assert!(!head.hear(80_001, start));
        assert!(head.hear(80_002, start));
        assert_eq!(head.slot(), 80_002);
    }

    #[test]
    fn silence_makes_room_for_what_a_chain_does_meanwhile() {
        let start = Instant::now();
        let mut head = Head::default();
        head.hear(1_000, start);
        assert!(head.hear(2_500, start + Duration::from_secs(60)));
    }
}

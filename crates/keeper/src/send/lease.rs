//! One piece of work is under way once in a process, and rests afterwards.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

use rand::Rng;

/// Rest after success: until the accounts show it.
const SEEN: Duration = Duration::from_secs(2);
/// First rest after a failure that may pass; doubles with each that follows.
const FIRST: Duration = Duration::from_millis(500);
/// Longest of those.
const LONGEST: Duration = Duration::from_secs(60);
/// How much longer a failure rests that does not pass by itself. It is tried
/// again all the same: the answer may have been a false one.
const HOPELESS: u32 = 10;

/// How a piece of work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It is done, by whomever.
    Done,
    /// It may succeed later.
    Later,
    /// Somebody has to look.
    Hopeless,
    /// It was not tried: it may be tried at once.
    Untried,
}

#[derive(Clone, Copy, Debug)]
struct Lease {
    until: Instant,
    failures: u32,
}

/// Leases by the name of the work. They are kept in memory only: a process that
/// starts anew decides anew, on what the accounts say.
#[derive(Debug)]
pub struct Leases<K> {
    leases: HashMap<K, Lease>,
}

impl<K> Default for Leases<K> {
    fn default() -> Self {
        Self {
            leases: HashMap::new(),
        }
    }
}

impl<K: Copy + Eq + Hash> Leases<K> {
    /// Takes `key` for at the most `time`. False while it is taken or rests.
    pub fn take(&mut self, key: K, time: Duration, now: Instant) -> bool {
        let old = self.leases.get(&key).copied();
        if old.is_some_and(|lease| now < lease.until) {
            return false;
        }
        let failures = old.map_or(0, |lease| lease.failures);
        let until = now + time;
        self.leases.insert(key, Lease { until, failures });
        true
    }

    /// Gives `key` back; it rests for a time that depends on how it went.
    pub fn give_back(&mut self, key: K, rest: Rest, now: Instant) {
        let failures = self.leases.get(&key).map_or(0, |lease| lease.failures);
        let (rest, failures) = match rest {
            Rest::Untried => {
                self.leases.remove(&key);
                return;
            }
            Rest::Done => (SEEN, 0),
            Rest::Later => (backoff(failures), failures.saturating_add(1)),
            Rest::Hopeless => (
                backoff(failures).saturating_mul(HOPELESS),
                failures.saturating_add(1),
            ),
        };
        let until = now + rest.mul_f64(rand::rng().random_range(1.0..1.25));
        self.leases.insert(key, Lease { until, failures });
    }

    /// What is taken or rests now.
    pub fn held(&self, now: Instant) -> impl Iterator<Item = K> + '_ {
        let leases = self.leases.iter();
        leases
            .filter(move |(_, lease)| now < lease.until)
            .map(|(key, _)| *key)
    }

    /// Forgets what ended long ago.
    pub fn prune(&mut self, now: Instant) {
        self.leases
            .retain(|_, lease| now < lease.until + LONGEST.saturating_mul(HOPELESS));
    }
}

fn backoff(failures: u32) -> Duration {
    FIRST.saturating_mul(1 << failures.min(16)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Duration = Duration::from_secs(100);

    #[test]
    fn the_same_work_is_not_taken_twice() {
        let now = Instant::now();
        let mut leases = Leases::default();
        assert!(leases.take(1, TIME, now));
        assert!(!leases.take(1, TIME, now));
        assert!(leases.take(2, TIME, now));
    }

    #[test]
    fn a_lease_that_nobody_gives_back_expires() {
        let now = Instant::now();
        let mut leases = Leases::default();
        assert!(leases.take(1, TIME, now));
        assert!(!leases.take(1, TIME, now + TIME - Duration::from_millis(1)));
        assert!(leases.take(1, TIME, now + TIME));
    }

    #[test]
    fn work_that_is_done_rests_until_the_accounts_show_it() {
        let now = Instant::now();
        let mut leases = Leases::default();
        leases.take(1, TIME, now);
        leases.give_back(1, Rest::Done, now);
        assert!(!leases.take(1, TIME, now + SEEN - Duration::from_millis(1)));
        assert!(leases.take(1, TIME, now + SEEN.mul_f64(1.25)));
    }

    #[test]
    fn failures_rest_longer_each_time_up_to_a_bound() {
        let mut now = Instant::now();
        let mut leases = Leases::default();
        for failures in 0..20 {
            assert!(leases.take(1, TIME, now));
            leases.give_back(1, Rest::Later, now);
            assert!(!leases.take(1, TIME, now + backoff(failures) - Duration::from_millis(1)));
            now += backoff(failures).mul_f64(1.25);
        }
        assert_eq!(backoff(20), LONGEST);
        leases.take(1, TIME, now);
        leases.give_back(1, Rest::Done, now);
        now += SEEN * 2;
        assert!(leases.take(1, TIME, now));
        leases.give_back(1, Rest::Later, now);
        assert!(
            leases.take(1, TIME, now + FIRST.mul_f64(1.25)),
            "success starts anew"
        );
    }

    #[test]
    fn what_was_not_tried_may_be_tried_at_once() {
        let now = Instant::now();
        let mut leases = Leases::default();
        leases.take(1, TIME, now);
        leases.give_back(1, Rest::Untried, now);
        assert!(leases.take(1, TIME, now));
    }
}

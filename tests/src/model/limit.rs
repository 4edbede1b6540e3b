//! The leaky bucket behind every limit.

use super::number::{down, int, left_of, ratio, up, Int};

/// How much of a limit is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Level at `filled_at`.
    pub level: Int,
    /// (unix secs)
    pub filled_at: i64,
}

/// Size of a bucket, and the seconds in which a full one runs dry.
#[derive(Clone, Debug)]
pub struct Limit {
    /// In the unit of what is limited.
    pub capacity: Int,
    /// (secs)
    pub window: u32,
}

impl Bucket {
    /// A bucket that nothing went into.
    pub fn empty() -> Self {
        Self {
            level: Int::ZERO,
            filled_at: 0,
        }
    }

    fn leaked(limit: &Limit, secs: i64) -> super::number::Exact {
        ratio(&limit.capacity * secs, limit.window)
    }

    fn level(&self, limit: &Limit, now: i64) -> Int {
        left_of(
            &self.level,
            &down(&Self::leaked(limit, now - self.filled_at)),
        )
    }

    /// What still fits.
    pub fn room(&self, limit: &Limit, now: i64) -> Int {
        left_of(&limit.capacity, &self.level(limit, now))
    }

    /// Puts `amount` in.
    pub fn fill(&mut self, limit: &Limit, amount: &Int, now: i64) {
        if *amount == Int::ZERO {
            return;
        }
        self.level = self.level(limit, now) + amount;
        self.filled_at = now;
    }

    /// Takes back what of `amount`, put in at `since`, cannot have leaked yet.
    pub fn give_back(&mut self, limit: &Limit, amount: &Int, since: i64, now: i64) {
        let left = left_of(amount, &up(&Self::leaked(limit, now - since)));
        if left == Int::ZERO {
            return;
        }
        self.level = left_of(&self.level(limit, now), &left);
        self.filled_at = now;
    }
}

/// A limit where a capacity of 0 means none.
pub fn room_or_unlimited(bucket: &Bucket, limit: &Limit, now: i64) -> Option<Int> {
    (limit.capacity != int(0)).then(|| bucket.room(limit, now))
}

//! Leaky buckets: what passes in any interval, and what comes back.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::bucket::{Bucket, Limit};
use backstop_engine::units::UnixTime;
use backstop_engine::EngineError;
use common::*;
use proptest::prelude::*;

fn limits() -> impl Strategy<Value = Limit> {
    (log_u64(64), 1u32..2_000_000).prop_map(|(capacity, window_secs)| Limit {
        capacity,
        window_secs,
    })
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn the_level_is_exact_rounded_up(limit in limits(), level in log_u64(64), secs in log_u64(40)) {
        let bucket = Bucket { level, filled_at: UnixTime(0) };
        let exact = q(level) - q(limit.capacity) * frac(secs, limit.window_secs);
        let exact = up(&exact.max(q(0)));
        let now = UnixTime(secs as i64);
        prop_assert_eq!(q(bucket.level_up(limit, now).unwrap()), q(exact.clone()));
        let room = (q(limit.capacity) - q(exact)).max(q(0));
        prop_assert_eq!(q(bucket.room_down(limit, now).unwrap()), room);
    }

    #[test]
    fn no_interval_passes_more_than_its_share(
        limit in limits(), gaps in prop::collection::vec((0u64..400_000, 0u64..=1000), 1..12),
    ) {
        let mut bucket = Bucket::default();
        let mut now = 0u64;
        let mut passed: Vec<(u64, u64)> = Vec::new();
        for (gap, part) in gaps {
            now += gap;
            let at = UnixTime(now as i64);
            let room = bucket.room_down(limit, at).unwrap();
            let amount = (u128::from(room) * u128::from(part) / 1_000) as u64;
            bucket = bucket.fill(limit, amount, at).unwrap();
            prop_assert!(bucket.level_up(limit, at).unwrap() <= limit.capacity);
            passed.push((now, amount));
        }
        for first in 0..passed.len() {
            let mut sum = q(0);
            for (time, amount) in &passed[first..] {
                sum += q(*amount);
                let window = q(1) + frac(time - passed[first].0, limit.window_secs);
                prop_assert!(sum <= q(limit.capacity) * window);
            }
        }
    }

    #[test]
    fn what_comes_back_never_helps_beyond_the_filling_it_undoes(
        limit in limits(), fillings in prop::collection::vec((0u64..400_000, 0u64..=1000), 1..8),
        which in any::<prop::sample::Index>(), part in 0u64..=1000, wait in 0u64..3_000_000,
    ) {
        // The same row of fillings with and without the one that comes back.
        let which = which.index(fillings.len());
        let (mut with, mut without) = (Bucket::default(), Bucket::default());
        let mut now = 0u64;
        let (mut amount, mut since) = (0u64, 0u64);
        for (i, (gap, share)) in fillings.into_iter().enumerate() {
            now += gap;
            let at = UnixTime(now as i64);
            let room = with.room_down(limit, at).unwrap();
            let take = (u128::from(room) * u128::from(share) / 1_000) as u64;
            with = with.fill(limit, take, at).unwrap();
            if i == which {
                (amount, since) = ((u128::from(take) * u128::from(part) / 1_000) as u64, now);
                without = without.fill(limit, take - amount, at).unwrap();
            } else {
                without = without.fill(limit, take, at).unwrap();
            }
        }
        let end = UnixTime((now + wait) as i64);
        let back = with.give_back(limit, amount, UnixTime(since as i64), end).unwrap();
        let given = back.level_up(limit, end).unwrap();
        prop_assert!(given >= without.level_up(limit, end).unwrap());
        prop_assert!(given <= with.level_up(limit, end).unwrap());
        for later in [1u64, 1_000, 1_000_000] {
            let later = UnixTime(end.0 + later as i64);
            prop_assert!(back.level_up(limit, later).unwrap() >= without.level_up(limit, later).unwrap());
        }
    }

    #[test]
    fn what_comes_back_at_once_comes_back_whole(limit in limits(), level in log_u64(60), amount in log_u64(60)) {
        let at = UnixTime(7);
        let bucket = Bucket { level, filled_at: at };
        let full = bucket.fill(limit, amount, at).unwrap();
        let back = full.give_back(limit, amount, at, at).unwrap();
        prop_assert_eq!(back.level_up(limit, at), Ok(level));
    }

    #[test]
    fn a_full_bucket_is_dry_after_its_window(limit in limits()) {
        let full = Bucket::default().fill(limit, limit.capacity, UnixTime(0)).unwrap();
        let window = i64::from(limit.window_secs);
        prop_assert_eq!(full.level_up(limit, UnixTime(window)), Ok(0));
        if limit.capacity > 0 {
            prop_assert!(full.level_up(limit, UnixTime(window - 1)).unwrap() > 0);
        }
    }
}

const SLOW: Limit = Limit {
    capacity: 10,
    window_secs: 100,
};

#[test]
fn reading_often_forgets_no_leak() {
    let full = Bucket {
        level: 10,
        filled_at: UnixTime(0),
    };
    let mut bucket = full;
    for second in 0..=100 {
        bucket = bucket.fill(SLOW, 0, UnixTime(second)).unwrap();
    }
    assert_eq!(bucket, full, "taking nothing changes nothing");
    assert_eq!(bucket.level_up(SLOW, UnixTime(9)), Ok(10));
    assert_eq!(bucket.level_up(SLOW, UnixTime(10)), Ok(9));
}

#[test]
fn what_may_have_leaked_is_not_given_back() {
    // Ten in three seconds: after one, 3.3 have leaked, that is perhaps four.
    let limit = Limit {
        capacity: 10,
        window_secs: 3,
    };
    let [issued, now] = [0, 1].map(UnixTime);
    let full = Bucket::default().fill(limit, 10, issued).unwrap();
    let back = full.give_back(limit, 10, issued, now).unwrap();
    assert_eq!(back.level_up(limit, now), Ok(1));
}

#[test]
fn time_does_not_go_back() {
    let bucket = Bucket {
        level: 1,
        filled_at: UnixTime(5),
    };
    let back = EngineError::TimeWentBack { last: 5, now: 4 };
    assert_eq!(bucket.level_up(SLOW, UnixTime(4)), Err(back));
    assert_eq!(bucket.room_down(SLOW, UnixTime(4)), Err(back));
    assert_eq!(bucket.fill(SLOW, 1, UnixTime(4)), Err(back));
    assert_eq!(
        bucket.give_back(SLOW, 1, UnixTime(5), UnixTime(4)),
        Err(back)
    );
}

#[test]
fn a_lowered_capacity_leaves_no_room_until_the_level_is_below_it() {
    let bucket = Bucket {
        level: 100,
        filled_at: UnixTime(0),
    };
    assert_eq!(bucket.room_down(SLOW, UnixTime(900)), Ok(0));
    assert_eq!(bucket.room_down(SLOW, UnixTime(910)), Ok(1));
    assert_eq!(
        bucket.fill(SLOW, u64::MAX, UnixTime(0)),
        Err(EngineError::Overflow)
    );
}

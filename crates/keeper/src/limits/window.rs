//! A cap on the loss of the hour before each sending: fees burnt less income.
//!
//! The hour slides. What happened is kept by the minute: a loss counts until
//! the whole of its minute is out of the hour, an income only while the whole
//! of it is inside. So the sum is never below the true one, and what it admits
//! the true one admits.

use std::collections::VecDeque;

use backstop_engine::units::Value;

/// (secs) Length of the window.
const WINDOW_SECS: i64 = 3_600;

/// (secs) Length of a cell.
const CELL_SECS: i64 = 60;

/// What part of the cap is free after a start: 1/8. A process that dies and is
/// restarted again and again must not get the whole of it each time.
const FREE_AT_START: u128 = 8;

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Its number, counted from 1970.
    number: i64,
    lost: u128,
    earned: u128,
}

/// A cap on the loss of the last hour.
#[derive(Clone, Debug)]
pub struct HourlyCap {
    cap: u128,
    cells: VecDeque<Cell>,
    /// Sum of what was admitted and is not settled.
    admitted: u128,
}

/// Something that was admitted, until it is settled.
#[must_use = "what was admitted counts as lost until it is settled"]
#[derive(Debug, PartialEq, Eq)]
pub struct Ticket {
    cost: u128,
}

impl HourlyCap {
    /// A cap that starts with an eighth of itself free.
    #[must_use]
    pub fn new(cap: Value, now: i64) -> Self {
        let mut new = Self {
            cap: cap.0,
            cells: VecDeque::new(),
            admitted: 0,
        };
        new.cell(now).lost = cap.0.saturating_sub(cap.0 / FREE_AT_START);
        new
    }

    /// What has been lost in the hour up to `now`, open tickets included.
    pub fn lost(&mut self, now: i64) -> Value {
        self.forget(now);
        let lost = self.cells.iter().map(|cell| cell.lost);
        let lost = lost.fold(self.admitted, u128::saturating_add);
        let whole = now.saturating_sub(WINDOW_SECS).div_euclid(CELL_SECS);
        let inside = self.cells.iter().filter(|cell| cell.number > whole);
        let earned = inside.map(|cell| cell.earned);
        Value(lost.saturating_sub(earned.fold(0, u128::saturating_add)))
    }

    /// What may still be lost.
    pub fn room(&mut self, now: i64) -> Value {
        Value(self.cap.saturating_sub(self.lost(now).0))
    }

    /// Lets `cost` pass if it fits, and counts it as lost until its ticket is
    /// settled.
    pub fn admit(&mut self, cost: Value, now: i64) -> Option<Ticket> {
        if cost > self.room(now) {
            return None;
        }
        self.admitted = self.admitted.saturating_add(cost.0);
        Some(Ticket { cost: cost.0 })
    }

    /// Replaces what was admitted by what really happened: nothing at all for a
    /// transaction that did not land.
    pub fn settle(&mut self, ticket: Ticket, spent: Value, income: Value, now: i64) {
        self.forget(now);
        self.admitted = self.admitted.saturating_sub(ticket.cost);
        let cell = self.cell(now);
        cell.lost = cell.lost.saturating_add(spent.0);
        cell.earned = cell.earned.saturating_add(income.0);
    }

    fn forget(&mut self, now: i64) {
        let oldest = now.saturating_sub(WINDOW_SECS).div_euclid(CELL_SECS);
        self.cells.retain(|cell| cell.number >= oldest);
    }

    /// The cell of `now`. A clock that goes back books into the last cell.
    fn cell(&mut self, now: i64) -> &mut Cell {
        let number = now.div_euclid(CELL_SECS);
        let is_new = self.cells.back().is_none_or(|cell| cell.number < number);
        if is_new {
            self.cells.push_back(Cell {
                number,
                lost: 0,
                earned: 0,
            });
        }
        let last = self.cells.len() - 1;
        &mut self.cells[last]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    struct Sent {
        at: i64,
        spent: u128,
        income: u128,
    }

    fn sends() -> impl Strategy<Value = Vec<(i64, u128, u128, u128)>> {
        proptest::collection::vec((0i64..400, 1u128..300, 0u128..300, 0u128..200), 1..200)
    }

    proptest! {
        #[test]
        fn nothing_is_admitted_that_takes_the_hour_before_it_beyond_the_cap(
            sends in sends(), cap in 0u128..5_000,
        ) {
            let mut now = 1_000_000;
            let mut window = HourlyCap::new(Value(cap), now);
            let mut log: Vec<Sent> = Vec::new();
            for (pause, cost, spent, income) in sends {
                now += pause;
                let hour = log.iter().filter(|sent| sent.at > now - WINDOW_SECS);
                let (lost, earned) = hour.fold((0, 0), |(lost, earned), sent| {
                    (lost + sent.spent, earned + sent.income)
                });
                let Some(ticket) = window.admit(Value(cost), now) else { continue };
                prop_assert!(lost + cost <= cap + earned, "{lost} lost, {earned} earned");
                let spent = spent.min(cost);
                window.settle(ticket, Value(spent), Value(income), now);
                log.push(Sent { at: now, spent, income });
            }
        }
    }

    #[test]
    fn a_fresh_start_is_nearly_used_up_and_recovers_within_the_hour() {
        let mut cap = HourlyCap::new(Value(800), 0);
        assert_eq!(cap.room(0), Value(100));
        assert!(cap.admit(Value(101), 0).is_none());
        assert_eq!(cap.room(WINDOW_SECS + CELL_SECS), Value(800));
    }

    #[test]
    fn what_is_under_way_counts_until_it_is_settled() {
        let later = 2 * WINDOW_SECS;
        let mut cap = HourlyCap::new(Value(100), 0);
        let ticket = cap.admit(Value(100), later).unwrap();
        assert!(cap.admit(Value(1), later).is_none());
        // It never landed: nothing was lost.
        cap.settle(ticket, Value::ZERO, Value::ZERO, later);
        assert_eq!(cap.room(later), Value(100));
    }

    #[test]
    fn income_makes_room_and_never_more_than_the_cap() {
        let later = 2 * WINDOW_SECS;
        let mut cap = HourlyCap::new(Value(100), 0);
        let ticket = cap.admit(Value(80), later).unwrap();
        cap.settle(ticket, Value(80), Value(500), later);
        assert_eq!(cap.room(later), Value(100));
    }

    #[test]
    fn a_cap_of_nothing_admits_only_what_is_free() {
        let mut cap = HourlyCap::new(Value::ZERO, 0);
        assert!(cap.admit(Value(1), 9 * WINDOW_SECS).is_none());
        assert!(cap.admit(Value::ZERO, 9 * WINDOW_SECS).is_some());
    }
}

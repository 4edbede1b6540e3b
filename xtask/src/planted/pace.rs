//! How long planting takes, and how long it will.

use std::time::Duration;

use super::table::Planted;
use crate::progress::human;

/// How long bugs of either kind take.
#[derive(Default)]
pub struct Pace {
    formula: Vec<Duration>,
    program: Vec<Duration>,
}

impl Pace {
    /// Remembers how long a bug took.
    pub fn record(&mut self, planted: &Planted, elapsed: Duration) {
        if planted.needs_program() {
            self.program.push(elapsed);
        } else {
            self.formula.push(elapsed);
        }
    }

    fn expected(&self, planted: &Planted) -> Duration {
        let (seen, guess) = if planted.needs_program() {
            (&self.program, Duration::from_secs(45))
        } else {
            (&self.formula, Duration::from_secs(8))
        };
        let count = u32::try_from(seen.len()).unwrap_or(u32::MAX);
        seen.iter()
            .sum::<Duration>()
            .checked_div(count)
            .unwrap_or(guess)
    }

    /// For the first of `left` and for all of them.
    pub fn estimate(&self, left: &[Planted]) -> String {
        let all: Duration = left.iter().map(|planted| self.expected(planted)).sum();
        let this = left
            .first()
            .map_or(Duration::ZERO, |first| self.expected(first));
        format!("about {}, {} for all that is left", human(this), human(all))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::table::Suite, super::tests::bug, *};

    #[test]
    fn the_estimate_learns() {
        let mut pace = Pace::default();
        let left = [bug(Suite::Engine, &["a"]), bug(Suite::Engine, &["a"])];
        assert_eq!(
            pace.estimate(&left),
            "about 8.0 s, 16 s for all that is left"
        );
        pace.record(&left[0], Duration::from_secs(2));
        pace.record(&left[0], Duration::from_secs(4));
        assert_eq!(
            pace.estimate(&left),
            "about 3.0 s, 6.0 s for all that is left"
        );
    }
}

//! What became of a planted bug.

use std::{collections::BTreeSet, fmt};

use super::{
    suite::Outcome,
    table::{Planted, TestName},
};

/// What became of a planted bug.
pub enum Verdict {
    /// Every test that the table names failed.
    Caught(Vec<TestName>),
    /// These tests passed all the same.
    Survived(BTreeSet<TestName>),
    /// These tests ended neither way.
    Lost(BTreeSet<TestName>),
    /// It shows nothing: it does not apply, or does not compile, or leaves a
    /// program that does not work at all.
    Void(String),
}

impl Verdict {
    /// Whether the tests did what the table promises.
    pub fn is_caught(&self) -> bool {
        matches!(self, Self::Caught(_))
    }

    /// What the end of its tests says of a bug.
    pub fn of(planted: &Planted, outcome: Outcome) -> Self {
        if !outcome.lost.is_empty() {
            Self::Lost(outcome.lost)
        } else if !outcome.passed.is_empty() {
            Self::Survived(outcome.passed)
        } else {
            Self::Caught(planted.tests.clone())
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught(by) => write!(f, "caught by {}", listed(by)),
            Self::Survived(tests) => write!(f, "SURVIVED {}", listed(tests)),
            Self::Lost(tests) => write!(f, "NOT ENDED: {}", listed(tests)),
            Self::Void(why) => write!(f, "VOID: {why}"),
        }
    }
}

/// Names of tests in a row.
pub fn listed<'a>(tests: impl IntoIterator<Item = &'a TestName>) -> String {
    let names: Vec<String> = tests.into_iter().map(ToString::to_string).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{super::table::Suite, super::tests::bug, *};

    #[test]
    fn a_bug_is_caught_only_if_every_named_test_fails() {
        let bug = |tests: &[&str]| bug(Suite::Engine, tests);
        let set = |tests: &[&str]| bug(tests).tests.into_iter().collect();
        let verdict = |passed: &[&str], failed: &[&str], lost: &[&str]| {
            let outcome = Outcome {
                passed: set(passed),
                failed: set(failed),
                lost: set(lost),
                output: String::new(),
            };
            Verdict::of(&bug(&["a", "b"]), outcome).to_string()
        };
        assert_eq!(
            verdict(&[], &["a", "b"], &[]),
            "caught by engine/file::a, engine/file::b"
        );
        assert_eq!(verdict(&["b"], &["a"], &[]), "SURVIVED engine/file::b");
        assert_eq!(verdict(&[], &["a"], &["b"]), "NOT ENDED: engine/file::b");
    }
}

//! A new measurement against the record.

use crate::record::Record;
use std::collections::BTreeMap;

/// (per cent) A figure may be this much worse before it counts.
const TOLERANCE: u64 = 2;

/// What differs.
#[derive(Debug, Default)]
pub struct Comparison {
    /// What is worse, missing, or not in the record.
    pub problems: Vec<String>,
    /// What is better.
    pub improvements: Vec<String>,
}

/// Every figure by its name.
fn figures(record: &Record) -> BTreeMap<String, u64> {
    let mut figures = BTreeMap::new();
    for row in &record.rows {
        let name = row.name();
        for (what, figure) in [
            ("compute units", row.units),
            ("bytes of heap", row.heap),
            ("accounts", row.accounts as u64),
            ("transaction bytes", row.bytes as u64),
            (
                "transaction bytes with a table",
                row.bytes_with_table as u64,
            ),
        ] {
            figures.insert(format!("{name}: {what}"), figure);
        }
    }
    for row in &record.further {
        let name = format!("{}: compute units per further position", row.instruction);
        figures.insert(name, row.units);
    }
    for size in &record.sizes {
        figures.insert(format!("{}: bytes", size.name), size.bytes);
    }
    figures
}

/// Compares every figure. More is worse, for each of them.
pub fn compare(recorded: &Record, measured: &Record) -> Comparison {
    let (old, new) = (figures(recorded), figures(measured));
    let mut comparison = Comparison::default();
    for (name, old) in &old {
        let Some(new) = new.get(name) else {
            let problem = format!("{name}: recorded as {old}, not measured any more");
            comparison.problems.push(problem);
            continue;
        };
        let line = format!("{name}: {old} before, {new} now, {}", per_cent(*old, *new));
        if u128::from(*new) * 100 > u128::from(*old) * u128::from(100 + TOLERANCE) {
            comparison.problems.push(line);
        } else if new < old {
            comparison.improvements.push(line);
        }
    }
    for (name, new) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let problem = format!("{name}: {new}, without a record; run `cargo xtask bench`");
        comparison.problems.push(problem);
    }
    comparison
}

/// The change in per cent, with one decimal.
fn per_cent(old: u64, new: u64) -> String {
    let sign = if new < old { '-' } else { '+' };
    let tenths = u128::from(old.abs_diff(new)) * 1_000 / u128::from(old.max(1));
    format!("{sign}{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use {super::*, crate::record::Size};

    fn record(bytes: u64) -> Record {
        Record {
            sizes: vec![Size {
                name: "Bank".into(),
                bytes,
            }],
            ..Record::default()
        }
    }

    #[test]
    fn two_per_cent_pass_and_a_byte_more_does_not() {
        let problems = |new| compare(&record(1_000), &record(new)).problems;
        assert!(problems(1_020).is_empty());
        assert_eq!(
            problems(1_021),
            ["Bank: bytes: 1000 before, 1021 now, +2.1 %"]
        );
    }

    #[test]
    fn an_improvement_is_told_and_is_no_problem() {
        let comparison = compare(&record(1_000), &record(900));
        assert!(comparison.problems.is_empty());
        assert_eq!(
            comparison.improvements,
            ["Bank: bytes: 1000 before, 900 now, -10.0 %"]
        );
    }

    #[test]
    fn a_row_cannot_vanish_or_appear_unrecorded() {
        let empty = Record::default();
        assert_eq!(compare(&record(1), &empty).problems.len(), 1);
        assert_eq!(compare(&empty, &record(1)).problems.len(), 1);
    }
}

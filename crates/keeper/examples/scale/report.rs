//! The numbers as a page.

use std::fmt::Write;
use std::time::Duration;

use crate::measure::{percent, Run};

fn millis(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10)
}

fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn count(number: usize) -> String {
    grouped(u128::try_from(number).unwrap_or(u128::MAX))
}

fn share(part: usize, whole: usize) -> String {
    let part = u128::try_from(part).unwrap_or_default();
    let whole = u128::try_from(whole).unwrap_or(1).max(1);
    let ppm = part * 1_000_000 / whole;
    percent(u32::try_from(ppm).unwrap_or(u32::MAX))
}

/// The page.
pub fn write(runs: &[Run]) -> String {
    let mut text = String::from(INTRODUCTION);
    loads(&mut text, runs);
    if let Some(largest) = runs.last() {
        falls(&mut text, largest);
    }
    growth(&mut text, runs);
    text.push_str("\n![Time from price to decision](keeper-scale.svg)\n");
    text
}

const INTRODUCTION: &str = "\
# How the keeper scales

Written by `cargo xtask bench keeper`; the times are those of the machine that ran
it, in one thread. Of every five people four have one collateral and one debt,
the rest up to eight positions; 38 % chose the asset whose price falls here, one
in three keeps less than a tenth above the liquidation threshold. A time runs
from a new price to the list of actions: a new view, the index, quotes of the 32
largest liquidations, and a look at every other task in every bank. Between two
falls the price goes back up.

";

fn loads(text: &mut String, runs: &[Run]) {
    let _ = writeln!(
        text,
        "| obligations | positions | banks | loading, s | memory, MiB | bytes an obligation |\n\
         |---:|---:|---:|---:|---:|---:|"
    );
    for run in runs {
        let added = run.resident_kib.saturating_sub(run.before_kib) * 1_024;
        let each = added / u64::try_from(run.people).unwrap_or(1).max(1);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            count(run.people),
            count(run.positions),
            run.banks,
            millis(run.loading / 1_000),
            run.resident_kib / 1_024,
            each,
        );
    }
}

fn falls(text: &mut String, run: &Run) {
    let _ = writeln!(
        text,
        "\n## {} obligations\n\n\
         | fall, % | looked at | % of all | p50, ms | p99, ms | longest, ms | looks a second | unhealthy after it | falls |\n\
         |---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        count(run.people)
    );
    for fall in &run.falls {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            percent(fall.ppm),
            count(fall.looks),
            share(fall.looks, run.people),
            millis(fall.p50),
            millis(fall.p99),
            millis(fall.longest),
            grouped(fall.looks_per_sec.into()),
            count(fall.unhealthy),
            fall.rounds,
        );
    }
    let (time, looks) = run.minute;
    let _ = writeln!(
        text,
        "\nA minute of interest in all {} banks: {} looks, {} ms. At the start {} of the \
         obligations are unhealthy.",
        run.banks,
        count(looks),
        millis(time),
        count(run.counts.unhealthy),
    );
}

fn growth(text: &mut String, runs: &[Run]) {
    let sizes: Vec<String> = runs.iter().map(|run| count(run.people)).collect();
    let _ = writeln!(
        text,
        "\n## Median time by number of obligations, ms\n\n| fall, % | {} |\n|---:|{}",
        sizes.join(" | "),
        "---:|".repeat(sizes.len())
    );
    let Some(first) = runs.first() else { return };
    for (row, fall) in first.falls.iter().enumerate() {
        let cells: Vec<String> = runs
            .iter()
            .filter_map(|run| run.falls.get(row))
            .map(|fall| millis(fall.p50))
            .collect();
        let _ = writeln!(text, "| {} | {} |", percent(fall.ppm), cells.join(" | "));
    }
}

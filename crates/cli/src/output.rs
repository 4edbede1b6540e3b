//! Standard output is for results: a table or a text, or with `--json` one JSON
//! document and nothing else. Everything else goes to standard error.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    time::Duration,
};

use comfy_table::{presets, CellAlignment, ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::failure::{Exit, Failure};

/// What a command found or did.
#[derive(Clone, Debug)]
pub struct Report {
    /// For machines.
    pub json: Value,
    /// For people.
    pub text: String,
}

impl Report {
    /// Prints one of the two.
    ///
    /// # Errors
    /// Standard output is closed. A reader who has seen enough is no error.
    pub fn print(&self, json: bool) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = if json {
            serde_json::to_string_pretty(&self.json)
                .map_err(io::Error::from)
                .and_then(|text| writeln!(out, "{text}"))
        } else {
            writeln!(out, "{}", self.text.trim_end())
        };
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A plain table; columns of numbers are set flush right.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    for row in rows {
        table.add_row(row);
    }
    let numeric = |cell: &String| {
        let starts = cell.chars().next();
        starts.is_some_and(|c| c.is_ascii_digit()) || cell == "-"
    };
    for (index, column) in table.column_iter_mut().enumerate() {
        let mut cells = rows.iter().filter_map(|row| row.get(index)).peekable();
        if cells.peek().is_some() && cells.all(|cell| cell.is_empty() || numeric(cell)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .to_string()
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Two columns: names and values.
#[must_use]
pub fn pairs(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter()
        .map(|(name, value)| format!("{name:<width$}  {value}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Asks a question on standard error. `yes` answers it.
///
/// # Errors
/// `Declined`: the answer is no, or nobody is there to be asked.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::new(
            Exit::Declined,
            "this needs a yes, and standard input is no terminal",
        )
        .hint("pass --yes, or look first with --dry-run"));
    }
    let mut err = io::stderr().lock();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(Exit::Declined, "nothing was done"))
}

/// A bar of `steps` on standard error; invisible when that is no terminal.
#[must_use]
pub fn progress(steps: usize) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_bar} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Seconds since 1970 as `2026-11-25 21:04:05 UTC`.
#[must_use]
pub fn time(secs: i64) -> String {
    let day = secs.div_euclid(86_400);
    let second = secs.rem_euclid(86_400);
    // Howard Hinnant's `civil_from_days`.
    let z = day.saturating_add(719_468);
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe
        .saturating_add(era.saturating_mul(400))
        .saturating_add(i64::from(month <= 2));
    format!(
        "{year:04}-{month:02}-{:02} {:02}:{:02}:{:02} UTC",
        doy - (153 * mp + 2) / 5 + 1,
        second / 3_600,
        second % 3_600 / 60,
        second % 60
    )
}

/// How far a time lies ahead or back.
#[must_use]
pub fn relative(at: i64, now: i64) -> String {
    let distance = u128::from(at.abs_diff(now));
    let span = crate::file::units::show_duration(distance);
    if at == now {
        "now".to_owned()
    } else if at > now {
        format!("in {span}")
    } else {
        format!("{span} ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(time(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(time(951_827_696), "2000-02-29 12:34:56 UTC");
        assert_eq!(time(1_667_908_800), "2022-11-08 12:00:00 UTC");
        assert_eq!(time(4_107_542_399), "2100-02-28 23:59:59 UTC");
        assert_eq!(time(4_107_542_400), "2100-03-01 00:00:00 UTC");
    }

    #[test]
    fn without_a_terminal_a_question_is_no() {
        let failure = confirm("sure?", false).unwrap_err();
        assert_eq!(failure.exit, Exit::Declined);
        assert!(confirm("sure?", true).is_ok());
    }

    #[test]
    fn numbers_stand_flush_right_and_words_left() {
        let rows = [
            vec!["SOL".to_owned(), "1.5".to_owned()],
            vec!["USDC".to_owned(), "12000".to_owned()],
        ];
        let text = table(&["bank", "cash"], &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with(" SOL"), "{text}");
        assert!(lines[1].ends_with("  1.5"), "{text}");
        assert!(lines[2].ends_with("12000"), "{text}");
    }
}

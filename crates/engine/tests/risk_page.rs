//! `docs/risk.md` says of each setting what the table says. With
//! `BACKSTOP_DOCS=write` this test writes the cells that come from the table; what
//! goes wrong at either end is written by hand.

#![allow(clippy::arithmetic_side_effects, clippy::integer_division)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use backstop_engine::settings::{
    BankConfig, Group, MarketConfig, Preset, Rule, Setting, Unit, Waits,
};

/// Columns of a table that come from the settings' own rows.
const GENERATED: usize = 5;

/// A setting as the page shows it.
struct Row {
    group: &'static str,
    cells: [String; GENERATED],
}

fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn span(secs: u128) -> String {
    match secs {
        0 => "0".to_owned(),
        _ if secs.is_multiple_of(86_400) => {
            let days = secs / 86_400;
            let plural = if days == 1 { "" } else { "s" };
            format!("{days} day{plural}")
        }
        _ if secs.is_multiple_of(3_600) => format!("{} h", secs / 3_600),
        _ => format!("{secs} s"),
    }
}

fn number(unit: Unit, number: u128) -> String {
    match unit {
        Unit::Secs => span(number),
        _ => grouped(number),
    }
}

fn preset(unit: Unit, preset: Preset) -> String {
    match preset {
        Preset::Number(value) => number(unit, value),
        Preset::Hundredths(1) => "`T`/100".to_owned(),
        Preset::Hundredths(10) => "`T`/10".to_owned(),
        Preset::Hundredths(hundredths) => {
            assert!(hundredths.is_multiple_of(100), "say how to show it");
            format!("{} `T`", grouped(u128::from(hundredths / 100)))
        }
        Preset::PythCore => "Pyth core".to_owned(),
        Preset::Chosen => "–".to_owned(),
    }
}

/// Bounds, and whether rules over several settings narrow them.
fn accepted<T>(row: &Setting<T>, rules: &[Rule<T>]) -> String {
    let bounds = bounds(row.unit, row.bounds);
    let words = |text: &'static str| text.split(|c: char| !c.is_alphanumeric() && c != '_');
    if !rules
        .iter()
        .any(|rule| words(rule.says).any(|word| word == row.name))
    {
        return bounds;
    }
    if bounds == "none" {
        return "rules below".to_owned();
    }
    format!("{bounds}; rules below")
}

fn bounds(unit: Unit, range: &str) -> String {
    let edge = |text: &str| {
        let text = text.trim_start_matches('=').replace('_', "");
        text.parse().ok().map(|value| number(unit, value))
    };
    let (least, most) = range.split_once("..").expect("a range");
    match (edge(least), edge(most)) {
        (None, None) => "none".to_owned(),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (Some(least), Some(most)) => format!("{least} to {most}"),
    }
}

fn meaning(text: &str) -> String {
    let text = text.trim();
    let text = match text.split_once(") ") {
        Some((unit, rest)) if unit.starts_with('(') => rest,
        _ => text,
    };
    text.trim_end_matches('.').to_owned()
}

fn rows<T>(settings: &[Setting<T>], rules: &[Rule<T>]) -> BTreeMap<&'static str, Row> {
    let shown = settings.iter().map(|row| {
        let waits = match row.waits {
            Waits::Never => "–",
            Waits::Up => "↑",
            Waits::Down => "↓",
            Waits::Both => "↕",
        };
        let cells = [
            format!("`{}`", row.name),
            meaning(row.meaning),
            preset(row.unit, row.preset),
            accepted(row, rules),
            waits.to_owned(),
        ];
        let group = row.group.title();
        (row.name, Row { group, cells })
    });
    shown.collect()
}

/// The lines of a section with the generated cells as they must be.
fn section(text: &str, mut rows: BTreeMap<&'static str, Row>) -> String {
    let mut heading = "";
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            heading = title;
        }
        let cells: Vec<&str> = line.split(" | ").collect();
        let name = cells[0].trim_start_matches("| ").trim_matches('`');
        let is_row = line.starts_with("| `") && cells.len() > GENERATED;
        let Some(row) = is_row.then(|| rows.remove(name)).flatten() else {
            assert!(!is_row, "{name} is no setting, or is there twice");
            lines.push(line.to_owned());
            continue;
        };
        assert_eq!(row.group, heading, "{name} stands in another group");
        let by_hand = cells[GENERATED..].join(" | ");
        lines.push(format!("| {} | {by_hand}", row.cells.join(" | ")));
    }
    let missing: Vec<_> = rows.keys().collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    lines.join("\n")
}

/// Replaces what stands between a pair of marks.
fn replaced(text: &str, mark: &str, with: &str) -> String {
    let begin = format!("<!-- {mark} -->\n");
    let end = format!("<!-- end of {mark} -->");
    let (before, rest) = text.split_once(&begin).expect(mark);
    let (_, after) = rest.split_once(&end).expect(mark);
    format!("{before}{begin}{with}{end}{after}")
}

fn list<T>(rules: &[Rule<T>]) -> String {
    rules
        .iter()
        .map(|rule| format!("- {}\n", rule.says))
        .collect()
}

#[test]
fn the_page_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/risk.md");
    let found = fs::read_to_string(&path).expect("docs/risk.md");
    let (introduction, rest) = found.split_once("\n## A bank\n").expect("a bank");
    let (bank, rest) = rest.split_once("\n## A market\n").expect("a market");
    let (market, rest) = rest.split_once("\n## ").expect("what follows");
    let bank = section(bank, rows(BankConfig::SETTINGS, BankConfig::RULES));
    let market = section(market, rows(MarketConfig::SETTINGS, MarketConfig::RULES));
    let expected =
        format!("{introduction}\n## A bank\n{bank}\n\n## A market\n{market}\n\n## {rest}")
            .replace("\n\n\n", "\n\n");
    let expected = replaced(&expected, "rules of a bank", &list(BankConfig::RULES));
    let expected = replaced(&expected, "rules of a market", &list(MarketConfig::RULES));
    if std::env::var_os("BACKSTOP_DOCS").is_some_and(|value| value == "write") {
        fs::write(&path, &expected).expect("docs/risk.md can be written");
    }
    let line = found
        .lines()
        .zip(expected.lines())
        .find(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "docs/risk.md is stale: run this test with BACKSTOP_DOCS=write\n{line:#?}"
    );
}

#[test]
fn every_group_has_rows() {
    for group in Group::ALL {
        let of_bank = BankConfig::SETTINGS.iter().any(|row| row.group == group);
        let of_market = MarketConfig::SETTINGS.iter().any(|row| row.group == group);
        assert!(of_bank || of_market, "{group:?}");
    }
}

//! `docs/invariants.md` names the evidence for every known way to break a
//! protocol like this one. Here its rows are counted and its names looked up.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Every family of rows: letter, and how many there are.
const FAMILIES: &[(&str, usize)] = &[
    ("A", 16),
    ("O", 9),
    ("M", 11),
    ("T", 8),
    ("S", 14),
    ("E", 9),
    ("G", 10),
    ("P", 7),
    ("L", 5),
    ("K", 4),
    ("I-", 28),
    ("#", 35),
];

/// What a row says that names no test.
const ABSENT: &str = "cannot occur here:";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}

/// The rows that must be there, in order.
fn expected() -> Vec<String> {
    FAMILIES
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}{n}")))
        .collect()
}

/// First cell and the rest of each table row whose first cell is an id.
fn rows(text: &str) -> Vec<(String, String)> {
    let known: BTreeSet<String> = expected().into_iter().collect();
    text.lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter_map(|line| line.split_once(" | "))
        .filter(|(id, _)| known.contains(*id))
        .map(|(id, rest)| (id.to_owned(), rest.to_owned()))
        .collect()
}

/// The tests that the text names: file and name. A name in backticks belongs to
/// the last file in backticks before it, in the same paragraph or table row.
fn named_tests(text: &str) -> Vec<(String, String)> {
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let paragraphs = text.split("\n\n").filter(|part| !part.starts_with('|'));
    rows.chain(paragraphs).flat_map(tests_of).collect()
}

fn tests_of(part: &str) -> Vec<(String, String)> {
    let mut file = None;
    let mut found = Vec::new();
    for token in part.split('`').skip(1).step_by(2) {
        let is_file = [
            "engine/", "tests/", "targets/", "xtask/", "e2e/", "keeper/", "demo/",
        ]
        .iter()
        .any(|folder| token.starts_with(folder));
        if is_file {
            file = (!token.contains('.')).then(|| token.to_owned());
            continue;
        }
        let is_name = token.matches('_').count() >= 2
            && token
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if let (true, Some(file)) = (is_name, &file) {
            found.push((file.clone(), token.to_owned()));
        }
    }
    found
}

/// The sources of a file as the document names it.
fn sources(root: &Path, file: &str) -> Vec<PathBuf> {
    let path = match file.split_once('/') {
        Some(("engine", name)) => root.join("crates/engine/tests").join(name),
        Some(("tests", name)) => root.join("tests/tests").join(name),
        Some(("targets", name)) => root.join("tests/targets/tests").join(name),
        Some(("xtask", name)) => root.join("xtask/tests").join(name),
        Some(("e2e", name)) => root.join("tests/e2e/tests").join(name),
        Some(("keeper", name)) => root.join("crates/keeper").join(name),
        Some(("demo", name)) => root.join("crates/demo/tests").join(name),
        _ => return Vec::new(),
    };
    if let Ok(entries) = fs::read_dir(&path) {
        return entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .collect();
    }
    let file = path.with_extension("rs");
    file.is_file().then_some(file).into_iter().collect()
}

/// Whether a test of that name stands there, as a function or as an entry of a
/// macro that makes tests.
fn exists(root: &Path, file: &str, name: &str) -> bool {
    sources(root, file).iter().any(|source| {
        let text = fs::read_to_string(source).unwrap_or_default();
        let is_function = ["#[test]", "#[tokio::test"].iter().any(|mark| {
            text.split(mark).skip(1).any(|after| {
                let signature = after.find("fn ").map(|at| &after[at + 3..]);
                signature.is_some_and(|rest| rest.starts_with(&format!("{name}(")))
            })
        });
        let makes_tests = text.contains("macro_rules!") && text.contains("fn $test(");
        is_function || (makes_tests && text.contains(&format!("\n    {name}: ")))
    })
}

fn violations(root: &Path, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let rows = rows(text);
    let ids: Vec<&String> = rows.iter().map(|(id, _)| id).collect();
    let expected = expected();
    for id in &expected {
        match ids.iter().filter(|other| **other == id).count() {
            0 => violations.push(format!("{id} has no row")),
            1 => {}
            count => violations.push(format!("{id} has {count} rows")),
        }
    }
    for (id, rest) in &rows {
        let reason = rest.split_once(ABSENT).map(|(_, reason)| reason.trim());
        let explained = reason.is_some_and(|reason| reason.len() > 20);
        if named_tests(rest).is_empty() && !explained {
            violations.push(format!("{id} names no test and no reason"));
        }
    }
    for (file, name) in named_tests(text) {
        if !exists(root, &file, &name) {
            violations.push(format!("{file} has no test {name}"));
        }
    }
    violations
}

#[test]
fn every_row_has_its_evidence() {
    let root = root();
    let text = fs::read_to_string(root.join("docs/invariants.md")).expect("the document");
    let found = violations(&root, &text);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn missing_rows_reasons_and_tests_are_found() {
    let mut text: Vec<String> = expected()
        .iter()
        .map(|id| format!("| {id} | what | {ABSENT} there is nothing of that kind |"))
        .collect();
    assert_eq!(violations(&root(), &text.join("\n")), Vec::<String>::new());

    text[0] = "| A1 | what | `xtask/evidence` `missing_rows_reasons_and_tests_are_found` |".into();
    assert_eq!(violations(&root(), &text.join("\n")), Vec::<String>::new());

    text[1] = "| A2 | what | surely |".into();
    text[2] = "| A3 | what | `xtask/evidence` `there_is_no_such_test` |".into();
    text[3] = "| A5 | what | `tests/nowhere` `there_is_no_such_test` |".into();
    text.pop();
    assert_eq!(
        violations(&root(), &text.join("\n")),
        [
            "A4 has no row",
            "A5 has 2 rows",
            "#35 has no row",
            "A2 names no test and no reason",
            "xtask/evidence has no test there_is_no_such_test",
            "tests/nowhere has no test there_is_no_such_test",
        ]
    );
}

//! Planted bugs and their table belong together: every patch has a row, every
//! row a patch that applies, and every test that a row names is there. Whether
//! the tests catch the bugs is for `cargo xtask planted` to say.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[allow(dead_code)]
#[path = "../src/planted/table.rs"]
mod table;

use table::{Planted, Suite, Table, TestName, DIR};

/// Most lines that a planted bug adds and removes: a thief's change is small.
const MOST_LINES: usize = 16;

/// The code that bugs are planted in; tests are not to be touched.
const PRODUCT: &[&str] = &["crates/engine/src/", "programs/backstop/src/"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}

fn the_table() -> Table {
    Table::read(&root()).expect("the table can be read")
}

fn patch_of(planted: &Planted) -> String {
    fs::read_to_string(root().join(planted.patch())).unwrap_or_default()
}

/// Every letter must have a bug or a reason, and not both.
fn letter_violations(table: &Table) -> Vec<String> {
    ('a'..='z')
        .filter_map(|letter| {
            let planted = table.planted.iter().any(|bug| bug.letter == Some(letter));
            let excused = table.without_twin.contains_key(&letter);
            match (planted, excused) {
                (true, true) => Some(format!("{letter} has a bug and a reason for none")),
                (false, false) => Some(format!("{letter} has neither bug nor reason")),
                _ => None,
            }
        })
        .collect()
}

/// What is wrong with a patch, apart from whether it applies.
fn patch_violations(name: &str, patch: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let mut lines = 0;
    for line in patch.lines() {
        if let Some(file) = line.strip_prefix("+++ ") {
            let inside = PRODUCT
                .iter()
                .any(|dir| file.strip_prefix("b/").is_some_and(|f| f.starts_with(dir)));
            if !inside {
                violations.push(format!("{name} changes {file}"));
            }
        } else if !line.starts_with("--- ") && line.starts_with(['+', '-']) {
            lines += 1;
        }
    }
    if lines == 0 {
        violations.push(format!("{name} changes nothing"));
    }
    if lines > MOST_LINES {
        violations.push(format!("{name} changes {lines} lines"));
    }
    violations
}

/// Whether the source of a test file has the test.
fn has_test(source: &str, test: &TestName) -> bool {
    let name = test.test.rsplit("::").next().unwrap_or(&test.test);
    source.contains(&format!("fn {name}("))
}

#[test]
fn every_patch_has_a_row_and_every_row_a_patch() {
    let rows: Vec<String> = the_table()
        .planted
        .into_iter()
        .map(|bug| bug.name)
        .collect();
    let unique: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(unique.len(), rows.len(), "a patch has two rows");
    let patches: BTreeSet<String> = fs::read_dir(root().join(DIR))
        .expect("the patches")
        .map(|entry| entry.expect("an entry").file_name())
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".patch")?.to_owned()))
        .collect();
    assert_eq!(patches, unique);
}

#[test]
fn every_letter_of_the_list_has_a_bug_or_a_reason() {
    assert_eq!(letter_violations(&the_table()), Vec::<String>::new());
}

/// The file that a test is in. One that belongs to a folder is in the module that
/// its name begins with, or in the folder's own file.
fn source_of(test: &TestName) -> String {
    let path = root().join(test.suite.dir()).join(&test.file);
    let module = test
        .test
        .split_once("::")
        .map_or("main", |(module, _)| module);
    let path = match path.is_dir() {
        true => path.join(module),
        false => path,
    };
    fs::read_to_string(path.with_extension("rs")).unwrap_or_default()
}

#[test]
fn every_test_that_a_row_names_is_there() {
    let mut missing = Vec::new();
    for planted in the_table().planted {
        for test in &planted.tests {
            if !has_test(&source_of(test), test) {
                missing.push(format!("{}: {test}", planted.name));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_patch_is_a_small_change_of_the_product() {
    let violations: Vec<String> = the_table()
        .planted
        .iter()
        .flat_map(|planted| patch_violations(&planted.name, &patch_of(planted)))
        .collect();
    assert_eq!(violations, Vec::<String>::new());
}

#[test]
fn every_patch_applies_to_the_tree_as_it_is() {
    let root = root();
    let mut refused = Vec::new();
    for planted in the_table().planted {
        let output = Command::new("git")
            .current_dir(&root)
            .args(["apply", "--check"])
            .arg(planted.patch())
            .output()
            .expect("git runs");
        if !output.status.success() {
            refused.push(String::from_utf8_lossy(&output.stderr).into_owned());
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn a_row_says_which_tests_must_fail() {
    let row = |tests: &str| format!("| `01-bug` | own | M1 | wrong | {tests} |");
    let parsed = Table::parse(&row("`engine/shares::a`, `tests/withdraw::b`")).unwrap();
    let name = |suite, file: &str, test: &str| TestName {
        suite,
        file: file.into(),
        test: test.into(),
    };
    assert_eq!(
        parsed.planted[0].tests,
        [
            name(Suite::Engine, "shares", "a"),
            name(Suite::Program, "withdraw", "b")
        ]
    );
    for tests in ["", "engine/shares::a", "`engine/shares`", "`other/file::a`"] {
        assert!(Table::parse(&row(tests)).is_err(), "{tests}");
    }
    assert!(Table::parse("| `01-bug` | A | M1 | wrong | `tests/a::b` |").is_err());
    assert!(Table::parse("no table").is_err());
}

#[test]
fn a_letter_without_bug_and_reason_is_found() {
    let bug = |letter| format!("| `01-{letter}` | {letter} | M1 | wrong | `tests/a::b` |\n");
    let all: String = ('a'..='y').map(bug).collect();
    let missing = Table::parse(&all).unwrap();
    assert_eq!(
        letter_violations(&missing),
        ["z has neither bug nor reason"]
    );
    let excused = Table::parse(&format!("{all}| z | there is none here |\n")).unwrap();
    assert_eq!(letter_violations(&excused), Vec::<String>::new());
    let both = Table::parse(&format!("{all}{}| z | none |\n", bug('z'))).unwrap();
    assert_eq!(
        letter_violations(&both),
        ["z has a bug and a reason for none"]
    );
}

#[test]
fn a_patch_that_shows_nothing_is_found() {
    let good = "--- a/crates/engine/src/x.rs\n+++ b/crates/engine/src/x.rs\n@@ -1 +1 @@\n-a\n+b\n";
    assert_eq!(patch_violations("01", good), Vec::<String>::new());
    assert_eq!(patch_violations("01", ""), ["01 changes nothing"]);
    let of_a_test = good.replace("src", "tests");
    assert_eq!(
        patch_violations("01", &of_a_test),
        ["01 changes b/crates/engine/tests/x.rs"]
    );
    let long = format!("{good}{}", "+c\n".repeat(MOST_LINES));
    assert_eq!(patch_violations("01", &long).len(), 1);
    let test = TestName {
        suite: Suite::Engine,
        file: "x".into(),
        test: "claims".into(),
    };
    assert!(has_test("#[test]\nfn claims() {}", &test));
    assert!(!has_test("fn claims_more() {}", &test));
}

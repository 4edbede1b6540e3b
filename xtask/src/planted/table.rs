//! The table of planted bugs in `tests/planted/README.md`: what each patch
//! breaks, and the tests that must notice.
//!
//! A row reads ``| `patch` | letter | row | what it breaks | `test`, `test` |``.
//! A letter of the list of twins that has no patch stands in a row of two cells:
//! the letter and the reason.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure, Context, Result};

/// Where the table and its patches are, from the root of the tree.
pub const DIR: &str = "tests/planted";

/// Everything that the table says.
#[derive(Debug, Default)]
pub struct Table {
    /// The bugs, in the order of the table.
    pub planted: Vec<Planted>,
    /// Letters without a patch, and why.
    pub without_twin: BTreeMap<char, String>,
}

/// One planted bug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// Name of the patch, without `.patch`.
    pub name: String,
    /// Which twin of the list it is; none for a bug of our own.
    pub letter: Option<char>,
    /// The classes of failure it belongs to.
    pub row: String,
    /// What goes wrong with it, in one sentence.
    pub breaks: String,
    /// The tests that must fail with it.
    pub tests: Vec<TestName>,
}

/// A test by the name of its file: `engine/shares::claims_are_exact`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestName {
    /// Whose test it is.
    pub suite: Suite,
    /// Its file, without `.rs`.
    pub file: String,
    /// Its name inside the file.
    pub test: String,
}

/// Whose tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// `crates/engine/tests`: formulas, no chain.
    Engine,
    /// `tests/tests`: scenarios on the program.
    Program,
}

impl Suite {
    /// The directory of its test files.
    pub fn dir(self) -> &'static str {
        match self {
            Self::Engine => "crates/engine/tests",
            Self::Program => "tests/tests",
        }
    }
}

impl Planted {
    /// Its patch, from the root of the tree.
    pub fn patch(&self) -> PathBuf {
        Path::new(DIR).join(format!("{}.patch", self.name))
    }

    /// Whether one of its tests runs the program.
    pub fn needs_program(&self) -> bool {
        self.tests.iter().any(|test| test.suite == Suite::Program)
    }
}

impl fmt::Display for TestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suite = match self.suite {
            Suite::Engine => "engine",
            Suite::Program => "tests",
        };
        write!(f, "{suite}/{}::{}", self.file, self.test)
    }
}

impl Table {
    /// Reads the table of the tree at `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join(DIR).join("README.md");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text)
    }

    /// Reads the rows among other text.
    pub fn parse(text: &str) -> Result<Self> {
        let mut table = Self::default();
        for line in text.lines() {
            let Some(cells) = cells(line) else { continue };
            match cells[..] {
                [letter, reason] if letter_in(letter).is_some() => {
                    let letter = letter_in(letter).context("no letter")?;
                    table.without_twin.insert(letter, reason.to_owned());
                }
                [name, letter, row, breaks, tests] if name.starts_with('`') => {
                    let planted = planted(name, letter, row, breaks, tests)
                        .with_context(|| format!("in the row of {name}"))?;
                    table.planted.push(planted);
                }
                _ => {}
            }
        }
        ensure!(!table.planted.is_empty(), "the table has no row");
        Ok(table)
    }
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

fn letter_in(cell: &str) -> Option<char> {
    let mut chars = cell.chars();
    let letter = chars.next().filter(char::is_ascii_lowercase)?;
    chars.next().is_none().then_some(letter)
}

fn code(cell: &str) -> Result<&str> {
    cell.strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'))
        .with_context(|| format!("`{cell}` is not in backticks"))
}

fn planted(name: &str, letter: &str, row: &str, breaks: &str, tests: &str) -> Result<Planted> {
    let letter = match letter {
        "own" => None,
        cell => Some(letter_in(cell).context("the letter is a to z, or `own`")?),
    };
    Ok(Planted {
        name: code(name)?.to_owned(),
        letter,
        row: row.to_owned(),
        breaks: breaks.to_owned(),
        tests: tests
            .split(", ")
            .map(|test| test_name(code(test)?))
            .collect::<Result<_>>()?,
    })
}

fn test_name(text: &str) -> Result<TestName> {
    let (file, test) = text
        .split_once("::")
        .with_context(|| format!("{text} names no test"))?;
    let (suite, file) = match file.split_once('/') {
        Some(("engine", file)) => (Suite::Engine, file),
        Some(("tests", file)) => (Suite::Program, file),
        _ => bail!("{text} begins with neither engine/ nor tests/"),
    };
    Ok(TestName {
        suite,
        file: file.to_owned(),
        test: test.to_owned(),
    })
}

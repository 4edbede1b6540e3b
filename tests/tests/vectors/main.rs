//! Vectors for clients in other languages, in `tests/vectors`: what the engine
//! answers, what the client crate quotes for whole markets, and what its
//! instructions look like. Their seeds are fixed; this test compares the files
//! with what the code says now. Write them anew with `BACKSTOP_VECTORS=write`.

mod buy_back;
mod draw;
mod instructions;
mod lending;
mod liquidation;
mod losses;
mod markets;
mod prices;
mod quotes;
mod sales;
mod show;

use std::{env, fs, path::PathBuf};

use serde_json::Value;

/// One file of vectors: its name and its cases.
struct Vectors {
    name: &'static str,
    cases: Vec<Value>,
}

impl Vectors {
    /// `count` cases with a seed that follows from the name.
    fn draw(name: &'static str, count: usize, case: impl Fn(&mut draw::Draw) -> Value) -> Self {
        let mut draw = draw::Draw::of(name);
        let cases = (0..count).map(|_| case(&mut draw)).collect();
        Self { name, cases }
    }

    /// One case a line, so that a change of the rules reads well.
    fn text(&self) -> String {
        let lines: Vec<String> = self.cases.iter().map(Value::to_string).collect();
        format!("[\n{}\n]\n", lines.join(",\n"))
    }

    fn path(&self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("vectors")
            .join(format!("{}.json", self.name))
    }
}

fn agree(all: Vec<Vectors>) {
    let write = env::var_os("BACKSTOP_VECTORS").is_some_and(|value| value == "write");
    for vectors in all {
        let path = vectors.path();
        if write {
            fs::write(&path, vectors.text()).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == vectors.text(),
            "{} is stale: run this test with BACKSTOP_VECTORS=write",
            path.display()
        );
    }
}

/// Vectors of every formula of the engine.
fn formulas() -> Vec<Vectors> {
    [
        lending::all(),
        prices::all(),
        liquidation::all(),
        sales::all(),
        buy_back::all(),
        losses::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn the_vectors_in_the_tree_are_what_the_engine_answers() {
    agree(formulas());
}

#[test]
fn the_instructions_in_the_tree_are_what_the_client_builds() {
    agree(vec![instructions::all()]);
}

#[test]
fn the_quotes_in_the_tree_are_what_the_client_quotes() {
    agree(vec![quotes::all()]);
}

/// Vectors that show refusals only prove half of a rule.
#[test]
fn a_quarter_of_every_formulas_cases_passes() {
    for vectors in formulas() {
        let passed = vectors
            .cases
            .iter()
            .filter(|case| case.get("out").is_some());
        assert!(
            passed.count() >= vectors.cases.len() / 4,
            "{}",
            vectors.name
        );
    }
}

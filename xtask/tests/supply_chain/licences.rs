//! Licences: every package that this machine has says one that is allowed.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value as Json;
use toml::Value;

use super::{list, root, table, text};

/// Whether an SPDX expression can be met with allowed licences only. `/` is an
/// old spelling of `OR`; `WITH` binds an exception to its licence; `+` allows
/// later versions too.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.trim();
    if let Some((left, right)) = split(expression, &[" OR ", "/"]) {
        return is_allowed(left, allowed) || is_allowed(right, allowed);
    }
    if let Some((left, right)) = split(expression, &[" AND "]) {
        return is_allowed(left, allowed) && is_allowed(right, allowed);
    }
    match expression
        .strip_prefix('(')
        .and_then(|e| e.strip_suffix(')'))
    {
        Some(inner) => is_allowed(inner, allowed),
        None => allowed.contains(expression.trim_end_matches('+')),
    }
}

/// The two sides of the first operator that stands outside of parentheses.
fn split<'a>(expression: &'a str, operators: &[&str]) -> Option<(&'a str, &'a str)> {
    let mut depth = 0;
    for (at, character) in expression.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        let rest = &expression[at..];
        let operator = operators
            .iter()
            .find(|operator| rest.starts_with(**operator));
        if let (0, Some(operator)) = (depth, operator) {
            return Some((&expression[..at], &rest[operator.len()..]));
        }
    }
    None
}

fn host() -> String {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let printed = String::from_utf8(output.stdout).expect("rustc prints text");
    let mut lines = printed.lines();
    let host = lines.find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc knows its host").to_owned()
}

#[test]
fn every_licence_is_on_the_list() {
    let deny = table("deny.toml");
    let allowed: BTreeSet<String> = list(&deny["licenses"], "allow")
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let clarified = list(&deny["licenses"], "clarify");

    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--locked"])
        // Only what is built here has certainly been downloaded.
        .args(["--filter-platform", &host()])
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Json = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "that cannot be all");
    let mut refused = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a package has a name");
        let mut clarified = clarified.iter();
        let clarified = clarified.find(|entry| text(entry, "crate") == name);
        let expression = match clarified {
            Some(entry) => text(entry, "expression"),
            None => package["license"].as_str().unwrap_or("none"),
        };
        if !is_allowed(expression, &allowed) {
            refused.push(format!("{name}: {expression}"));
        }
    }
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn expressions_mean_what_spdx_says() {
    let allowed = BTreeSet::from(["A", "B", "A WITH e"].map(str::to_owned));
    for met in [
        "A",
        "A OR X",
        "X OR A",
        "X/A",
        "X / A",
        "A AND B",
        "A+",
        "(A OR X) AND B",
        "A WITH e",
        "X AND Y OR A",
    ] {
        assert!(is_allowed(met, &allowed), "{met}");
    }
    for unmet in [
        "X",
        "A AND X",
        "X OR Y",
        "(A AND X) OR Y",
        "X WITH e",
        "(A OR B) AND X",
        "",
    ] {
        assert!(!is_allowed(unmet, &allowed), "{unmet}");
    }
}

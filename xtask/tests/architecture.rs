//! Dependencies point one way, between packages and inside the program.
//!
//! The rules stand in docs/architecture.md. Each is a function from facts to
//! violations, so that a test can show that it is able to fail.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Every package of ours, and those of ours that it may depend on, for its
/// tests too. A package that is not listed is a violation: decide where it
/// stands first.
const PACKAGES: &[(&str, &[&str])] = &[
    ("backstop-engine", &[]),
    ("backstop", &["backstop-engine"]),
    ("backstop-client", &["backstop-engine", "backstop"]),
    ("backstop-keeper", &["backstop-engine", "backstop-client"]),
    (
        "backstop-cli",
        &[
            "backstop-engine",
            "backstop-client",
            "backstop-keeper",
            // Behind a feature: the story that `backstop demo` plays.
            "backstop-demo",
        ],
    ),
    ("backstop-localnet", &["backstop-client"]),
    ("backstop-world", &["backstop", "backstop-client"]),
    (
        "backstop-demo",
        &["backstop-engine", "backstop", "backstop-world"],
    ),
    (
        "backstop-tests",
        &[
            "backstop-engine",
            "backstop",
            "backstop-client",
            "backstop-world",
        ],
    ),
    (
        "backstop-e2e",
        &["backstop-engine", "backstop-client", "backstop-localnet"],
    ),
    ("backstop-targets", &["backstop-engine", "backstop"]),
    ("xtask", &[]),
];

/// Families of crates that the formulas must not know.
const CHAIN_CRATES: &[&str] = &["solana", "anchor", "spl", "litesvm", "pyth"];

/// The one that the engine may know where a feature asks for it: the traits by
/// which the program loads accounts must stand at the accounts.
const ASKED_FOR: &str = "anchor-lang";

struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    when: When,
}

/// When a package depends on another.
#[derive(Clone, Copy, PartialEq)]
enum When {
    Always,
    InTests,
    /// Only if a feature asks for it.
    Asked,
}

fn package_violations(packages: &[Package]) -> Vec<String> {
    let mut violations = Vec::new();
    for package in packages {
        let name = &package.name;
        let Some((_, allowed)) = PACKAGES.iter().find(|(known, _)| known == name) else {
            violations.push(format!("{name} has no place in the order of packages"));
            continue;
        };
        for dependency in &package.dependencies {
            let to = dependency.name.as_str();
            let is_ours = packages.iter().any(|other| other.name == to);
            if is_ours && !allowed.contains(&to) {
                violations.push(format!("{name} depends on {to}"));
            }
            let is_chain = CHAIN_CRATES
                .iter()
                .any(|family| to == *family || to.starts_with(&format!("{family}-")));
            let may_be = match dependency.when {
                When::Always => false,
                When::InTests => true,
                When::Asked => to == ASKED_FOR,
            };
            if name == "backstop-engine" && is_chain && !may_be {
                violations.push(format!("{name} depends on {to}, a crate of the chain"));
            }
        }
    }
    violations
}

/// Names in the order of packages, as a package or as what one may depend on,
/// that no package has: a row that outlived its package would let the next one
/// of that name in unseen.
fn stale_names(packages: &[Package]) -> Vec<&'static str> {
    let rows = PACKAGES
        .iter()
        .flat_map(|(name, allowed)| std::iter::once(name).chain(allowed.iter()));
    let mut stale: Vec<_> = rows
        .copied()
        .filter(|name| !packages.iter().any(|package| package.name == *name))
        .collect();
    stale.sort_unstable();
    stale.dedup();
    stale
}

/// A source file of the program: its module path and its text.
struct Source {
    module: Vec<String>,
    text: String,
}

/// Modules that everything may import and that import nothing of ours.
const LEAVES: &[&str] = &["constants", "error", "events"];

fn module_violations(sources: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        let here = source.module.join("::");
        let top = source.module.first().map_or("", String::as_str);
        for import in imports(source) {
            let to = import.first().map_or("", String::as_str);
            let path = import.join("::");
            if LEAVES.contains(&top) && to != top {
                violations.push(format!("{here} imports crate::{path}"));
            }
            if top == "state" && to == "instructions" {
                violations.push(format!("{here} imports crate::{path}"));
            }
            let is_handler = top == "instructions" && source.module.len() > 1;
            if is_handler && to == "instructions" && !import.starts_with(&source.module) {
                violations.push(format!("the handler {here} imports crate::{path}"));
            }
        }
    }
    violations
}

/// Every path into our own crate that a file names, in `use` or in passing,
/// with groups taken apart. Comments do not count.
fn imports(source: &Source) -> Vec<Vec<String>> {
    let code: String = source
        .text
        .lines()
        .map(|line| line.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n");
    let parent = &source.module[..source.module.len().saturating_sub(1)];
    let mut found = Vec::new();
    for (keyword, base) in [("crate::", &[][..]), ("super::", parent)] {
        for (position, _) in code.match_indices(keyword) {
            let before = code[..position].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$' || c == ':') {
                continue;
            }
            expand(&code[position + keyword.len()..], base.to_vec(), &mut found);
        }
    }
    found
}

/// Reads one path or group from the start of `code`; returns what follows it.
fn expand<'a>(code: &'a str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    let mut rest = code.trim_start();
    if let Some(group) = rest.strip_prefix('{') {
        rest = group;
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            if rest.is_empty() {
                return rest;
            }
            rest = expand(rest, path.clone(), found).trim_start();
            // What stands before the next element: a comma, or an `as` name.
            let next = rest.find([',', '}']).unwrap_or(rest.len());
            rest = &rest[next..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
    }
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*'))
        .unwrap_or(rest.len());
    match &rest[..end] {
        "self" => {}
        "super" => drop(path.pop()),
        // Of a glob only the module is known.
        "*" | "" => {}
        name => path.push(name.to_owned()),
    }
    match rest[end..].strip_prefix("::") {
        Some(after) if !after.starts_with('<') && end > 0 => expand(after, path, found),
        _ => {
            found.push(path);
            &rest[end..]
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}

fn workspace_packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    list(&metadata["packages"])
        .iter()
        .map(|package| Package {
            name: text(&package["name"]),
            dependencies: list(&package["dependencies"])
                .iter()
                .map(|dependency| Dependency {
                    name: text(&dependency["name"]),
                    when: if dependency["kind"] == "dev" {
                        When::InTests
                    } else if dependency["optional"] == true {
                        When::Asked
                    } else {
                        When::Always
                    },
                })
                .collect(),
        })
        .collect()
}

fn program_sources() -> Vec<Source> {
    fn visit(dir: &Path, module: &[String], sources: &mut Vec<Source>) {
        for entry in fs::read_dir(dir).expect("the program's sources") {
            let path = entry.expect("a directory entry").path();
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .expect("a name");
            let mut here = module.to_vec();
            if !matches!(stem, "lib" | "mod") {
                here.push(stem.to_owned());
            }
            if path.is_dir() {
                visit(&path, &here, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                sources.push(Source { module: here, text });
            }
        }
    }
    let mut sources = Vec::new();
    visit(&root().join("programs/backstop/src"), &[], &mut sources);
    assert!(!sources.is_empty());
    sources
}

#[test]
fn packages_depend_in_one_direction() {
    assert_eq!(
        package_violations(&workspace_packages()),
        Vec::<String>::new()
    );
}

#[test]
fn the_order_names_only_packages_that_exist() {
    assert_eq!(stale_names(&workspace_packages()), Vec::<&str>::new());
}

#[test]
fn a_row_of_a_package_that_is_gone_is_found() {
    let packages: Vec<_> = PACKAGES
        .iter()
        .filter(|(name, _)| !matches!(*name, "backstop-keeper" | "xtask"))
        .map(|(name, _)| package(name, &[]))
        .collect();
    assert_eq!(stale_names(&packages), ["backstop-keeper", "xtask"]);
}

#[test]
fn modules_of_the_program_depend_in_one_direction() {
    assert_eq!(module_violations(&program_sources()), Vec::<String>::new());
}

fn package(name: &str, dependencies: &[(&str, When)]) -> Package {
    Package {
        name: name.into(),
        dependencies: dependencies
            .iter()
            .map(|(name, when)| Dependency {
                name: (*name).into(),
                when: *when,
            })
            .collect(),
    }
}

#[test]
fn a_package_that_points_the_wrong_way_is_found() {
    let packages = [
        package(
            "backstop-engine",
            &[
                ("backstop", When::InTests),
                ("solana-pubkey", When::Always),
                ("solana-clock", When::Asked),
                ("anchor-lang", When::Asked),
                ("litesvm", When::InTests),
            ],
        ),
        package(
            "backstop",
            &[
                ("backstop-engine", When::Always),
                ("backstop-tests", When::InTests),
            ],
        ),
        package(
            "backstop-tests",
            &[("xtask", When::Always), ("backstop", When::Always)],
        ),
        package("xtask", &[]),
        package("backstop-extras", &[]),
    ];
    assert_eq!(
        package_violations(&packages),
        [
            "backstop-engine depends on backstop",
            "backstop-engine depends on solana-pubkey, a crate of the chain",
            "backstop-engine depends on solana-clock, a crate of the chain",
            "backstop depends on backstop-tests",
            "backstop-tests depends on xtask",
            "backstop-extras has no place in the order of packages",
        ]
    );
}

fn violations_of(module: &str, text: &str) -> Vec<String> {
    module_violations(&[Source {
        module: module.split("::").map(str::to_owned).collect(),
        text: text.into(),
    }])
}

#[test]
fn a_module_that_points_the_wrong_way_is_found() {
    for (module, text) in [
        ("constants", "use crate::state::Bank;"),
        ("error", "fn f() { crate::constants::LIMIT; }"),
        ("events", "use crate::{\n    error::BackstopError,\n};"),
        ("events", "use super::state::Bank;"),
        (
            "state::bank",
            "use crate::{constants::*, instructions::deposit};",
        ),
        ("state", "pub use crate::instructions;"),
        (
            "instructions::deposit",
            "use crate::instructions::withdraw::pay;",
        ),
        ("instructions::deposit", "use super::withdraw;"),
        (
            "instructions::deposit",
            "use crate::{state::{Bank, Market as M}, instructions::*};",
        ),
        ("instructions::admin::halt", "use super::resume::Resume;"),
        ("instructions::deposit", "use super::*;"),
    ] {
        assert_eq!(violations_of(module, text).len(), 1, "{module}: {text}");
    }
}

#[test]
fn a_module_that_points_the_right_way_passes() {
    for (module, text) in [
        (
            "constants",
            "use anchor_lang::prelude::*; // not crate::state",
        ),
        ("events", "use backstop_engine::units::Atoms;"),
        (
            "state::bank",
            "use crate::{constants::SEED, error::BackstopError, state::market};",
        ),
        ("state::bank", "use super::market::Market;"),
        (
            "instructions",
            "pub use self::deposit::*; use crate::instructions::deposit;",
        ),
        (
            "instructions::deposit",
            "use crate::{events, state::{Bank, instructions_left}};",
        ),
        (
            "instructions::deposit",
            "mod tests { use crate::instructions::deposit::validate; }",
        ),
        (
            "instructions::deposit",
            "$crate::instructions::withdraw; my_crate::instructions::x;",
        ),
    ] {
        assert_eq!(
            violations_of(module, text),
            Vec::<String>::new(),
            "{module}: {text}"
        );
    }
}

//! Other people's code, as far as it can be judged offline: where it comes
//! from, under which licence, which known weaknesses were accepted and why, and
//! what of it is linked into the program. `cargo xtask audit` asks the rest.

#[path = "supply_chain/licences.rs"]
mod licences;
#[path = "supply_chain/sources.rs"]
mod sources;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use toml::{Table, Value};

/// The lock files of the tree: what is built and tested, what is fuzzed, and the
/// local chain.
const LOCK_FILES: [&str; 3] = ["Cargo.lock", "fuzz/Cargo.lock", "localnet/Cargo.lock"];

/// The one place that packages come from, as lock files call it.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Shortest reason that can be one.
const REASON: usize = 15;

fn root() -> PathBuf {
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    parent.expect("xtask lies in the workspace").to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn table(path: &str) -> Table {
    let text = read(path);
    text.parse()
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    let found = value.get(key).and_then(Value::as_array);
    found.unwrap_or_else(|| panic!("no list {key}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    let found = value.get(key).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text {key}"))
}

/// Packages that come from somewhere else than the registry, or are not the
/// tree's own. `own` are the names of those.
fn foreign(lock: &Table, own: &BTreeSet<String>) -> Vec<String> {
    let packages = lock["package"]
        .as_array()
        .expect("a lock file lists packages");
    let mut foreign = Vec::new();
    for package in packages {
        let name = text(package, "name");
        let source = package.get("source").and_then(Value::as_str);
        let checksum = package.get("checksum").is_some();
        match source {
            Some(REGISTRY) if checksum => {}
            Some(other) => foreign.push(format!("{name} comes from {other}")),
            None if own.contains(name) => {}
            None => foreign.push(format!("{name} comes from a path")),
        }
    }
    foreign
}

/// Accepted advisories of `deny.toml`, with their reasons.
fn accepted_by_deny(deny: &Table) -> BTreeMap<String, String> {
    let entries = list(&deny["advisories"], "ignore").iter();
    let pairs = entries.map(|entry| (text(entry, "id").into(), text(entry, "reason").into()));
    pairs.collect()
}

/// Accepted advisories of `.cargo/audit.toml`, each with the remark behind it.
fn accepted_by_audit(config: &str) -> BTreeMap<String, String> {
    let parsed: Table = config.parse().expect("a configuration is TOML");
    let ids = list(&parsed["advisories"], "ignore").iter();
    ids.map(|id| {
        let id = id.as_str().expect("an advisory is a text");
        let mut lines = config.lines();
        let line = lines.find(|line| line.contains(id)).unwrap_or_default();
        let remark = line.split_once('#').map_or("", |(_, remark)| remark.trim());
        (id.to_owned(), remark.to_owned())
    })
    .collect()
}

fn without_reason(accepted: &BTreeMap<String, String>) -> Vec<&str> {
    let poor = accepted.iter().filter(|(_, reason)| reason.len() < REASON);
    poor.map(|(id, _)| id.as_str()).collect()
}

/// `name version` of every package on these edges below the program.
fn below_the_program(edges: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--locked", "--package", "backstop"])
        .args(["--edges", edges, "--prefix", "none"])
        .args([
            "--features",
            "registry-toolchain",
            "--target",
            "sbpf-solana",
        ])
        // A target that this compiler knows from a file only.
        .env("RUST_TARGET_PATH", root().join("xtask/toolchain"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC_BOOTSTRAP_SYNTHETIC_TARGET", "1")
        .env("RUSTFLAGS", "-Zunstable-options")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo tree failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).expect("cargo prints text");
    let package = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?, words.next()?);
        // Some processors need it to compile what others compile without.
        let varies = name == "libc";
        (!varies).then(|| format!("{name} {}", version.trim_start_matches('v')))
    };
    lines.lines().filter_map(package).collect()
}

/// The lines below `[heading]` in the program's list of dependencies.
fn recorded(heading: &str) -> BTreeSet<String> {
    let list = read("programs/backstop/dependencies.txt");
    let mut lines = list.lines();
    assert!(
        lines.any(|line| line == format!("[{heading}]")),
        "no [{heading}]"
    );
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_package_comes_from_the_one_registry() {
    let own: BTreeSet<String> = [
        "backstop",
        "backstop-cli",
        "backstop-client",
        "backstop-demo",
        "backstop-e2e",
        "backstop-engine",
        "backstop-fuzz",
        "backstop-keeper",
        "backstop-localnet",
        "backstop-surfnet",
        "backstop-targets",
        "backstop-tests",
        "backstop-world",
        "xtask",
    ]
    .map(str::to_owned)
    .into();
    for lock_file in LOCK_FILES {
        let found = foreign(&table(lock_file), &own);
        assert_eq!(found, Vec::<String>::new(), "{lock_file}");
    }
}

/// Otherwise the fuzzer would run other code than the tests do.
#[test]
fn what_is_fuzzed_is_what_is_tested() {
    let versions = |path: &str| -> BTreeSet<String> {
        let lock = table(path);
        let packages = lock["package"].as_array().expect("packages").iter();
        packages
            .map(|p| format!("{} {}", text(p, "name"), text(p, "version")))
            .collect()
    };
    let tested = versions("Cargo.lock");
    let fuzzed = versions("fuzz/Cargo.lock");
    let new: Vec<&String> = fuzzed.difference(&tested).collect();
    let unknown = new.iter().filter(|package| {
        !["backstop-fuzz ", "libfuzzer-sys ", "arbitrary "]
            .iter()
            .any(|known| package.starts_with(known))
    });
    assert_eq!(unknown.count(), 0, "{new:?}");
}

#[test]
fn every_accepted_advisory_has_a_reason_and_both_lists_agree() {
    let deny = accepted_by_deny(&table("deny.toml"));
    let audit = accepted_by_audit(&read(".cargo/audit.toml"));
    assert_eq!(without_reason(&deny), Vec::<&str>::new());
    assert_eq!(without_reason(&audit), Vec::<&str>::new());
    let ids = |list: &BTreeMap<String, String>| list.keys().cloned().collect::<Vec<_>>();
    assert_eq!(ids(&deny), ids(&audit));
}

#[test]
fn what_makes_the_program_is_written_down() {
    let linked = below_the_program("normal,no-proc-macro");
    let everything = below_the_program("normal,build");
    let compiling = everything.difference(&linked).cloned().collect();
    assert!(linked.contains("backstop-engine 0.1.0"));
    for (heading, graph) in [("linked", linked), ("at compile time", compiling)] {
        let recorded = recorded(heading);
        let new: Vec<_> = graph.difference(&recorded).collect();
        let gone: Vec<_> = recorded.difference(&graph).collect();
        assert!(
            new.is_empty() && gone.is_empty(),
            "programs/backstop/dependencies.txt, [{heading}]: lacks {new:?}, still has {gone:?}"
        );
    }
}

#[test]
fn a_package_from_elsewhere_is_found() {
    let lock = format!(
        "[[package]]\nname = \"ours\"\n\
         [[package]]\nname = \"theirs\"\nsource = \"{REGISTRY}\"\nchecksum = \"00\"\n\
         [[package]]\nname = \"unsealed\"\nsource = \"{REGISTRY}\"\n\
         [[package]]\nname = \"forked\"\nsource = \"git+https://example.org/a\"\nchecksum = \"00\"\n\
         [[package]]\nname = \"copied\"\n"
    );
    let lock: Table = lock.parse().expect("it is TOML");
    let own = BTreeSet::from(["ours".to_owned()]);
    assert_eq!(
        foreign(&lock, &own),
        [
            format!("unsealed comes from {REGISTRY}"),
            "forked comes from git+https://example.org/a".to_owned(),
            "copied comes from a path".to_owned(),
        ]
    );
}

#[test]
fn an_advisory_without_a_reason_is_found() {
    let config = "[advisories]\nignore = [\n    \"A-1\", # because nothing calls it\n    \"A-2\", #\n    \"A-3\",\n]\n";
    let accepted = accepted_by_audit(config);
    assert_eq!(without_reason(&accepted), ["A-2", "A-3"]);
}

//! No file of the tree names somebody's machine, a registry's host or work
//! left undone.
//!
//! The patterns are put together from halves, so that this file has none.

use std::{fs, path::Path, process::Command};

/// Directories that exist on one machine only.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];

/// Hosts that packages come from. A clone must work behind any mirror.
const REGISTRY_HOSTS: &[&str] = &[
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("deb.deb", "ian.org"),
    concat!("snapshot.deb", "ian.org"),
    concat!("registry.np", "mjs.org"),
    concat!("registry.yar", "npkg.com"),
    concat!("py", "pi.org"),
    concat!("proxy.gol", "ang.org"),
];

/// Marks of unfinished work, as whole words.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
    concat!("HA", "CK"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

/// Written by package managers, which put their hosts into them.
const LOCK_FILES: &[&str] = &[
    "Cargo.lock",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
];

fn violations(file: &str, text: &str) -> Vec<String> {
    let is_lock = Path::new(file)
        .file_name()
        .is_some_and(|name| LOCK_FILES.iter().any(|lock| name == *lock));
    let mut violations = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut report = |pattern: &str| {
            violations.push(format!("{file}:{}: {pattern}", index + 1));
        };
        for pattern in MACHINE_PATHS.iter().chain(UNFINISHED) {
            if has_word(line, pattern) {
                report(pattern);
            }
        }
        for host in REGISTRY_HOSTS {
            if !is_lock && line.contains(host) {
                report(host);
            }
        }
    }
    violations
}

/// Whether a line holds the pattern with no letter or digit on either side; a
/// pattern that ends in punctuation needs none after it.
fn has_word(line: &str, pattern: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let open_end = pattern.ends_with(['/', '!']);
    line.match_indices(pattern).any(|(start, _)| {
        let after = line[start + pattern.len()..].chars().next();
        !is_part(line[..start].chars().next_back()) && (open_end || !is_part(after))
    })
}

#[test]
fn tracked_files_are_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace");
    if !root.join(".git").exists() {
        eprintln!("not a git checkout: there is no list of tracked files to go through");
        return;
    }
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z"])
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git ls-files failed");
    let names = String::from_utf8(output.stdout).expect("file names are UTF-8");
    let found: Vec<String> = names
        .split_terminator('\0')
        .filter_map(|name| Some((name, fs::read_to_string(root.join(name)).ok()?)))
        .flat_map(|(name, text)| violations(name, &text))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn each_kind_of_violation_is_found() {
    for pattern in MACHINE_PATHS.iter().chain(REGISTRY_HOSTS).chain(UNFINISHED) {
        let text = format!("fine\nsee {pattern} there\n");
        assert_eq!(violations("a.md", &text), [format!("a.md:2: {pattern}")]);
    }
}

#[test]
fn look_alikes_and_lock_files_pass() {
    let text = format!("A{}B target{}x", UNFINISHED[2], MACHINE_PATHS[2]);
    assert_eq!(violations("a.md", &text), Vec::<String>::new());
    assert_eq!(
        violations("x/Cargo.lock", REGISTRY_HOSTS[0]),
        Vec::<String>::new()
    );
}

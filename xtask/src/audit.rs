//! Other people's code: known weaknesses, licences and where it comes from.
//!
//! The offline half of this is a test, `xtask/tests/supply_chain.rs`. This half
//! needs two tools and RustSec's database, so that it is a command of its own
//! and no step of `cargo xtask test`. What it cannot check it names, and then
//! it does not succeed.

use std::{env, path::PathBuf, process::Stdio};

use anyhow::{bail, ensure, Result};

use crate::{
    process::{self, Command},
    workspace::Workspace,
};

const DATABASE: &str = "https://github.com/RustSec/advisory-db";
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "fuzz/Cargo.lock"];

/// Where advisories come from.
enum Database {
    /// A clone that the caller has.
    Clone(PathBuf),
    /// RustSec's repository.
    Online,
    /// Nowhere.
    Unreachable,
}

/// Runs `cargo deny` and `cargo audit`.
pub fn run(workspace: &Workspace) -> Result<()> {
    let database = Database::find();
    let mut missing = Vec::new();
    let mut failed = Vec::new();
    let mut check = |what: &str, command: &mut Command| {
        eprintln!("{what}");
        if let Err(error) = process::run(command) {
            failed.push(format!("{what}: {error}"));
        }
    };

    if process::exists("cargo-deny") {
        let mut deny = process::cargo(workspace);
        deny.args(["deny", "--locked", "check", "bans", "licenses", "sources"]);
        if matches!(database, Database::Online) {
            deny.arg("advisories");
        }
        check("licences and sources, by cargo-deny", &mut deny);
    } else {
        missing.push("cargo-deny is not installed: cargo install cargo-deny --locked");
    }

    if !process::exists("cargo-audit") {
        missing.push("cargo-audit is not installed: cargo install cargo-audit --locked");
    } else if matches!(database, Database::Unreachable) {
        missing.push(
            "RustSec's database cannot be reached: set ADVISORY_DB to a clone of it, or go online",
        );
    } else {
        for lock_file in LOCK_FILES {
            let mut audit = process::cargo(workspace);
            audit.args(["audit", "--file", lock_file]);
            if let Database::Clone(path) = &database {
                audit.args(["--no-fetch", "--stale", "--db"]).arg(path);
            }
            check(
                &format!("advisories on {lock_file}, by cargo-audit"),
                &mut audit,
            );
        }
    }

    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    if !missing.is_empty() {
        bail!(
            "incomplete, though nothing was found:\n  {}",
            missing.join("\n  ")
        );
    }
    eprintln!("no advisory, licence or source that is not accounted for");
    Ok(())
}

impl Database {
    fn find() -> Self {
        if let Some(path) = env::var_os("ADVISORY_DB") {
            return Self::Clone(PathBuf::from(path));
        }
        let answers = Command::new("git")
            .args(["ls-remote", "--exit-code", DATABASE, "HEAD"])
            // Nobody may be there to type a password.
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if answers.is_ok_and(|status| status.success()) {
            Self::Online
        } else {
            Self::Unreachable
        }
    }
}

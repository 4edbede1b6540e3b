//! Starting child processes: a clean environment for cargo, and errors that
//! show what the child said.

pub use std::process::Command;
use std::{env, process::Stdio};

use anyhow::{bail, Context, Result};

use crate::workspace::Workspace;

/// Variables that `cargo run` and rustup's proxy set for xtask itself.
///
/// RUSTUP_TOOLCHAIN would override the pinned compiler in every child, and
/// makes Anchor's IDL builder reinstall it; the CARGO_* ones describe the
/// xtask package and would be seen as a change by crates that read them.
fn describes_the_parent(variable: &str) -> bool {
    matches!(
        variable,
        "RUSTUP_TOOLCHAIN" | "RUST_RECURSION_COUNT" | "RUSTC" | "RUSTDOC" | "CARGO" | "OUT_DIR"
    ) || [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ]
    .iter()
    .any(|prefix| variable.starts_with(prefix))
}

/// `cargo`, in the workspace root, as if typed by hand.
pub fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(describes_the_parent) {
            command.env_remove(name);
        }
    }
    command
}

/// `cargo` for a host build: in the shared target directory, and with the
/// program's bytecode in `BACKSTOP_SO` for the tests that load it.
pub fn host_cargo(workspace: &Workspace) -> Result<Command> {
    let mut command = cargo(workspace);
    command
        .env("CARGO_TARGET_DIR", workspace.host_target()?)
        .env("BACKSTOP_SO", workspace.program())
        // A caller's choice of one chain would leave half of each test out.
        .env_remove("BACKSTOP_CHAIN");
    Ok(command)
}

/// `cargo` for a build whose flags this program alone decides: whatever the
/// caller's environment sets for host builds stays out.
pub fn isolated_cargo(workspace: &Workspace) -> Command {
    let mut command = cargo(workspace);
    for name in [
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_TARGET_DIR",
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
    ] {
        command.env_remove(name);
    }
    command
}

/// Flags as cargo wants them when one of them may hold a space.
pub fn encode_flags<S: AsRef<str>>(flags: &[S]) -> String {
    flags
        .iter()
        .map(AsRef::as_ref)
        .collect::<Vec<_>>()
        .join("\u{1f}")
}

/// Runs a child that shares our terminal. Its standard output goes to standard
/// error: only what the user asked for may appear on standard output.
pub fn run(command: &mut Command) -> Result<()> {
    let what = describe(command);
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("cannot start `{what}`"))?;
    if !status.success() {
        bail!("`{what}` failed ({status})");
    }
    Ok(())
}

/// Runs a child for its standard output. Its standard error becomes part of the
/// error, unless the caller has sent it elsewhere.
pub fn run_captured(command: &mut Command) -> Result<String> {
    let what = describe(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{what}`"))?;
    if !output.status.success() {
        bail!(
            "`{what}` failed ({}):\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{what}` did not print text"))
}

/// Whether a program can be found and answers `--version`.
pub fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Program and first argument: enough to recognise a failure by.
fn describe(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    match command
        .get_args()
        .find(|arg| !arg.to_string_lossy().starts_with('-'))
    {
        Some(arg) => format!("{program} {}", arg.to_string_lossy()),
        None => program.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parents_variables_are_dropped_and_the_users_kept() {
        for name in [
            "RUSTUP_TOOLCHAIN",
            "CARGO",
            "CARGO_PKG_NAME",
            "CARGO_MANIFEST_DIR",
        ] {
            assert!(describes_the_parent(name), "{name}");
        }
        for name in [
            "PATH",
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_NET_OFFLINE",
        ] {
            assert!(!describes_the_parent(name), "{name}");
        }
    }
}

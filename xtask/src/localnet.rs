//! `cargo xtask localnet`: the local chain and the binary that makes a network
//! of it.
//!
//! The chain is a workspace of its own with a thousand dependencies, compiled
//! once for every clone. What comes out is kept in the cache under a hash of all
//! that went in, so that only the first run and a change of the chain itself
//! ever start its build.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};
use sha2::{Digest, Sha256};

use crate::{
    bins, build,
    process::{self, Command},
    progress::Steps,
    workspace::Workspace,
};

const BINARY: &str = "backstop-surfnet";

/// Commands for a network that runs already, or for none.
const QUICK: [&str; 7] = [
    "price",
    "time",
    "airdrop",
    "status",
    "reset",
    "--version",
    "-V",
];

/// Makes what the command needs, then becomes it.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{}", bins::LOCALNET.help());
        return Ok(());
    }
    let quick = args.iter().any(|arg| QUICK.contains(&arg.as_str()));
    let surfnet = if quick {
        None
    } else {
        build::program(workspace)?;
        Some(surfnet(workspace)?)
    };
    bins::LOCALNET.compile(workspace)?;
    let mut command = bins::LOCALNET.command(workspace)?;
    if let Some(surfnet) = surfnet {
        command.env("BACKSTOP_SURFNET", surfnet);
    }
    let error = command.args(args).exec();
    Err(error).context("cannot start the local network")
}

/// The local chain's binary, for `BACKSTOP_SURFNET`. Compiled if the cache does
/// not hold the one that belongs to this tree.
pub fn surfnet(workspace: &Workspace) -> Result<PathBuf> {
    let kept = workspace
        .cache()
        .join("surfnet")
        .join(key(workspace)?)
        .join(BINARY);
    if kept.exists() {
        return Ok(kept);
    }
    let target = workspace.cache().join("localnet-target");
    Steps::new(1).run(
        "compiling the local chain",
        "10 to 20 min on two cores the first time, seconds afterwards",
        || process::run(&mut cargo_build(workspace, &target)),
    )?;
    keep(&target.join("debug").join(BINARY), &kept)?;
    Ok(kept)
}

fn cargo_build(workspace: &Workspace, target: &Path) -> Command {
    let mut cargo = process::cargo(workspace);
    cargo
        .args(["build", "--locked"])
        .current_dir(directory(workspace))
        .env("CARGO_TARGET_DIR", target);
    cargo
}

fn directory(workspace: &Workspace) -> PathBuf {
    workspace.root().join("localnet")
}

/// A hash of everything that decides what the binary does.
fn key(workspace: &Workspace) -> Result<String> {
    let directory = directory(workspace);
    let mut files = vec![
        directory.join("Cargo.lock"),
        directory.join("Cargo.toml"),
        workspace.root().join("rust-toolchain.toml"),
    ];
    let sources = directory.join("src");
    let entries = fs::read_dir(&sources).with_context(|| format!("{}", sources.display()))?;
    for entry in entries {
        let entry = entry?;
        // A module in a folder would be left out of the hash.
        ensure!(
            entry.file_type()?.is_file(),
            "{} is a folder: the hash of the local chain knows files only",
            entry.path().display()
        );
        files.push(entry.path());
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("{}", file.display()))?;
        let name = file.file_name().unwrap_or_default().as_encoded_bytes();
        for part in [name, &bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    let short = hash.finalize()[..8]
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    Ok(short)
}

/// Copies to a name that exists only when the copy is whole.
fn keep(built: &Path, kept: &Path) -> Result<()> {
    let directory = kept.parent().context("no directory to keep it in")?;
    fs::create_dir_all(directory)?;
    let partial = directory.join(format!("partial-{}", std::process::id()));
    fs::copy(built, &partial).with_context(|| format!("cannot copy {}", built.display()))?;
    fs::rename(&partial, kept)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_follows_every_source_and_nothing_else() {
        let root = std::env::temp_dir().join(format!("xtask-localnet-{}", std::process::id()));
        let sources = root.join("localnet/src");
        fs::create_dir_all(&sources).unwrap();
        let write = |file: &str, text: &str| fs::write(root.join(file), text).unwrap();
        for file in [
            "rust-toolchain.toml",
            "localnet/Cargo.toml",
            "localnet/Cargo.lock",
            "localnet/src/main.rs",
        ] {
            write(file, "a");
        }
        let tree = Workspace::locate().unwrap().with_root(root.clone());
        let before = key(&tree).unwrap();
        write("localnet/README.md", "words");
        assert_eq!(key(&tree).unwrap(), before);
        for file in [
            "rust-toolchain.toml",
            "localnet/Cargo.lock",
            "localnet/src/main.rs",
        ] {
            write(file, "b");
            assert_ne!(key(&tree).unwrap(), before, "{file}");
            write(file, "a");
        }
        write("localnet/src/more.rs", "");
        assert_ne!(key(&tree).unwrap(), before);
        fs::remove_dir_all(root).unwrap();
    }
}

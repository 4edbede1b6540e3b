//! Compiles the program, with the Solana CLI's toolchain or with ours.

use std::{env, fs, path::Path, path::PathBuf};

use anyhow::{bail, ensure, Context, Result};

use crate::{
    process::{self, Command},
    progress::Steps,
    toolchain::{sha256_of, Toolchain, TARGET},
    workspace::Workspace,
};

/// The last version of Solana's compiler archive that Anchor 1.2.2 names.
const PLATFORM_TOOLS: &str = "v1.57";

const PROGRAM_MANIFEST: &str = "programs/backstop/Cargo.toml";

/// A compiled program, and what compiled it.
pub struct Built {
    file: PathBuf,
    with: Builder,
}

enum Builder {
    SolanaCli,
    Registry(Toolchain),
}

/// Brings `target/deploy/backstop.so` up to date.
pub fn program(workspace: &Workspace) -> Result<Built> {
    let file = workspace.program();
    let deploy = file.parent().context("no deploy directory")?;
    fs::create_dir_all(deploy)?;
    let with = builder(workspace)?;
    match &with {
        Builder::SolanaCli => process::run(&mut build_sbf(workspace, deploy, false))?,
        Builder::Registry(toolchain) => {
            let target = toolchain.program_target();
            workspace.claim(&target, &[&format!("{TARGET}/release")])?;
            let compiled = compile(workspace, toolchain, &target)?;
            replace(&compiled, &file)?;
        }
    }
    check_elf(&file)?;
    eprintln!(
        "{}: {} bytes, sha256 {}",
        file.strip_prefix(workspace.root())
            .unwrap_or(&file)
            .display(),
        fs::metadata(&file)?.len(),
        sha256_of(&file)?
    );
    Ok(Built { file, with })
}

/// Compiles the program of a tree that only tests see, and shows what cargo
/// said only if it fails. Whatever this writes lies in that tree.
pub fn for_tests(tree: &Workspace) -> Result<PathBuf> {
    let file = tree.program();
    let deploy = file.parent().context("no deploy directory")?;
    fs::create_dir_all(deploy)?;
    match builder(tree)? {
        Builder::SolanaCli => {
            process::run_captured(&mut build_sbf(tree, deploy, false)).map(drop)?
        }
        Builder::Registry(toolchain) => {
            let target = tree.root().join("target/program");
            process::run_captured(&mut cargo_build(tree, &toolchain, &target)?)?;
            replace(&compiled_in(&target), &file)?;
        }
    }
    check_elf(&file)?;
    Ok(file)
}

/// Compiles everything again elsewhere, and compares.
pub fn verify(workspace: &Workspace, built: &Built) -> Result<()> {
    let scratch = workspace.root().join("target/verify");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(&scratch)?;
    let again = Steps::new(1).run(
        "compiling the program a second time, from nothing",
        "about 2 min",
        || match &built.with {
            Builder::SolanaCli => {
                process::run(&mut build_sbf(workspace, &scratch, true))?;
                Ok(scratch.join("backstop.so"))
            }
            Builder::Registry(toolchain) => compile(workspace, toolchain, &scratch),
        },
    )?;
    let (first, second) = (sha256_of(&built.file)?, sha256_of(&again)?);
    ensure!(
        first == second,
        "the build is not reproducible: first {first}, then {second}"
    );
    fs::remove_dir_all(&scratch)?;
    eprintln!("verified: a second build from nothing has the same bytes");
    Ok(())
}

fn builder(workspace: &Workspace) -> Result<Builder> {
    match env::var("BACKSTOP_TOOLCHAIN").as_deref() {
        Ok("registry") => {}
        Ok(other) => bail!("BACKSTOP_TOOLCHAIN is `{other}`; the only value it has is `registry`"),
        Err(_) => {
            let mut probe = process::cargo(workspace);
            if process::run_captured(probe.args(["build-sbf", "--version"])).is_ok() {
                return Ok(Builder::SolanaCli);
            }
        }
    }
    Ok(Builder::Registry(Toolchain::ready(workspace)?))
}

fn build_sbf(workspace: &Workspace, out: &Path, from_nothing: bool) -> Command {
    let mut cargo = process::isolated_cargo(workspace);
    cargo
        .args(["build-sbf", "--manifest-path", PROGRAM_MANIFEST])
        .args(["--arch", "v3", "--tools-version", PLATFORM_TOOLS])
        .arg("--sbf-out-dir")
        .arg(out);
    // The workspace pins the host's compiler; the archive brings its own.
    cargo.args(["--", "--locked", "--ignore-rust-version"]);
    if from_nothing {
        cargo.arg("--target-dir").arg(out.join("build"));
    }
    cargo
}

/// Compiles with the toolchain from registries; returns cargo's own file.
fn compile(workspace: &Workspace, toolchain: &Toolchain, target: &Path) -> Result<PathBuf> {
    let compiled = compiled_in(target);
    if !compiled.exists() {
        eprintln!("compiling the program (about 2 min the first time, seconds afterwards)");
    }
    process::run(&mut cargo_build(workspace, toolchain, target)?)?;
    Ok(compiled)
}

fn compiled_in(target: &Path) -> PathBuf {
    target.join(TARGET).join("release/libbackstop.so")
}

fn cargo_build(workspace: &Workspace, toolchain: &Toolchain, target: &Path) -> Result<Command> {
    let mut cargo: Command = toolchain.cargo(workspace)?;
    cargo
        .args(["build", "--release", "--lib", "--locked"])
        .args(["--manifest-path", PROGRAM_MANIFEST])
        .args(["--features", "registry-toolchain"])
        .args(["--target", TARGET])
        .args(["-Zbuild-std=core,alloc,std", "--target-dir"])
        .arg(target);
    Ok(cargo)
}

/// Copies unless the bytes are there already, so that the file's time says
/// when the program last changed; never leaves half a file.
fn replace(new: &Path, old: &Path) -> Result<()> {
    let bytes = fs::read(new).with_context(|| format!("cannot read {}", new.display()))?;
    if fs::read(old).is_ok_and(|current| current == bytes) {
        return Ok(());
    }
    let partial = old.with_extension("so.partial");
    fs::write(&partial, bytes)?;
    fs::rename(&partial, old).with_context(|| format!("cannot write {}", old.display()))
}

/// Refuses what a validator would refuse at first sight: not an ELF file, not
/// for sBPF, or not version 3 of it.
fn check_elf(file: &Path) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let problem = elf_problem(&bytes);
    ensure!(
        problem.is_none(),
        "{}: {}",
        file.display(),
        problem.unwrap_or_default()
    );
    Ok(())
}

fn elf_problem(bytes: &[u8]) -> Option<&'static str> {
    const MACHINE_BPF: u16 = 247;
    const MACHINE_SBPF: u16 = 263;
    const HEADER: usize = 64;
    if bytes.len() < HEADER || &bytes[..4] != b"\x7fELF" {
        return Some("not an ELF file");
    }
    let machine = u16::from_le_bytes([bytes[18], bytes[19]]);
    let flags = u32::from_le_bytes([bytes[48], bytes[49], bytes[50], bytes[51]]);
    if machine != MACHINE_BPF && machine != MACHINE_SBPF {
        return Some("not a program for the SVM");
    }
    (flags != 3).then_some("not version 3 of sBPF")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(machine: u16, flags: u32) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[..4].copy_from_slice(b"\x7fELF");
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes[48..52].copy_from_slice(&flags.to_le_bytes());
        bytes
    }

    #[test]
    fn only_version_3_for_the_svm_passes() {
        assert_eq!(elf_problem(&header(263, 3)), None);
        assert_eq!(elf_problem(&header(263, 0)), Some("not version 3 of sBPF"));
        assert_eq!(
            elf_problem(&header(62, 3)),
            Some("not a program for the SVM")
        );
        assert_eq!(elf_problem(b"MZ"), Some("not an ELF file"));
    }
}

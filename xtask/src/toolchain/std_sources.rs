//! The standard library's source, made to build for the operating system
//! "solana".
//!
//! rustc 1.95 has no such target. std already knows one system like it, the
//! zkVM: a single thread, no files, no libc. The changes are textual, and each
//! fails loudly when the text it expects is not there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};

use super::{
    apt::{unpack, Apt},
    fresh_dir, put_in_place,
};
use crate::{
    process::{run_captured, Command},
    workspace::Workspace,
};

/// Names the set of changes below; part of the step's stamp.
pub const PATCHES: &str = "zkvm-backend bpf-alignment fixed-hash-keys";

/// Debian's suite with compilers newer than its stable release.
const SUITE: &str = "trixie-backports";

/// The changed `library` directory.
pub fn library(toolchain: &Path) -> PathBuf {
    toolchain.join("rust-src/library")
}

/// Copies the source of exactly this compiler and changes it.
pub fn install(workspace: &Workspace, toolchain: &Path, rust: &str) -> Result<()> {
    let partial = toolchain.join("rust-src.partial");
    fresh_dir(&partial)?;
    let target = partial.join("library");
    let installed = sysroot(workspace)?.join("lib/rustlib/src/rust/library");
    if installed.is_dir() {
        copy_tree(&installed, &target)?;
    } else {
        from_debian(toolchain, &partial, rust)?;
    }
    let std = target.join("std/src");
    use_zkvm_backend(&std.join("sys"))?;
    declare_bpf_alignment(&std.join("sys/alloc/mod.rs"))?;
    fix_hash_keys(&std.join("hash/random.rs"))?;
    put_in_place(&partial, &toolchain.join("rust-src"))
}

fn sysroot(workspace: &Workspace) -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(workspace.root())
        .env_remove("RUSTUP_TOOLCHAIN")
        .args(["--print", "sysroot"]);
    Ok(run_captured(&mut rustc)?.trim_end().into())
}

fn from_debian(toolchain: &Path, partial: &Path, rust: &str) -> Result<()> {
    let remedy = format!("`rustup component add rust-src --toolchain {rust}` gives it");
    let apt = Apt::open(&toolchain.join("apt-backports"), SUITE).with_context(|| remedy.clone())?;
    let version = apt
        .version_of("rust-src", rust)?
        .with_context(|| format!("Debian {SUITE} has no rust-src {rust}: {remedy}"))?;
    let files = apt.download(&[format!("rust-src={version}")])?;
    let inside = format!("./usr/src/rustc-{rust}/library");
    for file in &files {
        unpack(file, partial, &["--strip-components=4", &inside])?;
    }
    Ok(())
}

/// Gives "solana" the zkVM's back end wherever std chooses one.
fn use_zkvm_backend(sys: &Path) -> Result<()> {
    let mut changed = 0;
    for file in files_below(sys)? {
        let text = fs::read_to_string(&file)?;
        let with_solana = also_for_solana(&text);
        if with_solana != text {
            fs::write(&file, with_solana)?;
            changed += 1;
        }
    }
    ensure!(
        changed > 0,
        "std::sys no longer mentions the zkVM: this compiler's standard library differs"
    );
    Ok(())
}

fn also_for_solana(text: &str) -> String {
    text.replace(
        r#"target_os = "zkvm""#,
        r#"any(target_os = "zkvm", target_os = "solana")"#,
    )
}

/// Adds BPF to the first list of architectures, the one whose allocators align
/// to 8 bytes or more. The SVM's heap does.
fn declare_bpf_alignment(file: &Path) -> Result<()> {
    edit(file, |text| {
        let anchor = r#"target_arch = "x86_64","#;
        text.contains(anchor)
            .then(|| text.replacen(anchor, &format!(r#"{anchor} target_arch = "bpf","#), 1))
    })
}

/// Gives every `HashMap` the same keys: per-thread random ones live in a
/// mutable static, and a chain has no randomness to offer.
fn fix_hash_keys(file: &Path) -> Result<()> {
    edit(file, |text| {
        let start = text.find("        thread_local!(static KEYS")?;
        let end = start + text[start..].find("    }\n}\n")?;
        let fixed = format!(
            "{}        RandomState {{ k0: 0, k1: 0 }}\n{}",
            &text[..start],
            &text[end..]
        );
        let mut without_imports = fixed;
        for import in [
            "use crate::cell::Cell;\n",
            "use crate::sys::random::hashmap_random_keys;\n",
        ] {
            let position = without_imports.find(import)?;
            without_imports.replace_range(position..position + import.len(), "");
        }
        Some(without_imports)
    })
}

/// Rewrites a file, or says which one was not as expected.
fn edit(file: &Path, change: impl FnOnce(&str) -> Option<String>) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let changed = change(&text).with_context(|| {
        format!(
            "{} does not hold the text to change: this compiler's standard library differs",
            file.display()
        )
    })?;
    fs::write(file, changed)?;
    Ok(())
}

fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("{}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solana_goes_where_the_zkvm_goes() {
        assert_eq!(
            also_for_solana(r#"#[cfg(target_os = "zkvm")]"#),
            r#"#[cfg(any(target_os = "zkvm", target_os = "solana"))]"#
        );
    }

    #[test]
    fn a_patch_without_its_anchor_is_an_error() {
        let dir = std::env::temp_dir().join(format!("xtask-anchor-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let file = dir.join("mod.rs");
        fs::write(&file, "nothing of the kind").unwrap();
        for patch in [declare_bpf_alignment, fix_hash_keys] {
            let error = patch(&file).unwrap_err().to_string();
            assert!(
                error.contains("does not hold the text to change"),
                "{error}"
            );
        }
        assert!(use_zkvm_backend(&dir).is_err());
        fs::remove_dir_all(&dir).unwrap();
    }
}

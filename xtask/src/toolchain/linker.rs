//! sbpf-linker: turns BPF bitcode into an sBPF executable.
//!
//! It is compiled here, against LLVM 23 from Debian sid, and runs with sid's C
//! library through sid's loader: the machine may be an older Debian. rustc's
//! own LLVM 22 would not do, because its BPF back end cannot pass arguments on
//! the stack nor call 128-bit arithmetic.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{apt::sid_root, builtins, fresh_dir, put_in_place, remove_dir};
use crate::{
    process::{self, run_captured, Command},
    workspace::Workspace,
};

/// The release that is known to work with LLVM 23 and rustc 1.95.
pub const VERSION: &str = "0.2.6";

/// Raise when the wrapper or the way it is compiled changes.
pub const RECIPE: &str = "wrapper 1";

/// The directory to put on PATH.
pub fn bin(toolchain: &Path) -> PathBuf {
    toolchain.join("bin")
}

/// Compiles the linker and wraps it.
pub fn install(workspace: &Workspace, toolchain: &Path) -> Result<()> {
    let sid = Sid::of(toolchain);
    sid.make_llvm_config_runnable()?;

    let llvm = sid.llvm();
    let target = toolchain.join("linker-build");
    let partial = toolchain.join("linker.partial");
    fresh_dir(&partial)?;
    let flags = [
        format!("-L{}", llvm.join("lib").display()),
        // LLVM's own needs are met by sid's libraries when it runs.
        "-Clink-arg=-Wl,--allow-shlib-undefined".to_owned(),
    ];
    let mut cargo = process::isolated_cargo(workspace);
    cargo
        .args(["install", "sbpf-linker", "--locked", "--version", VERSION])
        .args(["--no-default-features", "--features", "bpf-linker/llvm-23"])
        .arg("--root")
        .arg(&partial)
        .arg("--target-dir")
        .arg(&target)
        .env("LLVM_SYS_231_PREFIX", &llvm)
        .env("CARGO_ENCODED_RUSTFLAGS", process::encode_flags(&flags));
    process::run(&mut cargo)?;
    put_in_place(&partial, &toolchain.join("linker"))?;

    write_wrapper(toolchain, &sid)?;
    run_captured(Command::new(bin(toolchain).join("sbpf-linker")).arg("--version"))
        .context("the compiled sbpf-linker does not run")?;
    remove_dir(&target)
}

/// A script that runs the linker through sid's loader, with our builtins as
/// the first input.
fn write_wrapper(toolchain: &Path, sid: &Sid) -> Result<()> {
    let script = format!(
        "#!/bin/sh\n\
         [ \"$1\" = --version ] || set -- {builtins} \"$@\"\n\
         exec {loader} --library-path {libraries} {linker} \"$@\"\n",
        builtins = quoted(&builtins::bitcode(toolchain)),
        loader = quoted(&sid.loader()),
        libraries = quoted(Path::new(&sid.library_path())),
        linker = quoted(&toolchain.join("linker/bin/sbpf-linker")),
    );
    let dir = bin(toolchain);
    fs::create_dir_all(&dir)?;
    let path = dir.join("sbpf-linker");
    fs::write(&path, script)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

/// The unpacked packages of Debian sid.
struct Sid {
    root: PathBuf,
}

impl Sid {
    fn of(toolchain: &Path) -> Self {
        Self {
            root: sid_root(toolchain),
        }
    }

    fn llvm(&self) -> PathBuf {
        self.root.join("usr/lib/llvm-23")
    }

    fn loader(&self) -> PathBuf {
        self.root.join("usr/lib64/ld-linux-x86-64.so.2")
    }

    fn library_path(&self) -> String {
        let libraries = self.root.join("usr/lib/x86_64-linux-gnu");
        format!(
            "{}:{}",
            libraries.display(),
            self.llvm().join("lib").display()
        )
    }

    /// llvm-config finds LLVM from its own place, so it must be started
    /// directly: patchelf, which need not be, gives it sid's loader.
    fn make_llvm_config_runnable(&self) -> Result<()> {
        let mut patchelf = Command::new(self.loader());
        patchelf
            .arg("--library-path")
            .arg(self.library_path())
            .arg(self.root.join("usr/bin/patchelf"))
            .arg("--force-rpath")
            .arg("--set-interpreter")
            .arg(self.loader())
            .arg("--set-rpath")
            .arg(self.library_path())
            .arg(self.llvm().join("bin/llvm-config"));
        run_captured(&mut patchelf).context("cannot make llvm-config run with sid's libraries")?;
        Ok(())
    }
}

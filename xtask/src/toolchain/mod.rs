//! A compiler and linker for sBPF, put together from package registries.
//!
//! `cargo build-sbf` downloads a toolchain archive; this module is for machines
//! where that is not possible. Why it exists and what was rejected stands in
//! docs/decisions/001-toolchain-from-registries.md. Four steps, each done once:
//!
//! 1. [`apt`]: LLVM 23 and the libraries it runs on, from Debian sid, unpacked
//!    into the cache. The system's own packages are not touched.
//! 2. [`std_sources`]: the standard library's source for the pinned compiler,
//!    changed in three places so that it builds for the operating system
//!    "solana".
//! 3. [`linker`]: sbpf-linker from Rust's package registry, compiled against that LLVM.
//! 4. [`builtins`]: 128-bit arithmetic with the convention LLVM 23 expects.
//!
//! A step leaves a stamp that holds a hash of what went into it. A killed run
//! goes on with the first step that has none; a changed input repeats its step
//! and those after it.

mod apt;
mod builtins;
mod linker;
mod std_sources;

use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};
use sha2::{Digest, Sha256};

use crate::{process, progress::Steps, workspace::Workspace};

/// What to do on a machine this toolchain cannot be made for.
const INSTEAD: &str = "install the Solana CLI instead (it brings `cargo build-sbf`), \
                       and run this command again";

/// Raise when a step's code changes in a way its inputs do not show.
const RECIPE: &str = "1";

/// A toolchain in the cache, complete and ready to build with.
pub struct Toolchain {
    dir: PathBuf,
}

impl Toolchain {
    /// Makes the toolchain, or as much of it as is missing.
    pub fn ready(workspace: &Workspace) -> Result<Self> {
        let rust = workspace.pinned_rust()?;
        let dir = workspace.cache().join(format!(
            "toolchain-rust-{rust}-sbpf-linker-{}",
            linker::VERSION
        ));
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let _lock = lock(&dir.join("lock"))?;
        let toolchain = Self { dir };
        toolchain.complete(workspace, &rust)?;
        Ok(toolchain)
    }

    fn complete(&self, workspace: &Workspace, rust: &str) -> Result<()> {
        let packages = hash(&[RECIPE, apt::SID, &apt::LLVM.join(" ")]);
        let sources = hash(&[RECIPE, rust, std_sources::PATCHES]);
        let linker = hash(&[&packages, linker::VERSION, linker::RECIPE]);
        let builtins = hash(&[&sources, &builtins::inputs(workspace)?]);
        if self.has("builtins", &builtins)
            && self.has("linker", &linker)
            && self.has("std-sources", &sources)
            && self.has("packages", &packages)
        {
            return Ok(());
        }

        eprintln!(
            "`cargo build-sbf` is not used: making the sBPF toolchain in {}\n\
             from Rust's package registry and Debian packages. Once, about 3 min; it can be interrupted.",
            self.dir.display()
        );
        require_this_machine(workspace, rust)?;
        let mut steps = Steps::new(4);
        self.step(
            &mut steps,
            ("packages", &packages),
            "downloading LLVM 23 from the Debian mirror, 70 MB",
            "about 30 s",
            || apt::install_llvm(&self.dir),
        )?;
        self.step(
            &mut steps,
            ("std-sources", &sources),
            "preparing the standard library's source",
            "about 30 s",
            || std_sources::install(workspace, &self.dir, rust),
        )?;
        self.step(
            &mut steps,
            ("linker", &linker),
            "compiling sbpf-linker from Rust's package registry",
            "about 2 min on two cores",
            || linker::install(workspace, &self.dir),
        )?;
        self.step(
            &mut steps,
            ("builtins", &builtins),
            "compiling 128-bit arithmetic",
            "about 30 s",
            || builtins::install(workspace, self),
        )
    }

    /// Runs one step unless its stamp says that it was done with these inputs.
    fn step(
        &self,
        steps: &mut Steps,
        (name, inputs): (&str, &str),
        what: &str,
        estimate: &str,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        if self.has(name, inputs) {
            steps.skip();
            return Ok(());
        }
        steps.run(what, estimate, work)?;
        // What was built with an older tool must not be taken for current.
        remove_dir(&self.program_target())?;
        fs::write(self.stamp(name), inputs)?;
        Ok(())
    }

    fn has(&self, name: &str, inputs: &str) -> bool {
        fs::read_to_string(self.stamp(name)).is_ok_and(|stamp| stamp == inputs)
    }

    fn stamp(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.done"))
    }

    /// Where the program is compiled: in the cache, so that a fresh clone
    /// finds the standard library and Anchor compiled.
    pub fn program_target(&self) -> PathBuf {
        self.dir.join("program")
    }

    /// A `cargo` that compiles for sBPF with this toolchain's standard library
    /// and linker.
    ///
    /// No flag holds a path, except the two that take paths out, and the target
    /// goes by name: cargo derives symbol names from the rest, and every clone
    /// should get the same bytes. (Another cache gets other type ids, because
    /// cargo hashes where the standard library's source lies.) The linker's own
    /// paths stand in the wrapper that `linker` writes.
    pub fn cargo(&self, workspace: &Workspace) -> Result<process::Command> {
        let mut flags: Vec<String> = COMPILER_FLAGS.iter().map(ToString::to_string).collect();
        flags.extend(LINKER_FLAGS.iter().map(|flag| format!("-Clink-arg={flag}")));
        flags.push(format!(
            "--remap-path-prefix={}=/cargo",
            cargo_home()?.display()
        ));
        flags.push(format!(
            "--remap-path-prefix={}=/std",
            std_sources::library(&self.dir).display()
        ));

        let mut path = OsString::from(linker::bin(&self.dir));
        if let Some(rest) = std::env::var_os("PATH") {
            path.push(":");
            path.push(rest);
        }
        let mut cargo = process::isolated_cargo(workspace);
        cargo
            .env("PATH", path)
            .env("CARGO_ENCODED_RUSTFLAGS", process::encode_flags(&flags))
            // Allows the unstable flags on the stable compiler, and a target
            // that rustc does not know.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC_BOOTSTRAP_SYNTHETIC_TARGET", "1")
            .env(
                "__CARGO_TESTS_ONLY_SRC_ROOT",
                std_sources::library(&self.dir),
            )
            .env("RUST_TARGET_PATH", workspace.root().join("xtask/toolchain"));
        Ok(cargo)
    }
}

/// The target's name. Given as a path, it would be part of every symbol.
pub const TARGET: &str = "sbpf-solana";

/// How rustc compiles for the SVM.
const COMPILER_FLAGS: &[&str] = &[
    "-Clinker=sbpf-linker",
    "-Zunstable-options",
    // The panic machinery of std keeps counters in mutable statics, which the
    // SVM refuses.
    "-Cpanic=immediate-abort",
    "-Crelocation-model=static",
    // One thread: an atomic is a plain load or store.
    "-Cpasses=lower-atomic",
    "--cfg=target_feature=\"static-syscalls\"",
    "-Aexplicit_builtin_cfgs_in_flags",
];

/// How sbpf-linker generates code. The `--disable-…` switch off instructions
/// that BPF's CPU v4 has and sBPF has not.
const LINKER_FLAGS: &[&str] = &[
    "--export=__multi3,__udivti3,__umodti3,__divti3,__modti3",
    "--arch=v3",
    "--deploy=false",
    "--llvm-args=-bpf-stack-size=4096",
    "--llvm-args=--bpf-max-stores-per-memfunc=5",
    // Inlining beyond this buys a hundredth of the compute for a fifth of the size.
    "--llvm-args=-inline-threshold=100",
    "--llvm-args=--disable-gotox",
    "--llvm-args=--disable-ldsx",
    "--llvm-args=--disable-movsx",
    "--llvm-args=--disable-bswap",
];

/// Says what is missing before anything is downloaded.
fn require_this_machine(workspace: &Workspace, rust: &str) -> Result<()> {
    ensure!(
        cfg!(all(target_os = "linux", target_arch = "x86_64")),
        "the toolchain from package registries exists for Linux on x86-64 only: {INSTEAD}"
    );
    for program in ["apt-get", "apt-cache", "dpkg-deb", "tar"] {
        ensure!(
            process::exists(program),
            "`{program}` is missing, and this toolchain is made from Debian packages: {INSTEAD}"
        );
    }
    ensure!(
        process::exists("cc"),
        "there is no C compiler, which Rust links with: `apt-get install gcc libc6-dev`"
    );
    let mut rustc = process::Command::new("rustc");
    rustc
        .current_dir(workspace.root())
        .env_remove("RUSTUP_TOOLCHAIN")
        .arg("--version");
    let version = process::run_captured(&mut rustc)?;
    ensure!(
        version.split(' ').nth(1) == Some(rust),
        "`rustc --version` says `{}`, but the standard library is rebuilt from the source of \
         {rust}: `rustup toolchain install {rust}`",
        version.trim_end()
    );
    Ok(())
}

/// Keeps a second run out until this one is done. The kernel lets go of the
/// lock when a run is killed.
fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("another run is making the toolchain: waiting for it");
            file.lock()?;
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
    Ok(file)
}

fn cargo_home() -> Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = std::env::var_os("HOME").context("neither CARGO_HOME nor HOME is set")?;
    Ok(PathBuf::from(home).join(".cargo"))
}

/// A hash of a list in which no two different lists look alike.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize())
}

/// The SHA-256 of a file.
pub fn sha256_of(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(hex(&Sha256::digest(bytes)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An empty directory, whatever a killed run left there.
fn fresh_dir(path: &Path) -> Result<()> {
    remove_dir(path)?;
    fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))
}

fn remove_dir(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Moves a finished directory to its place in one step.
fn put_in_place(finished: &Path, place: &Path) -> Result<()> {
    remove_dir(place)?;
    fs::rename(finished, place).with_context(|| format!("cannot create {}", place.display()))
}

//! Debian packages, fetched with apt and unpacked into the cache.
//!
//! apt runs with a state directory, a source list and an empty package status
//! of its own: it needs no privileges, and the system never learns of it. It
//! checks the index's signature with Debian's keyring and each file with the
//! index; the SHA-256 is compared here once more and kept in `packages.txt`.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{bail, ensure, Context, Result};

use super::{fresh_dir, put_in_place, sha256_of, INSTEAD};
use crate::process::run_captured;

/// The only Debian suite that has LLVM 23.
pub const SID: &str = "sid";

/// Packages whose dependencies come along: what has to run.
const PROGRAMS: &[&str] = &["libllvm23", "patchelf"];

/// LLVM 23 as sbpf-linker needs it. The last two are for compiling against it,
/// without the Python and Perl that they recommend.
pub const LLVM: &[&str] = &["libllvm23", "llvm-23", "llvm-23-dev"];

const KEYRINGS: &[&str] = &[
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
];

/// Programs and libraries of [`install_llvm`], below the toolchain directory.
pub fn sid_root(toolchain: &Path) -> PathBuf {
    toolchain.join("sid")
}

/// Unpacks LLVM 23, and the C library and loader it runs with.
pub fn install_llvm(toolchain: &Path) -> Result<()> {
    let apt = Apt::open(&toolchain.join("apt-sid"), SID)?;
    let mut names = apt.closure(PROGRAMS).with_context(|| {
        format!(
            "Debian sid may have dropped LLVM 23, which this sbpf-linker needs. \
             Until xtask/src/toolchain follows: {INSTEAD}"
        )
    })?;
    for name in LLVM {
        if !names.iter().any(|known| known == name) {
            names.push((*name).to_owned());
        }
    }
    let partial = toolchain.join("sid.partial");
    fresh_dir(&partial)?;
    for package in apt.download(&names)? {
        // The static libraries are 500 MB that nothing links.
        unpack(&package, &partial, &["--exclude=*.a"])?;
    }
    put_in_place(&partial, &sid_root(toolchain))
}

/// One suite of the Debian archive, apart from the system's own apt.
pub struct Apt {
    dir: PathBuf,
}

impl Apt {
    /// Reads the suite's signed index into `dir`.
    pub fn open(dir: &Path, suite: &str) -> Result<Self> {
        let mirror = mirror()?;
        let keyring = KEYRINGS
            .iter()
            .find(|path| Path::new(path).is_file())
            .with_context(|| format!("Debian's archive keyring is not installed: {INSTEAD}"))?;
        for sub in ["state/lists/partial", "cache/archives/partial", "deb"] {
            fs::create_dir_all(dir.join(sub))?;
        }
        fs::write(dir.join("status"), "")?;
        fs::write(
            dir.join("sources.list"),
            format!("deb [signed-by={keyring}] {mirror} {suite} main\n"),
        )?;
        let apt = Self {
            dir: dir.to_path_buf(),
        };
        run_captured(apt.command("apt-get").arg("update")).with_context(|| {
            format!("cannot read Debian's index of {suite}: is the network reachable?")
        })?;
        Ok(apt)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("LC_ALL", "C")
            .current_dir(self.dir.join("deb"))
            .arg("-qq");
        for (key, value) in [
            ("Dir::State", "state"),
            ("Dir::State::status", "status"),
            ("Dir::Cache", "cache"),
            ("Dir::Etc::sourcelist", "sources.list"),
        ] {
            let path = self.dir.join(value);
            command.arg("-o").arg(format!("{key}={}", path.display()));
        }
        for option in [
            "Dir::Etc::sourceparts=/dev/null",
            "Dir::Etc::preferences=/dev/null",
            "Dir::Etc::preferencesparts=/dev/null",
            // The cache may lie where apt's own user cannot write.
            "APT::Sandbox::User=root",
            // A half-read index is an error, not a warning.
            "APT::Update::Error-Mode=any",
            "Acquire::Languages=none",
            "Acquire::Retries=3",
            "Acquire::http::Timeout=30",
        ] {
            command.args(["-o", option]);
        }
        command
    }

    /// The packages and all they depend on, as apt would install them on an
    /// empty system.
    fn closure(&self, names: &[&str]) -> Result<Vec<String>> {
        let listing = run_captured(
            self.command("apt-get")
                .args([
                    "install",
                    "--print-uris",
                    "--yes",
                    "--no-install-recommends",
                ])
                .args(names),
        )?;
        // 'http://…/libfoo_1.2_amd64.deb' libfoo_1.2_amd64.deb 1234 MD5Sum:…
        Ok(listing
            .lines()
            .filter_map(|line| line.split(' ').nth(1)?.split('_').next())
            .map(str::to_owned)
            .collect())
    }

    /// The version of a package that belongs to upstream release `release`.
    pub fn version_of(&self, name: &str, release: &str) -> Result<Option<String>> {
        let table = run_captured(self.command("apt-cache").args(["madison", name]))?;
        Ok(table
            .lines()
            .filter_map(|line| line.split('|').nth(1).map(str::trim))
            .find(|version| {
                version
                    .strip_prefix(release)
                    .is_some_and(|rest| rest.starts_with(['+', '-']))
            })
            .map(str::to_owned))
    }

    /// Downloads packages (`name` or `name=version`), checks them, and writes
    /// down what they were.
    pub fn download(&self, names: &[String]) -> Result<Vec<PathBuf>> {
        let shown = run_captured(
            self.command("apt-cache")
                .args(["show", "--no-all-versions"])
                .args(names),
        )?;
        run_captured(self.command("apt-get").arg("download").args(names))
            .context("cannot download from the Debian mirror: is the network reachable?")?;

        let packages = shown.split("\n\n").filter(|text| !text.trim().is_empty());
        let mut record = String::new();
        let mut files = Vec::new();
        for package in packages.map(Package::parse) {
            let package = package?;
            let file = self.dir.join("deb").join(package.file_name());
            let found = sha256_of(&file)?;
            ensure!(
                found == package.sha256,
                "{} has SHA-256 {found}, but the signed index says {}",
                package.file_name(),
                package.sha256
            );
            writeln!(record, "{} {} {found}", package.name, package.version)?;
            files.push(file);
        }
        ensure!(
            files.len() == names.len(),
            "asked apt for {} packages, and it described {}",
            names.len(),
            files.len()
        );
        fs::write(self.dir.join("packages.txt"), record)?;
        Ok(files)
    }
}

/// What the index says of a package.
struct Package {
    name: String,
    version: String,
    architecture: String,
    sha256: String,
}

impl Package {
    fn parse(stanza: &str) -> Result<Self> {
        let field = |name: &str| {
            stanza
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .map(str::to_owned)
                .with_context(|| format!("no {name} in Debian's index"))
        };
        Ok(Self {
            name: field("Package")?,
            version: field("Version")?,
            architecture: field("Architecture")?,
            sha256: field("SHA256")?,
        })
    }

    /// apt's name for the downloaded file.
    fn file_name(&self) -> String {
        format!(
            "{}_{}_{}.deb",
            self.name,
            self.version.replace(':', "%3a"),
            self.architecture
        )
    }
}

/// Unpacks a package, or the part of it that `tar_args` selects.
pub fn unpack(package: &Path, into: &Path, tar_args: &[&str]) -> Result<()> {
    let mut deb = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(package)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start dpkg-deb")?;
    let stream = deb.stdout.take().context("dpkg-deb has no output")?;
    let unpacked = Command::new("tar")
        .args(["--extract", "--no-same-owner", "--directory"])
        .arg(into)
        .args(tar_args)
        .stdin(stream)
        .status()
        .context("cannot start tar")?;
    let read = deb.wait()?;
    if !(unpacked.success() && read.success()) {
        bail!(
            "cannot unpack {} into {}",
            package.display(),
            into.display()
        );
    }
    Ok(())
}

/// The mirror that the system's own apt uses, so that a proxy or a local
/// mirror is respected.
fn mirror() -> Result<String> {
    let mut texts = Vec::new();
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(entries) = fs::read_dir("/etc/apt/sources.list.d") {
        let mut parts: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        parts.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "list" || extension == "sources")
        });
        parts.sort();
        files.extend(parts);
    }
    for file in files {
        texts.push(fs::read_to_string(file).unwrap_or_default());
    }
    texts
        .iter()
        .find_map(|text| debian_mirror(text))
        .with_context(|| format!("no Debian mirror in the system's apt sources: {INSTEAD}"))
}

/// The first address in a source list that ends in `/debian`: the main archive,
/// neither its security nor its snapshot branch. Serves both forms, one line
/// per source and `URIs:` fields, because it looks at words alone.
fn debian_mirror(sources: &str) -> Option<String> {
    sources
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(str::split_whitespace)
        .find(|word| {
            let word = word.trim_end_matches('/');
            word.contains("://")
                && !word.contains("snapshot")
                && (word.ends_with("/debian") || word.ends_with("/debian.list"))
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_found_in_both_forms_of_source_list() {
        let lines = "# deb http://old.example/debian sid main\n\
                     deb http://mirror.example/debian-security stable-security main\n\
                     deb [arch=amd64] https://mirror.example/debian/ stable main\n";
        assert_eq!(
            debian_mirror(lines).as_deref(),
            Some("https://mirror.example/debian/")
        );
        let fields = "Types: deb\n\
                      # http://snapshot.example/archive/debian/2025\n\
                      URIs: http://mirror.example/debian\nSuites: stable\n";
        assert_eq!(
            debian_mirror(fields).as_deref(),
            Some("http://mirror.example/debian")
        );
        assert_eq!(
            debian_mirror("deb http://x.example/ubuntu noble main"),
            None
        );
    }

    #[test]
    fn a_package_knows_its_file() {
        let package = Package::parse(
            "Package: llvm-23\nArchitecture: amd64\nVersion: 1:23.1.4-2\nSHA256: 55af",
        )
        .unwrap();
        assert_eq!(package.file_name(), "llvm-23_1%3a23.1.4-2_amd64.deb");
        assert!(Package::parse("Package: llvm-23").is_err());
    }
}

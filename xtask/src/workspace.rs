//! Where things are: the tree, what it produces, and the cache outside it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure, Context, Result};

/// The tree that this command works on, and the cache that outlives it.
pub struct Workspace {
    root: PathBuf,
    cache: PathBuf,
}

impl Workspace {
    /// Finds the tree from the variable that `cargo run` sets, so that one
    /// compiled xtask in a target directory shared by two clones serves both.
    pub fn locate() -> Result<Self> {
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir
            .parent()
            .context("xtask has no parent directory")?
            .to_path_buf();
        ensure!(
            root.join("Cargo.lock").is_file(),
            "{} is not the workspace: run `cargo xtask` inside it",
            root.display()
        );
        let cache = match (env::var_os("BACKSTOP_CACHE"), env::var_os("HOME")) {
            (Some(dir), _) => std::path::absolute(dir)?,
            (None, Some(home)) => PathBuf::from(home).join(".cache/backstop"),
            (None, None) => {
                bail!("neither BACKSTOP_CACHE nor HOME is set: where may I keep files?")
            }
        };
        fs::create_dir_all(&cache)
            .with_context(|| format!("cannot create the cache {}", cache.display()))?;
        Ok(Self { root, cache })
    }

    /// Another tree, with the same cache.
    pub fn with_root(&self, root: PathBuf) -> Self {
        Self {
            root,
            cache: self.cache.clone(),
        }
    }

    /// The directory of the workspace's `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Everything that is made once and serves every clone.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The program's bytecode. Always in the tree, whatever CARGO_TARGET_DIR
    /// says, because deploy scripts and tests look for it there.
    pub fn program(&self) -> PathBuf {
        self.root.join("target/deploy/backstop.so")
    }

    /// The checked-in interface description.
    pub fn idl(&self) -> PathBuf {
        self.root.join("clients/idl/backstop.json")
    }

    /// Where host builds go, made ready for this tree.
    ///
    /// It lies in the cache so that a fresh clone finds its eight hundred
    /// dependencies compiled. Cargo names a workspace's own crates by their
    /// relative path and judges them by modification time, so two clones that
    /// share a directory could be handed each other's crates: when the tree
    /// changes, its own crates (and only those) are dropped first.
    pub fn host_target(&self) -> Result<PathBuf> {
        if let Some(dir) = env::var_os("CARGO_TARGET_DIR") {
            return Ok(std::path::absolute(dir)?);
        }
        let dir = self.cache.join("target");
        self.claim(&dir, &["debug", "release"])?;
        Ok(dir)
    }

    /// Makes `dir` a target directory that holds no other tree's crates, by
    /// dropping cargo's records of them in each of `profiles`.
    pub fn claim(&self, dir: &Path, profiles: &[&str]) -> Result<()> {
        fs::create_dir_all(dir)?;
        let owner = dir.join("backstop-owner");
        let me = self.root.to_string_lossy();
        if fs::read_to_string(&owner).is_ok_and(|owner| owner == me) {
            return Ok(());
        }
        for profile in profiles {
            forget_own_crates(&dir.join(profile).join(".fingerprint"))?;
        }
        fs::write(&owner, me.as_bytes())?;
        Ok(())
    }

    /// The compiler version that `rust-toolchain.toml` pins.
    pub fn pinned_rust(&self) -> Result<String> {
        let path = self.root.join("rust-toolchain.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        text.lines()
            .find_map(|line| line.strip_prefix("channel = "))
            .map(|version| version.trim_matches('"').to_owned())
            .context("rust-toolchain.toml has no line `channel = \"…\"`")
    }
}

/// Removes the records by which cargo would call this workspace's crates fresh.
fn forget_own_crates(fingerprints: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(fingerprints) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("backstop-") || name.starts_with("xtask-") {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_tree_keeps_the_dependencies_only() {
        let cache = env::temp_dir().join(format!("xtask-claim-{}", std::process::id()));
        let records = cache.join("debug/.fingerprint");
        let tree = |name: &str| Workspace {
            root: PathBuf::from(name),
            cache: cache.clone(),
        };
        let make = |name: &str| fs::create_dir_all(records.join(name)).unwrap();

        tree("one").claim(&cache, &["debug"]).unwrap();
        make("backstop-engine-1");
        make("anyhow-1");
        tree("one").claim(&cache, &["debug"]).unwrap();
        assert!(records.join("backstop-engine-1").exists());
        tree("two").claim(&cache, &["debug"]).unwrap();
        assert!(!records.join("backstop-engine-1").exists());
        assert!(records.join("anyhow-1").exists());
        fs::remove_dir_all(&cache).unwrap();
    }
}

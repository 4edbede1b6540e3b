//! A copy of the tree in the cache, in which bugs are planted.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};

use crate::{
    process::{run_captured, Command},
    workspace::Workspace,
};

/// What builds leave behind in a tree; not part of the copy.
const BUILD_DIR: &str = "target";

/// A copy of the tree as it lay there, changes that are not committed included.
/// What is changed in the tree afterwards does not reach the copy.
pub struct TreeCopy {
    files: BTreeMap<PathBuf, Vec<u8>>,
    workspace: Workspace,
}

impl TreeCopy {
    /// A copy at `root`.
    pub fn new(workspace: &Workspace, root: PathBuf) -> Result<Self> {
        fs::create_dir_all(&root)?;
        let copy = Self {
            files: read_files(workspace.root())?,
            workspace: workspace.with_root(root),
        };
        copy.restore()?;
        Ok(copy)
    }

    /// The copy as a tree to build in.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Digs out whatever was planted. Files that are as they should be keep
    /// their times, so that cargo compiles no more than it must.
    pub fn restore(&self) -> Result<()> {
        let root = self.workspace.root();
        for (file, bytes) in &self.files {
            let to = root.join(file);
            if fs::read(&to).is_ok_and(|current| current == *bytes) {
                continue;
            }
            fs::create_dir_all(to.parent().context("a file lies in a directory")?)?;
            fs::write(&to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
        }
        self.remove_others(root)
    }

    fn remove_others(&self, dir: &Path) -> Result<()> {
        let root = self.workspace.root();
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            let name = path.strip_prefix(root)?;
            if path.is_dir() {
                if name != Path::new(BUILD_DIR) {
                    self.remove_others(&path)?;
                }
            } else if !self.files.contains_key(name) {
                fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Applies one of the tree's patches.
    pub fn apply(&self, patch: &Path) -> Result<()> {
        let root = self.workspace.root();
        let mut git = Command::new("git");
        git.current_dir(root)
            .args(["apply", "--whitespace=nowarn"])
            .arg(patch);
        // The cache may lie inside somebody's repository. Git would then look
        // for the patch's files from the root of that.
        if let Some(parent) = root.parent() {
            git.env("GIT_CEILING_DIRECTORIES", parent);
        }
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            git.env_remove(variable);
        }
        run_captured(&mut git).map(drop)
    }
}

/// Every file that git knows or would add, and that is there.
fn read_files(root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut git = Command::new("git");
    git.current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others"])
        .arg("--exclude-standard");
    let listed = run_captured(&mut git).context("planting bugs needs a git checkout")?;
    let files: BTreeMap<PathBuf, Vec<u8>> = listed
        .split_terminator('\0')
        .filter_map(|file| Some((PathBuf::from(file), fs::read(root.join(file)).ok()?)))
        .collect();
    ensure!(!files.is_empty(), "git lists no file");
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_is_planted_in_the_copy_alone_and_dug_out_again() {
        let dir = std::env::temp_dir().join(format!("xtask-plant-{}", std::process::id()));
        let tree = dir.join("tree");
        fs::create_dir_all(&tree).unwrap();
        fs::write(tree.join("rule.rs"), "guarded\n").unwrap();
        let patch = "--- a/rule.rs\n+++ b/rule.rs\n@@ -1 +1 @@\n-guarded\n+open\n";
        fs::write(tree.join("bug.patch"), patch).unwrap();
        run_captured(Command::new("git").args(["init", "-q"]).arg(&tree)).unwrap();
        let workspace = Workspace::locate().unwrap().with_root(tree.clone());
        let copy = TreeCopy::new(&workspace, dir.join("copy")).unwrap();
        let rule = |of: &str| fs::read_to_string(dir.join(of).join("rule.rs")).unwrap();

        copy.apply(Path::new("bug.patch")).unwrap();
        assert_eq!(rule("tree"), "guarded\n");
        assert_eq!(rule("copy"), "open\n");
        copy.apply(Path::new("bug.patch"))
            .expect_err("it is there already");
        fs::write(dir.join("copy/left-behind"), "").unwrap();
        fs::write(tree.join("rule.rs"), "changed meanwhile\n").unwrap();
        copy.restore().unwrap();
        assert_eq!(rule("copy"), "guarded\n");
        assert!(!dir.join("copy/left-behind").exists());
        fs::remove_dir_all(&dir).unwrap();
    }
}

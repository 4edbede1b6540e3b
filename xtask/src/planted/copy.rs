//! A copy of the tree in the cache, in which bugs are planted.

use std::{
    collections::BTreeSet,
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

/// A copy of the tree as it lies there, changes that are not committed included.
pub struct TreeCopy {
    original: PathBuf,
    workspace: Workspace,
}

impl TreeCopy {
    /// A copy at `root`.
    pub fn new(workspace: &Workspace, root: PathBuf) -> Self {
        Self {
            original: workspace.root().to_path_buf(),
            workspace: workspace.with_root(root),
        }
    }

    /// The copy as a tree to build in.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Makes the copy equal to the tree. Files that are equal already keep their
    /// times, so that cargo compiles no more than it must.
    pub fn restore(&self) -> Result<()> {
        let root = self.workspace.root();
        let files = files_of(&self.original)?;
        for file in &files {
            let bytes = fs::read(self.original.join(file))
                .with_context(|| format!("cannot read {}", file.display()))?;
            let to = root.join(file);
            if fs::read(&to).is_ok_and(|current| current == bytes) {
                continue;
            }
            fs::create_dir_all(to.parent().context("a file lies in a directory")?)?;
            fs::write(&to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
        }
        remove_others(root, root, &files)
    }

    /// Applies a patch of the tree to the copy.
    pub fn apply(&self, patch: &Path) -> Result<()> {
        let root = self.workspace.root();
        let mut git = Command::new("git");
        git.current_dir(root)
            .args(["apply", "--whitespace=nowarn"])
            .arg(self.original.join(patch));
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
fn files_of(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut git = Command::new("git");
    git.current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others"])
        .arg("--exclude-standard");
    let listed = run_captured(&mut git).context("planting bugs needs a git checkout")?;
    let files: BTreeSet<PathBuf> = listed
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|file| root.join(file).is_file())
        .collect();
    ensure!(!files.is_empty(), "git lists no file");
    Ok(files)
}

fn remove_others(root: &Path, dir: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.strip_prefix(root)?;
        if path.is_dir() {
            if name != Path::new(BUILD_DIR) {
                remove_others(root, &path, files)?;
            }
        } else if !files.contains(name) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with one file, and an empty copy of it.
    fn scene(name: &str) -> (PathBuf, TreeCopy) {
        let dir = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let (tree, copy) = (dir.join("tree"), dir.join("copy"));
        fs::create_dir_all(&tree).unwrap();
        fs::create_dir_all(&copy).unwrap();
        fs::write(tree.join("rule.rs"), "guarded\n").unwrap();
        run_captured(Command::new("git").arg("init").arg("-q").arg(&tree)).unwrap();
        let workspace = Workspace::locate().unwrap().with_root(tree.clone());
        let copy = TreeCopy::new(&workspace, copy);
        (dir, copy)
    }

    #[test]
    fn a_bug_is_planted_in_the_copy_alone_and_dug_out_again() {
        let (dir, copy) = scene("plant");
        let patch = "--- a/rule.rs\n+++ b/rule.rs\n@@ -1 +1 @@\n-guarded\n+open\n";
        fs::write(dir.join("tree/bug.patch"), patch).unwrap();
        copy.restore().unwrap();
        let rule = |tree: &str| fs::read_to_string(dir.join(tree).join("rule.rs")).unwrap();

        copy.apply(Path::new("bug.patch")).unwrap();
        assert_eq!(
            (rule("tree").as_str(), rule("copy").as_str()),
            ("guarded\n", "open\n")
        );
        assert!(
            copy.apply(Path::new("bug.patch")).is_err(),
            "it is there already"
        );
        fs::write(dir.join("copy/left-behind"), "").unwrap();
        copy.restore().unwrap();
        assert_eq!(rule("copy"), "guarded\n");
        assert!(!dir.join("copy/left-behind").exists());
        fs::remove_dir_all(&dir).unwrap();
    }
}

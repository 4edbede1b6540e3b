//! `cargo xtask node`: checks and tests everything that is TypeScript, with Node
//! where it is there. Where it is not, what is skipped is said, and nothing
//! fails: a change of the program can be made without it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
};

use anyhow::{anyhow, bail, ensure, Context, Result};
use sha2::{Digest, Sha256};

use crate::{
    bins, build, localnet,
    network::Network,
    process::{self, Command},
    progress::Steps,
    workspace::Workspace,
};

/// A package of the tree. The others link to the first one's build.
struct Package {
    /// What steps call it.
    name: &'static str,
    /// Where it is.
    directory: &'static str,
    /// npm scripts that must pass before its tests; they compile these too.
    checks: &'static [&'static str],
    /// Test files at a time: a browser and a chain each are enough for two
    /// processors.
    concurrency: &'static str,
}

const PACKAGES: [Package; 3] = [
    Package {
        name: "the TypeScript client",
        directory: "clients/ts",
        checks: &["generate:check", "format:check", "build:dev"],
        concurrency: "2",
    },
    Package {
        name: "the migrations",
        directory: "migrations",
        checks: &["format:check", "build:dev"],
        concurrency: "4",
    },
    Package {
        name: "the auction page",
        directory: "clients/web",
        checks: &["format:check", "build"],
        concurrency: "1",
    },
];

/// How many steps [`steps`] takes.
pub const STEPS: usize = PACKAGES.len() + 1;

/// Oldest Node that the packages run on.
const OLDEST: (u32, u32) = (20, 19);

/// Runs every step.
pub fn run(workspace: &Workspace) -> Result<()> {
    if let Err(reason) = find() {
        bail!("{reason}");
    }
    build::program(workspace)?;
    let surfnet = localnet::surfnet(workspace)?;
    bins::LOCALNET.compile(workspace)?;
    bins::CLI.compile(workspace)?;
    let passed = steps(workspace, &mut Steps::new(STEPS), &surfnet, &|| Ok(0))?;
    println!("{passed} passed, 0 failed");
    Ok(())
}

/// More tests that spend their time waiting; they say how many passed.
pub type Beside<'a> = &'a (dyn Fn() -> Result<usize> + Sync);

/// The steps, as part of a longer list, with the tests `beside` them in the
/// last. Returns how many tests passed. Where Node is not there, that is said,
/// and `beside` is all. Program, local chain (`surfnet`), local network and
/// command line program must be built.
pub fn steps(
    workspace: &Workspace,
    steps: &mut Steps,
    surfnet: &Path,
    beside: Beside<'_>,
) -> Result<usize> {
    if let Err(reason) = find() {
        eprintln!("      skipped: everything in TypeScript, because {reason}");
        PACKAGES.iter().for_each(|_| steps.skip());
        return steps.run("tests on the local chain", "about a minute", beside);
    }
    for package in &PACKAGES {
        steps.run(
            &format!("packages, format and types of {}", package.name),
            "about 40 s the first time",
            || package.check(workspace),
        )?;
    }
    steps.run(
        "tests on the local chain, and in TypeScript",
        "about 2 min",
        || all_tests(workspace, surfnet, beside),
    )
}

/// All of them at the same time: most of it is waiting, for blocks and pages.
fn all_tests(workspace: &Workspace, surfnet: &Path, beside: Beside<'_>) -> Result<usize> {
    thread::scope(|scope| {
        let packages = PACKAGES.iter();
        let running: Vec<_> = packages
            .map(|package| scope.spawn(move || package.test(workspace, surfnet)))
            .chain([scope.spawn(beside)])
            .collect();
        let mut passed = 0;
        for tests in running {
            let tests = tests.join().map_err(|_| anyhow!("a thread panicked"))?;
            passed += tests?;
        }
        Ok(passed)
    })
}

/// Passes if Node and npm are there; says why not otherwise.
fn find() -> std::result::Result<(), String> {
    let version = |program: &str| {
        process::run_captured(Command::new(program).arg("--version"))
            .map_err(|_| format!("`{program}` is not on the PATH"))
    };
    let node = version("node")?;
    version("npm")?;
    if parse_version(&node).is_none_or(|found| found < OLDEST) {
        let (major, minor) = OLDEST;
        return Err(format!(
            "Node is {}, and {major}.{minor} is the oldest that will do",
            node.trim()
        ));
    }
    Ok(())
}

/// `(20, 18)` of `v20.18.1`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

impl Package {
    fn directory(&self, workspace: &Workspace) -> PathBuf {
        workspace.root().join(self.directory)
    }

    fn npm(&self, workspace: &Workspace) -> Command {
        let mut npm = Command::new("npm");
        npm.current_dir(self.directory(workspace))
            .env("npm_config_cache", workspace.cache().join("npm"))
            .env("npm_config_update_notifier", "false");
        npm
    }

    fn check(&self, workspace: &Workspace) -> Result<()> {
        self.install(workspace)?;
        for script in self.checks {
            process::run(self.npm(workspace).args(["run", "--silent", script]))?;
        }
        Ok(())
    }

    /// Installs what the lock file names, unless it is there already. No
    /// package's own script is run.
    fn install(&self, workspace: &Workspace) -> Result<()> {
        let directory = self.directory(workspace);
        let lock = directory.join("package-lock.json");
        let bytes = fs::read(&lock).with_context(|| format!("{}", lock.display()))?;
        let wanted = format!("{:x?}", Sha256::digest(&bytes).as_slice());
        let stamp = directory.join("node_modules/.backstop-stamp");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        process::run(self.npm(workspace).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--loglevel",
            "error",
        ]))?;
        fs::write(&stamp, wanted).with_context(|| format!("{}", stamp.display()))
    }

    /// Runs the tests on a network of their own and shows what they print if
    /// one fails; returns how many passed.
    fn test(&self, workspace: &Workspace, surfnet: &Path) -> Result<usize> {
        let directory = self.directory(workspace);
        let network = Network::start(workspace, surfnet, &self.directory.replace('/', "-"))?;
        let output = Command::new("node")
            .current_dir(&directory)
            .args(["--test", "--test-reporter=tap"])
            .arg(format!("--test-concurrency={}", self.concurrency))
            .args(compiled_tests(&directory)?)
            .env("BACKSTOP_SO", workspace.program())
            .env("BACKSTOP_SURFNET", surfnet)
            .env("BACKSTOP_CLI", bins::CLI.path(workspace)?)
            .env("BACKSTOP_LOCALNET", network.directory())
            .env("BACKSTOP_LOCALNET_BIN", bins::LOCALNET.path(workspace)?)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start node")?;
        let report = String::from_utf8_lossy(&output.stdout);
        eprintln!("      {}: {}", self.name, summary(&report));
        if !output.status.success() {
            eprintln!("{report}");
            bail!("a test of {} failed: see above", self.name);
        }
        for line in report.lines().filter(|line| line.contains("# SKIP")) {
            eprintln!("      skipped: {}", line.trim());
        }
        let passed = count(&report, "# pass ").context("node reported no count of tests")?;
        ensure!(passed > 0, "node ran no test at all");
        Ok(passed)
    }
}

fn compiled_tests(directory: &Path) -> Result<Vec<PathBuf>> {
    let compiled = directory.join(".dev/test");
    let mut tests = Vec::new();
    for entry in fs::read_dir(&compiled).with_context(|| format!("{}", compiled.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.js") {
            tests.push(path);
        }
    }
    tests.sort();
    Ok(tests)
}

/// What passed, failed and was skipped, in words.
fn summary(report: &str) -> String {
    let of = |label: &str| count(report, label).unwrap_or(0);
    format!(
        "{} passed, {} failed, {} skipped",
        of("# pass "),
        of("# fail "),
        of("# skipped ")
    )
}

/// The number in the last line that begins with `label`.
fn count(report: &str, label: &str) -> Option<usize> {
    report
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(label)?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(parse_version("v20.18.1\n"), Some((20, 18)));
        assert!(parse_version("v9.99.0") < Some(OLDEST));
        assert!(parse_version("v100.0.0") > Some(OLDEST));
        assert_eq!(parse_version("banana"), None);
    }

    #[test]
    fn the_count_is_taken_from_the_summary() {
        let report = "ok 1 - # pass 7\n# tests 3\n# pass 2\n# fail 0\n# skipped 1\n";
        assert_eq!(count(report, "# pass "), Some(2));
        assert_eq!(count(report, "# skipped "), Some(1));
        assert_eq!(count("", "# pass "), None);
    }
}

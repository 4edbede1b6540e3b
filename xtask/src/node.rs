//! `cargo xtask node`: checks and tests the TypeScript client, with Node where it
//! is there. Where it is not, what is skipped is said, and nothing fails: a
//! change of the program can be made without it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure, Context, Result};
use sha2::{Digest, Sha256};

use crate::{
    bins, build, localnet,
    process::{self, Command},
    progress::Steps,
    workspace::Workspace,
};

/// How many steps [`steps`] takes.
pub const STEPS: usize = 4;

/// Oldest Node that the client's one dependency runs on.
const OLDEST: (u32, u32) = (20, 18);

/// How long the local network may take to start.
const STARTING: Duration = Duration::from_secs(60);

/// Runs every step; with a local network for the tests over JSON-RPC if asked.
pub fn run(workspace: &Workspace, with_network: bool) -> Result<()> {
    if let Err(reason) = find() {
        bail!("{reason}");
    }
    build::program(workspace)?;
    let network = if with_network {
        Some(Network::start(workspace)?)
    } else {
        None
    };
    let passed = steps(workspace, &mut Steps::new(STEPS), network.as_ref())?;
    println!("{passed} passed, 0 failed");
    Ok(())
}

/// The steps, as part of a longer list. Returns how many tests passed; none,
/// after saying so, where Node is not there. The program must be built.
pub fn steps(workspace: &Workspace, steps: &mut Steps, network: Option<&Network>) -> Result<usize> {
    if let Err(reason) = find() {
        eprintln!("      skipped: everything of the TypeScript client, because {reason}");
        (0..STEPS).for_each(|_| steps.skip());
        return Ok(0);
    }
    steps.run(
        "packages of the TypeScript client",
        "about 20 s the first time",
        || install(workspace),
    )?;
    steps.run("its generated code is current", "a few seconds", || {
        process::run(npm(workspace).args(["run", "--silent", "generate:check"]))
    })?;
    steps.run("its format and its types", "about 20 s", || {
        process::run(npm(workspace).args(["run", "--silent", "format:check"]))?;
        process::run(npm(workspace).args(["run", "--silent", "build:dev"]))
    })?;
    steps.run("its tests", "about half a minute", || {
        test(workspace, network)
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

fn directory(workspace: &Workspace) -> PathBuf {
    workspace.root().join("clients/ts")
}

fn npm(workspace: &Workspace) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(directory(workspace))
        .env("npm_config_cache", workspace.cache().join("npm"))
        .env("npm_config_update_notifier", "false");
    npm
}

/// Installs what the lock file names, unless it is there already. No package's
/// own script is run.
fn install(workspace: &Workspace) -> Result<()> {
    let directory = directory(workspace);
    let lock = directory.join("package-lock.json");
    let bytes = fs::read(&lock).with_context(|| format!("{}", lock.display()))?;
    let wanted = format!("{:x?}", Sha256::digest(&bytes).as_slice());
    let stamp = directory.join("node_modules/.backstop-stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    process::run(npm(workspace).args([
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

/// Runs the tests and shows what they print; returns how many passed.
fn test(workspace: &Workspace, network: Option<&Network>) -> Result<usize> {
    let directory = directory(workspace);
    let mut node = Command::new("node");
    node.current_dir(&directory)
        .args(["--test", "--test-reporter=tap"])
        .args(compiled_tests(&directory)?)
        .env("BACKSTOP_SO", workspace.program())
        .stderr(Stdio::inherit());
    if let Some(network) = network {
        node.env("BACKSTOP_LOCALNET", &network.directory)
            .env("BACKSTOP_LOCALNET_BIN", &network.binary);
    }
    let output = node
        .stdin(Stdio::null())
        .output()
        .context("cannot start node")?;
    let report = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        eprintln!("{report}");
        bail!("a test of the TypeScript client failed: see above");
    }
    for line in report.lines().filter(|line| line.contains("# SKIP")) {
        eprintln!("      skipped: {}", line.trim());
    }
    let passed = count(&report, "# pass ").context("node reported no count of tests")?;
    ensure!(passed > 0, "node ran no test at all");
    Ok(passed)
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

/// The number in the last line that begins with `label`.
fn count(report: &str, label: &str) -> Option<usize> {
    report
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(label)?.trim().parse().ok())
}

/// A local network that runs as long as this value lives.
pub struct Network {
    directory: PathBuf,
    binary: PathBuf,
    child: Child,
}

impl Network {
    /// Compiles what is missing and starts one, on ports that are free.
    pub fn start(workspace: &Workspace) -> Result<Self> {
        let surfnet = localnet::surfnet(workspace)?;
        bins::LOCALNET.compile(workspace)?;
        let directory = std::env::temp_dir().join(format!("backstop-node-{}", std::process::id()));
        let mut command = bins::LOCALNET.command(workspace)?;
        let binary = PathBuf::from(command.get_program());
        let child = command
            .arg("--dir")
            .arg(&directory)
            .args(["up", "--rpc-port", "0"])
            .env("BACKSTOP_SURFNET", surfnet)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start the local network")?;
        let mut network = Self {
            directory,
            binary,
            child,
        };
        network.wait()?;
        Ok(network)
    }

    fn wait(&mut self) -> Result<()> {
        let started = Instant::now();
        while !self.directory.join("localnet.json").exists() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the local network ended with {status}: see above");
            }
            ensure!(
                started.elapsed() < STARTING,
                "the local network is not ready after {STARTING:?}"
            );
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }
}

impl Drop for Network {
    /// Asks it to end, so that it ends the chain too.
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status();
        if asked.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
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

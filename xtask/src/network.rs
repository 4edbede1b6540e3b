//! A local network for tests in other languages.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure, Context, Result};

use crate::{bins, workspace::Workspace};

/// How long it may take to start.
const STARTING: Duration = Duration::from_secs(60);

/// A local network that runs as long as this value lives.
pub struct Network {
    directory: PathBuf,
    child: Child,
}

impl Network {
    /// Starts one, on ports that are free.
    pub fn start(workspace: &Workspace, surfnet: &Path, name: &str) -> Result<Self> {
        let name = format!("backstop-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let child = bins::LOCALNET
            .command(workspace)?
            .arg("--dir")
            .arg(&directory)
            .args(["up", "--rpc-port", "0"])
            .env("BACKSTOP_SURFNET", surfnet)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the local network")?;
        let mut network = Self { directory, child };
        network.wait()?;
        Ok(network)
    }

    /// Where its keys and addresses are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn wait(&mut self) -> Result<()> {
        let started = Instant::now();
        while !self.directory.join("localnet.json").exists() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the local network ended with {status}: `cargo xtask localnet` says why");
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

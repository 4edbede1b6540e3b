//! Processes of a scenario: started with their output in a file, and gone when
//! the scenario is.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{ensure, Context, Result};
use tokio::process::{Child, Command};

/// A program that this workspace builds, beside the running test.
///
/// # Errors
/// It is not there, with the command that makes it.
pub fn binary(name: &str) -> Result<PathBuf> {
    let test = env::current_exe()?;
    let profile = test
        .parent()
        .and_then(Path::parent)
        .context("a test lies in target/PROFILE/deps")?;
    let path = profile.join(name);
    ensure!(
        path.is_file(),
        "{} is not there: `cargo xtask test` builds it, or `cargo build --workspace --bins --examples`",
        path.display()
    );
    Ok(path)
}

/// A process that runs beside the scenario.
pub struct Process {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Process {
    /// Starts `command`; what it prints goes to `NAME.log` in `dir`, behind what
    /// an earlier process of that name printed.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(dir: &Path, name: &str, command: &mut Command) -> Result<Self> {
        let log = dir.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            log,
            child,
        })
    }

    /// Kills it as a power cut would: no signal that it could hear.
    ///
    /// # Errors
    /// It had ended by itself.
    pub async fn kill(mut self) -> Result<()> {
        let ended = self.child.try_wait()?;
        ensure!(
            ended.is_none(),
            "{} had ended by itself:\n{}",
            self.name,
            self.tail()
        );
        self.child.kill().await?;
        Ok(())
    }

    /// Fails if it has ended.
    ///
    /// # Errors
    /// It has, with the last lines that it printed.
    pub fn require_running(&mut self) -> Result<()> {
        let ended = self.child.try_wait()?;
        ensure!(
            ended.is_none(),
            "{} ended ({ended:?}):\n{}",
            self.name,
            self.tail()
        );
        Ok(())
    }

    /// The last lines that it printed.
    pub fn tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

/// Runs `command` to its end.
///
/// # Errors
/// It fails, with everything that it printed.
pub async fn run(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().await?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{:?} ended with {}\n{text}\n{}",
        command.as_std().get_program(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(text)
}

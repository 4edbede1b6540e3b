//! The child process that is the chain: `backstop-surfnet`, built from
//! `localnet/` beside this workspace.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{bail, Context, Result};
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// A chain starts in a fraction of a second, on a busy machine in a few.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Ports chosen at random can be taken between choice and use.
const ATTEMPTS: usize = 3;

/// Which ports, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Of JSON-RPC; 0 takes any free one.
    pub rpc_port: u16,
    /// Of the web sockets; the one after JSON-RPC's if not given.
    pub ws_port: Option<u16>,
    /// Between two blocks.
    pub slot_time_ms: u64,
}

impl Default for Settings {
    /// Any ports, and mainnet's slots.
    fn default() -> Self {
        Self {
            rpc_port: 0,
            ws_port: None,
            slot_time_ms: 200,
        }
    }
}

/// A running chain. It ends when this is dropped, and also when this process
/// dies without dropping anything.
#[derive(Debug)]
pub struct Chain {
    child: Child,
    endpoints: Endpoints,
}

#[derive(Debug, Deserialize)]
struct Endpoints {
    rpc_url: String,
    ws_url: String,
}

impl Chain {
    /// Starts `binary` and waits until it answers.
    pub async fn start(binary: &Path, settings: Settings) -> Result<Self> {
        let mut attempt = 1;
        loop {
            match Self::start_once(binary, settings).await {
                Err(_) if settings.rpc_port == 0 && attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn start_once(binary: &Path, settings: Settings) -> Result<Self> {
        let mut command = Command::new(binary);
        command
            .arg("--with-parent")
            .args(["--rpc-port", &settings.rpc_port.to_string()])
            .args(["--slot-time-ms", &settings.slot_time_ms.to_string()]);
        if let Some(port) = settings.ws_port {
            command.args(["--ws-port", &port.to_string()]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C is for this process, which ends the chain in its own time.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| {
                format!(
                    "cannot start {}: build it with `cargo build --locked` in localnet/, or \
                     let `cargo xtask localnet` do it",
                    binary.display()
                )
            })?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(START_TIMEOUT, lines.next_line())
            .await
            .context("the chain did not start in a minute")??;
        let Some(line) = line else {
            let status = child.wait().await?;
            bail!(
                "{} ended before it was ready ({status}): are ports {} and the next one free?",
                binary.display(),
                settings.rpc_port
            );
        };
        let endpoints = serde_json::from_str(&line)
            .with_context(|| format!("{} said `{line}`", binary.display()))?;
        Ok(Self { child, endpoints })
    }

    /// `http://…`
    #[must_use]
    pub fn rpc_url(&self) -> &str {
        &self.endpoints.rpc_url
    }

    /// `ws://…`
    #[must_use]
    pub fn ws_url(&self) -> &str {
        &self.endpoints.ws_url
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> Result<()> {
        // `wait` would close standard input, which ends the chain.
        let input = self.child.stdin.take();
        let status = self.child.wait().await?;
        drop(input);
        bail!("the chain ended by itself ({status})")
    }
}

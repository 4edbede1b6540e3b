//! `backstop-surfnet`: one local chain in memory, with JSON-RPC and web sockets
//! on loopback.
//!
//! It knows nothing of Backstop. What makes a local network of it (the deployed
//! program, actors, mints, prices) is `crates/localnet`, which starts this as a
//! child process and waits for the line of JSON on standard output.

mod chain;

use std::{io::Read, net::TcpListener, process::ExitCode, thread, time::Duration};

use anyhow::{ensure, Context, Result};
use clap::Parser;
use tokio::{
    signal::unix::{signal, SignalKind},
    sync::oneshot,
};

use chain::{Chain, Settings};

/// Longer than closing two servers takes; then the process ends all the same.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs a local chain until it is interrupted.
///
/// Prints {"rpc_url":…,"ws_url":…,"pid":…} on one line of standard output when
/// both answer.
#[derive(Parser)]
#[command(name = "backstop-surfnet", version)]
struct Args {
    /// Port of JSON-RPC on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 8899)]
    rpc_port: u16,
    /// Port of the web sockets [default: the one after --rpc-port]
    #[arg(long)]
    ws_port: Option<u16>,
    /// Milliseconds between blocks; mainnet has 200
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(10..))]
    slot_time_ms: u64,
    /// Ends when standard input closes, which it does when the parent dies
    #[arg(long)]
    with_parent: bool,
}

fn main() -> ExitCode {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(run(&Args::parse())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let orphaned = Orphaned::listen(args.with_parent)?;

    let (rpc_port, ws_port) = ports(args.rpc_port, args.ws_port)?;
    let mut chain = Chain::start(Settings {
        rpc_port,
        ws_port,
        slot_time_ms: args.slot_time_ms,
    })?;
    chain.ready().await?;
    println!(
        "{}",
        serde_json::json!({
            "rpc_url": format!("http://127.0.0.1:{rpc_port}"),
            "ws_url": format!("ws://127.0.0.1:{ws_port}"),
            "pid": std::process::id(),
        })
    );

    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = orphaned.wait() => {}
        failure = chain.failure() => return Err(failure),
    }
    tokio::time::timeout(STOP_TIMEOUT, chain.stop())
        .await
        .context("the servers did not close in time")?
}

/// Chooses what was left open. The web sockets follow JSON-RPC, where clients
/// look for them, unless the port after it is taken and nobody asked for it.
fn ports(rpc: u16, ws: Option<u16>) -> Result<(u16, u16)> {
    if rpc != 0 {
        let ws = match ws {
            Some(0) => free(0)?,
            Some(port) => port,
            None => rpc.checked_add(1).context("no port follows 65535")?,
        };
        ensure!(ws != rpc, "--ws-port must differ from --rpc-port");
        return Ok((rpc, ws));
    }
    const ATTEMPTS: usize = 64;
    for _ in 0..ATTEMPTS {
        let rpc = free(0)?;
        match ws {
            Some(0) | None => {
                if let Some(ws) = rpc.checked_add(1).and_then(|next| free(next).ok()) {
                    return Ok((rpc, ws));
                }
            }
            Some(ws) if ws != rpc => return Ok((rpc, ws)),
            Some(_) => {}
        }
    }
    anyhow::bail!("found no two free ports in a row in {ATTEMPTS} attempts")
}

/// A port that is free now; 0 lets the system choose.
fn free(port: u16) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("port {port} is not free"))?;
    Ok(listener.local_addr()?.port())
}

/// Resolves when standard input closes.
struct Orphaned(Option<oneshot::Receiver<()>>);

impl Orphaned {
    /// Listens if that was asked for. Reading blocks, and a runtime waits for a
    /// blocking task when it ends: a thread does it.
    fn listen(asked: bool) -> Result<Self> {
        if !asked {
            return Ok(Self(None));
        }
        let (closed, wait) = oneshot::channel();
        thread::Builder::new()
            .name("parent".into())
            .spawn(move || {
                let mut ignored = [0; 64];
                while matches!(std::io::stdin().read(&mut ignored), Ok(1..)) {}
                let _ = closed.send(());
            })?;
        Ok(Self(Some(wait)))
    }

    async fn wait(self) {
        match self.0 {
            Some(wait) => drop(wait.await),
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_sockets_follow_json_rpc() {
        assert_eq!(ports(8899, None).unwrap(), (8899, 8900));
        assert_eq!(ports(8899, Some(7000)).unwrap(), (8899, 7000));
        let (rpc, ws) = ports(0, None).unwrap();
        assert_eq!(ws, rpc + 1);
    }

    #[test]
    fn impossible_ports_are_refused() {
        assert!(ports(u16::MAX, None).is_err());
        assert!(ports(7000, Some(7000)).is_err());
    }
}

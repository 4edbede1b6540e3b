//! Starts Surfpool's run loop on a thread of its own and hears what it says.

use std::thread;

use anyhow::{anyhow, bail, Context, Result};
use crossbeam_channel::{unbounded, Receiver, Sender};
use surfpool_core::surfnet::svm::{SurfnetSvm, SurfnetSvmConfig};
use surfpool_types::{
    BlockProductionMode, RpcConfig, SimnetCommand, SimnetConfig, SimnetEvent, SurfpoolConfig,
};
use tokio::sync::watch;

/// What the chain is asked to be.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Port of JSON-RPC.
    pub rpc_port: u16,
    /// Port of the web sockets.
    pub ws_port: u16,
    /// Real time between two blocks, and what each adds to the chain's clock.
    pub slot_time_ms: u64,
}

/// A running chain.
pub struct Chain {
    commands: Sender<SimnetCommand>,
    state: watch::Receiver<State>,
}

/// How far the run loop has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Starting,
    Ready,
    /// How many of the two servers have closed.
    Closing(u8),
    /// It ended, for this reason if it was not asked to.
    Ended(Option<String>),
}

/// JSON-RPC and web sockets.
const SERVERS: u8 = 2;

impl Chain {
    /// Starts a chain without a past and without a remote to copy from.
    pub fn start(settings: Settings) -> Result<Self> {
        let simnet = SimnetConfig {
            offline_mode: true,
            remote_rpc_url: None,
            slot_time: settings.slot_time_ms,
            block_production_mode: BlockProductionMode::Clock,
            instruction_profiling_enabled: false,
            max_profiles: 1,
            ..SimnetConfig::default()
        };
        let (svm, events, geyser_events) = SurfnetSvm::new(SurfnetSvmConfig {
            surfnet_id: simnet.surfnet_id.clone(),
            slot_time: simnet.slot_time,
            instruction_profiling_enabled: simnet.instruction_profiling_enabled,
            max_profiles: simnet.max_profiles,
            log_bytes_limit: simnet.log_bytes_limit,
            ..SurfnetSvmConfig::default()
        })
        .map_err(|error| anyhow!("the virtual machine does not start: {error}"))?;
        let config = SurfpoolConfig {
            simnets: vec![simnet],
            rpc: RpcConfig {
                bind_host: "127.0.0.1".into(),
                bind_port: settings.rpc_port,
                ws_port: settings.ws_port,
                ..RpcConfig::default()
            },
            ..SurfpoolConfig::default()
        };

        let (commands, received) = unbounded();
        let (report, state) = watch::channel(State::Starting);
        let ended = report.clone();
        let for_the_loop = commands.clone();
        thread::Builder::new().name("chain".into()).spawn(move || {
            let outcome = run_loop(svm, config, for_the_loop, received, geyser_events);
            if let Err(error) = outcome {
                ended.send_replace(State::Ended(Some(format!("{error:#}"))));
            }
        })?;
        // Some events wait for room in a bounded channel: unheard, they would
        // stop the chain.
        thread::Builder::new()
            .name("events".into())
            .spawn(move || listen(&events, &report))?;
        Ok(Self { commands, state })
    }

    /// Waits until both servers answer.
    pub async fn ready(&mut self) -> Result<()> {
        let state = self
            .state
            .wait_for(|state| *state != State::Starting)
            .await
            .context("the chain ended without a word")?;
        match &*state {
            State::Ended(Some(reason)) => bail!("the chain does not start: {reason}"),
            State::Ended(None) | State::Closing(_) => bail!("the chain ended while it started"),
            State::Ready | State::Starting => Ok(()),
        }
    }

    /// Waits for an end that nobody asked for.
    pub async fn failure(&mut self) -> anyhow::Error {
        match self
            .state
            .wait_for(|state| matches!(state, State::Ended(_)))
            .await
        {
            Ok(state) => match &*state {
                State::Ended(Some(reason)) => anyhow!("the chain stopped: {reason}"),
                _ => anyhow!("the chain stopped"),
            },
            Err(_) => anyhow!("the chain stopped without a word"),
        }
    }

    /// Closes both servers and waits until their ports are free again.
    pub async fn stop(mut self) -> Result<()> {
        self.commands
            .send(SimnetCommand::Terminate(None))
            .map_err(|_| anyhow!("the chain no longer listens"))?;
        self.state
            .wait_for(|state| matches!(state, State::Closing(SERVERS) | State::Ended(_)))
            .await
            .context("the chain ended without closing its ports")?;
        Ok(())
    }
}

fn run_loop(
    svm: SurfnetSvm,
    config: SurfpoolConfig,
    commands: Sender<SimnetCommand>,
    received: Receiver<SimnetCommand>,
    geyser_events: Receiver<surfpool_core::surfnet::GeyserEvent>,
) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(surfpool_core::start_local_surfnet(
            svm,
            config,
            commands,
            received,
            geyser_events,
        ))
        .map_err(|error| anyhow!("{error}"))
}

fn listen(events: &Receiver<SimnetEvent>, report: &watch::Sender<State>) {
    for event in events {
        match event {
            SimnetEvent::CoreStarted(_) => {
                report.send_replace(State::Ready);
            }
            SimnetEvent::Aborted(reason) => {
                report.send_replace(State::Ended(Some(reason)));
            }
            SimnetEvent::Shutdown => report.send_modify(|state| {
                *state = State::Closing(match state {
                    State::Closing(closed) => closed.saturating_add(1),
                    _ => 1,
                });
            }),
            SimnetEvent::ErrorLog(_, message) => eprintln!("surfpool: {message}"),
            _ => {}
        }
    }
    report.send_if_modified(|state| {
        let running = !matches!(state, State::Ended(_));
        if running {
            *state = State::Ended(None);
        }
        running
    });
}

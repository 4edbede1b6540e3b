//! The loop: see, decide, look again, act.
//!
//! Nothing on disk matters to it and nothing in memory is needed after it: a
//! keeper may be killed at any moment and started anew, or run twice. What it
//! must not do twice at a time is held by leases; what another one did first,
//! the program says.

mod round;
mod start;
mod stop;

pub use start::run;

use std::{
    collections::{BTreeSet, HashMap},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use backstop_engine::{price::Price, units::Atoms};
use futures_util::FutureExt as _;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::MissedTickBehavior,
};

use crate::{
    config::Config,
    decide::Key,
    http::Health,
    metrics,
    rpc::Pool,
    send::{Executor, Leases, Outcome, Wallet},
    watch::{subscribe, Hint, Snapshot, Tracker},
};

/// Least pause between two rounds that hints ask for.
const HASTE: Duration = Duration::from_millis(100);
/// Least pause between two snapshots, however much one is wanted.
const SNAPSHOT_PAUSE: Duration = Duration::from_secs(5);
/// Pause between two looks whether an account of the keeper is missing.
const OPEN_PAUSE: Duration = Duration::from_secs(2);
/// Hints that may wait in the channel.
const HINTS: usize = 4_096;
/// A lease outlives the work that it is for by so much.
const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// What came of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Transactions that landed, or would have in a dry run.
    pub done: u64,
    /// Outcomes that an operator should know of.
    pub trouble: u64,
    /// Rounds that saw the market.
    pub rounds: u64,
}

/// A keeper of one market.
pub struct Keeper {
    config: Config,
    owner: Pubkey,
    pool: Arc<Pool>,
    rpc: Arc<RpcClient>,
    executor: Arc<Executor>,
    tracker: Tracker,
    wallet: Wallet,
    leases: Leases<Key>,
    spending: HashMap<Key, (Pubkey, Atoms)>,
    in_flight: JoinSet<(Key, Outcome)>,
    reading: Option<JoinHandle<Result<Snapshot, backstop_client::ClientError>>>,
    read_at: Option<Instant>,
    /// When the keeper's accounts are looked for, and opened where missing.
    opens_at: Instant,
    watched: BTreeSet<Pubkey>,
    listening: Option<JoinHandle<()>>,
    hints: (mpsc::Sender<Hint>, mpsc::Receiver<Hint>),
    health: Arc<Health>,
    summary: Summary,
}

impl Keeper {
    /// Follows the chain and acts until `stop` says true, or for one round.
    pub async fn follow(&mut self, mut stop: watch::Receiver<bool>) -> Summary {
        let probing = self.probe();
        let mut ticks = tokio::time::interval(self.config.watch.poll);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_round = Instant::now();
        let mut is_hasty = false;
        loop {
            self.health.tick();
            let haste = HASTE.saturating_sub(last_round.elapsed());
            let mut is_due = false;
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                Some(ended) = self.in_flight.join_next() => self.finish(ended),
                Some(hint) = self.hints.1.recv() => {
                    is_hasty |= hint == Hint::View;
                    self.hear(hint);
                }
                _ = tokio::time::sleep(haste), if is_hasty => is_due = true,
                _ = ticks.tick() => is_due = true,
            }
            if !is_due {
                continue;
            }
            (is_hasty, last_round) = (false, Instant::now());
            // A stop must not wait for endpoints that do not answer. A round may
            // be left at any point: what it has launched goes on by itself.
            let saw = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                saw = AssertUnwindSafe(self.round()).catch_unwind() => saw,
            };
            match saw {
                Ok(Ok(true)) if self.config.run.once => break,
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "this round saw nothing"),
                Err(_) => self.start_over(),
            }
        }
        probing.abort();
        self.finish_in_flight().await;
        self.summary
    }

    /// Forgets what it knows of the chain. Numbers that an endpoint made up may
    /// break arithmetic somewhere; they must not end the keeper.
    fn start_over(&mut self) {
        tracing::error!("this round broke: everything is read anew");
        self.summary.trouble += 1;
        self.tracker = Tracker::new(self.config.market, self.config.oracles.clone());
        if let Some(reading) = self.reading.take() {
            reading.abort();
        }
    }

    /// Takes a hint to heart.
    fn hear(&mut self, hint: Hint) {
        if let Hint::Obligation(key) = hint {
            if !self.tracker.book.hint(key) {
                metrics::hint("dropped");
            }
        }
    }

    /// Asks the endpoints for their slots, for ever.
    fn probe(&self) -> JoinHandle<()> {
        let (pool, health) = (Arc::clone(&self.pool), Arc::clone(&self.health));
        let pause = self.config.watch.probe;
        tokio::spawn(async move {
            loop {
                pool.probe().await;
                health.endpoints(pool.healthy());
                metrics::rpc(pool.healthy(), pool.head());
                tokio::time::sleep(pause).await;
            }
        })
    }

    /// Subscribes anew if the accounts to be watched have changed.
    fn listen(&mut self) {
        let Some((stored, _)) = self.tracker.views() else {
            return;
        };
        let mut watched: BTreeSet<Pubkey> = stored.keys.oracle.into_iter().collect();
        for bank in &stored.banks {
            watched.insert(bank.keys.bank);
            watched.insert(bank.keys.oracle);
        }
        let urls = self.config.watch.web_sockets.clone();
        if urls.is_empty() || self.config.run.once || watched == self.watched {
            return;
        }
        if let Some(listening) = self.listening.take() {
            listening.abort();
        }
        let accounts = watched.iter().copied().collect();
        self.watched = watched;
        self.listening = Some(tokio::spawn(subscribe(
            urls,
            self.config.market,
            accounts,
            self.config.pool.commitment,
            self.hints.0.clone(),
        )));
    }

    /// The price that fees are valued at.
    fn sol_price(&self) -> Option<Price> {
        let fees = &self.config.fees;
        let view = self.tracker.views().map(|(_, view)| view);
        view.and_then(|view| {
            let bank = view.bank_of_mint(&fees.sol_mint)?;
            bank.is_priced(view.slot).then(|| bank.bank.asset().price)
        })
        .or(fees.sol_price)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
        }
        if let Some(reading) = self.reading.take() {
            reading.abort();
        }
    }
}

fn owner_of(keypair: &Keypair) -> Pubkey {
    use solana_signer::Signer as _;
    keypair.pubkey()
}

#[cfg(test)]
mod tests;

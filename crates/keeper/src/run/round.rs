//! One round.

use std::{collections::BTreeSet, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use backstop_client::ClientError;
use backstop_engine::units::Atoms;
use futures_util::FutureExt as _;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::client_error::{Error as RpcError, ErrorKind};
use tracing::Instrument as _;

use super::{Keeper, LEASE_MARGIN, OPEN_PAUSE, SNAPSHOT_PAUSE};
use crate::{
    clock::unix_now,
    decide::{decide, Action, Key, Own, Situation, Step},
    metrics,
    send::{sweeps, variants, Executor, Job, Outcome, Wallet},
    watch::Snapshot,
};

impl Keeper {
    /// Sees, decides, looks again, acts. False while the market was not read
    /// yet.
    pub(super) async fn round(&mut self) -> Result<bool, ClientError> {
        metrics::round(u64::try_from(unix_now()).unwrap_or(0));
        self.snapshot().await?;
        if self.tracker.views().is_none() {
            return Ok(false);
        }
        let start = Instant::now();
        self.tracker.catch_up(&self.rpc).await?;
        self.tracker.poll(&self.rpc).await?;
        self.look_at_wallet().await?;
        metrics::poll(start.elapsed());
        self.open_accounts().await;
        self.health.viewed();
        self.report_figures();
        self.listen();

        let start = Instant::now();
        let subjects = obligations(&self.decisions());
        let read = self.tracker.read(&self.rpc, subjects).await?;
        let jobs = self.jobs(&read);
        metrics::decision(start.elapsed());
        self.launch(jobs);
        self.leases.prune(Instant::now());
        self.summary.rounds += 1;
        Ok(true)
    }

    /// Begins reading everything when it is time, and takes in what was read.
    async fn snapshot(&mut self) -> Result<(), ClientError> {
        let is_first = self.tracker.views().is_none();
        if self.reading.is_none() {
            let pause = if self.tracker.wants_snapshot() {
                SNAPSHOT_PAUSE
            } else {
                self.config.watch.reconcile
            };
            let is_due = self.read_at.is_none_or(|at| at.elapsed() >= pause);
            if is_first || is_due {
                let (rpc, market) = (Arc::clone(&self.rpc), self.config.market);
                self.tracker.book.begin();
                self.reading = Some(tokio::spawn(
                    async move { Snapshot::read(&rpc, market).await },
                ));
            }
        }
        let Some(reading) = self.reading.as_mut() else {
            return Ok(());
        };
        // Without anything to look at there is nothing else to do than to wait.
        if !is_first && !reading.is_finished() {
            return Ok(());
        }
        let read = reading.await;
        self.reading = None;
        self.read_at = Some(Instant::now());
        let restarted = match read {
            Ok(Ok(snapshot)) => self.tracker.restart(&self.rpc, snapshot).await,
            Ok(Err(error)) => Err(error),
            // The client library panics at some false answers.
            Err(error) => Err(RpcError::from(ErrorKind::Custom(error.to_string())).into()),
        };
        match restarted {
            Ok(()) => {
                self.health.completed();
                Ok(())
            }
            Err(error) => {
                self.tracker.book.abandon();
                if is_first {
                    return Err(error);
                }
                tracing::warn!(%error, "not everything could be read: the old picture stays");
                Ok(())
            }
        }
    }

    /// Opens the keeper's accounts where they are missing: at the start, when a
    /// bank is new, and soon again after a failure or a false answer, for
    /// without them nothing can be liquidated.
    async fn open_accounts(&mut self) {
        let settings = self.config.wallet;
        if !settings.open_accounts || self.config.run.dry_run || self.executor.is_killed() {
            return;
        }
        if Instant::now() < self.opens_at {
            return;
        }
        let Some((view, _)) = self.tracker.views() else {
            return;
        };
        let Executor {
            assembler, keypair, ..
        } = &*self.executor;
        let index = settings.obligation_index;
        let opening = self
            .wallet
            .open_missing(&self.rpc, view, assembler, keypair, index);
        let opened = tokio::time::timeout(self.config.run.give_up, opening).await;
        self.opens_at = Instant::now() + OPEN_PAUSE;
        match opened {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the keeper's accounts could not be opened"),
            Err(_) => tracing::warn!("the keeper's accounts could not be opened in time"),
        }
    }

    async fn look_at_wallet(&mut self) -> Result<(), ClientError> {
        if let Some((view, _)) = self.tracker.views() {
            let index = self.config.wallet.obligation_index;
            self.wallet = Wallet::read(&self.rpc, view, self.owner, index).await?;
            self.health.lamports(self.wallet.lamports);
        }
        Ok(())
    }

    /// What the keeper owns, less what is being spent.
    pub(super) fn own(&self) -> Own {
        let mut own = self.wallet.own.clone();
        for (mint, atoms) in self.spending.values() {
            if let Some(balance) = own.wallet.get_mut(mint) {
                *balance = Atoms(balance.0.saturating_sub(atoms.0));
            }
        }
        own
    }

    fn decisions(&self) -> Vec<Action> {
        let (own, busy) = (self.own(), self.busy());
        self.situation(&own, &busy)
            .map(|situation| decide(&situation))
            .unwrap_or_default()
    }

    fn busy(&self) -> BTreeSet<Key> {
        self.leases.held(Instant::now()).collect()
    }

    fn situation<'a>(&'a self, own: &'a Own, busy: &'a BTreeSet<Key>) -> Option<Situation<'a>> {
        let (stored, view) = self.tracker.views()?;
        Some(Situation {
            stored,
            view,
            index: self.tracker.index(),
            own,
            policy: &self.config.policy,
            busy,
            round: self.summary.rounds,
        })
    }

    /// What to send: decided once more on obligations that were just read, so
    /// that nothing that was missed or made up leads to a transaction.
    fn jobs(&self, read: &[Pubkey]) -> Vec<Job> {
        let (own, busy) = (self.own(), self.busy());
        let Some(situation) = self.situation(&own, &busy) else {
            return Vec::new();
        };
        let read: BTreeSet<&Pubkey> = read.iter().collect();
        let withdraws = self.config.wallet.withdraw_collateral;
        let mut jobs = Vec::new();
        for action in decide(&situation) {
            if obligation_of(&action.step).is_some_and(|key| !read.contains(&key)) {
                continue;
            }
            match variants(&situation, self.owner, &action, withdraws) {
                Ok(variants) => jobs.push(Job {
                    key: action.key,
                    variants,
                    worth: action.income,
                    income: action.income,
                    outlay: action.outlay,
                }),
                Err(error) => tracing::warn!(
                    task = action.key.task.name(), obligation = crate::log::obligation(&action.key), bank = crate::log::bank(&action.key), %error,
                    "left out"
                ),
            }
        }
        if withdraws {
            jobs.extend(sweeps(&situation, self.owner));
        }
        jobs
    }

    /// Launches what is not under way, does not rest, and fits.
    fn launch(&mut self, jobs: Vec<Job>) {
        let is_killed = self.executor.is_killed();
        metrics::paused(is_killed);
        let is_poor = self.wallet.lamports < self.config.wallet.min_lamports;
        if (is_killed || is_poor) && !self.config.run.dry_run {
            if !jobs.is_empty() {
                let reason = if is_killed {
                    "the kill switch file is there"
                } else {
                    "too few lamports"
                };
                tracing::warn!(reason, jobs = jobs.len(), "nothing is sent");
            }
            return;
        }
        let sol = self.sol_price();
        let time = self.config.run.give_up + LEASE_MARGIN;
        for job in jobs {
            if self.in_flight.len() >= self.config.run.most_in_flight {
                break;
            }
            let fits = job.outlay.is_none_or(|(mint, atoms)| {
                // What was launched before is taken off already.
                let balance = self.own().wallet.get(&mint).copied();
                atoms <= balance.unwrap_or_default()
            });
            if !fits || !self.leases.take(job.key, time, Instant::now()) {
                continue;
            }
            metrics::action(job.key.task);
            if let Some(outlay) = job.outlay {
                self.spending.insert(job.key, outlay);
            }
            let executor = Arc::clone(&self.executor);
            let key = job.key;
            let work = async move {
                // The client library panics at some false answers.
                let outcome = AssertUnwindSafe(executor.run(job, sol)).catch_unwind();
                (key, outcome.await.unwrap_or(Outcome::Broken))
            };
            self.in_flight.spawn(work.in_current_span());
        }
    }

    fn report_figures(&self) {
        let Some((stored, view)) = self.tracker.views() else {
            return;
        };
        for bank in &stored.banks {
            let ledger = bank.bank.ledger.get();
            let age = bank.price.as_ref().map(|price| {
                let age = view.now.saturating_sub(price.observation.published.0);
                u64::try_from(age).unwrap_or(0)
            });
            metrics::bank(&metrics::BankFigures {
                bank: bank.keys.bank,
                oracle_age: age,
                insurance: ledger.insurance.0,
                deficit: ledger.deficit.0,
                on_auction: ledger.on_auction.0,
            });
        }
        let cap = self.config.loss_cap.0;
        let lost = self.executor.cap().lost(unix_now()).0;
        let used = lost.saturating_mul(1_000).checked_div(cap).unwrap_or(1_000);
        metrics::loss_cap(u64::try_from(used).unwrap_or(u64::MAX));
    }
}

fn obligation_of(step: &Step) -> Option<Pubkey> {
    match step {
        Step::Liquidate { obligation, .. } | Step::WriteOff { obligation, .. } => Some(*obligation),
        _ => None,
    }
}

/// The obligations that actions are about, each once.
fn obligations(actions: &[Action]) -> Vec<Pubkey> {
    let all: BTreeSet<Pubkey> = actions
        .iter()
        .filter_map(|a| obligation_of(&a.step))
        .collect();
    all.into_iter().collect()
}

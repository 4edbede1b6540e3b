//! The end: of a job, and of the keeper.

use std::time::Instant;

use tokio::{signal, sync::watch, task::JoinError};

use super::Keeper;
use crate::{decide::Key, metrics, send::Outcome};

impl Keeper {
    /// Takes note of how a job ended.
    pub(super) fn finish(&mut self, ended: Result<(Key, Outcome), JoinError>) {
        let (key, outcome) = match ended {
            Ok(ended) => ended,
            // Aborted at the end: nothing is left to be done about it.
            Err(_) => return,
        };
        self.spending.remove(&key);
        self.leases.give_back(key, outcome.rest(), Instant::now());
        metrics::transaction(key.task, outcome.label());
        if matches!(outcome, Outcome::Landed | Outcome::Simulated) {
            self.summary.done += 1;
            // What has changed is read in the next round, hint or not. Banks are
            // read in every round anyway.
            if self.tracker.index().status(&key.subject).is_some() {
                self.tracker.book.hint(key.subject);
            }
        }
        if outcome.is_trouble() {
            self.summary.trouble += 1;
            tracing::warn!(
                task = key.task.name(),
                obligation = crate::log::obligation(&key),
                bank = crate::log::bank(&key),
                outcome = outcome.label(),
                "not done"
            );
        } else {
            tracing::debug!(
                task = key.task.name(),
                obligation = crate::log::obligation(&key),
                bank = crate::log::bank(&key),
                outcome = outcome.label(),
                "ended"
            );
        }
    }

    /// Lets what is under way end, within the bound, and abandons the rest: a
    /// transaction that was sent lands or expires without us.
    pub(super) async fn finish_in_flight(&mut self) {
        let bound = if self.config.run.once {
            self.config.run.give_up
        } else {
            self.config.run.stop
        };
        let deadline = tokio::time::Instant::now() + bound;
        while let Ok(Some(ended)) =
            tokio::time::timeout_at(deadline, self.in_flight.join_next()).await
        {
            self.finish(ended);
        }
        if !self.in_flight.is_empty() {
            tracing::warn!(jobs = self.in_flight.len(), "abandoned what is under way");
            self.in_flight.abort_all();
        }
    }
}

/// Says true once the process is asked to stop. A second request ends it at
/// once.
pub(super) fn on_signal() -> std::io::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        for request in 0.. {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = signal::ctrl_c() => {}
            }
            if request > 0 {
                std::process::exit(130);
            }
            tracing::info!("stopping: what is under way may end; ask again to stop at once");
            // Nobody is left to be told once the loop has ended.
            let _ = stop.send(true);
        }
    });
    Ok(stopped)
}

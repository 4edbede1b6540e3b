//! One job from simulation to verdict.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use backstop_client::{
    error::FailedTransaction,
    events::Event,
    transaction::{details, send_and_confirm, Assembler, Draft, Landed, SIGNATURE_LAMPORTS},
    ClientError,
};
use backstop_engine::{price::Price, units::Value};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;

use super::{
    build::Job,
    outcome::{judge_error, Outcome},
};
use crate::{
    clock::unix_now,
    decide::Verdict,
    limits::{HourlyCap, Switches, Ticket},
    metrics,
    profit::{Fees, Judgement, Terms},
};

/// Sends jobs. One of them serves all jobs of a process at once.
pub struct Executor {
    /// The chain.
    pub rpc: Arc<RpcClient>,
    /// Builds and simulates.
    pub assembler: Assembler,
    /// Signs.
    pub keypair: Keypair,
    /// What must be earned.
    pub terms: Terms,
    /// Which tasks may send.
    pub switches: Switches,
    /// Stops everything while it is there.
    pub kill_switch: Option<PathBuf>,
    /// Sends nothing.
    pub dry_run: bool,
    /// Bound on sending and confirming.
    pub give_up: Duration,
    /// The loss of the hour.
    pub cap: Mutex<HourlyCap>,
}

impl Executor {
    /// Whether the kill switch file is there.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.kill_switch.as_ref().is_some_and(|file| file.exists())
    }

    /// Does `job`. Fees are valued at `sol`; without a price nothing pays.
    pub async fn run(&self, job: Job, sol: Option<Price>) -> Outcome {
        let task = job.key.task;
        let draft = match self.draft(&job).await {
            Ok(draft) => draft,
            Err(outcome) => return outcome,
        };
        let fee = draft.fee_lamports();
        let fees = fees_of(fee, &draft);
        metrics::simulated(task, draft.units, fees.priority);
        let cost = sol.map_or(Value(u128::MAX), |sol| fees.value_up(&sol));
        match self.terms.judge(task, job.worth, cost) {
            Judgement::Pays { .. } | Judgement::FromBudget { .. } => {}
            Judgement::TooLittle { income, wanted } => {
                tracing::debug!(
                    task = task.name(),
                    obligation = crate::log::obligation(&job.key),
                    bank = crate::log::bank(&job.key),
                    ?income,
                    ?wanted,
                    "not worth its fee"
                );
                return Outcome::Unprofitable;
            }
        }
        if self.dry_run {
            tracing::info!(
                task = task.name(),
                obligation = crate::log::obligation(&job.key),
                bank = crate::log::bank(&job.key),
                units = draft.units,
                fee,
                events = names(&draft.events),
                "would send"
            );
            return Outcome::Simulated;
        }
        let Some(ticket) = self.cap().admit(cost, unix_now()) else {
            return Outcome::OverCap;
        };
        if let Err(reason) = self.switches.require(task, self.is_killed()) {
            tracing::debug!(task = task.name(), %reason, "nothing is sent");
            self.settle(ticket, Value::ZERO, Value::ZERO);
            return Outcome::Stopped;
        }
        self.send(&job, draft, ticket, cost).await
    }

    /// The first variant that passes its simulation.
    async fn draft(&self, job: &Job) -> Result<Draft, Outcome> {
        let mut outcome = Outcome::Unbuildable;
        for instructions in &job.variants {
            match self.simulate(instructions).await {
                Ok(draft) => return Ok(draft),
                Err(error) => {
                    outcome = self.judge_failure(job, &error);
                    // A smaller transaction asks the same questions.
                    if matches!(outcome, Outcome::AlreadyDone | Outcome::NoAnswer) {
                        break;
                    }
                }
            }
        }
        Err(outcome)
    }

    async fn simulate(&self, instructions: &[Instruction]) -> Result<Draft, ClientError> {
        self.assembler.draft(&self.rpc, instructions).await
    }

    async fn send(&self, job: &Job, draft: Draft, ticket: Ticket, cost: Value) -> Outcome {
        let task = job.key.task;
        let start = Instant::now();
        let (fee, units) = (draft.fee_lamports(), draft.units);
        let height = draft.last_valid_block_height;
        let signed = draft.sign(&[&self.keypair]);
        let transaction = match signed {
            Ok(transaction) => transaction,
            Err(error) => {
                self.settle(ticket, Value::ZERO, Value::ZERO);
                return self.judge_failure(job, &error);
            }
        };
        let commitment = self.assembler.commitment;
        let sent = send_and_confirm(&self.rpc, &transaction, height, commitment);
        let Ok(result) = tokio::time::timeout(self.give_up, sent).await else {
            // It may have landed: its fee counts.
            self.settle(ticket, cost, Value::ZERO);
            return Outcome::GivenUp;
        };
        match result {
            Ok(landed) => {
                self.settle(ticket, cost, job.income);
                metrics::landed(task, fee, start.elapsed());
                self.report(job, &landed, fee, units).await;
                Outcome::Landed
            }
            Err(ClientError::Transaction(failed)) => {
                self.settle(ticket, cost, Value::ZERO);
                metrics::landed(task, fee, start.elapsed());
                match self.judge_refusal(job, &failed) {
                    Outcome::AlreadyDone => Outcome::AlreadyDone,
                    _ => Outcome::LandedFailed,
                }
            }
            Err(ClientError::Expired { .. }) => {
                self.settle(ticket, Value::ZERO, Value::ZERO);
                Outcome::Expired
            }
            Err(error) => {
                // Not heard of until its blockhash expired; it may have landed.
                self.settle(ticket, cost, Value::ZERO);
                self.judge_failure(job, &error)
            }
        }
    }

    async fn report(&self, job: &Job, landed: &Landed, fee: u64, units: u64) {
        let task = job.key.task.name();
        // Without an answer the names are all that is lost.
        let details = details(&self.rpc, &landed.signature).await;
        let events = details.map(|details| names(&details.events));
        tracing::info!(
            task, obligation = crate::log::obligation(&job.key), bank = crate::log::bank(&job.key),
            signature = %landed.signature, slot = landed.slot, units, fee,
            events = events.unwrap_or_default(),
            "landed"
        );
    }

    fn judge_failure(&self, job: &Job, error: &ClientError) -> Outcome {
        match error {
            ClientError::Transaction(failed) => self.judge_refusal(job, failed),
            ClientError::Build(reason) => {
                tracing::warn!(
                    task = job.key.task.name(),
                    obligation = crate::log::obligation(&job.key),
                    bank = crate::log::bank(&job.key),
                    reason,
                    "cannot be built"
                );
                Outcome::Unbuildable
            }
            other => {
                tracing::debug!(task = job.key.task.name(), error = %other, "no answer");
                Outcome::NoAnswer
            }
        }
    }

    fn judge_refusal(&self, job: &Job, failed: &FailedTransaction) -> Outcome {
        let task = job.key.task;
        let judged = judge_error(task, &failed.error);
        let outcome = match judged {
            Verdict::Done => Outcome::AlreadyDone,
            Verdict::Stale => Outcome::Stale,
            Verdict::Retry => Outcome::Refused,
            Verdict::Fatal => Outcome::Wrong,
        };
        if outcome == Outcome::Wrong {
            tracing::warn!(
                task = task.name(), obligation = crate::log::obligation(&job.key), bank = crate::log::bank(&job.key), error = %failed,
                log = failed.logs.join("\n"),
                "refused for a reason that does not pass by itself"
            );
        } else {
            tracing::debug!(
                task = task.name(), obligation = crate::log::obligation(&job.key), bank = crate::log::bank(&job.key), error = %failed,
                outcome = outcome.label(), "refused"
            );
        }
        outcome
    }

    fn settle(&self, ticket: Ticket, spent: Value, income: Value) {
        self.cap().settle(ticket, spent, income, unix_now());
    }

    /// The loss cap, to look at.
    pub fn cap(&self) -> MutexGuard<'_, HourlyCap> {
        // Sums stay sums, whoever panicked with them in hand.
        self.cap.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn names(events: &[Event]) -> String {
    let names: Vec<&str> = events.iter().map(Event::name).collect();
    names.join(" ")
}

fn fees_of(fee: u64, draft: &Draft) -> Fees {
    let signatures = u64::from(draft.message.header().num_required_signatures);
    let base = signatures.saturating_mul(SIGNATURE_LAMPORTS);
    Fees {
        base,
        priority: fee.saturating_sub(base),
        tip: 0,
    }
}

//! Every metric, its name and what it means. The run book in the README says
//! what to do when one moves.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use solana_pubkey::Pubkey;

use crate::{
    decide::Task,
    index::{Counts, Touched},
};

const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
const UNITS: &[f64] = &[
    25_000.0,
    50_000.0,
    75_000.0,
    100_000.0,
    150_000.0,
    200_000.0,
    400_000.0,
    1_400_000.0,
];
const LAMPORTS: &[f64] = &[
    0.0,
    1_000.0,
    5_000.0,
    10_000.0,
    50_000.0,
    100_000.0,
    1_000_000.0,
];

/// Installs the recorder of this process and describes every metric.
///
/// # Errors
/// If the process has a recorder already.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full("keeper_compute_units".to_owned()), UNITS)?
        .set_buckets_for_metric(Matcher::Suffix("_lamports".to_owned()), LAMPORTS)?
        .install_recorder()?;
    describe();
    Ok(handle)
}

/// Names and meanings, as `/metrics` prints them.
fn describe() {
    describe_histogram!("keeper_scan_seconds", "Time of a full reconciliation");
    describe_histogram!(
        "keeper_poll_seconds",
        "Time to read banks, prices and the wallet"
    );
    describe_histogram!(
        "keeper_decision_seconds",
        "Time from a new view to the list of actions, reading again what they rest on included"
    );
    describe_histogram!("keeper_confirm_seconds", "Time from sending to a verdict");
    describe_gauge!("keeper_obligations", "Obligations in memory");
    describe_gauge!(
        "keeper_candidates",
        "Obligations that can be liquidated or wait for a write-off"
    );
    describe_gauge!(
        "keeper_looks",
        "Obligations that the last price update made the keeper look at"
    );
    describe_counter!("keeper_rounds_total", "Rounds of the loop");
    describe_counter!("keeper_actions_total", "Actions decided on");
    describe_counter!("keeper_transactions_total", "Transactions by outcome");
    describe_histogram!("keeper_compute_units", "Units that a simulation used");
    describe_histogram!(
        "keeper_priority_fee_lamports",
        "Priority fee that was offered"
    );
    describe_counter!(
        "keeper_fees_lamports_total",
        "Fees of transactions that landed"
    );
    describe_gauge!("keeper_oracle_age_seconds", "Age of a bank's price");
    describe_gauge!(
        "keeper_insurance_atoms",
        "What a bank's insurance vault holds"
    );
    describe_gauge!("keeper_deficit_atoms", "Deficit of a bank that is open");
    describe_gauge!(
        "keeper_on_auction_atoms",
        "Part of the deficit that is on auction"
    );
    describe_gauge!("keeper_wallet_lamports", "Lamports in the keeper's wallet");
    describe_gauge!("keeper_token_atoms", "Tokens in the keeper's wallet");
    describe_counter!(
        "keeper_rpc_requests_total",
        "Requests by endpoint and result"
    );
    describe_gauge!("keeper_rpc_slot_lag", "Slots that an endpoint is behind");
    describe_gauge!(
        "keeper_rpc_healthy_endpoints",
        "Endpoints that answer and keep up"
    );
    describe_gauge!("keeper_slot", "Newest slot that is believed");
    describe_gauge!(
        "keeper_subscription_up",
        "1 while the web socket is connected"
    );
    describe_counter!(
        "keeper_hints_total",
        "Account changes heard of, by what became of them"
    );
    describe_gauge!(
        "keeper_loss_cap_used",
        "Used part of the loss cap of the hour, 0 to 1"
    );
    describe_gauge!("keeper_paused", "1 while the kill switch file is there");
    describe_gauge!(
        "keeper_last_tick_timestamp_seconds",
        "Unix time of the last round"
    );
}

#[allow(clippy::cast_precision_loss)] // A metric may lose the last digits.
const fn float(value: u64) -> f64 {
    value as f64
}

/// A full reconciliation took so long.
pub fn scan(took: Duration) {
    histogram!("keeper_scan_seconds").record(took);
}

/// Reading banks, prices and the wallet took so long.
pub fn poll(took: Duration) {
    histogram!("keeper_poll_seconds").record(took);
}

/// Deciding took so long.
pub fn decision(took: Duration) {
    histogram!("keeper_decision_seconds").record(took);
}

/// A round of the loop began at `now` (unix secs).
pub fn round(now: u64) {
    counter!("keeper_rounds_total").increment(1);
    gauge!("keeper_last_tick_timestamp_seconds").set(float(now));
}

/// The index holds so much.
pub fn index(counts: Counts, touched: &Touched) {
    let count = |count: usize| float(u64::try_from(count).unwrap_or(u64::MAX));
    gauge!("keeper_obligations").set(count(counts.obligations));
    gauge!("keeper_candidates", "state" => "unhealthy").set(count(counts.unhealthy));
    gauge!("keeper_candidates", "state" => "bare").set(count(counts.bare));
    gauge!("keeper_looks").set(count(touched.looks));
}

/// An action of `task` was decided on.
pub fn action(task: Task) {
    counter!("keeper_actions_total", "task" => task.name()).increment(1);
}

/// A transaction of `task` ended in `result`.
pub fn transaction(task: Task, result: &'static str) {
    counter!("keeper_transactions_total", "task" => task.name(), "result" => result).increment(1);
}

/// A transaction was simulated.
pub fn simulated(task: Task, units: u64, priority_lamports: u64) {
    histogram!("keeper_compute_units", "task" => task.name()).record(float(units));
    histogram!("keeper_priority_fee_lamports", "task" => task.name())
        .record(float(priority_lamports));
}

/// A transaction landed and cost so much.
pub fn landed(task: Task, lamports: u64, took: Duration) {
    counter!("keeper_fees_lamports_total", "task" => task.name()).increment(lamports);
    histogram!("keeper_confirm_seconds", "task" => task.name()).record(took);
}

/// How a bank stands.
#[derive(Clone, Copy, Debug)]
pub struct BankFigures {
    /// Its address.
    pub bank: Pubkey,
    /// (secs) Age of its price; none without a price account.
    pub oracle_age: Option<u64>,
    /// (atoms) In the insurance vault.
    pub insurance: u64,
    /// (atoms) Open deficit.
    pub deficit: u64,
    /// (atoms) The part on auction.
    pub on_auction: u64,
}

/// A bank stands like this.
pub fn bank(figures: &BankFigures) {
    let bank = figures.bank.to_string();
    let age = figures.oracle_age.map_or(f64::INFINITY, float);
    gauge!("keeper_oracle_age_seconds", "bank" => bank.clone()).set(age);
    gauge!("keeper_insurance_atoms", "bank" => bank.clone()).set(float(figures.insurance));
    gauge!("keeper_deficit_atoms", "bank" => bank.clone()).set(float(figures.deficit));
    gauge!("keeper_on_auction_atoms", "bank" => bank).set(float(figures.on_auction));
}

/// The wallet holds so many lamports.
pub fn wallet(lamports: u64) {
    gauge!("keeper_wallet_lamports").set(float(lamports));
}

/// The wallet holds so many tokens.
pub fn tokens(mint: &Pubkey, atoms: u64) {
    gauge!("keeper_token_atoms", "mint" => mint.to_string()).set(float(atoms));
}

/// An endpoint was asked, with this result.
pub fn rpc_request(endpoint: &str, result: &'static str) {
    let endpoint = endpoint.to_owned();
    counter!("keeper_rpc_requests_total", "endpoint" => endpoint, "result" => result).increment(1);
}

/// An endpoint is so many slots behind.
pub fn rpc_slot_lag(endpoint: &str, slots: u64) {
    gauge!("keeper_rpc_slot_lag", "endpoint" => endpoint.to_owned()).set(float(slots));
}

/// So many endpoints are well, and this is the newest slot.
pub fn rpc(healthy: usize, slot: u64) {
    let healthy = u64::try_from(healthy).unwrap_or(u64::MAX);
    gauge!("keeper_rpc_healthy_endpoints").set(float(healthy));
    gauge!("keeper_slot").set(float(slot));
}

/// The web socket is connected, or not.
pub fn subscription(is_up: bool) {
    gauge!("keeper_subscription_up").set(float(u64::from(is_up)));
}

/// A change of an account was heard of: `taken`, `old`, `broken` or `dropped`.
pub fn hint(result: &'static str) {
    counter!("keeper_hints_total", "result" => result).increment(1);
}

/// So many thousandths of the loss cap are used.
pub fn loss_cap(used_permille: u64) {
    gauge!("keeper_loss_cap_used").set(float(used_permille) / 1_000.0);
}

/// The kill switch is pulled, or not.
pub fn paused(is_paused: bool) {
    gauge!("keeper_paused").set(float(u64::from(is_paused)));
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_metric_is_explained_in_the_run_book() {
        let source = include_str!("metrics.rs");
        let readme = include_str!("../README.md");
        let described = source
            .lines()
            .flat_map(|line| line.split('"'))
            .filter(|word| word.starts_with("keeper_"));
        let mut count = 0;
        for name in described {
            let row = format!("`{name}");
            assert!(readme.contains(&row), "{name} is not in the README");
            count += 1;
        }
        assert!(count > 20);
    }
}

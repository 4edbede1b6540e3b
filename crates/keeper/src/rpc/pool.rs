//! All endpoints together, as one transport.

use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, PoisonError,
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::future::join_all;
use serde_json::{json, Value};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::{
    nonblocking::rpc_client::RpcClient,
    rpc_client::RpcClientConfig,
    rpc_sender::{RpcSender, RpcTransportStats},
};
use solana_rpc_client_api::{client_error::Result, request::RpcRequest};
use tokio::sync::mpsc;

use super::{
    endpoint::{jitter, Endpoint},
    head::Head,
    http::Failure,
    request::{is_readable, slot_of, with_floor},
};
use crate::metrics;

/// Pause before all endpoints are asked a second time; doubles with each round.
const ROUND_PAUSE: Duration = Duration::from_millis(200);

/// How the pool behaves.
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// Limit on one call.
    pub timeout: Duration,
    /// Slots behind the newest at which an answer is too old.
    pub most_lag: u64,
    /// How often every endpoint is asked before a call fails.
    pub rounds: u32,
    /// Whether a transaction goes to all endpoints at once.
    pub send_to_all: bool,
    /// What reads look at.
    pub commitment: CommitmentConfig,
}

/// Several endpoints of one cluster.
#[derive(Debug)]
pub struct Pool {
    endpoints: Vec<Arc<Endpoint>>,
    head: Mutex<Head>,
    settings: PoolSettings,
    next_id: AtomicU64,
}

impl Pool {
    /// Over `urls`, of which there must be one at least.
    ///
    /// # Errors
    /// If the system's TLS cannot be set up.
    pub fn new(urls: &[String], settings: PoolSettings) -> anyhow::Result<Self> {
        anyhow::ensure!(!urls.is_empty(), "name at least one RPC endpoint");
        let endpoints = urls
            .iter()
            .map(|url| Ok(Arc::new(Endpoint::new(url, settings.timeout)?)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            endpoints,
            head: Mutex::default(),
            settings,
            next_id: AtomicU64::new(1),
        })
    }

    /// A client over the pool.
    #[must_use]
    pub fn client(self: &Arc<Self>) -> RpcClient {
        let config = RpcClientConfig::with_commitment(self.settings.commitment);
        RpcClient::new_sender(Transport(Arc::clone(self)), config)
    }

    /// The newest slot that is believed; 0 before the first answer.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.with_head(|head| head.slot())
    }

    /// Endpoints that answer and keep up.
    #[must_use]
    pub fn healthy(&self) -> usize {
        let (now, head) = (Instant::now(), self.head());
        let most_lag = self.settings.most_lag;
        let is_well = |endpoint: &&Arc<Endpoint>| {
            let standing = endpoint.standing();
            standing.slot != 0 && !standing.is_paused(now) && !standing.lags(head, most_lag)
        };
        self.endpoints.iter().filter(is_well).count()
    }

    /// Asks every endpoint for its slot, the paused ones too: so a lagging one
    /// is noticed before it is needed, and one that has recovered is used again.
    pub async fn probe(&self) {
        let params = json!([self.settings.commitment]);
        let body = RpcRequest::GetSlot.build_request_json(self.id(), params);
        let answers = self.endpoints.iter().map(|endpoint| endpoint.call(&body));
        let answers = join_all(answers).await;
        for (endpoint, answer) in self.endpoints.iter().zip(answers) {
            if let Some(slot) = answer.ok().and_then(|answer| answer.as_u64()) {
                self.hear(endpoint, slot);
            }
        }
        let head = self.head();
        for endpoint in &self.endpoints {
            let lag = head.saturating_sub(endpoint.standing().slot);
            metrics::rpc_slot_lag(endpoint.label(), lag);
        }
    }

    async fn ask(&self, request: RpcRequest, params: Value) -> Result<Value> {
        let mut last = Failure::Timeout;
        let mut floor = self.floor();
        for round in 0..self.settings.rounds.max(1) {
            if round > 0 {
                let pause = ROUND_PAUSE.saturating_mul(1 << (round - 1).min(6));
                tokio::time::sleep(jitter(pause)).await;
            }
            let mut freshest: Option<(u64, Value)> = None;
            let mut all_are_behind = true;
            for endpoint in self.ranked(round > 0) {
                let params = with_floor(request, params.clone(), floor);
                let body = request.build_request_json(self.id(), params);
                match endpoint.call(&body).await {
                    Ok(answer) if !is_readable(request, &answer) => {
                        metrics::rpc_request(endpoint.label(), "unreadable");
                        last = Failure::Broken("accounts that cannot be read".to_owned());
                        all_are_behind = false;
                    }
                    Ok(answer) => {
                        let Some(slot) = slot_of(request, &answer) else {
                            return Ok(answer);
                        };
                        if self.hear(&endpoint, slot) {
                            return Ok(answer);
                        }
                        if freshest.as_ref().is_none_or(|(best, _)| slot > *best) {
                            freshest = Some((slot, answer));
                        }
                    }
                    Err(refused @ Failure::Refused { .. }) => return Err(refused.into()),
                    Err(failure) => {
                        all_are_behind &= matches!(failure, Failure::Behind);
                        tracing::debug!(
                            endpoint = endpoint.label(), request = %request, %failure,
                            "an endpoint did not answer"
                        );
                        last = failure;
                    }
                }
            }
            // Everyone who answers is late: then this is how far the chain is
            // known to have got. Nothing is sent without a simulation anyway.
            if let Some((slot, answer)) = freshest {
                tracing::warn!(slot, "every endpoint is behind: the head starts anew");
                self.with_head(|head| head.restart(slot, Instant::now()));
                return Ok(answer);
            }
            if all_are_behind {
                floor = None;
            }
        }
        Err(last.into())
    }

    /// Gives a transaction to every endpoint, and returns with the first that
    /// takes it. A duplicate does no harm: a transaction lands once.
    pub(super) async fn broadcast(&self, params: Value) -> Result<Value> {
        let (answers, mut first) = mpsc::unbounded_channel();
        for endpoint in &self.endpoints {
            let body = RpcRequest::SendTransaction.build_request_json(self.id(), params.clone());
            let (endpoint, answers) = (Arc::clone(endpoint), answers.clone());
            tokio::spawn(async move {
                // Nobody listens after the first success.
                let _ = answers.send(endpoint.call(&body).await);
            });
        }
        drop(answers);
        let mut last = Failure::Timeout;
        while let Some(answer) = first.recv().await {
            match answer {
                Ok(answer) => return Ok(answer),
                Err(failure) => last = failure,
            }
        }
        Err(last.into())
    }

    /// Endpoints from best to worst. The paused ones are left out, unless there
    /// is no other or `with_paused`.
    fn ranked(&self, with_paused: bool) -> Vec<Arc<Endpoint>> {
        let (now, head) = (Instant::now(), self.head());
        let most_lag = self.settings.most_lag;
        let mut ranked: Vec<_> = self
            .endpoints
            .iter()
            .map(|endpoint| (endpoint.standing(), endpoint))
            .collect();
        ranked.sort_by_key(|(standing, _)| {
            let is_paused = standing.is_paused(now);
            (
                is_paused,
                standing.lags(head, most_lag),
                standing.failures,
                standing.millis,
            )
        });
        let awake = ranked
            .iter()
            .filter(|(standing, _)| !standing.is_paused(now));
        let take = match awake.count() {
            0 => ranked.len(),
            _ if with_paused => ranked.len(),
            awake => awake,
        };
        let chosen = ranked.into_iter().take(take);
        chosen.map(|(_, endpoint)| Arc::clone(endpoint)).collect()
    }

    /// Hears of an endpoint's slot. Says whether what came with it is fresh.
    fn hear(&self, endpoint: &Endpoint, slot: u64) -> bool {
        let head = self.with_head(|head| {
            head.hear(slot, Instant::now());
            head.slot()
        });
        endpoint.set_slot(slot.min(head));
        slot.saturating_add(self.settings.most_lag) >= head
    }

    fn floor(&self) -> Option<u64> {
        let floor = self.head().saturating_sub(self.settings.most_lag);
        (floor > 0).then_some(floor)
    }

    fn id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    fn with_head<T>(&self, look: impl FnOnce(&mut Head) -> T) -> T {
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        look(&mut head)
    }
}

struct Transport(Arc<Pool>);

#[async_trait]
impl RpcSender for Transport {
    async fn send(&self, request: RpcRequest, params: Value) -> Result<Value> {
        if request == RpcRequest::SendTransaction && self.0.settings.send_to_all {
            return self.0.broadcast(params).await;
        }
        self.0.ask(request, params).await
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        let labels = self.0.endpoints.iter().map(|endpoint| endpoint.label());
        labels.collect::<Vec<_>>().join(",")
    }
}

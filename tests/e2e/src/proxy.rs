//! A JSON-RPC proxy on loopback that cannot be trusted, and a TCP relay for web
//! sockets that keeps breaking.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, PoisonError,
    },
    time::Duration,
};

use anyhow::{Context, Result};
use axum::{
    body::Bytes,
    extract::State,
    http::{header::CONTENT_TYPE, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
    Router,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::faults::{draw, falsify, Fault};

/// How many faults of each kind were dealt, by name, and answers in all.
#[derive(Debug, Default)]
pub struct Tally {
    answers: AtomicU64,
    faults: Mutex<BTreeMap<&'static str, u64>>,
}

impl Tally {
    /// Answers that passed, faulty or not.
    pub fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// Faults so far, by name.
    pub fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn count(&self, fault: Option<&Fault>) {
        self.answers.fetch_add(1, Ordering::Relaxed);
        if let Some(fault) = fault {
            let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
            *faults.entry(fault.name()).or_default() += 1;
        }
    }
}

struct Shared {
    upstream: String,
    http: reqwest::Client,
    rng: Mutex<ChaCha8Rng>,
    one_in: u32,
    /// The last honest answer to each question: what a node that lags would say.
    old: Mutex<BTreeMap<String, Value>>,
    tally: Arc<Tally>,
}

/// A proxy in front of one node.
pub struct Proxy {
    url: String,
    tally: Arc<Tally>,
    server: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy in front of `upstream` that spoils one answer in `one_in`.
    ///
    /// # Errors
    /// No port on loopback.
    pub async fn start(upstream: &str, one_in: u32, seed: u64) -> Result<Self> {
        let tally = Arc::new(Tally::default());
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            http: reqwest::Client::new(),
            rng: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
            one_in,
            old: Mutex::default(),
            tally: Arc::clone(&tally),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = Router::new().route("/", post(answer)).with_state(shared);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                eprintln!("the proxy stopped: {error}");
            }
        });
        Ok(Self { url, tally, server })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it did so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let fault = {
        let mut rng = shared.rng.lock().unwrap_or_else(PoisonError::into_inner);
        rng.random_ratio(1, shared.one_in).then(|| draw(&mut rng))
    };
    shared.tally.count(fault.as_ref());
    match respond(&shared, &body, fault).await {
        Ok(Some(answer)) => {
            ([(CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
        }
        Ok(None) => StatusCode::BAD_GATEWAY.into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

async fn respond(shared: &Shared, body: &Bytes, fault: Option<Fault>) -> Result<Option<Value>> {
    let question: Value = serde_json::from_slice(body)?;
    match fault {
        Some(Fault::DropQuestion) => return Ok(None),
        Some(Fault::Delay(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
        Some(Fault::Duplicate) => drop(forward(shared, body).await),
        _ => {}
    }
    let mut honest = forward(shared, body).await?;
    let asked = format!("{} {}", question["method"], question["params"]);
    let old = shared
        .old
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(asked, honest.clone());
    match fault {
        Some(Fault::DropAnswer) => Ok(None),
        Some(Fault::Falsify(seed)) => {
            let method = question["method"].as_str().unwrap_or_default();
            falsify(method, &mut honest, &mut ChaCha8Rng::seed_from_u64(seed));
            Ok(Some(honest))
        }
        Some(Fault::Stale) => Ok(Some(old.map_or(honest.clone(), |mut old| {
            old["id"] = honest["id"].clone();
            old
        }))),
        _ => Ok(Some(honest)),
    }
}

async fn forward(shared: &Shared, body: &Bytes) -> Result<Value> {
    let answer = shared
        .http
        .post(&shared.upstream)
        .header(CONTENT_TYPE, "application/json")
        .body(body.clone())
        .send()
        .await?;
    let bytes = answer.bytes().await?;
    serde_json::from_slice(&bytes).context("the node's answer is no JSON")
}

/// Relays TCP connections to `upstream` (host and port), and breaks each after
/// a few seconds.
///
/// # Errors
/// No port on loopback.
pub async fn breaking_relay(upstream: String, seed: u64) -> Result<(String, JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let relay = tokio::spawn(async move {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        while let Ok((mut near, _)) = listener.accept().await {
            let upstream = upstream.clone();
            let life = Duration::from_millis(rng.random_range(500..6_000));
            tokio::spawn(async move {
                if let Ok(mut far) = TcpStream::connect(&upstream).await {
                    let relayed = tokio::io::copy_bidirectional(&mut near, &mut far);
                    let _broken = tokio::time::timeout(life, relayed).await;
                }
            });
        }
    });
    Ok((address, relay))
}

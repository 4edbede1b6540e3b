//! `/healthz`, `/readyz` and `/metrics`, on loopback by default: whoever can
//! read them knows what the keeper holds.

use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
        Arc,
    },
};

use axum::{extract::State, http::StatusCode, response::IntoResponse, routing::get, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{net::TcpListener, sync::watch};

use crate::clock::unix_now;

/// (secs) A loop that has not come round for so long is stuck.
const STUCK_SECS: i64 = 60;

/// What the loop tells about itself.
#[derive(Debug, Default)]
pub struct Health {
    ticked_at: AtomicI64,
    viewed_at: AtomicI64,
    is_complete: AtomicBool,
    endpoints: AtomicU64,
    lamports: AtomicU64,
}

/// Why the keeper is not ready, first reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// No full reconciliation yet.
    #[error("not every obligation is read yet")]
    Incomplete,
    /// The view is old.
    #[error("the last view of the market is {0} s old: see keeper_rpc_requests_total")]
    Stale(i64),
    /// Nobody answers.
    #[error("no endpoint answers and keeps up: see keeper_rpc_slot_lag")]
    NoEndpoint,
    /// No money for fees.
    #[error("the wallet has {has} lamports, {wants} are wanted: top it up")]
    NoFunds {
        /// Lamports there.
        has: u64,
        /// Lamports that it should have.
        wants: u64,
    },
}

/// What readiness is measured by.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// (secs) Oldest view.
    pub view_secs: i64,
    /// Least lamports.
    pub lamports: u64,
}

impl Health {
    /// The loop comes round.
    pub fn tick(&self) {
        self.ticked_at.store(unix_now(), Ordering::Relaxed);
    }

    /// There is a new view of the market.
    pub fn viewed(&self) {
        self.viewed_at.store(unix_now(), Ordering::Relaxed);
    }

    /// Every obligation has been read.
    pub fn completed(&self) {
        self.is_complete.store(true, Ordering::Relaxed);
    }

    /// So many endpoints are well.
    pub fn endpoints(&self, healthy: usize) {
        let healthy = u64::try_from(healthy).unwrap_or(u64::MAX);
        self.endpoints.store(healthy, Ordering::Relaxed);
    }

    /// The wallet has so many lamports.
    pub fn lamports(&self, lamports: u64) {
        self.lamports.store(lamports, Ordering::Relaxed);
    }

    /// Whether the loop comes round.
    #[must_use]
    pub fn is_alive(&self, now: i64) -> bool {
        now.saturating_sub(self.ticked_at.load(Ordering::Relaxed)) <= STUCK_SECS
    }

    /// Passes if the keeper could act now.
    ///
    /// # Errors
    /// [`NotReady`].
    pub fn require_ready(&self, wanted: &Wanted, now: i64) -> Result<(), NotReady> {
        if !self.is_complete.load(Ordering::Relaxed) {
            return Err(NotReady::Incomplete);
        }
        let age = now.saturating_sub(self.viewed_at.load(Ordering::Relaxed));
        if age > wanted.view_secs {
            return Err(NotReady::Stale(age));
        }
        if self.endpoints.load(Ordering::Relaxed) == 0 {
            return Err(NotReady::NoEndpoint);
        }
        let has = self.lamports.load(Ordering::Relaxed);
        if has < wanted.lamports {
            let wants = wanted.lamports;
            return Err(NotReady::NoFunds { has, wants });
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Shared {
    health: Arc<Health>,
    wanted: Wanted,
    metrics: Option<PrometheusHandle>,
}

/// Serves until `stop` says true. Returns the address that it listens on.
///
/// # Errors
/// If nothing can listen on `address`.
pub async fn serve(
    address: SocketAddr,
    health: Arc<Health>,
    wanted: Wanted,
    metrics: Option<PrometheusHandle>,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    let app = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
        .with_state(Shared {
            health,
            wanted,
            metrics,
        });
    tokio::spawn(async move {
        let stopped = async move {
            // An error means that the loop is gone, and so are we.
            let _ = stop.wait_for(|stop| *stop).await;
        };
        let served = axum::serve(listener, app).with_graceful_shutdown(stopped);
        if let Err(error) = served.await {
            tracing::error!(%error, "the HTTP server ended");
        }
    });
    Ok(bound)
}

async fn healthz(State(shared): State<Shared>) -> impl IntoResponse {
    if shared.health.is_alive(unix_now()) {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the loop is stuck\n")
    }
}

async fn readyz(State(shared): State<Shared>) -> impl IntoResponse {
    match shared.health.require_ready(&shared.wanted, unix_now()) {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}

async fn metrics_text(State(shared): State<Shared>) -> impl IntoResponse {
    shared.metrics.map_or_else(
        || (StatusCode::NOT_FOUND, String::new()),
        |metrics| {
            metrics.run_upkeep();
            (StatusCode::OK, metrics.render())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted = Wanted {
        view_secs: 30,
        lamports: 1_000,
    };

    #[test]
    fn a_keeper_is_ready_once_it_sees_everything_and_can_pay() {
        let health = Health::default();
        let now = unix_now();
        let ready = || health.require_ready(&WANTED, now);
        assert_eq!(ready(), Err(NotReady::Incomplete));
        health.completed();
        assert!(matches!(ready(), Err(NotReady::Stale(_))));
        health.viewed();
        assert_eq!(ready(), Err(NotReady::NoEndpoint));
        health.endpoints(1);
        assert!(matches!(ready(), Err(NotReady::NoFunds { .. })));
        health.lamports(1_000);
        assert_eq!(ready(), Ok(()));
        assert!(matches!(
            health.require_ready(&WANTED, now + 40),
            Err(NotReady::Stale(_))
        ));
    }

    #[tokio::test]
    async fn a_stuck_loop_is_not_alive_and_the_server_says_so() {
        let health = Arc::new(Health::default());
        let (_running, stop) = watch::channel(false);
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let address = serve(loopback, Arc::clone(&health), WANTED, None, stop)
            .await
            .unwrap();
        let status = |path: &'static str| async move {
            let url = format!("http://{address}{path}");
            reqwest::get(url).await.unwrap().status().as_u16()
        };
        assert_eq!(status("/healthz").await, 503);
        health.tick();
        assert_eq!(status("/healthz").await, 200);
        assert!(!health.is_alive(unix_now() + 61));
        assert_eq!(status("/readyz").await, 503);
    }
}

//! How well an endpoint has behaved.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rand::Rng;
use serde_json::Value;

use super::http::{Failure, Http};
use crate::metrics;

/// First pause after a failure; doubles with each one that follows.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Failures after which the pause grows no more.
const MOST_DOUBLINGS: u32 = 7;

/// What is known of an endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Failures since the last answer.
    pub failures: u32,
    /// Not asked before then, unless nobody else is left.
    pub paused_until: Option<Instant>,
    /// Slot of its last answer that had one.
    pub slot: u64,
    /// (milliseconds) Smoothed time of its answers.
    pub millis: u64,
}

impl Standing {
    /// Whether it is pausing.
    #[must_use]
    pub fn is_paused(&self, now: Instant) -> bool {
        self.paused_until.is_some_and(|until| now < until)
    }

    /// Whether it is more than `most_lag` slots behind `head`.
    #[must_use]
    pub const fn lags(&self, head: u64, most_lag: u64) -> bool {
        self.slot != 0 && self.slot.saturating_add(most_lag) < head
    }
}

/// One endpoint.
#[derive(Debug)]
pub struct Endpoint {
    http: Http,
    label: String,
    standing: Mutex<Standing>,
}

impl Endpoint {
    /// Calls it by host and port only: the rest of an address may hold a key.
    ///
    /// # Errors
    /// If the system's TLS cannot be set up.
    pub fn new(url: &str, timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: Http::new(url.to_owned(), timeout)?,
            label: label(url),
            standing: Mutex::default(),
        })
    }

    /// Its name in logs and metrics.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What is known of it.
    #[must_use]
    pub fn standing(&self) -> Standing {
        *self.lock()
    }

    /// Asks, and remembers how it went.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn call(&self, body: &Value) -> Result<Value, Failure> {
        let start = Instant::now();
        let answer = self.http.call(body).await;
        let result = answer.as_ref().map_or_else(Failure::label, |_| "ok");
        metrics::rpc_request(&self.label, result);
        let mut standing = self.lock();
        match &answer {
            Ok(_) | Err(Failure::Refused { .. }) => {
                let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                standing.millis = standing.millis.saturating_mul(7).saturating_add(millis) / 8;
                standing.failures = 0;
                standing.paused_until = None;
            }
            // A node that is behind is healthy otherwise; its slot says so.
            Err(Failure::Behind) => {}
            Err(Failure::RateLimited { pause }) => {
                standing.failures = standing.failures.saturating_add(1);
                let pause = pause.unwrap_or_else(|| backoff(standing.failures));
                standing.paused_until = Some(Instant::now() + jitter(pause));
            }
            Err(_) => {
                standing.failures = standing.failures.saturating_add(1);
                let pause = jitter(backoff(standing.failures));
                standing.paused_until = Some(Instant::now() + pause);
            }
        }
        answer
    }

    /// Remembers the slot of its last answer.
    pub fn set_slot(&self, slot: u64) {
        self.lock().slot = slot;
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        // What is inside are numbers: a panic elsewhere cannot have broken them.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after so many failures in a row.
fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(MOST_DOUBLINGS);
    FIRST_PAUSE
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE)
}

/// Up to a quarter more: endpoints that failed together are not asked together.
pub(super) fn jitter(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(1.0..1.25))
}

/// Host and port of an address.
fn label(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    // A password may stand before the host.
    host.rsplit('@').next().unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_never_holds_a_key() {
        for url in [
            "https://rpc.example.org/?api-key=secret",
            "https://user:secret@rpc.example.org/v1/secret",
            "https://rpc.example.org?api-key=secret",
        ] {
            assert_eq!(label(url), "rpc.example.org");
        }
        assert_eq!(label("http://127.0.0.1:8899"), "127.0.0.1:8899");
    }

    #[test]
    fn pauses_double_and_end() {
        assert_eq!(backoff(1), FIRST_PAUSE);
        assert_eq!(backoff(2), FIRST_PAUSE * 2);
        assert_eq!(backoff(1_000), LONGEST_PAUSE);
    }

    #[test]
    fn an_endpoint_lags_by_its_last_slot_and_a_new_one_does_not() {
        let at = |slot| Standing {
            slot,
            ..Standing::default()
        };
        assert!(at(49).lags(100, 50));
        assert!(!at(50).lags(100, 50));
        assert!(!at(0).lags(100, 50));
    }
}

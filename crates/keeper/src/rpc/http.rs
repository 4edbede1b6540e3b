//! One JSON-RPC call over HTTP, without retries: the pool decides what is next.

use std::time::Duration;

use reqwest::{
    header::{CONTENT_TYPE, RETRY_AFTER},
    StatusCode,
};
use serde_json::Value;
use solana_rpc_client_api::{
    client_error::{Error, ErrorKind},
    custom_error,
    request::{RpcError, RpcResponseErrorData},
};

/// Longest pause that an endpoint may ask for.
const MOST_PAUSE: Duration = Duration::from_secs(60);

/// JSON-RPC errors that say something about the node and nothing about the
/// question: another node may answer it.
const NODE_ERRORS: &[i64] = &[
    custom_error::JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY,
    custom_error::JSON_RPC_SERVER_ERROR_BLOCK_NOT_AVAILABLE,
    custom_error::JSON_RPC_SERVER_ERROR_NO_SNAPSHOT,
    custom_error::JSON_RPC_SERVER_ERROR_KEY_EXCLUDED_FROM_SECONDARY_INDEX,
    custom_error::JSON_RPC_SCAN_ERROR,
    custom_error::JSON_RPC_SERVER_ERROR_BLOCK_STATUS_NOT_AVAILABLE_YET,
    custom_error::JSON_RPC_SERVER_ERROR_LONG_TERM_STORAGE_UNREACHABLE,
    -32_601, // no such method: some providers switch methods off
    -32_603, // internal error
    -32_429, // some providers count requests in the body
    429,
];

/// Why a call brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nothing in time.
    #[error("no answer in time")]
    Timeout,
    /// Too many requests.
    #[error("too many requests")]
    RateLimited {
        /// The pause that the endpoint asks for.
        pause: Option<Duration>,
    },
    /// No connection, a broken answer, an answer to another question.
    #[error("{0}")]
    Broken(String),
    /// The node is behind the slot that was asked for.
    #[error("the node is behind")]
    Behind,
    /// The node cannot answer.
    #[error("{message} ({code})")]
    Node {
        /// JSON-RPC error number.
        code: i64,
        /// What it says.
        message: String,
    },
    /// The node answered: no. Another one would say the same.
    #[error("{message} ({code})")]
    Refused {
        /// JSON-RPC error number.
        code: i64,
        /// What it says.
        message: String,
        /// What belongs to it.
        data: Value,
    },
}

impl Failure {
    /// Its name in metrics.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::RateLimited { .. } => "rate_limited",
            Self::Broken(_) => "broken",
            Self::Behind => "behind",
            Self::Node { .. } => "node_error",
            Self::Refused { .. } => "refused",
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused {
                code,
                message,
                data,
            } => {
                let is_preflight =
                    code == custom_error::JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE;
                let data = serde_json::from_value(data)
                    .ok()
                    .filter(|_| is_preflight)
                    .map_or(
                        RpcResponseErrorData::Empty,
                        RpcResponseErrorData::SendTransactionPreflightFailure,
                    );
                ErrorKind::RpcError(RpcError::RpcResponseError {
                    code,
                    message,
                    data,
                })
                .into()
            }
            other => ErrorKind::Custom(other.to_string()).into(),
        }
    }
}

/// An address that answers JSON-RPC.
#[derive(Debug)]
pub struct Http {
    client: reqwest::Client,
    url: String,
}

impl Http {
    /// For `url`, with a limit on the time of each call.
    ///
    /// # Errors
    /// If the system's TLS cannot be set up.
    pub fn new(url: String, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout)
            .build()?;
        Ok(Self { client, url })
    }

    /// Asks once. `id` must come back.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn call(&self, body: &Value) -> Result<Value, Failure> {
        let request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string());
        let response = request.send().await.map_err(transport)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            let header = response.headers().get(RETRY_AFTER);
            let pause = header
                .and_then(|value| value.to_str().ok()?.parse().ok())
                .map(|secs| Duration::from_secs(secs).min(MOST_PAUSE));
            return Err(Failure::RateLimited { pause });
        }
        if !status.is_success() {
            return Err(Failure::Broken(format!("HTTP status {status}")));
        }
        let bytes = response.bytes().await.map_err(transport)?;
        let answer: Value = serde_json::from_slice(&bytes)
            .map_err(|_| Failure::Broken("the answer is no JSON".to_owned()))?;
        read(answer, &body["id"])
    }
}

/// What an answer says, if it is one to the question with `id`.
fn read(mut answer: Value, id: &Value) -> Result<Value, Failure> {
    if answer["id"] != *id {
        return Err(Failure::Broken("an answer to another question".to_owned()));
    }
    if answer["error"].is_object() {
        let error = &mut answer["error"];
        let code = error["code"].as_i64().unwrap_or_default();
        let message = error["message"].as_str().unwrap_or("no message").to_owned();
        if code == custom_error::JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED {
            return Err(Failure::Behind);
        }
        if NODE_ERRORS.contains(&code) {
            return Err(Failure::Node { code, message });
        }
        let data = error["data"].take();
        return Err(Failure::Refused {
            code,
            message,
            data,
        });
    }
    match answer.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => Err(Failure::Broken("neither result nor error".to_owned())),
    }
}

/// The address stays out of the text: it may hold a key.
fn transport(error: reqwest::Error) -> Failure {
    if error.is_timeout() {
        Failure::Timeout
    } else {
        Failure::Broken(error.without_url().to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_to_another_question_is_broken() {
        let answer = json!({"jsonrpc": "2.0", "id": 6, "result": 1});
        assert!(matches!(read(answer, &json!(7)), Err(Failure::Broken(_))));
        let answer = json!({"jsonrpc": "2.0", "id": 7, "result": 1});
        assert_eq!(read(answer, &json!(7)).unwrap(), 1);
    }

    #[test]
    fn an_error_about_the_node_is_told_from_one_about_the_question() {
        let of = |code: i64| {
            let answer = json!({"id": 1, "error": {"code": code, "message": "m"}});
            read(answer, &json!(1)).unwrap_err()
        };
        assert!(matches!(of(-32_005), Failure::Node { .. }));
        assert!(matches!(of(-32_016), Failure::Behind));
        assert!(matches!(of(-32_602), Failure::Refused { .. }));
        let refused: Error = of(-32_602).into();
        assert!(matches!(
            refused.kind(),
            ErrorKind::RpcError(RpcError::RpcResponseError { code: -32_602, .. })
        ));
    }
}

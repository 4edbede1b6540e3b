//! The pool against servers that drop, delay, refuse and lie.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    extract::State,
    http::{header::RETRY_AFTER, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
    Router,
};
use serde_json::{json, Value};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;

use super::{Pool, PoolSettings};

/// What a server does with a request.
#[derive(Clone, Debug)]
enum Act {
    /// Answers `getSlot` and balances of this slot.
    At(u64),
    Delay(Duration),
    Limit(&'static str),
    Http(u16),
    Garbage,
    OtherId,
    Error(i64),
    /// Answers with this value, as of slot 100.
    Value(Value),
}

#[derive(Clone, Default)]
struct Server {
    script: Arc<Mutex<VecDeque<Act>>>,
    seen: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    /// A server that goes through `acts` and repeats the last.
    async fn start(acts: impl IntoIterator<Item = Act>) -> (Self, String) {
        let server = Self::default();
        server.script.lock().unwrap().extend(acts);
        let app = Router::new()
            .route("/", post(answer))
            .with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (server, url)
    }

    fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    fn act(&self) -> Act {
        let mut script = self.script.lock().unwrap();
        if script.len() > 1 {
            script.pop_front().unwrap()
        } else {
            script.front().cloned().unwrap()
        }
    }
}

fn json_of(value: &Value) -> Response {
    value.to_string().into_response()
}

async fn answer(State(server): State<Server>, body: String) -> Response {
    let body: Value = serde_json::from_str(&body).unwrap();
    server.seen.lock().unwrap().push(body.clone());
    let id = &body["id"];
    match server.act() {
        Act::At(slot) => {
            let floor = body["params"][1]["minContextSlot"].as_u64();
            if floor.is_some_and(|floor| floor > slot) {
                let error = json!({"code": -32_016, "message": "behind"});
                return json_of(&json!({"id": id, "error": error}));
            }
            let result = match body["method"].as_str().unwrap() {
                "getSlot" => json!(slot),
                "sendTransaction" => json!("sent"),
                _ => json!({"context": {"slot": slot}, "value": slot}),
            };
            json_of(&json!({"jsonrpc": "2.0", "id": id, "result": result}))
        }
        Act::Delay(pause) => {
            tokio::time::sleep(pause).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Act::Limit(after) => {
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, after)]).into_response()
        }
        Act::Http(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Act::Garbage => "<html>".into_response(),
        Act::OtherId => json_of(&json!({"id": "other", "result": 1})),
        Act::Value(value) => {
            let result = json!({"context": {"slot": 100}, "value": value});
            json_of(&json!({"id": id, "result": result}))
        }
        Act::Error(code) => json_of(&json!({"id": id, "error": {"code": code, "message": "m"}})),
    }
}

fn pool(urls: &[String]) -> (Arc<Pool>, RpcClient) {
    let settings = PoolSettings {
        timeout: Duration::from_millis(300),
        most_lag: 50,
        rounds: 3,
        send_to_all: true,
        commitment: CommitmentConfig::confirmed(),
    };
    let pool = Arc::new(Pool::new(urls, settings).unwrap());
    let client = pool.client();
    (pool, client)
}

async fn balance(client: &RpcClient) -> Option<u64> {
    client.get_balance(&Default::default()).await.ok()
}

#[tokio::test]
async fn whatever_one_endpoint_does_the_other_answers() {
    for fault in [
        Act::Delay(Duration::from_secs(5)),
        Act::Limit("30"),
        Act::Http(500),
        Act::Garbage,
        Act::OtherId,
        Act::Error(-32_005),
        Act::Error(-32_603),
    ] {
        let (bad, bad_url) = Server::start([fault.clone()]).await;
        let (_, good_url) = Server::start([Act::At(100)]).await;
        let (pool, client) = pool(&[bad_url, good_url]);
        for _ in 0..5 {
            assert_eq!(balance(&client).await, Some(100), "{fault:?}");
        }
        assert_eq!(bad.count(), 1, "{fault:?}: a failed endpoint is left alone");
        assert_eq!(pool.healthy(), 1);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_for_a_moment_is_asked_again() {
    let (server, url) = Server::start([Act::Http(502), Act::Garbage, Act::At(7)]).await;
    let (_, client) = pool(&[url]);
    assert_eq!(balance(&client).await, Some(7));
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_pause_that_an_endpoint_asks_for_is_kept() {
    let (limited, limited_url) = Server::start([Act::Limit("1"), Act::At(100)]).await;
    let (_, url) = Server::start([Act::At(100)]).await;
    let (pool, client) = pool(&[limited_url, url]);
    balance(&client).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    balance(&client).await.unwrap();
    assert_eq!(limited.count(), 1);
    assert_eq!(pool.healthy(), 1);
    tokio::time::sleep(Duration::from_millis(900)).await;
    pool.probe().await;
    assert_eq!(pool.healthy(), 2);
}

#[tokio::test]
async fn a_lagging_endpoint_is_not_believed() {
    let (_, late_url) = Server::start([Act::At(100)]).await;
    let (_, url) = Server::start([Act::At(1_000)]).await;
    let (pool, client) = pool(&[late_url, url]);
    pool.probe().await;
    pool.probe().await;
    pool.probe().await;
    assert_eq!(pool.head(), 1_000);
    for _ in 0..3 {
        assert_eq!(balance(&client).await, Some(1_000));
    }
    assert_eq!(pool.healthy(), 1);
}

#[tokio::test]
async fn if_all_lag_the_freshest_answer_is_better_than_none() {
    let (_, url) = Server::start([Act::At(1_000), Act::At(400)]).await;
    let (pool, client) = pool(&[url]);
    assert_eq!(balance(&client).await, Some(1_000));
    assert_eq!(balance(&client).await, Some(400));
    assert_eq!(pool.head(), 400);
}

#[tokio::test]
async fn one_false_slot_does_not_discredit_the_honest() {
    let (_, liar_url) = Server::start([Act::At(999_999_999), Act::Http(500)]).await;
    let (honest, url) = Server::start([Act::At(1_000)]).await;
    let (pool, client) = pool(&[url, liar_url]);
    assert_eq!(balance(&client).await, Some(1_000));
    pool.probe().await;
    assert_eq!(pool.head(), 1_000);
    assert_eq!(balance(&client).await, Some(1_000));
    let seen = honest.seen.lock().unwrap();
    assert_eq!(seen.last().unwrap()["params"][1]["minContextSlot"], 950);
}

#[tokio::test]
async fn an_answer_of_no_is_not_asked_for_twice() {
    let (server, url) = Server::start([Act::Error(-32_602)]).await;
    let (_, other_url) = Server::start([Act::At(1)]).await;
    let (_, client) = pool(&[url, other_url]);
    assert_eq!(balance(&client).await, None);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn an_account_that_cannot_be_decoded_is_asked_for_elsewhere() {
    let account = |data: &str, owner: &str| {
        json!({
            "data": [data, "base64"], "owner": owner, "lamports": 7,
            "executable": false, "rentEpoch": 0, "space": 3,
        })
    };
    let system = "11111111111111111111111111111111";
    let good = account("AAAA", system);
    for bad in [account("A?A", system), account("AAAA", "nobody"), json!(3)] {
        let (_, bad_url) = Server::start([Act::Value(bad.clone())]).await;
        let (_, good_url) = Server::start([Act::Value(good.clone())]).await;
        let (_, client) = pool(&[bad_url, good_url]);
        let found = client.get_account(&Default::default()).await;
        assert_eq!(found.unwrap().lamports, 7, "{bad}");
        let (_, bad_url) = Server::start([Act::Value(json!([null, bad]))]).await;
        let (_, good_url) = Server::start([Act::Value(json!([null, good]))]).await;
        let (_, client) = pool(&[bad_url, good_url]);
        let keys = [Default::default(); 2];
        let found = client.get_multiple_accounts(&keys).await.unwrap();
        assert_eq!(found[1].as_ref().unwrap().lamports, 7, "{bad}");
        assert!(found[0].is_none());
    }
}

#[tokio::test]
async fn a_transaction_goes_to_all_endpoints() {
    let (first, first_url) = Server::start([Act::Delay(Duration::from_millis(200))]).await;
    let (second, second_url) = Server::start([Act::At(1)]).await;
    let (pool, _) = pool(&[first_url, second_url]);
    let sent = pool.broadcast(json!(["bytes"])).await.unwrap();
    assert_eq!(sent, "sent");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!((first.count(), second.count()), (1, 1));
}

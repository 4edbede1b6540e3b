//! Jobs against a chain that says what a test wants it to say.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use backstop_client::{program::error::BackstopError, transaction::Assembler};
use backstop_engine::{
    price::Price,
    units::{Bps, Value},
};
use serde_json::{json, Value as Json};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::{
    nonblocking::rpc_client::RpcClient,
    rpc_client::RpcClientConfig,
    rpc_sender::{RpcSender, RpcTransportStats},
};
use solana_rpc_client_api::{
    client_error::{ErrorKind, Result},
    request::RpcRequest,
};
use solana_signature::Signature;
use solana_signer::Signer as _;

use super::{Executor, Job, Outcome, Rest};
use crate::{
    decide::{Key, Task, Tasks},
    limits::{HourlyCap, Switches},
    profit::Terms,
};

/// What the chain says, and what it was told.
#[derive(Clone, Default)]
struct Chain {
    /// Errors of simulations to come; afterwards they pass.
    simulations: Arc<Mutex<VecDeque<Json>>>,
    /// The status of every transaction; null while it has none.
    status: Json,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Chain {
    fn new(simulations: impl IntoIterator<Item = Json>, status: Json) -> Self {
        let chain = Self {
            status,
            ..Self::default()
        };
        chain.simulations.lock().unwrap().extend(simulations);
        chain
    }

    fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

fn confirmed(error: Json) -> Json {
    let status = if error.is_null() {
        json!({"Ok": null})
    } else {
        json!({"Err": error})
    };
    json!({
        "slot": 7, "confirmations": 1, "confirmationStatus": "confirmed",
        "err": error, "status": status,
    })
}

fn refusal(code: u32) -> Json {
    json!({"InstructionError": [3, {"Custom": code}]})
}

#[async_trait]
impl RpcSender for Chain {
    async fn send(&self, request: RpcRequest, params: Json) -> Result<Json> {
        let with_context = |value: Json| json!({"context": {"slot": 1}, "value": value});
        Ok(match request {
            RpcRequest::GetLatestBlockhash => with_context(json!({
                "blockhash": Pubkey::default().to_string(),
                "lastValidBlockHeight": 1_000,
            })),
            RpcRequest::SimulateTransaction => {
                let error = self.simulations.lock().unwrap().pop_front();
                with_context(json!({
                    "err": error.unwrap_or_default(), "logs": [], "unitsConsumed": 10_000,
                }))
            }
            RpcRequest::GetRecentPrioritizationFees => json!([]),
            RpcRequest::SendTransaction => {
                self.sent.lock().unwrap().push(params[0].to_string());
                let signature = signature_of(params[0].as_str().unwrap());
                json!(signature.to_string())
            }
            RpcRequest::GetSignatureStatuses => with_context(json!([self.status])),
            RpcRequest::GetBlockHeight => json!(10),
            other => return Err(ErrorKind::Custom(format!("{other} is not answered")).into()),
        })
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        String::new()
    }
}

/// The first signature of a transaction in base 64: 64 bytes behind one.
fn signature_of(text: &str) -> Signature {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bits = text.bytes().take(88).map(value);
    let mut bytes = Vec::new();
    let (mut buffer, mut count) = (0u32, 0);
    for six in bits {
        buffer = (buffer << 6 | u32::from(six)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((buffer >> count & 0xff) as u8);
        }
    }
    Signature::try_from(&bytes[1..65]).unwrap()
}

/// 200 dollars.
const SOL: Price = Price {
    spot: 20_000,
    ema: 20_000,
    conf: 0,
    exponent: -2,
};

fn executor(chain: &Chain) -> Executor {
    let keypair = Keypair::new();
    let rpc = RpcClient::new_sender(
        chain.clone(),
        RpcClientConfig::with_commitment(CommitmentConfig::confirmed()),
    );
    Executor {
        rpc: Arc::new(rpc),
        assembler: Assembler::new(keypair.pubkey()),
        keypair,
        terms: Terms {
            margin: Bps(1_000),
            minimum: Value(0),
        },
        switches: Switches {
            is_on: true,
            tasks: Tasks::all(),
        },
        kill_switch: None,
        dry_run: false,
        give_up: Duration::from_secs(10),
        cap: Mutex::new(HourlyCap::new(Value(100 * DOLLAR), 0)),
    }
}

const DOLLAR: u128 = 1_000_000_000_000;

fn job(task: Task) -> Job {
    let instruction = Instruction {
        program_id: backstop_client::ID,
        accounts: Vec::new(),
        data: vec![1],
    };
    Job {
        key: Key::of_bank(task, Pubkey::new_from_array([9; 32])),
        variants: vec![vec![instruction]],
        worth: Value(DOLLAR),
        income: Value(DOLLAR),
        outlay: None,
    }
}

#[tokio::test]
async fn a_failed_simulation_is_never_sent() {
    for error in [
        refusal(BackstopError::Healthy.into()),
        refusal(BackstopError::PriceStale.into()),
        refusal(BackstopError::WrongVault.into()),
        refusal(1),
        json!({"InstructionError": [0, "ProgramFailedToComplete"]}),
        json!("BlockhashNotFound"),
        json!("AccountNotFound"),
        json!("SanitizeFailure"),
    ] {
        for task in Task::ALL {
            let chain = Chain::new([error.clone()], confirmed(Json::Null));
            let outcome = executor(&chain).run(job(task), Some(SOL)).await;
            assert_eq!(chain.sent(), 0, "{task:?} {error}: {outcome:?}");
            assert_ne!(outcome, Outcome::Landed);
        }
    }
}

#[tokio::test]
async fn what_passes_and_pays_is_sent_and_lands() {
    let chain = Chain::new([], confirmed(Json::Null));
    let executor = executor(&chain);
    let outcome = executor.run(job(Task::Liquidate), Some(SOL)).await;
    assert_eq!(outcome, Outcome::Landed);
    assert_eq!(chain.sent(), 1);
    assert_eq!(outcome.rest(), Rest::Done);
}

#[tokio::test]
async fn done_already_is_success_and_costs_nothing() {
    let chain = Chain::new([refusal(BackstopError::NoDebt.into())], Json::Null);
    let executor = executor(&chain);
    let outcome = executor.run(job(Task::WriteOff), Some(SOL)).await;
    assert_eq!(outcome, Outcome::AlreadyDone);
    assert_eq!(outcome.rest(), Rest::Done);
    assert_eq!(chain.sent(), 0);
}

#[tokio::test]
async fn a_rival_that_was_first_on_chain_is_success_and_the_fee_counts() {
    let error = refusal(BackstopError::NoDebt.into());
    let chain = Chain::new([], confirmed(error));
    let executor = executor(&chain);
    let before = executor.cap().lost(crate::clock::unix_now());
    let outcome = executor.run(job(Task::WriteOff), Some(SOL)).await;
    assert_eq!(outcome, Outcome::AlreadyDone);
    // 5,000 lamports at 200 dollars.
    let after = executor.cap().lost(crate::clock::unix_now());
    assert_eq!(after.0 - before.0, DOLLAR / 1_000);
}

#[tokio::test]
async fn a_smaller_transaction_is_tried_where_the_larger_one_does_not_pass() {
    let chain = Chain::new(
        [refusal(BackstopError::InsufficientCash.into())],
        confirmed(Json::Null),
    );
    let mut job = job(Task::Liquidate);
    job.variants.push(job.variants[0].clone());
    let outcome = executor(&chain).run(job, Some(SOL)).await;
    assert_eq!(outcome, Outcome::Landed);
    assert_eq!(chain.sent(), 1);
}

#[tokio::test]
async fn a_dry_run_sends_nothing() {
    let chain = Chain::new([], confirmed(Json::Null));
    let executor = Executor {
        dry_run: true,
        ..executor(&chain)
    };
    let outcome = executor.run(job(Task::Liquidate), Some(SOL)).await;
    assert_eq!((outcome, chain.sent()), (Outcome::Simulated, 0));
}

#[tokio::test]
async fn the_kill_switch_stops_what_was_decided_already() {
    let file: PathBuf = std::env::temp_dir().join(format!("keeper-stop-{}", std::process::id()));
    let chain = Chain::new([], confirmed(Json::Null));
    let executor = Executor {
        kill_switch: Some(file.clone()),
        ..executor(&chain)
    };
    std::fs::write(&file, "").unwrap();
    let stopped = executor.run(job(Task::Liquidate), Some(SOL)).await;
    std::fs::remove_file(&file).unwrap();
    assert_eq!((stopped, chain.sent()), (Outcome::Stopped, 0));
    let goes_on = executor.run(job(Task::Liquidate), Some(SOL)).await;
    assert_eq!((goes_on, chain.sent()), (Outcome::Landed, 1));
}

#[tokio::test]
async fn what_does_not_pay_is_not_sent_and_without_a_price_of_sol_nothing_pays() {
    let chain = Chain::new([], confirmed(Json::Null));
    let executor = executor(&chain);
    let poor = Job {
        worth: Value(DOLLAR / 1_000),
        ..job(Task::Liquidate)
    };
    assert_eq!(executor.run(poor, Some(SOL)).await, Outcome::Unprofitable);
    for (task, expected) in [
        (Task::Liquidate, Outcome::Unprofitable),
        (Task::Cover, Outcome::OverCap),
    ] {
        assert_eq!(executor.run(job(task), None).await, expected);
    }
    assert_eq!(chain.sent(), 0);
}

#[tokio::test]
async fn fees_never_pass_the_cap() {
    // Everything that is sent fails on chain, as when every simulation lies.
    let error = refusal(BackstopError::PriceStale.into());
    let chain = Chain::new([], confirmed(error));
    let cap = HourlyCap::new(Value(24 * DOLLAR / 1_000), crate::clock::unix_now());
    let executor = Executor {
        cap: Mutex::new(cap),
        ..executor(&chain)
    };
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        outcomes.push(executor.run(job(Task::WriteOff), Some(SOL)).await);
    }
    // An eighth of the cap is free after a start: three fees.
    assert_eq!(outcomes[..3], [Outcome::LandedFailed; 3]);
    assert_eq!(outcomes[3..], [Outcome::OverCap; 2]);
    assert_eq!(chain.sent(), 3);
}

#[tokio::test]
async fn a_transaction_that_is_never_heard_of_is_given_up_and_its_fee_counts() {
    let chain = Chain::new([], Json::Null);
    let executor = Executor {
        give_up: Duration::from_millis(700),
        ..executor(&chain)
    };
    let before = executor.cap().lost(crate::clock::unix_now());
    let outcome = executor.run(job(Task::Liquidate), Some(SOL)).await;
    assert_eq!(outcome, Outcome::GivenUp);
    assert!(executor.cap().lost(crate::clock::unix_now()) > before);
}

//! Transactions without a network: a node that answers what a test tells it,
//! and remembers what it was asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use backstop_client::{
    error::ClientError,
    transaction::{send_and_confirm, Assembler, FeePolicy, MOST_BYTES, SIGNATURE_LAMPORTS},
};
use serde_json::{json, Value};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;
use solana_rpc_client::{
    nonblocking::rpc_client::RpcClient,
    rpc_client::RpcClientConfig,
    rpc_sender::{RpcSender, RpcTransportStats},
};
use solana_rpc_client_api::{
    client_error::{Error, ErrorKind, Result as RpcResult},
    request::RpcRequest,
};
use solana_signer::Signer;

type Asked = Arc<Mutex<Vec<String>>>;

struct Node {
    answers: BTreeMap<&'static str, Value>,
    asked: Asked,
}

#[async_trait]
impl RpcSender for Node {
    async fn send(&self, request: RpcRequest, params: Value) -> RpcResult<Value> {
        let method = request.to_string();
        self.asked.lock().unwrap().push(method.clone());
        if method == "sendTransaction" {
            // The signature of what was sent, as a node answers.
            let bytes = params[0].as_str().unwrap();
            assert!(bytes.len() <= MOST_BYTES * 4 / 3 + 4);
            return Ok(self.answers["signature"].clone());
        }
        self.answers
            .get(method.as_str())
            .cloned()
            .ok_or_else(|| Error::from(ErrorKind::Custom(format!("{method} has no answer"))))
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        "in memory".to_owned()
    }
}

fn context(value: Value) -> Value {
    json!({ "context": { "slot": 100 }, "value": value })
}

fn simulation(error: Value, units: u64) -> Value {
    let failed = format!(
        "Program {} failed: custom program error: 0x177c",
        backstop_client::ID
    );
    context(json!({
        "err": error, "logs": ["Program log: NoDebt", "Program log: AnchorError occurred.", failed],
        "unitsConsumed": units, "loadedAccountsDataSize": 100_000,
    }))
}

fn node(more: &[(&'static str, Value)]) -> (RpcClient, Asked) {
    let asked = Asked::default();
    let blockhash = Pubkey::new_from_array([5; 32]).to_string();
    let mut answers = BTreeMap::from([
        (
            "getLatestBlockhash",
            context(json!({ "blockhash": blockhash, "lastValidBlockHeight": 250 })),
        ),
        ("simulateTransaction", simulation(Value::Null, 20_001)),
        ("getRecentPrioritizationFees", json!([])),
    ]);
    answers.extend(more.iter().cloned());
    let node = Node {
        answers,
        asked: Arc::clone(&asked),
    };
    let config = RpcClientConfig::with_commitment(CommitmentConfig::confirmed());
    (RpcClient::new_sender(node, config), asked)
}

fn instruction(accounts: usize) -> Instruction {
    let meta = |index| AccountMeta::new(Pubkey::new_from_array([index; 32]), false);
    let accounts = (1..=u8::try_from(accounts).unwrap()).map(meta).collect();
    Instruction {
        program_id: backstop_client::ID,
        accounts,
        data: vec![1, 2, 3],
    }
}

#[tokio::test]
async fn a_failed_simulation_builds_and_sends_nothing() {
    let refused = json!({ "InstructionError": [3, { "Custom": 6_012 }] });
    let (rpc, asked) = node(&[("simulateTransaction", simulation(refused, 1))]);
    let assembler = Assembler::new(Pubkey::new_unique());
    let error = assembler.draft(&rpc, &[instruction(2)]).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().name, "NoDebt");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert_eq!(
        *asked.lock().unwrap(),
        ["getLatestBlockhash", "simulateTransaction"]
    );
}

#[tokio::test]
async fn the_limit_leaves_room_for_interest_and_the_fee_has_a_cap() {
    let fees = json!([{ "slot": 1, "prioritizationFee": u64::MAX / 2 }]);
    let (rpc, _) = node(&[("getRecentPrioritizationFees", fees)]);
    let mut assembler = Assembler::new(Pubkey::new_unique());
    assembler.fees = FeePolicy {
        max_price: 1_000_000,
        ..FeePolicy::default()
    };
    let draft = assembler.draft(&rpc, &[instruction(2)]).await.unwrap();
    // A tenth, and the interest of two banks.
    assert_eq!((draft.units, draft.unit_limit), (20_001, 26_002));
    assert_eq!(draft.unit_price, 1_000_000);
    assert_eq!(draft.fee_lamports(), SIGNATURE_LAMPORTS + 26_002);
    assert_eq!(draft.last_valid_block_height, 250);
}

#[tokio::test]
async fn a_node_that_knows_no_fees_costs_the_least_fee() {
    let (rpc, _) = node(&[]);
    let draft = Assembler::new(Pubkey::new_unique())
        .draft(&rpc, &[instruction(2)])
        .await
        .unwrap();
    assert_eq!(draft.fee_lamports(), SIGNATURE_LAMPORTS);
}

#[tokio::test]
async fn what_is_too_large_fits_with_a_lookup_table() {
    let (rpc, asked) = node(&[]);
    let large = instruction(40);
    let mut assembler = Assembler::new(Pubkey::new_unique());
    let error = assembler
        .draft(&rpc, std::slice::from_ref(&large))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("lookup table"), "{error}");
    assert_eq!(*asked.lock().unwrap(), ["getLatestBlockhash"]);

    assembler.tables.push(AddressLookupTableAccount {
        key: Pubkey::new_unique(),
        addresses: large.accounts.iter().map(|meta| meta.pubkey).collect(),
    });
    assembler.draft(&rpc, &[large]).await.unwrap();
}

async fn send(more: &[(&'static str, Value)]) -> (Result<u64, ClientError>, Vec<String>) {
    let payer = Keypair::new();
    let (rpc, _) = node(&[]);
    let draft = Assembler::new(payer.pubkey())
        .draft(&rpc, &[instruction(2)])
        .await
        .unwrap();
    let transaction = draft.sign(&[&payer]).unwrap();
    let signature = transaction.signatures[0].to_string();
    let mut answers = more.to_vec();
    answers.push(("signature", json!(signature)));
    let (rpc, asked) = node(&answers);
    let commitment = CommitmentConfig::confirmed();
    let sent = send_and_confirm(&rpc, &transaction, 250, commitment).await;
    let asked = asked.lock().unwrap().clone();
    (sent.map(|landed| landed.slot), asked)
}

fn status(error: Value) -> Value {
    let outcome = if error.is_null() {
        json!({ "Ok": null })
    } else {
        json!({ "Err": error })
    };
    context(json!([{
        "slot": 99, "confirmations": 3, "err": error,
        "status": outcome, "confirmationStatus": "confirmed",
    }]))
}

#[tokio::test]
async fn a_transaction_that_lands_is_sent_once() {
    let (sent, asked) = send(&[
        ("getSignatureStatuses", status(Value::Null)),
        ("getBlockHeight", json!(200)),
    ])
    .await;
    assert_eq!(sent.unwrap(), 99);
    let sends = asked.iter().filter(|method| *method == "sendTransaction");
    assert_eq!(sends.count(), 1);
}

#[tokio::test]
async fn a_transaction_that_landed_and_failed_is_no_success() {
    let refused = json!({ "InstructionError": [3, { "Custom": 6_012 }] });
    let (sent, _) = send(&[
        ("getSignatureStatuses", status(refused)),
        ("getBlockHeight", json!(200)),
    ])
    .await;
    let error = sent.unwrap_err();
    assert_eq!(error.refusal().unwrap().name, "NoDebt");
    assert!(!error.to_string().contains("nothing was sent"), "{error}");
}

#[tokio::test]
async fn a_transaction_whose_blockhash_is_too_old_is_given_up() {
    let (sent, _) = send(&[
        ("getSignatureStatuses", context(json!([null]))),
        ("getBlockHeight", json!(251)),
    ])
    .await;
    assert!(matches!(sent, Err(ClientError::Expired { .. })));
}

//! Transactions: one that must succeed, or hundreds that may go in any order.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure, Context, Result};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{client_error::Error as ClientError, config::RpcSendTransactionConfig};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::TransactionStatus;
use tokio::{task::JoinSet, time::sleep};

/// How many requests are under way at once: a few more than a Surfpool has
/// threads for them.
const PARALLEL: usize = 8;
/// How many transactions share a blockhash; `getSignatureStatuses` takes no more.
pub const GROUP: usize = 256;
/// How often a transaction is sent before it is given up.
pub const ROUNDS: usize = 3;
/// How often a status is asked for, and for how long. A transaction has one when
/// its block is closed.
const POLL: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(5);

/// A client for `url` that reads what has been processed.
#[must_use]
pub fn client(url: &str) -> RpcClient {
    RpcClient::new_with_commitment(url.to_owned(), CommitmentConfig::processed())
}

/// Sends one transaction and waits until it is in a block. The first
/// signer pays.
pub async fn send(
    rpc: &RpcClient,
    signers: &[&Keypair],
    instructions: &[Instruction],
) -> Result<Signature> {
    let payer = signers.first().context("nobody pays")?.pubkey();
    let blockhash = rpc.get_latest_blockhash().await?;
    let message = Message::new_with_blockhash(instructions, Some(&payer), &blockhash);
    let transaction = VersionedTransaction::try_new(VersionedMessage::Legacy(message), signers)?;
    let signature = rpc.send_transaction(&transaction).await?;
    landed(rpc, &signature).await?;
    Ok(signature)
}

/// Waits until a transaction is in a block, and fails if it failed.
pub async fn landed(rpc: &RpcClient, signature: &Signature) -> Result<()> {
    match statuses(rpc, &[*signature]).await?.into_iter().next() {
        Some(Some(Ok(()))) => Ok(()),
        Some(Some(Err(error))) => bail!("{signature} failed: {error}"),
        _ => bail!("{signature} was sent and is in no block"),
    }
}

/// Sends transactions that do not depend on one another, each signed and paid by
/// `signer`. They are signed once and sent until each has landed: signed anew,
/// one that was only late would be executed twice.
pub async fn send_all(
    rpc: &Arc<RpcClient>,
    signer: &Keypair,
    batch: &[Vec<Instruction>],
) -> Result<()> {
    for group in batch.chunks(GROUP) {
        let mut waiting = sign(rpc, signer, group).await?;
        let mut refusal = None;
        for _ in 0..ROUNDS {
            refusal = refusal.or(broadcast(rpc, &waiting).await?);
            waiting = lost(rpc, waiting).await?;
            if waiting.is_empty() {
                break;
            }
        }
        if !waiting.is_empty() {
            return Err(given_up(waiting.len(), refusal));
        }
    }
    Ok(())
}

/// Signs transactions over the newest blockhash; `signer` pays.
pub async fn sign(
    rpc: &RpcClient,
    signer: &Keypair,
    batch: &[Vec<Instruction>],
) -> Result<Vec<VersionedTransaction>> {
    let blockhash = rpc.get_latest_blockhash().await?;
    let payer = signer.pubkey();
    let transactions = batch.iter().map(|instructions| {
        let message = Message::new_with_blockhash(instructions, Some(&payer), &blockhash);
        VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[signer])
    });
    Ok(transactions.collect::<Result<_, _>>()?)
}

/// Says what did not land, and why the first refusal was one.
pub fn given_up(count: usize, refusal: Option<ClientError>) -> anyhow::Error {
    let what = format!("{count} transactions did not land in {ROUNDS} attempts");
    match refusal {
        Some(error) => anyhow::Error::new(error).context(what),
        None => anyhow::anyhow!(what),
    }
}

/// Those of `sent` that are in no block. Fails if one of them failed.
async fn lost(
    rpc: &RpcClient,
    sent: Vec<VersionedTransaction>,
) -> Result<Vec<VersionedTransaction>> {
    let signatures: Vec<_> = sent.iter().map(|tx| tx.signatures[0]).collect();
    let mut lost = Vec::new();
    for (transaction, status) in sent.into_iter().zip(statuses(rpc, &signatures).await?) {
        match status {
            Some(Ok(())) => {}
            Some(Err(error)) => bail!("{} failed: {error}", transaction.signatures[0]),
            None => lost.push(transaction),
        }
    }
    Ok(lost)
}

/// Sends each once, several at a time. Returns the first refusal, which is
/// no error yet: whether a transaction has landed is what its status says.
pub async fn broadcast(
    rpc: &Arc<RpcClient>,
    transactions: &[VersionedTransaction],
) -> Result<Option<ClientError>> {
    let mut refusal = None;
    let mut under_way: JoinSet<Result<Signature, ClientError>> = JoinSet::new();
    for transaction in transactions {
        if under_way.len() >= PARALLEL {
            if let Some(outcome) = under_way.join_next().await {
                refusal = refusal.or(outcome?.err());
            }
        }
        let (rpc, transaction) = (Arc::clone(rpc), transaction.clone());
        under_way.spawn(async move {
            let config = RpcSendTransactionConfig {
                skip_preflight: true,
                ..RpcSendTransactionConfig::default()
            };
            rpc.send_transaction_with_config(&transaction, config).await
        });
    }
    while let Some(outcome) = under_way.join_next().await {
        refusal = refusal.or(outcome?.err());
    }
    Ok(refusal)
}

/// Asks until each has a status, or patience is over.
async fn statuses(
    rpc: &RpcClient,
    signatures: &[Signature],
) -> Result<Vec<Option<Result<(), TransactionError>>>> {
    let started = Instant::now();
    loop {
        let found = rpc.get_signature_statuses(signatures).await?.value;
        ensure!(found.len() == signatures.len(), "statuses are missing");
        if found.iter().all(Option::is_some) || started.elapsed() > PATIENCE {
            let outcome = |status: TransactionStatus| status.status;
            return Ok(found.into_iter().map(|s| s.map(outcome)).collect());
        }
        sleep(POLL).await;
    }
}

//! From a signed transaction to a landed one.

use std::time::{Duration, Instant};

use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_signer::signers::Signers;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::UiTransactionEncoding;

use super::{assemble::Assembler, details::details};
use crate::error::{ClientError, FailedTransaction};

const REBROADCAST: Duration = Duration::from_millis(1_500);
const POLL: Duration = Duration::from_millis(250);
/// How long a node may say nothing about its height. A blockhash lives shorter.
const PATIENCE: Duration = Duration::from_secs(60);

/// A transaction that landed and went through.
pub struct Landed {
    /// Its first signature.
    pub signature: Signature,
    /// Slot that it landed in.
    pub slot: u64,
}

/// Sends a transaction, again and again, until it is confirmed or its blockhash
/// has expired (about 30 seconds). Sending twice does no harm: a transaction
/// lands once.
///
/// # Errors
/// `Transaction` if it landed and failed; `Expired` if it did not land and
/// never will; `Rpc` if the node said nothing for a minute: it may have landed.
pub async fn send_and_confirm(
    rpc: &RpcClient,
    transaction: &VersionedTransaction,
    last_valid_block_height: u64,
    commitment: CommitmentConfig,
) -> Result<Landed, ClientError> {
    let signature = *transaction
        .signatures
        .first()
        .ok_or_else(|| ClientError::Build("no signature".to_owned()))?;
    let config = RpcSendTransactionConfig {
        skip_preflight: true,
        max_retries: Some(0),
        encoding: Some(UiTransactionEncoding::Base64),
        ..RpcSendTransactionConfig::default()
    };
    let mut failure = None;
    let mut sent_at: Option<Instant> = None;
    let mut heard_at = Instant::now();
    loop {
        if sent_at.is_none_or(|at| at.elapsed() >= REBROADCAST) {
            sent_at = Some(Instant::now());
            failure = rpc
                .send_transaction_with_config(transaction, config)
                .await
                .err();
        }
        tokio::time::sleep(POLL).await;
        // The height first: a status read after it that is empty stays so.
        let height = rpc.get_block_height_with_commitment(commitment).await;
        if let Some(landed) = status(rpc, &signature, commitment).await? {
            return Ok(landed);
        }
        match height {
            Ok(height) => {
                heard_at = Instant::now();
                if height > last_valid_block_height {
                    return Err(match failure {
                        Some(error) => ClientError::from(error),
                        None => ClientError::Expired { signature },
                    });
                }
            }
            Err(error) if heard_at.elapsed() >= PATIENCE => return Err(error.into()),
            Err(_) => {}
        }
    }
}

/// Whether a transaction has landed with `commitment`.
async fn status(
    rpc: &RpcClient,
    signature: &Signature,
    commitment: CommitmentConfig,
) -> Result<Option<Landed>, ClientError> {
    // A node that does not answer now may answer the next time.
    let Ok(answer) = rpc.get_signature_statuses(&[*signature]).await else {
        return Ok(None);
    };
    let Some(status) = answer.value.into_iter().flatten().next() else {
        return Ok(None);
    };
    if !status.satisfies_commitment(commitment) {
        return Ok(None);
    }
    match status.err {
        None => Ok(Some(Landed {
            signature: *signature,
            slot: status.slot,
        })),
        Some(error) => Err(ClientError::Transaction(Box::new(FailedTransaction {
            error,
            logs: details(rpc, signature)
                .await
                .map(|details| details.logs)
                .unwrap_or_default(),
            simulated: false,
        }))),
    }
}

/// Drafts, signs, sends and confirms.
///
/// # Errors
/// Those of [`Assembler::draft`], [`Draft::sign`](super::Draft::sign) and [`send_and_confirm`].
pub async fn execute(
    rpc: &RpcClient,
    assembler: &Assembler,
    instructions: &[Instruction],
    signers: &(impl Signers + ?Sized),
) -> Result<Landed, ClientError> {
    let draft = assembler.draft(rpc, instructions).await?;
    let height = draft.last_valid_block_height;
    let transaction = draft.sign(signers)?;
    send_and_confirm(rpc, &transaction, height, assembler.commitment).await
}

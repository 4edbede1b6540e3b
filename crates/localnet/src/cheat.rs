//! What a local chain allows and no cluster does: accounts and time by decree,
//! and a transaction whose signatures nobody checks.

use anyhow::{ensure, Context, Result};
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::request::RpcRequest;
use solana_sdk_ids::sysvar;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

/// Longer leaps wrap no counter, but no test needs them: a hundred years.
const MAX_FORWARD_SECS: u64 = 100 * 366 * 86_400;

/// The chain's clock, as programs read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Slot that is being filled.
    pub slot: u64,
    /// (unix secs)
    pub time: i64,
}

/// Reads the clock sysvar.
pub async fn now(rpc: &RpcClient) -> Result<Now> {
    let answer = rpc
        .get_account_with_commitment(&sysvar::clock::ID, rpc.commitment())
        .await
        .with_context(|| format!("no network answers at {}: start it again", rpc.url()))?;
    let account = answer.value.context("the chain has no clock")?;
    clock(&account.data).context("the clock sysvar is too short")
}

/// `Clock`: slot, start of the epoch, epoch, leader's epoch, unix time.
fn clock(data: &[u8]) -> Option<Now> {
    let word = |index: usize| data.get(index * 8..index * 8 + 8)?.try_into().ok();
    Some(Now {
        slot: u64::from_le_bytes(word(0)?),
        time: i64::from_le_bytes(word(4)?),
    })
}

/// Replaces an account.
pub async fn set_account(rpc: &RpcClient, address: &Pubkey, account: &Account) -> Result<()> {
    let change = json!({
        "lamports": account.lamports,
        "owner": account.owner.to_string(),
        "executable": account.executable,
        "data": hex(&account.data),
    });
    request::<Value>(
        rpc,
        "surfnet_setAccount",
        json!([address.to_string(), change]),
    )
    .await?;
    Ok(())
}

/// Moves the chain's clock and its slots forward.
pub async fn forward(rpc: &RpcClient, secs: u64) -> Result<Now> {
    ensure!(
        (1..=MAX_FORWARD_SECS).contains(&secs),
        "time moves forward by 1 second to 100 years"
    );
    let before = now(rpc).await?;
    // Surfpool counts in milliseconds, and the second that is running may be
    // nearly over: it must not get a target in the past.
    let target = u64::try_from(before.time)?
        .saturating_add(secs)
        .saturating_mul(1_000);
    request::<Value>(
        rpc,
        "surfnet_timeTravel",
        json!([{ "absoluteTimestamp": target }]),
    )
    .await?;
    now(rpc).await
}

/// Sends a transaction whose signatures the chain does not check.
pub async fn send_unchecked(
    rpc: &RpcClient,
    transaction: &VersionedTransaction,
) -> Result<Signature> {
    // The count is a compact number: one byte up to 127.
    let count = u8::try_from(transaction.signatures.len())?;
    ensure!(count < 128, "too many signatures");
    let mut bytes = vec![count];
    for signature in &transaction.signatures {
        bytes.extend_from_slice(signature.as_ref());
    }
    bytes.extend_from_slice(&transaction.message.serialize());
    let config = json!({
        "encoding": "base64",
        "skipPreflight": true,
        "skipSigVerify": true,
    });
    let signature: String = rpc
        .send(
            RpcRequest::SendTransaction,
            json!([STANDARD.encode(bytes), config]),
        )
        .await?;
    signature.parse().context("the chain returned no signature")
}

async fn request<T: serde::de::DeserializeOwned>(
    rpc: &RpcClient,
    method: &'static str,
    params: Value,
) -> Result<T> {
    rpc.send(RpcRequest::Custom { method }, params)
        .await
        .with_context(|| format!("{method} failed: is this a local chain?"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_read_at_the_sysvars_offsets() {
        let words: [u64; 5] = [11, 22, 33, 44, 55];
        let data: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(clock(&data), Some(Now { slot: 11, time: 55 }));
        assert_eq!(clock(&data[..39]), None);
    }

    #[test]
    fn hex_keeps_leading_zeros() {
        assert_eq!(hex(&[0, 1, 0xff]), "0001ff");
    }
}

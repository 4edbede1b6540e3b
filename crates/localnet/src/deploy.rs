//! The program, through the upgradeable loader: a buffer, its contents in
//! hundreds of transactions, and the deployment, as on a public cluster.

use std::sync::Arc;

use anyhow::{ensure, Context, Result};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::{
    get_program_data_address, instruction as loader, state::UpgradeableLoaderState,
};
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::{cheat, send};

/// (bytes) What a write can carry, with one signature, in a packet of 1,232.
const CHUNK: usize = 1_012;

/// Deploys `bytes` as `program`, upgradeable by `authority`, who pays.
///
/// The program's own key must sign the transaction that creates its account.
/// Nobody has the key of the declared id, so that one signature is left empty
/// and the chain is asked not to look; everything else in the transaction is
/// executed as it stands. All other transactions are signed and checked.
pub async fn program(
    rpc: &Arc<RpcClient>,
    authority: &Keypair,
    program: &Pubkey,
    bytes: &[u8],
    progress: impl Fn(usize, usize),
) -> Result<()> {
    let buffer = buffer(rpc, authority, bytes, progress).await?;
    let (payer, rent) = (
        authority.pubkey(),
        rpc.get_minimum_balance_for_rent_exemption(UpgradeableLoaderState::size_of_program())
            .await?,
    );
    let instructions = loader::deploy_with_max_program_len(
        &payer,
        program,
        &buffer,
        &authority.pubkey(),
        rent,
        bytes.len(),
    )?;
    let transaction = signed_but_for(rpc, authority, program, &instructions).await?;
    let signature = cheat::send_unchecked(rpc, &transaction).await?;
    send::landed(rpc, &signature).await?;
    check(rpc, program, &authority.pubkey(), bytes).await
}

/// Creates a buffer and fills it.
async fn buffer(
    rpc: &Arc<RpcClient>,
    authority: &Keypair,
    bytes: &[u8],
    progress: impl Fn(usize, usize),
) -> Result<Pubkey> {
    let key = Keypair::new();
    let (owner, address) = (authority.pubkey(), key.pubkey());
    let rent = rpc
        .get_minimum_balance_for_rent_exemption(UpgradeableLoaderState::size_of_programdata(
            bytes.len(),
        ))
        .await?;
    let create = loader::create_buffer(&owner, &address, &owner, rent, bytes.len())?;
    send::send(rpc, &[authority, &key], &create)
        .await
        .context("the buffer could not be created")?;
    fill(rpc, authority, &address, bytes, progress)
        .await
        .context("the program could not be written")?;
    Ok(address)
}

/// Writes until the buffer holds `bytes`. What it holds is the proof: a write
/// that was lost is seen and sent again, and one that comes twice does no harm.
async fn fill(
    rpc: &Arc<RpcClient>,
    authority: &Keypair,
    buffer: &Pubkey,
    bytes: &[u8],
    progress: impl Fn(usize, usize),
) -> Result<()> {
    let writes = writes(buffer, &authority.pubkey(), bytes)?;
    let mut waiting: Vec<_> = writes.clone();
    let mut refusal = None;
    for _ in 0..send::ROUNDS {
        let mut sent = writes.len().saturating_sub(waiting.len());
        for group in waiting.chunks(send::GROUP) {
            let transactions = send::sign(rpc, authority, group).await?;
            refusal = refusal.or(send::broadcast(rpc, &transactions).await?);
            sent = sent.saturating_add(group.len());
            progress(sent, writes.len());
        }
        let data = rpc.get_account_data(buffer).await?;
        let written = data
            .get(UpgradeableLoaderState::size_of_buffer_metadata()..)
            .context("the buffer is too short")?;
        ensure!(written.len() == bytes.len(), "the buffer has another size");
        let chunks = written.chunks(CHUNK).zip(bytes.chunks(CHUNK));
        waiting = writes
            .iter()
            .zip(chunks)
            .filter(|(_, (written, wanted))| written != wanted)
            .map(|(write, _)| write.clone())
            .collect();
        if waiting.is_empty() {
            return Ok(());
        }
    }
    Err(send::given_up(waiting.len(), refusal))
}

fn writes(buffer: &Pubkey, authority: &Pubkey, bytes: &[u8]) -> Result<Vec<Vec<Instruction>>> {
    bytes
        .chunks(CHUNK)
        .enumerate()
        .map(|(index, chunk)| {
            let offset = u32::try_from(index * CHUNK)?;
            Ok(vec![loader::write(
                buffer,
                authority,
                offset,
                chunk.to_vec(),
            )])
        })
        .collect()
}

/// A transaction with the payer's signature and an empty one for `absent`.
async fn signed_but_for(
    rpc: &RpcClient,
    payer: &Keypair,
    absent: &Pubkey,
    instructions: &[Instruction],
) -> Result<VersionedTransaction> {
    let blockhash = rpc.get_latest_blockhash().await?;
    let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &blockhash);
    let signers = usize::from(message.header.num_required_signatures);
    ensure!(
        message.account_keys.get(..signers) == Some(&[payer.pubkey(), *absent]),
        "the deployment asks for other signatures than the payer's and the program's"
    );
    let message = VersionedMessage::Legacy(message);
    let signature = payer.sign_message(&message.serialize());
    Ok(VersionedTransaction {
        signatures: vec![signature, Signature::default()],
        message,
    })
}

/// Compares what the chain will execute with what was to be deployed.
async fn check(rpc: &RpcClient, program: &Pubkey, authority: &Pubkey, bytes: &[u8]) -> Result<()> {
    let account = rpc.get_account(program).await?;
    ensure!(
        account.executable && account.owner == bpf_loader_upgradeable::ID,
        "{program} is not an upgradeable program after its deployment"
    );
    let data = rpc
        .get_account_data(&get_program_data_address(program))
        .await?;
    ensure!(
        data.get(UpgradeableLoaderState::size_of_programdata_metadata()..) == Some(bytes),
        "the chain holds other bytecode than was deployed"
    );
    // Tag (4 bytes), slot (8), and an authority if the byte after them is 1.
    ensure!(
        data.get(12) == Some(&1) && data.get(13..45) == Some(authority.as_ref()),
        "somebody else may upgrade the program"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a packet holds.
    const PACKET: usize = 1_232;

    #[test]
    fn a_full_write_fills_a_packet_to_the_last_byte() {
        let (buffer, authority) = (Pubkey::new_unique(), Pubkey::new_unique());
        let writes = writes(&buffer, &authority, &[7; CHUNK]).unwrap();
        let message = Message::new(&writes[0], Some(&authority));
        let signatures = 1 + 64;
        assert_eq!(
            signatures + VersionedMessage::Legacy(message).serialize().len(),
            PACKET
        );
    }

    #[test]
    fn writes_cover_every_byte_once() {
        let bytes: Vec<u8> = (0..2_500u32).map(|byte| byte as u8).collect();
        let writes = writes(&Pubkey::new_unique(), &Pubkey::new_unique(), &bytes).unwrap();
        let mut written = Vec::new();
        for write in &writes {
            let data = &write[0].data;
            let offset = u32::from_le_bytes(data[4..8].try_into().unwrap());
            assert_eq!(offset as usize, written.len());
            written.extend_from_slice(&data[16..]);
        }
        assert_eq!(written, bytes);
    }
}

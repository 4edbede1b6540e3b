//! Actors, mints, and what everybody starts with.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{anyhow, bail, Context, Result};
use solana_instruction::Instruction;
use solana_keypair::{read_keypair_file, write_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{instruction as token, ID as TOKEN};

use crate::{assets::Asset, send};

/// How many accounts one transaction creates and fills; a packet holds more.
const PER_TRANSACTION: usize = 4;

/// (bytes) Size of a mint without extensions.
const MINT_BYTES: usize = 82;

/// Where an actor's keypair lies.
#[must_use]
pub fn key_path(dir: &Path, name: &str) -> PathBuf {
    dir.join("keys").join(format!("{name}.json"))
}

/// Reads an actor's keypair, or makes one.
pub fn keypair(dir: &Path, name: &str) -> Result<Keypair> {
    let path = key_path(dir, name);
    if path.exists() {
        return read_keypair_file(&path).map_err(|error| anyhow!("{}: {error}", path.display()));
    }
    if name.is_empty() || !name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_') {
        bail!("`{name}` is no name for an actor: use letters, digits and `_`");
    }
    fs::create_dir_all(path.parent().context("no directory for keys")?)?;
    let keypair = Keypair::new();
    write_keypair_file(&keypair, &path).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    Ok(keypair)
}

/// Gives lamports to each, and waits until they are there.
pub async fn airdrop(rpc: &RpcClient, to: &[Pubkey], lamports: u64) -> Result<()> {
    let mut signatures = Vec::new();
    for address in to {
        signatures.push(rpc.request_airdrop(address, lamports).await?);
    }
    for signature in signatures {
        send::landed(rpc, &signature).await?;
    }
    Ok(())
}

/// Creates an asset's mint.
pub async fn create_mint(rpc: &RpcClient, asset: &Asset, authority: &Keypair) -> Result<()> {
    let mint = asset.mint_keypair();
    let (payer, address) = (authority.pubkey(), mint.pubkey());
    let rent = rpc
        .get_minimum_balance_for_rent_exemption(MINT_BYTES)
        .await?;
    let instructions = [
        system::create_account(&payer, &address, rent, MINT_BYTES as u64, &TOKEN),
        token::initialize_mint2(&TOKEN, &address, &payer, None, asset.decimals)?,
    ];
    send::send(rpc, &[authority, &mint], &instructions)
        .await
        .with_context(|| format!("the mint of {} could not be created", asset.symbol))?;
    Ok(())
}

/// Mints `atoms` to the associated account of each owner.
pub async fn mint(
    rpc: &Arc<RpcClient>,
    asset: &Asset,
    authority: &Keypair,
    owners: &[Pubkey],
    atoms: u64,
) -> Result<()> {
    let batch = owners
        .chunks(PER_TRANSACTION)
        .map(|owners| {
            let mut instructions = vec![unlike_any_other(&authority.pubkey())];
            for owner in owners {
                instructions.extend(mint_one(asset, &authority.pubkey(), owner, atoms)?);
            }
            Ok(instructions)
        })
        .collect::<Result<Vec<_>>>()?;
    send::send_all(rpc, authority, &batch)
        .await
        .with_context(|| format!("{} could not be minted", asset.symbol))
}

/// Pays a few lamports to oneself, so that the same gift twice over one
/// blockhash is two transactions: equal ones have one signature, and the second
/// is not executed.
fn unlike_any_other(payer: &Pubkey) -> Instruction {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let moment = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = moment.map_or(0, |since| u64::from(since.subsec_nanos()));
    let lamports = nanos.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed));
    system::transfer(payer, payer, lamports)
}

fn mint_one(
    asset: &Asset,
    authority: &Pubkey,
    owner: &Pubkey,
    atoms: u64,
) -> Result<Vec<Instruction>> {
    let mint = asset.mint();
    let account = get_associated_token_address(owner, &mint);
    Ok(vec![
        create_associated_token_account_idempotent(authority, owner, &mint, &TOKEN),
        token::mint_to(&TOKEN, &mint, &account, authority, &[], atoms)?,
    ])
}

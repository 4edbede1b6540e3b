//! Opens an obligation, deposits, and prints what the deposit is worth.
//!
//! `cargo run --example lend -- URL KEYPAIR MARKET MINT ATOMS`

use std::env;

use anyhow::{anyhow, Context, Result};
use backstop_client::{
    accounts::decode,
    instructions,
    oracle::OracleMap,
    program::state::Obligation,
    transaction::{details, execute, Assembler},
    MarketView,
};
use solana_keypair::read_keypair_file;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let mut next = |name: &str| args.next().with_context(|| format!("{name} is missing"));
    let rpc = RpcClient::new(next("URL")?);
    let wallet = read_keypair_file(next("KEYPAIR")?).map_err(|error| anyhow!("{error}"))?;
    let market: Pubkey = next("MARKET")?.parse()?;
    let mint: Pubkey = next("MINT")?.parse()?;
    let atoms: u64 = next("ATOMS")?.parse()?;

    let view = MarketView::fetch(&rpc, market, &OracleMap::default()).await?;
    let bank = view
        .bank_of_mint(&mint)
        .context("no bank of that mint")?
        .keys;
    let owner = wallet.pubkey();
    let obligation = view.keys.obligation(&owner, 0);
    let open = instructions::open_obligation(&view.keys, owner, owner, 0);
    let deposit = instructions::deposit(
        &bank,
        owner,
        obligation,
        bank.token_account(&owner),
        instructions::Deposit {
            atoms,
            min_shares: 1,
            accept_deficit: false,
        },
    );
    let known = rpc
        .get_account_with_commitment(&obligation, rpc.commitment())
        .await?
        .value;
    let instructions = match known {
        Some(_) => vec![deposit],
        None => vec![open, deposit],
    };
    let landed = execute(&rpc, &Assembler::new(owner), &instructions, &[&wallet]).await?;
    println!("landed in slot {}: {}", landed.slot, landed.signature);
    for event in details(&rpc, &landed.signature).await?.events {
        println!("{}", event.name());
    }

    let account = rpc.get_account(&obligation).await?;
    let state: Obligation = decode(&obligation, &account)?;
    let view = MarketView::fetch(&rpc, market, &OracleMap::default())
        .await?
        .refreshed();
    for position in state.positions().iter().filter(|p| p.has_deposit()) {
        let found = view.bank(&position.bank)?;
        let worth = found.bank.ledger.get().net_value_down(position.deposit())?;
        println!("{}: {} atoms", found.keys.mint, worth.0);
    }
    Ok(())
}

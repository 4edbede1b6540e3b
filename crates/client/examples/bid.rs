//! Buys governance tokens in every auction of a market as soon as they cost no
//! more than their oracle price, as long as the wallet has money.
//!
//! `cargo run --example bid -- URL KEYPAIR MARKET`; it runs until it is stopped.
//! A market without a governance feed has no price to compare with: there it
//! buys at any price.

use std::{env, time::Duration};

use anyhow::{anyhow, Context, Result};
use backstop_client::{
    engine::{
        price::{exchange_rate_down, Quote},
        units::{Atoms, GovAtoms},
    },
    instructions,
    oracle::OracleMap,
    quote,
    transaction::{details, execute, Assembler},
    BankView, MarketView,
};
use solana_keypair::{read_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;

/// (bps) All of the oracle price.
const PAR: u128 = 10_000;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let mut next = |name: &str| args.next().with_context(|| format!("{name} is missing"));
    let rpc = RpcClient::new(next("URL")?);
    let wallet = read_keypair_file(next("KEYPAIR")?).map_err(|error| anyhow!("{error}"))?;
    let market: Pubkey = next("MARKET")?.parse()?;
    loop {
        if let Err(error) = round(&rpc, &wallet, market).await {
            eprintln!("{error:#}");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn round(rpc: &RpcClient, wallet: &Keypair, market: Pubkey) -> Result<()> {
    let view = MarketView::fetch(rpc, market, &OracleMap::default())
        .await?
        .refreshed();
    for bank in &view.banks {
        if let Some((amount, max_pay)) = wanted(rpc, &view, bank, &wallet.pubkey()).await? {
            buy(rpc, wallet, bank, amount, max_pay).await?;
        }
    }
    Ok(())
}

/// How many tokens to buy now, and what they cost at most.
async fn wanted(
    rpc: &RpcClient,
    view: &MarketView,
    bank: &BankView,
    buyer: &Pubkey,
) -> Result<Option<(GovAtoms, Atoms)>> {
    let Some(auction) = quote::auction(view, &bank.keys.bank, view.now)? else {
        return Ok(None);
    };
    let (Some(rate), Some(needed)) = (auction.rate, auction.needed) else {
        return Ok(None);
    };
    if let Some(price) = view.governance() {
        let token = Quote {
            price,
            decimals: view.market.governance_decimals,
        };
        if !bank.is_priced(view.slot) || rate > exchange_rate_down(token, bank.bank.quote(), PAR)? {
            return Ok(None);
        }
    }
    let purse = rpc
        .get_token_account_balance(&bank.keys.token_account(buyer))
        .await?
        .amount
        .parse()?;
    let affordable = rate.tokens_down(Atoms(purse)).unwrap_or(GovAtoms(u64::MAX));
    if affordable.is_zero() {
        return Ok(None);
    }
    if affordable <= needed {
        return Ok(Some((affordable, rate.cost_up(affordable)?)));
    }
    // The price falls until the purchase lands, and then it takes more tokens to
    // raise the rest: who can pay for all of it asks for the whole lot, and is
    // sold what is needed. The last token is paid in full.
    let most = auction.on_auction.add(rate.cost_up(GovAtoms(1))?)?;
    Ok(Some((auction.auction.lot, most)))
}

async fn buy(
    rpc: &RpcClient,
    wallet: &Keypair,
    bank: &BankView,
    amount: GovAtoms,
    max_pay: Atoms,
) -> Result<()> {
    let (buyer, market) = (wallet.pubkey(), bank.keys.market);
    let instructions = [
        instructions::create_token_account(&buyer, &buyer, &market.mint, &market.token_program),
        instructions::buy_governance(
            &bank.keys,
            buyer,
            bank.keys.token_account(&buyer),
            market.token_account(&buyer),
            amount.0,
            max_pay.0,
        ),
    ];
    let landed = execute(rpc, &Assembler::new(buyer), &instructions, &[wallet]).await?;
    let details = details(rpc, &landed.signature).await?;
    for event in details.events {
        if let backstop_client::events::Event::GovernanceBought(bought) = event {
            println!("bought {} for {} atoms", bought.bought, bought.paid);
        }
    }
    Ok(())
}

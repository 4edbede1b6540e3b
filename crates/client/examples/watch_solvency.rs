//! Prints, every few seconds, who would lose what if everything insolvent were
//! written off now.
//!
//! `cargo run --example watch_solvency -- URL MARKET [SECONDS]`; with 0 seconds
//! it looks once.

use std::{env, time::Duration};

use anyhow::{Context, Result};
use backstop_client::{oracle::OracleMap, quote, view::fetch_obligations, MarketView};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let url = args.next().context("URL of a node is missing")?;
    let market: Pubkey = args.next().context("MARKET is missing")?.parse()?;
    let secs: u64 = args.next().map_or(Ok(5), |secs| secs.parse())?;
    let rpc = RpcClient::new(url);
    loop {
        let view = MarketView::fetch(&rpc, market, &OracleMap::default())
            .await?
            .refreshed();
        let obligations = fetch_obligations(&rpc, &market, None).await?;
        let report = quote::solvency(&view, obligations.iter().map(|(_, state)| state))?;
        println!(
            "{} obligations, {} unhealthy, {} insolvent, {} without a price",
            report.obligations, report.unhealthy, report.insolvent, report.unpriced
        );
        for bank in &report.banks {
            let layers = &bank.layers;
            println!(
                "  {}: lenders {}, deficit {}, would lose {}: fees {}, insurance {}, on auction {}, open {}",
                bank.mint,
                bank.lender_assets.0,
                bank.deficit.0,
                layers.loss.0,
                layers.protocol_fees.0,
                layers.insurance_fees.0 + layers.insurance.0,
                layers.on_auction.0,
                layers.left_open.0,
            );
        }
        if secs == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(secs)).await;
    }
}

//! Writes the price accounts, as the sponsors of Pyth's feeds do on the real
//! clusters: again and again, so that no price grows too old to be used.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use backstop_client::{
    oracle::{PriceFeed, PRICE_ACCOUNT_BYTES},
    program::constants::PYTH_RECEIVERS,
};
use solana_account::Account;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    assets::Asset,
    cheat::{self, Now},
    prices::{Book, Quote, Quotes, DECIMALS},
};

/// How often each price is published again.
pub const INTERVAL: Duration = Duration::from_secs(1);

/// (lamports) More than rent for 134 bytes.
const LAMPORTS: u64 = 2_000_000;

/// Publishes every quote with the chain's present time.
pub async fn publish(rpc: &RpcClient, quotes: &Quotes) -> Result<Now> {
    let now = cheat::now(rpc).await?;
    for (symbol, quote) in quotes {
        let asset = Asset::named(symbol)?;
        let account = price_account(asset, quote, now)?;
        cheat::set_account(rpc, &asset.price_account(), &account).await?;
    }
    Ok(now)
}

/// The account as the receiver of Pyth Core writes it.
fn price_account(asset: &Asset, quote: &Quote, now: Now) -> Result<Account> {
    let data = PriceFeed {
        feed_id: asset.feed_id,
        price: quote.price,
        conf: u64::try_from(quote.conf)?,
        ema_price: quote.ema,
        exponent: -i32::try_from(DECIMALS)?,
        publish_time: now.time,
    }
    .to_bytes();
    debug_assert_eq!(data.len(), PRICE_ACCOUNT_BYTES);
    Ok(Account {
        lamports: LAMPORTS,
        data,
        owner: PYTH_RECEIVERS[0],
        executable: false,
        rent_epoch: u64::MAX,
    })
}

/// Publishes what the book says every [`INTERVAL`], until it is aborted.
#[must_use]
pub fn spawn(rpc: Arc<RpcClient>, book: Book) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            // A publication that fails is made up for by the next one; a chain
            // that has ended is noticed by whoever owns it.
            let _ = publish_book(&rpc, &book).await;
            sleep(INTERVAL).await;
        }
    })
}

async fn publish_book(rpc: &RpcClient, book: &Book) -> Result<()> {
    let locked = book.lock().await?;
    publish(rpc, &locked.read()?).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use backstop_client::oracle::price_update;

    #[test]
    fn the_program_reads_the_quote_that_was_published() {
        let asset = Asset::named("SOL").unwrap();
        let quote = Quote::parse("42.5", Some("150"), Some("0.25")).unwrap();
        let now = Now {
            slot: 9,
            time: 1_700_000_000,
        };
        let account = price_account(asset, &quote, now).unwrap();
        let update = price_update(&account, &PYTH_RECEIVERS[0], &asset.feed_id).unwrap();
        let seen = update.observation;
        assert_eq!((seen.price, seen.ema), (4_250_000_000, 15_000_000_000));
        assert_eq!((seen.conf, seen.exponent), (25_000_000, -8));
        assert_eq!(seen.published.0, now.time);
    }
}

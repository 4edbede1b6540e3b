//! Hints of a web socket: something has changed, read it.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use backstop_client::{
    accounts::{query, OBLIGATION_MARKET_OFFSET},
    program::state::Obligation,
    ID,
};
use futures_util::{stream::select_all, StreamExt as _};
use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_pubsub_client::nonblocking::pubsub_client::{PubsubClient, PubsubClientError};
use solana_rpc_client_api::config::RpcAccountInfoConfig;
use tokio::sync::mpsc;

use crate::metrics;

/// A connection that lasted so long was a good one: the next attempt comes soon.
const GOOD: Duration = Duration::from_secs(60);
/// Bound on connecting and subscribing.
const CONNECT: Duration = Duration::from_secs(10);
/// A socket that says nothing for so long may be dead without knowing.
const SILENCE: Duration = Duration::from_secs(300);

/// What may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// This obligation.
    Obligation(Pubkey),
    /// A bank, a price, or something that was missed: poll now.
    View,
}

/// Listens for ever, at one socket after the other, and passes on what it
/// hears. `accounts` are watched one by one: banks and prices.
pub async fn subscribe(
    urls: Vec<String>,
    market: Pubkey,
    accounts: Vec<Pubkey>,
    commitment: CommitmentConfig,
    hints: mpsc::Sender<Hint>,
) {
    let schedule = || {
        ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(30))
            .without_max_times()
            .with_jitter()
            .build()
    };
    let mut pauses = schedule();
    for url in urls.iter().cycle() {
        let start = Instant::now();
        let ended = listen(url, market, &accounts, commitment, &hints).await;
        metrics::subscription(false);
        if hints.is_closed() {
            return;
        }
        if start.elapsed() >= GOOD {
            pauses = schedule();
        }
        let pause = pauses.next().unwrap_or(GOOD);
        let reason = ended
            .err()
            .map_or_else(|| "it ended".to_owned(), |e| e.to_string());
        tracing::warn!(reason, ?pause, "the web socket is gone: polling goes on");
        tokio::time::sleep(pause).await;
    }
}

async fn listen(
    url: &str,
    market: Pubkey,
    accounts: &[Pubkey],
    commitment: CommitmentConfig,
    hints: &mpsc::Sender<Hint>,
) -> Result<(), PubsubClientError> {
    let late = || PubsubClientError::RequestError("no answer in time".to_owned());
    let client = tokio::time::timeout(CONNECT, PubsubClient::new(url))
        .await
        .map_err(|_| late())??;
    // Contents are not looked at, so as little of them as possible is asked for.
    let nothing = UiDataSliceConfig {
        offset: 0,
        length: 0,
    };
    let matches = [(OBLIGATION_MARKET_OFFSET, market)];
    let mut config = query::<Obligation>(&matches, Some(nothing), None);
    config.account_config.commitment = Some(commitment);
    let subscribed = async {
        let (obligations, _unsubscribe) = client.program_subscribe(&ID, Some(config)).await?;
        let mut streams = vec![obligations
            .map(|message| {
                let key = message.value.pubkey.parse();
                key.map_or(Hint::View, Hint::Obligation)
            })
            .boxed()];
        for account in accounts {
            let config = RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                data_slice: Some(nothing),
                commitment: Some(commitment),
                min_context_slot: None,
            };
            let (changes, _unsubscribe) = client.account_subscribe(account, Some(config)).await?;
            streams.push(changes.map(|_| Hint::View).boxed());
        }
        Ok::<_, PubsubClientError>(select_all(streams))
    };
    let mut changes = tokio::time::timeout(CONNECT, subscribed)
        .await
        .map_err(|_| late())??;
    metrics::subscription(true);
    tracing::info!(accounts = accounts.len(), "subscribed");
    // What happened before the subscription was there is unknown.
    let mut next = Some(Hint::View);
    while let Some(hint) = next {
        if hints.send(hint).await.is_err() {
            return Ok(());
        }
        next = tokio::time::timeout(SILENCE, changes.next())
            .await
            .map_err(|_| late())?;
    }
    Ok(())
}

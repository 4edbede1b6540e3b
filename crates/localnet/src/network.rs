//! A running network as another process sees it: prices, time, money.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use anyhow::{ensure, Context, Result};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;

use crate::{
    assets::Asset,
    cheat::{self, Now},
    fund,
    prices::{Book, Quote, Quotes},
    publisher, send,
    state::State,
};

/// Somebody with money.
#[derive(Debug)]
pub struct Actor {
    /// His keypair file.
    pub path: PathBuf,
    /// The same, read.
    pub keypair: Keypair,
}

/// A network that somebody runs.
pub struct Network {
    rpc: Arc<RpcClient>,
    book: Book,
    state: State,
    dir: PathBuf,
}

impl Network {
    /// The network whose state is in `dir`.
    pub fn open(dir: &Path) -> Result<Self> {
        let state = State::read(dir)?;
        Ok(Self {
            rpc: Arc::new(send::client(&state.rpc_url)),
            book: Book::new(dir),
            state,
            dir: dir.to_path_buf(),
        })
    }

    /// Where JSON-RPC answers.
    #[must_use]
    pub fn rpc_url(&self) -> &str {
        &self.state.rpc_url
    }

    /// Where the web sockets are.
    #[must_use]
    pub fn ws_url(&self) -> &str {
        &self.state.ws_url
    }

    /// A client that reads what has been processed.
    #[must_use]
    pub fn rpc(&self) -> &Arc<RpcClient> {
        &self.rpc
    }

    /// What `localnet.json` says.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Keys, prices and `localnet.json` lie here.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// An actor of the start, or one that was added.
    pub fn actor(&self, name: &str) -> Result<Actor> {
        let path = fund::key_path(&self.dir, name);
        ensure!(path.exists(), "no actor is called `{name}`");
        Ok(Actor {
            keypair: fund::keypair(&self.dir, name)?,
            path,
        })
    }

    /// Adds an actor with `lamports` and no tokens.
    pub async fn add_actor(&self, name: &str, lamports: u64) -> Result<Actor> {
        let keypair = fund::keypair(&self.dir, name)?;
        fund::airdrop(&self.rpc, &[keypair.pubkey()], lamports).await?;
        self.actor(name)
    }

    /// The mint of an asset.
    pub fn mint(&self, symbol: &str) -> Result<Pubkey> {
        Ok(Asset::named(symbol)?.mint())
    }

    /// Mints to the associated account of `owner`. The governance token cannot
    /// be minted once a market has taken it over.
    pub async fn give(&self, owner: &Pubkey, symbol: &str, atoms: u64) -> Result<()> {
        let asset = Asset::named(symbol)?;
        let authority = self.actor(asset.authority)?.keypair;
        fund::mint(&self.rpc, asset, &authority, &[*owner], atoms).await
    }

    /// Gives lamports.
    pub async fn airdrop(&self, owner: &Pubkey, lamports: u64) -> Result<()> {
        fund::airdrop(&self.rpc, &[*owner], lamports).await
    }

    /// An actor's name, or an address.
    pub fn address(&self, who: &str) -> Result<Pubkey> {
        match self.actor(who) {
            Ok(actor) => Ok(actor.keypair.pubkey()),
            Err(_) => Pubkey::from_str(who)
                .with_context(|| format!("`{who}` is neither an actor nor an address")),
        }
    }

    /// Changes a price; the average follows at once. It is published when this
    /// returns, and again every second.
    pub async fn set_price(&self, symbol: &str, dollars: &str) -> Result<Now> {
        self.set_quote(symbol, Quote::parse(dollars, None, None)?)
            .await
    }

    /// The same with an average and an interval of its own.
    pub async fn set_quote(&self, symbol: &str, quote: Quote) -> Result<Now> {
        let asset = Asset::named(symbol)?;
        let locked = self.book.lock().await?;
        let mut quotes = locked.read()?;
        quotes.insert(asset.symbol.to_owned(), quote);
        locked.write(&quotes)?;
        publisher::publish(&self.rpc, &quotes).await
    }

    /// What the publisher publishes.
    pub async fn quotes(&self) -> Result<Quotes> {
        self.book.lock().await?.read()
    }

    /// Moves the chain's clock forward, and publishes every price anew.
    pub async fn forward(&self, secs: u64) -> Result<Now> {
        let locked = self.book.lock().await?;
        cheat::forward(&self.rpc, secs).await?;
        publisher::publish(&self.rpc, &locked.read()?).await
    }

    /// The chain's clock.
    pub async fn now(&self) -> Result<Now> {
        cheat::now(&self.rpc).await
    }
}

/// The right to run a network in a directory; one process has it at a time.
#[derive(Debug)]
pub struct Claim(#[allow(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Claim {
    /// Takes it.
    pub fn take(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let file = File::create(dir.join("running.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "a local network is running in {}: stop it (Ctrl-C where it runs), or choose \
                 another directory with --dir",
                dir.display()
            ),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// Forgets keys and prices, so that the next network in `dir` starts afresh.
/// Touches nothing but what a network has written.
pub fn reset(dir: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let _claim = Claim::take(dir)?;
    State::remove(dir);
    for file in ["prices.json", "prices.lock"] {
        let path = dir.join(file);
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    let keys = dir.join("keys");
    if keys.exists() {
        fs::remove_dir_all(keys)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_network_and_a_running_one_is_not_reset() {
        let dir = std::env::temp_dir().join(format!("backstop-claim-{}", std::process::id()));
        let claim = Claim::take(&dir).unwrap();
        assert!(Claim::take(&dir).is_err());
        let key = fund::keypair(&dir, "lender").unwrap();
        assert_eq!(fund::keypair(&dir, "lender").unwrap(), key);
        assert!(reset(&dir).is_err());
        drop(claim);
        reset(&dir).unwrap();
        assert_ne!(fund::keypair(&dir, "lender").unwrap(), key);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn an_actors_name_cannot_leave_the_directory() {
        let dir = std::env::temp_dir();
        for name in ["", "../x", "a/b", "a b"] {
            assert!(fund::keypair(&dir, name).is_err(), "{name}");
        }
    }
}

//! What another process must know about a running network: one JSON file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// `localnet.json`. Addresses are base58, feeds hexadecimal, as configuration
/// files write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// JSON-RPC.
    pub rpc_url: String,
    /// Web sockets.
    pub ws_url: String,
    /// The deployed program.
    pub program: String,
    /// By symbol.
    pub assets: BTreeMap<String, AssetState>,
    /// By name.
    pub actors: BTreeMap<String, ActorState>,
}

/// A mint and its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetState {
    /// Of the SPL Token program.
    pub mint: String,
    /// Of the mint.
    pub decimals: u8,
    /// Pyth's number for the price.
    pub feed_id: String,
    /// Where the price is published.
    pub price_account: String,
}

/// Somebody with money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorState {
    /// His wallet.
    pub address: String,
    /// His keypair file.
    pub keypair: PathBuf,
}

fn path(dir: &Path) -> PathBuf {
    dir.join("localnet.json")
}

impl State {
    /// Reads what `dir` says.
    pub fn read(dir: &Path) -> Result<Self> {
        let path = path(dir);
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "{}: no local network was started here; start one with `cargo xtask localnet`",
                path.display()
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))
    }

    /// Writes the file as a whole, so that whoever sees it sees all of it.
    pub fn write(&self, dir: &Path) -> Result<()> {
        let partial = path(dir).with_extension("partial");
        fs::write(&partial, serde_json::to_string_pretty(self)?)?;
        fs::rename(&partial, path(dir))?;
        Ok(())
    }

    /// Removes the file: there is no network in `dir` any more.
    pub fn remove(dir: &Path) {
        // Nothing is lost if it was never there.
        let _ = fs::remove_file(path(dir));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_then_gone() {
        let dir = std::env::temp_dir().join(format!("backstop-state-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let state = State {
            rpc_url: "http://127.0.0.1:1".into(),
            ws_url: "ws://127.0.0.1:2".into(),
            program: "p".into(),
            assets: BTreeMap::new(),
            actors: BTreeMap::from([(
                "lender".into(),
                ActorState {
                    address: "a".into(),
                    keypair: "k".into(),
                },
            )]),
        };
        state.write(&dir).unwrap();
        assert_eq!(State::read(&dir).unwrap(), state);
        State::remove(&dir);
        let error = State::read(&dir).unwrap_err();
        assert!(error.to_string().contains("cargo xtask localnet"));
        fs::remove_dir_all(dir).unwrap();
    }
}

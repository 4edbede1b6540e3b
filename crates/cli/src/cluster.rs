//! Which cluster, which keypair: the conventions of the Solana command line.
//!
//! A flag goes before its environment variable, and that before the
//! configuration file that `solana config set` writes.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use solana_commitment_config::{CommitmentConfig, CommitmentLevel};
use solana_keypair::{read_keypair_file, Keypair};

use crate::failure::{Exit, Failure};

/// What a caller said, by flag or environment.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--url`
    pub url: Option<String>,
    /// `--keypair`
    pub keypair: Option<PathBuf>,
    /// `--commitment`
    pub commitment: Option<String>,
}

/// The file of the Solana command line. Other keys are its own business.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SolanaConfig {
    json_rpc_url: String,
    keypair_path: String,
    commitment: String,
}

/// A cluster, and where the keypair is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Address of the RPC node.
    pub url: String,
    /// Keypair file; read only when something must be signed.
    pub keypair: PathBuf,
    /// Which state counts.
    pub commitment: CommitmentConfig,
}

fn home() -> PathBuf {
    env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Where `solana config set` writes.
#[must_use]
pub fn default_config() -> PathBuf {
    home().join(".config/solana/cli/config.yml")
}

fn expand(path: &str) -> PathBuf {
    match path.strip_prefix("~/") {
        Some(rest) => home().join(rest),
        None => PathBuf::from(path),
    }
}

/// The address behind a moniker, or the address itself.
///
/// # Errors
/// Neither a moniker nor an address.
pub fn url_of(text: &str) -> Result<String, Failure> {
    let known = match text {
        "l" | "localhost" | "localnet" => "http://127.0.0.1:8899",
        "d" | "devnet" => "https://api.devnet.solana.com",
        "t" | "testnet" => "https://api.testnet.solana.com",
        "m" | "mainnet-beta" | "mainnet" => "https://api.mainnet-beta.solana.com",
        url if url.starts_with("http://") || url.starts_with("https://") => url,
        other => {
            return Err(Failure::new(
                Exit::Config,
                format!("`{other}` is neither an address of an RPC node nor a moniker"),
            )
            .hint("write http(s)://…, or localhost, devnet, testnet, mainnet-beta (l, d, t, m)"))
        }
    };
    Ok(known.to_owned())
}

fn commitment_of(text: &str) -> Result<CommitmentConfig, Failure> {
    let level = match text {
        "processed" => CommitmentLevel::Processed,
        "confirmed" => CommitmentLevel::Confirmed,
        "finalized" => CommitmentLevel::Finalized,
        other => {
            return Err(
                Failure::new(Exit::Config, format!("`{other}` is no commitment"))
                    .hint("write processed, confirmed or finalized"),
            )
        }
    };
    Ok(CommitmentConfig { commitment: level })
}

fn read(path: &Path, named: bool) -> Result<SolanaConfig, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(_) if !named => return Ok(SolanaConfig::default()),
        Err(error) => {
            return Err(Failure::new(
                Exit::Config,
                format!("cannot read {}: {error}", path.display()),
            ))
        }
    };
    serde_yaml_ng::from_str(&text).map_err(|error| {
        Failure::new(Exit::Config, format!("{}: {error}", path.display()))
            .hint("`solana config get` shows what it should hold")
    })
}

impl Cluster {
    /// What a caller said, over what the file says.
    ///
    /// # Errors
    /// An unreadable file, or no cluster anywhere.
    pub fn resolve(choice: &Choice) -> Result<Self, Failure> {
        let path = choice.config.clone().unwrap_or_else(default_config);
        let file = read(&path, choice.config.is_some())?;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let url = choice
            .url
            .clone()
            .or_else(|| some(&file.json_rpc_url))
            .ok_or_else(|| {
                Failure::new(Exit::Config, "no cluster is chosen").hint(format!(
                    "pass --url localhost (or devnet, or an address), or run \
                     `solana config set --url …`, which writes {}",
                    path.display()
                ))
            })?;
        let keypair = choice
            .keypair
            .clone()
            .or_else(|| some(&file.keypair_path).map(|path| expand(&path)))
            .unwrap_or_else(|| home().join(".config/solana/id.json"));
        let commitment = choice
            .commitment
            .clone()
            .or_else(|| some(&file.commitment))
            .unwrap_or_else(|| "confirmed".to_owned());
        Ok(Self {
            url: url_of(&url)?,
            keypair,
            commitment: commitment_of(&commitment)?,
        })
    }
}

/// Reads a keypair file.
///
/// # Errors
/// There is none, or it is none.
pub fn keypair(path: &Path) -> Result<Keypair, Failure> {
    let shown = path.display();
    if !path.is_file() {
        return Err(
            Failure::new(Exit::Config, format!("no keypair file at {shown}")).hint(format!(
                "pass --keypair FILE, or make one with `solana-keygen new -o {shown}`; \
                 hardware wallets and prompts are not supported: \
                 `backstop market plan --json` prints instructions for another signer"
            )),
        );
    }
    read_keypair_file(path)
        .map_err(|error| Failure::new(Exit::Config, format!("{shown} is no keypair file: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> PathBuf {
        let name = format!("backstop-cluster-{}-{}", std::process::id(), text.len());
        let path = env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn the_file_of_the_solana_command_line_is_understood() {
        let path = config(
            "---\njson_rpc_url: https://api.devnet.solana.com\nwebsocket_url: ''\n\
             keypair_path: /keys/id.json\naddress_labels:\n  '1': System\ncommitment: finalized\n",
        );
        let choice = Choice {
            config: Some(path.clone()),
            ..Choice::default()
        };
        let cluster = Cluster::resolve(&choice).unwrap();
        fs::remove_file(path).unwrap();
        assert_eq!(cluster.url, "https://api.devnet.solana.com");
        assert_eq!(cluster.keypair, PathBuf::from("/keys/id.json"));
        assert_eq!(cluster.commitment, CommitmentConfig::finalized());
    }

    #[test]
    fn a_flag_goes_before_the_file() {
        let path = config("json_rpc_url: http://127.0.0.1:1\nkeypair_path: /a\n");
        let choice = Choice {
            config: Some(path.clone()),
            url: Some("d".to_owned()),
            keypair: Some("/b".into()),
            commitment: Some("processed".to_owned()),
        };
        let cluster = Cluster::resolve(&choice).unwrap();
        fs::remove_file(path).unwrap();
        assert_eq!(cluster.url, "https://api.devnet.solana.com");
        assert_eq!(cluster.keypair, PathBuf::from("/b"));
        assert_eq!(cluster.commitment, CommitmentConfig::processed());
    }

    #[test]
    fn without_any_cluster_the_error_says_what_to_do() {
        let path = config("{}\n");
        let choice = Choice {
            config: Some(path.clone()),
            ..Choice::default()
        };
        let failure = Cluster::resolve(&choice).unwrap_err();
        fs::remove_file(path).unwrap();
        assert_eq!(failure.exit, Exit::Config);
        assert!(failure.hint.unwrap().contains("--url localhost"));
    }

    #[test]
    fn monikers_are_those_of_the_solana_command_line() {
        for (short, long) in [
            ("l", "localhost"),
            ("d", "devnet"),
            ("t", "testnet"),
            ("m", "mainnet-beta"),
        ] {
            assert_eq!(url_of(short).unwrap(), url_of(long).unwrap());
        }
        assert!(url_of("main").is_err());
    }
}

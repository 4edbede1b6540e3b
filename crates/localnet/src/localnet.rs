//! Starts a network and owns it: when it is dropped, everything has stopped.

use std::{
    collections::BTreeMap,
    env, fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc,
    },
};

use anyhow::{Context, Result};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tokio::task::JoinHandle;

use crate::{
    assets::{Asset, ACTORS, ASSETS, LAMPORTS},
    chain::{Chain, Settings},
    deploy, fund,
    network::{Claim, Network},
    prices::Book,
    publisher, send,
    state::{ActorState, AssetState, State},
};

/// How a network is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The binary `backstop-surfnet`.
    pub surfnet: PathBuf,
    /// The program's bytecode.
    pub program: PathBuf,
    /// Where keys and prices are kept; without one, in a directory that goes
    /// when the network does.
    pub dir: Option<PathBuf>,
    /// Ports and speed.
    pub chain: Settings,
    /// Hears what is being done.
    pub progress: fn(&str),
}

impl Options {
    /// Any free ports, a directory of its own, no word of progress; the two
    /// files as `BACKSTOP_SURFNET` and `BACKSTOP_SO` say.
    pub fn from_env() -> Result<Self> {
        let file = |name: &str| {
            env::var_os(name).map(PathBuf::from).with_context(|| {
                format!("{name} is not set: `cargo xtask localnet` and `cargo xtask test` set it")
            })
        };
        Ok(Self {
            surfnet: file("BACKSTOP_SURFNET")?,
            program: file("BACKSTOP_SO")?,
            dir: None,
            chain: Settings::default(),
            progress: |_| (),
        })
    }
}

/// A network that this process runs.
pub struct Localnet {
    network: Network,
    publisher: JoinHandle<()>,
    chain: Chain,
    place: Place,
    _claim: Claim,
}

impl Localnet {
    /// Starts a chain, deploys the program, makes actors, mints and prices.
    pub async fn start(options: Options) -> Result<Self> {
        let say = options.progress;
        let bytes = fs::read(&options.program)
            .with_context(|| format!("cannot read {}", options.program.display()))?;
        let place = Place::new(options.dir.as_deref())?;
        let dir = place.path();
        let claim = Claim::take(dir)?;
        State::remove(dir);

        say("starting the chain");
        let chain = Chain::start(&options.surfnet, options.chain).await?;
        let rpc = Arc::new(send::client(chain.rpc_url()));

        say("paying the actors");
        let mut actors = BTreeMap::new();
        for name in ACTORS {
            actors.insert(name, fund::keypair(dir, name)?);
        }
        let owners: Vec<Pubkey> = actors.values().map(|actor| actor.pubkey()).collect();
        fund::airdrop(&rpc, &owners, LAMPORTS).await?;

        say("deploying the program");
        let admin = &actors["admin"];
        let quarters = |done: usize, all: usize| {
            say(&format!("deploying the program: {done} of {all} writes"));
        };
        deploy::program(&rpc, admin, &backstop_client::ID, &bytes, quarters).await?;

        say("creating the mints");
        for asset in &ASSETS {
            let authority = &actors[asset.authority];
            fund::create_mint(&rpc, asset, authority).await?;
            let atoms = asset.atoms(asset.balance)?;
            fund::mint(&rpc, asset, authority, &owners, atoms).await?;
        }

        say("publishing the prices");
        let book = Book::new(dir);
        {
            let locked = book.lock().await?;
            publisher::publish(&rpc, &locked.read()?).await?;
        }
        let publisher = publisher::spawn(Arc::clone(&rpc), book);
        state(&chain, dir, &actors).write(dir)?;
        Ok(Self {
            network: Network::open(dir)?,
            publisher,
            chain,
            place,
            _claim: claim,
        })
    }

    /// Waits for the chain's end; it has none of its own accord.
    pub async fn ended(&mut self) -> Result<()> {
        self.chain.ended().await
    }
}

impl Deref for Localnet {
    type Target = Network;

    fn deref(&self) -> &Network {
        &self.network
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        self.publisher.abort();
        State::remove(self.place.path());
    }
}

fn state(chain: &Chain, dir: &Path, actors: &BTreeMap<&str, Keypair>) -> State {
    let asset = |asset: &Asset| {
        let state = AssetState {
            mint: asset.mint().to_string(),
            decimals: asset.decimals,
            feed_id: asset.feed_id.iter().map(|b| format!("{b:02x}")).collect(),
            price_account: asset.price_account().to_string(),
        };
        (asset.symbol.to_owned(), state)
    };
    State {
        rpc_url: chain.rpc_url().to_owned(),
        ws_url: chain.ws_url().to_owned(),
        program: backstop_client::ID.to_string(),
        assets: ASSETS.iter().map(asset).collect(),
        actors: actors
            .iter()
            .map(|(name, keypair)| {
                let state = ActorState {
                    address: keypair.pubkey().to_string(),
                    keypair: fund::key_path(dir, name),
                };
                ((*name).to_owned(), state)
            })
            .collect(),
    }
}

/// The directory of a network, and whether it goes with it.
#[derive(Debug)]
enum Place {
    Kept(PathBuf),
    Scratch(PathBuf),
}

impl Place {
    fn new(dir: Option<&Path>) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if let Some(dir) = dir {
            return Ok(Self::Kept(std::path::absolute(dir)?));
        }
        let name = format!(
            "backstop-localnet-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let dir = env::temp_dir().join(name);
        if dir.exists() {
            // Of a process with the same number that was killed.
            fs::remove_dir_all(&dir)?;
        }
        Ok(Self::Scratch(dir))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) | Self::Scratch(path) => path,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Scratch(path) = self {
            // What stays behind is a few kilobytes in the temporary directory.
            let _ = fs::remove_dir_all(path);
        }
    }
}

//! A market on a local chain, made with the command line program, with lenders,
//! debtors of every kind, keepers and a bidder.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{ensure, Context, Result};
use backstop_client::{
    accounts::decode,
    instructions,
    oracle::OracleMap,
    plan,
    program::state::Obligation,
    transaction::{execute, Assembler},
    MarketView,
};
use backstop_localnet::{Localnet, Options};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tokio::{process::Command, time::Instant};

use crate::{
    audit::Picture,
    process::{binary, run, Process},
};

/// (atoms) One whole USDC.
pub const USDC: u64 = 1_000_000;
/// (atoms) One whole SOL.
pub const SOL: u64 = 1_000_000_000;

/// A market before its crisis.
pub struct Stage {
    /// The chain.
    pub net: Localnet,
    /// The market.
    pub market: Pubkey,
    /// The wallets of those who owe.
    pub debtors: Vec<Keypair>,
    cli: PathBuf,
}

impl Stage {
    /// Starts a chain, creates the market of `examples/market.toml` with times
    /// of seconds instead of days, and fills it: a lender, insurance for a part
    /// of what will be lost, and `debtors` who owe between a fifth and two
    /// thirds of their collateral.
    ///
    /// # Errors
    /// A process fails, or a transaction is refused.
    pub async fn set(debtors: usize) -> Result<Self> {
        let net = Localnet::start(Options::from_env()?).await?;
        let cli = binary("backstop")?;
        let market = create_market(&cli, &net).await?;
        let mut stage = Self {
            net,
            market,
            debtors: Vec::new(),
            cli,
        };
        stage.fill(debtors).await?;
        Ok(stage)
    }

    /// The command line program as `actor`, over the honest node.
    pub fn cli(&self, actor: &str) -> Result<Command> {
        let key = self.net.actor(actor)?.path;
        Ok(command(&self.cli, self.net.rpc_url(), &key))
    }

    async fn fill(&mut self, debtors: usize) -> Result<()> {
        // With its file a market's banks have names.
        let market = self.net.dir().join("market.toml");
        for words in [
            ["deposit", "USDC", "100000"].as_slice(),
            ["insurance", "fund", "USDC", "300"].as_slice(),
        ] {
            let mut cli = self.cli("lender")?;
            run(cli.args(words).arg("--yes").arg("--market").arg(&market)).await?;
        }
        let view = MarketView::fetch(self.net.rpc(), self.market, &OracleMap::default()).await?;
        let mut jobs = tokio::task::JoinSet::new();
        for index in 0..debtors {
            let wallet = Keypair::new();
            self.net.airdrop(&wallet.pubkey(), 10 * SOL).await?;
            self.net.give(&wallet.pubkey(), "SOL", 10 * SOL).await?;
            self.debtors.push(wallet.insecure_clone());
            let rpc = self.net.rpc().clone();
            let (view, sol, usdc) = (view.clone(), self.net.mint("SOL")?, self.net.mint("USDC")?);
            let debt = debt_of(index, debtors)?;
            jobs.spawn(async move { owe(&rpc, &view, &wallet, sol, usdc, debt).await });
        }
        while let Some(done) = jobs.join_next().await {
            done??;
        }
        Ok(())
    }

    /// Starts a keeper that is called `name`, with the wallet of `actor`, on
    /// the node at `url`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn keeper(&self, name: &str, actor: &str, url: &str, ws_url: &str) -> Result<Process> {
        let key = self.net.actor(actor)?.path;
        let mut command = command(&self.cli, url, &key);
        command
            .args(["keeper", "run", "--market", &self.market.to_string()])
            .args(["--ws", ws_url, "--listen", "", "--log-format", "json"])
            .env(
                "BACKSTOP_KEEPER_PROFIT__SOL_MINT",
                self.net.mint("SOL")?.to_string(),
            )
            .env("BACKSTOP_KEEPER_LIMITS__SPEND_ANY_MINT", "true")
            // What a false answer hid is found at the next look at everything.
            .env("BACKSTOP_KEEPER_WATCH__RECONCILE_SECS", "10");
        Process::start(self.net.dir(), name, &mut command)
    }

    /// Starts a bidder: the example of the client crate.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn bidder(&self) -> Result<Process> {
        let key = self.net.actor("bidder")?.path;
        let mut command = Command::new(binary("examples/bid")?);
        command
            .arg(self.net.rpc_url())
            .arg(key)
            .arg(self.market.to_string());
        Process::start(self.net.dir(), "bidder", &mut command)
    }

    /// Waits until the crisis is over, and shows what is left to do if it is
    /// not after `limit`.
    ///
    /// A picture is read in several requests: an event between two of them would
    /// leave banks after it beside a market before it. A picture counts once the
    /// next one, read wholly later, knows of no further event.
    ///
    /// # Errors
    /// It is not over in time, or a process has ended.
    pub async fn settle(&self, limit: Duration, processes: &mut [Process]) -> Result<Picture> {
        let started = Instant::now();
        let mut over: Option<Picture> = None;
        loop {
            let picture = Picture::take(self.net.rpc(), self.market).await?;
            let sequence = picture.view.market.sequence;
            if let Some(over) = over.filter(|over| over.view.market.sequence == sequence) {
                return Ok(over);
            }
            let unfinished = picture.unfinished()?;
            over = unfinished.is_none().then_some(picture);
            let left = unfinished.unwrap_or_else(|| "events are still coming".into());
            for process in &mut *processes {
                process.require_running()?;
            }
            if started.elapsed() > limit {
                let logs: Vec<String> = processes.iter().map(Process::tail).collect();
                ensure!(
                    false,
                    "not over after {limit:?}: {left}\n{}",
                    logs.join("\n\n")
                );
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

fn command(cli: &Path, url: &str, key: &Path) -> Command {
    let mut command = Command::new(cli);
    command
        .env_clear()
        .arg("--url")
        .arg(url)
        .arg("--keypair")
        .arg(key);
    command
}

/// (atoms of USDC) What a debtor owes against 10 SOL, which are worth 1,500
/// dollars before the crash and 600 after it. Half of them stay above water,
/// some of these below their threshold; the other half owe more than they have.
/// Nobody is so close to the water that spot and the kindest reading disagree.
fn debt_of(index: usize, debtors: usize) -> Result<u64> {
    let half = u64::try_from(debtors.div_ceil(2))?;
    let index = u64::try_from(index)?;
    Ok(if index < half {
        380 * USDC + 125 * USDC * index / half
    } else {
        640 * USDC + 360 * USDC * (index - half) / half
    })
}

/// Times of the example that a test cannot wait for, and what it has instead.
const QUICKER: [(&str, &str); 3] = [
    ("auction_delay_secs = \"2h\"", "auction_delay_secs = \"2s\""),
    (
        "auction_duration_secs = \"6h\"",
        "auction_duration_secs = \"20s\"",
    ),
    ("min_risk_age_secs = \"1m\"", "min_risk_age_secs = \"1s\""),
];

/// The example's market, quicker.
async fn create_market(cli: &Path, net: &Localnet) -> Result<Pubkey> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut file = fs::read_to_string(root.join("examples/market.toml"))?;
    for (example, quicker) in QUICKER {
        ensure!(file.contains(example), "the example has no line {example}");
        file = file.replace(example, quicker);
    }
    let path = net.dir().join("market.toml");
    fs::write(&path, file)?;
    let key = net.actor("admin")?.path;
    let mut apply = command(cli, net.rpc_url(), &key);
    apply
        .args(["market", "apply"])
        .arg(&path)
        .args(["--yes", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&run(&mut apply).await?)?;
    let market = answer["market"]
        .as_str()
        .with_context(|| format!("no market in {answer}"))?;
    Ok(market.parse()?)
}

async fn owe(
    rpc: &solana_rpc_client::nonblocking::rpc_client::RpcClient,
    view: &MarketView,
    wallet: &Keypair,
    sol: Pubkey,
    usdc: Pubkey,
    debt: u64,
) -> Result<()> {
    let owner = wallet.pubkey();
    let assembler = Assembler::new(owner);
    let sol = view.bank_of_mint(&sol).context("no SOL bank")?.keys;
    let usdc = view.bank_of_mint(&usdc).context("no USDC bank")?.keys;
    let key = view.keys.obligation(&owner, 0);
    let args = instructions::Deposit {
        atoms: 10 * SOL,
        min_shares: 1,
        accept_deficit: false,
    };
    let open = [
        instructions::open_obligation(&view.keys, owner, owner, 0),
        instructions::create_token_account(&owner, &owner, &usdc.mint, &usdc.token_program),
        instructions::deposit(&sol, owner, key, sol.token_account(&owner), args),
    ];
    execute(rpc, &assembler, &open, &[wallet]).await?;
    let account = rpc.get_account(&key).await?;
    let state: Obligation = decode(&key, &account)?;
    let borrow = plan::borrow(view, &usdc, (key, &state), usdc.token_account(&owner), debt)?;
    execute(rpc, &assembler, &borrow, &[wallet]).await?;
    Ok(())
}

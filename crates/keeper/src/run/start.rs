//! From the command line to the loop.

use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
};

use anyhow::Context as _;
use backstop_client::transaction::Assembler;
use solana_keypair::{read_keypair_file, Keypair};
use tokio::{sync::mpsc, task::JoinSet};
use tracing::Instrument as _;

use super::{owner_of, stop::on_signal, Keeper, Summary, HINTS};
use crate::{
    clock::unix_now,
    config::{self, Config, RunArgs},
    decide::Task,
    http::{self, Health, Wanted},
    limits::{HourlyCap, Switches},
    log, metrics,
    rpc::Pool,
    send::{Executor, Leases, Wallet},
    watch::Tracker,
};

/// Runs a keeper until it is told to stop.
///
/// # Errors
/// Settings that cannot be read or used, a key file that cannot be read, an
/// address that nothing can listen on. Troubles of the chain are none: they are
/// waited for.
pub async fn run(args: RunArgs) -> anyhow::Result<ExitCode> {
    let config = Config::try_from(config::load(&args)?)?;
    log::install(config.log_format, &config.log_filter)?;
    let keypair = read_keypair_file(&config.keypair).map_err(|error| {
        anyhow::anyhow!(
            "keypair: {} cannot be read ({error}): make one with `solana-keygen new -o FILE`",
            config.keypair.display()
        )
    })?;
    let metrics = metrics::install().context("metrics cannot be recorded")?;
    let stop = on_signal().context("signals cannot be listened to")?;
    let health = Arc::new(Health::default());
    if let Some(address) = config.http.listen {
        let wanted = Wanted {
            view_secs: config.http.stale_secs,
            lamports: config.wallet.min_lamports,
        };
        let (health, stop) = (Arc::clone(&health), stop.clone());
        let bound = http::serve(address, health, wanted, Some(metrics), stop)
            .await
            .with_context(|| format!("http.listen: nothing can listen on {address}: is another keeper running? Name another address, or \"\" for none"))?;
        tracing::info!(%bound, "serving /healthz, /readyz and /metrics");
    }
    let (once, market) = (config.run.once, config.market);
    let mut keeper = Keeper::new(config, keypair, health).await?;
    let span = tracing::info_span!("keeper", %market);
    let summary = keeper.follow(stop).instrument(span).await;
    let Summary {
        done,
        trouble,
        rounds,
    } = summary;
    tracing::info!(done, trouble, rounds, "stopped");
    let failed = once && (trouble > 0 || rounds == 0);
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

impl Keeper {
    /// Ready to start; only lookup tables are read.
    ///
    /// # Errors
    /// A lookup table that cannot be read.
    pub async fn new(
        config: Config,
        keypair: Keypair,
        health: Arc<Health>,
    ) -> anyhow::Result<Self> {
        let pool = Arc::new(Pool::new(&config.endpoints, config.pool)?);
        let rpc = Arc::new(pool.client());
        let owner = owner_of(&keypair);
        let mut assembler = Assembler::new(owner);
        assembler.fees = config.fees.policy;
        assembler.commitment = config.pool.commitment;
        for table in &config.fees.tables {
            assembler
                .add_table(&rpc, *table)
                .await
                .with_context(|| format!("fees.lookup_tables: {table}"))?;
        }
        let spend = &config.policy.spend;
        let may_spend = spend.otherwise.is_some() || !spend.by_mint.is_empty();
        if config.policy.tasks.contains(Task::Liquidate) && !may_spend {
            tracing::warn!(
                "no mint may be spent, so nothing is liquidated: list mints under limits.mints"
            );
        }
        tracing::info!(
            market = %config.market, keeper = %owner, endpoints = config.endpoints.len(),
            dry_run = config.run.dry_run, "starting"
        );
        let executor = Executor {
            rpc: Arc::clone(&rpc),
            assembler,
            keypair,
            terms: config.terms,
            switches: Switches {
                is_on: !config.run.dry_run,
                tasks: config.policy.tasks,
            },
            kill_switch: config.run.kill_switch.clone(),
            dry_run: config.run.dry_run,
            give_up: config.run.give_up,
            cap: Mutex::new(HourlyCap::new(config.loss_cap, unix_now())),
        };
        Ok(Self {
            owner,
            pool,
            rpc,
            executor: Arc::new(executor),
            tracker: Tracker::new(config.market, config.oracles.clone()),
            wallet: Wallet::default(),
            leases: Leases::default(),
            spending: Default::default(),
            in_flight: JoinSet::new(),
            reading: None,
            read_at: None,
            opens_at: std::time::Instant::now(),
            watched: Default::default(),
            listening: None,
            hints: mpsc::channel(HINTS),
            health,
            summary: Summary::default(),
            config,
        })
    }
}

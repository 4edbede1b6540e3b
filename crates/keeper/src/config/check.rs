//! Checks settings, and names all that are wrong at once.

use std::{fmt::Display, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use backstop_client::{oracle::OracleMap, transaction::FeePolicy};
use backstop_engine::{
    price::Price,
    units::{Atoms, Bps, Value},
};
use solana_commitment_config::{CommitmentConfig, CommitmentLevel};
use solana_pubkey::Pubkey;

use super::{settings::Settings, types::*};
use crate::{
    decide::{Policy, Task, Tasks},
    limits::{MintLimits, SpendLimits},
    log,
    profit::Terms,
    rpc::PoolSettings,
};

/// (10⁻¹² dollars) One cent.
const CENT: u128 = 10_000_000_000;
/// Basis points in one.
const ONE_BPS: u32 = 10_000;

/// What is wrong, all of it.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Complaints {
    fn that(&mut self, name: impl Display, what: impl Display) {
        self.0.push(format!("{name}: {what}"));
    }

    fn parse<T: FromStr + Default>(&mut self, name: impl Display, text: &str, hint: &str) -> T {
        text.parse().unwrap_or_else(|_| {
            self.that(name, format!("{text:?} is not {hint}"));
            T::default()
        })
    }

    fn address(&mut self, name: impl Display, text: &str) -> Pubkey {
        self.parse(name, text, "an address in base 58")
    }

    fn within(&mut self, name: &str, value: u64, least: u64, most: u64) -> u64 {
        if !(least..=most).contains(&value) {
            self.that(name, format!("{value} is not between {least} and {most}"));
        }
        value
    }
}

fn cents(cents: u64) -> Value {
    Value(u128::from(cents).saturating_mul(CENT))
}

impl TryFrom<Settings> for Config {
    type Error = anyhow::Error;

    /// Checks every setting and names all that are wrong.
    fn try_from(settings: Settings) -> anyhow::Result<Self> {
        let mut wrong = Complaints::default();
        let market = if settings.market.is_empty() {
            wrong.that("market", "missing: name the market, as in --market ADDRESS");
            Pubkey::default()
        } else {
            wrong.address("market", &settings.market)
        };
        if settings.keypair.as_os_str().is_empty() {
            wrong.that("keypair", "missing: name a key file, as in --keypair FILE");
        }
        let pool = pool(&settings, &mut wrong);
        let config = Self {
            market,
            keypair: expand(settings.keypair.clone()),
            endpoints: settings.rpc.endpoints.clone(),
            pool,
            watch: watch(&settings, &mut wrong),
            oracles: oracles(&settings, &mut wrong),
            policy: policy(&settings, &mut wrong),
            terms: Terms {
                margin: Bps(settings.profit.margin_bps),
                minimum: cents(settings.profit.minimum_cents),
            },
            fees: fees(&settings, &mut wrong),
            loss_cap: cents(settings.limits.loss_per_hour_cents),
            wallet: WalletSettings {
                obligation_index: settings.wallet.obligation_index,
                open_accounts: settings.wallet.open_accounts,
                withdraw_collateral: settings.wallet.withdraw_collateral,
                min_lamports: settings.wallet.min_lamports,
            },
            run: run(&settings, &mut wrong),
            http: http(&settings, &mut wrong),
            log_format: match settings.log.format.as_str() {
                "text" => log::Format::Text,
                "json" => log::Format::Json,
                other => {
                    wrong.that("log.format", format!("{other:?} is neither text nor json"));
                    log::Format::Text
                }
            },
            log_filter: settings.log.filter.clone(),
        };
        anyhow::ensure!(
            wrong.0.is_empty(),
            "settings to be mended:\n  {}",
            wrong.0.join("\n  ")
        );
        Ok(config)
    }
}

fn expand(path: PathBuf) -> PathBuf {
    let Ok(rest) = path.strip_prefix("~") else {
        return path;
    };
    std::env::var_os("HOME").map_or(path.clone(), |home| PathBuf::from(home).join(rest))
}

fn pool(settings: &Settings, wrong: &mut Complaints) -> PoolSettings {
    let rpc = &settings.rpc;
    if rpc.endpoints.is_empty() {
        wrong.that("rpc.endpoints", "name one at least, as in --rpc URL");
    }
    for url in &rpc.endpoints {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            wrong.that(
                "rpc.endpoints",
                "every address begins with http:// or https://",
            );
        }
    }
    for url in &rpc.web_sockets {
        if !url.starts_with("ws://") && !url.starts_with("wss://") {
            wrong.that(
                "rpc.web_sockets",
                "every address begins with ws:// or wss://",
            );
        }
    }
    let commitment: CommitmentLevel = wrong.parse(
        "rpc.commitment",
        &rpc.commitment,
        "processed, confirmed or finalized",
    );
    PoolSettings {
        timeout: Duration::from_millis(wrong.within("rpc.timeout_ms", rpc.timeout_ms, 50, 120_000)),
        most_lag: wrong.within("rpc.most_lag_slots", rpc.most_lag_slots, 1, 10_000),
        rounds: u32::try_from(wrong.within("rpc.rounds", rpc.rounds.into(), 1, 20)).unwrap_or(1),
        send_to_all: rpc.send_to_all,
        commitment: CommitmentConfig { commitment },
    }
}

fn watch(settings: &Settings, wrong: &mut Complaints) -> WatchSettings {
    let poll = wrong.within("watch.poll_ms", settings.watch.poll_ms, 50, 600_000);
    let reconcile = settings.watch.reconcile_secs;
    let reconcile = wrong.within("watch.reconcile_secs", reconcile, 1, 86_400);
    let probe = wrong.within("rpc.probe_secs", settings.rpc.probe_secs, 1, 3_600);
    WatchSettings {
        web_sockets: settings.rpc.web_sockets.clone(),
        poll: Duration::from_millis(poll),
        reconcile: Duration::from_secs(reconcile),
        probe: Duration::from_secs(probe),
    }
}

fn oracles(settings: &Settings, wrong: &mut Complaints) -> OracleMap {
    let mut oracles = OracleMap::default();
    for (feed, account) in &settings.oracle.accounts {
        let name = format!("oracle.accounts.{feed}");
        let account = wrong.address(&name, account);
        match feed_id(feed) {
            Some(feed) => oracles.insert(feed, account),
            None => wrong.that(name, "a feed id has 64 hexadecimal digits"),
        }
    }
    oracles
}

fn feed_id(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        let pair = digits.get(2 * index..2 * index + 2)?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

fn policy(settings: &Settings, wrong: &mut Complaints) -> Policy {
    let limits = &settings.limits;
    let mut tasks = Tasks::all();
    for (name, is_on) in &settings.tasks {
        match Task::named(name) {
            Some(task) if *is_on => tasks = tasks.with(task),
            Some(task) => tasks = tasks.without(task),
            None => {
                let names: Vec<_> = Task::ALL.iter().map(|task| task.name()).collect();
                let names = names.join(", ");
                wrong.that(format!("tasks.{name}"), format!("the tasks are {names}"));
            }
        }
    }
    let most_actions = u64::try_from(limits.most_actions).unwrap_or(u64::MAX);
    wrong.within("limits.most_actions", most_actions, 1, 10_000);
    let slippage = settings.profit.slippage_bps;
    wrong.within("profit.slippage_bps", slippage.into(), 0, ONE_BPS.into());
    let by_mint = limits.mints.iter().map(|(mint, limit)| {
        let mint = wrong.address(format!("limits.mints.{mint}"), mint);
        let limits = MintLimits {
            most_per_action: Atoms(limit.most_per_action),
            reserve: Atoms(limit.reserve),
        };
        (mint, limits)
    });
    Policy {
        tasks,
        slippage: Bps(slippage),
        spend: SpendLimits {
            by_mint: by_mint.collect(),
            otherwise: limits.spend_any_mint.then_some(MintLimits {
                most_per_action: Atoms(u64::MAX),
                reserve: Atoms(0),
            }),
            most_collateral: cents(limits.most_collateral_cents),
        },
        most_actions: limits.most_actions,
        refresh_after_secs: limits.refresh_after_secs,
        least_fees: cents(limits.least_fees_cents),
    }
}

fn fees(settings: &Settings, wrong: &mut Complaints) -> FeeSettings {
    let fees = &settings.fees;
    wrong.within("fees.percentile", fees.percentile.into(), 0, 100);
    if fees.min_price > fees.max_price {
        wrong.that("fees.min_price", "is above fees.max_price");
    }
    let sol_cents = settings.profit.sol_cents;
    FeeSettings {
        policy: FeePolicy {
            percentile: fees.percentile,
            min_price: fees.min_price,
            max_price: fees.max_price,
        },
        tables: fees
            .lookup_tables
            .iter()
            .map(|table| wrong.address("fees.lookup_tables", table))
            .collect(),
        sol_mint: wrong.address("profit.sol_mint", &settings.profit.sol_mint),
        sol_price: (sol_cents > 0).then_some(Price {
            spot: sol_cents,
            ema: sol_cents,
            conf: 0,
            exponent: -2,
        }),
    }
}

fn run(settings: &Settings, wrong: &mut Complaints) -> LoopSettings {
    let run = &settings.run;
    let most_in_flight = u64::try_from(run.most_in_flight).unwrap_or(u64::MAX);
    wrong.within("run.most_in_flight", most_in_flight, 1, 256);
    LoopSettings {
        once: run.once,
        dry_run: run.dry_run,
        kill_switch: run.kill_switch.clone().map(expand),
        stop: Duration::from_secs(wrong.within("run.stop_secs", run.stop_secs, 0, 600)),
        most_in_flight: run.most_in_flight,
        give_up: Duration::from_secs(wrong.within("run.give_up_secs", run.give_up_secs, 5, 600)),
    }
}

fn http(settings: &Settings, wrong: &mut Complaints) -> HttpSettings {
    let http = &settings.http;
    let stale_secs = wrong.within("http.stale_secs", http.stale_secs, 1, 86_400);
    let listen = (!http.listen.is_empty()).then(|| {
        http.listen.parse().unwrap_or_else(|_| {
            let what = format!(
                "{:?} is not an address and port, as 127.0.0.1:9464",
                http.listen
            );
            wrong.that("http.listen", what);
            SocketAddr::from(([127, 0, 0, 1], 0))
        })
    });
    HttpSettings {
        listen,
        stale_secs: i64::try_from(stale_secs).unwrap_or(i64::MAX),
    }
}

//! Settings that were checked, in the types that the rest works with.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use backstop_client::{oracle::OracleMap, transaction::FeePolicy};
use backstop_engine::{price::Price, units::Value};
use solana_pubkey::Pubkey;

use crate::{decide::Policy, log, profit::Terms, rpc::PoolSettings};

/// Everything that a keeper needs to know before it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// The market.
    pub market: Pubkey,
    /// Path of the key file.
    pub keypair: PathBuf,
    /// Endpoints.
    pub endpoints: Vec<String>,
    /// How to use them.
    pub pool: PoolSettings,
    /// How to follow the chain.
    pub watch: WatchSettings,
    /// Which price accounts.
    pub oracles: OracleMap,
    /// What decisions need to know.
    pub policy: Policy,
    /// What must be earned.
    pub terms: Terms,
    /// What may be paid.
    pub fees: FeeSettings,
    /// Loss of an hour.
    pub loss_cap: Value,
    /// What the keeper owns.
    pub wallet: WalletSettings,
    /// The loop.
    pub run: LoopSettings,
    /// The HTTP server, if there is one.
    pub http: HttpSettings,
    /// How the log looks.
    pub log_format: log::Format,
    /// What is logged.
    pub log_filter: String,
}

/// How to follow the chain.
#[derive(Clone, Debug)]
pub struct WatchSettings {
    /// Web sockets.
    pub web_sockets: Vec<String>,
    /// Pause between readings of banks and prices.
    pub poll: Duration,
    /// Pause between readings of everything.
    pub reconcile: Duration,
    /// Pause between probes of the endpoints.
    pub probe: Duration,
}

/// What may be paid, and what it is worth.
#[derive(Clone, Debug)]
pub struct FeeSettings {
    /// Price of a compute unit.
    pub policy: FeePolicy,
    /// Lookup tables.
    pub tables: Vec<Pubkey>,
    /// The bank of this mint has the price of SOL.
    pub sol_mint: Pubkey,
    /// The price while it has none.
    pub sol_price: Option<Price>,
}

/// What the keeper owns.
#[derive(Clone, Copy, Debug)]
pub struct WalletSettings {
    /// Which obligation.
    pub obligation_index: u16,
    /// Whether missing accounts are opened.
    pub open_accounts: bool,
    /// Whether collateral is withdrawn.
    pub withdraw_collateral: bool,
    /// (lamports) Least in the wallet.
    pub min_lamports: u64,
}

/// The loop.
#[derive(Clone, Debug)]
pub struct LoopSettings {
    /// One round.
    pub once: bool,
    /// Sends nothing.
    pub dry_run: bool,
    /// Stops sending while it is there.
    pub kill_switch: Option<PathBuf>,
    /// Bound on a graceful stop.
    pub stop: Duration,
    /// Transactions under way.
    pub most_in_flight: usize,
    /// Bound on one transaction.
    pub give_up: Duration,
}

/// The HTTP server.
#[derive(Clone, Copy, Debug)]
pub struct HttpSettings {
    /// Where it listens.
    pub listen: Option<SocketAddr>,
    /// (secs) Oldest view of a ready keeper.
    pub stale_secs: i64,
}

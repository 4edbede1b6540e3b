//! Every setting as it is written, with its default.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

/// All of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Address of the market. No default.
    pub market: String,
    /// Path of the key file, in the format of `solana-keygen`. It pays, owns the
    /// obligation and signs.
    pub keypair: PathBuf,
    /// Where to ask.
    pub rpc: Rpc,
    /// How to follow the chain.
    pub watch: Watch,
    /// Which price accounts.
    pub oracle: Oracle,
    /// What may be done.
    pub tasks: BTreeMap<String, bool>,
    /// What must be earned.
    pub profit: Profit,
    /// What may be paid for inclusion.
    pub fees: Fees,
    /// What may be lost, spent and held.
    pub limits: Limits,
    /// What the keeper owns.
    pub wallet: Wallet,
    /// The loop.
    pub run: Run,
    /// The HTTP server.
    pub http: Http,
    /// The log.
    pub log: Log,
}

/// `[rpc]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rpc {
    /// Addresses of JSON-RPC endpoints of one cluster, one at least.
    pub endpoints: Vec<String>,
    /// Addresses of web sockets; without one, changes are found by polling.
    pub web_sockets: Vec<String>,
    /// (ms) Limit on one call.
    pub timeout_ms: u64,
    /// (slots) An endpoint further behind is not believed.
    pub most_lag_slots: u64,
    /// How often all endpoints are asked before a call fails.
    pub rounds: u32,
    /// Whether a transaction goes to all endpoints at once.
    pub send_to_all: bool,
    /// `processed`, `confirmed` or `finalized`.
    pub commitment: String,
    /// (secs) How often every endpoint is asked for its slot.
    pub probe_secs: u64,
}

impl Default for Rpc {
    fn default() -> Self {
        Self {
            endpoints: Vec::new(),
            web_sockets: Vec::new(),
            timeout_ms: 5_000,
            most_lag_slots: 50,
            rounds: 3,
            send_to_all: true,
            commitment: "confirmed".to_owned(),
            probe_secs: 5,
        }
    }
}

/// `[watch]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Watch {
    /// (ms) How often banks, prices and the wallet are read.
    pub poll_ms: u64,
    /// (secs) How often every account is read anew.
    pub reconcile_secs: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            poll_ms: 1_000,
            reconcile_secs: 60,
        }
    }
}

/// `[oracle]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oracle {
    /// Feed id (64 hexadecimal digits) to account. A feed that is not here is
    /// read from Pyth's sponsored account.
    pub accounts: BTreeMap<String, String>,
}

/// `[profit]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profit {
    /// (basis points) Income beyond the fees, as a share of them.
    pub margin_bps: u32,
    /// (cents) Income beyond the fees, at the least.
    pub minimum_cents: u64,
    /// (basis points) A liquidation fails on chain if it brings this much less
    /// than was quoted.
    pub slippage_bps: u32,
    /// Mint of the bank whose price values fees.
    pub sol_mint: String,
    /// (cents) What fees are valued at while that bank has no price; 0 for not
    /// to act then.
    pub sol_cents: u64,
}

impl Default for Profit {
    fn default() -> Self {
        Self {
            margin_bps: 1_000,
            minimum_cents: 1,
            slippage_bps: 50,
            sol_mint: "So11111111111111111111111111111111111111112".to_owned(),
            sol_cents: 50_000,
        }
    }
}

/// `[fees]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fees {
    /// (0 to 100) Which of the fees that landed lately to pay.
    pub percentile: u8,
    /// (micro-lamports per unit) No less than this.
    pub min_price: u64,
    /// (micro-lamports per unit) No more than this.
    pub max_price: u64,
    /// Lookup tables that transactions may use.
    pub lookup_tables: Vec<String>,
}

impl Default for Fees {
    fn default() -> Self {
        Self {
            percentile: 75,
            min_price: 0,
            max_price: 100_000,
            lookup_tables: Vec::new(),
        }
    }
}

/// `[limits]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// (cents) Fees burnt less income, at the most in any hour.
    pub loss_per_hour_cents: u64,
    /// (cents) Collateral that the keeper's obligation holds, at the most.
    pub most_collateral_cents: u64,
    /// Whether a mint without an entry in `mints` may be spent to the last atom.
    pub spend_any_mint: bool,
    /// By mint: what one action spends at the most, and what stays.
    pub mints: BTreeMap<String, MintLimit>,
    /// Actions of one task in one round.
    pub most_actions: usize,
    /// (secs) Interest of a bank older than this is booked; 0 for never.
    pub refresh_after_secs: u32,
    /// (cents) Fees worth less are not collected, and no deficit is covered by less
    /// at a time unless that ends it.
    pub least_fees_cents: u64,
}

/// `[limits.mints.<mint>]`
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MintLimit {
    /// (atoms) One action spends no more.
    pub most_per_action: u64,
    /// (atoms) This stays in the wallet.
    #[serde(default)]
    pub reserve: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            loss_per_hour_cents: 500,
            most_collateral_cents: 10_000_000,
            spend_any_mint: false,
            mints: BTreeMap::new(),
            most_actions: 16,
            refresh_after_secs: 3_600,
            least_fees_cents: 1_000,
        }
    }
}

/// `[wallet]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wallet {
    /// Which obligation of the keeper takes collateral.
    pub obligation_index: u16,
    /// Whether the obligation and token accounts are opened where missing. It
    /// costs rent.
    pub open_accounts: bool,
    /// Whether seized collateral is withdrawn as soon as its bank has the cash.
    pub withdraw_collateral: bool,
    /// (lamports) With less the keeper is not ready, and sends nothing.
    pub min_lamports: u64,
}

impl Default for Wallet {
    fn default() -> Self {
        Self {
            obligation_index: 0,
            open_accounts: true,
            withdraw_collateral: true,
            min_lamports: 10_000_000,
        }
    }
}

/// `[run]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    /// One round, then the end.
    pub once: bool,
    /// Decides and simulates; sends nothing.
    pub dry_run: bool,
    /// While this file is there, nothing is sent.
    pub kill_switch: Option<PathBuf>,
    /// (secs) What is under way may take this long after a signal to stop.
    pub stop_secs: u64,
    /// Transactions under way at a time.
    pub most_in_flight: usize,
    /// (secs) A transaction that is neither confirmed nor expired is given up.
    pub give_up_secs: u64,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            once: false,
            dry_run: false,
            kill_switch: None,
            stop_secs: 20,
            most_in_flight: 8,
            give_up_secs: 60,
        }
    }
}

/// `[http]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address of `/healthz`, `/readyz` and `/metrics`; empty for none.
    pub listen: String,
    /// (secs) With an older view the keeper is not ready.
    pub stale_secs: u64,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:9464".to_owned(),
            stale_secs: 30,
        }
    }
}

/// `[log]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `text` or `json`.
    pub format: String,
    /// A level, or pairs `module=level`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: "text".to_owned(),
            filter: "info".to_owned(),
        }
    }
}

//! The command line of `backstop keeper run`.

use std::path::PathBuf;

use figment::value::Value;

use super::PREFIX;

/// Options of the keeper. They go before variables and file.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct RunArgs {
    /// Settings in TOML; `examples/keeper.toml` explains them
    /// [env: BACKSTOP_KEEPER_FILE]
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// JSON-RPC endpoint; repeat it for more than one
    #[arg(long = "rpc", value_name = "URL")]
    pub endpoints: Vec<String>,
    /// Web socket of an endpoint; repeat it for more than one
    #[arg(long = "ws", value_name = "URL")]
    pub web_sockets: Vec<String>,
    /// Does this task and no other; repeat it for more than one
    #[arg(long = "task", value_name = "TASK")]
    pub only_tasks: Vec<String>,
    /// One round, then the end
    #[arg(long)]
    pub once: bool,
    /// While this file is there, nothing is sent
    #[arg(long, value_name = "FILE")]
    pub kill_switch: Option<PathBuf>,
    /// Address of /healthz, /readyz and /metrics; "" for none
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// A level, or pairs module=level
    #[arg(long, value_name = "FILTER")]
    pub log_filter: Option<String>,
    /// What options and configuration of the program around it say.
    #[arg(skip)]
    pub inherited: Inherited,
}

/// What the program around the keeper has options for itself.
#[derive(Clone, Debug, Default)]
pub struct Inherited {
    /// The market, if the command line names one.
    pub market: Option<String>,
    /// The key file, if the command line names one.
    pub keypair: Option<PathBuf>,
    /// An endpoint, if the command line names one; `--rpc` goes before it.
    pub url: Option<String>,
    /// Feed id and account, for each feed that the command line names.
    pub oracles: Vec<(String, String)>,
    /// Simulates, sends nothing.
    pub dry_run: bool,
    /// The key file of the machine, where neither file nor variable names one.
    pub default_keypair: Option<PathBuf>,
    /// The endpoint of the machine, where neither file nor variable names one.
    pub default_url: Option<String>,
}

fn texts(list: &[String]) -> Value {
    Value::from(list.to_vec())
}

fn path(path: &std::path::Path) -> Value {
    Value::from(path.to_string_lossy().into_owned())
}

impl RunArgs {
    /// The file, if there is one.
    pub(super) fn file_path(&self) -> Option<PathBuf> {
        let variable = || std::env::var_os(format!("{PREFIX}FILE")).map(PathBuf::from);
        self.file.clone().or_else(variable)
    }

    /// What holds if nothing else is said.
    pub(super) fn fallbacks(&self) -> Vec<(String, Value)> {
        let mut layer = Vec::new();
        let inherited = &self.inherited;
        if let Some(keypair) = &inherited.default_keypair {
            layer.push(("keypair".to_owned(), path(keypair)));
        }
        if let Some(url) = &inherited.default_url {
            layer.push(("rpc.endpoints".to_owned(), texts(std::slice::from_ref(url))));
        }
        layer
    }

    /// What holds whatever else is said.
    pub(super) fn overrides(&self) -> Vec<(String, Value)> {
        let mut layer: Vec<(String, Value)> = Vec::new();
        let mut set = |key: &str, value: Value| layer.push((key.to_owned(), value));
        let inherited = &self.inherited;
        if let Some(market) = &inherited.market {
            set("market", Value::from(market.clone()));
        }
        if let Some(keypair) = &inherited.keypair {
            set("keypair", path(keypair));
        }
        if let Some(url) = &inherited.url {
            set("rpc.endpoints", texts(std::slice::from_ref(url)));
        }
        for (feed, account) in &inherited.oracles {
            set(
                &format!("oracle.accounts.{feed}"),
                Value::from(account.clone()),
            );
        }
        if !self.endpoints.is_empty() {
            set("rpc.endpoints", texts(&self.endpoints));
        }
        if !self.web_sockets.is_empty() {
            set("rpc.web_sockets", texts(&self.web_sockets));
        }
        if !self.only_tasks.is_empty() {
            for task in crate::decide::Task::ALL {
                let key = format!("tasks.{}", task.name());
                set(&key, Value::from(false));
            }
            for task in &self.only_tasks {
                set(&format!("tasks.{task}"), Value::from(true));
            }
        }
        if self.once {
            set("run.once", Value::from(true));
        }
        if inherited.dry_run {
            set("run.dry_run", Value::from(true));
        }
        if let Some(file) = &self.kill_switch {
            set("run.kill_switch", path(file));
        }
        if let Some(listen) = &self.listen {
            set("http.listen", Value::from(listen.clone()));
        }
        if let Some(format) = &self.log_format {
            set("log.format", Value::from(format.clone()));
        }
        if let Some(filter) = &self.log_filter {
            set("log.filter", Value::from(filter.clone()));
        }
        layer
    }
}

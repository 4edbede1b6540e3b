//! What every command needs: the cluster, the signer, the market.

use std::{path::Path, str::FromStr};

use backstop_client::{accounts::decode, program::state::Obligation};
use backstop_client::{
    addresses::MarketKeys,
    oracle::OracleMap,
    transaction::Assembler,
    view::{fetch_obligations, BankView, MarketView},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;

use crate::{
    amount::{Amount, Decimal},
    args::Global,
    cluster::{self, Cluster},
    failure::{Exit, Failure},
    file::{units::feed_id, Governance, MarketFile},
};

/// Cluster, signer and options of one run.
pub struct Context {
    /// The node.
    pub rpc: RpcClient,
    /// What the caller said.
    pub global: Global,
    cluster: Cluster,
}

impl Context {
    /// Reads the configuration; asks the node nothing yet.
    ///
    /// # Errors
    /// `Config`.
    pub fn new(global: Global) -> Result<Self, Failure> {
        let cluster = Cluster::resolve(&global.choice())?;
        let rpc = RpcClient::new_with_commitment(cluster.url.clone(), cluster.commitment);
        Ok(Self {
            rpc,
            global,
            cluster,
        })
    }

    /// The node's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.cluster.url
    }

    /// The keypair that signs and pays.
    ///
    /// # Errors
    /// `Config`.
    pub fn signer(&self) -> Result<Keypair, Failure> {
        cluster::keypair(&self.cluster.keypair)
    }

    /// Builds transactions that `payer` pays for.
    #[must_use]
    pub fn assembler(&self, payer: Pubkey) -> Assembler {
        let mut assembler = Assembler::new(payer);
        assembler.commitment = self.cluster.commitment;
        if let Some(most) = self.global.max_fee {
            assembler.fees.max_price = most;
        }
        assembler
    }

    /// Price accounts that the caller named.
    fn oracles(&self, mut oracles: OracleMap) -> Result<OracleMap, Failure> {
        for (feed, account) in self.global.oracle_pairs()? {
            let wrong = |message: String| Failure::new(Exit::Usage, format!("--oracle: {message}"));
            let feed = feed_id(feed).map_err(wrong)?;
            let account = crate::file::units::address(account).map_err(wrong)?;
            oracles.insert(feed, account);
        }
        Ok(oracles)
    }

    fn named_market(&self) -> Result<&str, Failure> {
        self.global.market.as_deref().ok_or_else(|| {
            Failure::new(Exit::Usage, "no market is chosen").hint(
                "pass --market with its address or its market file, or set BACKSTOP_MARKET; \
                 a file also gives banks their names",
            )
        })
    }

    /// Reads the market that `--market` names.
    ///
    /// # Errors
    /// `Usage`, `Config`, `Cluster`.
    pub async fn market(&self) -> Result<Market, Failure> {
        let named = self.named_market()?;
        if let Ok(key) = Pubkey::from_str(named) {
            let oracles = self.oracles(OracleMap::default())?;
            let view = MarketView::fetch(&self.rpc, key, &oracles).await?;
            return Ok(Market { view, file: None });
        }
        let path = Path::new(named);
        if !path.is_file() {
            return Err(Failure::new(
                Exit::Usage,
                format!("`{named}` is neither an address nor a market file"),
            ));
        }
        let file = MarketFile::load(path)?;
        let keys = self.keys_of(&file).await?;
        let oracles = self.oracles(file.oracles.clone())?;
        let view = MarketView::fetch(&self.rpc, keys.market, &oracles)
            .await
            .map_err(|error| match error {
                backstop_client::ClientError::NoAccount(key) => Failure::new(
                    Exit::Cluster,
                    format!("the market of {named}, {key}, is not on this cluster"),
                )
                .hint(format!(
                    "create it: `backstop market apply {named}`; or is --url another cluster's? The \
                     address of a market that a file creates rests on its creator: without `admin` \
                     and `creator` that is whoever signs"
                )),
                other => other.into(),
            })?;
        Ok(Market {
            view,
            file: Some(file),
        })
    }

    /// Addresses of a file's market. Who the file leaves open is the signer.
    ///
    /// # Errors
    /// `Config`: the signer is needed and there is no keypair.
    pub async fn keys_of(&self, file: &MarketFile) -> Result<MarketKeys, Failure> {
        let open = matches!(file.governance, Governance::Create { creator: None, .. })
            && file.admin.is_none();
        let signer = if open {
            self.signer()?.pubkey()
        } else {
            Pubkey::default()
        };
        // The market's address does not depend on the token program.
        Ok(file.keys(&signer, Pubkey::default()))
    }

    /// The price accounts of a file, over which the caller's go.
    ///
    /// # Errors
    /// `Usage`.
    pub fn oracles_of(&self, file: &MarketFile) -> Result<OracleMap, Failure> {
        self.oracles(file.oracles.clone())
    }

    /// Reads an obligation.
    ///
    /// # Errors
    /// `Cluster`: there is none at that address.
    pub async fn obligation(&self, key: &Pubkey) -> Result<Obligation, Failure> {
        self.find_obligation(key).await?.ok_or_else(|| {
            Failure::new(Exit::Cluster, format!("there is no obligation {key}")).hint(
                "open one with `backstop obligation open`; `backstop obligation list` shows those \
                 that are there",
            )
        })
    }

    /// Reads an obligation, if it is there.
    ///
    /// # Errors
    /// `Cluster`.
    pub async fn find_obligation(&self, key: &Pubkey) -> Result<Option<Obligation>, Failure> {
        let found = self
            .rpc
            .get_account_with_commitment(key, self.rpc.commitment())
            .await
            .map_err(backstop_client::ClientError::from)?
            .value;
        found
            .map(|account| decode(key, &account).map_err(Failure::from))
            .transpose()
    }

    /// Reads the obligations of a market, of one owner if there is one.
    ///
    /// # Errors
    /// `Cluster`.
    pub async fn obligations(
        &self,
        market: &Pubkey,
        owner: Option<&Pubkey>,
    ) -> Result<Vec<(Pubkey, Obligation)>, Failure> {
        Ok(fetch_obligations(&self.rpc, market, owner).await?)
    }
}

/// A market as it is now, and what its file calls its banks.
pub struct Market {
    /// As it is now.
    pub view: MarketView,
    file: Option<MarketFile>,
}

impl Market {
    /// The bank that a caller names: by the file's name, its own address, or
    /// its mint's.
    ///
    /// # Errors
    /// `Usage`, with the names of those that are there.
    pub fn bank(&self, name: &str) -> Result<&BankView, Failure> {
        let by_name = self
            .file
            .as_ref()
            .and_then(|file| file.bank(name))
            .map(|bank| bank.mint);
        let key = by_name.or_else(|| Pubkey::from_str(name).ok());
        let found = key.and_then(|key| {
            self.view
                .banks
                .iter()
                .find(|bank| bank.keys.bank == key || bank.keys.mint == key)
        });
        found.ok_or_else(|| {
            let names: Vec<String> = self
                .view
                .banks
                .iter()
                .map(|bank| self.label(&bank.keys.bank))
                .collect();
            let hint = if self.file.is_some() {
                format!("there are: {}", names.join(", "))
            } else {
                format!(
                    "there are: {}; with --market FILE.toml banks have the file's names",
                    names.join(", ")
                )
            };
            Failure::new(Exit::Usage, format!("this market has no bank `{name}`")).hint(hint)
        })
    }

    /// What to call a bank: the file's name, or its address.
    #[must_use]
    pub fn label(&self, bank: &Pubkey) -> String {
        let mint = self
            .view
            .bank(bank)
            .map_or(Pubkey::default(), |bank| bank.keys.mint);
        self.file
            .as_ref()
            .and_then(|file| file.banks.iter().find(|section| section.mint == mint))
            .map_or_else(|| bank.to_string(), |section| section.name.clone())
    }

    /// The view after a refresh of every bank in this slot.
    #[must_use]
    pub fn refreshed(&self) -> MarketView {
        self.view.refreshed()
    }
}

/// Atoms of an amount that must not be `all`.
///
/// # Errors
/// `Usage`.
pub fn tokens(amount: &Decimal, decimals: u8) -> Result<u64, Failure> {
    Ok(amount.atoms(decimals)?)
}

/// Atoms of an amount; `all` is `everything`.
///
/// # Errors
/// `Usage`.
pub fn atoms_or(amount: &Amount, decimals: u8, everything: u64) -> Result<u64, Failure> {
    match amount {
        Amount::All => Ok(everything),
        Amount::Tokens(decimal) => tokens(decimal, decimals),
    }
}

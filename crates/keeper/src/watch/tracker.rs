//! View, index and book of one market.

use backstop_client::{
    accounts::decode,
    oracle::OracleMap,
    program::state::{Bank, Market, Obligation},
    ClientError, MarketView,
};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::{Error as RpcError, ErrorKind};

use super::{book::Book, discover::Snapshot};
use crate::{
    index::{BankState, Index, IndexError, Touched},
    metrics,
};

/// Accounts that one request asks for.
const BATCH: usize = 100;
/// Changed obligations that are read in one round.
const MOST_READ: usize = 2_000;

/// What is known of one market.
#[derive(Debug)]
pub struct Tracker {
    market: Pubkey,
    oracles: OracleMap,
    stored: Option<MarketView>,
    refreshed: Option<MarketView>,
    index: Index,
    /// What has changed.
    pub book: Book,
    wants_snapshot: bool,
}

impl Tracker {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(market: Pubkey, oracles: OracleMap) -> Self {
        Self {
            market,
            oracles,
            stored: None,
            refreshed: None,
            index: Index::new(),
            book: Book::default(),
            wants_snapshot: true,
        }
    }

    /// The market as it is stored, and as it would be after `refresh_banks`.
    #[must_use]
    pub fn views(&self) -> Option<(&MarketView, &MarketView)> {
        self.stored.as_ref().zip(self.refreshed.as_ref())
    }

    /// All obligations.
    #[must_use]
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Whether there is something that only a snapshot can tell: nothing was
    /// read yet, or an obligation names an unknown bank.
    pub const fn wants_snapshot(&self) -> bool {
        self.wants_snapshot
    }

    /// Builds everything anew from a snapshot.
    ///
    /// # Errors
    /// `Rpc` for prices and clock.
    pub async fn restart(
        &mut self,
        rpc: &RpcClient,
        snapshot: Snapshot,
    ) -> Result<(), ClientError> {
        let view =
            MarketView::assemble(rpc, snapshot.market, snapshot.banks, &self.oracles).await?;
        self.index = Index::new();
        self.wants_snapshot = false;
        let mut touched = self.take_view(view);
        for (key, obligation) in &snapshot.obligations {
            self.file(*key, obligation, &mut touched);
        }
        self.book.finish();
        metrics::scan(snapshot.took);
        metrics::index(self.index.counts(), &touched);
        Ok(())
    }

    /// Reads the market, its banks, prices and the clock.
    ///
    /// # Errors
    /// `Rpc`, `NoAccount`, `WrongAccount` for the market.
    pub async fn poll(&mut self, rpc: &RpcClient) -> Result<(), ClientError> {
        let known = self.stored.as_ref().map(|view| &view.banks);
        let banks: Vec<Pubkey> = known
            .into_iter()
            .flatten()
            .map(|bank| bank.keys.bank)
            .collect();
        let keys: Vec<Pubkey> = std::iter::once(self.market).chain(banks).collect();
        let mut accounts = keys.iter().zip(fetch(rpc, &keys).await?);
        let market = accounts.next().and_then(|(_, (_, account))| account);
        let market: Market = decode(
            &self.market,
            &market.ok_or(ClientError::NoAccount(self.market))?,
        )?;
        let mut banks: Vec<(Pubkey, Bank)> = Vec::with_capacity(keys.len());
        for (key, (_, account)) in accounts {
            // A bank is never closed: an answer without it is a false one.
            let account = account.ok_or(ClientError::NoAccount(*key))?;
            banks.push((*key, decode(key, &account)?));
        }
        let view = MarketView::assemble(rpc, market, banks, &self.oracles).await?;
        let touched = self.take_view(view);
        metrics::index(self.index.counts(), &touched);
        Ok(())
    }

    /// Reads obligations that have changed. Those that could not be read wait
    /// for the next time.
    ///
    /// # Errors
    /// `Rpc`.
    pub async fn catch_up(&mut self, rpc: &RpcClient) -> Result<(), ClientError> {
        let keys = self.book.take(MOST_READ);
        self.read(rpc, keys).await.map(|_| ())
    }

    /// Reads obligations now. Returns those that were read and exist.
    ///
    /// # Errors
    /// `Rpc`: then all of them wait for the next time.
    pub async fn read(
        &mut self,
        rpc: &RpcClient,
        keys: Vec<Pubkey>,
    ) -> Result<Vec<Pubkey>, ClientError> {
        let found = match fetch(rpc, &keys).await {
            Ok(found) => found,
            Err(error) => {
                self.book.put_back(keys);
                return Err(error);
            }
        };
        let mut read = Vec::with_capacity(keys.len());
        let mut touched = Touched::default();
        for (key, (slot, account)) in keys.into_iter().zip(found) {
            if !self.book.accept(key, slot) {
                metrics::hint("old");
                continue;
            }
            let Some(account) = account else {
                metrics::hint("closed");
                self.index.remove(&key);
                continue;
            };
            match decode::<Obligation>(&key, &account) {
                Ok(obligation) if obligation.market == self.market => {
                    metrics::hint("taken");
                    self.file(key, &obligation, &mut touched);
                    read.push(key);
                }
                // Closed and used again, of another market, or made up.
                Ok(_) | Err(_) => {
                    metrics::hint("broken");
                    self.index.remove(&key);
                }
            }
        }
        Ok(read)
    }

    fn take_view(&mut self, view: MarketView) -> Touched {
        let refreshed = view.refreshed();
        let mut touched = Touched::default();
        for bank in &refreshed.banks {
            let state = BankState::at(&bank.bank, refreshed.slot, refreshed.now);
            match self.index.update_bank(bank.keys.bank, state) {
                Ok(more) => touched.looks += more.looks,
                Err(error) => tracing::error!(bank = %bank.keys.bank, %error, "left out"),
            }
        }
        self.stored = Some(view);
        self.refreshed = Some(refreshed);
        touched
    }

    fn file(&mut self, key: Pubkey, obligation: &Obligation, touched: &mut Touched) {
        match self.index.update_obligation(key, obligation) {
            Ok(more) => touched.looks += more.looks,
            Err(IndexError::UnknownBank(bank)) => {
                tracing::info!(obligation = %key, %bank, "a new bank: reading everything anew");
                self.wants_snapshot = true;
            }
            Err(error) => tracing::error!(obligation = %key, %error, "left out"),
        }
    }
}

/// Reads accounts in order, each with the slot of its answer.
async fn fetch(
    rpc: &RpcClient,
    keys: &[Pubkey],
) -> Result<Vec<(u64, Option<Account>)>, ClientError> {
    let mut found = Vec::with_capacity(keys.len());
    for batch in keys.chunks(BATCH) {
        let answer = rpc
            .get_multiple_accounts_with_commitment(batch, rpc.commitment())
            .await?;
        if answer.value.len() != batch.len() {
            let what = "the node answered about another number of accounts";
            return Err(RpcError::from(ErrorKind::Custom(what.to_owned())).into());
        }
        let slot = answer.context.slot;
        found.extend(answer.value.into_iter().map(|account| (slot, account)));
    }
    Ok(found)
}

//! A market and its banks at one moment.

use backstop::state::{Bank, Market, Obligation, PriceUpdate};
use backstop_engine::{
    price::Observation,
    step::{self, At, Banks},
    units::UnixTime,
};
use solana_account::Account;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::{pubkey, Pubkey};
use solana_rpc_client::nonblocking::rpc_client::RpcClient;

use crate::{
    accounts::{banks_of, decode, obligations_of},
    addresses::{BankKeys, MarketKeys},
    error::ClientError,
    oracle::{price_update, usable_price, OracleMap},
};

const CLOCK: Pubkey = pubkey!("SysvarC1ock11111111111111111111111111111111");

/// A bank, its addresses, and what its price account says.
#[derive(Clone, Debug)]
pub struct BankView {
    /// Its addresses.
    pub keys: BankKeys,
    /// The account. In a view that was [`MarketView::refreshed`], with interest
    /// and price of the view's slot.
    pub bank: Bank,
    /// The last update, usable or not; `None` for an account that is not there
    /// or is no update of the bank's feed.
    pub price: Option<PriceUpdate>,
}

/// A market, all of its banks, and the clock that they were read at.
#[derive(Clone, Debug)]
pub struct MarketView {
    /// The market's addresses.
    pub keys: MarketKeys,
    /// The account.
    pub market: Market,
    /// Its banks, by address.
    pub banks: Vec<BankView>,
    /// The governance token's last update, usable or not.
    pub governance_price: Option<PriceUpdate>,
    /// Slot of the clock.
    pub slot: u64,
    /// (unix secs) Time of the clock.
    pub now: i64,
}

impl MarketView {
    /// Reads a market, its banks, their price accounts and the clock. Price
    /// accounts and clock come from one slot; the accounts of the market may be
    /// a little older.
    ///
    /// # Errors
    /// `Rpc`, `NoAccount`, `WrongAccount`. A price account that cannot be read
    /// is none: it is a `None` in the view.
    pub async fn fetch(
        rpc: &RpcClient,
        market: Pubkey,
        oracles: &OracleMap,
    ) -> Result<Self, ClientError> {
        let account = rpc
            .get_account_with_commitment(&market, rpc.commitment())
            .await?
            .value
            .ok_or(ClientError::NoAccount(market))?;
        let state: Market = decode(&market, &account)?;
        let banks = fetch_banks(rpc, &market).await?;
        Self::assemble(rpc, state, banks, oracles).await
    }

    /// The same for accounts of the market that are known already: only prices
    /// and clock are read.
    ///
    /// # Errors
    /// `Rpc`, `NoAccount` without a clock.
    pub async fn assemble(
        rpc: &RpcClient,
        market: Market,
        mut banks: Vec<(Pubkey, Bank)>,
        oracles: &OracleMap,
    ) -> Result<Self, ClientError> {
        banks.sort_by_key(|(key, _)| *key);
        let keys = MarketKeys::of(&market, oracles);
        let mut views: Vec<BankView> = banks
            .into_iter()
            .map(|(key, bank)| BankView {
                keys: BankKeys::of(keys, key, &bank, oracles),
                bank,
                price: None,
            })
            .collect();
        let mut wanted = vec![CLOCK];
        wanted.extend(keys.oracle);
        wanted.extend(views.iter().map(|view| view.keys.oracle));
        let mut found = fetch_many(rpc, &wanted).await?.into_iter();
        let clock = found
            .next()
            .flatten()
            .ok_or(ClientError::NoAccount(CLOCK))?;
        let (slot, now) = read_clock(&clock).ok_or(ClientError::NoAccount(CLOCK))?;
        let governance_price = keys.oracle.and_then(|_| {
            let config = &market.config;
            let account = found.next().flatten()?;
            price_update(&account, &config.oracle_program, &config.feed_id).ok()
        });
        for (view, account) in views.iter_mut().zip(found) {
            let config = &view.bank.config;
            view.price = account.and_then(|account| {
                price_update(&account, &config.oracle_program, &config.feed_id).ok()
            });
        }
        Ok(Self {
            keys,
            market,
            banks: views,
            governance_price,
            slot,
            now,
        })
    }

    /// The view after a `refresh_banks` of every bank in this slot: interest
    /// booked, and the price stored where it is usable. A bank without a usable
    /// price keeps the one of an earlier slot, which no quote believes.
    #[must_use]
    pub fn refreshed(&self) -> Self {
        let mut view = self.clone();
        for bank in &mut view.banks {
            bank.refresh(self.slot, self.now);
        }
        view
    }

    /// The bank at `key`.
    ///
    /// # Errors
    /// `UnknownBank`.
    pub fn bank(&self, key: &Pubkey) -> Result<&BankView, ClientError> {
        self.banks
            .binary_search_by_key(key, |view| view.keys.bank)
            .ok()
            .and_then(|index| self.banks.get(index))
            .ok_or(ClientError::UnknownBank(*key))
    }

    /// The bank of an asset.
    #[must_use]
    pub fn bank_of_mint(&self, mint: &Pubkey) -> Option<&BankView> {
        self.banks.iter().find(|view| view.keys.mint == *mint)
    }

    /// The governance token's price, if it is usable now.
    #[must_use]
    pub fn governance(&self) -> Option<backstop_engine::price::Price> {
        usable_price(
            self.governance_price.as_ref()?,
            self.market.config.oracle_limits(),
            self.market.governance_published_at,
            self.now,
        )
    }
}

impl MarketView {
    /// When a step on this view is taken.
    #[must_use]
    pub fn at(&self) -> At {
        At {
            now: UnixTime(self.now),
            slot: self.slot,
        }
    }

    /// What the governance token's feed says, usable or not.
    #[must_use]
    pub fn governance_observation(&self) -> Option<&Observation> {
        let update = self.governance_price.as_ref()?;
        Some(&update.observation)
    }
}

impl Banks for MarketView {
    fn bank(&self, key: &Pubkey, _: usize) -> Option<&Bank> {
        let view = Self::bank(self, key).ok()?;
        Some(&view.bank)
    }
}

impl BankView {
    /// What `refresh_banks` would store in `slot` at `now`. Books that cannot be
    /// brought up to date stay as they are: no instruction would take them.
    pub fn refresh(&mut self, slot: u64, now: i64) {
        let now = UnixTime(now);
        if let Ok(ledger) = self.bank.accrued(now) {
            self.bank.ledger = (&ledger).into();
        }
        if let Some(update) = &self.price {
            let mut refreshed = self.bank;
            // A price that is not usable is none: the stored one stays.
            if step::refresh(&mut refreshed, &update.observation, At { now, slot }).is_ok() {
                self.bank = refreshed;
            }
        }
    }

    /// Whether the bank's price is of `slot`.
    #[must_use]
    pub fn is_priced(&self, slot: u64) -> bool {
        self.bank.is_priced(slot)
    }
}

/// Reads the banks of a market.
///
/// # Errors
/// `Rpc`, `WrongAccount`.
pub async fn fetch_banks(
    rpc: &RpcClient,
    market: &Pubkey,
) -> Result<Vec<(Pubkey, Bank)>, ClientError> {
    let mut config = banks_of(market);
    config.account_config.commitment = Some(rpc.commitment());
    let found = rpc
        .get_program_ui_accounts_with_config(&backstop::ID, config)
        .await?;
    decode_all(found)
}

/// Reads the obligations of a market, of one owner if there is one.
///
/// # Errors
/// `Rpc`, `WrongAccount`.
pub async fn fetch_obligations(
    rpc: &RpcClient,
    market: &Pubkey,
    owner: Option<&Pubkey>,
) -> Result<Vec<(Pubkey, Obligation)>, ClientError> {
    let mut config = obligations_of(market, owner);
    config.account_config.commitment = Some(rpc.commitment());
    let found = rpc
        .get_program_ui_accounts_with_config(&backstop::ID, config)
        .await?;
    decode_all(found)
}

fn decode_all<T: crate::accounts::ProgramAccount>(
    found: Vec<(Pubkey, solana_account_decoder_client_types::UiAccount)>,
) -> Result<Vec<(Pubkey, T)>, ClientError> {
    found
        .into_iter()
        .map(|(key, account)| {
            let account: Account = account.to_account().ok_or(ClientError::WrongAccount {
                key,
                kind: T::KIND,
                reason: "the node sent bytes that cannot be read",
            })?;
            Ok((key, decode(&key, &account)?))
        })
        .collect()
}

/// Reads any number of accounts, a hundred in a request, in the given order.
///
/// # Errors
/// `Rpc`.
pub async fn fetch_many(
    rpc: &RpcClient,
    keys: &[Pubkey],
) -> Result<Vec<Option<Account>>, ClientError> {
    const MOST: usize = 100;
    let mut accounts = Vec::with_capacity(keys.len());
    for keys in keys.chunks(MOST) {
        let commitment: CommitmentConfig = rpc.commitment();
        let answer = rpc
            .get_multiple_accounts_with_commitment(keys, commitment)
            .await?;
        accounts.extend(answer.value);
    }
    Ok(accounts)
}

/// Slot and unix time of the clock sysvar: bincode of `slot`,
/// `epoch_start_timestamp`, `epoch`, `leader_schedule_epoch`, `unix_timestamp`.
fn read_clock(account: &Account) -> Option<(u64, i64)> {
    let slot = account.data.first_chunk::<8>()?;
    let time = account.data.get(32..)?.first_chunk::<8>()?;
    Some((u64::from_le_bytes(*slot), i64::from_le_bytes(*time)))
}

//! What must be true when a crisis is over, read from the chain itself.

use std::collections::BTreeMap;

use anyhow::{ensure, Context, Result};
use backstop_client::{
    engine::health::Check,
    events::Event,
    oracle::OracleMap,
    program::state::Obligation,
    quote,
    transaction::{details, Details},
    view::fetch_obligations,
    MarketView,
};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;

/// A market and everybody in it.
pub struct Picture {
    /// The market, refreshed.
    pub view: MarketView,
    /// Its obligations.
    pub obligations: Vec<(Pubkey, Obligation)>,
}

impl Picture {
    /// Reads everything from an honest node.
    ///
    /// # Errors
    /// The node does not answer.
    pub async fn take(rpc: &RpcClient, market: Pubkey) -> Result<Self> {
        let view = MarketView::fetch(rpc, market, &OracleMap::default())
            .await?
            .refreshed();
        let obligations = fetch_obligations(rpc, &market, None).await?;
        Ok(Self { view, obligations })
    }

    /// What is still to be done, in words; `None` when the crisis is over: every
    /// debt is healthy, nothing is on auction, no deficit is open.
    ///
    /// # Errors
    /// A bank without a price.
    pub fn unfinished(&self) -> Result<Option<String>> {
        for bank in &self.view.banks {
            let ledger = &bank.bank.ledger;
            if ledger.deficit > 0 || bank.bank.auction.lot > 0 {
                return Ok(Some(format!(
                    "bank {}: deficit {}, on auction {}, lot {}",
                    bank.keys.mint, ledger.deficit, ledger.on_auction, bank.bank.auction.lot
                )));
            }
        }
        for (key, obligation) in self.obligations.iter().filter(|(_, o)| o.has_debt()) {
            let sums = quote::health(&self.view, obligation, Check::Maintenance)?;
            if !sums.is_healthy() {
                return Ok(Some(format!("obligation {key} is unhealthy: {sums:?}")));
            }
        }
        Ok(None)
    }

    /// BOOKS, SPLIT, SUM and RECORD over every bank, and the vaults' tokens.
    ///
    /// # Errors
    /// What does not add up.
    pub async fn check_books(&self, rpc: &RpcClient) -> Result<()> {
        for bank in &self.view.banks {
            let ledger = bank.bank.ledger.get();
            ledger.check_books()?;
            ledger.check_split()?;
            let positions = self
                .obligations
                .iter()
                .flat_map(|(_, obligation)| obligation.positions())
                .filter(|position| position.bank == bank.keys.bank);
            let (mut deposits, mut debts, mut records) = (0u128, 0u128, 0u128);
            for position in positions {
                deposits += position.deposit_shares.get();
                debts += position.debt_shares.get();
                records += u128::from(position.written_off);
            }
            ensure!(
                deposits == ledger.deposit_shares.0,
                "deposit shares of {bank:?}"
            );
            ensure!(debts == ledger.debt_shares.0, "debt shares of {bank:?}");
            ensure!(
                records + ledger.totals.recovered == ledger.totals.lost,
                "records {records} of {} lost",
                ledger.totals.lost
            );
            for (vault, least) in [
                (bank.keys.liquidity_vault, ledger.cash.0),
                (bank.keys.insurance_vault, ledger.insurance.0),
            ] {
                let held: u64 = rpc
                    .get_token_account_balance(&vault)
                    .await?
                    .amount
                    .parse()?;
                ensure!(
                    held >= least,
                    "vault {vault} holds {held}, books say {least}"
                );
            }
        }
        Ok(())
    }
}

/// Every transaction that touched an address.
pub struct History {
    /// Those that went through, oldest first.
    pub through: Vec<Details>,
    /// Those that landed and failed.
    pub failed: usize,
    /// (lamports) Fees of all of them.
    pub fees: u64,
    /// (lamports) Fees of those that failed.
    pub burned: u64,
}

impl History {
    /// Reads it from an honest node.
    ///
    /// # Errors
    /// The node does not answer.
    pub async fn of(rpc: &RpcClient, address: &Pubkey) -> Result<Self> {
        let mut signatures = rpc.get_signatures_for_address(address).await?;
        signatures.reverse();
        let mut history = Self {
            through: Vec::new(),
            failed: 0,
            fees: 0,
            burned: 0,
        };
        for entry in signatures {
            let signature = entry.signature.parse()?;
            let details = details(rpc, &signature)
                .await
                .with_context(|| format!("transaction {signature}"))?;
            history.fees += details.fee;
            if entry.err.is_some() {
                history.failed += 1;
                history.burned += details.fee;
            } else {
                history.through.push(details);
            }
        }
        Ok(history)
    }

    /// How often each debt was written off, by obligation and bank.
    #[must_use]
    pub fn write_offs(&self) -> BTreeMap<(Pubkey, Pubkey), usize> {
        let mut counts = BTreeMap::new();
        for event in self.through.iter().flat_map(|details| &details.events) {
            if let Event::DebtWrittenOff(event) = event {
                *counts.entry((event.obligation, event.bank)).or_default() += 1;
            }
        }
        counts
    }

    /// Numbers of the loss events, in the order in which they landed.
    #[must_use]
    pub fn sequence(&self) -> Vec<u64> {
        let events = self.through.iter().flat_map(|details| &details.events);
        events
            .filter_map(|event| match event {
                Event::DebtWrittenOff(event) => Some(event.sequence),
                Event::DeficitCovered(event) => Some(event.sequence),
                Event::GovernanceBought(event) => Some(event.sequence),
                Event::AuctionClosed(event) => Some(event.sequence),
                Event::DeficitSocialised(event) => Some(event.sequence),
                Event::WrittenOffRepaid(event) => Some(event.sequence),
                Event::BuyBackStarted(event) => Some(event.sequence),
                Event::GovernanceSold(event) => Some(event.sequence),
                Event::BuyBackClosed(event) => Some(event.sequence),
                _ => None,
            })
            .collect()
    }
}

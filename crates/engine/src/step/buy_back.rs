//! Buying governance tokens back with surplus insurance.

use super::At;
use crate::auction::PriceRange;
use crate::error::{EngineError, Result};
use crate::price::Observation;
use crate::state::{Bank, BuyBackState, Market};
use crate::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};

/// What starting a buy-back did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyBackStarted {
    /// Number of this event in its market.
    pub sequence: u64,
    /// Atoms to spend.
    pub budget: Atoms,
    /// Last second.
    pub ends_at: UnixTime,
}

/// What a sale to a buy-back did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sold {
    /// Number of this event in its market.
    pub sequence: u64,
    /// Tokens from the seller, to burn.
    pub sold: GovAtoms,
    /// Atoms for the seller, out of the insurance vault.
    pub paid: Atoms,
    /// Price per token.
    pub rate: Rate,
}

/// What closing a buy-back did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyBackEnded {
    /// Number of this event in its market.
    pub sequence: u64,
    /// Atoms that were not spent.
    pub unspent: Atoms,
}

impl Market {
    /// Prices of a buy-back: it starts at the floor of an auction and rises to
    /// no more than the lower of spot and average, or to the fixed start price
    /// of a market without a feed.
    fn buy_back_prices(
        &mut self,
        bank: &Bank,
        observed: Option<&Observation>,
        at: At,
    ) -> Result<PriceRange> {
        // Why a price is not usable matters more here than that there is none.
        let feed = match self.governance_price(observed, at.now)? {
            Some(price) => {
                bank.require_price(at.slot)?;
                Some((self.governance_quote(price), bank.quote()))
            }
            None => None,
        };
        bank.config
            .price_policy(&self.config)
            .buy_back_range(self.config.has_feed(), feed)
            .ok_or(EngineError::NoGovernancePrice)
    }
}

/// Starts to spend insurance above its target; not while write-offs are paused,
/// nor in a wound-down bank, whose lenders come before holders of the governance
/// token.
///
/// # Errors
/// `WoundDown`, `WriteOffPaused`, `NoGovernancePrice`, `PriceNotRefreshed`,
/// `NoSurplus`, and those of [`Observation::accept`] and
/// [`crate::ledger::Ledger::start_buy_back`].
pub fn start_buy_back(
    market: &mut Market,
    bank: &mut Bank,
    governance: Option<&Observation>,
    at: At,
) -> Result<BuyBackStarted> {
    if bank.is_wound_down() {
        return Err(EngineError::WoundDown);
    }
    market.require_writing_off(at.now)?;
    let ledger = bank.accrued(at.now)?;
    let range = market.buy_back_prices(bank, governance, at)?;
    let started = ledger.start_buy_back(
        &bank.buy_back.get(),
        Bps(bank.config.insurance_target_bps),
        range,
        market.config.auction_duration_secs,
        at.now,
    )?;
    // Only one runs at a time: one of a few atoms would keep a real one away.
    if started.budget.0 < bank.config.min_auction_deficit {
        return Err(EngineError::NoSurplus {
            insurance: ledger.insurance.0,
            target: ledger.insurance.sub(started.budget)?.0,
        });
    }
    bank.buy_back = started.into();
    bank.store(&ledger)?;
    Ok(BuyBackStarted {
        sequence: market.next_sequence()?,
        budget: started.budget,
        ends_at: started.ends_at,
    })
}

/// Sells up to `amount` tokens for at least `min_proceeds`.
///
/// # Errors
/// `WriteOffPaused`, `NoGovernancePrice`, `PriceNotRefreshed`, and those of
/// [`Observation::accept`] and [`crate::buy_back::BuyBack::sell`].
pub fn sell_governance(
    market: &mut Market,
    bank: &mut Bank,
    governance: Option<&Observation>,
    amount: GovAtoms,
    min_proceeds: Atoms,
    at: At,
) -> Result<Sold> {
    market.require_writing_off(at.now)?;
    let today = market.buy_back_prices(bank, governance, at)?;
    let plan = bank.buy_back.get().sell(
        bank.accrued(at.now)?,
        amount,
        min_proceeds,
        Bps(bank.config.insurance_target_bps),
        today.start,
        at.now,
    )?;
    bank.buy_back = plan.buy_back.into();
    bank.store(&plan.ledger)?;
    let issuance = market.issuance().burn_bought(plan.sold)?;
    market.record_burn(plan.sold, issuance)?;
    Ok(Sold {
        sequence: market.next_sequence()?,
        sold: plan.sold,
        paid: plan.paid,
        rate: plan.rate,
    })
}

/// Closes a buy-back whose time is over, or whose bank has an open deficit.
///
/// # Errors
/// Those of [`crate::buy_back::BuyBack::require_closable`].
pub fn close_buy_back(market: &mut Market, bank: &mut Bank, now: UnixTime) -> Result<BuyBackEnded> {
    let buy_back = bank.buy_back.get();
    buy_back.require_closable(&bank.ledger.get(), now)?;
    bank.buy_back = BuyBackState::default();
    Ok(BuyBackEnded {
        sequence: market.next_sequence()?,
        unspent: buy_back.budget,
    })
}

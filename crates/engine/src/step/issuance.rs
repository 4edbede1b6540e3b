//! What the steps of bad debt share: whether and at which prices tokens may be
//! issued, when a deficit is given up, and the burning of what was not sold.

use super::At;
use crate::auction::{IssuanceTerms, PriceRange};
use crate::error::{EngineError, Result};
use crate::ledger::Ledger;
use crate::price::{Observation, Price, Quote};
use crate::socialise::Terms;
use crate::state::{AuctionState, Bank, Market};
use crate::units::{Atoms, GovAtoms, UnixTime};
use crate::waterfall::{CoverPlan, Mode};

/// Prices at which a bank may issue now, and why not if the governance price
/// that was shown is the reason.
pub(super) struct IssuancePrices {
    pub(super) range: Option<PriceRange>,
    pub(super) unpriced: Option<EngineError>,
}

impl Market {
    /// The governance token's price, if the market has a feed and what was
    /// observed of it is usable now. The market remembers when it last saw a
    /// usable one.
    ///
    /// # Errors
    /// Those of [`Observation::accept`]. A write-off goes on without issuance.
    pub(super) fn governance_price(
        &mut self,
        observed: Option<&Observation>,
        now: UnixTime,
    ) -> Result<Option<Price>> {
        let Some(observation) = observed.filter(|_| self.config.has_feed()) else {
            return Ok(None);
        };
        let stored = UnixTime(self.governance_published_at);
        let price = observation.accept(self.config.oracle_limits(), stored, now)?;
        self.governance_priced_at = now.0;
        self.governance_published_at = observation.published.0;
        Ok(Some(price))
    }

    /// A price of the governance token, with its decimals.
    pub(super) fn governance_quote(&self, price: Price) -> Quote {
        Quote {
            price,
            decimals: self.governance_decimals,
        }
    }

    /// Prices at which `bank` may issue now; none if it may not: its mode does
    /// not issue, issuance is paused, its deficit is past the point at which
    /// auctions are given up, or there is no usable price. The governance price
    /// is looked at in any case, so that the market knows when it was last usable.
    #[inline(never)]
    pub(super) fn issuance_prices(
        &mut self,
        bank: &Bank,
        observed: Option<&Observation>,
        at: At,
    ) -> IssuancePrices {
        let (price, unpriced) = match self.governance_price(observed, at.now) {
            Ok(price) => (price, None),
            Err(broken) => (None, Some(broken)),
        };
        let may_issue = bank.config.mode() == Mode::Full
            && !self.issuance_pause.is_paused(at.now)
            && !self
                .socialise_terms(bank, at.now)
                .gives_up(&bank.ledger.get(), at.now);
        let range = may_issue
            .then(|| {
                let feed = price
                    .filter(|_| bank.is_priced(at.slot))
                    .map(|price| (self.governance_quote(price), bank.quote()));
                let policy = bank.config.price_policy(&self.config);
                policy.range(self.config.has_feed(), feed)
            })
            .flatten();
        IssuancePrices { range, unpriced }
    }

    /// Terms of an auction in `bank` at `prices`.
    pub(super) fn issuance_terms(&self, bank: &Bank, prices: PriceRange) -> IssuanceTerms {
        IssuanceTerms {
            issuance: self.issuance(),
            limits: self.config.issuance_limits(),
            schedule: self.config.schedule(),
            prices,
            min_offer: Atoms(bank.config.min_auction_deficit),
        }
    }

    /// What decides whether the deficit of `bank` may be socialised.
    #[must_use]
    pub fn socialise_terms(&self, bank: &Bank, now: UnixTime) -> Terms {
        let has_fixed_price = bank.config.fixed_floor_rate.get() > 0;
        let priced_at = if self.config.has_feed() {
            Some(UnixTime(self.governance_priced_at))
        } else {
            has_fixed_price.then_some(now)
        };
        Terms {
            mode: bank.config.mode(),
            // A pause that has just begun would let a guardian who holds governance
            // tokens choose the moment in which lenders pay instead of holders.
            halted: self
                .issuance_pause
                .is_paused_for(bank.config.socialise_delay_secs, now),
            priced_at,
            failed_auctions: bank.failed_auctions,
            max_failed_auctions: self.config.max_failed_auctions,
            issuance: self.issuance(),
            limits: self.config.issuance_limits(),
            delay_secs: bank.config.socialise_delay_secs,
            deadline_secs: bank.config.socialise_deadline_secs,
        }
    }

    /// Takes what is left of an auction whose deficit was covered otherwise out
    /// of the books; the caller burns it.
    ///
    /// # Errors
    /// `Overflow`.
    pub(super) fn close_settled(
        &mut self,
        bank: &mut Bank,
        ledger: &Ledger,
        now: UnixTime,
    ) -> Result<GovAtoms> {
        let auction = bank.auction.get();
        if !auction.is_settled(ledger) {
            return Ok(GovAtoms::ZERO);
        }
        bank.auction = AuctionState::default();
        self.burn_unsold(auction.lot, auction.issued_at, now)?;
        Ok(auction.lot)
    }

    /// Books the burning of tokens that were issued at `since` and not sold.
    ///
    /// # Errors
    /// `Overflow`.
    pub(super) fn burn_unsold(
        &mut self,
        amount: GovAtoms,
        since: UnixTime,
        now: UnixTime,
    ) -> Result<()> {
        let limits = self.config.issuance_limits();
        let after = self.issuance().burn_unsold(amount, &limits, since, now)?;
        self.record_burn(amount, after)
    }

    /// Stores what a pass over the tiers did to bank and market.
    ///
    /// # Errors
    /// `BooksOutOfBalance`, `SplitOutOfBalance`.
    pub(super) fn apply_cover(&mut self, bank: &mut Bank, plan: &CoverPlan) -> Result<()> {
        bank.draw_bucket = plan.draw_bucket.into();
        if let Some(opening) = &plan.opening {
            bank.auction = opening.auction.into();
            self.record_issue(opening.lot, opening.issuance)?;
        }
        bank.store_loss(&plan.ledger)
    }
}

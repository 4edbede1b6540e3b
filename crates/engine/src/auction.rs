//! Issuing governance tokens and selling them: the size of a lot, the price
//! curve, fills, and what happens to what is left.

use crate::bucket::{Bucket, Limit};
use crate::error::{EngineError, Result};
use crate::ledger::{add_total, Ledger};
use crate::math;
use crate::price::{self, Quote};
use crate::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};

/// What the market has issued so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Issuance {
    /// Supply by the books: at creation, plus issued, minus burned.
    pub supply: GovAtoms,
    /// Issued over the market's life, minus what was burned unsold.
    pub outstanding: GovAtoms,
    /// Level of the limit per window.
    pub bucket: Bucket,
}

/// How much a market may issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuanceLimits {
    /// Share of supply per window.
    pub per_window: Bps,
    /// The window.
    pub window_secs: u32,
    /// Share of supply per auction.
    pub per_auction: Bps,
    /// Most that may ever be outstanding.
    pub lifetime_cap: GovAtoms,
}

/// Times of an auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// From opening to the first sale: time for the guardian to react.
    pub delay_secs: u32,
    /// From the first sale to the floor price; at least 1.
    pub duration_secs: u32,
}

/// Highest and lowest price of an auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRange {
    /// Price at the first sale.
    pub start: Rate,
    /// Price at the end; nothing is sold for less.
    pub floor: Rate,
}

/// How a market prices its governance token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricePolicy {
    /// Greatest discount of the floor to the lower of spot and average.
    pub max_discount: Bps,
    /// Premium of the start over the higher of spot and average.
    pub premium: Bps,
    /// Least price in this bank's asset, zero for none.
    pub fixed_floor: Rate,
    /// Start price where no feed is configured.
    pub fixed_start: Rate,
}

/// Everything that issuing needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuanceTerms {
    /// What was issued so far.
    pub issuance: Issuance,
    /// How much may be.
    pub limits: IssuanceLimits,
    /// When it is sold.
    pub schedule: Schedule,
    /// For how much.
    pub prices: PriceRange,
    /// Smallest deficit worth an auction.
    pub min_offer: Atoms,
}

/// An auction that opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Tokens to mint into escrow.
    pub lot: GovAtoms,
    /// Deficit that they are offered for; at the floor the lot suffices for it.
    pub offered: Atoms,
    /// The auction.
    pub auction: Auction,
    /// What the market has issued afterwards.
    pub issuance: Issuance,
}

/// An auction; all zero when there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Auction {
    /// Tokens in escrow by the books.
    pub lot: GovAtoms,
    /// Price at the first sale.
    pub start: Rate,
    /// Price at the end.
    pub floor: Rate,
    /// When the tokens were issued.
    pub issued_at: UnixTime,
    /// First second of sale.
    pub opens_at: UnixTime,
    /// Last second of sale.
    pub ends_at: UnixTime,
}

/// What a purchase does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// The auction afterwards.
    pub auction: Auction,
    /// Tokens for the buyer.
    pub bought: GovAtoms,
    /// Atoms that the buyer pays.
    pub paid: Atoms,
    /// The part of `paid` beyond the deficit, less than the price of one
    /// token: it becomes insurance fees.
    pub excess: Atoms,
    /// Price per token.
    pub rate: Rate,
    /// Tokens to burn because the auction has raised what it was for.
    pub burn: GovAtoms,
}

/// What closing an auction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosePlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Tokens to burn.
    pub burn: GovAtoms,
    /// Deficit that goes back to waiting.
    pub unsold: Atoms,
    /// Whether the auction ended with something unsold.
    pub failed: bool,
}

impl IssuanceLimits {
    fn window(&self, supply: GovAtoms) -> Result<Limit> {
        Ok(Limit {
            capacity: self.per_window.of_down(supply.0)?,
            window_secs: self.window_secs,
        })
    }

    /// Whether the lifetime cap leaves nothing to issue.
    #[must_use]
    pub fn exhausted(&self, issuance: &Issuance) -> bool {
        issuance.outstanding >= self.lifetime_cap
    }
}

impl Issuance {
    /// Most that may be issued now, rounded down.
    ///
    /// # Errors
    /// `TimeWentBack`.
    pub fn room_down(&self, limits: &IssuanceLimits, now: UnixTime) -> Result<GovAtoms> {
        let window = self.bucket.room_down(limits.window(self.supply)?, now)?;
        let auction = limits.per_auction.of_down(self.supply.0)?;
        let life = limits.lifetime_cap.saturating_sub(self.outstanding);
        let mintable = u64::MAX.saturating_sub(self.supply.0);
        Ok(GovAtoms(window.min(auction).min(life.0).min(mintable)))
    }

    fn issue(mut self, lot: GovAtoms, limits: &IssuanceLimits, now: UnixTime) -> Result<Self> {
        let window = limits.window(self.supply)?;
        self.bucket = self.bucket.fill(window, lot.0, now)?;
        self.supply = self.supply.add(lot)?;
        self.outstanding = self.outstanding.add(lot)?;
        Ok(self)
    }

    /// After `amount` issued at `since` was burned unsold: it counts against no
    /// cap any more.
    ///
    /// # Errors
    /// `Underflow` for more than was issued, `TimeWentBack`.
    pub fn burn_unsold(
        mut self,
        amount: GovAtoms,
        limits: &IssuanceLimits,
        since: UnixTime,
        now: UnixTime,
    ) -> Result<Self> {
        // The bucket has leaked at the pace of the supply that was there.
        let window = limits.window(self.supply)?;
        self.supply = self.supply.sub(amount)?;
        self.outstanding = self.outstanding.sub(amount)?;
        self.bucket = self.bucket.give_back(window, amount.0, since, now)?;
        Ok(self)
    }

    /// After `amount` was bought back and burned. What was issued stays issued:
    /// a buy-back does not refill the right to issue.
    ///
    /// # Errors
    /// `Underflow` for more than the supply.
    pub fn burn_bought(mut self, amount: GovAtoms) -> Result<Self> {
        self.supply = self.supply.sub(amount)?;
        Ok(self)
    }
}

impl PricePolicy {
    /// The price range of an auction that opens now, or `None` without a usable
    /// price. `feed` holds the governance token's and the debt asset's price
    /// where the market has a feed; `has_feed` says whether it has one. A
    /// market with a feed never falls back on its fixed prices: whoever passes
    /// a stale feed must not get the lower floor for it.
    ///
    /// Floor: the greater of the fixed floor and the discounted feed, rounded
    /// down. Start: the feed with the premium, rounded up, or the fixed start.
    #[must_use]
    pub fn range(&self, has_feed: bool, feed: Option<(Quote, Quote)>) -> Option<PriceRange> {
        let (start, floor) = match (has_feed, feed) {
            (true, Some((token, debt))) => (
                price::exchange_rate_up(token, debt, self.premium.above_one()).ok()?,
                price::exchange_rate_down(token, debt, self.max_discount.below_one()).ok()?,
            ),
            (false, _) => (self.fixed_start, Rate::default()),
            (true, None) => return None,
        };
        let floor = floor.max(self.fixed_floor);
        if floor == Rate::default() {
            return None;
        }
        Some(PriceRange {
            start: start.max(floor),
            floor,
        })
    }
}

impl PricePolicy {
    /// The price range of a buy-back that starts now, or `None` without a usable
    /// price: from the discounted feed up to the feed itself, both at the lower
    /// of spot and average and rounded down, so that insurance never pays more
    /// than the token's lowest reading; or between the fixed prices of a market
    /// without a feed.
    #[must_use]
    pub fn buy_back_range(
        &self,
        has_feed: bool,
        feed: Option<(Quote, Quote)>,
    ) -> Option<PriceRange> {
        let (start, floor) = match (has_feed, feed) {
            (true, Some((token, debt))) => (
                price::exchange_rate_down(token, debt, Bps(0).above_one()).ok()?,
                price::exchange_rate_down(token, debt, self.max_discount.below_one()).ok()?,
            ),
            (false, _) => (self.fixed_start, self.fixed_floor),
            (true, None) => return None,
        };
        (floor != Rate::default()).then_some(PriceRange { start, floor })
    }
}

/// Sizes a lot for `deficit` at the floor price and opens its auction, or not,
/// where the limits leave nothing or too little to offer.
///
/// Rounding: the lot is rounded up so that at the floor it covers what is
/// offered; where a limit binds, what is offered is rounded down.
///
/// # Errors
/// `TimeWentBack`, `Overflow`.
pub fn open(deficit: Atoms, terms: &IssuanceTerms, now: UnixTime) -> Result<Option<Opening>> {
    let room = terms.issuance.room_down(&terms.limits, now)?;
    // More tokens than 64 bits hold are more than any limit leaves.
    let wanted = terms
        .prices
        .floor
        .tokens_up(deficit)
        .unwrap_or(GovAtoms(u64::MAX));
    let (lot, offered) = if wanted <= room {
        (wanted, deficit)
    } else {
        let raised = terms.prices.floor.cost_down(room)?;
        (room, raised.min(deficit))
    };
    if lot.is_zero() || offered.is_zero() || offered < terms.min_offer {
        return Ok(None);
    }
    let opens_at = now.plus(u64::from(terms.schedule.delay_secs));
    Ok(Some(Opening {
        lot,
        offered,
        auction: Auction {
            lot,
            start: terms.prices.start,
            floor: terms.prices.floor,
            issued_at: now,
            opens_at,
            ends_at: opens_at.plus(u64::from(terms.schedule.duration_secs)),
        },
        issuance: terms.issuance.issue(lot, &terms.limits, now)?,
    }))
}

/// Seconds since a sale opened, and seconds that it lasts. First and last second
/// belong to it.
///
/// # Errors
/// `AuctionNotOpen`, `AuctionEnded`.
pub(crate) fn time_on_sale(
    opens_at: UnixTime,
    ends_at: UnixTime,
    now: UnixTime,
) -> Result<(u64, u64)> {
    if now < opens_at {
        return Err(EngineError::AuctionNotOpen {
            opens_at: opens_at.0,
            now: now.0,
        });
    }
    if now > ends_at {
        return Err(EngineError::AuctionEnded {
            ends_at: ends_at.0,
            now: now.0,
        });
    }
    Ok((now.since(opens_at)?, ends_at.since(opens_at)?))
}

impl Auction {
    /// Whether tokens are in escrow: no other auction may open before they are
    /// sold or burned.
    #[must_use]
    pub fn holds_tokens(&self) -> bool {
        !self.lot.is_zero()
    }

    /// Price at `now`: falls in a straight line from start to floor, rounded up.
    ///
    /// # Errors
    /// `NoAuction`, `AuctionNotOpen`, `AuctionEnded`.
    pub fn rate_up(&self, now: UnixTime) -> Result<Rate> {
        if !self.holds_tokens() {
            return Err(EngineError::NoAuction);
        }
        let (elapsed, duration) = time_on_sale(self.opens_at, self.ends_at, now)?;
        let range = self
            .start
            .0
            .checked_sub(self.floor.0)
            .ok_or(EngineError::Underflow)?;
        let fallen = math::mul_div_down(range, u128::from(elapsed), u128::from(duration))?;
        self.start
            .0
            .checked_sub(fallen)
            .map(Rate)
            .ok_or(EngineError::Underflow)
    }

    /// Sells up to `amount` tokens for at most `max_pay`.
    ///
    /// No more is sold than the deficit on auction needs at the current price,
    /// rounded up to a whole token. The payment is rounded up. What it exceeds
    /// the deficit by, less than the price of one token, becomes insurance
    /// fees: the buyer never gets a token below its price, and proceeds lower
    /// no other bank's deficit.
    ///
    /// # Errors
    /// `ZeroAmount`, `PaymentAboveMax`, `NoAuction` when nothing is left to
    /// raise, `Overflow`, and those of [`Auction::rate_up`].
    pub fn fill(
        mut self,
        mut ledger: Ledger,
        amount: GovAtoms,
        max_pay: Atoms,
        now: UnixTime,
    ) -> Result<FillPlan> {
        if amount.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        let rate = self.rate_up(now)?;
        if ledger.on_auction.is_zero() {
            return Err(EngineError::NoAuction);
        }
        let needed = rate
            .tokens_up(ledger.on_auction)
            .unwrap_or(GovAtoms(u64::MAX));
        let bought = amount.min(self.lot).min(needed);
        let paid = rate.cost_up(bought)?;
        if paid > max_pay {
            return Err(EngineError::PaymentAboveMax {
                payment: paid.0,
                max: max_pay.0,
            });
        }
        let covered = paid.min(ledger.deficit);
        let excess = paid.sub(covered)?;
        ledger.cash = ledger.cash.add(paid)?;
        ledger.on_auction = ledger.on_auction.saturating_sub(covered);
        ledger.deficit = ledger.deficit.sub(covered)?;
        ledger.insurance_fees = ledger.insurance_fees.add(excess)?;
        ledger.totals.by_auction = add_total(ledger.totals.by_auction, covered)?;

        self.lot = self.lot.sub(bought)?;
        let burn = if ledger.on_auction.is_zero() {
            core::mem::take(&mut self.lot)
        } else {
            GovAtoms::ZERO
        };
        Ok(FillPlan {
            ledger,
            auction: self,
            bought,
            paid,
            excess,
            rate,
            burn,
        })
    }

    /// Ends an auction that is over: nothing of its deficit is left, or its
    /// time is.
    ///
    /// # Errors
    /// `NoAuction`, `AuctionNotEnded`.
    pub fn close(&self, mut ledger: Ledger, now: UnixTime) -> Result<ClosePlan> {
        if !self.holds_tokens() {
            return Err(EngineError::NoAuction);
        }
        let unsold = ledger.on_auction;
        let settled = unsold.is_zero();
        if !settled && now <= self.ends_at {
            return Err(EngineError::AuctionNotEnded {
                ends_at: self.ends_at.0,
                now: now.0,
            });
        }
        ledger.on_auction = Atoms::ZERO;
        Ok(ClosePlan {
            ledger,
            burn: self.lot,
            unsold,
            failed: !settled,
        })
    }

    /// Whether the tokens left are for nothing: the deficit they were offered
    /// for was covered otherwise.
    #[must_use]
    pub fn is_settled(&self, ledger: &Ledger) -> bool {
        self.holds_tokens() && ledger.on_auction.is_zero()
    }
}

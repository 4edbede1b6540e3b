//! What a write-off, a cover, a closed auction or socialising would do, tier
//! by tier.

use backstop::{
    error::BackstopError,
    state::{Bank, Market, Obligation},
};
use backstop_engine::{
    auction::{ClosePlan, PriceRange},
    price::Quote,
    socialise::{Reason, SocialisePlan},
    units::{Atoms, Bps, GovAtoms, UnixTime},
    waterfall::{CoverPlan, Mode, WriteOffPlan},
};
use solana_pubkey::Pubkey;

use crate::{
    error::ClientError,
    view::{BankView, MarketView},
};

/// What `write_off` would do now.
#[derive(Clone, Debug)]
pub struct WriteOffQuote {
    /// Loss, tiers and bounty.
    pub plan: WriteOffPlan,
    /// Deficit that was open before.
    pub deficit_before: Atoms,
    /// Open afterwards and not on auction.
    pub left_open: Atoms,
    /// Burned from escrow: what settled auctions left.
    pub burned: GovAtoms,
    /// Market and bank afterwards, for the quote of what follows.
    pub after: MarketView,
}

/// What `cover_deficit` would do now.
#[derive(Clone, Debug)]
pub struct CoverQuote {
    /// The tiers.
    pub plan: CoverPlan,
    /// Deficit before.
    pub deficit_before: Atoms,
    /// Burned from escrow: what settled auctions left.
    pub burned: GovAtoms,
    /// Market and bank afterwards.
    pub after: MarketView,
}

impl CoverQuote {
    /// Whether the call would change more than the time of the books.
    #[must_use]
    pub fn does_something(&self) -> bool {
        self.plan.ledger.deficit < self.deficit_before
            || self.plan.opening.is_some()
            || !self.burned.is_zero()
    }
}

/// Passes if `write_off` would accept the obligation: no pause, no collateral,
/// long enough since its owner last borrowed or withdrew.
///
/// # Errors
/// `Refused` with the error that the program would give; `UnknownBank`.
pub fn may_write_off(
    view: &MarketView,
    bank: &Pubkey,
    obligation: &Obligation,
) -> Result<(), ClientError> {
    let state = &view.bank(bank)?.bank;
    let now = UnixTime(view.now);
    if view.market.write_off_pause.is_paused(now) {
        return Err(BackstopError::WriteOffPaused.into());
    }
    if state.config.mode() == Mode::Disabled {
        return Err(BackstopError::WriteOffDisabled.into());
    }
    if !obligation.position(bank)?.has_debt() {
        return Err(BackstopError::NoDebt.into());
    }
    let age = now.since(UnixTime(obligation.risk_raised_at))?;
    if age < u64::from(state.config.min_risk_age_secs) {
        return Err(BackstopError::RiskTooRecent.into());
    }
    for position in obligation.positions().iter().filter(|p| p.has_deposit()) {
        if !view.bank(&position.bank)?.bank.is_delisted() {
            return Err(BackstopError::CollateralLeft.into());
        }
    }
    Ok(())
}

/// Writes off the obligation's debt in `bank`. Without a bounty for the keeper
/// if `with_bounty` is false.
///
/// # Errors
/// Those of [`may_write_off`]; `Rule`.
pub fn write_off(
    view: &MarketView,
    bank: &Pubkey,
    obligation: &Obligation,
    with_bounty: bool,
) -> Result<WriteOffQuote, ClientError> {
    may_write_off(view, bank, obligation)?;
    write_off_unchecked(view, bank, obligation, with_bounty)
}

/// The tiers alone, for a report: as if pause, mode, collateral and age allowed it.
pub(super) fn write_off_unchecked(
    view: &MarketView,
    bank: &Pubkey,
    obligation: &Obligation,
    with_bounty: bool,
) -> Result<WriteOffQuote, ClientError> {
    let mut after = view.clone();
    let now = UnixTime(view.now);
    let (market, target) = parts(&mut after, bank)?;
    let ledger = target.bank.ledger.get();
    let deficit_before = ledger.deficit;
    let settled = close_settled(market, &mut target.bank, now)?;
    let terms = terms(view, market, target);
    let mut bounty = target.bank.bounty_terms();
    if !with_bounty {
        bounty.share = Bps(0);
    }
    let debt = obligation.position(bank)?.debt();
    let plan = ledger.write_off(
        debt,
        target.bank.draw_terms(),
        bounty,
        terms.as_ref(),
        &target.bank.auction.get(),
        now,
    )?;
    if plan.loss > deficit_before {
        target.bank.failed_auctions = 0;
    }
    target.bank.bounty_bucket = plan.bounty_bucket.into();
    let burned = apply(market, &mut target.bank, &plan.cover, now)?;
    let ledger = &plan.cover.ledger;
    Ok(WriteOffQuote {
        left_open: ledger.deficit.sub(ledger.on_auction)?,
        burned: settled.add(burned)?,
        deficit_before,
        plan,
        after,
    })
}

/// Covers an open deficit as far as that is possible now.
///
/// # Errors
/// `Refused`: `NoDeficit`; `UnknownBank`; `Rule`.
pub fn cover(view: &MarketView, bank: &Pubkey) -> Result<CoverQuote, ClientError> {
    let mut after = view.clone();
    let now = UnixTime(view.now);
    let (market, target) = parts(&mut after, bank)?;
    let ledger = target.bank.ledger.get();
    if ledger.deficit.is_zero() {
        return Err(BackstopError::NoDeficit.into());
    }
    let settled = close_settled(market, &mut target.bank, now)?;
    let terms = terms(view, market, target);
    let plan = ledger.cover(
        target.bank.draw_terms(),
        terms.as_ref(),
        &target.bank.auction.get(),
        now,
    )?;
    let burned = apply(market, &mut target.bank, &plan, now)?;
    Ok(CoverQuote {
        deficit_before: ledger.deficit,
        burned: settled.add(burned)?,
        plan,
        after,
    })
}

/// Ends an auction.
///
/// # Errors
/// `Rule`: `NoAuction`, `AuctionNotEnded`; `UnknownBank`.
pub fn close_auction(view: &MarketView, bank: &Pubkey) -> Result<ClosePlan, ClientError> {
    let bank = &view.bank(bank)?.bank;
    Ok(bank
        .auction
        .get()
        .close(bank.ledger.get(), UnixTime(view.now))?)
}

/// Lets lenders share the deficit.
///
/// # Errors
/// `Refused`: `WriteOffPaused`; `Rule` says what still stands above lenders:
/// `NoDeficit`, `AuctionLive`, `InsuranceNotEmpty`, `SocialiseTooEarly`.
pub fn socialise(view: &MarketView, bank: &Pubkey) -> Result<SocialisePlan, ClientError> {
    let state = &view.bank(bank)?.bank;
    let now = UnixTime(view.now);
    if view.market.write_off_pause.is_paused(now) {
        return Err(BackstopError::WriteOffPaused.into());
    }
    let terms = view.market.socialise_terms(state, now);
    Ok(state
        .ledger
        .get()
        .socialise(&terms, &state.auction.get(), now)?)
}

/// The number that `DeficitSocialised` carries for a reason.
#[must_use]
pub fn reason_code(reason: Reason) -> u8 {
    match reason {
        Reason::ModeWithoutIssuance => 0,
        Reason::IssuanceHalted => 1,
        Reason::NoPrice => 2,
        Reason::AuctionsFailed => 3,
        Reason::LifetimeCapReached => 4,
        Reason::Deadline => 5,
    }
}

/// Fees that `collect_fees` would move: (for the fee owner, for insurance).
///
/// # Errors
/// `Refused`: `WriteOffPaused`; `Rule`: `DeficitOpen`, `ZeroAmount`.
pub fn collectable(view: &MarketView, bank: &Pubkey) -> Result<(Atoms, Atoms), ClientError> {
    if view.market.write_off_pause.is_paused(UnixTime(view.now)) {
        return Err(BackstopError::WriteOffPaused.into());
    }
    let plan = view.bank(bank)?.bank.ledger.get().collect_fees()?;
    Ok((plan.to_protocol, plan.to_insurance))
}

fn parts<'a>(
    view: &'a mut MarketView,
    bank: &Pubkey,
) -> Result<(&'a mut Market, &'a mut BankView), ClientError> {
    let found = view
        .banks
        .iter_mut()
        .find(|view| view.keys.bank == *bank)
        .ok_or(ClientError::UnknownBank(*bank))?;
    Ok((&mut view.market, found))
}

/// Prices at which the bank may issue now; `None` if it may not.
fn prices(view: &MarketView, market: &mut Market, target: &BankView) -> Option<PriceRange> {
    let now = UnixTime(view.now);
    let price = view.governance();
    if let (Some(_), Some(update)) = (price, &view.governance_price) {
        market.governance_priced_at = view.now;
        market.governance_published_at = update.observation.published.0;
    }
    let bank = &target.bank;
    let gives_up = market
        .socialise_terms(bank, now)
        .gives_up(&bank.ledger.get(), now);
    if bank.config.mode() != Mode::Full || market.issuance_pause.is_paused(now) || gives_up {
        return None;
    }
    let token = Quote {
        price: price.unwrap_or_default(),
        decimals: market.governance_decimals,
    };
    let priced = price.is_some() && target.is_priced(view.slot);
    bank.config.price_policy(&market.config).range(
        market.config.has_feed(),
        priced.then(|| (token, bank.quote())),
    )
}

fn terms(
    view: &MarketView,
    market: &mut Market,
    target: &BankView,
) -> Option<backstop_engine::auction::IssuanceTerms> {
    let prices = prices(view, market, target)?;
    Some(market.issuance_terms(&target.bank, prices))
}

fn close_settled(
    market: &mut Market,
    bank: &mut Bank,
    now: UnixTime,
) -> Result<GovAtoms, ClientError> {
    let ledger = bank.ledger.get();
    Ok(market.close_settled(bank, &ledger, now)?)
}

fn apply(
    market: &mut Market,
    bank: &mut Bank,
    plan: &CoverPlan,
    now: UnixTime,
) -> Result<GovAtoms, ClientError> {
    market.apply_cover(bank, plan)?;
    close_settled(market, bank, now)
}

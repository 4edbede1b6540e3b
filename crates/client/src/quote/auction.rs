//! Prices of auctions and buy-backs, now and at a time.

use backstop::error::BackstopError;
use backstop_engine::{
    auction::{Auction, FillPlan},
    buy_back::{BuyBack, SalePlan},
    price::Quote,
    units::{Atoms, Bps, GovAtoms, Rate, UnixTime},
};
use solana_pubkey::Pubkey;

use crate::{
    error::ClientError,
    view::{BankView, MarketView},
};

/// Where an auction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuctionState {
    /// Issued, not on sale yet.
    Announced,
    /// On sale.
    Open,
    /// Its time is over; `close_auction` burns what is left.
    Expired,
    /// Its deficit was covered otherwise; what is left is for nothing.
    Settled,
}

/// An auction at a time.
#[derive(Clone, Copy, Debug)]
pub struct AuctionQuote {
    /// Lot, schedule and price range.
    pub auction: Auction,
    /// Where it stands.
    pub state: AuctionState,
    /// Price at that time, atoms per governance atom times 2^64; none outside
    /// the time of sale.
    pub rate: Option<Rate>,
    /// What it still has to raise.
    pub on_auction: Atoms,
    /// Tokens that would raise it at that price; what is left is burned.
    pub needed: Option<GovAtoms>,
}

/// The bank's auction at `at` (unix secs), if nothing is bought before; `None`
/// if it has none.
///
/// # Errors
/// `UnknownBank`.
pub fn auction(
    view: &MarketView,
    bank: &Pubkey,
    at: i64,
) -> Result<Option<AuctionQuote>, ClientError> {
    let bank = &view.bank(bank)?.bank;
    let auction = bank.auction.get();
    if !auction.holds_tokens() {
        return Ok(None);
    }
    let ledger = bank.ledger.get();
    let at = UnixTime(at);
    let state = if auction.is_settled(&ledger) {
        AuctionState::Settled
    } else if at < auction.opens_at {
        AuctionState::Announced
    } else if at > auction.ends_at {
        AuctionState::Expired
    } else {
        AuctionState::Open
    };
    let rate = auction
        .rate_up(at)
        .ok()
        .filter(|_| state == AuctionState::Open);
    let needed = rate.and_then(|rate| rate.tokens_up(ledger.on_auction).ok());
    Ok(Some(AuctionQuote {
        auction,
        state,
        rate,
        on_auction: ledger.on_auction,
        needed: needed.map(|needed| needed.min(auction.lot)),
    }))
}

/// What `buy_governance` would sell now for `amount` tokens and `max_pay` atoms.
///
/// # Errors
/// `Refused`: `IssuancePaused`; `Rule`: `NoAuction`, `AuctionNotOpen`,
/// `AuctionEnded`, `PaymentAboveMax`, `ZeroAmount`.
pub fn buy(
    view: &MarketView,
    bank: &Pubkey,
    amount: GovAtoms,
    max_pay: Atoms,
) -> Result<FillPlan, ClientError> {
    let now = UnixTime(view.now);
    if view.market.issuance_pause.is_paused(now) {
        return Err(BackstopError::IssuancePaused.into());
    }
    let bank = &view.bank(bank)?.bank;
    Ok(bank
        .auction
        .get()
        .fill(bank.ledger.get(), amount, max_pay, now)?)
}

fn prices(view: &MarketView, target: &BankView) -> Option<backstop_engine::auction::PriceRange> {
    let token = view.governance().map(|price| Quote {
        price,
        decimals: view.market.governance_decimals,
    });
    if token.is_some() && !target.is_priced(view.slot) {
        return None;
    }
    target
        .bank
        .config
        .price_policy(&view.market.config)
        .buy_back_range(
            view.market.config.has_feed(),
            token.map(|token| (token, target.bank.quote())),
        )
}

/// The buy-back that `start_buy_back` would start now.
///
/// # Errors
/// `Refused`: `WoundDown`, `WriteOffPaused`, `NoGovernancePrice`, `NoSurplus`
/// for one that is too small; `Rule`: `AuctionLive`, `DeficitOpen`, `NoSurplus`.
pub fn buy_back(view: &MarketView, bank: &Pubkey) -> Result<BuyBack, ClientError> {
    let target = view.bank(bank)?;
    let now = UnixTime(view.now);
    if target.bank.is_wound_down() {
        return Err(BackstopError::WoundDown.into());
    }
    if view.market.write_off_pause.is_paused(now) {
        return Err(BackstopError::WriteOffPaused.into());
    }
    let range = prices(view, target).ok_or(BackstopError::NoGovernancePrice)?;
    let started = target.bank.ledger.get().start_buy_back(
        &target.bank.buy_back.get(),
        Bps(target.bank.config.insurance_target_bps),
        range,
        view.market.config.auction_duration_secs,
        now,
    )?;
    if started.budget.0 < target.bank.config.min_auction_deficit {
        return Err(BackstopError::NoSurplus.into());
    }
    Ok(started)
}

/// What `sell_governance` would pay now for `amount` tokens.
///
/// # Errors
/// `Refused`: `WriteOffPaused`, `NoGovernancePrice`; `Rule`.
pub fn sale(
    view: &MarketView,
    bank: &Pubkey,
    amount: GovAtoms,
    min_proceeds: Atoms,
) -> Result<SalePlan, ClientError> {
    let target = view.bank(bank)?;
    let now = UnixTime(view.now);
    if view.market.write_off_pause.is_paused(now) {
        return Err(BackstopError::WriteOffPaused.into());
    }
    let range = prices(view, target).ok_or(BackstopError::NoGovernancePrice)?;
    Ok(target.bank.buy_back.get().sell(
        target.bank.ledger.get(),
        amount,
        min_proceeds,
        Bps(target.bank.config.insurance_target_bps),
        range.start,
        now,
    )?)
}

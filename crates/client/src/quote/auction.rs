//! Prices of auctions and buy-backs, now and at a time.

use backstop_engine::{
    auction::Auction,
    buy_back::BuyBack,
    step::{self, Bought, Sold},
    units::{Atoms, GovAtoms, Rate, UnixTime},
};
use solana_pubkey::Pubkey;

use crate::{error::ClientError, view::MarketView};

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
/// `Rule`: `IssuancePaused`, `NoAuction`, `AuctionNotOpen`, `AuctionEnded`,
/// `PaymentAboveMax`, `ZeroAmount`; `UnknownBank`.
pub fn buy(
    view: &MarketView,
    bank: &Pubkey,
    amount: GovAtoms,
    max_pay: Atoms,
) -> Result<Bought, ClientError> {
    let (mut market, mut bank) = (view.market, view.bank(bank)?.bank);
    Ok(step::buy_governance(
        &mut market,
        &mut bank,
        amount,
        max_pay,
        view.at().now,
    )?)
}

/// The buy-back that `start_buy_back` would start now.
///
/// # Errors
/// `Rule`: `WoundDown`, `WriteOffPaused`, `NoGovernancePrice`, `AuctionLive`,
/// `DeficitOpen`, `NoSurplus`, also for one that is too small; `UnknownBank`.
pub fn buy_back(view: &MarketView, bank: &Pubkey) -> Result<BuyBack, ClientError> {
    let (mut market, mut bank) = (view.market, view.bank(bank)?.bank);
    let governance = view.governance_observation();
    step::start_buy_back(&mut market, &mut bank, governance, view.at())?;
    Ok(bank.buy_back.get())
}

/// What `sell_governance` would pay now for `amount` tokens.
///
/// # Errors
/// `Rule`: `WriteOffPaused`, `NoGovernancePrice`, and others; `UnknownBank`.
pub fn sale(
    view: &MarketView,
    bank: &Pubkey,
    amount: GovAtoms,
    min_proceeds: Atoms,
) -> Result<Sold, ClientError> {
    let (mut market, mut bank) = (view.market, view.bank(bank)?.bank);
    Ok(step::sell_governance(
        &mut market,
        &mut bank,
        view.governance_observation(),
        amount,
        min_proceeds,
        view.at(),
    )?)
}

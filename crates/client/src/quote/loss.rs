//! What a write-off, a cover, a closed auction or socialising would do, tier
//! by tier.

use backstop::state::{Bank, Market, Obligation};
use backstop_engine::{
    step::{self, Closed, Covered, Socialised, WriteOff, WrittenOff},
    units::{Atoms, UnixTime},
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
    pub done: WrittenOff,
    /// Open afterwards and not on auction.
    pub left_open: Atoms,
    /// The bank afterwards.
    pub bank: Bank,
    /// The obligation afterwards.
    pub obligation: Obligation,
    /// Market and bank afterwards, for the quote of what follows.
    pub after: MarketView,
}

/// What `cover_deficit` would do now.
#[derive(Clone, Debug)]
pub struct CoverQuote {
    /// The tiers.
    pub done: Covered,
    /// The bank afterwards.
    pub bank: Bank,
    /// Market and bank afterwards.
    pub after: MarketView,
}

impl CoverQuote {
    /// Whether the call would change more than the time of the books.
    #[must_use]
    pub fn does_something(&self) -> bool {
        self.done.does_something(&self.bank)
    }
}

/// Passes if `write_off` would accept the obligation: no pause, no collateral,
/// long enough since its owner last borrowed or withdrew.
///
/// # Errors
/// `Rule` with the rule that the program would name; `UnknownBank`.
pub fn may_write_off(
    view: &MarketView,
    bank: &Pubkey,
    obligation: &Obligation,
) -> Result<(), ClientError> {
    let state = &view.bank(bank)?.bank;
    step::may_write_off(
        &view.market,
        bank,
        state,
        obligation,
        view,
        UnixTime(view.now),
    )?;
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
    let (mut after, mut debtor) = (view.clone(), *obligation);
    let with = WriteOff {
        governance: view.governance_observation(),
        with_bounty,
    };
    let (market, target) = parts(&mut after, bank)?;
    let done = step::take_loss(market, bank, target, &mut debtor, with, view.at())?;
    let bank = *target;
    Ok(WriteOffQuote {
        left_open: Atoms(bank.ledger.deficit).sub(Atoms(bank.ledger.on_auction))?,
        bank,
        done,
        obligation: debtor,
        after,
    })
}

/// Covers an open deficit as far as that is possible now.
///
/// # Errors
/// `UnknownBank`; `Rule`: `NoDeficit`.
pub fn cover(view: &MarketView, bank: &Pubkey) -> Result<CoverQuote, ClientError> {
    let mut after = view.clone();
    let (market, target) = parts(&mut after, bank)?;
    let done = step::cover_deficit(market, target, view.governance_observation(), view.at())?;
    Ok(CoverQuote {
        done,
        bank: *target,
        after,
    })
}

/// Ends an auction.
///
/// # Errors
/// `Rule`: `NoAuction`, `AuctionNotEnded`; `UnknownBank`.
pub fn close_auction(view: &MarketView, bank: &Pubkey) -> Result<Closed, ClientError> {
    let (mut market, mut bank) = (view.market, view.bank(bank)?.bank);
    Ok(step::close_auction(&mut market, &mut bank, view.at().now)?)
}

/// Lets lenders share the deficit.
///
/// # Errors
/// `Rule` says what still stands above lenders: `WriteOffPaused`, `NoDeficit`,
/// `AuctionLive`, `InsuranceNotEmpty`, `SocialiseTooEarly`; `UnknownBank`.
pub fn socialise(view: &MarketView, bank: &Pubkey) -> Result<Socialised, ClientError> {
    let (mut market, mut bank) = (view.market, view.bank(bank)?.bank);
    Ok(step::socialise_deficit(
        &mut market,
        &mut bank,
        view.at().now,
    )?)
}

/// Fees that `collect_fees` would move: (for the fee owner, for insurance).
///
/// # Errors
/// `Rule`: `WriteOffPaused`, `DeficitOpen`, `ZeroAmount`; `UnknownBank`.
pub fn collectable(view: &MarketView, bank: &Pubkey) -> Result<(Atoms, Atoms), ClientError> {
    let mut bank = view.bank(bank)?.bank;
    let done = step::collect_fees(&view.market, &mut bank, view.at().now)?;
    Ok((done.to_protocol, done.to_insurance))
}

fn parts<'a>(
    view: &'a mut MarketView,
    bank: &Pubkey,
) -> Result<(&'a mut Market, &'a mut Bank), ClientError> {
    let found = view
        .banks
        .iter_mut()
        .find(|view: &&mut BankView| view.keys.bank == *bank)
        .ok_or(ClientError::UnknownBank(*bank))?;
    Ok((&mut view.market, &mut found.bank))
}

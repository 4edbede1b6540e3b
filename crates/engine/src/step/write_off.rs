//! Writing off debt that nothing backs any more, and covering the deficit.

use super::{At, Banks};
use crate::error::{EngineError, Result};
use crate::ledger::Ledger;
use crate::price::Observation;
use crate::state::{Bank, Market, Obligation, Pubkey};
use crate::units::{Atoms, Bps, GovAtoms, UnixTime};
use crate::waterfall::{CoverPlan, Mode};

/// What a keeper brings to a write-off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOff<'a> {
    /// What the governance token's feed says, if its account was shown.
    pub governance: Option<&'a Observation>,
    /// Whether there is an account for the bounty.
    pub with_bounty: bool,
}

/// What a pass over the tiers did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// Deficit that was open before.
    pub deficit_before: Atoms,
    /// Covered by protocol fees.
    pub protocol_fees_used: Atoms,
    /// Covered by insurance fees.
    pub insurance_fees_used: Atoms,
    /// Covered by tokens that move from the insurance vault to the liquidity vault.
    pub insurance_drawn: Atoms,
    /// Tokens to mint into escrow.
    pub issued: GovAtoms,
    /// Tokens to burn from escrow: what settled auctions left.
    pub burned: GovAtoms,
    /// Why the governance price that was shown is not usable.
    pub unpriced: Option<EngineError>,
}

/// What a write-off did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenOff {
    /// The debt that is gone.
    pub loss: Atoms,
    /// How it was covered.
    pub cover: Covered,
    /// Paid to the keeper out of the insurance vault.
    pub bounty: Atoms,
    /// The obligation's record in this bank afterwards.
    pub record: Atoms,
}

/// Passes if the obligation's debt in the bank may be written off: no pause, no
/// collateral that liquidation could take, and long enough since its owner last
/// borrowed or withdrew.
///
/// # Errors
/// `WriteOffDisabled`, `WriteOffPaused`, `NoPosition`, `NoDebt`,
/// `TimeWentBack`, `RiskTooRecent`, `CollateralLeft`.
pub fn may_write_off<B: Banks + ?Sized>(
    market: &Market,
    key: &Pubkey,
    bank: &Bank,
    obligation: &Obligation,
    others: &B,
    now: UnixTime,
) -> Result<()> {
    if bank.config.mode() == Mode::Disabled {
        return Err(EngineError::WriteOffDisabled);
    }
    market.require_writing_off(now)?;
    if !obligation.position(key)?.has_debt() {
        return Err(EngineError::NoDebt);
    }
    // Nobody borrows and is written off in one transaction.
    let age = now.since(UnixTime(obligation.risk_raised_at))?;
    if age < u64::from(bank.config.min_risk_age_secs) {
        return Err(EngineError::RiskTooRecent {
            age,
            min: bank.config.min_risk_age_secs,
        });
    }
    require_no_collateral(obligation, others)
}

/// Passes if every deposit of the obligation is in a delisted bank. What has no
/// collateral cannot be recovered by liquidation, whatever any price is.
fn require_no_collateral<B: Banks + ?Sized>(obligation: &Obligation, others: &B) -> Result<()> {
    for (place, position) in obligation.positions().iter().enumerate() {
        if !position.has_deposit() {
            continue;
        }
        let bank = others.bank(&position.bank, place);
        if !bank.is_some_and(Bank::is_delisted) {
            return Err(EngineError::CollateralLeft { position: place });
        }
    }
    Ok(())
}

/// Writes off the obligation's debt in the bank and covers it as far as fees,
/// insurance and limits allow; the rest stays in the deficit. A limit that binds
/// is no error.
///
/// # Errors
/// Those of [`may_write_off`] and [`Ledger::write_off`]; `BooksOutOfBalance`,
/// `SplitOutOfBalance`.
pub fn write_off<B: Banks + ?Sized>(
    market: &mut Market,
    key: &Pubkey,
    bank: &mut Bank,
    obligation: &mut Obligation,
    others: &B,
    with: WriteOff<'_>,
    at: At,
) -> Result<WrittenOff> {
    may_write_off(market, key, bank, obligation, others, at.now)?;
    take_loss(market, key, bank, obligation, with, at)
}

/// [`write_off`] without asking whether it may be: for a report of what a
/// market could lose.
///
/// # Errors
/// Those of [`write_off`].
#[inline(never)]
pub fn take_loss(
    market: &mut Market,
    key: &Pubkey,
    bank: &mut Bank,
    obligation: &mut Obligation,
    with: WriteOff<'_>,
    at: At,
) -> Result<WrittenOff> {
    let ledger = bank.accrued(at.now)?;
    let settled = market.close_settled(bank, &ledger, at.now)?;
    let prices = market.issuance_prices(bank, with.governance, at);
    let terms = prices.range.map(|range| market.issuance_terms(bank, range));
    let mut bounty = bank.bounty_terms();
    if !with.with_bounty {
        bounty.share = Bps(0);
    }
    let position = obligation.position_mut(key)?;
    let plan = ledger.write_off(
        position.debt(),
        bank.draw_terms(),
        bounty,
        terms.as_ref(),
        &bank.auction.get(),
        at.now,
    )?;

    position.take_debt(position.debt())?;
    let record = Atoms(position.written_off).add(plan.loss)?;
    position.written_off = record.0;
    obligation.withhold_deposits();
    obligation.prune(key);
    // Buyers who stayed away from an auction for a smaller deficit may come to
    // one for this: its failures do not count for the larger deficit.
    if plan.loss > ledger.deficit {
        bank.failed_auctions = 0;
    }
    bank.bounty_bucket = plan.bounty_bucket.into();
    let cover = finish(
        market,
        bank,
        &ledger,
        &plan.cover,
        settled,
        prices.unpriced,
        at.now,
    )?;
    Ok(WrittenOff {
        loss: plan.loss,
        cover,
        bounty: plan.bounty,
        record,
    })
}

/// Covers an open deficit as far as that is possible now.
///
/// # Errors
/// `NoDeficit`, and those of [`Ledger::cover`]; `BooksOutOfBalance`,
/// `SplitOutOfBalance`.
#[inline(never)]
pub fn cover_deficit(
    market: &mut Market,
    bank: &mut Bank,
    governance: Option<&Observation>,
    at: At,
) -> Result<Covered> {
    if bank.ledger.deficit == 0 {
        return Err(EngineError::NoDeficit);
    }
    let ledger = bank.accrued(at.now)?;
    let settled = market.close_settled(bank, &ledger, at.now)?;
    let prices = market.issuance_prices(bank, governance, at);
    let terms = prices.range.map(|range| market.issuance_terms(bank, range));
    let plan = ledger.cover(
        bank.draw_terms(),
        terms.as_ref(),
        &bank.auction.get(),
        at.now,
    )?;
    finish(
        market,
        bank,
        &ledger,
        &plan,
        settled,
        prices.unpriced,
        at.now,
    )
}

/// Stores what a pass over the tiers did, and closes the auction that it settled.
#[inline(never)]
fn finish(
    market: &mut Market,
    bank: &mut Bank,
    before: &Ledger,
    plan: &CoverPlan,
    settled: GovAtoms,
    unpriced: Option<EngineError>,
    now: UnixTime,
) -> Result<Covered> {
    market.apply_cover(bank, plan)?;
    let burned = settled.add(market.close_settled(bank, &plan.ledger, now)?)?;
    Ok(Covered {
        sequence: market.next_sequence()?,
        deficit_before: before.deficit,
        protocol_fees_used: plan.protocol_fees_used,
        insurance_fees_used: plan.insurance_fees_used,
        insurance_drawn: plan.insurance_drawn,
        issued: plan.opening.map_or(GovAtoms::ZERO, |opening| opening.lot),
        burned,
        unpriced,
    })
}

impl Covered {
    /// Whether the pass changed more than the time of the books: `after` is the
    /// bank afterwards.
    #[must_use]
    pub fn does_something(&self, after: &Bank) -> bool {
        Atoms(after.ledger.deficit) < self.deficit_before
            || !self.issued.is_zero()
            || !self.burned.is_zero()
    }
}

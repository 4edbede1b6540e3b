//! Writing off a debt and covering the deficit, tier by tier: protocol fees,
//! insurance, newly issued governance tokens. What is left waits.
//!
//! **ORDER**: each tier starts only when the one above is exhausted.

use crate::auction::{self, Auction, IssuanceTerms, Opening};
use crate::bucket::{Bucket, Limit};
use crate::error::{EngineError, Result};
use crate::ledger::{add_total, Ledger};
use crate::math;
use crate::units::{Atoms, Bps, DebtShares, UnixTime};

/// How far a bank may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No debt is written off.
    Disabled,
    /// Fees and insurance cover; nothing is issued.
    InsuranceOnly,
    /// Governance tokens are issued for what insurance cannot cover.
    Full,
}

/// Limits on what leaves the insurance vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawTerms {
    /// Most atoms drawn per window; a capacity of 0 means unlimited.
    pub limit: Limit,
    /// Level of the limit.
    pub bucket: Bucket,
}

/// What a keeper is paid for a write-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BountyTerms {
    /// Share of the loss.
    pub share: Bps,
    /// Most per window, over all write-offs of the bank: splitting one loss
    /// into many never pays more.
    pub limit: Limit,
    /// Level of the limit.
    pub bucket: Bucket,
    /// No bounty below this loss.
    pub min_loss: Atoms,
}

/// What one pass over the tiers does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoverPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Covered by protocol fees.
    pub protocol_fees_used: Atoms,
    /// Covered by insurance fees, which are in the liquidity vault already.
    pub insurance_fees_used: Atoms,
    /// Covered by tokens that move from the insurance vault to the liquidity vault.
    pub insurance_drawn: Atoms,
    /// Draw limit afterwards.
    pub draw_bucket: Bucket,
    /// The auction that opens, if one does.
    pub opening: Option<Opening>,
}

impl CoverPlan {
    /// Everything that insurance paid.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn insurance_used(&self) -> Result<Atoms> {
        self.insurance_fees_used.add(self.insurance_drawn)
    }
}

/// What a write-off does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOffPlan {
    /// The loss: the fall of `borrowed`, and the record that stays.
    pub loss: Atoms,
    /// How it was covered.
    pub cover: CoverPlan,
    /// Paid to the keeper out of the insurance vault.
    pub bounty: Atoms,
    /// Bounty limit afterwards.
    pub bounty_bucket: Bucket,
}

impl Ledger {
    /// Turns a debt into a deficit and covers what can be covered now.
    ///
    /// The identity `loss = fees + insurance + on auction + left open` holds
    /// for the call when no deficit was open before it.
    ///
    /// # Errors
    /// `NoDebt`, `TimeWentBack`, and `Overflow` for books out of range. A limit
    /// that binds is not an error: the rest stays in the deficit.
    pub fn write_off(
        mut self,
        debt: DebtShares,
        draw: DrawTerms,
        bounty: BountyTerms,
        issuance: Option<&IssuanceTerms>,
        live: &Auction,
        now: UnixTime,
    ) -> Result<WriteOffPlan> {
        if debt.is_zero() {
            return Err(EngineError::NoDebt);
        }
        let loss = self.remove_debt(debt)?;
        self.deficit_since = self.aged(loss, now)?;
        self.deficit = self.deficit.add(loss)?;
        self.totals.lost = add_total(self.totals.lost, loss)?;
        let mut cover = self.cover(draw, issuance, live, now)?;
        let (paid, bounty_bucket) = cover.pay_bounty(loss, draw.limit, bounty, now)?;
        Ok(WriteOffPlan {
            loss,
            cover,
            bounty: paid,
            bounty_bucket,
        })
    }

    /// Since when the deficit is open once `loss` joins it: the average of both
    /// times, weighted by amount and rounded up. A large new loss cannot hide
    /// behind a small old one to be socialised at once, nor does a small new
    /// one make a large old one young.
    fn aged(&self, loss: Atoms, now: UnixTime) -> Result<UnixTime> {
        if self.deficit.is_zero() {
            return Ok(now);
        }
        let age = now.since(self.deficit_since)?;
        let total = self.deficit.add(loss)?;
        let kept = math::mul_div_down(
            u128::from(age),
            u128::from(self.deficit.0),
            u128::from(total.0),
        )?;
        let kept = i64::try_from(kept).map_err(|_| EngineError::Overflow)?;
        now.0
            .checked_sub(kept)
            .map(UnixTime)
            .ok_or(EngineError::Overflow)
    }

    /// Covers the open deficit: protocol fees, insurance fees, the insurance
    /// vault within its limit, and, once insurance is empty and no auction is
    /// live, governance tokens within theirs.
    ///
    /// # Errors
    /// `TimeWentBack`, `Overflow`.
    pub fn cover(
        mut self,
        draw: DrawTerms,
        issuance: Option<&IssuanceTerms>,
        live: &Auction,
        now: UnixTime,
    ) -> Result<CoverPlan> {
        let (protocol_fees_used, insurance_fees_used) = self.cover_with_fees()?;

        let room = if draw.limit.capacity == 0 {
            u64::MAX
        } else {
            draw.bucket.room_down(draw.limit, now)?
        };
        let insurance_drawn = self.insurance.min(self.deficit).min(Atoms(room));
        self.insurance = self.insurance.sub(insurance_drawn)?;
        self.cash = self.cash.add(insurance_drawn)?;
        self.lower_deficit(insurance_drawn)?;
        self.totals.by_insurance = add_total(self.totals.by_insurance, insurance_drawn)?;
        let draw_bucket = fill_draw(draw.bucket, draw.limit, insurance_drawn, now)?;

        let insurance_empty = self.insurance.is_zero() && self.insurance_fees.is_zero();
        let opening = match issuance {
            Some(terms) if insurance_empty && !live.holds_tokens() && !self.deficit.is_zero() => {
                auction::open(self.deficit, terms, now)?
            }
            _ => None,
        };
        if let Some(opening) = &opening {
            self.on_auction = opening.offered;
        }
        Ok(CoverPlan {
            ledger: self,
            protocol_fees_used,
            insurance_fees_used,
            insurance_drawn,
            draw_bucket,
            opening,
        })
    }

    /// The part of the waterfall that moves no token: both kinds of fees are in
    /// the liquidity vault already.
    pub(crate) fn cover_with_fees(&mut self) -> Result<(Atoms, Atoms)> {
        let protocol = self.protocol_fees.min(self.deficit);
        self.protocol_fees = self.protocol_fees.sub(protocol)?;
        self.lower_deficit(protocol)?;
        self.totals.by_fees = add_total(self.totals.by_fees, protocol)?;

        let insurance = self.insurance_fees.min(self.deficit);
        self.insurance_fees = self.insurance_fees.sub(insurance)?;
        self.lower_deficit(insurance)?;
        self.totals.by_insurance = add_total(self.totals.by_insurance, insurance)?;
        Ok((protocol, insurance))
    }
}

impl CoverPlan {
    /// Pays `min(share · loss, room in the limit)` out of the vault, rounded
    /// down; nothing for a loss below the minimum, or if the vault or its draw
    /// limit cannot pay it whole.
    fn pay_bounty(
        &mut self,
        loss: Atoms,
        draw_limit: Limit,
        terms: BountyTerms,
        now: UnixTime,
    ) -> Result<(Atoms, Bucket)> {
        if loss < terms.min_loss {
            return Ok((Atoms::ZERO, terms.bucket));
        }
        let share = terms.share.of_down(loss.0)?;
        let bounty = Atoms(share.min(terms.bucket.room_down(terms.limit, now)?));
        let room = if draw_limit.capacity == 0 {
            u64::MAX
        } else {
            self.draw_bucket.room_down(draw_limit, now)?
        };
        if bounty > self.ledger.insurance || bounty.0 > room {
            return Ok((Atoms::ZERO, terms.bucket));
        }
        self.ledger.insurance = self.ledger.insurance.sub(bounty)?;
        self.draw_bucket = fill_draw(self.draw_bucket, draw_limit, bounty, now)?;
        Ok((bounty, terms.bucket.fill(terms.limit, bounty.0, now)?))
    }
}

fn fill_draw(bucket: Bucket, limit: Limit, drawn: Atoms, now: UnixTime) -> Result<Bucket> {
    if limit.capacity == 0 {
        return Ok(bucket);
    }
    bucket.fill(limit, drawn.0, now)
}

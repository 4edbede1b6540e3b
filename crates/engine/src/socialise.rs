//! Giving up: lenders share what nothing else could cover.

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;

use crate::auction::{Auction, Issuance, IssuanceLimits};
use crate::error::{EngineError, Result};
use crate::ledger::{add_total, Ledger, VIRTUAL_SHARES};
use crate::units::{Atoms, UnixTime};
use crate::waterfall::Mode;

/// A bank whose shares are worth less than a thousandth of what the first ones
/// cost is wound down: new shares at such a price would only overflow.
const WOUND_DOWN_FACTOR: u128 = 1_000;

/// Why issuance was not waited for.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocialiseReason {
    /// The bank's mode does not issue.
    ModeWithoutIssuance,
    /// Issuance has been paused for the whole delay.
    IssuanceHalted,
    /// There has been no usable governance price for the whole delay.
    NoPrice,
    /// As many auctions failed as the market tries.
    AuctionsFailed,
    /// The market may never issue more.
    LifetimeCapReached,
    /// The deficit has been open too long, whatever the reason.
    Deadline,
}

/// What the decision to socialise rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The bank's mode.
    pub mode: Mode,
    /// Whether issuance has been paused for the whole delay.
    pub halted: bool,
    /// When a usable governance price was last seen; `None` if the market has
    /// neither a feed nor a fixed price.
    pub priced_at: Option<UnixTime>,
    /// Auctions of this bank that failed since its deficit was last zero.
    pub failed_auctions: u32,
    /// After how many the market stops trying.
    pub max_failed_auctions: u32,
    /// What the market has issued.
    pub issuance: Issuance,
    /// What it may issue.
    pub limits: IssuanceLimits,
    /// How long a deficit waits when issuance cannot help.
    pub delay_secs: u32,
    /// How long a deficit waits at the most.
    pub deadline_secs: u32,
}

/// What socialising does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocialisePlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Covered by protocol fees first.
    pub protocol_fees_used: Atoms,
    /// Covered by insurance fees first.
    pub insurance_fees_used: Atoms,
    /// What lenders lose.
    pub socialised: Atoms,
    /// Why.
    pub reason: SocialiseReason,
    /// Whether the bank is wound down by it.
    pub winds_down: bool,
}

impl SocialiseReason {
    /// It, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ModeWithoutIssuance => "the mode allows no issuance",
            Self::IssuanceHalted => "issuance is halted",
            Self::NoPrice => "the governance token has no price",
            Self::AuctionsFailed => "auctions failed",
            Self::LifetimeCapReached => "the lifetime cap of issuance is reached",
            Self::Deadline => "the deadline has passed",
        }
    }
}

impl Terms {
    /// Whether no further auction is to be opened for the deficit of `ledger`:
    /// it is past its deadline, or as many auctions as the market tries have
    /// failed and its delay is over. From then on it can only be socialised;
    /// otherwise whoever reopens each auction in the transaction that closes the
    /// one before could keep lenders waiting for ever.
    #[must_use]
    pub fn gives_up(&self, ledger: &Ledger, now: UnixTime) -> bool {
        let since = ledger.deficit_since;
        let tried = self.failed_auctions >= self.max_failed_auctions
            && now >= since.plus(u64::from(self.delay_secs));
        !ledger.deficit.is_zero() && (tried || now >= since.plus(u64::from(self.deadline_secs)))
    }

    /// Why issuance cannot help, if it cannot. A price that merely is not there
    /// now does not count: it must have been missing for the whole delay, so
    /// that passing a stale one forces nothing.
    fn hopeless(&self, now: UnixTime) -> Option<SocialiseReason> {
        let unpriced = self
            .priced_at
            .is_none_or(|seen| now > seen.plus(u64::from(self.delay_secs)));
        if self.mode != Mode::Full {
            Some(SocialiseReason::ModeWithoutIssuance)
        } else if self.limits.exhausted(&self.issuance) {
            Some(SocialiseReason::LifetimeCapReached)
        } else if self.failed_auctions >= self.max_failed_auctions {
            Some(SocialiseReason::AuctionsFailed)
        } else if self.halted {
            Some(SocialiseReason::IssuanceHalted)
        } else if unpriced {
            Some(SocialiseReason::NoPrice)
        } else {
            None
        }
    }
}

impl Ledger {
    /// Takes the deficit off what lenders own: gross and net price meet at net.
    /// Both kinds of fees are used up first.
    ///
    /// # Errors
    /// `NoDeficit`, `AuctionLive`, `InsuranceNotEmpty`, `SocialiseTooEarly`.
    pub fn socialise(
        mut self,
        terms: &Terms,
        live: &Auction,
        now: UnixTime,
    ) -> Result<SocialisePlan> {
        if self.deficit.is_zero() {
            return Err(EngineError::NoDeficit);
        }
        if live.holds_tokens() {
            return Err(EngineError::AuctionLive);
        }
        let (protocol_fees_used, insurance_fees_used) = self.cover_with_fees()?;
        if !self.insurance.is_zero() {
            return Err(EngineError::InsuranceNotEmpty {
                left: self.insurance.0,
            });
        }
        let deadline = self.deficit_since.plus(u64::from(terms.deadline_secs));
        let delay = self.deficit_since.plus(u64::from(terms.delay_secs));
        let reason = match terms.hopeless(now) {
            Some(reason) if now >= delay => reason,
            _ if now >= deadline => SocialiseReason::Deadline,
            hopeless => {
                let not_before = if hopeless.is_some() { delay } else { deadline };
                return Err(EngineError::SocialiseTooEarly {
                    not_before: not_before.0,
                    now: now.0,
                });
            }
        };
        let socialised = self.deficit;
        self.lender_assets = self.lender_assets.sub(socialised)?;
        self.deficit = Atoms::ZERO;
        self.totals.socialised = add_total(self.totals.socialised, socialised)?;
        Ok(SocialisePlan {
            winds_down: self.is_worthless(),
            ledger: self,
            protocol_fees_used,
            insurance_fees_used,
            socialised,
            reason,
        })
    }

    /// Whether lenders' shares are worth less than a thousandth of their first price.
    fn is_worthless(&self) -> bool {
        let par = u128::from(self.lender_assets.0)
            .saturating_mul(VIRTUAL_SHARES)
            .saturating_mul(WOUND_DOWN_FACTOR);
        !self.deposit_shares.is_zero() && par < self.deposit_shares.0
    }
}

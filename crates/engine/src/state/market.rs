//! One independent lending market.

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::auction::Issuance;
use crate::error::{EngineError, Result};
#[cfg(not(feature = "anchor"))]
use crate::state::Pubkey;
use crate::state::{BucketState, MarketConfig};
use crate::units::{GovAtoms, UnixTime};

/// What a guardian can pause.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseKind {
    /// New loans.
    Borrow,
    /// Write-offs and socialising.
    WriteOff,
    /// Opening auctions and buying in them.
    Issuance,
}

/// One pause; it lapses by itself.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct PauseState {
    /// (unix secs) When the last one began.
    pub since: i64,
    /// (unix secs) In force until then.
    pub until: i64,
    /// (unix secs) No new one before then.
    pub next_allowed_at: i64,
}

/// A market: its roles, its governance mint, its dilution policy. Seeds:
/// `["market", governance_mint]`. It is the mint's authority.
#[cfg_attr(feature = "anchor", account(zero_copy))]
#[cfg_attr(not(feature = "anchor"), derive(Clone, Copy, Pod, Zeroable))]
#[repr(C)]
#[derive(Debug)]
pub struct Market {
    /// Layout version.
    pub version: u8,
    /// Canonical bump.
    pub bump: u8,
    /// Decimals of the governance mint.
    pub governance_decimals: u8,
    /// Zero.
    pub padding: [u8; 5],
    /// The market's governance token.
    pub governance_mint: Pubkey,
    /// Token program of the governance mint.
    pub governance_token_program: Pubkey,
    /// Configures the market and its banks.
    pub admin: Pubkey,
    /// Proposed admin; all zero for none.
    pub pending_admin: Pubkey,
    /// Loss events so far; every event carries its number.
    pub sequence: u64,
    /// Obligations ever opened. While it is 0, changes need not wait.
    pub obligations: u64,
    /// (governance atoms) Supply when the market was created.
    pub initial_supply: u64,
    /// (governance atoms) Supply by the books: initial, plus issued, minus burned.
    pub supply: u64,
    /// (governance atoms) Issued and not burned unsold; what the lifetime cap counts.
    pub outstanding: u64,
    /// (governance atoms) Ever issued.
    pub issued: u64,
    /// (governance atoms) Ever burned, unsold or bought back.
    pub burned: u64,
    /// Level of the issuance limit.
    pub issuance_bucket: BucketState,
    /// (unix secs) When a usable governance price was last seen, or an auction
    /// that rested on one was closed.
    pub governance_priced_at: i64,
    /// (unix secs) Publish time of that price.
    pub governance_published_at: i64,
    /// Pause of new loans.
    pub borrow_pause: PauseState,
    /// Pause of write-offs.
    pub write_off_pause: PauseState,
    /// Pause of issuance.
    pub issuance_pause: PauseState,
    /// Settings in force.
    pub config: MarketConfig,
    /// Queued settings.
    pub pending_config: MarketConfig,
    /// (unix secs) When the queued settings may be applied; 0 for none.
    pub pending_config_at: i64,
    /// Zero; room for later.
    pub reserved: [u8; 256],
}

impl Market {
    /// (bytes) Account length, discriminator included.
    pub const SPACE: usize = core::mem::size_of::<Self>().saturating_add(8);

    /// Passes for an account of the layout this code knows.
    ///
    /// # Errors
    /// `WrongVersion`.
    pub fn require_version(&self) -> Result<()> {
        super::require_version(self.version)
    }

    /// Number of the next loss event.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn next_sequence(&mut self) -> Result<u64> {
        self.sequence = self.sequence.checked_add(1).ok_or(EngineError::Overflow)?;
        Ok(self.sequence)
    }

    /// What the engine needs to know of past issues.
    #[must_use]
    pub fn issuance(&self) -> Issuance {
        Issuance {
            supply: GovAtoms(self.supply),
            outstanding: GovAtoms(self.outstanding),
            bucket: self.issuance_bucket.get(),
        }
    }

    /// Records an issue that the engine planned.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn record_issue(&mut self, lot: GovAtoms, after: Issuance) -> Result<()> {
        self.issued = self
            .issued
            .checked_add(lot.0)
            .ok_or(EngineError::Overflow)?;
        self.store_issuance(after);
        Ok(())
    }

    /// Records a burn that the engine planned.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn record_burn(&mut self, amount: GovAtoms, after: Issuance) -> Result<()> {
        self.burned = self
            .burned
            .checked_add(amount.0)
            .ok_or(EngineError::Overflow)?;
        self.store_issuance(after);
        Ok(())
    }

    fn store_issuance(&mut self, after: Issuance) {
        self.supply = after.supply.0;
        self.outstanding = after.outstanding.0;
        self.issuance_bucket = after.bucket.into();
    }

    /// The pause of `kind`.
    pub fn pause_mut(&mut self, kind: PauseKind) -> &mut PauseState {
        match kind {
            PauseKind::Borrow => &mut self.borrow_pause,
            PauseKind::WriteOff => &mut self.write_off_pause,
            PauseKind::Issuance => &mut self.issuance_pause,
        }
    }
}

impl PauseState {
    /// Whether it is in force.
    #[must_use]
    pub fn is_paused(&self, now: UnixTime) -> bool {
        now.0 < self.until
    }

    /// Whether it was in force at any time from `first` to `last`, as far as the
    /// last one tells.
    #[must_use]
    pub fn overlaps(&self, first: UnixTime, last: UnixTime) -> bool {
        self.since <= last.0 && self.until > first.0.max(self.since)
    }

    /// Whether it is in force and has been for `secs`.
    #[must_use]
    pub fn is_paused_for(&self, secs: u32, now: UnixTime) -> bool {
        self.is_paused(now) && now >= UnixTime(self.since).plus(u64::from(secs))
    }
}

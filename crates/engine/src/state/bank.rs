//! One asset of a market.

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::auction::Auction;
use crate::bucket::Bucket;
use crate::buy_back::BuyBack;
use crate::error::{EngineError, Result};
use crate::health::Asset;
use crate::ledger::{Ledger, LossTotals};
use crate::price::{Observation, Price, Quote};
#[cfg(not(feature = "anchor"))]
use crate::state::Pubkey;
use crate::state::{BankConfig, Le128};
use crate::units::{Atoms, Bps, DebtShares, GovAtoms, Rate, Shares, UnixTime};
use crate::waterfall::{BountyTerms, DrawTerms};

/// The books, as `backstop_engine::ledger::Ledger` explains them.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct LedgerState {
    /// (atoms) What lenders own, the deficit included.
    pub lender_assets: u64,
    /// (atoms) In the liquidity vault.
    pub cash: u64,
    /// (atoms) Owed by borrowers: `floor(debt_shares * borrow_index / 2^96)`.
    pub borrowed: u64,
    /// (atoms) Owed to lenders and backed by nothing yet.
    pub deficit: u64,
    /// (atoms) The part of the deficit that governance tokens are offered for.
    pub on_auction: u64,
    /// (atoms) Unclaimed protocol fees, in the liquidity vault.
    pub protocol_fees: u64,
    /// (atoms) Insurance fees not yet moved, in the liquidity vault.
    pub insurance_fees: u64,
    /// (atoms) In the insurance vault.
    pub insurance: u64,
    /// (unix secs) Up to when interest is booked.
    pub accrued_at: i64,
    /// (unix secs) Since when the deficit is open, weighted by its losses.
    pub deficit_since: i64,
    /// Shares of all lenders; 10^6 per atom in an empty bank.
    pub deposit_shares: Le128,
    /// Debt shares of all borrowers, 2^-32 atoms at index 1.
    pub debt_shares: Le128,
    /// Growth of debt, times 2^64; never falls.
    pub borrow_index: Le128,
    /// (atoms) Ever written off.
    pub lost: Le128,
    /// (atoms) Ever covered by protocol fees.
    pub covered_by_fees: Le128,
    /// (atoms) Ever covered by insurance fees and the insurance vault.
    pub covered_by_insurance: Le128,
    /// (atoms) Ever covered by auction proceeds.
    pub covered_by_auction: Le128,
    /// (atoms) Ever covered by repaid records.
    pub recovered: Le128,
    /// (atoms) Ever borne by lenders who left while a deficit was open.
    pub borne_by_leavers: Le128,
    /// (atoms) Ever socialised.
    pub socialised: Le128,
}

/// Level of a leaky bucket.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct BucketState {
    /// Level at `filled_at`, in the unit of what is limited.
    pub level: u64,
    /// (unix secs)
    pub filled_at: i64,
}

/// The price that `refresh_banks` stored.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct PriceState {
    /// Dollars per whole token, times `10^-exponent`.
    pub spot: u64,
    /// Its exponential average.
    pub ema: u64,
    /// Half-width of the confidence interval.
    pub conf: u64,
    /// Slot in which it was stored; it is used in no other.
    pub slot: u64,
    /// (unix secs) When it was published.
    pub published_at: i64,
    /// Power of ten of the three prices.
    pub exponent: i32,
    /// Zero.
    pub padding: [u8; 4],
}

/// The bank's auction; all zero when there is none.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct AuctionState {
    /// (governance atoms) Left in escrow.
    pub lot: u64,
    /// (unix secs) When they were issued.
    pub issued_at: i64,
    /// (unix secs) First second of sale.
    pub opens_at: i64,
    /// (unix secs) Last second of sale.
    pub ends_at: i64,
    /// Price at the first sale: atoms per governance atom, times 2^64.
    pub start_rate: Le128,
    /// Price at the end, same unit.
    pub floor_rate: Le128,
}

/// The bank's buy-back; all zero when there is none.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct BuyBackState {
    /// (atoms) Left to spend; stays in the insurance vault until spent.
    pub budget: u64,
    /// (unix secs) First second.
    pub opens_at: i64,
    /// (unix secs) Last second.
    pub ends_at: i64,
    /// Price offered first: atoms per governance atom, times 2^64.
    pub low_rate: Le128,
    /// Price offered last, same unit.
    pub high_rate: Le128,
}

/// One asset of a market. Seeds: `["bank", market, mint]`. It owns its vaults.
#[cfg_attr(feature = "anchor", account(zero_copy))]
#[cfg_attr(not(feature = "anchor"), derive(Clone, Copy, Pod, Zeroable))]
#[repr(C)]
#[derive(Debug)]
pub struct Bank {
    /// Layout version.
    pub version: u8,
    /// Canonical bump.
    pub bump: u8,
    /// Decimals of the mint.
    pub decimals: u8,
    /// 1 once lenders have lost practically everything: no deposits, no loans.
    pub wound_down: u8,
    /// Auctions that failed since the deficit was last zero.
    pub failed_auctions: u32,
    /// The market it belongs to.
    pub market: Pubkey,
    /// The asset.
    pub mint: Pubkey,
    /// Token program of the asset.
    pub token_program: Pubkey,
    /// Liquidity vault.
    pub liquidity_vault: Pubkey,
    /// Insurance vault.
    pub insurance_vault: Pubkey,
    /// Governance tokens on auction.
    pub governance_escrow: Pubkey,
    /// (unix secs) No deposits and no loans before then.
    pub live_at: i64,
    /// The books.
    pub ledger: LedgerState,
    /// Level of the limit on insurance draws.
    pub draw_bucket: BucketState,
    /// Level of the limit on bounties.
    pub bounty_bucket: BucketState,
    /// The price of this slot.
    pub price: PriceState,
    /// The auction.
    pub auction: AuctionState,
    /// The buy-back.
    pub buy_back: BuyBackState,
    /// Settings in force.
    pub config: BankConfig,
    /// Queued settings.
    pub pending_config: BankConfig,
    /// (unix secs) When the queued settings may be applied; 0 for none.
    pub pending_config_at: i64,
    /// Zero; room for later.
    pub reserved: [u8; 192],
}

impl Bank {
    /// (bytes) Account length, discriminator included.
    pub const SPACE: usize = core::mem::size_of::<Self>().saturating_add(8);

    /// Passes for an account of the layout this code knows.
    ///
    /// # Errors
    /// `WrongVersion`.
    pub fn require_version(&self) -> Result<()> {
        super::require_version(self.version)
    }

    /// The books up to `now`: no figure of a bank is used before.
    ///
    /// # Errors
    /// `TimeWentBack`.
    pub fn accrued(&self, now: UnixTime) -> Result<Ledger> {
        self.ledger
            .get()
            .accrue(self.config.curve(), self.config.fees(), now)
    }

    /// Stores the next state of the books, if they balance. Without a deficit no
    /// failed auction counts any more.
    ///
    /// # Errors
    /// `BooksOutOfBalance`.
    pub fn store(&mut self, ledger: &Ledger) -> Result<()> {
        ledger.check_books()?;
        if ledger.deficit.is_zero() {
            self.failed_auctions = 0;
        }
        self.ledger = ledger.into();
        Ok(())
    }

    /// Stores the next state of the books after a loss was moved, if both the
    /// books and the history of losses balance.
    ///
    /// # Errors
    /// `BooksOutOfBalance`, `SplitOutOfBalance`.
    pub fn store_loss(&mut self, ledger: &Ledger) -> Result<()> {
        ledger.check_split()?;
        self.store(ledger)
    }

    /// Whether deposits here count as nothing.
    #[must_use]
    pub fn is_delisted(&self) -> bool {
        self.config.delisted != 0
    }

    /// Whether the bank is wound down.
    #[must_use]
    pub fn is_wound_down(&self) -> bool {
        self.wound_down != 0
    }

    /// Whether the stored price is of `slot`.
    #[must_use]
    pub fn is_priced(&self, slot: u64) -> bool {
        self.price.slot == slot && self.price.spot > 0
    }

    /// Passes if the stored price is of `slot`.
    ///
    /// # Errors
    /// `PriceNotRefreshed`.
    pub fn require_price(&self, slot: u64) -> Result<()> {
        if self.is_priced(slot) {
            return Ok(());
        }
        Err(EngineError::PriceNotRefreshed {
            stored: self.price.slot,
            slot,
        })
    }

    /// Passes once a new bank has waited for the market's delay.
    ///
    /// # Errors
    /// `BankNotLive`, `Delisted`.
    pub fn require_open(&self, now: UnixTime) -> Result<()> {
        if now.0 < self.live_at {
            return Err(EngineError::BankNotLive {
                live_at: self.live_at,
                now: now.0,
            });
        }
        self.require_listed()
    }

    /// Passes unless deposits here count as nothing.
    ///
    /// # Errors
    /// `Delisted`.
    pub fn require_listed(&self) -> Result<()> {
        if self.is_delisted() {
            return Err(EngineError::Delisted);
        }
        Ok(())
    }

    /// Price and weights, for health checks.
    #[must_use]
    pub fn asset(&self) -> Asset {
        Asset {
            price: self.price.get(),
            decimals: self.decimals,
            weights: self.config.weights(),
        }
    }

    /// Price and decimals.
    #[must_use]
    pub fn quote(&self) -> Quote {
        Quote {
            price: self.price.get(),
            decimals: self.decimals,
        }
    }

    /// Limit on insurance draws and its level.
    #[must_use]
    pub fn draw_terms(&self) -> DrawTerms {
        DrawTerms {
            limit: self.config.draw_limit(),
            bucket: self.draw_bucket.get(),
        }
    }

    /// What a keeper is paid.
    #[must_use]
    pub fn bounty_terms(&self) -> BountyTerms {
        BountyTerms {
            share: Bps(self.config.bounty_bps),
            limit: self.config.bounty_limit(),
            bucket: self.bounty_bucket.get(),
            min_loss: Atoms(self.config.bounty_min_loss),
        }
    }
}

impl BucketState {
    /// As the formulas see it.
    #[must_use]
    pub fn get(&self) -> Bucket {
        Bucket {
            level: self.level,
            filled_at: UnixTime(self.filled_at),
        }
    }
}

impl From<Bucket> for BucketState {
    fn from(bucket: Bucket) -> Self {
        Self {
            level: bucket.level,
            filled_at: bucket.filled_at.0,
        }
    }
}

impl LedgerState {
    /// As the formulas see it.
    #[must_use]
    pub fn get(&self) -> Ledger {
        Ledger {
            cash: Atoms(self.cash),
            borrowed: Atoms(self.borrowed),
            deficit: Atoms(self.deficit),
            on_auction: Atoms(self.on_auction),
            protocol_fees: Atoms(self.protocol_fees),
            insurance_fees: Atoms(self.insurance_fees),
            insurance: Atoms(self.insurance),
            lender_assets: Atoms(self.lender_assets),
            deposit_shares: Shares(self.deposit_shares.get()),
            debt_shares: DebtShares(self.debt_shares.get()),
            index: self.borrow_index.get(),
            accrued_at: UnixTime(self.accrued_at),
            deficit_since: UnixTime(self.deficit_since),
            totals: LossTotals {
                lost: self.lost.get(),
                by_fees: self.covered_by_fees.get(),
                by_insurance: self.covered_by_insurance.get(),
                by_auction: self.covered_by_auction.get(),
                recovered: self.recovered.get(),
                borne_by_leavers: self.borne_by_leavers.get(),
                socialised: self.socialised.get(),
            },
        }
    }
}

impl From<&Ledger> for LedgerState {
    fn from(ledger: &Ledger) -> Self {
        Self {
            lender_assets: ledger.lender_assets.0,
            cash: ledger.cash.0,
            borrowed: ledger.borrowed.0,
            deficit: ledger.deficit.0,
            on_auction: ledger.on_auction.0,
            protocol_fees: ledger.protocol_fees.0,
            insurance_fees: ledger.insurance_fees.0,
            insurance: ledger.insurance.0,
            accrued_at: ledger.accrued_at.0,
            deficit_since: ledger.deficit_since.0,
            deposit_shares: ledger.deposit_shares.0.into(),
            debt_shares: ledger.debt_shares.0.into(),
            borrow_index: ledger.index.into(),
            lost: ledger.totals.lost.into(),
            covered_by_fees: ledger.totals.by_fees.into(),
            covered_by_insurance: ledger.totals.by_insurance.into(),
            covered_by_auction: ledger.totals.by_auction.into(),
            recovered: ledger.totals.recovered.into(),
            borne_by_leavers: ledger.totals.borne_by_leavers.into(),
            socialised: ledger.totals.socialised.into(),
        }
    }
}

impl PriceState {
    /// A price that was accepted, to be used in `slot`.
    #[must_use]
    pub fn of(price: Price, observation: &Observation, slot: u64) -> Self {
        Self {
            spot: price.spot,
            ema: price.ema,
            conf: price.conf,
            slot,
            published_at: observation.published.0,
            exponent: price.exponent,
            padding: [0; 4],
        }
    }

    /// As the formulas see it.
    #[must_use]
    pub fn get(&self) -> Price {
        Price {
            spot: self.spot,
            ema: self.ema,
            conf: self.conf,
            exponent: self.exponent,
        }
    }
}

impl AuctionState {
    /// As the formulas see it.
    #[must_use]
    pub fn get(&self) -> Auction {
        Auction {
            lot: GovAtoms(self.lot),
            start: Rate(self.start_rate.get()),
            floor: Rate(self.floor_rate.get()),
            issued_at: UnixTime(self.issued_at),
            opens_at: UnixTime(self.opens_at),
            ends_at: UnixTime(self.ends_at),
        }
    }
}

impl From<Auction> for AuctionState {
    fn from(auction: Auction) -> Self {
        if !auction.holds_tokens() {
            return Self::default();
        }
        Self {
            lot: auction.lot.0,
            issued_at: auction.issued_at.0,
            opens_at: auction.opens_at.0,
            ends_at: auction.ends_at.0,
            start_rate: auction.start.0.into(),
            floor_rate: auction.floor.0.into(),
        }
    }
}

impl BuyBackState {
    /// As the formulas see it.
    #[must_use]
    pub fn get(&self) -> BuyBack {
        BuyBack {
            budget: Atoms(self.budget),
            low: Rate(self.low_rate.get()),
            high: Rate(self.high_rate.get()),
            opens_at: UnixTime(self.opens_at),
            ends_at: UnixTime(self.ends_at),
        }
    }
}

impl From<BuyBack> for BuyBackState {
    fn from(buy_back: BuyBack) -> Self {
        Self {
            budget: buy_back.budget.0,
            opens_at: buy_back.opens_at.0,
            ends_at: buy_back.ends_at.0,
            low_rate: buy_back.low.0.into(),
            high_rate: buy_back.high.0.into(),
        }
    }
}

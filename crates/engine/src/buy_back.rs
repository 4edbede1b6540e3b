//! Rebuilding: once insurance is above its target, the surplus buys governance
//! tokens back, and they are burned.

use crate::auction::{time_on_sale, PriceRange};
use crate::error::{EngineError, Result};
use crate::ledger::Ledger;
use crate::math;
use crate::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};

/// A buy-back; all zero when there is none. Its budget stays in the insurance
/// ledger: a loss may use it up at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BuyBack {
    /// Atoms still to spend.
    pub budget: Atoms,
    /// Lowest price, offered first.
    pub low: Rate,
    /// Highest price, offered last.
    pub high: Rate,
    /// First second.
    pub opens_at: UnixTime,
    /// Last second.
    pub ends_at: UnixTime,
}

/// What a sale to a buy-back does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SalePlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// The buy-back afterwards; all zero if its budget is spent.
    pub buy_back: BuyBack,
    /// Tokens that the seller gives, to be burned.
    pub sold: GovAtoms,
    /// Atoms that the seller gets.
    pub paid: Atoms,
    /// Price per token.
    pub rate: Rate,
}

impl Ledger {
    /// Insurance above `target` of what is borrowed; the target is rounded up.
    ///
    /// # Errors
    /// `DeficitOpen`, `NoSurplus`.
    pub fn insurance_surplus_down(&self, target: Bps) -> Result<Atoms> {
        if !self.deficit.is_zero() {
            return Err(EngineError::DeficitOpen {
                deficit: self.deficit.0,
            });
        }
        let target = Atoms(target.of_up(self.borrowed.0)?);
        let surplus = self.insurance.saturating_sub(target);
        if surplus.is_zero() {
            return Err(EngineError::NoSurplus {
                insurance: self.insurance.0,
                target: target.0,
            });
        }
        Ok(surplus)
    }

    /// Starts to spend the surplus. The price rises from `range.floor` to
    /// `range.start` over `duration_secs`.
    ///
    /// # Errors
    /// `AuctionLive` while one is running, and those of
    /// [`Ledger::insurance_surplus_down`].
    pub fn start_buy_back(
        &self,
        running: &BuyBack,
        target: Bps,
        range: PriceRange,
        duration_secs: u32,
        now: UnixTime,
    ) -> Result<BuyBack> {
        if running.is_running() {
            return Err(EngineError::AuctionLive);
        }
        Ok(BuyBack {
            budget: self.insurance_surplus_down(target)?,
            low: range.floor,
            high: range.start,
            opens_at: now,
            ends_at: now.plus(u64::from(duration_secs)),
        })
    }
}

impl BuyBack {
    /// Whether there is one.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.budget.is_zero()
    }

    /// Price at `now`: rises in a straight line, rounded down.
    ///
    /// # Errors
    /// `NoAuction`, `AuctionNotOpen`, `AuctionEnded`.
    pub fn rate_down(&self, now: UnixTime) -> Result<Rate> {
        if !self.is_running() {
            return Err(EngineError::NoAuction);
        }
        let (elapsed, duration) = time_on_sale(self.opens_at, self.ends_at, now)?;
        let range = self
            .high
            .0
            .checked_sub(self.low.0)
            .ok_or(EngineError::Underflow)?;
        let risen = math::mul_div_down(range, u128::from(elapsed), u128::from(duration))?;
        self.low
            .0
            .checked_add(risen)
            .map(Rate)
            .ok_or(EngineError::Overflow)
    }

    /// Buys up to `amount` tokens; pays rounded down, and only out of insurance
    /// that is above the target now.
    ///
    /// Pays no more than `highest`, what the token is worth now at its lowest
    /// reading: the curve was drawn when the buy-back started, and whoever sells
    /// after a crash must not be paid the price before it.
    ///
    /// # Errors
    /// `ZeroAmount`, `AmountTooSmall` if it would pay nothing,
    /// `ProceedsBelowMin`, `DeficitOpen`, `NoSurplus`, and those of
    /// [`BuyBack::rate_down`].
    pub fn sell(
        self,
        mut ledger: Ledger,
        amount: GovAtoms,
        min_proceeds: Atoms,
        target: Bps,
        highest: Rate,
        now: UnixTime,
    ) -> Result<SalePlan> {
        if amount.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        let rate = self.rate_down(now)?.min(highest);
        let spendable = self.budget.min(ledger.insurance_surplus_down(target)?);
        let affordable = rate.tokens_down(spendable).unwrap_or(GovAtoms(u64::MAX));
        let sold = amount.min(affordable);
        let paid = rate.cost_down(sold)?;
        if paid.is_zero() {
            return Err(EngineError::AmountTooSmall);
        }
        if paid < min_proceeds {
            return Err(EngineError::ProceedsBelowMin {
                proceeds: paid.0,
                min: min_proceeds.0,
            });
        }
        ledger.insurance = ledger.insurance.sub(paid)?;
        let budget = self.budget.sub(paid)?;
        let buy_back = if budget.is_zero() {
            Self::default()
        } else {
            Self { budget, ..self }
        };
        Ok(SalePlan {
            ledger,
            buy_back,
            sold,
            paid,
            rate,
        })
    }

    /// Whether it may be closed: its time is over, or a deficit has opened.
    ///
    /// # Errors
    /// `NoAuction`, `AuctionNotEnded`.
    pub fn require_closable(&self, ledger: &Ledger, now: UnixTime) -> Result<()> {
        if !self.is_running() {
            return Err(EngineError::NoAuction);
        }
        if now <= self.ends_at && ledger.deficit.is_zero() {
            return Err(EngineError::AuctionNotEnded {
                ends_at: self.ends_at.0,
                now: now.0,
            });
        }
        Ok(())
    }
}

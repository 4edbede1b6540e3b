//! The books of one bank, and the four things lenders and borrowers do to them.
//!
//! A [`Ledger`] is a value: every operation takes one and returns the next,
//! so nothing is half-applied when an error returns.
//!
//! **BOOKS**, exact after every operation:
//! `lender_assets = cash + borrowed + deficit − protocol_fees − insurance_fees`.

use crate::error::{EngineError, Result};
use crate::math;
use crate::units::{Atoms, Bps, DebtShares, Shares, UnixTime};

/// Shares that nobody owns. With one virtual atom beside them they make it
/// pointless to inflate the share price of an empty bank (Morpho's offset).
pub const VIRTUAL_SHARES: u128 = 1_000_000;

/// Atoms that nobody owns, beside [`VIRTUAL_SHARES`].
pub const VIRTUAL_ATOMS: u128 = 1;

/// Shares beyond which a bank takes no more deposits; only a bank whose
/// lenders lost nearly everything gets there.
pub const MAX_SHARES: u128 = 1 << 96;

/// Fraction bits of the borrow index.
pub const INDEX_BITS: u32 = 64;

/// The index of a new bank: 1.
pub const INDEX_ONE: u128 = 1 << INDEX_BITS;

/// Where the index stops growing: 2³², four thousand million times the debt.
pub const INDEX_MAX: u128 = (1 << 96) - 1;

/// Bits between debt shares times index and atoms.
pub const DEBT_BITS: u32 = 96;

/// Every atom that was ever lost here, by who carried it.
///
/// **SPLIT**, exact: `lost = by_fees + by_insurance + by_auction + recovered +
/// borne_by_leavers + socialised + deficit`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossTotals {
    /// Debt written off.
    pub lost: u128,
    /// Covered by unclaimed protocol fees.
    pub by_fees: u128,
    /// Covered by insurance fees and the insurance vault.
    pub by_insurance: u128,
    /// Covered by what buyers of governance tokens paid.
    pub by_auction: u128,
    /// Covered by repaid records.
    pub recovered: u128,
    /// Carried away by lenders who left while the deficit was open.
    pub borne_by_leavers: u128,
    /// Carried by the lenders who were there when it was socialised.
    pub socialised: u128,
}

/// The books of one bank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Atoms in the liquidity vault that the books know of.
    pub cash: Atoms,
    /// What borrowers owe together: `⌊debt_shares · index⌋`.
    pub borrowed: Atoms,
    /// What lenders are owed and nothing backs.
    pub deficit: Atoms,
    /// The part of `deficit` for which governance tokens are offered now.
    pub on_auction: Atoms,
    /// Interest kept for the protocol, still in the liquidity vault.
    pub protocol_fees: Atoms,
    /// Interest and bonuses kept for insurance, still in the liquidity vault.
    pub insurance_fees: Atoms,
    /// Atoms in the insurance vault that the books know of.
    pub insurance: Atoms,
    /// What lenders own, the deficit included.
    pub lender_assets: Atoms,
    /// Shares of all lenders.
    pub deposit_shares: Shares,
    /// Debt shares of all borrowers.
    pub debt_shares: DebtShares,
    /// Growth of a debt since the bank began, 64 fraction bits; never falls.
    pub index: u128,
    /// Up to when interest is in the books.
    pub accrued_at: UnixTime,
    /// Since when the deficit is open, weighted by the losses in it.
    pub deficit_since: UnixTime,
    /// History of losses.
    pub totals: LossTotals,
}

/// What a deposit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Shares for the lender.
    pub shares: Shares,
}

/// What a withdrawal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Atoms for the lender.
    pub paid: Atoms,
    /// The lender's part of the open deficit, which leaves with him.
    pub borne: Atoms,
}

/// What a loan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BorrowPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Debt shares for the borrower.
    pub shares: DebtShares,
}

/// What a repayment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepayPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Atoms that the payer pays.
    pub paid: Atoms,
    /// Debt shares that are gone.
    pub shares: DebtShares,
}

/// Caps on lending out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BorrowLimits {
    /// Most that may be borrowed from the bank.
    pub borrow_cap: Atoms,
    /// Most of `cash + borrowed` that may be borrowed.
    pub max_utilisation: Bps,
    /// Least debt that a position may have.
    pub min_debt: Atoms,
}

impl Ledger {
    /// The books of a new, empty bank.
    #[must_use]
    pub fn new(now: UnixTime) -> Self {
        Self {
            index: INDEX_ONE,
            accrued_at: now,
            ..Self::default()
        }
    }

    /// Proves BOOKS.
    ///
    /// # Errors
    /// `BooksOutOfBalance`.
    pub fn check_books(&self) -> Result<()> {
        let backing = u128::from(self.cash.0)
            .wrapping_add(u128::from(self.borrowed.0))
            .wrapping_add(u128::from(self.deficit.0));
        let fees = u128::from(self.protocol_fees.0).wrapping_add(u128::from(self.insurance_fees.0));
        if backing == fees.wrapping_add(u128::from(self.lender_assets.0)) {
            return Ok(());
        }
        Err(EngineError::BooksOutOfBalance {
            lender_assets: self.lender_assets.0,
            expected: u64::try_from(backing.saturating_sub(fees)).unwrap_or(u64::MAX),
        })
    }

    /// Proves SPLIT.
    ///
    /// # Errors
    /// `SplitOutOfBalance`.
    pub fn check_split(&self) -> Result<()> {
        let t = &self.totals;
        let carried = [
            t.by_fees,
            t.by_insurance,
            t.by_auction,
            t.recovered,
            t.borne_by_leavers,
            t.socialised,
        ]
        .into_iter()
        .try_fold(u128::from(self.deficit.0), u128::checked_add)
        .ok_or(EngineError::Overflow)?;
        if carried == t.lost {
            Ok(())
        } else {
            Err(EngineError::SplitOutOfBalance)
        }
    }

    /// What lenders could claim if nothing more were covered: the *net* side
    /// of the share price.
    ///
    /// # Errors
    /// `Underflow` if the books are broken.
    pub fn net_assets(&self) -> Result<Atoms> {
        self.lender_assets.sub(self.deficit)
    }

    fn shares_and_virtual(&self) -> Result<u128> {
        self.deposit_shares
            .0
            .checked_add(VIRTUAL_SHARES)
            .ok_or(EngineError::Overflow)
    }

    fn claim_down(&self, shares: Shares, assets: Atoms) -> Result<Atoms> {
        let assets = u128::from(assets.0).wrapping_add(VIRTUAL_ATOMS);
        let claim = math::mul_div_down(shares.0, assets, self.shares_and_virtual()?)?;
        math::to_u64(claim).map(Atoms)
    }

    /// Atoms that `shares` are worth at the gross price, rounded down.
    ///
    /// # Errors
    /// `Overflow` for more shares than the bank has.
    pub fn gross_value_down(&self, shares: Shares) -> Result<Atoms> {
        self.claim_down(shares, self.lender_assets)
    }

    /// Atoms that `shares` are worth at the net price, rounded down: what a
    /// withdrawal pays and what counts as collateral.
    ///
    /// # Errors
    /// `Overflow` for more shares than the bank has.
    pub fn net_value_down(&self, shares: Shares) -> Result<Atoms> {
        self.claim_down(shares, self.net_assets()?)
    }

    /// `⌈factor · gross value of shares⌉`, without rounding the value itself.
    pub(crate) fn gross_times_up(&self, shares: Shares, factor: u64) -> Result<u128> {
        let assets = u128::from(self.lender_assets.0).wrapping_add(VIRTUAL_ATOMS);
        let scaled = assets
            .checked_mul(u128::from(factor))
            .ok_or(EngineError::Overflow)?;
        math::mul_div_up(shares.0, scaled, self.shares_and_virtual()?)
    }

    /// Most shares whose net value does not exceed `atoms`.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn shares_for_net_down(&self, atoms: Atoms) -> Result<Shares> {
        let assets = u128::from(self.net_assets()?.0).wrapping_add(VIRTUAL_ATOMS);
        math::mul_div_down(u128::from(atoms.0), self.shares_and_virtual()?, assets).map(Shares)
    }

    /// Atoms that `shares` of debt amount to, rounded up: what clears them.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn debt_up(&self, shares: DebtShares) -> Result<Atoms> {
        math::to_u64(math::mul_shr_up(shares.0, self.index, DEBT_BITS)?).map(Atoms)
    }

    /// `⌊shares · index⌋` over all borrowers.
    pub(crate) fn borrowed_down(shares: DebtShares, index: u128) -> Result<Atoms> {
        math::to_u64(math::mul_shr_down(shares.0, index, DEBT_BITS)?).map(Atoms)
    }

    /// Debt shares for `atoms`, and whether the quotient was cut. The index
    /// stays below 2⁹⁶, so that both halves of this long division fit 128 bits.
    fn debt_shares(&self, atoms: Atoms) -> Result<(u128, bool)> {
        let half = |numerator: u128| {
            let quotient = math::div_down(numerator, self.index)?;
            let rest = numerator.wrapping_sub(quotient.wrapping_mul(self.index));
            Ok((quotient, rest))
        };
        let (high, rest) = half(u128::from(atoms.0).wrapping_shl(64))?;
        let (low, rest) = half(rest.wrapping_shl(32))?;
        Ok((high.wrapping_shl(32).wrapping_add(low), rest != 0))
    }

    /// Buys shares at the gross price; the lenders who are there keep the dust.
    ///
    /// # Errors
    /// `ZeroAmount`, `WoundDown`, `DepositCapExceeded`, `AmountTooSmall`,
    /// `Overflow`.
    pub fn deposit(mut self, atoms: Atoms, cap: Atoms, wound_down: bool) -> Result<DepositPlan> {
        if atoms.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        if wound_down {
            return Err(EngineError::WoundDown);
        }
        let after = self.lender_assets.add(atoms)?;
        if after > cap {
            return Err(EngineError::DepositCapExceeded {
                after: after.0,
                cap: cap.0,
            });
        }
        let shares = Shares(math::mul_div_down(
            u128::from(atoms.0),
            self.shares_and_virtual()?,
            u128::from(self.lender_assets.0).wrapping_add(VIRTUAL_ATOMS),
        )?);
        if shares.is_zero() {
            return Err(EngineError::AmountTooSmall);
        }
        self.deposit_shares = self.deposit_shares.add(shares)?;
        if self.deposit_shares.0 > MAX_SHARES {
            return Err(EngineError::Overflow);
        }
        self.cash = self.cash.add(atoms)?;
        self.lender_assets = after;
        Ok(DepositPlan {
            ledger: self,
            shares,
        })
    }

    /// Redeems shares at the net price and takes their part of an open deficit
    /// out of the books, so that nobody who stays pays for who leaves or gains
    /// from it. The lenders who stay keep the dust.
    ///
    /// # Errors
    /// `ZeroAmount`, `InsufficientCash`, `InsufficientShares`.
    pub fn withdraw(self, shares: Shares) -> Result<WithdrawPlan> {
        let mut plan = self.release(shares)?;
        plan.ledger.cash =
            plan.ledger
                .cash
                .sub(plan.paid)
                .map_err(|_| EngineError::InsufficientCash {
                    wanted: plan.paid.0,
                    cash: self.cash.0,
                })?;
        Ok(plan)
    }

    /// Turns shares into insurance fees: the slice of a liquidation bonus that
    /// belongs to insurance. Values as in [`Ledger::withdraw`].
    ///
    /// # Errors
    /// As [`Ledger::withdraw`], without `InsufficientCash`.
    pub fn shares_to_insurance(self, shares: Shares) -> Result<WithdrawPlan> {
        let mut plan = self.release(shares)?;
        plan.ledger.insurance_fees = plan.ledger.insurance_fees.add(plan.paid)?;
        Ok(plan)
    }

    /// Takes shares out of the books at the net price; the caller books where
    /// `paid` goes.
    fn release(mut self, shares: Shares) -> Result<WithdrawPlan> {
        if shares.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        let left = self
            .deposit_shares
            .sub(shares)
            .map_err(|_| EngineError::InsufficientShares)?;
        let gross = self.gross_value_down(shares)?;
        let paid = self.net_value_down(shares)?;
        let borne = gross.sub(paid)?;
        self.deposit_shares = left;
        self.lender_assets = self.lender_assets.sub(gross)?;
        self.deficit = self.deficit.sub(borne)?;
        self.on_auction = self.on_auction.min(self.deficit);
        self.totals.borne_by_leavers = add_total(self.totals.borne_by_leavers, borne)?;
        Ok(WithdrawPlan {
            ledger: self,
            paid,
            borne,
        })
    }

    /// Lends `atoms` to a position that already owes `held`.
    ///
    /// # Errors
    /// `ZeroAmount`, `WoundDown`, `InsufficientCash`, `BorrowCapExceeded`,
    /// `UtilisationTooHigh`, `DebtBelowMinimum`, `Overflow`.
    pub fn borrow(
        mut self,
        atoms: Atoms,
        held: DebtShares,
        limits: BorrowLimits,
        wound_down: bool,
    ) -> Result<BorrowPlan> {
        if atoms.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        if wound_down {
            return Err(EngineError::WoundDown);
        }
        let cash = self
            .cash
            .sub(atoms)
            .map_err(|_| EngineError::InsufficientCash {
                wanted: atoms.0,
                cash: self.cash.0,
            })?;
        let (shares, cut) = self.debt_shares(atoms)?;
        let shares = DebtShares(shares).add(DebtShares(u128::from(cut)))?;
        let left = self.debt_up(held.add(shares)?)?;
        if left < limits.min_debt {
            return Err(EngineError::DebtBelowMinimum {
                left: left.0,
                min: limits.min_debt.0,
            });
        }
        self.debt_shares = self.debt_shares.add(shares)?;
        let borrowed = Self::borrowed_down(self.debt_shares, self.index)?;
        // Rounding the shares up may book an atom more than left the vault.
        let dust = borrowed.sub(self.borrowed)?.sub(atoms)?;
        self.lender_assets = self.lender_assets.add(dust)?;
        self.borrowed = borrowed;
        self.cash = cash;
        self.check_borrow_limits(limits)?;
        Ok(BorrowPlan {
            ledger: self,
            shares,
        })
    }

    fn check_borrow_limits(&self, limits: BorrowLimits) -> Result<()> {
        if self.borrowed > limits.borrow_cap {
            return Err(EngineError::BorrowCapExceeded {
                after: self.borrowed.0,
                cap: limits.borrow_cap.0,
            });
        }
        let lent = u128::from(self.borrowed.0).wrapping_mul(u128::from(crate::units::BPS));
        let all = u128::from(self.borrowed.0).wrapping_add(u128::from(self.cash.0));
        if lent > all.wrapping_mul(u128::from(limits.max_utilisation.0)) {
            return Err(EngineError::UtilisationTooHigh {
                borrowed: self.borrowed.0,
                cash: self.cash.0,
                max_bps: limits.max_utilisation.0,
            });
        }
        Ok(())
    }

    /// Pays back up to `offer` of the debt `held`. The payer is charged the
    /// debt rounded up, and credited with shares rounded down.
    ///
    /// # Errors
    /// `ZeroAmount`, `NoDebt`, `DebtBelowMinimum` if a rest would stay that is
    /// smaller than a debt may be.
    pub fn repay(mut self, offer: Atoms, held: DebtShares, min_debt: Atoms) -> Result<RepayPlan> {
        if held.is_zero() {
            return Err(EngineError::NoDebt);
        }
        if offer.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        let debt = self.debt_up(held)?;
        let (paid, shares) = if offer >= debt {
            (debt, held)
        } else {
            let (shares, _) = self.debt_shares(offer)?;
            (offer, DebtShares(shares.min(held.0)))
        };
        let left = self.debt_up(held.sub(shares)?)?;
        if !left.is_zero() && left < min_debt {
            return Err(EngineError::DebtBelowMinimum {
                left: left.0,
                min: min_debt.0,
            });
        }
        let fall = self.remove_debt(shares)?;
        self.cash = self.cash.add(paid)?;
        self.lender_assets = self.lender_assets.add(paid.sub(fall)?)?;
        Ok(RepayPlan {
            ledger: self,
            paid,
            shares,
        })
    }

    /// Takes debt shares out of the books and says by how much `borrowed` fell.
    pub(crate) fn remove_debt(&mut self, shares: DebtShares) -> Result<Atoms> {
        self.debt_shares = self.debt_shares.sub(shares)?;
        let borrowed = Self::borrowed_down(self.debt_shares, self.index)?;
        let fall = self.borrowed.sub(borrowed)?;
        self.borrowed = borrowed;
        Ok(fall)
    }

    /// Lowers the deficit by `atoms`: what is not on auction first.
    pub(crate) fn lower_deficit(&mut self, atoms: Atoms) -> Result<()> {
        self.deficit = self.deficit.sub(atoms)?;
        self.on_auction = self.on_auction.min(self.deficit);
        Ok(())
    }
}

pub(crate) fn add_total(total: u128, atoms: Atoms) -> Result<u128> {
    total
        .checked_add(u128::from(atoms.0))
        .ok_or(EngineError::Overflow)
}

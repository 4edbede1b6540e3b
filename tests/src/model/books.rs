//! The books of one bank: shares, debt, interest.

use {
    super::{
        number::{bps, down, exact, fits, int, least, pow2, ratio, up, Exact, Int},
        refusal::{require, Outcome},
    },
    backstop::{error::BackstopError as E, state::BankConfig},
};

/// Shares that nobody owns, beside one atom.
const VIRTUAL_SHARES: u32 = 1_000_000;
/// (secs) A year.
const YEAR: u32 = 31_536_000;

/// What the ledger of a bank says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// (atoms) In the liquidity vault.
    pub cash: Int,
    /// (atoms) Owed by borrowers.
    pub borrowed: Int,
    /// (atoms) Owed to lenders and backed by nothing.
    pub deficit: Int,
    /// (atoms) The part of it that tokens are offered for.
    pub on_auction: Int,
    /// (atoms)
    pub protocol_fees: Int,
    /// (atoms)
    pub insurance_fees: Int,
    /// (atoms) In the insurance vault.
    pub insurance: Int,
    /// (atoms) What lenders own.
    pub lender_assets: Int,
    /// Shares of all lenders.
    pub shares: Int,
    /// (2^-32 atoms at index 1) Debt of all borrowers.
    pub debt_shares: Int,
    /// (2^-64) Growth of a debt since the bank began.
    pub index: Int,
    /// (unix secs)
    pub accrued_at: i64,
    /// (unix secs)
    pub deficit_since: i64,
    /// (atoms) Ever written off.
    pub lost: Int,
    /// (atoms)
    pub by_fees: Int,
    /// (atoms)
    pub by_insurance: Int,
    /// (atoms)
    pub by_auction: Int,
    /// (atoms)
    pub recovered: Int,
    /// (atoms)
    pub by_leavers: Int,
    /// (atoms)
    pub socialised: Int,
}

/// What leaving pays, and the part of the deficit that goes along.
pub struct Left {
    /// (atoms)
    pub paid: Int,
    /// (atoms)
    pub borne: Int,
}

impl Books {
    /// The books of an empty bank.
    pub fn new(now: i64) -> Self {
        let zero = || Int::ZERO;
        Self {
            cash: zero(),
            borrowed: zero(),
            deficit: zero(),
            on_auction: zero(),
            protocol_fees: zero(),
            insurance_fees: zero(),
            insurance: zero(),
            lender_assets: zero(),
            shares: zero(),
            debt_shares: zero(),
            index: int(1) << 64,
            accrued_at: now,
            deficit_since: 0,
            lost: zero(),
            by_fees: zero(),
            by_insurance: zero(),
            by_auction: zero(),
            recovered: zero(),
            by_leavers: zero(),
            socialised: zero(),
        }
    }

    fn all_shares(&self) -> Int {
        &self.shares + VIRTUAL_SHARES
    }

    /// Atoms a share is worth once the deficit is covered.
    pub fn gross_price(&self) -> Exact {
        ratio(&self.lender_assets + 1, self.all_shares())
    }

    /// Atoms a share is worth if nothing more is covered.
    pub fn net_price(&self) -> Exact {
        ratio(&self.lender_assets - &self.deficit + 1, self.all_shares())
    }

    /// Atoms of debt that a debt share stands for.
    pub fn debt_price(&self) -> Exact {
        exact(self.index.clone()) * pow2(-96)
    }

    /// What clears `shares` of debt.
    pub fn debt_of(&self, shares: &Int) -> Int {
        up(&(exact(shares.clone()) * self.debt_price()))
    }

    /// Yearly interest; utilisation and rate are cut to a thousandth of a millionth.
    fn yearly_rate(&self, config: &BankConfig) -> Exact {
        let unit = ratio(1, 1_000_000_000);
        let cut = |value: Exact| super::number::down_to(&value, &unit);
        let base = bps(config.base_rate_bps);
        let lent = &self.borrowed + &self.cash;
        if self.borrowed == Int::ZERO {
            return base;
        }
        let used = cut(ratio(self.borrowed.clone(), lent));
        let kink = bps(config.kink_bps);
        let below = bps(config.slope_below_bps);
        if used <= kink {
            return base + cut(below * used / kink);
        }
        let above = bps(config.slope_above_bps);
        base + below + cut(above * (used - &kink) / (exact(1) - kink))
    }

    /// Books interest up to `now`; what does not fit 64 bits is not booked.
    pub fn accrue(&mut self, config: &BankConfig, now: i64) {
        let elapsed = now - self.accrued_at;
        self.accrued_at = now;
        if elapsed == 0 || self.debt_shares == Int::ZERO {
            return;
        }
        let before = self.clone();
        let growth = exact(self.index.clone()) * self.yearly_rate(config) * ratio(elapsed, YEAR);
        let highest = (int(1) << 96) - 1;
        self.index = least(&(&self.index + up(&growth)), &highest);
        self.borrowed = down(&(exact(self.debt_shares.clone()) * self.debt_price()));
        let (fees, insured) = fees_of(&self.borrowed, config);
        let (fees_before, insured_before) = fees_of(&before.borrowed, config);
        let (fees, insured) = (fees - fees_before, insured - insured_before);
        self.protocol_fees += &fees - &insured;
        self.insurance_fees += insured;
        self.lender_assets += &self.borrowed - &before.borrowed - fees;
        let booked = [
            &self.borrowed,
            &self.protocol_fees,
            &self.insurance_fees,
            &self.lender_assets,
        ];
        if !booked.into_iter().all(|amount| fits(amount, 64)) {
            *self = before;
            self.accrued_at = now;
        }
    }

    /// Buys shares at the gross price.
    pub fn deposit(&mut self, atoms: &Int, cap: u64, wound_down: bool) -> Outcome<Int> {
        require(*atoms != Int::ZERO, E::ZeroAmount)?;
        require(!wound_down, E::WoundDown)?;
        let after = &self.lender_assets + atoms;
        require(fits(&after, 64), E::Overflow)?;
        require(after <= int(cap), E::DepositCapExceeded)?;
        let bought = down(&(exact(atoms.clone()) / self.gross_price()));
        require(bought != Int::ZERO, E::AmountTooSmall)?;
        self.shares += &bought;
        require(self.shares <= int(1) << 96, E::Overflow)?;
        self.cash += atoms;
        require(fits(&self.cash, 64), E::Overflow)?;
        self.lender_assets = after;
        Ok(bought)
    }

    /// Redeems shares at the net price.
    pub fn withdraw(&mut self, shares: &Int) -> Outcome<Left> {
        let left = self.release(shares)?;
        require(left.paid <= self.cash, E::InsufficientCash)?;
        self.cash -= &left.paid;
        Ok(left)
    }

    /// Turns shares into insurance fees at the net price.
    pub fn shares_to_insurance(&mut self, shares: &Int) -> Outcome<Left> {
        let left = self.release(shares)?;
        self.insurance_fees += &left.paid;
        require(fits(&self.insurance_fees, 64), E::Overflow)?;
        Ok(left)
    }

    fn release(&mut self, shares: &Int) -> Outcome<Left> {
        require(*shares != Int::ZERO, E::ZeroAmount)?;
        require(*shares <= self.shares, E::InsufficientShares)?;
        let gross = down(&(exact(shares.clone()) * self.gross_price()));
        let paid = down(&(exact(shares.clone()) * self.net_price()));
        let borne = &gross - &paid;
        self.shares -= shares;
        self.lender_assets -= gross;
        self.lower_deficit(&borne);
        self.by_leavers += &borne;
        Ok(Left { paid, borne })
    }

    /// Lowers the deficit, first by what is not on auction.
    pub fn lower_deficit(&mut self, atoms: &Int) {
        self.deficit -= atoms;
        self.on_auction = least(&self.on_auction, &self.deficit);
    }

    /// Lends `atoms` to a position that owes `held`; returns its new debt shares.
    pub fn borrow(
        &mut self,
        atoms: &Int,
        held: &Int,
        config: &BankConfig,
        wound_down: bool,
    ) -> Outcome<Int> {
        require(*atoms != Int::ZERO, E::ZeroAmount)?;
        require(!wound_down, E::WoundDown)?;
        require(*atoms <= self.cash, E::InsufficientCash)?;
        let shares = up(&(exact(atoms.clone()) / self.debt_price()));
        let owed = self.debt_of(&(held + &shares));
        require(owed >= int(config.min_debt), E::DebtBelowMinimum)?;
        self.debt_shares += &shares;
        let borrowed = down(&(exact(self.debt_shares.clone()) * self.debt_price()));
        require(fits(&borrowed, 64), E::Overflow)?;
        self.lender_assets += &borrowed - &self.borrowed - atoms;
        self.borrowed = borrowed;
        self.cash -= atoms;
        let cap = int(config.borrow_cap);
        require(self.borrowed <= cap, E::BorrowCapExceeded)?;
        let lent = exact(&self.borrowed + &self.cash) * bps(config.max_utilisation_bps);
        require(exact(self.borrowed.clone()) <= lent, E::UtilisationTooHigh)?;
        Ok(shares)
    }

    /// Takes up to `offer` for a debt of `held`; returns what is paid and the
    /// debt shares that are gone.
    pub fn repay(&mut self, offer: &Int, held: &Int, min_debt: u64) -> Outcome<(Int, Int)> {
        require(*held != Int::ZERO, E::NoDebt)?;
        require(*offer != Int::ZERO, E::ZeroAmount)?;
        let debt = self.debt_of(held);
        let (paid, shares) = if *offer >= debt {
            (debt, held.clone())
        } else {
            let shares = down(&(exact(offer.clone()) / self.debt_price()));
            (offer.clone(), least(&shares, held))
        };
        let left = self.debt_of(&(held - &shares));
        require(
            left == Int::ZERO || left >= int(min_debt),
            E::DebtBelowMinimum,
        )?;
        let fall = self.remove_debt(&shares);
        self.cash += &paid;
        require(fits(&self.cash, 64), E::Overflow)?;
        self.lender_assets += &paid - fall;
        require(fits(&self.lender_assets, 64), E::Overflow)?;
        Ok((paid, shares))
    }

    /// Takes debt out of the books and says by how much `borrowed` fell.
    pub fn remove_debt(&mut self, shares: &Int) -> Int {
        self.debt_shares -= shares;
        let borrowed = down(&(exact(self.debt_shares.clone()) * self.debt_price()));
        let fall = &self.borrowed - &borrowed;
        self.borrowed = borrowed;
        fall
    }
}

/// Both fees on a whole debt, and insurance's part of them. What an accrual
/// brings is a difference of these.
fn fees_of(borrowed: &Int, config: &BankConfig) -> (Int, Int) {
    let both = config.protocol_fee_bps + config.insurance_fee_bps;
    if both == 0 {
        return (Int::ZERO, Int::ZERO);
    }
    let fees = down(&(exact(borrowed.clone()) * bps(both)));
    let insured = down(&(exact(fees.clone()) * ratio(config.insurance_fee_bps, both)));
    (fees, insured)
}

//! Written-off debt that is paid back after all, reserves that are filled, and
//! fees that are collected.

use crate::error::{EngineError, Result};
use crate::ledger::{add_total, Ledger, VIRTUAL_SHARES};
use crate::units::Atoms;

/// What repaying a record does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Atoms that the payer pays.
    pub paid: Atoms,
    /// The part that lowers the open deficit; it goes to the liquidity vault.
    pub to_deficit: Atoms,
    /// The part that raises the share price of a wound-down bank; it goes to
    /// the liquidity vault.
    pub to_lenders: Atoms,
    /// The part that refills insurance; it goes to the insurance vault.
    pub to_insurance: Atoms,
}

/// What collecting fees does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollectPlan {
    /// The books afterwards.
    pub ledger: Ledger,
    /// Atoms for the fee owner.
    pub to_protocol: Atoms,
    /// Atoms for the insurance vault.
    pub to_insurance: Atoms,
}

impl Ledger {
    /// Repays up to `offer` of a `record` of written-off debt: the open deficit
    /// first, then the insurance vault, which paid for it. In a wound-down bank
    /// lenders lost everything, so they come before insurance, as long as
    /// they hold more than the shares that nobody owns. Exact: nothing is rounded.
    ///
    /// # Errors
    /// `NothingWrittenOff` without a record, `ZeroAmount`.
    pub fn repay_record(
        mut self,
        offer: Atoms,
        record: Atoms,
        wound_down: bool,
    ) -> Result<RecoveryPlan> {
        if record.is_zero() {
            return Err(EngineError::NothingWrittenOff);
        }
        let paid = offer.min(record);
        if paid.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        let to_deficit = paid.min(self.deficit);
        let rest = paid.sub(to_deficit)?;
        let (to_lenders, to_insurance) = if wound_down && self.deposit_shares.0 > VIRTUAL_SHARES {
            (rest, Atoms::ZERO)
        } else {
            (Atoms::ZERO, rest)
        };
        self.cash = self.cash.add(to_deficit)?.add(to_lenders)?;
        self.lower_deficit(to_deficit)?;
        self.totals.recovered = add_total(self.totals.recovered, to_deficit)?;
        self.lender_assets = self.lender_assets.add(to_lenders)?;
        self.insurance = self.insurance.add(to_insurance)?;
        Ok(RecoveryPlan {
            ledger: self,
            paid,
            to_deficit,
            to_lenders,
            to_insurance,
        })
    }

    /// Adds `atoms` to the insurance vault.
    ///
    /// # Errors
    /// `ZeroAmount`, `Overflow`.
    pub fn fund_insurance(mut self, atoms: Atoms) -> Result<Self> {
        if atoms.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        self.insurance = self.insurance.add(atoms)?;
        Ok(self)
    }

    /// Moves both kinds of fees to where they belong, as far as cash goes:
    /// insurance first. Fees wait while a deficit is open.
    ///
    /// # Errors
    /// `DeficitOpen`, `ZeroAmount` if there is nothing to move.
    pub fn collect_fees(mut self) -> Result<CollectPlan> {
        if !self.deficit.is_zero() {
            return Err(EngineError::DeficitOpen {
                deficit: self.deficit.0,
            });
        }
        let to_insurance = self.insurance_fees.min(self.cash);
        self.cash = self.cash.sub(to_insurance)?;
        self.insurance_fees = self.insurance_fees.sub(to_insurance)?;
        self.insurance = self.insurance.add(to_insurance)?;
        let to_protocol = self.protocol_fees.min(self.cash);
        self.cash = self.cash.sub(to_protocol)?;
        self.protocol_fees = self.protocol_fees.sub(to_protocol)?;
        if to_insurance.is_zero() && to_protocol.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        Ok(CollectPlan {
            ledger: self,
            to_protocol,
            to_insurance,
        })
    }
}

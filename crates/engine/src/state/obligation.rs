//! One user's lending account.

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
#[cfg(not(feature = "anchor"))]
use crate::state::Pubkey;
use crate::state::{same_address, Le128};
use crate::units::{DebtShares, Shares};

/// Positions of one obligation.
pub const MAX_POSITIONS: usize = 8;

/// A deposit or a debt in one bank, and what was ever written off there.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Position {
    /// The bank.
    pub bank: Pubkey,
    /// Shares of the bank's lender assets.
    pub deposit_shares: Le128,
    /// Shares of the bank's debt, 2^-32 atoms at index 1.
    pub debt_shares: Le128,
    /// (atoms) Written off and not repaid.
    pub written_off: u64,
    /// 1 if this deposit was there, in a delisted bank, when a debt of the
    /// obligation was written off: it stays until every record is repaid.
    pub withheld: u64,
}

/// One user's lending account. Seeds: `["obligation", market, owner, index]`.
#[cfg_attr(feature = "anchor", account(zero_copy))]
#[cfg_attr(not(feature = "anchor"), derive(Clone, Copy, Pod, Zeroable))]
#[repr(C)]
#[derive(Debug)]
pub struct Obligation {
    /// Layout version.
    pub version: u8,
    /// Canonical bump.
    pub bump: u8,
    /// Which of the owner's obligations in this market.
    pub index: u16,
    /// Positions in use; they come first and keep their order.
    pub position_count: u32,
    /// The market.
    pub market: Pubkey,
    /// The only one who may deposit, withdraw and borrow.
    pub owner: Pubkey,
    /// (unix secs) When the owner last borrowed or withdrew.
    pub risk_raised_at: i64,
    /// The positions.
    pub positions: [Position; MAX_POSITIONS],
    /// Zero; room for later.
    pub reserved: [u8; 128],
}

impl Position {
    /// Whether it has a deposit or a debt. A record alone is not active.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.has_deposit() || self.has_debt()
    }

    /// Whether it has a deposit, however small.
    #[must_use]
    pub fn has_deposit(&self) -> bool {
        self.deposit_shares != Le128::default()
    }

    /// Whether it has a debt, however small.
    #[must_use]
    pub fn has_debt(&self) -> bool {
        self.debt_shares != Le128::default()
    }

    /// The deposit.
    #[must_use]
    pub fn deposit(&self) -> Shares {
        Shares(self.deposit_shares.get())
    }

    /// The debt.
    #[must_use]
    pub fn debt(&self) -> DebtShares {
        DebtShares(self.debt_shares.get())
    }
}

impl Obligation {
    /// (bytes) Account length, discriminator included.
    pub const SPACE: usize = core::mem::size_of::<Self>().saturating_add(8);

    /// Passes for an account of the layout this code knows.
    ///
    /// # Errors
    /// `WrongVersion`.
    pub fn require_version(&self) -> Result<()> {
        super::require_version(self.version)
    }

    /// The positions in use.
    #[must_use]
    pub fn positions(&self) -> &[Position] {
        let count = usize::try_from(self.position_count).unwrap_or(MAX_POSITIONS);
        self.positions.get(..count).unwrap_or(&self.positions)
    }

    /// The position in `bank`.
    ///
    /// # Errors
    /// `NoPosition`.
    pub fn position(&self, bank: &Pubkey) -> Result<&Position> {
        self.positions()
            .iter()
            .find(|position| same_address(&position.bank, bank))
            .ok_or(EngineError::NoPosition)
    }

    /// The position in `bank`, to change.
    ///
    /// # Errors
    /// `NoPosition`.
    pub fn position_mut(&mut self, bank: &Pubkey) -> Result<&mut Position> {
        let index = self.index_of(bank);
        index
            .and_then(|index| self.positions.get_mut(index))
            .ok_or(EngineError::NoPosition)
    }

    /// The position in `bank`; a new one if there is none yet.
    ///
    /// # Errors
    /// `TooManyPositions`.
    pub fn position_or_new(&mut self, bank: &Pubkey) -> Result<&mut Position> {
        let index = match self.index_of(bank) {
            Some(index) => index,
            None => {
                let index = self.positions().len();
                if index >= MAX_POSITIONS {
                    return Err(EngineError::TooManyPositions);
                }
                self.position_count = self
                    .position_count
                    .checked_add(1)
                    .ok_or(EngineError::Overflow)?;
                index
            }
        };
        let position = self
            .positions
            .get_mut(index)
            .ok_or(EngineError::TooManyPositions)?;
        position.bank = *bank;
        Ok(position)
    }

    fn index_of(&self, bank: &Pubkey) -> Option<usize> {
        self.positions()
            .iter()
            .position(|position| same_address(&position.bank, bank))
    }

    /// Frees the position in `bank` if nothing is left in it; those behind it
    /// move up and keep their order.
    pub fn prune(&mut self, bank: &Pubkey) {
        let Some(index) = self.index_of(bank) else {
            return;
        };
        let unused = self
            .positions
            .get(index)
            .is_some_and(|position| !position.is_active() && position.written_off == 0);
        if !unused {
            return;
        }
        if let Some(tail) = self.positions.get_mut(index..) {
            tail.rotate_left(1);
        }
        if let Some(last) = self.positions.last_mut() {
            *last = Position::default();
        }
        self.position_count = self.position_count.saturating_sub(1);
    }

    /// Keeps every deposit that is there now from being carried away while a
    /// record is open: a write-off that ignored it must not leave its owner
    /// richer once the bank is listed again.
    pub fn withhold_deposits(&mut self) {
        for position in &mut self.positions {
            if position.has_deposit() {
                position.withheld = 1;
            }
        }
    }

    /// Whether it owes anything.
    #[must_use]
    pub fn has_debt(&self) -> bool {
        self.positions().iter().any(Position::has_debt)
    }

    /// Whether written-off debt has not been repaid.
    #[must_use]
    pub fn has_record(&self) -> bool {
        self.positions()
            .iter()
            .any(|position| position.written_off > 0)
    }
}

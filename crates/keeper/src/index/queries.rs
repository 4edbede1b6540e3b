//! What the index can be asked.

use backstop_client::program::constants::VERSION;
use backstop_client::program::state::{Obligation, Position};
use backstop_engine::health::Sums;
use bytemuck::Zeroable;
use solana_pubkey::Pubkey;

use super::arena::{Side, Status};
use super::bank::BankState;
use super::Index;

/// How many obligations are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub obligations: usize,
    /// Can be liquidated.
    pub unhealthy: usize,
    /// Wait for a write-off.
    pub bare: usize,
}

impl Index {
    /// Every obligation that can be liquidated, with its maintenance sums.
    pub fn unhealthy(&self) -> impl Iterator<Item = (Pubkey, Sums)> + '_ {
        self.unhealthy.values().copied()
    }

    /// The sums of an obligation that can be liquidated.
    #[must_use]
    pub fn sums(&self, address: &Pubkey) -> Option<Sums> {
        let slot = self.arena.find(address)?;
        self.unhealthy.get(&slot).map(|(_, sums)| *sums)
    }

    /// Obligations whose debt in `bank` waits for a write-off: they owe and have
    /// nothing that counts. Whether one may be written off now depends on the
    /// age of its last borrowing and on the bank's settings as well.
    pub fn candidates(&self, bank: &Pubkey) -> impl Iterator<Item = Pubkey> + '_ {
        let number = self.numbers.get(bank).copied();
        let entry = number.and_then(|number| self.banks.get(usize::from(number)));
        entry
            .into_iter()
            .flat_map(|entry| &entry.bare)
            .map(|slot| self.arena.slot(*slot).address)
    }

    /// An obligation as far as health and plans are concerned: its active
    /// positions in their order, and when its owner last raised its risk. Owner,
    /// records and bumps are not kept.
    #[must_use]
    pub fn obligation(&self, address: &Pubkey) -> Option<Obligation> {
        let slot = self.arena.find(address)?;
        let mut obligation = Obligation::zeroed();
        obligation.version = VERSION;
        obligation.risk_raised_at = self.arena.slot(slot).risk_raised_at;
        for (position, row) in obligation.positions.iter_mut().zip(self.arena.rows(slot)) {
            *position = Position {
                bank: self.banks[usize::from(row.bank)].address,
                ..Position::default()
            };
            match row.side {
                Side::Deposit => position.deposit_shares = row.shares.into(),
                Side::Debt => position.debt_shares = row.shares.into(),
            }
            obligation.position_count += 1;
        }
        Some(obligation)
    }

    /// What the last look at an obligation found.
    #[must_use]
    pub fn status(&self, address: &Pubkey) -> Option<Status> {
        let slot = self.arena.find(address)?;
        Some(self.arena.slot(slot).status)
    }

    /// A bank as the last update left it.
    #[must_use]
    pub fn bank(&self, address: &Pubkey) -> Option<&BankState> {
        let number = self.numbers.get(address)?;
        self.banks
            .get(usize::from(*number))
            .map(|entry| &entry.state)
    }

    /// How many obligations are in which state.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            obligations: self.arena.count(),
            unhealthy: self.unhealthy.len(),
            bare: self.bare,
        }
    }
}

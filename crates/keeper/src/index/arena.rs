//! Where obligations live: slots in one vector, their positions in another.
//! Both are used again once freed, and nothing is allocated for a single one.

use std::collections::HashMap;

use solana_pubkey::Pubkey;

/// Positions that an obligation may have.
pub const MAX_POSITIONS: usize = backstop_client::program::constants::MAX_POSITIONS;

/// Which side of a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Deposit shares.
    Deposit,
    /// Debt shares.
    Debt,
}

/// One active position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Deposit or debt shares, by `side`.
    pub shares: u128,
    /// Place in the queue of its bank and side; 0 when it stands in none.
    pub key: u64,
    /// Number of its bank.
    pub bank: u16,
    /// Which of the two.
    pub side: Side,
    /// Whether every update of the bank looks at the obligation.
    pub is_hot: bool,
}

/// What the last look at an obligation found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It owes nothing.
    Idle,
    /// Weighted collateral covers weighted debt.
    Healthy,
    /// It can be liquidated.
    Unhealthy,
    /// It owes, and no deposit of it counts.
    Bare,
    /// A bank of it has no usable price.
    Unpriced,
    /// Its sums do not fit their types; the program refuses it as well.
    Unreadable,
}

/// One obligation.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its account.
    pub address: Pubkey,
    /// (unix secs) When its owner last borrowed or withdrew.
    pub risk_raised_at: i64,
    first: u32,
    count: u8,
    /// What the last look found.
    pub status: Status,
}

/// All obligations of a market.
#[derive(Debug, Default)]
pub struct Arena {
    slots: Vec<Slot>,
    free_slots: Vec<u32>,
    rows: Vec<Row>,
    /// Freed runs of rows, by length.
    free_rows: [Vec<u32>; MAX_POSITIONS + 1],
    by_address: HashMap<Pubkey, u32>,
}

impl Arena {
    /// How many obligations there are.
    pub fn count(&self) -> usize {
        self.by_address.len()
    }

    /// The slot of an obligation.
    pub fn find(&self, address: &Pubkey) -> Option<u32> {
        self.by_address.get(address).copied()
    }

    /// Slots in use, in no order.
    pub fn occupied(&self) -> impl Iterator<Item = u32> + '_ {
        self.by_address.values().copied()
    }

    /// One obligation. The slot must be in use.
    pub fn slot(&self, slot: u32) -> &Slot {
        &self.slots[place(slot)]
    }

    /// The same, to change.
    pub fn slot_mut(&mut self, slot: u32) -> &mut Slot {
        &mut self.slots[place(slot)]
    }

    /// Its positions, in their order on chain.
    pub fn rows(&self, slot: u32) -> &[Row] {
        let Slot { first, count, .. } = *self.slot(slot);
        &self.rows[place(first)..][..usize::from(count)]
    }

    /// The same, to change.
    pub fn rows_mut(&mut self, slot: u32) -> &mut [Row] {
        let Slot { first, count, .. } = *self.slot(slot);
        &mut self.rows[place(first)..][..usize::from(count)]
    }

    /// Makes room for a new obligation.
    ///
    /// # Panics
    /// Beyond 2³² obligations or positions, far beyond any memory.
    pub fn insert(&mut self, address: Pubkey, risk_raised_at: i64, rows: &[Row]) -> u32 {
        let (first, count) = self.store(rows);
        let slot = Slot {
            address,
            risk_raised_at,
            first,
            count,
            status: Status::Idle,
        };
        let number = match self.free_slots.pop() {
            Some(number) => {
                self.slots[place(number)] = slot;
                number
            }
            None => {
                self.slots.push(slot);
                number_of(self.slots.len() - 1)
            }
        };
        self.by_address.insert(address, number);
        number
    }

    /// Replaces the positions of an obligation.
    pub fn replace(&mut self, slot: u32, risk_raised_at: i64, rows: &[Row]) {
        if self.rows(slot).len() == rows.len() {
            self.rows_mut(slot).copy_from_slice(rows);
        } else {
            self.release(slot);
            let (first, count) = self.store(rows);
            let slot = self.slot_mut(slot);
            slot.first = first;
            slot.count = count;
        }
        self.slot_mut(slot).risk_raised_at = risk_raised_at;
    }

    /// Frees an obligation.
    pub fn remove(&mut self, slot: u32) {
        self.release(slot);
        let address = self.slot(slot).address;
        self.by_address.remove(&address);
        self.free_slots.push(slot);
    }

    fn release(&mut self, slot: u32) {
        let Slot { first, count, .. } = *self.slot(slot);
        if count > 0 {
            self.free_rows[usize::from(count)].push(first);
        }
    }

    fn store(&mut self, rows: &[Row]) -> (u32, u8) {
        let count = u8::try_from(rows.len()).unwrap_or(u8::MAX);
        if rows.is_empty() {
            return (0, 0);
        }
        if let Some(first) = self.free_rows[rows.len()].pop() {
            self.rows[place(first)..][..rows.len()].copy_from_slice(rows);
            return (first, count);
        }
        let first = number_of(self.rows.len());
        self.rows.extend_from_slice(rows);
        (first, count)
    }
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn number_of(place: usize) -> u32 {
    u32::try_from(place).expect("fewer than 2^32 obligations and positions")
}

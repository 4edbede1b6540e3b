//! Every obligation of a market in memory, found by what an update can have
//! touched.
//!
//! # How it finds them
//!
//! Each look at an obligation (the engine's maintenance sums, exactly as the
//! program adds them) yields a margin: weighted collateral less weighted debt.
//! Every position that counts gets an equal part of it, and that part is turned
//! into the *effective price* of its bank at which it would be used up. Each
//! bank keeps its deposits and its debts ordered by these prices. An update of
//! a bank (price, interest, net share price, weights: all of them are in the
//! effective price) looks again at those whose trigger it has passed, and at no
//! other.
//!
//! # Why no unhealthy obligation is ever missed
//!
//! At the last look at an obligation let `Cᵢ` and `Dⱼ` be what its deposits and
//! debts added to the sums, `M = ΣC − ΣD ≥ 0`, `n` the number of positions that
//! count, and `m = ⌊M/n⌋`. Later values carry a prime. If `Cᵢ′ ≥ Cᵢ − m` for each
//! deposit and `Dⱼ′ ≤ Dⱼ + m` for each debt, then `ΣC′ − ΣD′ ≥ M − n·m ≥ 0`: it is
//! healthy, whatever each bank did by itself and however many moved at once.
//! What is left to show is that both inequalities hold while no trigger is
//! passed. Let `q` be the value of one atom in units of 10⁻¹² dollars and
//! `t, w < 2³² = W` the weights.
//!
//! *Deposit* of `s` shares. With `p`, the net assets and a virtual atom over all
//! shares and the virtual ones, the engine adds `C = ⌊⌊s·p⌋·q⌋·t`, which is more than
//! `(s·p − 1)·q·t − W`. The effective price is `E = p·q·t`, and `q·t = E/p ≤ B·E`,
//! where `B ≥ 1/p` bounds the shares in an atom. So `C′ > (s − B)·E′ − W`, and
//! `C′ ≥ C − m` while `E′ ≥ T = (C − m + W) / (s − B)`. With `s ≤ B` the trigger is
//! always passed; with `C ≤ m` there is none, as `C′ ≥ 0`. `B` is fixed at twice
//! what it had to be; when a share price halves, it grows, and all deposits of
//! the bank are looked at again.
//!
//! *Debt* of `s` shares. With the index `i ≥ 2⁻³²` (in atoms per share) the
//! engine adds `D = ⌈⌈s·i⌉·q⌉·w`, which is less than `(s·i + 1)·q·w + W`. With
//! `E = i·q·w` and `q·w = E/i ≤ 2³²·E` it follows that `D′ < (s + 2³²)·E′ + W`, and
//! `D′ ≤ D + m` while `E′ ≤ T = (D + m − W) / (s + 2³²)`.
//!
//! *Rounding.* Triggers and effective prices are compared as 64-bit keys that
//! keep the order of numbers (`level.rs`). The effective price of a deposit is
//! rounded down and its trigger up, those of a debt the other way round: at
//! every step towards one look too many, never one too few.
//!
//! # What else there is
//!
//! - *Unhealthy* obligations are looked at on every update of a bank of theirs:
//!   each bank keeps a list of those. Their triggers stay where they were, as
//!   most come back to them; one that is passed meanwhile is one look too many.
//! - Obligations with debt whose deposits are all in delisted banks, or that
//!   have none, are *bare*: they wait for a write-off, whatever any price is,
//!   and are kept by the bank of the debt.
//! - While a bank has *no usable price* the program refuses to liquidate
//!   whoever has a position in it, so such an obligation is not unhealthy. Its
//!   healthy obligations keep their triggers, which hold again when the price is
//!   back; one that some other bank puts in question is looked at once the
//!   price is back, and until then costs next to nothing.
//! - Sums that do not *fit* are looked at on every update; the program refuses
//!   them as well.

mod arena;
mod bank;
mod evaluate;
mod level;
mod queries;

use std::collections::{BTreeMap, HashMap};

use backstop_client::program::state::Obligation;
use backstop_engine::health::Sums;
use solana_pubkey::Pubkey;

pub use self::arena::Status;
use self::arena::{Arena, Row, Side, MAX_POSITIONS};
pub use self::bank::BankState;
use self::bank::Entry;
pub use self::queries::Counts;

/// Why an obligation cannot be filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It has a position in a bank that the index has not seen.
    #[error("bank {0} is not known yet: read it, update the index with it, and try again")]
    UnknownBank(Pubkey),
    /// More banks than numbers for them.
    #[error("the market has more than 65,535 banks: raise the width of bank numbers")]
    TooManyBanks,
}

/// What an update led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Obligations that were looked at.
    pub looks: usize,
    /// Those among them that can be liquidated now, were they so before or not.
    pub unhealthy: Vec<Pubkey>,
}

/// All obligations of one market.
#[derive(Debug, Default)]
pub struct Index {
    arena: Arena,
    banks: Vec<Entry>,
    numbers: HashMap<Pubkey, u16>,
    /// With the address, which a decision on all of them needs in a row.
    unhealthy: BTreeMap<u32, (Pubkey, Sums)>,
    bare: usize,
}

impl Index {
    /// An index without banks and obligations.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a bank as it is now, new or known, and looks at every obligation
    /// that the change can have made unhealthy.
    ///
    /// # Errors
    /// `TooManyBanks`.
    pub fn update_bank(
        &mut self,
        address: Pubkey,
        state: BankState,
    ) -> Result<Touched, IndexError> {
        let Some(number) = self.numbers.get(&address).copied() else {
            let number = u16::try_from(self.banks.len()).map_err(|_| IndexError::TooManyBanks)?;
            self.banks.push(Entry::new(address, state));
            self.numbers.insert(address, number);
            return Ok(Touched::default());
        };
        let entry = &mut self.banks[usize::from(number)];
        let before = core::mem::replace(&mut entry.state, state);
        let was_widened = entry.widen();
        entry.move_levels();

        let mut popped = Vec::new();
        if state.is_priced {
            for side in [Side::Deposit, Side::Debt] {
                let queue = entry.queue(side);
                popped.extend(core::iter::from_fn(|| queue.pop_passed()).map(|s| (s, side)));
            }
        }
        if was_widened {
            let all = || entry.deposits.pop_above(0);
            popped.extend(core::iter::from_fn(all).map(|s| (s, Side::Deposit)));
        }
        let mut slots: Vec<u32> = popped.iter().map(|(slot, _)| *slot).collect();
        // Without a price before and after, what is looked at always is out of
        // reach as it was.
        if before.is_priced || state.is_priced {
            slots.extend(&entry.hot);
        }
        // In the order of memory, which costs less than that of the queue.
        popped.sort_unstable_by_key(|(slot, _)| *slot);
        for (slot, side) in popped {
            for row in self.arena.rows_mut(slot) {
                if row.bank == number && row.side == side {
                    row.key = 0;
                }
            }
        }
        if before.is_delisted != state.is_delisted {
            slots.extend(self.depositors(number));
        }
        slots.sort_unstable();
        slots.dedup();
        let mut touched = Touched::default();
        for slot in slots {
            self.look(slot, &mut touched);
        }
        Ok(touched)
    }

    fn depositors(&self, bank: u16) -> Vec<u32> {
        let holds = |slot: &u32| {
            let mut rows = self.arena.rows(*slot).iter();
            rows.any(|row| row.bank == bank && row.side == Side::Deposit)
        };
        self.arena.occupied().filter(holds).collect()
    }

    /// Takes an obligation as it is now, new or known.
    ///
    /// # Errors
    /// `UnknownBank`; the index keeps what it knew.
    pub fn update_obligation(
        &mut self,
        address: Pubkey,
        obligation: &Obligation,
    ) -> Result<Touched, IndexError> {
        let mut rows = [Row {
            shares: 0,
            key: 0,
            bank: 0,
            side: Side::Deposit,
            is_hot: false,
        }; MAX_POSITIONS];
        let mut count = 0;
        for position in obligation.positions().iter().filter(|p| p.is_active()) {
            let bank = self.numbers.get(&position.bank).copied();
            let bank = bank.ok_or(IndexError::UnknownBank(position.bank))?;
            let (side, shares) = if position.has_debt() {
                (Side::Debt, position.debt().0)
            } else {
                (Side::Deposit, position.deposit().0)
            };
            rows[count] = Row {
                shares,
                key: 0,
                bank,
                side,
                is_hot: false,
            };
            count += 1;
        }
        let rows = &rows[..count];
        let risk_raised_at = obligation.risk_raised_at;
        let slot = match self.arena.find(&address) {
            Some(slot) => {
                self.unfile(slot);
                self.arena.replace(slot, risk_raised_at, rows);
                slot
            }
            None => self.arena.insert(address, risk_raised_at, rows),
        };
        let mut touched = Touched::default();
        self.look(slot, &mut touched);
        Ok(touched)
    }

    /// Forgets an obligation that was closed. Says whether it was there.
    pub fn remove(&mut self, address: &Pubkey) -> bool {
        let Some(slot) = self.arena.find(address) else {
            return false;
        };
        self.unfile(slot);
        self.arena.remove(slot);
        true
    }

    /// Takes an obligation out of every list.
    fn unfile(&mut self, slot: u32) {
        for row in self.arena.rows_mut(slot) {
            let bank = &mut self.banks[usize::from(row.bank)];
            bank.queue(row.side).shift(slot, row.key, 0);
            row.key = 0;
            bank.hot.remove(&slot);
            row.is_hot = false;
        }
        self.set_status(slot, Status::Idle, Sums::default());
    }

    /// Looks at an obligation and files it anew.
    fn look(&mut self, slot: u32, touched: &mut Touched) {
        touched.looks += 1;
        let look = evaluate::look(self.arena.rows(slot), &self.banks);
        for (number, row) in self.arena.rows_mut(slot).iter_mut().enumerate() {
            let bank = &mut self.banks[usize::from(row.bank)];
            if let Some(places) = look.places {
                bank.queue(row.side).shift(slot, row.key, places[number]);
                row.key = places[number];
            }
            let is_hot = look.hot.contains(number);
            if is_hot && !row.is_hot {
                bank.hot.insert(slot);
            } else if row.is_hot && !is_hot {
                bank.hot.remove(&slot);
            }
            row.is_hot = is_hot;
        }
        self.set_status(slot, look.status, look.sums);
        if look.status == Status::Unhealthy {
            touched.unhealthy.push(self.arena.slot(slot).address);
        }
    }

    fn set_status(&mut self, slot: u32, status: Status, sums: Sums) {
        let kept = self.arena.slot_mut(slot);
        let before = core::mem::replace(&mut kept.status, status);
        if status == Status::Unhealthy {
            self.unhealthy.insert(slot, (kept.address, sums));
        } else if before == Status::Unhealthy {
            self.unhealthy.remove(&slot);
        }
        if before == status {
            return;
        }
        if before == Status::Bare || status == Status::Bare {
            let is_bare = status == Status::Bare;
            for row in self
                .arena
                .rows(slot)
                .iter()
                .filter(|r| r.side == Side::Debt)
            {
                let bare = &mut self.banks[usize::from(row.bank)].bare;
                if is_bare {
                    bare.insert(slot);
                } else {
                    bare.remove(&slot);
                }
            }
            self.bare = if is_bare {
                self.bare + 1
            } else {
                self.bare.saturating_sub(1)
            };
        }
    }
}

//! Which banks an obligation is active in, followed through a transaction that
//! has not been sent: each instruction needs the list as it will be then.

use {super::cast::Cast, crate::world::World, backstop::state::Obligation};

/// One position, as far as lists of banks depend on it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    bank: usize,
    deposit: bool,
    debt: bool,
    record: bool,
}

/// The positions of one obligation.
#[derive(Clone, Debug, Default)]
pub struct Positions(Vec<Slot>);

impl Positions {
    /// Those that are there now.
    pub fn of(world: &World, cast: &Cast, obligation: &Obligation) -> Self {
        let slots = obligation.positions().iter().filter_map(|position| {
            Some(Slot {
                bank: cast.index_of(world, &position.bank)?,
                deposit: position.has_deposit(),
                debt: position.has_debt(),
                record: position.written_off > 0,
            })
        });
        Self(slots.collect())
    }

    /// Banks of active positions, in order.
    pub fn active(&self) -> impl Iterator<Item = usize> + '_ {
        self.0
            .iter()
            .filter(|slot| slot.deposit || slot.debt)
            .map(|slot| slot.bank)
    }

    /// Whether anything is owed.
    pub fn has_debt(&self) -> bool {
        self.0.iter().any(|slot| slot.debt)
    }

    /// Notes that there is, or is no longer, a deposit in `bank`.
    pub fn set_deposit(&mut self, bank: usize, there: bool) {
        self.change(bank, |slot| slot.deposit = there);
    }

    /// Notes that there is, or is no longer, a debt in `bank`.
    pub fn set_debt(&mut self, bank: usize, there: bool) {
        self.change(bank, |slot| slot.debt = there);
    }

    fn change(&mut self, bank: usize, change: impl FnOnce(&mut Slot)) {
        let index = match self.0.iter().position(|slot| slot.bank == bank) {
            Some(index) => index,
            None => {
                self.0.push(Slot {
                    bank,
                    deposit: false,
                    debt: false,
                    record: false,
                });
                self.0.len() - 1
            }
        };
        change(&mut self.0[index]);
        self.0
            .retain(|slot| slot.deposit || slot.debt || slot.record);
    }
}

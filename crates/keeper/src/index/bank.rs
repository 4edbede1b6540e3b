//! What the index knows of a bank, and the queues of positions in it.

use std::collections::BTreeSet;

use backstop_client::program::state::Bank;
use backstop_engine::health::Asset;
use backstop_engine::ledger::{Ledger, INDEX_ONE, VIRTUAL_ATOMS, VIRTUAL_SHARES};
use backstop_engine::price::VALUE_EXPONENT;
use backstop_engine::units::UnixTime;
use core::num::NonZeroU128;
use solana_pubkey::Pubkey;

use super::arena::Side;
use super::level::{Level, Round};

/// The place in a queue that every update passes.
pub const ALWAYS: u64 = u64::MAX;

/// Debt shares in an atom at the lowest index there is: at most this many ever.
pub const DEBT_SHARES_PER_ATOM: u128 = 1 << 32;

/// One bank at one moment, as the program would see it in a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankState {
    /// Books, with interest up to the moment.
    pub ledger: Ledger,
    /// Price, decimals and weights. The price counts only with `is_priced`.
    pub asset: Asset,
    /// Whether the program would accept the price now.
    pub is_priced: bool,
    /// Whether deposits here count as nothing.
    pub is_delisted: bool,
}

impl BankState {
    /// A bank whose price was stored in `slot`, at `now`. With a view of the
    /// client, `MarketView::refreshed` stores every usable price first. Books
    /// that cannot be right leave it without a price.
    #[must_use]
    pub fn at(bank: &Bank, slot: u64, now: i64) -> Self {
        let now = UnixTime(now.max(bank.ledger.accrued_at));
        let books = bank.accrued(now);
        let ledger = books.as_ref().map_or_else(|_| bank.ledger.get(), |l| *l);
        let is_sound = books.is_ok() && ledger.net_assets().is_ok() && ledger.index >= INDEX_ONE;
        Self {
            ledger,
            asset: bank.asset(),
            is_priced: is_sound && bank.require_price(slot).is_ok(),
            is_delisted: bank.is_delisted(),
        }
    }

    /// Deposit shares in an atom at the net price, rounded up.
    fn shares_per_atom_up(&self) -> u128 {
        let assets = u128::from(self.ledger.net_assets().unwrap_or_default().0) + VIRTUAL_ATOMS;
        self.shares().get().div_ceil(assets)
    }

    fn shares(&self) -> NonZeroU128 {
        NonZeroU128::MIN.saturating_add(
            self.ledger
                .deposit_shares
                .0
                .saturating_add(VIRTUAL_SHARES - 1),
        )
    }

    /// What one share adds to a weighted sum, in 10⁻¹⁶ dollars: the effective
    /// price of one side.
    fn effective(&self, side: Side, round: Round) -> Level {
        let price = &self.asset.price;
        let weights = &self.asset.weights;
        let spot = Level::new(u128::from(price.spot), round);
        let power = price
            .exponent
            .saturating_sub(i32::from(self.asset.decimals))
            .saturating_sub(VALUE_EXPONENT);
        let factor = 10u128.saturating_pow(power.unsigned_abs());
        let value = match NonZeroU128::new(factor) {
            Some(factor) if power < 0 => spot.over(factor, round),
            _ => spot.times(factor, round),
        };
        match side {
            Side::Deposit => {
                let assets =
                    u128::from(self.ledger.net_assets().unwrap_or_default().0) + VIRTUAL_ATOMS;
                value
                    .times(assets, round)
                    .times(u128::from(weights.liquidation_threshold.0), round)
                    .over(self.shares(), round)
            }
            Side::Debt => value
                .times(self.ledger.index, round)
                .times(u128::from(weights.liability_weight.0), round)
                .shift(-96),
        }
    }
}

/// Positions of one bank and side, ordered by how soon a move passes them.
#[derive(Debug, Default)]
pub struct Queue {
    places: BTreeSet<(u64, u32)>,
    /// Places above this one are passed.
    passed: u64,
}

impl Queue {
    /// Moves a position from one place to another; 0 is outside the queue.
    pub fn shift(&mut self, slot: u32, from: u64, to: u64) {
        if from == to {
            return;
        }
        if from != 0 {
            self.places.remove(&(from, slot));
        }
        if to != 0 {
            self.places.insert((to, slot));
        }
    }

    /// Takes out the next position that is passed.
    pub fn pop_passed(&mut self) -> Option<u32> {
        self.pop_above(self.passed)
    }

    /// Takes out the next position above `place`.
    pub fn pop_above(&mut self, place: u64) -> Option<u32> {
        match self.places.last() {
            Some((key, _)) if *key > place => self.places.pop_last().map(|(_, slot)| slot),
            _ => None,
        }
    }
}

/// A bank in the index.
#[derive(Debug)]
pub struct Entry {
    /// Its account.
    pub address: Pubkey,
    /// What it was at the last update.
    pub state: BankState,
    /// Positions with a deposit.
    pub deposits: Queue,
    /// Positions with a debt.
    pub debts: Queue,
    /// Obligations that every update looks at.
    pub hot: BTreeSet<u32>,
    /// Obligations that owe here and have nothing that counts.
    pub bare: BTreeSet<u32>,
    /// Deposit shares in an atom: never more since the deposits were filed.
    pub shares_per_atom: u128,
}

impl Entry {
    /// A bank that no obligation is in yet.
    pub fn new(address: Pubkey, state: BankState) -> Self {
        let mut entry = Self {
            address,
            state,
            deposits: Queue::default(),
            debts: Queue::default(),
            hot: BTreeSet::new(),
            bare: BTreeSet::new(),
            shares_per_atom: 0,
        };
        entry.widen();
        entry.move_levels();
        entry
    }

    /// The queue of one side.
    pub fn queue(&mut self, side: Side) -> &mut Queue {
        match side {
            Side::Deposit => &mut self.deposits,
            Side::Debt => &mut self.debts,
        }
    }

    /// Makes room for the share price to halve. Says whether it had to.
    pub fn widen(&mut self) -> bool {
        let now = self.state.shares_per_atom_up();
        if now <= self.shares_per_atom {
            return false;
        }
        self.shares_per_atom = now.saturating_mul(2);
        true
    }

    /// Moves both levels to the effective prices of now.
    pub fn move_levels(&mut self) {
        if !self.state.is_priced {
            return;
        }
        let deposit = self.state.effective(Side::Deposit, Round::Down);
        self.deposits.passed = deposit.key(Round::Down).min(ALWAYS - 1);
        let debt = self.state.effective(Side::Debt, Round::Up);
        self.debts.passed = !debt.key(Round::Up).max(1);
    }
}

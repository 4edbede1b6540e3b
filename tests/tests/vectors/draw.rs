//! Numbers of every magnitude, and books that balance.

use backstop_engine::{
    bucket::Bucket,
    ledger::{Ledger, INDEX_MAX, INDEX_ONE},
    math,
    units::{Atoms, Bps, DebtShares, Shares, UnixTime},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// (unix secs) Around which all times lie.
pub const NOW: i64 = 1_764_000_000;

/// A source of numbers.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The source that belongs to a name.
    pub fn of(name: &str) -> Self {
        let seed = name.bytes().fold(7u64, |seed, byte| {
            seed.wrapping_mul(131).wrapping_add(u64::from(byte))
        });
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From `low` to `high`, both included, every number as likely.
    pub fn within(&mut self, low: u32, high: u32) -> u32 {
        self.0.random_range(low..=high)
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: u32) -> bool {
        self.within(1, n) == 1
    }

    /// Up to `bits` bits, every magnitude as likely; now and then an end.
    pub fn bits(&mut self, bits: u32) -> u128 {
        let most = u128::MAX.checked_shr(128 - bits).unwrap_or(0);
        match self.within(0, 24) {
            0 => 0,
            1 => 1,
            2 => most,
            _ => {
                let length = self.within(1, bits);
                let top = 1u128 << (length - 1);
                top | (self.0.random::<u128>() & (top - 1))
            }
        }
    }

    /// A `u64` of any magnitude up to `bits` bits.
    pub fn u64(&mut self, bits: u32) -> u64 {
        u64::try_from(self.bits(bits)).unwrap()
    }

    /// An amount of any magnitude up to `bits` bits.
    pub fn atoms(&mut self, bits: u32) -> Atoms {
        Atoms(self.u64(bits))
    }

    /// A part of `whole`: nothing, all of it, a little more, or some of it.
    pub fn part(&mut self, whole: u128) -> u128 {
        match self.within(0, 9) {
            0 => 0,
            1 => whole,
            2 => whole.saturating_add(1),
            _ => {
                let share = u128::from(self.within(1, 1_000_000));
                (whole / 1_000_000) * share + (whole % 1_000_000) * share / 1_000_000
            }
        }
    }

    /// A part of a `u64`.
    pub fn part64(&mut self, whole: u64) -> u64 {
        u64::try_from(self.part(u128::from(whole))).unwrap_or(whole)
    }

    /// Basis points up to `most`.
    pub fn bps(&mut self, most: u32) -> Bps {
        Bps(self.within(0, most))
    }

    /// A time up to `secs` seconds before [`NOW`], rarely after it.
    pub fn before_now(&mut self, secs: u32) -> UnixTime {
        if self.once_in(20) {
            return UnixTime(NOW + i64::from(self.within(0, 3)));
        }
        UnixTime(NOW - i64::from(self.within(0, secs)))
    }

    /// Books that balance, up to `bits` bits deep, with a deficit now and then.
    pub fn ledger(&mut self, bits: u32) -> Ledger {
        let index = match self.within(0, 9) {
            0 => INDEX_ONE,
            1 => INDEX_MAX,
            2 => INDEX_ONE + (self.bits(96) >> 1) % (INDEX_MAX - INDEX_ONE),
            _ => INDEX_ONE + self.bits(64),
        };
        let owed = self.u64(bits);
        let debt_shares = DebtShares(((u128::from(owed) << 64) / index) << 32);
        let borrowed = math::mul_shr_down(debt_shares.0, index, 96).unwrap();
        let borrowed = u64::try_from(borrowed).unwrap();
        let cash = self.u64(bits);
        let deficit = if self.once_in(2) { 0 } else { self.u64(bits) };
        let on_auction = if self.once_in(2) {
            0
        } else {
            self.part64(deficit).min(deficit)
        };
        let backing = u128::from(cash) + u128::from(borrowed) + u128::from(deficit);
        let fee = |draw: &mut Self| {
            let most = u64::try_from(backing / 8).unwrap_or(u64::MAX);
            draw.part64(most.min(cash)).min(cash)
        };
        let (protocol_fees, insurance_fees) = (fee(self), fee(self));
        let fees = u128::from(protocol_fees) + u128::from(insurance_fees);
        let lender_assets = backing.saturating_sub(fees);
        let lender_assets = u64::try_from(lender_assets).unwrap_or(u64::MAX);
        let per_atom = u128::from(self.within(900_000, 1_200_000));
        Ledger {
            cash: Atoms(cash),
            borrowed: Atoms(borrowed),
            deficit: Atoms(deficit),
            on_auction: Atoms(on_auction),
            protocol_fees: Atoms(protocol_fees),
            insurance_fees: Atoms(insurance_fees),
            insurance: if self.once_in(3) {
                Atoms(0)
            } else {
                self.atoms(bits)
            },
            lender_assets: Atoms(lender_assets),
            deposit_shares: Shares(u128::from(lender_assets) * per_atom),
            debt_shares,
            index,
            accrued_at: UnixTime(NOW),
            deficit_since: if deficit > 0 {
                self.before_now(2_000_000)
            } else {
                UnixTime(0)
            },
            ..Ledger::default()
        }
    }

    /// A bucket that was filled lately.
    pub fn bucket(&mut self, capacity: u64) -> Bucket {
        Bucket {
            level: self.part64(capacity),
            filled_at: self.before_now(200_000),
        }
    }
}

//! When two worlds are the same: what no call can tell apart is left out.
//!
//! Times count relative to now, and no further than any rule looks. History
//! (totals, wallets, records repaid) is left out, since no rule reads it and the
//! properties compare it step by step. Of what is left a fingerprint of 128 bits is
//! kept: among a million states two that differ share one with a chance of 10⁻²⁷.

use backstop_engine::bucket::Bucket;
use backstop_engine::units::{Atoms, UnixTime};

use crate::world::{Bank, Rules, World, BANKS};

/// A running fingerprint: two lanes of multiply and rotate.
struct Fingerprint(u64, u64);

impl Fingerprint {
    fn put(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product >> 64) as u64 ^ (product as u64).rotate_left(29);
        self.1 =
            (self.1.rotate_left(23) ^ word).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ (self.0 >> 7);
    }

    fn put_wide(&mut self, word: u128) {
        self.put(word as u64);
        self.put((word >> 64) as u64);
    }
}

fn age(now: UnixTime, then: UnixTime, most: u64) -> u64 {
    now.since(then).unwrap().min(most)
}

/// Seconds until `then`; all that is over is alike.
fn until(now: UnixTime, then: UnixTime) -> u64 {
    u64::try_from(then.0 - now.0 + 1).unwrap_or(0)
}

impl World {
    /// What makes this world differ from others of the same rules.
    pub fn fingerprint(&self, rules: &Rules) -> u128 {
        let mut f = Fingerprint(0x2545_F491_4F6C_DD1D, 0x9E6C_63D0_876A_68DE);
        for bank in 0..BANKS {
            self.put_bank(&mut f, rules, bank);
        }
        for user in &self.users {
            for bank in 0..BANKS {
                f.put_wide(user.deposits[bank].0);
                f.put_wide(user.debts[bank].0);
                f.put(user.records[bank].0 << 1 | u64::from(user.withheld[bank]));
            }
            let most = rules.banks.iter().map(|bank| bank.min_risk_age_secs).max();
            f.put(age(
                self.now,
                user.risk_raised_at,
                most.map_or(0, u64::from),
            ));
        }
        f.put(self.issuance.supply.0);
        f.put(self.issuance.outstanding.0);
        self.put_bucket(&mut f, self.issuance.bucket, rules.limits.window_secs);
        let [since, until_paused] = rules.issuance_pause;
        f.put(until(self.now, until_paused));
        f.put(until(self.now, since));
        f.put(until(self.now, rules.write_off_pause));
        if rules.has_feed {
            let most = rules
                .banks
                .iter()
                .map(|bank| bank.socialise_delay_secs)
                .max();
            f.put(age(
                self.now,
                self.priced_at,
                most.map_or(0, |secs| 1 + u64::from(secs)),
            ));
        }
        f.put(u64::from(self.crashed));
        u128::from(f.0) << 64 | u128::from(f.1)
    }

    fn put_bank(&self, f: &mut Fingerprint, rules: &Rules, bank: usize) {
        let (of, own) = (&rules.banks[bank], &self.banks[bank]);
        let l = &own.ledger;
        for Atoms(atoms) in [
            l.cash,
            l.borrowed,
            l.deficit,
            l.on_auction,
            l.protocol_fees,
            l.insurance_fees,
            l.insurance,
            l.lender_assets,
        ] {
            f.put(atoms);
        }
        f.put_wide(l.deposit_shares.0);
        f.put_wide(l.debt_shares.0);
        f.put_wide(l.index);
        let earns = of.curve.highest().0 > 0 && !l.debt_shares.is_zero();
        f.put(if earns {
            age(self.now, l.accrued_at, u64::MAX)
        } else {
            0
        });
        f.put(self.deficit_age(rules, bank));
        self.put_bucket(f, own.draws, of.draw_limit.window_secs);
        self.put_bucket(f, own.bounties, of.bounty_limit.window_secs);
        self.put_sales(f, rules, own);
        f.put(u64::from(
            own.failed_auctions.min(rules.max_failed_auctions),
        ));
        f.put(u64::from(own.wound_down));
    }

    /// The age counts up to the deadline; while there are debts, up to an age that
    /// writing all of them off could not bring back below it. (In no world does
    /// a deficit get that old and anybody borrow anew beside it.)
    fn deficit_age(&self, rules: &Rules, bank: usize) -> u64 {
        let l = &self.banks[bank].ledger;
        if l.deficit.is_zero() {
            return 0;
        }
        let deadline = u64::from(rules.banks[bank].socialise_deadline_secs) + 4;
        let dilution = self.users.iter().fold(1u64, |product, user| {
            let debt = l.debt_up(user.debts[bank]).unwrap();
            product.saturating_mul(1 + debt.0)
        });
        1 + age(self.now, l.deficit_since, deadline.saturating_mul(dilution))
    }

    /// A bucket that has been dry for long, whatever the supply became since, is
    /// like new.
    fn put_bucket(&self, f: &mut Fingerprint, bucket: Bucket, window_secs: u32) {
        let old = 4 * u64::from(window_secs);
        let age = age(self.now, bucket.filled_at, old);
        if bucket.level == 0 || age == old {
            f.put(0);
        } else {
            f.put(bucket.level);
            f.put(age);
        }
    }

    fn put_sales(&self, f: &mut Fingerprint, rules: &Rules, own: &Bank) {
        let auction = &own.auction;
        f.put(auction.lot.0);
        if auction.holds_tokens() {
            f.put_wide(auction.floor.0);
            f.put_wide(auction.start.0);
            f.put(until(self.now, auction.ends_at));
            let old = 4 * u64::from(rules.limits.window_secs);
            f.put(age(self.now, auction.issued_at, old));
        }
        let buy_back = &own.buy_back;
        f.put(buy_back.budget.0);
        if buy_back.is_running() {
            f.put_wide(buy_back.high.0);
            f.put_wide(buy_back.low.0);
            f.put(until(self.now, buy_back.ends_at));
        }
    }
}

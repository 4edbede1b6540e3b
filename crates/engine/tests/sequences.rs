//! Random rows of everything that can happen to a bank: BOOKS, SPLIT, ORDER,
//! RECORD and NOGAIN after every step.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::auction::{Auction, IssuanceTerms};
use backstop_engine::bucket::{Bucket, Limit};
use backstop_engine::interest::{FeeSplit, RateCurve};
use backstop_engine::ledger::{BorrowLimits, Ledger};
use backstop_engine::socialise::Terms;
use backstop_engine::units::{Atoms, Bps, DebtShares, GovAtoms, Rate, Shares, UnixTime};
use backstop_engine::waterfall::{BountyTerms, CoverPlan, DrawTerms, Mode};
use common::*;
use proptest::prelude::*;

const USERS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Op {
    Deposit(usize, u64),
    Withdraw(usize, u64),
    Borrow(usize, u64),
    Repay(usize, u64),
    Wait(u32),
    WriteOff(usize),
    Cover,
    Buy(u64),
    Close,
    Socialise,
    RepayRecord(usize, u64),
    Fund(u64),
    Collect,
    Slice(usize, u64),
}

fn ops() -> impl Strategy<Value = Op> {
    let user = || 0..USERS;
    prop_oneof![
        4 => (user(), pos_u64(40)).prop_map(|(u, n)| Op::Deposit(u, n)),
        4 => (user(), 1u64..=1000).prop_map(|(u, n)| Op::Withdraw(u, n)),
        4 => (user(), 1u64..=1000).prop_map(|(u, n)| Op::Borrow(u, n)),
        3 => (user(), pos_u64(40)).prop_map(|(u, n)| Op::Repay(u, n)),
        4 => (0u32..5_000_000).prop_map(Op::Wait),
        3 => user().prop_map(Op::WriteOff),
        2 => Just(Op::Cover),
        3 => pos_u64(40).prop_map(Op::Buy),
        2 => Just(Op::Close),
        2 => Just(Op::Socialise),
        2 => (user(), pos_u64(40)).prop_map(|(u, n)| Op::RepayRecord(u, n)),
        1 => pos_u64(38).prop_map(Op::Fund),
        1 => Just(Op::Collect),
        1 => (user(), 1u64..=1000).prop_map(|(u, n)| Op::Slice(u, n)),
    ]
}

/// A bank, its users, and what its market has issued.
#[derive(Clone, Debug)]
struct World {
    ledger: Ledger,
    deposits: [Shares; USERS],
    debts: [DebtShares; USERS],
    records: [u64; USERS],
    auction: Auction,
    issuing: IssuanceTerms,
    draws: DrawTerms,
    bounty: BountyTerms,
    now: UnixTime,
    wound_down: bool,
    repaid_records: u128,
    /// Tokens in the liquidity vault.
    vault: i128,
    /// Tokens in the insurance vault.
    insurance_vault: i128,
    /// Tokens in the escrow.
    escrow: i128,
    sold: u64,
    failed: u32,
}

const CURVE: RateCurve = RateCurve {
    base: Bps(200),
    slope_below: Bps(1_000),
    slope_above: Bps(20_000),
    kink: Bps(8_000),
};

const FEES: FeeSplit = FeeSplit {
    protocol: Bps(700),
    insurance: Bps(1_300),
};

const CAP: Atoms = Atoms(u64::MAX >> 8);

impl World {
    fn new(draw_cap: u64, floor: Rate) -> Self {
        let mut issuing = issuing(1 << 50, floor);
        issuing.limits.per_window = Bps(1_000);
        issuing.limits.per_auction = Bps(500);
        issuing.limits.window_secs = 10_000_000;
        issuing.limits.lifetime_cap = GovAtoms(1 << 48);
        issuing.schedule.duration_secs = 4_000_000;
        let mut draws = capped_draw(draw_cap);
        draws.limit.window_secs = 10_000_000;
        let mut bounty = bounty(100, 1 << 20, 10);
        bounty.limit = Limit {
            capacity: 1 << 20,
            window_secs: 10_000_000,
        };
        Self {
            ledger: Ledger::new(UnixTime(0)),
            deposits: [Shares(0); USERS],
            debts: [DebtShares(0); USERS],
            records: [0; USERS],
            auction: idle(),
            issuing,
            draws,
            bounty,
            now: UnixTime(0),
            wound_down: false,
            repaid_records: 0,
            vault: 0,
            insurance_vault: 0,
            escrow: 0,
            sold: 0,
            failed: 0,
        }
    }

    fn accrued(&self) -> Ledger {
        self.ledger.accrue(CURVE, FEES, self.now).unwrap()
    }

    fn covered(&mut self, plan: &CoverPlan) {
        assert!(
            plan.insurance_drawn.0 <= self.draws.limit.capacity || self.draws.limit.capacity == 0
        );
        self.vault += i128::from(plan.insurance_drawn.0);
        self.insurance_vault -= i128::from(plan.insurance_drawn.0);
        self.draws.bucket = plan.draw_bucket;
        if let Some(opening) = plan.opening {
            // ORDER
            assert_eq!(plan.ledger.insurance, Atoms(0));
            assert!(!self.auction.holds_tokens());
            self.auction = opening.auction;
            self.issuing.issuance = opening.issuance;
            self.escrow += i128::from(opening.lot.0);
        }
        self.ledger = plan.ledger;
    }

    fn burn(&mut self, amount: GovAtoms) {
        self.escrow -= i128::from(amount.0);
        let issuance = self.issuing.issuance;
        let since = self.auction.issued_at;
        self.issuing.issuance = issuance
            .burn_unsold(amount, &self.issuing.limits, since, self.now)
            .unwrap();
    }

    /// Does `op` if the engine allows it; true if it did.
    fn apply(&mut self, op: Op) -> bool {
        if let Op::Wait(secs) = op {
            self.now = self.now.plus(u64::from(secs));
            self.ledger = self.accrued();
            return true;
        }
        self.ledger = self.accrued();
        let books = self.ledger;
        match op {
            Op::Wait(_) => {}
            Op::Deposit(who, atoms) => {
                let Ok(plan) = books.deposit(Atoms(atoms), CAP, self.wound_down) else {
                    return false;
                };
                self.deposits[who] = self.deposits[who].add(plan.shares).unwrap();
                self.vault += i128::from(atoms);
                self.ledger = plan.ledger;
            }
            Op::Withdraw(who, part) => {
                let shares = Shares(self.deposits[who].0 * u128::from(part) / 1_000);
                let Ok(plan) = books.withdraw(shares) else {
                    return false;
                };
                self.deposits[who] = self.deposits[who].sub(shares).unwrap();
                self.vault -= i128::from(plan.paid.0);
                self.ledger = plan.ledger;
            }
            Op::Slice(who, part) => {
                let shares = Shares(self.deposits[who].0 * u128::from(part) / 1_000);
                let Ok(plan) = books.shares_to_insurance(shares) else {
                    return false;
                };
                self.deposits[who] = self.deposits[who].sub(shares).unwrap();
                self.ledger = plan.ledger;
            }
            Op::Borrow(who, part) => {
                let atoms = (u128::from(books.cash.0) * u128::from(part) / 1_000) as u64;
                let limits = BorrowLimits {
                    borrow_cap: CAP,
                    max_utilisation: Bps(9_900),
                    min_debt: Atoms(5),
                };
                let held = self.debts[who];
                let Ok(plan) = books.borrow(Atoms(atoms), held, limits, self.wound_down) else {
                    return false;
                };
                self.debts[who] = held.add(plan.shares).unwrap();
                self.vault -= i128::from(atoms);
                self.ledger = plan.ledger;
            }
            Op::Repay(who, atoms) => {
                let held = self.debts[who];
                let Ok(plan) = books.repay(Atoms(atoms), held, Atoms(5)) else {
                    return false;
                };
                self.debts[who] = held.sub(plan.shares).unwrap();
                self.vault += i128::from(plan.paid.0);
                self.ledger = plan.ledger;
            }
            Op::WriteOff(who) => {
                let held = self.debts[who];
                let terms = Some(&self.issuing);
                let Ok(plan) = books.write_off(
                    held,
                    self.draws,
                    self.bounty,
                    terms,
                    &self.auction,
                    self.now,
                ) else {
                    return false;
                };
                self.debts[who] = DebtShares(0);
                self.records[who] += plan.loss.0;
                assert_eq!(plan.loss.0, books.borrowed.0 - plan.cover.ledger.borrowed.0);
                assert_eq!(plan.cover.ledger.lender_assets, books.lender_assets);
                self.covered(&plan.cover);
                self.insurance_vault -= i128::from(plan.bounty.0);
                self.bounty.bucket = plan.bounty_bucket;
            }
            Op::Cover => {
                let plan = books
                    .cover(self.draws, Some(&self.issuing), &self.auction, self.now)
                    .unwrap();
                self.covered(&plan);
            }
            Op::Buy(amount) => {
                let amount = GovAtoms(amount);
                let all = Atoms(u64::MAX);
                let Ok(plan) = self.auction.fill(books, amount, all, self.now) else {
                    return false;
                };
                let floor = q(self.auction.floor.0) * two(-64);
                assert!(
                    q(plan.paid.0) >= q(plan.bought.0) * floor,
                    "below the floor"
                );
                self.vault += i128::from(plan.paid.0);
                self.escrow -= i128::from(plan.bought.0);
                self.sold += plan.bought.0;
                self.ledger = plan.ledger;
                self.burn(plan.burn);
                self.auction = plan.auction;
                if !self.auction.holds_tokens() {
                    self.failed = 0;
                }
            }
            Op::Close => {
                let Ok(plan) = self.auction.close(books, self.now) else {
                    return false;
                };
                self.burn(plan.burn);
                self.failed += u32::from(plan.failed);
                self.auction = idle();
                self.ledger = plan.ledger;
            }
            Op::Socialise => {
                let terms = Terms {
                    mode: Mode::Full,
                    halted: false,
                    priced_at: Some(self.now),
                    failed_auctions: self.failed,
                    max_failed_auctions: 2,
                    issuance: self.issuing.issuance,
                    limits: self.issuing.limits,
                    delay_secs: 1_000_000,
                    deadline_secs: 6_000_000,
                };
                let Ok(plan) = books.socialise(&terms, &self.auction, self.now) else {
                    return false;
                };
                // ORDER: every tier above is exhausted.
                assert_eq!(plan.ledger.insurance, Atoms(0));
                assert!(plan.socialised.is_zero() || plan.ledger.protocol_fees.is_zero());
                assert!(plan.socialised.is_zero() || plan.ledger.insurance_fees.is_zero());
                self.wound_down |= plan.winds_down;
                self.ledger = plan.ledger;
            }
            Op::RepayRecord(who, atoms) => {
                let record = Atoms(self.records[who]);
                let Ok(plan) = books.repay_record(Atoms(atoms), record, self.wound_down) else {
                    return false;
                };
                self.records[who] -= plan.paid.0;
                self.repaid_records += u128::from(plan.paid.0);
                self.vault += i128::from(plan.to_deficit.0) + i128::from(plan.to_lenders.0);
                self.insurance_vault += i128::from(plan.to_insurance.0);
                self.ledger = plan.ledger;
            }
            Op::Fund(atoms) => {
                let Ok(next) = books.fund_insurance(Atoms(atoms)) else {
                    return false;
                };
                self.insurance_vault += i128::from(atoms);
                self.ledger = next;
            }
            Op::Collect => {
                let Ok(plan) = books.collect_fees() else {
                    return false;
                };
                self.vault -= i128::from(plan.to_insurance.0) + i128::from(plan.to_protocol.0);
                self.insurance_vault += i128::from(plan.to_insurance.0);
                self.ledger = plan.ledger;
            }
        }
        true
    }

    fn check(&self) {
        assert_sound(&self.ledger);
        let l = &self.ledger;
        // Vaults hold what the books say.
        assert_eq!(self.vault, i128::from(l.cash.0));
        assert_eq!(self.insurance_vault, i128::from(l.insurance.0));
        assert_eq!(self.escrow, i128::from(self.auction.lot.0));
        // SUM
        let shares: u128 = self.deposits.iter().map(|s| s.0).sum();
        let debts: u128 = self.debts.iter().map(|s| s.0).sum();
        assert_eq!(shares, l.deposit_shares.0);
        assert_eq!(debts, l.debt_shares.0);
        // RECORD
        let records: u128 = self.records.iter().map(|r| u128::from(*r)).sum();
        assert_eq!(records, l.totals.lost - self.repaid_records);
        // BOUND and CUSTODY
        let issuance = &self.issuing.issuance;
        assert!(issuance.outstanding <= self.issuing.limits.lifetime_cap);
        assert_eq!(issuance.outstanding.0, self.sold + self.auction.lot.0);
        assert_eq!(
            issuance.supply.0,
            (1 << 50) + self.sold + self.auction.lot.0
        );
        // What is on auction is what the escrow suffices for.
        let worth = q(self.auction.lot.0) * q(self.auction.floor.0) * two(-64);
        assert!(worth >= q(l.on_auction.0));
        assert!(self.auction.holds_tokens() || l.on_auction.is_zero());
        // Lenders' claims are backed: nobody is promised what is not there.
        let claims: u64 = self
            .deposits
            .iter()
            .map(|s| l.net_value_down(*s).unwrap().0)
            .sum();
        assert!(claims <= l.cash.0 + l.borrowed.0);
    }
}

fn is_user_op(op: Op) -> bool {
    !matches!(op, Op::Socialise)
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn books_split_and_custody_hold_after_every_step(
        draw_cap in prop_oneof![Just(0u64), pos_u64(40)],
        floor in (1u64..1_000, 1u64..1_000).prop_map(|(n, d)| rate(n, d)),
        row in prop::collection::vec(ops(), 1..60),
    ) {
        let mut world = World::new(draw_cap, floor);
        for op in row {
            let before = gross(&world.accrued());
            let sole = world.ledger;
            if !world.apply(op) {
                prop_assert_eq!(world.ledger.totals, sole.totals, "a refused step leaves no trace");
            }
            world.check();
            if is_user_op(op) {
                prop_assert!(gross(&world.ledger) >= before, "{op:?} lowered the gross price");
            }
        }
    }

    #[test]
    fn only_interest_recovery_and_dust_raise_the_gross_price(
        draw_cap in prop_oneof![Just(0u64), pos_u64(40)], row in prop::collection::vec(ops(), 1..60),
    ) {
        let mut world = World::new(draw_cap, rate(1, 1));
        for op in row {
            let before = world.accrued();
            world.apply(op);
            if matches!(op, Op::Wait(_) | Op::RepayRecord(..)) {
                continue;
            }
            // All who stay share at most two atoms of dust.
            let stay = q(before.deposit_shares.0.min(world.ledger.deposit_shares.0) + 1_000_000);
            prop_assert!((gross(&world.ledger) - gross(&before)) * stay <= q(2), "{op:?}");
        }
    }

    #[test]
    fn every_deficit_reaches_zero_in_a_bounded_number_of_calls(
        draw_cap in prop_oneof![Just(0u64), pos_u64(40)], row in prop::collection::vec(ops(), 1..60),
    ) {
        let mut world = World::new(draw_cap, rate(3, 7));
        for op in row {
            world.apply(op);
        }
        // Nobody buys, nobody repays: covering, closing and giving up suffice.
        let windows = world.ledger.insurance.0.checked_div(draw_cap).unwrap_or(0);
        prop_assume!(windows < 1_000);
        let mut rounds = 0;
        while !world.ledger.deficit.is_zero() {
            prop_assert!(rounds < windows + 3, "stuck: {:?}", world);
            for op in [Op::Close, Op::Cover, Op::Wait(10_000_000), Op::Close, Op::Socialise] {
                world.apply(op);
                world.check();
            }
            rounds += 1;
        }
    }

    #[test]
    fn nobody_gains_by_a_row_of_deposits_and_withdrawals(
        row in prop::collection::vec((0..USERS, any::<bool>(), pos_u64(40), 1u64..=1000), 1..40),
        others in pos_u64(40), deficit in log_u64(40),
    ) {
        // Users come and go at will in a bank with a deficit that stays open.
        let mut world = World::new(0, rate(1, 1));
        world.ledger = bank(others, deficit);
        let crowd = world.ledger.deposit_shares;
        let net_before = net(&world.ledger);
        let (mut paid_in, mut paid_out) = (0i128, 0i128);
        for (who, enters, atoms, part) in row {
            let vault = world.vault;
            world.apply(if enters { Op::Deposit(who, atoms) } else { Op::Withdraw(who, part) });
            let moved = world.vault - vault;
            (paid_in, paid_out) = (paid_in + moved.max(0), paid_out + (-moved).max(0));
            prop_assert!(net(&world.ledger) >= net_before);
        }
        let held: u128 = world.deposits.iter().map(|s| s.0).sum();
        prop_assert_eq!(held + crowd.0, world.ledger.deposit_shares.0);
        // At the best end, all covered, together they have no more than they paid.
        let worth = (q(held) * gross(&world.ledger)).floor();
        prop_assert!(q(paid_out) + worth <= q(paid_in) + q(USERS));
    }
}

#[test]
fn a_whole_life_of_a_loss() {
    let mut world = World::new(0, rate(2, 1));
    for op in [
        Op::Deposit(0, 1_000_000),
        Op::Fund(100_000),
        Op::Borrow(1, 600),
        Op::WriteOff(1),
        Op::Withdraw(0, 500),
        Op::Wait(20),
        Op::Buy(50_000),
        Op::RepayRecord(1, 20_000),
        Op::Wait(4_000_000),
        Op::Close,
        Op::Wait(2_500_000),
        Op::Socialise,
    ] {
        assert!(world.apply(op), "{op:?}");
        world.check();
    }
    let totals = world.ledger.totals;
    assert_eq!(totals.lost, 600_000);
    assert_eq!(totals.by_insurance, 100_000);
    // Half of the shares, half of what was open then.
    assert_eq!(totals.borne_by_leavers, 250_000);
    assert!(totals.by_auction >= 199_000);
    assert_eq!(totals.recovered, 20_000);
    assert!(totals.socialised > 0);
    assert_eq!(world.ledger.deficit, Atoms(0));
    assert_eq!(world.draws.bucket, Bucket::default());
}

//! Exact arithmetic to hold the engine against, and strategies whose values
//! occur in every magnitude.
#![allow(
    dead_code,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

use backstop_engine::auction::{Auction, Issuance, IssuanceLimits, IssuanceTerms};
use backstop_engine::auction::{PriceRange, Schedule};
use backstop_engine::bucket::{Bucket, Limit};
use backstop_engine::ledger::{Ledger, INDEX_MAX, INDEX_ONE, VIRTUAL_ATOMS, VIRTUAL_SHARES};
use backstop_engine::units::{Atoms, Bps, DebtShares, GovAtoms, Rate, Shares, UnixTime};
use backstop_engine::waterfall::{BountyTerms, DrawTerms};
use backstop_engine::{EngineError, Result};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive};
use proptest::prelude::*;

/// An exact number.
pub type Q = BigRational;

/// `n` random cases. What fails becomes a test of its own, so that nothing is
/// kept in files beside the tests.
pub fn cases(n: u32) -> ProptestConfig {
    ProptestConfig {
        cases: n,
        failure_persistence: None,
        max_global_rejects: 1_000_000,
        max_local_rejects: 1_000_000,
        ..ProptestConfig::default()
    }
}

/// A whole number.
pub fn q(n: impl Into<BigInt>) -> Q {
    Q::from_integer(n.into())
}

/// `n / d`.
pub fn frac(n: impl Into<BigInt>, d: impl Into<BigInt>) -> Q {
    Q::new(n.into(), d.into())
}

/// `10^e`.
pub fn ten(e: i32) -> Q {
    let power = q(BigInt::from(10).pow(e.unsigned_abs()));
    if e < 0 {
        power.recip()
    } else {
        power
    }
}

/// `2^e`.
pub fn two(e: i32) -> Q {
    let power = q(BigInt::one() << e.unsigned_abs());
    if e < 0 {
        power.recip()
    } else {
        power
    }
}

/// A share in basis points.
pub fn bps(b: u32) -> Q {
    frac(b, 10_000)
}

/// `⌊x⌋`.
pub fn down(x: &Q) -> BigInt {
    x.floor().to_integer()
}

/// `⌈x⌉`.
pub fn up(x: &Q) -> BigInt {
    x.ceil().to_integer()
}

/// What a result of 64 bits has to be.
pub fn fit64(x: &BigInt) -> Result<u64> {
    x.to_u64().ok_or(EngineError::Overflow)
}

/// What a result of 128 bits has to be.
pub fn fit128(x: &BigInt) -> Result<u128> {
    x.to_u128().ok_or(EngineError::Overflow)
}

/// Distance of two exact numbers.
pub fn apart(a: &Q, b: &Q) -> Q {
    (a - b).abs()
}

/// The price of one share with `assets` behind all of them.
pub fn share_price(ledger: &Ledger, assets: Atoms) -> Q {
    frac(
        u128::from(assets.0) + VIRTUAL_ATOMS,
        ledger.deposit_shares.0 + VIRTUAL_SHARES,
    )
}

/// Gross price of one share.
pub fn gross(ledger: &Ledger) -> Q {
    share_price(ledger, ledger.lender_assets)
}

/// Net price of one share.
pub fn net(ledger: &Ledger) -> Q {
    share_price(ledger, ledger.net_assets().unwrap())
}

/// The exact debt behind debt shares.
pub fn debt(ledger: &Ledger, shares: DebtShares) -> Q {
    q(shares.0) * q(ledger.index) * two(-96)
}

/// 64-bit numbers of every magnitude up to `bits`, zero and edges included.
pub fn log_u64(bits: u32) -> impl Strategy<Value = u64> {
    let most = if bits == 64 {
        u64::MAX
    } else {
        (1 << bits) - 1
    };
    prop_oneof![
        12 => (0..=bits, any::<u64>()).prop_map(|(b, x)| x.checked_shr(64 - b).unwrap_or(0)),
        2 => (0..bits, 0u64..3).prop_map(move |(b, d)| (1u64 << b).saturating_add(d).saturating_sub(1).min(most)),
        1 => Just(most),
    ]
}

/// As [`log_u64`], without zero.
pub fn pos_u64(bits: u32) -> impl Strategy<Value = u64> {
    log_u64(bits).prop_map(|x| x.max(1))
}

/// 128-bit numbers of every magnitude up to `bits`, zero and edges included.
pub fn log_u128(bits: u32) -> impl Strategy<Value = u128> {
    let most = if bits == 128 {
        u128::MAX
    } else {
        (1 << bits) - 1
    };
    prop_oneof![
        12 => (0..=bits, any::<u128>()).prop_map(|(b, x)| x.checked_shr(128 - b).unwrap_or(0)),
        2 => (0..bits, 0u128..3).prop_map(move |(b, d)| (1u128 << b).saturating_add(d).saturating_sub(1).min(most)),
        1 => Just(most),
    ]
}

/// Indices from 1 to the greatest, of every magnitude.
pub fn index() -> impl Strategy<Value = u128> {
    log_u128(96).prop_map(|x| x.saturating_add(INDEX_ONE).min(INDEX_MAX))
}

/// Ledgers that balance, with every counter of every magnitude.
pub fn ledgers(bits: u32) -> impl Strategy<Value = Ledger> {
    (
        (log_u64(bits), log_u64(bits), index(), any::<u128>()),
        (log_u64(bits), log_u64(bits), log_u64(bits), log_u64(bits)),
        (log_u64(bits), log_u128(96)),
    )
        .prop_map(
            |((cash, owed, index, salt), (deficit, on_auction, pf, insf), (insurance, shares))| {
                // Debt shares whose value is `owed` and a random fraction.
                let per_atom = (1u128 << 96) / index;
                let whole = down(&(q(owed) * two(96) / q(index))).to_u128().unwrap();
                let debt_shares = whole + if owed == 0 { 0 } else { salt % (per_atom + 1) };
                let borrowed = down(&(q(debt_shares) * q(index) * two(-96)))
                    .to_u64()
                    .unwrap();
                let backing = u128::from(cash) + u128::from(borrowed);
                let pf = u128::from(pf).min(backing) as u64;
                let insf = u128::from(insf).min(backing - u128::from(pf)) as u64;
                let assets = backing + u128::from(deficit) - u128::from(pf) - u128::from(insf);
                let lost = u128::from(deficit);
                let mut ledger = Ledger::new(UnixTime(0));
                ledger.cash = Atoms(cash);
                ledger.borrowed = Atoms(borrowed);
                ledger.deficit = Atoms(deficit);
                ledger.on_auction = Atoms(on_auction.min(deficit));
                ledger.protocol_fees = Atoms(pf);
                ledger.insurance_fees = Atoms(insf);
                ledger.insurance = Atoms(insurance);
                ledger.lender_assets = Atoms(u64::try_from(assets).unwrap());
                ledger.deposit_shares = Shares(shares);
                ledger.debt_shares = DebtShares(debt_shares);
                ledger.index = index;
                ledger.totals.lost = lost;
                ledger.check_books().unwrap();
                ledger.check_split().unwrap();
                ledger
            },
        )
}

/// A bank with `assets` of cash that lenders own at the price of a new bank,
/// of which `deficit` more is missing.
pub fn bank(cash: u64, deficit: u64) -> Ledger {
    let mut ledger = Ledger::new(UnixTime(0));
    ledger.cash = Atoms(cash);
    ledger.deficit = Atoms(deficit);
    ledger.lender_assets = Atoms(cash + deficit);
    ledger.deposit_shares = Shares(u128::from(cash + deficit) * VIRTUAL_SHARES);
    ledger.totals.lost = u128::from(deficit);
    ledger
}

/// Debt shares of exactly `atoms` in a bank whose index is 1.
pub fn owing(atoms: u64) -> DebtShares {
    DebtShares(u128::from(atoms) << 32)
}

/// [`bank`] with `owed` lent out at index 1.
pub fn lending_bank(cash: u64, owed: u64) -> Ledger {
    let mut ledger = bank(cash, 0);
    ledger.borrowed = Atoms(owed);
    ledger.debt_shares = owing(owed);
    ledger.lender_assets = Atoms(cash + owed);
    ledger.deposit_shares = Shares(u128::from(cash + owed) * VIRTUAL_SHARES);
    ledger
}

/// A bank's books must balance and its history must add up.
pub fn assert_sound(ledger: &Ledger) {
    ledger.check_books().unwrap();
    ledger.check_split().unwrap();
    assert!(ledger.on_auction <= ledger.deficit, "{ledger:?}");
    assert_eq!(
        BigInt::from(ledger.borrowed.0),
        down(&debt(ledger, ledger.debt_shares)),
        "borrowed is what the shares say"
    );
}

/// No limit on draws.
pub fn free_draw() -> DrawTerms {
    DrawTerms {
        limit: Limit {
            capacity: 0,
            window_secs: 1,
        },
        bucket: Bucket::default(),
    }
}

/// At most `capacity` drawn per hundred seconds.
pub fn capped_draw(capacity: u64) -> DrawTerms {
    DrawTerms {
        limit: Limit {
            capacity,
            window_secs: 100,
        },
        bucket: Bucket::default(),
    }
}

/// No bounty.
pub fn no_bounty() -> BountyTerms {
    bounty(0, 0, 0)
}

/// A bounty of `share` basis points, at most `cap` per hundred seconds.
pub fn bounty(share: u32, cap: u64, min_loss: u64) -> BountyTerms {
    BountyTerms {
        share: Bps(share),
        limit: Limit {
            capacity: cap,
            window_secs: 100,
        },
        bucket: Bucket::default(),
        min_loss: Atoms(min_loss),
    }
}

/// No auction.
pub fn idle() -> Auction {
    Auction::default()
}

/// `n / d` debt atoms per governance atom.
pub fn rate(n: u64, d: u64) -> Rate {
    Rate((u128::from(n) << 64) / u128::from(d))
}

/// Issuance in a market with a supply of `supply`, of which everything may be
/// issued, at a floor of `floor` and a start of twice that.
pub fn issuing(supply: u64, floor: Rate) -> IssuanceTerms {
    IssuanceTerms {
        issuance: Issuance {
            supply: GovAtoms(supply),
            outstanding: GovAtoms(0),
            bucket: Bucket::default(),
        },
        limits: IssuanceLimits {
            per_window: Bps(10_000),
            window_secs: 100,
            per_auction: Bps(10_000),
            lifetime_cap: GovAtoms(supply),
        },
        schedule: Schedule {
            delay_secs: 10,
            duration_secs: 100,
        },
        prices: PriceRange {
            start: Rate(floor.0 * 2),
            floor,
        },
        min_offer: Atoms(1),
    }
}

//! Quantities of the engine, out of an input.

use backstop_engine::{
    auction::{Auction, Issuance, IssuanceLimits, IssuanceTerms, PriceRange, Schedule},
    bucket::{Bucket, Limit},
    buy_back::BuyBack,
    health::{Asset, Sums, Weights},
    interest::{FeeSplit, RateCurve},
    ledger::{BorrowLimits, Ledger, LossTotals},
    liquidation,
    price::Price,
    socialise,
    units::{Atoms, Bps, DebtShares, GovAtoms, Rate, Shares, UnixTime, Value},
    waterfall::Mode,
};

use super::Books;
use crate::input::Input;

impl Books {
    /// A new bank with arbitrary terms.
    pub fn empty(input: &mut Input<'_>) -> Self {
        let now = UnixTime(0);
        let mut issuing = issuing(input);
        issuing.issuance.outstanding = GovAtoms::ZERO;
        Self {
            ledger: Ledger::new(now),
            auction: Auction::default(),
            buy_back: BuyBack::default(),
            issuing,
            draws: Bucket::default(),
            bounties: Bucket::default(),
            now,
            wound_down: false,
            sound: true,
        }
    }

    /// Books that no bank can have.
    pub fn arbitrary(input: &mut Input<'_>) -> Self {
        Self {
            ledger: ledger(input),
            auction: auction(input),
            buy_back: buy_back(input),
            issuing: issuing(input),
            draws: bucket(input),
            bounties: bucket(input),
            now: UnixTime(input.i64()),
            wound_down: input.one_in(4),
            sound: false,
        }
    }
}

pub fn atoms(input: &mut Input<'_>) -> Atoms {
    Atoms(input.u64())
}

pub fn gov(input: &mut Input<'_>) -> GovAtoms {
    GovAtoms(input.u64())
}

/// Any share, mostly one below the whole.
pub fn bps(input: &mut Input<'_>) -> Bps {
    if input.one_in(8) {
        return Bps(input.u32());
    }
    Bps(u32::try_from(input.below(10_001)).unwrap_or_default())
}

pub fn rate(input: &mut Input<'_>) -> Rate {
    Rate(input.u128())
}

pub fn limit(input: &mut Input<'_>) -> Limit {
    Limit {
        capacity: input.u64(),
        window_secs: input.u32(),
    }
}

pub fn bucket(input: &mut Input<'_>) -> Bucket {
    Bucket {
        level: input.u64(),
        filled_at: UnixTime(input.i64()),
    }
}

pub fn curve(input: &mut Input<'_>) -> RateCurve {
    RateCurve {
        base: bps(input),
        slope_below: bps(input),
        slope_above: bps(input),
        kink: bps(input),
    }
}

pub fn fees(input: &mut Input<'_>) -> FeeSplit {
    FeeSplit {
        protocol: bps(input),
        insurance: bps(input),
    }
}

pub fn borrow_limits(input: &mut Input<'_>) -> BorrowLimits {
    BorrowLimits {
        borrow_cap: atoms(input),
        max_utilisation: bps(input),
        min_debt: atoms(input),
    }
}

pub fn price_range(input: &mut Input<'_>) -> PriceRange {
    let (one, two) = (rate(input), rate(input));
    PriceRange {
        start: one.max(two),
        floor: one.min(two),
    }
}

fn auction(input: &mut Input<'_>) -> Auction {
    Auction {
        lot: gov(input),
        start: rate(input),
        floor: rate(input),
        issued_at: UnixTime(input.i64()),
        opens_at: UnixTime(input.i64()),
        ends_at: UnixTime(input.i64()),
    }
}

fn buy_back(input: &mut Input<'_>) -> BuyBack {
    BuyBack {
        budget: atoms(input),
        low: rate(input),
        high: rate(input),
        opens_at: UnixTime(input.i64()),
        ends_at: UnixTime(input.i64()),
    }
}

fn issuing(input: &mut Input<'_>) -> IssuanceTerms {
    IssuanceTerms {
        issuance: Issuance {
            supply: gov(input),
            outstanding: gov(input),
            bucket: Bucket::default(),
        },
        limits: IssuanceLimits {
            per_window: bps(input),
            window_secs: input.u32(),
            per_auction: bps(input),
            lifetime_cap: gov(input),
        },
        schedule: Schedule {
            delay_secs: input.u32(),
            duration_secs: input.u32(),
        },
        prices: price_range(input),
        min_offer: atoms(input),
    }
}

fn ledger(input: &mut Input<'_>) -> Ledger {
    Ledger {
        cash: atoms(input),
        borrowed: atoms(input),
        deficit: atoms(input),
        on_auction: atoms(input),
        protocol_fees: atoms(input),
        insurance_fees: atoms(input),
        insurance: atoms(input),
        lender_assets: atoms(input),
        deposit_shares: Shares(input.u128()),
        debt_shares: DebtShares(input.u128()),
        index: input.u128(),
        accrued_at: UnixTime(input.i64()),
        deficit_since: UnixTime(input.i64()),
        totals: LossTotals {
            lost: input.u128(),
            by_fees: input.u128(),
            by_auction: input.u128(),
            ..LossTotals::default()
        },
    }
}

pub fn socialise_terms(books: &Books, input: &mut Input<'_>) -> socialise::Terms {
    let modes = [Mode::Disabled, Mode::InsuranceOnly, Mode::Full];
    socialise::Terms {
        mode: modes[input.below(3)],
        halted: input.one_in(2),
        priced_at: input.one_in(2).then(|| UnixTime(input.i64())),
        failed_auctions: input.u32(),
        max_failed_auctions: input.u32(),
        issuance: books.issuing.issuance,
        limits: books.issuing.limits,
        delay_secs: input.u32(),
        deadline_secs: input.u32(),
    }
}

pub fn asset(input: &mut Input<'_>) -> Asset {
    let calm = input.one_in(2);
    let spot = input.u64();
    Asset {
        price: Price {
            spot,
            ema: if calm { spot } else { input.u64() },
            conf: if calm { 0 } else { input.u64() },
            exponent: match calm {
                true => -8,
                false => i32::from(input.u8()) - 128,
            },
        },
        decimals: input.u8() % if calm { 10 } else { u8::MAX },
        weights: Weights {
            collateral_factor: bps(input),
            liquidation_threshold: bps(input),
            liability_weight: bps(input),
        },
    }
}

pub fn sums(input: &mut Input<'_>) -> Sums {
    Sums {
        collateral: Value(input.u128()),
        debt: Value(input.u128()),
        weighted_collateral: input.u128(),
        weighted_debt: input.u128(),
    }
}

pub fn liquidation_terms(input: &mut Input<'_>) -> liquidation::Terms {
    liquidation::Terms {
        min_bonus: bps(input),
        max_bonus: bps(input),
        bonus_ramp: bps(input),
        insurance_share: bps(input),
        target_health: bps(input),
        min_debt: atoms(input),
        full_close_debt: atoms(input),
    }
}

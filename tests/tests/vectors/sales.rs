//! Limits, issuing and auctions.

use backstop_engine::{
    auction::{
        open, Auction, Issuance, IssuanceLimits, IssuanceTerms, PricePolicy, PriceRange, Schedule,
    },
    bucket::Limit,
    price::{Price, Quote},
    units::{Atoms, GovAtoms, Rate, UnixTime},
};
use serde_json::{json, Value};

use crate::{
    draw::{Draw, NOW},
    show::{self, case, text},
    Vectors,
};

const WHEN: UnixTime = UnixTime(NOW);

pub fn all() -> Vec<Vectors> {
    vec![
        Vectors::draw("bucket", 250, bucket),
        Vectors::draw("price-range", 250, range),
        Vectors::draw("auction-open", 250, opening),
        Vectors::draw("auction-rate", 200, rate),
        Vectors::draw("auction-fill", 250, fill),
        Vectors::draw("auction-close", 150, close),
    ]
}

fn bucket(draw: &mut Draw) -> Value {
    let limit = Limit {
        capacity: draw.u64(64),
        window_secs: draw.within(1, 2_592_000),
    };
    let bucket = draw.bucket(limit.capacity);
    let amount = draw.part64(limit.capacity);
    let since = draw.before_now(200_000);
    let ops = [
        ("room", bucket.room_down(limit, WHEN).map(text)),
        (
            "fill",
            bucket.fill(limit, amount, WHEN).map(|b| show::bucket(&b)),
        ),
        (
            "giveBack",
            bucket
                .give_back(limit, amount, since, WHEN)
                .map(|b| show::bucket(&b)),
        ),
    ];
    let (op, result) = ops[usize::try_from(draw.within(0, 2)).unwrap()].clone();
    let input = json!({
        "op": op,
        "bucket": show::bucket(&bucket),
        "limit": show::limit(&limit),
        "amount": text(amount),
        "since": text(since.0),
        "now": text(NOW),
    });
    case(input, result)
}

fn range(draw: &mut Draw) -> Value {
    let policy = PricePolicy {
        max_discount: draw.bps(10_000),
        premium: draw.bps(20_000),
        fixed_floor: if draw.once_in(2) {
            Rate(0)
        } else {
            Rate(draw.bits(100))
        },
        fixed_start: if draw.once_in(2) {
            Rate(0)
        } else {
            Rate(draw.bits(100))
        },
    };
    let quote = |draw: &mut Draw| {
        let spot = draw.u64(46).max(2);
        Quote {
            price: Price {
                spot,
                ema: spot - draw.part64(spot / 4).min(spot / 4),
                conf: 0,
                exponent: -i32::try_from(draw.within(0, 12)).unwrap(),
            },
            decimals: u8::try_from(draw.within(0, 12)).unwrap(),
        }
    };
    let has_feed = !draw.once_in(3);
    let feed = (!draw.once_in(5)).then(|| (quote(draw), quote(draw)));
    let buys_back = draw.once_in(2);
    let input = json!({
        "policy": {
            "maxDiscountBps": policy.max_discount.0,
            "premiumBps": policy.premium.0,
            "fixedFloorRate": text(policy.fixed_floor.0),
            "fixedStartRate": text(policy.fixed_start.0),
        },
        "hasFeed": has_feed,
        "feed": feed.map(|(token, debt)| json!({ "token": show::quote(&token), "debt": show::quote(&debt) })),
        "buyBack": buys_back,
    });
    let range = if buys_back {
        policy.buy_back_range(has_feed, feed)
    } else {
        policy.range(has_feed, feed)
    };
    case(input, Ok(show::range(range.as_ref())))
}

/// Prices of one unit of 2^-64 up to thousands of atoms a token.
pub fn prices(draw: &mut Draw) -> PriceRange {
    let floor = draw.bits(76).max(1);
    PriceRange {
        start: Rate(floor + draw.part(floor)),
        floor: Rate(floor),
    }
}

/// Terms of an auction, and how they are shown.
pub fn issuance_terms(draw: &mut Draw) -> (IssuanceTerms, Value) {
    let supply = draw.u64(62);
    let limits = IssuanceLimits {
        per_window: draw.bps(5_000),
        window_secs: draw.within(3_600, 2_592_000),
        per_auction: draw.bps(5_000),
        lifetime_cap: GovAtoms(draw.part64(supply)),
    };
    let capacity = limits.per_window.of_down(supply).unwrap();
    let terms = IssuanceTerms {
        issuance: Issuance {
            supply: GovAtoms(supply),
            outstanding: GovAtoms(draw.part64(limits.lifetime_cap.0 / 2)),
            bucket: draw.bucket(capacity / 2),
        },
        limits,
        schedule: Schedule {
            delay_secs: draw.within(0, 100_000),
            duration_secs: draw.within(1, 2_592_000),
        },
        prices: prices(draw),
        min_offer: if draw.once_in(4) {
            draw.atoms(40)
        } else {
            Atoms(1)
        },
    };
    let mut config = show::issuance_limits(&limits);
    config["auctionDelaySecs"] = terms.schedule.delay_secs.into();
    config["auctionDurationSecs"] = terms.schedule.duration_secs.into();
    let shown = json!({
        "issuance": show::issuance(&terms.issuance),
        "config": config,
        "prices": show::range(Some(&terms.prices)),
        "minOffer": text(terms.min_offer.0),
    });
    (terms, shown)
}

/// An auction opens; or the tokens of one are burned unsold.
fn opening(draw: &mut Draw) -> Value {
    let (terms, shown) = issuance_terms(draw);
    let deficit = draw.atoms(60);
    let amount = GovAtoms(draw.part64(terms.issuance.outstanding.0));
    let since = draw.before_now(400_000);
    let burns = draw.once_in(4);
    let input = json!({
        "terms": shown,
        "deficit": text(deficit.0),
        "burn": burns.then(|| text(amount.0)),
        "since": text(since.0),
        "now": text(NOW),
    });
    let result = if burns {
        let issuance = terms
            .issuance
            .burn_unsold(amount, &terms.limits, since, WHEN);
        issuance.map(|issuance| show::issuance(&issuance))
    } else {
        open(deficit, &terms, WHEN).map(|opening| show::opening(opening.as_ref()))
    };
    case(input, result)
}

/// An auction that is announced, on sale or over; rarely none.
pub fn auction(draw: &mut Draw) -> Auction {
    if draw.once_in(15) {
        return Auction::default();
    }
    let PriceRange { start, floor } = prices(draw);
    let duration = i64::from(draw.within(1, 600_000));
    let opens_at = match draw.within(0, 9) {
        0 => NOW + 1,
        1 => NOW,
        2 => NOW - duration,
        3 => NOW - duration - 1,
        _ => NOW - i64::from(draw.within(0, u32::try_from(duration).unwrap())),
    };
    Auction {
        lot: GovAtoms(draw.u64(60).max(1)),
        start,
        floor,
        issued_at: UnixTime(opens_at - 7_200),
        opens_at: UnixTime(opens_at),
        ends_at: UnixTime(opens_at + duration),
    }
}

fn rate(draw: &mut Draw) -> Value {
    let auction = auction(draw);
    let input = json!({ "auction": show::auction(&auction), "now": text(NOW) });
    case(input, auction.rate_up(WHEN).map(|rate| text(rate.0)))
}

fn fill(draw: &mut Draw) -> Value {
    let auction = auction(draw);
    let mut ledger = draw.ledger(60);
    if !draw.once_in(10) {
        ledger.on_auction = ledger.deficit;
    }
    let amount = GovAtoms(draw.part64(auction.lot.0));
    let max_pay = if draw.once_in(5) {
        draw.atoms(60)
    } else {
        Atoms(u64::MAX)
    };
    let input = json!({
        "auction": show::auction(&auction),
        "ledger": show::ledger(&ledger),
        "amount": text(amount.0),
        "maxPay": text(max_pay.0),
        "now": text(NOW),
    });
    let result = auction.fill(ledger, amount, max_pay, WHEN).map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "auction": show::auction(&plan.auction),
            "bought": text(plan.bought.0),
            "paid": text(plan.paid.0),
            "excess": text(plan.excess.0),
            "rate": text(plan.rate.0),
            "burn": text(plan.burn.0),
        })
    });
    case(input, result)
}

fn close(draw: &mut Draw) -> Value {
    let auction = auction(draw);
    let ledger = draw.ledger(60);
    let input = json!({
        "auction": show::auction(&auction),
        "ledger": show::ledger(&ledger),
        "now": text(NOW),
    });
    let result = auction.close(ledger, WHEN).map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "burn": text(plan.burn.0),
            "unsold": text(plan.unsold.0),
            "failed": plan.failed,
        })
    });
    case(input, result)
}

//! Prices and health checks.

use backstop_engine::{
    health::{Asset, Check, Sums, Weights},
    price::{
        exchange_rate_down, exchange_rate_up, Observation, OracleLimits, Price, Quote, Reading,
    },
    units::{Bps, UnixTime, Value as Dollars},
};
use serde_json::{json, Value};

use crate::{
    draw::{Draw, NOW},
    show::{self, case, text},
    Vectors,
};

pub fn all() -> Vec<Vectors> {
    vec![
        Vectors::draw("price-accept", 250, accept),
        Vectors::draw("price-value", 300, value),
        Vectors::draw("price-rate", 200, rate),
        Vectors::draw("health", 200, health),
    ]
}

fn exponent(draw: &mut Draw) -> i32 {
    -i32::try_from(draw.within(0, 18)).unwrap()
}

fn price(draw: &mut Draw, bits: u32) -> Price {
    let spot = draw.u64(bits).max(2);
    let apart = u128::from(draw.within(700, 1_300));
    let ema = u64::try_from((u128::from(spot) * apart / 1_000).max(2)).unwrap_or(u64::MAX);
    Price {
        spot,
        ema,
        conf: spot.min(ema) / u64::from(draw.within(20, 2_000)),
        exponent: exponent(draw),
    }
}

fn accept(draw: &mut Draw) -> Value {
    let near = price(draw, 60);
    let sane = !draw.once_in(4);
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let observation = Observation {
        price: if sane {
            signed(near.spot)
        } else {
            signed(near.spot).wrapping_neg()
        },
        conf: if draw.once_in(5) {
            draw.u64(64)
        } else {
            near.conf
        },
        ema: signed(near.ema),
        exponent: if draw.once_in(12) {
            1
        } else {
            near.exponent - i32::from(draw.once_in(12))
        },
        published: draw.before_now(90),
    };
    let limits = OracleLimits {
        max_age_secs: draw.within(1, 600),
        max_conf: Bps(draw.within(1, 2_000)),
        max_divergence: Bps(draw.within(1, 5_000)),
    };
    let stored = UnixTime(if draw.once_in(8) {
        NOW - 5
    } else {
        NOW - 1_000
    });
    let input = json!({
        "seen": {
            "price": text(observation.price),
            "conf": text(observation.conf),
            "ema": text(observation.ema),
            "exponent": observation.exponent,
            "published": text(observation.published.0),
        },
        "limits": show::oracle_limits(&limits),
        "stored": text(stored.0),
        "now": text(NOW),
    });
    let result = observation.accept(limits, stored, UnixTime(NOW));
    case(input, result.map(|price| show::price(&price)))
}

fn value(draw: &mut Draw) -> Value {
    let price = price(draw, 64);
    let decimals = u8::try_from(draw.within(0, 18)).unwrap();
    let atoms = draw.atoms(64);
    let value = Dollars(draw.bits(110));
    let (name, reading) = [
        ("low", Reading::Low),
        ("spot", Reading::Spot),
        ("high", Reading::High),
    ][usize::try_from(draw.within(0, 2)).unwrap()];
    let ops = [
        (
            "valueDown",
            price
                .value_down(atoms, decimals, reading)
                .map(|v| text(v.0)),
        ),
        (
            "valueUp",
            price.value_up(atoms, decimals, reading).map(|v| text(v.0)),
        ),
        (
            "atomsUp",
            price.atoms_up(value, decimals).map(|a| text(a.0)),
        ),
        (
            "atomsDown",
            price.atoms_down(value, decimals).map(|a| text(a.0)),
        ),
    ];
    let (op, result) = ops[usize::try_from(draw.within(0, 3)).unwrap()].clone();
    let input = json!({
        "op": op,
        "quote": show::quote(&Quote { price, decimals }),
        "atoms": text(atoms.0),
        "value": text(value.0),
        "reading": name,
    });
    case(input, result)
}

fn rate(draw: &mut Draw) -> Value {
    let quote = |draw: &mut Draw| Quote {
        price: price(draw, 50),
        decimals: u8::try_from(draw.within(0, 18)).unwrap(),
    };
    let (token, debt) = (quote(draw), quote(draw));
    let factor = u128::from(draw.within(0, 20_000));
    let up = draw.once_in(2);
    let input = json!({
        "token": show::quote(&token),
        "debt": show::quote(&debt),
        "factorBps": text(factor),
        "up": up,
    });
    let result = if up {
        exchange_rate_up(token, debt, factor)
    } else {
        exchange_rate_down(token, debt, factor)
    };
    case(input, result.map(|rate| text(rate.0)))
}

/// An asset of any price, decimals and weights.
pub fn asset(draw: &mut Draw) -> Asset {
    let threshold = draw.within(100, 9_500);
    Asset {
        price: price(draw, 44),
        decimals: u8::try_from(draw.within(0, 12)).unwrap(),
        weights: Weights {
            collateral_factor: Bps(draw.within(0, threshold)),
            liquidation_threshold: Bps(threshold),
            liability_weight: Bps(draw.within(10_000, 15_000)),
        },
    }
}

fn health(draw: &mut Draw) -> Value {
    let (name, check) = [
        ("initial", Check::Initial),
        ("maintenance", Check::Maintenance),
        ("insolvency", Check::Insolvency),
    ][usize::try_from(draw.within(0, 2)).unwrap()];
    let mut sums = Ok(Sums::default());
    let mut positions = Vec::new();
    for _ in 0..draw.within(0, 8) {
        let asset = asset(draw);
        let bits = if draw.once_in(10) { 64 } else { 50 };
        let atoms = draw.atoms(bits);
        let is_debt = draw.once_in(2);
        positions
            .push(json!({ "asset": show::asset(&asset), "atoms": text(atoms.0), "debt": is_debt }));
        sums = sums.and_then(|mut sums| {
            if is_debt {
                sums.add_debt(check, &asset, atoms)?;
            } else {
                sums.add_collateral(check, &asset, atoms)?;
            }
            Ok(sums)
        });
    }
    let bonus = draw.bps(2_000);
    let input = json!({ "check": name, "positions": positions, "bonusBps": bonus.0 });
    let result = sums.map(|sums| {
        json!({
            "sums": show_sums(&sums),
            "healthy": sums.is_healthy(),
            "underwater": sums.is_underwater(),
            "coversDebtAndBonus": sums.covers_debt_and(bonus),
        })
    });
    case(input, result)
}

fn show_sums(sums: &Sums) -> Value {
    json!({
        "collateral": text(sums.collateral.0),
        "debt": text(sums.debt.0),
        "weightedCollateral": text(sums.weighted_collateral),
        "weightedDebt": text(sums.weighted_debt),
    })
}

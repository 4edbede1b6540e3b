//! Prices: which are usable, their three readings, and what they are worth.

use {
    super::{
        number::{bps, down, down_to, exact, fits, pow10, pow2, up, up_to, Exact, Int},
        refusal::{require, Outcome},
    },
    crate::oracle::PriceFeed,
    backstop::error::BackstopError as E,
};

/// What a bank or a market demands of a price.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// (secs)
    pub max_age: u32,
    /// (bps)
    pub max_conf: u32,
    /// (bps)
    pub max_divergence: u32,
}

/// A price that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Dollars a token.
    pub spot: Exact,
    /// Its average.
    pub ema: Exact,
    /// Half the width of the confidence interval.
    pub conf: Exact,
    /// The numbers as they came, for the comparison with the chain.
    pub raw: (u64, u64, u64, i32),
    /// (unix secs)
    pub published_at: i64,
    /// The slot in which it was stored.
    pub slot: u64,
}

/// Which reading of a price.
#[derive(Clone, Copy, Debug)]
pub enum Reading {
    /// The lower of spot and average, less the uncertainty.
    Low,
    /// Spot.
    Spot,
    /// The higher of spot and average, and the uncertainty on top.
    High,
}

/// The price in `feed`, if it may be used.
pub fn accept(
    feed: &PriceFeed,
    limits: Limits,
    stored: i64,
    now: i64,
    slot: u64,
) -> Outcome<Price> {
    let published = feed.publish_time;
    require(published <= now, E::PriceFromTheFuture)?;
    require(published >= stored, E::PriceWentBack)?;
    require(now - published <= i64::from(limits.max_age), E::PriceStale)?;
    require((-18..=0).contains(&feed.exponent), E::PriceExponent)?;
    require(feed.price > 0 && feed.ema_price > 0, E::PriceNotPositive)?;
    let (spot, ema, conf) = (exact(feed.price), exact(feed.ema_price), exact(feed.conf));
    let lower = spot.clone().min(ema.clone());
    require(
        conf <= &lower * bps(limits.max_conf) && conf < lower,
        E::PriceUncertain,
    )?;
    let distance = if spot > ema {
        &spot - &ema
    } else {
        &ema - &spot
    };
    require(
        distance <= &ema * bps(limits.max_divergence),
        E::PriceDiverges,
    )?;
    let unit = pow10(feed.exponent);
    Ok(Price {
        spot: spot * &unit,
        ema: ema * &unit,
        conf: conf * &unit,
        raw: (
            feed.price.unsigned_abs(),
            feed.ema_price.unsigned_abs(),
            feed.conf,
            feed.exponent,
        ),
        published_at: published,
        slot,
    })
}

/// (dollars) The unit in which values are counted.
pub fn value_unit() -> Exact {
    pow10(-12)
}

impl Price {
    /// Dollars a token in this reading.
    pub fn read(&self, reading: Reading) -> Exact {
        match reading {
            Reading::Low => self.spot.clone().min(self.ema.clone()) - &self.conf,
            Reading::Spot => self.spot.clone(),
            Reading::High => self.spot.clone().max(self.ema.clone()) + &self.conf,
        }
    }

    fn exact_value(&self, atoms: &Int, decimals: u8, reading: Reading) -> Exact {
        exact(atoms.clone()) * self.read(reading) * pow10(-i32::from(decimals))
    }

    /// Dollars that `atoms` are worth.
    pub fn value_down(&self, atoms: &Int, decimals: u8, reading: Reading) -> Exact {
        down_to(&self.exact_value(atoms, decimals, reading), &value_unit())
    }

    /// Dollars that `atoms` are worth.
    pub fn value_up(&self, atoms: &Int, decimals: u8, reading: Reading) -> Exact {
        up_to(&self.exact_value(atoms, decimals, reading), &value_unit())
    }

    /// Atoms worth `value` at spot; no more than 64 bits hold.
    pub fn atoms_up(&self, value: &Exact, decimals: u8) -> Int {
        let atoms = up(&(value / &self.spot * pow10(i32::from(decimals))));
        atoms.min(Int::from(u64::MAX))
    }
}

/// Governance prices in debt atoms, in units of 2^-64: the lower reading of the
/// token over the higher one of the debt, or the other way round. The rule
/// rounds three times: the quotient, the factor, the decimals.
pub fn rate(token: (&Price, u8), debt: (&Price, u8), factor: &Exact, cheap: bool) -> Option<Int> {
    let (price, asset) = (token.0.raw, debt.0.raw);
    let (numerator, denominator) = if cheap {
        (price.0.min(price.1), asset.0.max(asset.1))
    } else {
        (price.0.max(price.1), asset.0.min(asset.1))
    };
    let round = |value: Exact| exact(if cheap { down(&value) } else { up(&value) });
    let power = price.3 - i32::from(token.1) - asset.3 + i32::from(debt.1);
    let (multiply, divide) = (pow10(power.max(0)), pow10(power.min(0)));
    let quotient = round(exact(numerator) * pow2(64) * multiply / exact(denominator));
    let scaled = round(quotient * factor);
    let rate = round(scaled * divide).to_integer();
    fits(&rate, 128).then_some(rate)
}

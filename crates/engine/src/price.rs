//! Oracle prices: what makes one usable, and which reading of it each check
//! uses.

use crate::error::{EngineError, Result};
use crate::math;
use crate::units::{Atoms, Bps, Rate, UnixTime, Value, BPS, RATE_BITS};

/// Dollars are counted in units of `10^VALUE_EXPONENT`.
pub const VALUE_EXPONENT: i32 = -12;

/// Smallest exponent that an oracle may use; the largest is 0.
pub const MIN_EXPONENT: i32 = -18;

/// Most decimals that a mint may have.
pub const MAX_DECIMALS: u8 = 18;

/// One observation as an oracle published it: dollars per whole token are
/// `price · 10^exponent`; `ema` and `conf` share the exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Spot price.
    pub price: i64,
    /// Half-width of the confidence interval.
    pub conf: u64,
    /// Exponential average of the price, about an hour long.
    pub ema: i64,
    /// Power of ten of the three.
    pub exponent: i32,
    /// When it was published.
    pub published: UnixTime,
}

/// What a bank demands of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OracleLimits {
    /// Greatest age in seconds.
    pub max_age_secs: u32,
    /// Greatest `conf / price`.
    pub max_conf: Bps,
    /// Greatest distance of spot from average, as a share of the average.
    pub max_divergence: Bps,
}

/// A price that passed its limits. All three numbers are positive where they
/// are used as prices, and `conf` is smaller than `spot` and `ema`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// Dollars per whole token, times `10^-exponent`.
    pub spot: u64,
    /// Its exponential average.
    pub ema: u64,
    /// Half-width of the confidence interval.
    pub conf: u64,
    /// Power of ten of the three, −18..=0.
    pub exponent: i32,
}

/// Which reading of a price a check uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// `min(spot, ema) − conf`.
    Low,
    /// `spot`.
    Spot,
    /// `max(spot, ema) + conf`.
    High,
}

impl Observation {
    /// The price, if it may be used now. `stored` is the publish time of the
    /// last price that was accepted: time does not go back, so a caller cannot
    /// pick the one of several recent prices that suits him once a later one
    /// has been seen.
    ///
    /// # Errors
    /// One variant of [`EngineError`] for each limit; a failing price is never
    /// read as zero.
    pub fn accept(self, limits: OracleLimits, stored: UnixTime, now: UnixTime) -> Result<Price> {
        if self.published > now {
            return Err(EngineError::PriceFromTheFuture {
                published: self.published.0,
                now: now.0,
            });
        }
        if self.published < stored {
            return Err(EngineError::PriceWentBack {
                published: self.published.0,
                stored: stored.0,
            });
        }
        if now.since(self.published)? > u64::from(limits.max_age_secs) {
            return Err(EngineError::PriceStale {
                published: self.published.0,
                now: now.0,
                max_age: limits.max_age_secs,
            });
        }
        if !(MIN_EXPONENT..=0).contains(&self.exponent) {
            return Err(EngineError::PriceExponent {
                exponent: self.exponent,
            });
        }
        let spot = positive(self.price)?;
        let ema = positive(self.ema)?;
        let lower = spot.min(ema);
        if ratio_exceeds(self.conf, lower, limits.max_conf) || self.conf >= lower {
            return Err(EngineError::PriceUncertain {
                conf: self.conf,
                price: lower,
                max_bps: limits.max_conf.0,
            });
        }
        if ratio_exceeds(spot.abs_diff(ema), ema, limits.max_divergence) {
            return Err(EngineError::PriceDiverges {
                spot,
                ema,
                max_bps: limits.max_divergence.0,
            });
        }
        Ok(Price {
            spot,
            ema,
            conf: self.conf,
            exponent: self.exponent,
        })
    }
}

fn positive(price: i64) -> Result<u64> {
    match u64::try_from(price) {
        Ok(price) if price > 0 => Ok(price),
        _ => Err(EngineError::PriceNotPositive { price }),
    }
}

fn ratio_exceeds(part: u64, whole: u64, max: Bps) -> bool {
    u128::from(part).wrapping_mul(u128::from(BPS))
        > u128::from(whole).wrapping_mul(u128::from(max.0))
}

impl Price {
    /// The number that a reading uses, times `10^-exponent` dollars.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits, `Underflow` for a price not accepted by
    /// [`Observation::accept`].
    pub fn read(&self, reading: Reading) -> Result<u64> {
        match reading {
            Reading::Low => self
                .spot
                .min(self.ema)
                .checked_sub(self.conf)
                .ok_or(EngineError::Underflow),
            Reading::Spot => Ok(self.spot),
            Reading::High => self
                .spot
                .max(self.ema)
                .checked_add(self.conf)
                .ok_or(EngineError::Overflow),
        }
    }

    /// Power of ten between `atoms · price` and [`Value`], split into what
    /// multiplies and what divides.
    fn scale(&self, decimals: u8) -> Result<(u128, u128)> {
        let power = self
            .exponent
            .saturating_sub(i32::from(decimals))
            .saturating_sub(VALUE_EXPONENT);
        let factor = math::pow10(power.unsigned_abs())?;
        Ok(if power >= 0 { (factor, 1) } else { (1, factor) })
    }

    /// Dollar value of `atoms`, rounded down.
    ///
    /// # Errors
    /// `Overflow` beyond 3·10²⁶ dollars.
    pub fn value_down(&self, atoms: Atoms, decimals: u8, reading: Reading) -> Result<Value> {
        let (up, down) = self.scale(decimals)?;
        let product = u128::from(atoms.0).wrapping_mul(u128::from(self.read(reading)?));
        if down == 1 {
            return product
                .checked_mul(up)
                .map(Value)
                .ok_or(EngineError::Overflow);
        }
        math::div_down(product, down).map(Value)
    }

    /// Dollar value of `atoms`, rounded up.
    ///
    /// # Errors
    /// `Overflow` beyond 3·10²⁶ dollars.
    pub fn value_up(&self, atoms: Atoms, decimals: u8, reading: Reading) -> Result<Value> {
        let product = u128::from(atoms.0).wrapping_mul(u128::from(self.read(reading)?));
        self.scaled_up(product, decimals)
    }

    /// Dollar value of atoms that are multiplied with a price already.
    pub(crate) fn scaled_up(&self, product: u128, decimals: u8) -> Result<Value> {
        let (up, down) = self.scale(decimals)?;
        if down == 1 {
            return product
                .checked_mul(up)
                .map(Value)
                .ok_or(EngineError::Overflow);
        }
        math::div_up(product, down).map(Value)
    }

    /// Atoms worth `value` at spot, rounded up; `u64::MAX` if there are not
    /// that many.
    ///
    /// # Errors
    /// `DivisionByZero` for a price of zero.
    pub fn atoms_up(&self, value: Value, decimals: u8) -> Result<Atoms> {
        let (up, down) = self.scale(decimals)?;
        let price = u128::from(self.spot).saturating_mul(up);
        let atoms = math::mul_div_up(value.0, down, price);
        saturate(atoms)
    }

    /// Atoms worth `value` at spot, rounded down; `u64::MAX` if there are not
    /// that many.
    ///
    /// # Errors
    /// `DivisionByZero` for a price of zero.
    pub fn atoms_down(&self, value: Value, decimals: u8) -> Result<Atoms> {
        let (up, down) = self.scale(decimals)?;
        let price = u128::from(self.spot).saturating_mul(up);
        let atoms = math::mul_div_down(value.0, down, price);
        saturate(atoms)
    }
}

fn saturate(atoms: Result<u128>) -> Result<Atoms> {
    match atoms {
        Ok(atoms) => Ok(Atoms(u64::try_from(atoms).unwrap_or(u64::MAX))),
        Err(EngineError::Overflow) => Ok(Atoms(u64::MAX)),
        Err(other) => Err(other),
    }
}

/// A price and the decimals of the mint it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The price.
    pub price: Price,
    /// Decimals of the mint.
    pub decimals: u8,
}

/// Debt atoms per governance atom, rounded down:
/// `factor_bps / 10 000 · min(spot, ema)` of the governance token over
/// `max(spot, ema)` of the debt asset. Each step rounds down, which together
/// is less than three units of 2⁻⁶⁴.
///
/// # Errors
/// `Overflow` if it does not fit 64 integer bits, `DivisionByZero` for a debt
/// price that was never set.
pub fn exchange_rate_down(token: Quote, debt: Quote, factor_bps: u128) -> Result<Rate> {
    let numerator = u128::from(token.price.spot.min(token.price.ema));
    let denominator = u128::from(debt.price.spot.max(debt.price.ema));
    let (up, down) = rate_scale(token, debt)?;
    let scaled = math::mul_div_down(numerator.wrapping_shl(RATE_BITS), up, denominator)?;
    let scaled = math::mul_div_down(scaled, factor_bps, u128::from(BPS))?;
    math::div_down(scaled, down).map(Rate)
}

/// Debt atoms per governance atom, rounded up:
/// `factor_bps / 10 000 · max(spot, ema)` of the governance token over
/// `min(spot, ema)` of the debt asset. Each step rounds up, which together is
/// less than four units of 2⁻⁶⁴.
///
/// # Errors
/// `Overflow` if it does not fit 64 integer bits, `DivisionByZero` for a debt
/// price that was never set.
pub fn exchange_rate_up(token: Quote, debt: Quote, factor_bps: u128) -> Result<Rate> {
    let numerator = u128::from(token.price.spot.max(token.price.ema));
    let denominator = u128::from(debt.price.spot.min(debt.price.ema));
    let (up, down) = rate_scale(token, debt)?;
    let scaled = math::mul_div_up(numerator.wrapping_shl(RATE_BITS), up, denominator)?;
    let scaled = math::mul_div_up(scaled, factor_bps, u128::from(BPS))?;
    math::div_up(scaled, down).map(Rate)
}

/// Power of ten between the quotient of two mantissas and that of two atoms'
/// worths, split into what multiplies and what divides.
fn rate_scale(token: Quote, debt: Quote) -> Result<(u128, u128)> {
    let power = token
        .price
        .exponent
        .saturating_sub(i32::from(token.decimals))
        .saturating_sub(debt.price.exponent)
        .saturating_add(i32::from(debt.decimals));
    let factor = math::pow10(power.unsigned_abs())?;
    Ok(if power >= 0 { (factor, 1) } else { (1, factor) })
}

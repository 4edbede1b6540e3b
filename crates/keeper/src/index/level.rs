//! Numbers that are compared, never paid: 64 significant bits and a power of
//! two, with the direction of rounding chosen at every step, and an order that
//! a plain integer keeps.

use core::num::NonZeroU128;

/// Bits of a key below its exponent.
const FRACTION_BITS: u32 = 55;

/// Exponent of the leading bit that a key writes as zero.
const BIAS: i32 = 256;

/// Largest exponent of a key, biased.
const MAX_BIASED: i32 = 511;

/// Direction of rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

impl Round {
    fn opposite(self) -> Self {
        match self {
            Self::Down => Self::Up,
            Self::Up => Self::Down,
        }
    }
}

/// `mantissa · 2^exponent`; the mantissa's highest bit is set, or it is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    mantissa: u64,
    exponent: i32,
}

impl Level {
    /// The 64 highest bits of `value`.
    #[must_use]
    pub fn new(value: u128, round: Round) -> Self {
        let Some(bits) = value.checked_ilog2() else {
            return Self {
                mantissa: 0,
                exponent: 0,
            };
        };
        let excess = i64::from(bits) - 63;
        let exponent = i32::try_from(excess).unwrap_or_default();
        if excess <= 0 {
            let mantissa = value << excess.unsigned_abs();
            return Self {
                mantissa: low_bits(mantissa),
                exponent,
            };
        }
        let mantissa = low_bits(value >> excess);
        let is_exact = u128::from(mantissa) << excess == value;
        if is_exact || round == Round::Down {
            return Self { mantissa, exponent };
        }
        match mantissa.checked_add(1) {
            Some(mantissa) => Self { mantissa, exponent },
            None => Self {
                mantissa: 1 << 63,
                exponent: exponent.saturating_add(1),
            },
        }
    }

    /// `self · 2^bits`, exactly.
    #[must_use]
    pub fn shift(self, bits: i32) -> Self {
        Self {
            mantissa: self.mantissa,
            exponent: self.exponent.saturating_add(bits),
        }
    }

    /// `self · factor`.
    #[must_use]
    pub fn times(self, factor: u128, round: Round) -> Self {
        let factor = Self::new(factor, round);
        let product = u128::from(self.mantissa).saturating_mul(u128::from(factor.mantissa));
        Self::new(product, round)
            .shift(self.exponent)
            .shift(factor.exponent)
    }

    /// `self / divisor`.
    #[must_use]
    pub fn over(self, divisor: NonZeroU128, round: Round) -> Self {
        let divisor = Self::new(divisor.get(), round.opposite());
        let numerator = u128::from(self.mantissa) << 64;
        let by = u128::from(divisor.mantissa.max(1));
        let quotient = match round {
            Round::Down => numerator / by,
            Round::Up => numerator.div_ceil(by),
        };
        Self::new(quotient, round)
            .shift(self.exponent)
            .shift(divisor.exponent.saturating_neg())
            .shift(-64)
    }

    /// An integer in the order of the numbers themselves. Beyond `2^±254` it
    /// stays at the ends, on the side that `round` allows.
    #[must_use]
    pub fn key(self, round: Round) -> u64 {
        if self.mantissa == 0 {
            return 0;
        }
        let biased = self.exponent.saturating_add(63 + BIAS);
        match (biased, round) {
            (..1, Round::Down) => return 0,
            (..1, Round::Up) => return 1 << FRACTION_BITS,
            (biased, Round::Down) if biased > MAX_BIASED => return u64::MAX - 1,
            (biased, Round::Up) if biased > MAX_BIASED => return u64::MAX,
            _ => {}
        }
        let dropped = 63 - FRACTION_BITS;
        let fraction = (self.mantissa << 1) >> (dropped + 1);
        let lost = self.mantissa.trailing_zeros() < dropped && round == Round::Up;
        let exponent = u64::try_from(biased).unwrap_or_default() << FRACTION_BITS;
        (exponent | fraction).saturating_add(u64::from(lost))
    }
}

/// The low half; callers have shifted the value into it.
fn low_bits(value: u128) -> u64 {
    u64::try_from(value & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_size() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0u32..128).prop_map(|(value, shift)| value >> shift)
    }

    proptest! {
        #[test]
        fn keys_keep_the_order_of_products(a in any_size(), b in any_size(), c in 1u128..1 << 60) {
            for round in [Round::Down, Round::Up] {
                let key = |value| Level::new(value, round).times(c, round).key(round);
                if a <= b {
                    prop_assert!(key(a) <= key(b));
                }
            }
        }

        #[test]
        fn rounding_down_never_exceeds_rounding_up(
            a in any_size(), b in any_size(), c in any_size(),
        ) {
            let divisor = NonZeroU128::new(c).unwrap_or(NonZeroU128::MIN);
            let key = |r| Level::new(a, r).times(b, r).over(divisor, r).key(r);
            prop_assert!(key(Round::Down) <= key(Round::Up));
        }

        #[test]
        fn a_quotient_is_bracketed(a in 0u128..1 << 60, b in 1u128..1 << 60, k in 1u128..1 << 60) {
            // a/b <= k exactly when a <= k·b, which fits.
            let divisor = NonZeroU128::new(b).unwrap();
            let down = Level::new(a, Round::Down).over(divisor, Round::Down).key(Round::Down);
            let up = Level::new(a, Round::Up).over(divisor, Round::Up).key(Round::Up);
            if a <= k * b {
                prop_assert!(down <= Level::new(k, Round::Up).key(Round::Up));
            }
            if a >= k * b {
                prop_assert!(up >= Level::new(k, Round::Down).key(Round::Down));
            }
        }
    }

    #[test]
    fn the_ends_stay_on_the_side_that_rounding_allows() {
        let tiny = Level::new(1, Round::Down).shift(-400);
        let huge = Level::new(1, Round::Down).shift(400);
        assert_eq!(tiny.key(Round::Down), 0);
        assert!(tiny.key(Round::Up) > 0);
        assert_eq!(huge.key(Round::Down), u64::MAX - 1);
        assert_eq!(huge.key(Round::Up), u64::MAX);
    }
}

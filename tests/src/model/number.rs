//! Exact numbers, and the only functions that round.
//!
//! The engine works in 64- and 128-bit integers with shifts and long divisions.
//! Here every quantity is a fraction of unbounded integers; what the protocol
//! rounds is rounded once, by [`down`] or [`up`], where the rule says so.

use {crate::state::Wide, backstop::state::Le128, num_bigint::BigInt, num_rational::BigRational};

/// A whole number: atoms, shares, seconds.
pub type Int = BigInt;

/// Any other number.
pub type Exact = BigRational;

/// A whole number.
pub fn int(value: impl Into<Int>) -> Int {
    value.into()
}

/// A number of 128 bits as an account holds it.
pub fn wide(number: &Le128) -> Int {
    number.big().into()
}

/// A whole number as a fraction.
pub fn exact(value: impl Into<Int>) -> Exact {
    Exact::from_integer(value.into())
}

/// `a / b`.
pub fn ratio(a: impl Into<Int>, b: impl Into<Int>) -> Exact {
    Exact::new(a.into(), b.into())
}

/// Hundredths of a per cent.
pub fn bps(value: u32) -> Exact {
    ratio(value, 10_000)
}

/// `10^exponent`.
pub fn pow10(exponent: i32) -> Exact {
    exact(10).pow(exponent)
}

/// `2^exponent`.
pub fn pow2(exponent: i32) -> Exact {
    exact(2).pow(exponent)
}

/// Rounded down.
pub fn down(value: &Exact) -> Int {
    value.floor().to_integer()
}

/// Rounded up.
pub fn up(value: &Exact) -> Int {
    value.ceil().to_integer()
}

/// Rounded down to a multiple of `unit`.
pub fn down_to(value: &Exact, unit: &Exact) -> Exact {
    (value / unit).floor() * unit
}

/// Rounded up to a multiple of `unit`.
pub fn up_to(value: &Exact, unit: &Exact) -> Exact {
    (value / unit).ceil() * unit
}

/// Whether an unsigned number of `bits` bits can hold it.
pub fn fits(value: &Int, bits: u64) -> bool {
    value.sign() != num_bigint::Sign::Minus && value.bits() <= bits
}

/// `a − b`, or nothing if that is negative.
pub fn left_of(a: &Int, b: &Int) -> Int {
    if a > b {
        a - b
    } else {
        Int::ZERO
    }
}

/// The smaller of two.
pub fn least(a: &Int, b: &Int) -> Int {
    a.min(b).clone()
}

//! Full-width multiplication and division. The direction of rounding is part
//! of every name.

use crate::error::{EngineError, Result};

const LIMB_BITS: u32 = 64;
const LIMB_MASK: u128 = 0xFFFF_FFFF_FFFF_FFFF;

/// `⌊a·b/d⌋`, exact over the full 256-bit product.
///
/// # Errors
/// `DivisionByZero` for `d = 0`, `Overflow` if the quotient exceeds `u128`.
pub fn mul_div_down(a: u128, b: u128, d: u128) -> Result<u128> {
    mul_div(a, b, d).map(|(quotient, _)| quotient)
}

/// `⌈a·b/d⌉`, exact over the full 256-bit product.
///
/// # Errors
/// `DivisionByZero` for `d = 0`, `Overflow` if the quotient exceeds `u128`.
pub fn mul_div_up(a: u128, b: u128, d: u128) -> Result<u128> {
    let (quotient, remainder) = mul_div(a, b, d)?;
    if remainder == 0 {
        Ok(quotient)
    } else {
        quotient.checked_add(1).ok_or(EngineError::Overflow)
    }
}

/// `⌊a·b/2^bits⌋` for `bits ≤ 128`.
///
/// # Errors
/// `Overflow` if the result exceeds `u128` or `bits > 128`.
pub fn mul_shr_down(a: u128, b: u128, bits: u32) -> Result<u128> {
    let (high, low) = wide_mul(a, b);
    let (result, _) = shr(high, low, bits)?;
    Ok(result)
}

/// `⌈a·b/2^bits⌉` for `bits ≤ 128`.
///
/// # Errors
/// `Overflow` if the result exceeds `u128` or `bits > 128`.
pub fn mul_shr_up(a: u128, b: u128, bits: u32) -> Result<u128> {
    let (high, low) = wide_mul(a, b);
    let (result, lost) = shr(high, low, bits)?;
    if lost {
        result.checked_add(1).ok_or(EngineError::Overflow)
    } else {
        Ok(result)
    }
}

/// `⌊a/d⌋`.
///
/// # Errors
/// `DivisionByZero` for `d = 0`.
pub fn div_down(a: u128, d: u128) -> Result<u128> {
    a.checked_div(d).ok_or(EngineError::DivisionByZero)
}

/// `⌈a/d⌉`.
///
/// # Errors
/// `DivisionByZero` for `d = 0`.
pub fn div_up(a: u128, d: u128) -> Result<u128> {
    let quotient = a.checked_div(d).ok_or(EngineError::DivisionByZero)?;
    if quotient.wrapping_mul(d) == a {
        Ok(quotient)
    } else {
        quotient.checked_add(1).ok_or(EngineError::Overflow)
    }
}

/// The powers of ten that fit: a look-up costs a fifth of the multiplications.
const POWERS_OF_TEN: [u128; 39] = {
    let mut powers = [1u128; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent.saturating_sub(1)].saturating_mul(10);
        exponent = exponent.saturating_add(1);
    }
    powers
};

/// `10^exponent` for `exponent ≤ 38`.
///
/// # Errors
/// `Overflow` above 38.
pub fn pow10(exponent: u32) -> Result<u128> {
    usize::try_from(exponent)
        .ok()
        .and_then(|index| POWERS_OF_TEN.get(index))
        .copied()
        .ok_or(EngineError::Overflow)
}

/// Narrows to `u64`.
///
/// # Errors
/// `Overflow` if it does not fit.
pub fn to_u64(value: u128) -> Result<u64> {
    u64::try_from(value).map_err(|_| EngineError::Overflow)
}

fn low_limb(value: u128) -> u128 {
    value & LIMB_MASK
}

fn high_limb(value: u128) -> u128 {
    value.wrapping_shr(LIMB_BITS)
}

/// The 256-bit product as (high, low) halves. Wrapping operations below never
/// wrap: each operand is a 64-bit limb.
fn wide_mul(a: u128, b: u128) -> (u128, u128) {
    let (a1, a0) = (high_limb(a), low_limb(a));
    let (b1, b0) = (high_limb(b), low_limb(b));
    if a1 | b1 == 0 {
        return (0, a0.wrapping_mul(b0));
    }
    let p00 = a0.wrapping_mul(b0);
    let p01 = a0.wrapping_mul(b1);
    let p10 = a1.wrapping_mul(b0);
    let p11 = a1.wrapping_mul(b1);
    let middle = high_limb(p00)
        .wrapping_add(low_limb(p01))
        .wrapping_add(low_limb(p10));
    let low = low_limb(p00) | middle.wrapping_shl(LIMB_BITS);
    let high = p11
        .wrapping_add(high_limb(p01))
        .wrapping_add(high_limb(p10))
        .wrapping_add(high_limb(middle));
    (high, low)
}

/// Shifts a 256-bit number right; the flag says whether set bits were lost.
fn shr(high: u128, low: u128, bits: u32) -> Result<(u128, bool)> {
    match bits {
        0 if high == 0 => Ok((low, false)),
        128 => Ok((high, low != 0)),
        1..=127 => {
            if high.wrapping_shr(bits) != 0 {
                return Err(EngineError::Overflow);
            }
            let up = 128u32.wrapping_sub(bits);
            let result = high.wrapping_shl(up) | low.wrapping_shr(bits);
            Ok((result, low.wrapping_shl(up) != 0))
        }
        _ => Err(EngineError::Overflow),
    }
}

fn mul_div(a: u128, b: u128, d: u128) -> Result<(u128, u128)> {
    if d == 0 {
        return Err(EngineError::DivisionByZero);
    }
    let (high, low) = wide_mul(a, b);
    if high == 0 {
        let quotient = low.checked_div(d).ok_or(EngineError::DivisionByZero)?;
        return Ok((quotient, low.wrapping_sub(quotient.wrapping_mul(d))));
    }
    if high >= d {
        return Err(EngineError::Overflow);
    }
    wide_div(high, low, d)
}

/// Divides a 256-bit number by a 128-bit one, `high < d`: Knuth's algorithm D
/// with 64-bit digits (TAOCP volume 2, 4.3.1).
fn wide_div(high: u128, low: u128, d: u128) -> Result<(u128, u128)> {
    let shift = d.leading_zeros();
    let divisor = d.wrapping_shl(shift);
    let (d1, d0) = (high_limb(divisor), low_limb(divisor));
    let carried = if shift == 0 {
        0
    } else {
        low.wrapping_shr(128u32.wrapping_sub(shift))
    };
    let numerator = high.wrapping_shl(shift) | carried;
    let tail = low.wrapping_shl(shift);

    let q1 = quotient_digit(numerator, high_limb(tail), d1, d0)?;
    let rest = numerator
        .wrapping_shl(LIMB_BITS)
        .wrapping_add(high_limb(tail))
        .wrapping_sub(q1.wrapping_mul(divisor));
    let q0 = quotient_digit(rest, low_limb(tail), d1, d0)?;
    let remainder = rest
        .wrapping_shl(LIMB_BITS)
        .wrapping_add(low_limb(tail))
        .wrapping_sub(q0.wrapping_mul(divisor))
        .wrapping_shr(shift);
    Ok((q1.wrapping_shl(LIMB_BITS).wrapping_add(q0), remainder))
}

/// One 64-bit digit: `⌊(top·2^64 + next) / (d1·2^64 + d0)⌋`, with the divisor
/// normalised and the quotient known to be below 2^64.
fn quotient_digit(top: u128, next: u128, d1: u128, d0: u128) -> Result<u128> {
    let mut digit = top.checked_div(d1).ok_or(EngineError::DivisionByZero)?;
    let mut rest = top.wrapping_sub(digit.wrapping_mul(d1));
    while digit > LIMB_MASK
        || digit.wrapping_mul(d0) > rest.wrapping_shl(LIMB_BITS).wrapping_add(next)
    {
        digit = digit.wrapping_sub(1);
        rest = rest.wrapping_add(d1);
        if rest > LIMB_MASK {
            break;
        }
    }
    Ok(digit)
}

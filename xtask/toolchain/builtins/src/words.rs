//! The arithmetic behind the builtins, in 64-bit steps.
//!
//! Nothing here may multiply or divide a `u128`: LLVM would turn that into a
//! call of the very function it is in. Every step wraps on purpose; the
//! algorithms rely on it. xtask's tests include this file and compare it with
//! the host's own 128-bit arithmetic.

/// A 128-bit integer as two machine words.
#[derive(Clone, Copy)]
pub struct Words {
    high: u64,
    low: u64,
}

impl Words {
    /// Takes a number apart.
    pub const fn of(value: u128) -> Self {
        Self {
            high: (value >> 64) as u64,
            low: value as u64,
        }
    }

    /// Puts it together again.
    pub const fn join(self) -> u128 {
        ((self.high as u128) << 64) | self.low as u128
    }

    const fn negated(self) -> Self {
        let carry = (self.low == 0) as u64;
        Self {
            high: (!self.high).wrapping_add(carry),
            low: self.low.wrapping_neg(),
        }
    }

    const fn is_negative(self) -> bool {
        self.high >> 63 == 1
    }

    const fn minus(self, other: Self) -> Self {
        let borrow = (self.low < other.low) as u64;
        Self {
            high: self.high.wrapping_sub(other.high).wrapping_sub(borrow),
            low: self.low.wrapping_sub(other.low),
        }
    }

    const fn is_below(self, other: Self) -> bool {
        self.high < other.high || (self.high == other.high && self.low < other.low)
    }
}

/// `a / b` without the branch to a panic: callers never pass 0, because rustc
/// checks a divisor before it calls a division.
const fn quotient(a: u64, b: u64) -> u64 {
    match a.checked_div(b) {
        Some(q) => q,
        None => 0,
    }
}

/// The full product of two words, by the schoolbook method on 32-bit halves.
const fn widening_mul(a: u64, b: u64) -> Words {
    const HALF: u64 = u32::MAX as u64;
    let (a_high, a_low, b_high, b_low) = (a >> 32, a & HALF, b >> 32, b & HALF);
    let low = a_low.wrapping_mul(b_low);
    let cross_1 = a_low.wrapping_mul(b_high);
    let cross_2 = a_high.wrapping_mul(b_low);
    let middle = (low >> 32)
        .wrapping_add(cross_1 & HALF)
        .wrapping_add(cross_2 & HALF);
    Words {
        high: a_high
            .wrapping_mul(b_high)
            .wrapping_add(cross_1 >> 32)
            .wrapping_add(cross_2 >> 32)
            .wrapping_add(middle >> 32),
        low: (middle << 32) | (low & HALF),
    }
}

/// The product modulo 2^128, the same for signed and unsigned operands.
pub const fn multiply(a: Words, b: Words) -> Words {
    let product = widening_mul(a.low, b.low);
    if a.high | b.high == 0 {
        return product;
    }
    let cross = a
        .low
        .wrapping_mul(b.high)
        .wrapping_add(a.high.wrapping_mul(b.low));
    Words {
        high: product.high.wrapping_add(cross),
        low: product.low,
    }
}

/// Leading zero bits of a word other than 0, by bisection: sBPF has no
/// instruction for it.
const fn leading_zeros(mut x: u64) -> u32 {
    let mut zeros = 0;
    let mut width = 32;
    while width > 0 {
        if x >> (64 - width) == 0 {
            zeros |= width;
            x <<= width;
        }
        width >>= 1;
    }
    zeros
}

/// Quotient and remainder of a two-word number by a word greater than its
/// high word, so that the quotient fits one word: Knuth's algorithm D
/// (The Art of Computer Programming, 4.3.1) with two 32-bit digits.
const fn divide_by_word(n: Words, divisor: u64) -> (u64, u64) {
    if n.high == 0 {
        let q = quotient(n.low, divisor);
        return (q, n.low.wrapping_sub(q.wrapping_mul(divisor)));
    }
    let shift = leading_zeros(divisor);
    let v = divisor << shift;
    let (v_high, v_low) = (v >> 32, v & 0xffff_ffff);
    let top = if shift == 0 {
        n.high
    } else {
        (n.high << shift) | (n.low >> (64 - shift))
    };
    let bottom = n.low << shift;

    let q_high = digit(top, bottom >> 32, v_high, v_low);
    let rest = (top << 32)
        .wrapping_add(bottom >> 32)
        .wrapping_sub(q_high.wrapping_mul(v));
    let q_low = digit(rest, bottom & 0xffff_ffff, v_high, v_low);
    let remainder = (rest << 32)
        .wrapping_add(bottom & 0xffff_ffff)
        .wrapping_sub(q_low.wrapping_mul(v));
    ((q_high << 32).wrapping_add(q_low), remainder >> shift)
}

/// One digit of algorithm D: an estimate from the divisor's high half, at most
/// two too large, corrected with its low half.
const fn digit(top: u64, next: u64, v_high: u64, v_low: u64) -> u64 {
    let mut q = quotient(top, v_high);
    let mut rest = top.wrapping_sub(q.wrapping_mul(v_high));
    while q >> 32 != 0 || q.wrapping_mul(v_low) > ((rest << 32) | next) {
        q = q.wrapping_sub(1);
        rest = rest.wrapping_add(v_high);
        if rest >> 32 != 0 {
            break;
        }
    }
    q
}

/// Quotient and remainder of unsigned numbers; the divisor is not 0.
pub const fn divide(n: Words, d: Words) -> (Words, Words) {
    if d.high == 0 {
        let high = quotient(n.high, d.low);
        let rest = n.high.wrapping_sub(high.wrapping_mul(d.low));
        let (low, remainder) = divide_by_word(
            Words {
                high: rest,
                low: n.low,
            },
            d.low,
        );
        return (
            Words { high, low },
            Words {
                high: 0,
                low: remainder,
            },
        );
    }
    if n.is_below(d) {
        return (Words { high: 0, low: 0 }, n);
    }
    // The quotient fits one word. Estimate it from the divisor's top 64 bits
    // and half the dividend: at most one too large, so take one off and give
    // it back if the remainder still holds the divisor.
    let shift = leading_zeros(d.high);
    let top = if shift == 0 {
        d.high
    } else {
        (d.high << shift) | (d.low >> (64 - shift))
    };
    let half = Words {
        high: n.high >> 1,
        low: (n.high << 63) | (n.low >> 1),
    };
    let mut q = divide_by_word(half, top).0 >> (63 - shift);
    q = q.saturating_sub(1);
    let mut remainder = n.minus(multiply(Words { high: 0, low: q }, d));
    if !remainder.is_below(d) {
        q = q.wrapping_add(1);
        remainder = remainder.minus(d);
    }
    (Words { high: 0, low: q }, remainder)
}

/// Rounds towards zero; the remainder has the dividend's sign.
pub const fn divide_signed(n: Words, d: Words) -> (Words, Words) {
    let (q, r) = divide(
        if n.is_negative() { n.negated() } else { n },
        if d.is_negative() { d.negated() } else { d },
    );
    (
        if n.is_negative() != d.is_negative() {
            q.negated()
        } else {
            q
        },
        if n.is_negative() { r.negated() } else { r },
    )
}

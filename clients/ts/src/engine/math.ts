/**
 * Arithmetic with the bounds of the program's integers. The direction of
 * rounding is part of every name.
 */
import { refuse } from './error.js';

/** Largest `u64`. */
export const U64_MAX = (1n << 64n) - 1n;
/** Largest `u128`. */
export const U128_MAX = (1n << 128n) - 1n;
/** Largest `i64`. */
const I64_MAX = (1n << 63n) - 1n;
const I64_MIN = -(1n << 63n);
const U32_MAX = (1n << 32n) - 1n;

/** Ten thousand basis points are one. */
export const BPS = 10_000n;

/** Fraction bits of a rate: atoms per governance atom. */
export const RATE_BITS = 64n;

/** The smaller one. */
export function min(left: bigint, right: bigint): bigint {
    return left < right ? left : right;
}

/** The greater one. */
export function max(left: bigint, right: bigint): bigint {
    return left > right ? left : right;
}

function within(value: bigint, most: bigint): bigint {
    if (value < 0n) refuse('Underflow');
    if (value > most) refuse('Overflow');
    return value;
}

/** `value` as a `u32`. Throws `Overflow`, `Underflow`. */
export function toU32(value: bigint): bigint {
    return within(value, U32_MAX);
}

/** `value` as a `u64`. Throws `Overflow`, `Underflow`. */
export function toU64(value: bigint): bigint {
    return within(value, U64_MAX);
}

/** `value` as a `u128`. Throws `Overflow`, `Underflow`. */
export function toU128(value: bigint): bigint {
    return within(value, U128_MAX);
}

/** Difference, or zero. */
export function saturatingSub(left: bigint, right: bigint): bigint {
    return left > right ? left - right : 0n;
}

/** `⌊a/d⌋`. Throws `DivisionByZero`. */
export function divDown(a: bigint, d: bigint): bigint {
    if (d === 0n) refuse('DivisionByZero');
    return a / d;
}

/** `⌈a/d⌉`. Throws `DivisionByZero`. */
export function divUp(a: bigint, d: bigint): bigint {
    if (d === 0n) refuse('DivisionByZero');
    return (a + d - 1n) / d;
}

/** `⌊a·b/d⌋`. Throws `DivisionByZero`, `Overflow` beyond 128 bits. */
export function mulDivDown(a: bigint, b: bigint, d: bigint): bigint {
    return toU128(divDown(a * b, d));
}

/** `⌈a·b/d⌉`. Throws `DivisionByZero`, `Overflow` beyond 128 bits. */
export function mulDivUp(a: bigint, b: bigint, d: bigint): bigint {
    return toU128(divUp(a * b, d));
}

/** `⌊a·b/2^bits⌋`. Throws `Overflow` beyond 128 bits. */
export function mulShrDown(a: bigint, b: bigint, bits: bigint): bigint {
    return toU128((a * b) >> bits);
}

/** `⌈a·b/2^bits⌉`. Throws `Overflow` beyond 128 bits. */
export function mulShrUp(a: bigint, b: bigint, bits: bigint): bigint {
    return toU128((a * b + (1n << bits) - 1n) >> bits);
}

/** A power of ten. Throws `Overflow` above 10³⁸. */
export function pow10(exponent: number): bigint {
    if (exponent > 38) refuse('Overflow');
    return 10n ** BigInt(exponent);
}

/** `⌊amount · bps / 10 000⌋`. Throws `Overflow` beyond 64 bits. */
export function shareDown(bps: number | bigint, amount: bigint): bigint {
    return toU64((amount * BigInt(bps)) / BPS);
}

/** `⌈amount · bps / 10 000⌉`. Throws `Overflow` beyond 64 bits. */
export function shareUp(bps: number | bigint, amount: bigint): bigint {
    return toU64(divUp(amount * BigInt(bps), BPS));
}

/** `10 000 + bps`, the factor of a premium or a bonus. */
export function aboveOne(bps: number | bigint): bigint {
    return BPS + BigInt(bps);
}

/** `10 000 − bps`, the factor of a discount; zero from 100 % on. */
export function belowOne(bps: number | bigint): bigint {
    return saturatingSub(BPS, BigInt(bps));
}

/** Seconds from `earlier` to `now`. Throws `TimeWentBack`. */
export function since(now: bigint, earlier: bigint): bigint {
    const elapsed = now - earlier;
    if (elapsed < 0n || elapsed > I64_MAX) refuse('TimeWentBack', { last: earlier, now });
    return elapsed;
}

/** `time + secs`, or the end of time. */
export function plus(time: bigint, secs: number | bigint): bigint {
    return min(time + BigInt(secs), I64_MAX);
}

/** `value` as an `i64`. Throws `Overflow`. */
export function toI64(value: bigint): bigint {
    if (value < I64_MIN || value > I64_MAX) refuse('Overflow');
    return value;
}

/** What `amount` governance atoms cost at `rate`, rounded up: the seller keeps the dust. */
export function costUp(rate: bigint, amount: bigint): bigint {
    return toU64(mulShrUp(amount, rate, RATE_BITS));
}

/** What `amount` governance atoms fetch at `rate`, rounded down. */
export function costDown(rate: bigint, amount: bigint): bigint {
    return toU64(mulShrDown(amount, rate, RATE_BITS));
}

/** Fewest governance atoms whose cost reaches `atoms`. */
export function tokensUp(rate: bigint, atoms: bigint): bigint {
    return toU64(divUp(atoms << RATE_BITS, rate));
}

/** Most governance atoms whose price, rounded down, stays within `atoms`. */
export function tokensDown(rate: bigint, atoms: bigint): bigint {
    return toU64(divDown(atoms << RATE_BITS, rate));
}

/** Decimal numbers as people write them, turned into integers without a float. */

const U64_MAX = (1n << 64n) - 1n;
const U128_MAX = (1n << 128n) - 1n;
const PART = /^[0-9](?:[0-9_]*[0-9])?$/;

/** An exact decimal number: `digits / 10^scale`, not negative. */
export interface Decimal {
    /** All of its digits. */
    readonly digits: bigint;
    /** How many of them stand behind the point. */
    readonly scale: number;
}

/**
 * Digits, at most one point with digits on both sides, underscores between
 * digits. No sign, no exponent, no thousands separator: `1,5` must not silently
 * become fifteen. Throws a `RangeError`.
 */
export function parseDecimal(text: string): Decimal {
    const [whole = '', fraction, ...more] = text.split('.');
    const parts = fraction === undefined ? [whole] : [whole, fraction];
    if (more.length > 0 || !parts.every((part) => PART.test(part))) {
        throw new RangeError(
            `\`${text}\` is not an amount: write whole tokens as a decimal number, like 12.5`,
        );
    }
    const behind = (fraction ?? '').replaceAll('_', '').replace(/0+$/, '');
    const digits = BigInt(whole.replaceAll('_', '') + behind);
    if (digits > U128_MAX) throw tooLarge(text);
    return { digits, scale: behind.length };
}

function tooLarge(text: string): RangeError {
    return new RangeError(`\`${text}\` is more than a token account can hold`);
}

/** `decimal * 10^places`, if that is a whole number. */
export function timesTenTo({ digits, scale }: Decimal, places: number): bigint | undefined {
    return scale > places ? undefined : digits * 10n ** BigInt(places - scale);
}

/** Whole tokens in atoms of a token with `decimals`. Throws a `RangeError`. */
export function atomsOf(decimal: Decimal, decimals: number): bigint {
    const text = formatScaled(decimal.digits, decimal.scale);
    const atoms = timesTenTo(decimal, decimals);
    if (atoms === undefined) {
        throw new RangeError(
            `\`${text}\` has more decimal places than the token, which has ${decimals}`,
        );
    }
    if (atoms > U64_MAX) throw tooLarge(text);
    return atoms;
}

/** `number / 10^scale`, without trailing zeros. */
export function formatScaled(number: bigint, scale: number): string {
    const digits = number.toString().padStart(scale + 1, '0');
    const whole = digits.slice(0, digits.length - scale);
    const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
    return fraction ? `${whole}.${fraction}` : whole;
}

/** Decimals of the two tokens that amounts are given in. */
export interface Scale {
    /** Of the bank's asset; anything for a market. */
    readonly asset: number;
    /** Of the governance token. */
    readonly governance: number;
}

const RATE_BITS = 64n;
const RATE_PLACES = 12;

/**
 * `price * 10^asset / 10^governance * 2^64`, rounded up: what is sold at a stated
 * least price is not sold for less. Throws a `RangeError`.
 */
export function rateOf(price: Decimal, scale: Scale): bigint {
    const numerator = (price.digits * 10n ** BigInt(scale.asset)) << RATE_BITS;
    const divisor = 10n ** BigInt(price.scale + scale.governance);
    const rate = (numerator + divisor - 1n) / divisor;
    if (rate > U128_MAX) {
        throw new RangeError(
            `\`${formatScaled(price.digits, price.scale)}\` is too large for a price`,
        );
    }
    return rate;
}

/** The price that a rate stands for, to the nearest of twelve places. */
export function showRate(rate: bigint, scale: Scale): string {
    if (rate === 0n) return 'none';
    const up = BigInt(RATE_PLACES + scale.governance - scale.asset);
    if (up < 0n) return `raw:${rate}`;
    const scaled = (rate * 10n ** up + (1n << (RATE_BITS - 1n))) >> RATE_BITS;
    return formatScaled(scaled, RATE_PLACES);
}

/** Numbers and times as text. */
import { formatAmount, formatDollars } from '@backstop/client';
import { RATE_BITS } from '@backstop/client/engine';

/** Digits after the point that an amount shows at most. */
const DIGITS = 6;
/** The same from a thousand on. */
const DIGITS_OF_LARGE = 2;
const LARGE = 1_000n;
/** Half of what the last bit before a rate's point is worth. */
const HALF = 1n << (RATE_BITS - 1n);

function group(decimal: string): string {
    const [whole = '0', fraction] = decimal.split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
    return fraction ? `${grouped}.${fraction}` : grouped;
}

function shownDigits(atoms: bigint, decimals: number): number {
    const large = atoms / 10n ** BigInt(decimals) >= LARGE;
    return Math.min(decimals, large ? DIGITS_OF_LARGE : DIGITS);
}

/** Every digit of an amount. */
export function exactly(atoms: bigint, decimals: number): string {
    return group(formatAmount(atoms, decimals));
}

/** An amount, rounded down to what is worth showing. */
export function shown(atoms: bigint, decimals: number): string {
    const digits = shownDigits(atoms, decimals);
    return group(formatAmount(atoms / 10n ** BigInt(decimals - digits), digits));
}

/** An amount that somebody pays, rounded up to what is worth showing. */
export function shownUp(atoms: bigint, decimals: number): string {
    const digits = shownDigits(atoms, decimals);
    const unit = 10n ** BigInt(decimals - digits);
    return group(formatAmount((atoms + unit - 1n) / unit, digits));
}

/** Decimals of a governance token and of the asset that it is sold for. */
export interface Decimals {
    readonly governance: number;
    readonly asset: number;
}

/**
 * A price: whole tokens of the asset for one governance token, rounded to the
 * nearest, always with six digits, so that it does not jump. What is paid is
 * computed with the rate itself.
 */
export function price(rate: bigint, decimals: Decimals): string {
    const scaled =
        (rate * 10n ** BigInt(decimals.governance + DIGITS)) / 10n ** BigInt(decimals.asset);
    return padded(formatAmount((scaled + HALF) >> RATE_BITS, DIGITS), DIGITS);
}

/** A value in 10⁻¹² dollars, rounded down to cents, or to more where a cent says too little. */
export function dollars(value: bigint): string {
    const digits = value < 10n * 10n ** 12n ? 4 : 2;
    return `$${padded(formatDollars(value, digits), digits)}`;
}

function padded(decimal: string, digits: number): string {
    const [whole = '0', fraction = ''] = decimal.split('.');
    return group(`${whole}.${fraction.padEnd(digits, '0')}`);
}

/** `part` of `whole` in per cent with one digit after the point, rounded down. */
export function percent(part: bigint, whole: bigint): string {
    if (whole === 0n) return '0%';
    return `${group(formatAmount((part * 1_000n) / whole, 1))}%`;
}

/** A time of the chain: hours and minutes in UTC, with the day if it is not `today`'s. */
export function clock(secs: bigint, today: bigint): string {
    const time = new Date(Number(secs) * 1_000).toISOString();
    const day = time.slice(0, 10);
    const sameDay = day === new Date(Number(today) * 1_000).toISOString().slice(0, 10);
    return `${sameDay ? '' : `${day} `}${time.slice(11, 19)} UTC`;
}

const UNITS: readonly (readonly [bigint, string])[] = [
    [86_400n, 'd'],
    [3_600n, 'h'],
    [60n, 'min'],
    [1n, 's'],
];

/** A duration in its two largest units: `1 h 5 min`. */
export function duration(secs: bigint): string {
    const parts: string[] = [];
    let left = secs;
    for (const [unit, name] of UNITS) {
        const count = left / unit;
        left %= unit;
        if (count > 0n) parts.push(`${count} ${name}`);
        else if (parts.length > 0) break;
        if (parts.length === 2) break;
    }
    return parts.join(' ') || '0 s';
}

/** An address or signature by its ends. */
export function short(text: string): string {
    return `${text.slice(0, 4)}…${text.slice(-4)}`;
}

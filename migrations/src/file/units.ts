/**
 * The units of settings: how each is written in a file, and shown in a plan.
 *
 * An integer is always the raw unit that the program stores. A string is human:
 * whole tokens, per cent, hours. `"raw:N"` gives raw numbers that TOML's integers
 * cannot hold.
 */
import { PYTH_CORE, PYTH_CORE_COMPATIBLE } from '@backstop/client';
import { type Address, isAddress } from '@solana/kit';
import {
    atomsOf,
    type Decimal,
    formatScaled,
    parseDecimal,
    rateOf,
    type Scale,
    showRate,
} from './decimal.ts';
import { NOBODY, type Unit, type Value } from './fields.ts';
import { durationOf, shareOf, showDuration, showShare } from './spans.ts';

const MODES: readonly string[] = ['disabled', 'insurance-only', 'full'];
const RECEIVERS: readonly (readonly [string, Address])[] = [
    ['pyth-core', PYTH_CORE],
    ['pyth-core-compatible', PYTH_CORE_COMPATIBLE],
];
const U32_MAX = (1n << 32n) - 1n;
const U64_MAX = (1n << 64n) - 1n;
const U128_MAX = (1n << 128n) - 1n;

/** A value as a file gives it: ready, or whole tokens that need decimals first. */
export type Written = Value | Decimal;

/** Reads a string. Throws a `RangeError` that says what would be right. */
export function parseUnit(unit: Unit, text: string): Written {
    if (text.startsWith('raw:')) {
        const digits = text.slice('raw:'.length);
        if (!/^\+?[0-9]+$/.test(digits) || BigInt(digits) > U128_MAX) {
            throw new RangeError(`\`${text}\`: \`raw:\` takes a whole number`);
        }
        return numberOf(unit, BigInt(digits));
    }
    switch (unit) {
        case 'tokens':
        case 'governance':
        case 'rate':
            return parseDecimal(text);
        case 'bps':
            return shareOf(text);
        case 'secs':
            return durationOf(text);
        case 'count':
            if (!/^\+?[0-9]+$/.test(text))
                throw new RangeError(`\`${text}\` is not a whole number`);
            return BigInt(text);
        case 'mode':
            return modeOf(text);
        case 'flag':
            throw new RangeError(`\`${text}\`: write true or false, without quotes`);
        case 'optionalReceiver':
            return text === 'none' ? NOBODY : receiverOf(text, ', or none');
        case 'receiver':
            return receiverOf(text, '');
        case 'feed':
            return feedOf(text);
        case 'role':
            return text === '' ? NOBODY : addressOf(text);
    }
}

function modeOf(text: string): bigint {
    const code = MODES.indexOf(text);
    if (code < 0) throw new RangeError(`\`${text}\`: write one of ${MODES.join(', ')}`);
    return BigInt(code);
}

function receiverOf(text: string, none: string): Address {
    const found = RECEIVERS.find(([name, address]) => name === text || address === text);
    if (found) return found[1];
    const names = RECEIVERS.map(([name]) => name).join(' or ');
    throw new RangeError(`\`${text}\` is no Pyth receiver program: write ${names}${none}`);
}

function feedOf(text: string): string {
    const digits = text.replace(/^0x/, '');
    if (!/^[0-9a-fA-F]{64}$/.test(digits)) {
        throw new RangeError(
            `\`${text}\` is not a feed id: 64 hexadecimal digits, as Pyth lists it`,
        );
    }
    return digits.toLowerCase();
}

/** Reads an address. Throws a `RangeError`. */
export function addressOf(text: string): Address {
    if (!isAddress(text)) {
        throw new RangeError(`\`${text}\` is not an address (base58, 32 bytes)`);
    }
    return text;
}

/** Reads a raw number. Throws a `RangeError` when the unit takes none, or a smaller one. */
export function numberOf(unit: Unit, number: bigint): bigint {
    const most = largest(unit);
    if (most === undefined) {
        throw new RangeError(`${number}: write ${nameOf(unit)} in quotes`);
    }
    if (number > most) throw new RangeError(`${number} is too large: at most ${most}`);
    return number;
}

function largest(unit: Unit): bigint | undefined {
    switch (unit) {
        case 'tokens':
        case 'governance':
            return U64_MAX;
        case 'rate':
            return U128_MAX;
        case 'bps':
        case 'secs':
        case 'count':
            return U32_MAX;
        case 'mode':
            return 2n;
        case 'flag':
            return 1n;
        default:
            return undefined;
    }
}

/** What a value of a unit is called. */
export function nameOf(unit: Unit): string {
    switch (unit) {
        case 'tokens':
            return 'whole tokens as a string ("12.5"), or atoms as an integer';
        case 'governance':
            return 'whole governance tokens as a string, or governance atoms as an integer';
        case 'rate':
            return 'whole tokens for one governance token as a string ("0.25")';
        case 'bps':
            return 'a share like "70%", or basis points as an integer';
        case 'secs':
            return 'a duration like "2h", or seconds as an integer';
        case 'count':
            return 'a whole number';
        case 'mode':
            return '"disabled", "insurance-only" or "full"';
        case 'flag':
            return 'true or false';
        case 'receiver':
            return '"pyth-core" or "pyth-core-compatible"';
        case 'optionalReceiver':
            return '"pyth-core", "pyth-core-compatible" or "none"';
        case 'feed':
            return 'a feed id of 64 hexadecimal digits';
        case 'role':
            return 'an address, or an empty string for the admin';
    }
}

/** The stored value of what was written. Throws a `RangeError`. */
export function resolveUnit(unit: Unit, written: Written, scale: Scale): Value {
    if (typeof written !== 'object') {
        const most = largest(unit);
        if (typeof written === 'bigint' && most !== undefined && written > most) {
            throw new RangeError('does not fit');
        }
        return written;
    }
    switch (unit) {
        case 'governance':
            return atomsOf(written, scale.governance);
        case 'rate':
            return rateOf(written, scale);
        default:
            return atomsOf(written, scale.asset);
    }
}

/** A stored value as a person would write it. */
export function showUnit(unit: Unit, value: Value, scale: Scale): string {
    if (typeof value === 'string') return showText(unit, value);
    switch (unit) {
        case 'tokens':
            return formatScaled(value, scale.asset);
        case 'governance':
            return formatScaled(value, scale.governance);
        case 'rate':
            return showRate(value, scale);
        case 'bps':
            return showShare(value);
        case 'secs':
            return showDuration(value);
        case 'mode':
            return MODES[Number(value)] ?? value.toString();
        case 'flag':
            return (value !== 0n).toString();
        default:
            return value.toString();
    }
}

function showText(unit: Unit, text: string): string {
    if (unit !== 'receiver' && unit !== 'optionalReceiver') return text;
    if (text === NOBODY) return 'none';
    return RECEIVERS.find(([, address]) => address === text)?.[0] ?? text;
}

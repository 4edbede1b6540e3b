/** Shares and durations as people write them. */
import { formatScaled, parseDecimal, timesTenTo, type Decimal } from './decimal.ts';

const U32_MAX = (1n << 32n) - 1n;
const SPANS: readonly (readonly [string, bigint])[] = [
    ['w', 604_800n],
    ['d', 86_400n],
    ['h', 3_600n],
    ['m', 60n],
    ['s', 1n],
];

/** `70%` in hundredths of a per cent. Throws a `RangeError`. */
export function shareOf(text: string): bigint {
    const wrong = (): RangeError =>
        new RangeError(`\`${text}\` is not a share: write it like "70%" or "0.05%"`);
    if (!text.endsWith('%')) throw wrong();
    let decimal: Decimal;
    try {
        decimal = parseDecimal(text.slice(0, -1).trimEnd());
    } catch {
        throw wrong();
    }
    const bps = timesTenTo(decimal, 2);
    if (bps === undefined) {
        throw new RangeError(`\`${text}\` is finer than a hundredth of a per cent`);
    }
    if (bps > U32_MAX) throw new RangeError(`\`${text}\` is too large`);
    return bps;
}

/** Hundredths of a per cent as `70%`. */
export function showShare(bps: bigint): string {
    return `${formatScaled(bps, 2)}%`;
}

/** `1d 12h` in seconds. Throws a `RangeError`. */
export function durationOf(text: string): bigint {
    const wrong = (): RangeError =>
        new RangeError(`\`${text}\` is not a duration: write it like "90s", "2h" or "1d 12h"`);
    const plain = text.replaceAll(' ', '');
    if (!/^(?:[0-9]+[wdhms])+$/.test(plain)) throw wrong();
    let total = 0n;
    let last: bigint | undefined;
    for (const [, count = '', name] of plain.matchAll(/([0-9]+)([wdhms])/g)) {
        const span = SPANS.find(([known]) => known === name)?.[1] ?? 0n;
        // Largest first and each once, so that a slip of the pen is noticed.
        if ((last !== undefined && span >= last) || BigInt(count) > U32_MAX) throw wrong();
        last = span;
        total += BigInt(count) * span;
    }
    if (total > U32_MAX) throw new RangeError(`\`${text}\` is too long`);
    return total;
}

/** Seconds as `1d 12h`. */
export function showDuration(secs: bigint): string {
    let rest = secs;
    const parts: string[] = [];
    for (const [name, span] of SPANS.slice(1)) {
        if (rest >= span) parts.push(`${rest / span}${name}`);
        rest %= span;
    }
    return parts.length > 0 ? parts.join(' ') : '0s';
}

/** The vectors that `backstop-engine` and `backstop-client` write. */
import { readFileSync } from 'node:fs';
import { RuleError } from '@backstop/client';
import type { Ledger } from '@backstop/client/engine';
import { getLedgerStateDecoder } from '@backstop/client/generated';

/** JSON with numbers as text, where they may not fit a double. */
export type Shown = null | boolean | number | string | bigint | Shown[] | { [name: string]: Shown };

/** One case: what goes in, and what comes out of it or what it is refused with. */
export interface Case {
    readonly in: { [name: string]: Shown };
    readonly out?: Shown;
    readonly err?: string;
}

/** Every text that is a number becomes one. */
export function revive(value: Shown): Shown {
    if (typeof value === 'string') return /^-?\d+$/.test(value) ? BigInt(value) : value;
    if (Array.isArray(value)) return value.map(revive);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revive(field)]));
}

/** The text of a file of vectors. */
export function readVectors(name: string): Shown[] {
    const path = new URL(`../../../../../tests/vectors/${name}.json`, import.meta.url);
    return JSON.parse(readFileSync(path, 'utf8')) as Shown[];
}

/** The cases of a formula. */
export function casesOf(name: string): Case[] {
    return readVectors(name).map(revive) as unknown as Case[];
}

const LEDGER = getLedgerStateDecoder();
const EMPTY: Ledger = LEDGER.decode(new Uint8Array(LEDGER.fixedSize));

/** Books: counters that are zero are left out of the vectors. */
export function books(shown: Shown | undefined): Ledger {
    return { ...EMPTY, ...(shown as Partial<Ledger>) };
}

function isObject(value: unknown): value is { [name: string]: unknown } {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A result as the vectors show it: books by what has changed, nothing as `null`. */
export function shown(result: unknown, before: Ledger | undefined): unknown {
    if (result === undefined) return null;
    if (!isObject(result)) return result;
    const fields = Object.entries(result).map(([name, value]) => {
        if (name !== 'ledger' || !before) return [name, shown(value, before)];
        const changed = Object.entries(value as Ledger).filter(
            ([counter, now]) => now !== before[counter as keyof Ledger],
        );
        return [name, Object.fromEntries(changed)];
    });
    return Object.fromEntries(fields);
}

/** What a formula answers to a case, as the vectors show it. */
export function answer(compute: () => unknown, before?: Ledger): { out?: unknown; err?: string } {
    try {
        return { out: shown(compute(), before) };
    } catch (error) {
        if (error instanceof RuleError) return { err: error.message };
        throw error;
    }
}

/** Settings between their names in files and the client's types. */
import { type BankConfig, feedIdOf, feedKey, type MarketConfig } from '@backstop/client';
import {
    BANK,
    type BankSettings,
    type Field,
    MARKET,
    type MarketSettings,
    type Unit,
    type Value,
    type Values,
} from '../file/fields.ts';

type Stored = number | bigint | string | Uint8Array;

function camel(name: string): string {
    return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function valueOf(name: string, stored: unknown): Value {
    if (typeof stored === 'bigint' || typeof stored === 'string') return stored;
    if (typeof stored === 'number') return BigInt(stored);
    if (stored instanceof Uint8Array) return feedKey(stored);
    throw new TypeError(`the client does not know the setting ${name}: regenerate it`);
}

function decoded(table: readonly Field[], config: object): Values {
    const stored = new Map<string, unknown>(Object.entries(config));
    return Object.fromEntries(
        table.map(({ name }) => [name, valueOf(name, stored.get(camel(name)))]),
    );
}

/** The settings of a decoded bank. */
export function bankSettings(config: BankConfig): BankSettings {
    return decoded(BANK, config) as BankSettings;
}

/** The settings of a decoded market. */
export function marketSettings(config: MarketConfig): MarketSettings {
    return decoded(MARKET, config) as MarketSettings;
}

/** Numbers of 32 bits and fewer are `number` in the client, larger ones `bigint`. */
function stored(unit: Unit, value: Value): Stored {
    if (typeof value === 'string') return unit === 'feed' ? feedIdOf(value) : value;
    return unit === 'tokens' || unit === 'governance' || unit === 'rate' ? value : Number(value);
}

function encoded(table: readonly Field[], values: Values): Record<string, Stored> {
    return Object.fromEntries(
        table.flatMap(({ name, unit }) => {
            const value = values[name];
            return value === undefined ? [] : [[camel(name), stored(unit, value)]];
        }),
    );
}

/** A bank's settings as the client sends them. */
export function bankConfig(settings: BankSettings): BankConfig {
    const config: unknown = { ...encoded(BANK, settings), reserved: new Uint8Array(6) };
    return config as BankConfig;
}

/** A market's settings as the client sends them. */
export function marketConfig(settings: MarketSettings): MarketConfig {
    const config: unknown = { ...encoded(MARKET, settings), reserved: 0 };
    return config as MarketConfig;
}

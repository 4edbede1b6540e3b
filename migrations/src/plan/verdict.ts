/** What has to happen to one set of settings. */
import {
    BANK,
    type BankSettings,
    type Field,
    MARKET,
    type MarketSettings,
    type Values,
} from '../file/fields.ts';
import { bankRaisesRisk, marketRaisesRisk } from './risk.ts';
import { bankRule, marketRuleInForce } from './rules.ts';
import { delayOf, type InForce, type MarketState } from './state.ts';
import type { Effect } from './step.ts';

/** (secs) How long a queued change can be applied (`UPDATE_LIFETIME_SECS` of the program). */
const UPDATE_LIFETIME_SECS = 1_209_600n;

/** What has to happen. */
export type Verdict<T> =
    /** Nothing: the settings are in force and nothing else is queued. */
    | { readonly kind: 'done' }
    /** Nothing yet: the settings are queued until then (unix secs). */
    | { readonly kind: 'wait'; readonly from: bigint }
    /** Send these. */
    | { readonly kind: 'update'; readonly settings: T; readonly effect: Effect }
    /** Put the queued ones in force. */
    | { readonly kind: 'apply' }
    /** Drop the queued ones. */
    | { readonly kind: 'cancel' };

/** Whether two sets of settings are the same. */
export function sameSettings(table: readonly Field[], a: Values, b: Values): boolean {
    return table.every(({ name }) => a[name] === b[name]);
}

interface Rules<T> {
    readonly table: readonly Field[];
    readonly raisesRisk: (from: T, to: T) => boolean;
    readonly isValid: (settings: T) => boolean;
}

/** What has to happen to a market's settings. */
export function marketVerdict(
    wanted: MarketSettings,
    found: MarketState,
    now: bigint,
): Verdict<MarketSettings> {
    return verdict(wanted, found, delayOf(found), now, {
        table: MARKET,
        raisesRisk: marketRaisesRisk,
        isValid: (settings) => marketRuleInForce(settings, found) === undefined,
    });
}

/** What has to happen to a bank's settings. */
export function bankVerdict(
    wanted: BankSettings,
    found: InForce<BankSettings>,
    market: MarketState,
    now: bigint,
): Verdict<BankSettings> {
    return verdict(wanted, found, delayOf(market), now, {
        table: BANK,
        raisesRisk: bankRaisesRisk,
        isValid: (settings) => bankRule(settings) === undefined,
    });
}

function verdict<T extends Values>(
    wanted: T,
    { settings: current, queued }: InForce<T>,
    delay: bigint,
    now: bigint,
    rules: Rules<T>,
): Verdict<T> {
    const { table, raisesRisk, isValid } = rules;
    if (sameSettings(table, current, wanted)) return { kind: queued ? 'cancel' : 'done' };
    if (queued && sameSettings(table, queued.settings, wanted)) {
        if (now < queued.from) return { kind: 'wait', from: queued.from };
        // A lapsed change can only be queued again.
        if (now <= queued.from + UPDATE_LIFETIME_SECS) return { kind: 'apply' };
    }
    const atOnce: Effect = { kind: 'at-once' };
    if (delay === 0n || !raisesRisk(current, wanted)) {
        return { kind: 'update', settings: wanted, effect: atOnce };
    }
    // What makes nobody's life riskier need not wait for what does. It goes first:
    // settings that take effect at once drop what is queued.
    const safe = safePart(current, wanted, rules);
    if (!sameSettings(table, safe, current) && !raisesRisk(current, safe) && isValid(safe)) {
        return { kind: 'update', settings: safe, effect: atOnce };
    }
    return { kind: 'update', settings: wanted, effect: { kind: 'queued', from: now + delay } };
}

/** `current` with one setting of `wanted`. */
export function withSetting<T extends Values>(current: T, wanted: T, name: string): T {
    return { ...current, [name]: wanted[name] };
}

/** `current` with every wanted change that raises nobody's risk. */
function safePart<T extends Values>(
    current: T,
    wanted: T,
    { table, raisesRisk }: Pick<Rules<T>, 'table' | 'raisesRisk'>,
): T {
    let safe = current;
    for (const { name } of table) {
        const alone = withSetting(current, wanted, name);
        if (!raisesRisk(current, alone)) safe = withSetting(safe, wanted, name);
    }
    return safe;
}

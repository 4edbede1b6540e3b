/**
 * From what a file wants and what the chain holds to the steps between them.
 *
 * Everything here is pure. A plan is made by asking `next` for one step after the
 * other and imagining each one's effect; it is carried out by asking the same
 * question again after each real step. So a run that was interrupted anywhere is
 * resumed by running it again: the chain remembers how far it got.
 */
import type { Address } from '@solana/kit';
import { MigrationError } from '../error.ts';
import { BANK, type Field, MARKET, type Values } from '../file/fields.ts';
import type { Desired, DesiredBank } from '../file/resolve.ts';
import { bankRule, marketRule, marketRuleInForce } from './rules.ts';
import { after, firstSupply, type InForce, type MarketState, type Observed } from './state.ts';
import { bankOf, effectOf, type Step } from './step.ts';
import { bankVerdict, marketVerdict, sameSettings, type Verdict } from './verdict.ts';

const DAY = 86_400n;

/** A change that is queued as the file wants it, and whose time has not come. */
export interface Waiting {
    /** The bank; nothing for the market. */
    readonly bank: Address | undefined;
    /** (unix secs) From when on it can be applied. */
    readonly from: bigint;
}

/** A step and the state before it. */
export interface Planned {
    readonly step: Step;
    readonly before: Observed;
}

/** What is to be done. */
export interface Plan {
    /** In this order. */
    readonly steps: readonly Planned[];
    /** What waits when all of it is done. */
    readonly waiting: readonly Waiting[];
    /** What the operator should know. */
    readonly notes: readonly string[];
}

/** What comes next, if anything can be done now. */
export function next(desired: Desired, state: Observed): Step | undefined {
    const { market, now } = state;
    if (!market) return { kind: 'create-market', settings: desired.settings };
    const verdict = marketVerdict(desired.settings, market, now);
    switch (verdict.kind) {
        case 'update':
            return { ...verdict, kind: 'update-market' };
        case 'apply':
            return { kind: 'apply-market-update' };
        case 'cancel':
            return { kind: 'cancel-market-update' };
        default:
    }
    for (const bank of desired.banks) {
        const step = nextOfBank(bank, market, state);
        if (step) return step;
    }
    return undefined;
}

function nextOfBank(wanted: DesiredBank, market: MarketState, state: Observed): Step | undefined {
    const { bank } = wanted.keys;
    const found = state.banks.get(bank);
    if (!found) {
        const settings = { ...wanted.settings, write_off_mode: 0n, delisted: 0n };
        return { kind: 'create-bank', bank, settings };
    }
    const verdict = bankVerdict(wanted.settings, found, market, state.now);
    switch (verdict.kind) {
        case 'update':
            return { ...verdict, kind: 'update-bank', bank };
        case 'apply':
            return { kind: 'apply-bank-update', bank };
        case 'cancel':
            return { kind: 'cancel-bank-update', bank };
        default:
            return undefined;
    }
}

/** The whole way. Throws for settings that the program would refuse. */
export function makePlan(desired: Desired, observed: Observed): Plan {
    check(desired, observed);
    let state = observed;
    const steps: Planned[] = [];
    for (let step = next(desired, state); step; step = next(desired, state)) {
        steps.push({ step, before: state });
        state = after(state, desired, step);
    }
    return { steps, waiting: waitingIn(desired, state), notes: notes(desired, observed) };
}

/** Whether two steps ask the chain for the same thing, whenever it takes effect. */
export function sameRequest(a: Step, b: Step): boolean {
    if (a.kind !== b.kind || bankOf(a) !== bankOf(b)) return false;
    if (effectOf(a)?.kind !== effectOf(b)?.kind) return false;
    if (!('settings' in a) || !('settings' in b)) return true;
    return sameSettings(bankOf(a) ? BANK : MARKET, a.settings, b.settings);
}

/** Whether both hold the same settings, in force and queued, whenever that was. */
export function sameState(a: Observed, b: Observed): boolean {
    if (!a.market || !b.market) return !a.market && !b.market;
    if (a.banks.size !== b.banks.size || !sameInForce(MARKET, a.market, b.market)) return false;
    return [...a.banks].every(([key, bank]) => {
        const other = b.banks.get(key);
        return other !== undefined && sameInForce(BANK, bank, other);
    });
}

function sameInForce(table: readonly Field[], a: InForce<Values>, b: InForce<Values>): boolean {
    if (!sameSettings(table, a.settings, b.settings)) return false;
    if (!a.queued || !b.queued) return !a.queued && !b.queued;
    return sameSettings(table, a.queued.settings, b.queued.settings);
}

function check(desired: Desired, observed: Observed): void {
    const { market } = observed;
    const rule = market
        ? marketRuleInForce(desired.settings, market)
        : marketRule(desired.settings, firstSupply(desired, observed));
    if (rule !== undefined) throw new MigrationError(`market: ${rule}`, REPAIR);
    for (const { name, keys, settings } of desired.banks) {
        const broken =
            keys.mint === desired.keys.mint
                ? 'the governance mint can never be a bank'
                : bankRule(settings);
        if (broken !== undefined) throw new MigrationError(`bank ${name}: ${broken}`, REPAIR);
    }
}

const REPAIR = 'the program would refuse these settings: correct the file, docs/risk.md helps';

function waitingIn(desired: Desired, { market, banks, now }: Observed): Waiting[] {
    if (!market) return [];
    const waiting: Waiting[] = [];
    const note = (bank: Address | undefined, verdict: Verdict<unknown>): void => {
        if (verdict.kind === 'wait') waiting.push({ bank, from: verdict.from });
    };
    note(undefined, marketVerdict(desired.settings, market, now));
    for (const { keys, settings } of desired.banks) {
        const found = banks.get(keys.bank);
        if (found) note(keys.bank, bankVerdict(settings, found, market, now));
    }
    return waiting;
}

function notes(desired: Desired, { market, banks }: Observed): string[] {
    const notes: string[] = [];
    if (!market && desired.creation.kind === 'adopt') {
        const { mint } = desired.keys;
        notes.push(`the market takes the authority over the governance mint ${mint} for good`);
    } else if (market && market.admin !== desired.admin) {
        notes.push(
            `the market's admin is ${market.admin}, the file says ${desired.admin}: \`backstop ` +
                'admin propose` and `accept` change it, this command does not',
        );
    }
    const known = new Set(desired.banks.map(({ keys }) => keys.bank));
    for (const bank of banks.keys()) {
        if (!known.has(bank)) notes.push(`the bank ${bank} is not in the file and is left alone`);
    }
    if (desired.settings.config_delay_secs < DAY) {
        notes.push(
            'config_delay_secs is less than a day: users have little time to leave before a ' +
                'change that hurts them',
        );
    }
    return notes;
}

/** What the chain holds, as far as planning cares, and what a step makes of it. */
import type { Address } from '@solana/kit';
import type { BankSettings, MarketSettings } from '../file/fields.ts';
import type { Desired } from '../file/resolve.ts';
import type { Effect, Step } from './step.ts';

/** A queued change. */
export interface Queued<T> {
    /** The settings it brings. */
    readonly settings: T;
    /** (unix secs) From when on it can be applied. */
    readonly from: bigint;
}

/** Settings in force, and a queued change of them. */
export interface InForce<T> {
    readonly settings: T;
    readonly queued: Queued<T> | undefined;
}

/** A market. */
export interface MarketState extends InForce<MarketSettings> {
    /** Who may change it. */
    readonly admin: Address;
    /** Obligations ever opened. */
    readonly obligations: bigint;
    /** (governance atoms) */
    readonly supply: bigint;
    /** (governance atoms) Issued and not burned unsold. */
    readonly outstanding: bigint;
}

/** What the chain holds at one moment. */
export interface Observed {
    /** (unix secs) The chain's clock. */
    readonly now: bigint;
    /** The market, if it is there. */
    readonly market: MarketState | undefined;
    /** Its banks by address. */
    readonly banks: ReadonlyMap<Address, InForce<BankSettings>>;
    /** (governance atoms) Supply of the mint that a new market would adopt. */
    readonly adoptedSupply: bigint;
}

/**
 * (secs) How long a risk-raising change waits: not at all while nobody has ever
 * opened an obligation.
 */
export function delayOf(market: MarketState): bigint {
    return market.obligations === 0n ? 0n : market.settings.config_delay_secs;
}

/** Supply of governance atoms when the market is created. */
export function firstSupply(desired: Desired, observed: Observed): bigint {
    const { creation } = desired;
    return creation.kind === 'create' ? creation.initialSupply : observed.adoptedSupply;
}

/** The state after a step that succeeded in the same second. */
export function after(state: Observed, desired: Desired, step: Step): Observed {
    switch (step.kind) {
        case 'create-market': {
            const market: MarketState = {
                admin: desired.admin,
                settings: step.settings,
                queued: undefined,
                obligations: 0n,
                supply: firstSupply(desired, state),
                outstanding: 0n,
            };
            return { ...state, market };
        }
        case 'create-bank':
            return withBank(state, step.bank, { settings: step.settings, queued: undefined });
        case 'update-market': {
            const { market } = state;
            return market
                ? { ...state, market: { ...market, ...stored(market, step.settings, step.effect) } }
                : state;
        }
        case 'apply-market-update':
        case 'cancel-market-update': {
            const { market } = state;
            if (!market) return state;
            const apply = step.kind === 'apply-market-update';
            return { ...state, market: { ...market, ...emptied(market, apply) } };
        }
        case 'update-bank': {
            const bank = state.banks.get(step.bank);
            return bank
                ? withBank(state, step.bank, stored(bank, step.settings, step.effect))
                : state;
        }
        case 'apply-bank-update':
        case 'cancel-bank-update': {
            const bank = state.banks.get(step.bank);
            const apply = step.kind === 'apply-bank-update';
            return bank ? withBank(state, step.bank, emptied(bank, apply)) : state;
        }
    }
}

function withBank(state: Observed, key: Address, bank: InForce<BankSettings>): Observed {
    return { ...state, banks: new Map([...state.banks, [key, bank]]) };
}

function stored<T>({ settings }: InForce<T>, wanted: T, effect: Effect): InForce<T> {
    return effect.kind === 'at-once'
        ? { settings: wanted, queued: undefined }
        : { settings, queued: { settings: wanted, from: effect.from } };
}

function emptied<T>({ settings, queued }: InForce<T>, apply: boolean): InForce<T> {
    return { settings: apply && queued ? queued.settings : settings, queued: undefined };
}

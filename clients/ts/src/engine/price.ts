/** Oracle prices: what makes one usable, and which reading of it each check uses. */
import type { MarketConfig, PriceState } from '../generated/index.js';
import { orElse, refuse, RuleError } from './error.js';
import {
    BPS,
    divDown,
    divUp,
    max,
    min,
    mulDivDown,
    mulDivUp,
    pow10,
    RATE_BITS,
    since,
    toU128,
    toU64,
    U64_MAX,
} from './math.js';

/** Dollars are counted in units of `10^VALUE_EXPONENT`. */
export const VALUE_EXPONENT = -12;
const MIN_EXPONENT = -18;

/** One observation: dollars per whole token are `price · 10^exponent`. */
export interface Observation {
    /** Spot price. */
    readonly price: bigint;
    /** Half-width of its confidence interval. */
    readonly conf: bigint;
    /** Exponential average of the price. */
    readonly ema: bigint;
    /** Power of ten of the three. */
    readonly exponent: number;
    /** (unix secs) When it was published. */
    readonly published: bigint;
}

/** The settings of a bank or market that limit prices. */
export type OracleLimits = Pick<MarketConfig, 'maxAgeSecs' | 'maxConfBps' | 'maxDivergenceBps'>;

/** A price that passed its limits. */
export type Price = Pick<PriceState, 'spot' | 'ema' | 'conf' | 'exponent'>;

/** A price and the decimals of the mint it belongs to. */
export interface Quote {
    /** The price. */
    readonly price: Price;
    /** Decimals of the mint. */
    readonly decimals: number;
}

/** `low`: `min(spot, ema) − conf`; `high`: `max(spot, ema) + conf`. */
export type Reading = 'low' | 'spot' | 'high';

/**
 * The price of an observation, if it may be used now. `stored` is the publish
 * time of the last one that was accepted. Throws the rule that it breaks.
 */
export function acceptPrice(
    seen: Observation,
    limits: OracleLimits,
    stored: bigint,
    now: bigint,
): Price {
    const { published, conf, exponent } = seen;
    if (published > now) refuse('PriceFromTheFuture', { published, now });
    if (published < stored) refuse('PriceWentBack', { published, stored });
    if (since(now, published) > BigInt(limits.maxAgeSecs)) {
        refuse('PriceStale', { published, now, max_age: BigInt(limits.maxAgeSecs) });
    }
    if (exponent < MIN_EXPONENT || exponent > 0) {
        refuse('PriceExponent', { exponent: BigInt(exponent) });
    }
    const spot = positive(seen.price);
    const ema = positive(seen.ema);
    const lower = min(spot, ema);
    if (ratioExceeds(conf, lower, limits.maxConfBps) || conf >= lower) {
        refuse('PriceUncertain', { conf, price: lower, max_bps: BigInt(limits.maxConfBps) });
    }
    const apart = max(spot, ema) - lower;
    if (ratioExceeds(apart, ema, limits.maxDivergenceBps)) {
        refuse('PriceDiverges', { spot, ema, max_bps: BigInt(limits.maxDivergenceBps) });
    }
    return { spot, ema, conf, exponent };
}

function positive(price: bigint): bigint {
    if (price <= 0n) refuse('PriceNotPositive', { price });
    return price;
}

function ratioExceeds(part: bigint, whole: bigint, maxBps: number): boolean {
    return part * BPS > whole * BigInt(maxBps);
}

/** The number that a reading uses. */
export function readPrice(price: Price, reading: Reading): bigint {
    switch (reading) {
        case 'low':
            return toU64(min(price.spot, price.ema) - price.conf);
        case 'spot':
            return price.spot;
        case 'high':
            return toU64(max(price.spot, price.ema) + price.conf);
    }
}

/** A power of ten, split into what multiplies and what divides. */
function scale(power: number): { up: bigint; down: bigint } {
    const factor = pow10(Math.abs(power));
    return power >= 0 ? { up: factor, down: 1n } : { up: 1n, down: factor };
}

function valueScale(price: Price, decimals: number): { up: bigint; down: bigint } {
    return scale(price.exponent - decimals - VALUE_EXPONENT);
}

/** Dollar value of `atoms`, 10⁻¹² dollars, rounded down. */
export function valueDown(quote: Quote, atoms: bigint, reading: Reading): bigint {
    const { up, down } = valueScale(quote.price, quote.decimals);
    return toU128((atoms * readPrice(quote.price, reading) * up) / down);
}

/** Dollar value of `atoms`, 10⁻¹² dollars, rounded up. */
export function valueUp(quote: Quote, atoms: bigint, reading: Reading): bigint {
    return scaledUp(quote, atoms * readPrice(quote.price, reading));
}

/** Dollar value of atoms that are multiplied with a price already, rounded up. */
export function scaledUp(quote: Quote, product: bigint): bigint {
    const { up, down } = valueScale(quote.price, quote.decimals);
    return toU128(divUp(product * up, down));
}

function saturate(atoms: () => bigint): bigint {
    try {
        return min(atoms(), U64_MAX);
    } catch (error) {
        if (error instanceof RuleError && error.rule === 'Overflow') return U64_MAX;
        throw error;
    }
}

/** Atoms worth `value` at spot, rounded up; the largest number if there are not that many. */
export function atomsUp(quote: Quote, value: bigint): bigint {
    const { up, down } = valueScale(quote.price, quote.decimals);
    return saturate(() => mulDivUp(value, down, quote.price.spot * up));
}

/** Atoms worth `value` at spot, rounded down; the largest number if there are not that many. */
export function atomsDown(quote: Quote, value: bigint): bigint {
    const { up, down } = valueScale(quote.price, quote.decimals);
    return saturate(() => mulDivDown(value, down, quote.price.spot * up));
}

function rateScale(token: Quote, debt: Quote): { up: bigint; down: bigint } {
    return scale(token.price.exponent - token.decimals - debt.price.exponent + debt.decimals);
}

/**
 * Debt atoms per governance atom times 2⁶⁴, rounded down: `factorBps` of the
 * lower reading of the token over the higher reading of the debt asset.
 */
export function exchangeRateDown(token: Quote, debt: Quote, factorBps: bigint): bigint {
    const numerator = min(token.price.spot, token.price.ema) << RATE_BITS;
    const { up, down } = rateScale(token, debt);
    const scaled = mulDivDown(numerator, up, max(debt.price.spot, debt.price.ema));
    return divDown(mulDivDown(scaled, factorBps, BPS), down);
}

/**
 * Debt atoms per governance atom times 2⁶⁴, rounded up: `factorBps` of the
 * higher reading of the token over the lower reading of the debt asset.
 */
export function exchangeRateUp(token: Quote, debt: Quote, factorBps: bigint): bigint {
    const numerator = max(token.price.spot, token.price.ema) << RATE_BITS;
    const { up, down } = rateScale(token, debt);
    const scaled = mulDivUp(numerator, up, min(debt.price.spot, debt.price.ema));
    return divUp(mulDivUp(scaled, factorBps, BPS), down);
}

/** {@link acceptPrice}, or nothing. */
export function usablePrice(
    seen: Observation,
    limits: OracleLimits,
    stored: bigint,
    now: bigint,
): Price | undefined {
    return orElse(() => acceptPrice(seen, limits, stored, now), undefined);
}

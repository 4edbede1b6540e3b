/** Issuing governance tokens: how many, and at what price they are offered. */
import type { BankConfig, Market, MarketConfig } from '../generated/index.js';
import { type Bucket, fillBucket, giveBack, type Limit, roomDown } from './bucket.js';
import { orElse } from './error.js';
import {
    aboveOne,
    belowOne,
    costDown,
    max,
    min,
    plus,
    saturatingSub,
    shareDown,
    tokensUp,
    toU64,
    U64_MAX,
} from './math.js';
import { exchangeRateDown, exchangeRateUp, type Quote } from './price.js';
import type { Auction } from './auction.js';

/** What the market has issued so far. */
export type Issuance = Pick<Market, 'supply' | 'outstanding' | 'issuanceBucket'>;

/** The settings of a market that limit issuance. */
export type IssuanceLimits = Pick<
    MarketConfig,
    'issuanceWindowBps' | 'issuanceWindowSecs' | 'issuanceAuctionBps' | 'lifetimeIssuanceCap'
>;

/** Highest and lowest price of an auction: atoms per governance atom, times 2⁶⁴. */
export interface PriceRange {
    /** Price at the first sale. */
    readonly start: bigint;
    /** Price at the end; nothing is sold for less. */
    readonly floor: bigint;
}

/** The settings that price a governance token in a bank's asset. */
export type PricePolicy = Pick<MarketConfig, 'maxDiscountBps' | 'premiumBps'> &
    Pick<BankConfig, 'fixedFloorRate' | 'fixedStartRate'>;

/** The prices of the governance token and of the asset that it is sold for. */
export interface Feed {
    /** The governance token. */
    readonly token: Quote;
    /** The bank's asset. */
    readonly debt: Quote;
}

/** Everything that issuing needs. */
export interface IssuanceTerms {
    /** What was issued so far. */
    readonly issuance: Issuance;
    /** How much may be, and when it is sold. */
    readonly config: IssuanceLimits &
        Pick<MarketConfig, 'auctionDelaySecs' | 'auctionDurationSecs'>;
    /** For how much. */
    readonly prices: PriceRange;
    /** Smallest deficit worth an auction. */
    readonly minOffer: bigint;
}

/** An auction that opens. */
export interface Opening {
    /** Tokens to mint into escrow. */
    readonly lot: bigint;
    /** Deficit that they are offered for. */
    readonly offered: bigint;
    /** The auction. */
    readonly auction: Auction;
    /** What the market has issued afterwards. */
    readonly issuance: Issuance;
}

function issuanceWindow(limits: IssuanceLimits, supply: bigint): Limit {
    return {
        capacity: shareDown(limits.issuanceWindowBps, supply),
        windowSecs: limits.issuanceWindowSecs,
    };
}

/** Whether the lifetime cap leaves nothing to issue. */
export function isExhausted(issuance: Issuance, limits: IssuanceLimits): boolean {
    return issuance.outstanding >= limits.lifetimeIssuanceCap;
}

/** Most that may be issued now, rounded down. Throws `TimeWentBack`. */
export function issuanceRoomDown(issuance: Issuance, limits: IssuanceLimits, now: bigint): bigint {
    const window = issuanceWindow(limits, issuance.supply);
    const rooms = [
        roomDown(issuance.issuanceBucket, window, now),
        shareDown(limits.issuanceAuctionBps, issuance.supply),
        saturatingSub(limits.lifetimeIssuanceCap, issuance.outstanding),
        U64_MAX - issuance.supply,
    ];
    return rooms.reduce(min);
}

function issue(issuance: Issuance, lot: bigint, limits: IssuanceLimits, now: bigint): Issuance {
    const window = issuanceWindow(limits, issuance.supply);
    return {
        issuanceBucket: fillBucket(issuance.issuanceBucket, window, lot, now),
        supply: toU64(issuance.supply + lot),
        outstanding: toU64(issuance.outstanding + lot),
    };
}

/**
 * After `amount` issued at `issuedAt` was burned unsold: it counts against no
 * cap any more. Throws `Underflow`, `TimeWentBack`.
 */
export function burnUnsold(
    issuance: Issuance,
    amount: bigint,
    limits: IssuanceLimits,
    issuedAt: bigint,
    now: bigint,
): Issuance {
    const window = issuanceWindow(limits, issuance.supply);
    const supply = toU64(issuance.supply - amount);
    const outstanding = toU64(issuance.outstanding - amount);
    const bucket: Bucket = issuance.issuanceBucket;
    return {
        supply,
        outstanding,
        issuanceBucket: giveBack(bucket, window, amount, issuedAt, now),
    };
}

/** The price range of an auction that opens now; nothing without a usable price. */
export function auctionRange(
    policy: PricePolicy,
    hasFeed: boolean,
    feed: Feed | undefined,
): PriceRange | undefined {
    const range = hasFeed
        ? feed && orElse(() => fedRange(policy, feed), undefined)
        : { start: policy.fixedStartRate, floor: 0n };
    if (!range) return undefined;
    const floor = max(range.floor, policy.fixedFloorRate);
    return floor === 0n ? undefined : { start: max(range.start, floor), floor };
}

function fedRange(policy: PricePolicy, { token, debt }: Feed): PriceRange {
    return {
        start: exchangeRateUp(token, debt, aboveOne(policy.premiumBps)),
        floor: exchangeRateDown(token, debt, belowOne(policy.maxDiscountBps)),
    };
}

/** The price range of a buy-back that starts now; nothing without a usable price. */
export function buyBackRange(
    policy: PricePolicy,
    hasFeed: boolean,
    feed: Feed | undefined,
): PriceRange | undefined {
    const range = hasFeed
        ? feed && orElse(() => fedBuyBackRange(policy, feed), undefined)
        : { start: policy.fixedStartRate, floor: policy.fixedFloorRate };
    return range && range.floor !== 0n ? range : undefined;
}

function fedBuyBackRange(policy: PricePolicy, { token, debt }: Feed): PriceRange {
    return {
        start: exchangeRateDown(token, debt, aboveOne(0)),
        floor: exchangeRateDown(token, debt, belowOne(policy.maxDiscountBps)),
    };
}

/**
 * Sizes a lot for `deficit` at the floor price and opens its auction, or not,
 * where the limits leave nothing or too little to offer.
 */
export function openAuction(
    deficit: bigint,
    terms: IssuanceTerms,
    now: bigint,
): Opening | undefined {
    const { config, prices } = terms;
    const room = issuanceRoomDown(terms.issuance, config, now);
    const wanted = orElse(() => tokensUp(prices.floor, deficit), U64_MAX);
    const fits = wanted <= room;
    const lot = fits ? wanted : room;
    const offered = fits ? deficit : min(costDown(prices.floor, room), deficit);
    if (lot === 0n || offered === 0n || offered < terms.minOffer) return undefined;
    const opensAt = plus(now, config.auctionDelaySecs);
    return {
        lot,
        offered,
        auction: {
            lot,
            startRate: prices.start,
            floorRate: prices.floor,
            issuedAt: now,
            opensAt,
            endsAt: plus(opensAt, config.auctionDurationSecs),
        },
        issuance: issue(terms.issuance, lot, config, now),
    };
}

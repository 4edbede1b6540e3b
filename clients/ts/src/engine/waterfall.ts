/**
 * Writing off a debt and covering the deficit, tier by tier: protocol fees,
 * insurance, newly issued governance tokens. What is left waits.
 */
import type { BankConfig } from '../generated/index.js';
import { type Auction, holdsTokens } from './auction.js';
import { type Bucket, fillBucket, type Limit, roomDown } from './bucket.js';
import { refuse } from './error.js';
import { type IssuanceTerms, openAuction, type Opening } from './issuance.js';
import { type Ledger, lowerDeficit, removeDebt } from './ledger.js';
import { min, mulDivDown, shareDown, since, toI64, toU128, toU64, U64_MAX } from './math.js';

/** How far a bank may go: the number that its settings store. */
export const WRITE_OFF_MODE = { disabled: 0, insuranceOnly: 1, full: 2 } as const;

/** Limits on what leaves the insurance vault, and their levels. */
export interface DrawTerms {
    /** The settings: amounts of 0 for `drawLimit` mean unlimited. */
    readonly config: Pick<
        BankConfig,
        'drawLimit' | 'limitWindowSecs' | 'bountyBps' | 'bountyCap' | 'bountyMinLoss'
    >;
    /** Level of the limit on draws. */
    readonly drawBucket: Bucket;
    /** Level of the limit on bounties. */
    readonly bountyBucket: Bucket;
}

/** What one pass over the tiers does. */
export interface CoverPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** (atoms) Covered by protocol fees. */
    readonly protocolFeesUsed: bigint;
    /** (atoms) Covered by insurance fees. */
    readonly insuranceFeesUsed: bigint;
    /** (atoms) Covered by the insurance vault. */
    readonly insuranceDrawn: bigint;
    /** Limit on draws afterwards. */
    readonly drawBucket: Bucket;
    /** The auction that opens, if one does. */
    readonly opening: Opening | undefined;
}

/** What a write-off does. */
export interface WriteOffPlan {
    /** (atoms) The loss, and the record that stays. */
    readonly loss: bigint;
    /** How it was covered; the books and the limit on draws include the bounty. */
    readonly cover: CoverPlan;
    /** (atoms) Paid to the keeper out of the insurance vault. */
    readonly bounty: bigint;
    /** Limit on bounties afterwards. */
    readonly bountyBucket: Bucket;
}

/** Turns a debt into a deficit and covers what can be covered now. Throws `NoDebt`. */
export function planWriteOff(
    ledger: Ledger,
    debt: bigint,
    draw: DrawTerms,
    issuance: IssuanceTerms | undefined,
    live: Auction,
    now: bigint,
): WriteOffPlan {
    if (debt === 0n) refuse('NoDebt');
    const { ledger: without, fall: loss } = removeDebt(ledger, debt);
    const booked = {
        ...without,
        deficitSince: aged(without, loss, now),
        deficit: toU64(without.deficit + loss),
        lost: toU128(without.lost + loss),
    };
    const cover = planCover(booked, draw, issuance, live, now);
    return { loss, ...payBounty(cover, loss, draw, now) };
}

/** Since when the deficit is open once `loss` joins it: the average, weighted by amount. */
function aged(ledger: Ledger, loss: bigint, now: bigint): bigint {
    if (ledger.deficit === 0n) return now;
    const age = since(now, ledger.deficitSince);
    const total = toU64(ledger.deficit + loss);
    return toI64(now - toI64(mulDivDown(age, ledger.deficit, total)));
}

/** Covers the open deficit as far as fees, insurance and limits allow. */
export function planCover(
    ledger: Ledger,
    draw: DrawTerms,
    issuance: IssuanceTerms | undefined,
    live: Auction,
    now: bigint,
): CoverPlan {
    const fees = coverWithFees(ledger);
    const room = drawRoom(draw.drawBucket, draw, now);
    const drawn = min(min(fees.ledger.insurance, fees.ledger.deficit), room);
    const covered = {
        ...lowerDeficit(fees.ledger, drawn),
        insurance: fees.ledger.insurance - drawn,
        cash: toU64(fees.ledger.cash + drawn),
        coveredByInsurance: toU128(fees.ledger.coveredByInsurance + drawn),
    };
    const drawBucket = fillDraw(draw.drawBucket, draw, drawn, now);
    const insuranceEmpty = covered.insurance === 0n && covered.insuranceFees === 0n;
    const mayOpen = insuranceEmpty && !holdsTokens(live) && covered.deficit > 0n;
    const opening = issuance && mayOpen ? openAuction(covered.deficit, issuance, now) : undefined;
    return {
        ledger: opening ? { ...covered, onAuction: opening.offered } : covered,
        protocolFeesUsed: fees.protocol,
        insuranceFeesUsed: fees.insurance,
        insuranceDrawn: drawn,
        drawBucket,
        opening,
    };
}

/** The part of the waterfall that moves no token. */
export function coverWithFees(ledger: Ledger): {
    ledger: Ledger;
    protocol: bigint;
    insurance: bigint;
} {
    const protocol = min(ledger.protocolFees, ledger.deficit);
    const first = {
        ...lowerDeficit(ledger, protocol),
        protocolFees: ledger.protocolFees - protocol,
        coveredByFees: toU128(ledger.coveredByFees + protocol),
    };
    const insurance = min(first.insuranceFees, first.deficit);
    const second = {
        ...lowerDeficit(first, insurance),
        insuranceFees: first.insuranceFees - insurance,
        coveredByInsurance: toU128(first.coveredByInsurance + insurance),
    };
    return { ledger: second, protocol, insurance };
}

function drawLimit({ config }: DrawTerms): Limit {
    return { capacity: config.drawLimit, windowSecs: config.limitWindowSecs };
}

function drawRoom(bucket: Bucket, draw: DrawTerms, now: bigint): bigint {
    return draw.config.drawLimit === 0n ? U64_MAX : roomDown(bucket, drawLimit(draw), now);
}

function fillDraw(bucket: Bucket, draw: DrawTerms, drawn: bigint, now: bigint): Bucket {
    if (draw.config.drawLimit === 0n) return bucket;
    return fillBucket(bucket, drawLimit(draw), drawn, now);
}

function payBounty(
    cover: CoverPlan,
    loss: bigint,
    draw: DrawTerms,
    now: bigint,
): Pick<WriteOffPlan, 'cover' | 'bounty' | 'bountyBucket'> {
    const { config, bountyBucket } = draw;
    const none = { cover, bounty: 0n, bountyBucket };
    if (loss < config.bountyMinLoss) return none;
    const limit = { capacity: config.bountyCap, windowSecs: config.limitWindowSecs };
    const share = shareDown(config.bountyBps, loss);
    const bounty = min(share, roomDown(bountyBucket, limit, now));
    const room = drawRoom(cover.drawBucket, draw, now);
    if (bounty > cover.ledger.insurance || bounty > room) return none;
    return {
        cover: {
            ...cover,
            ledger: { ...cover.ledger, insurance: cover.ledger.insurance - bounty },
            drawBucket: fillDraw(cover.drawBucket, draw, bounty, now),
        },
        bounty,
        bountyBucket: fillBucket(bountyBucket, limit, bounty, now),
    };
}

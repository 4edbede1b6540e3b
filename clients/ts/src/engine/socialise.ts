/** Giving up: lenders share what nothing else could cover. */
import type { BankConfig, MarketConfig } from '../generated/index.js';
import { type Auction, holdsTokens } from './auction.js';
import { refuse } from './error.js';
import { isExhausted, type Issuance, type IssuanceLimits } from './issuance.js';
import { type Ledger, VIRTUAL_SHARES } from './ledger.js';
import { plus, toU128, toU64 } from './math.js';
import { coverWithFees, WRITE_OFF_MODE } from './waterfall.js';

const WOUND_DOWN_FACTOR = 1_000n;

/** Why issuance was not waited for; `DeficitSocialised` carries the index. */
export const SOCIALISE_REASONS = [
    'ModeWithoutIssuance',
    'IssuanceHalted',
    'NoPrice',
    'AuctionsFailed',
    'LifetimeCapReached',
    'Deadline',
] as const;

/** Why issuance was not waited for. */
export type SocialiseReason = (typeof SOCIALISE_REASONS)[number];

/** What the decision to socialise rests on. */
export interface SocialiseTerms {
    /** The bank's settings. */
    readonly bank: Pick<
        BankConfig,
        'writeOffMode' | 'socialiseDelaySecs' | 'socialiseDeadlineSecs'
    >;
    /** The market's settings. */
    readonly market: IssuanceLimits & Pick<MarketConfig, 'maxFailedAuctions'>;
    /** Whether issuance has been paused for the whole delay. */
    readonly halted: boolean;
    /** When a usable governance price was last seen; nothing without feed or fixed price. */
    readonly pricedAt: bigint | undefined;
    /** Auctions of this bank that failed since its deficit was last zero. */
    readonly failedAuctions: number;
    /** What the market has issued. */
    readonly issuance: Issuance;
}

/** What socialising does. */
export interface SocialisePlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** (atoms) Covered by protocol fees first. */
    readonly protocolFeesUsed: bigint;
    /** (atoms) Covered by insurance fees first. */
    readonly insuranceFeesUsed: bigint;
    /** (atoms) What lenders lose. */
    readonly socialised: bigint;
    /** Why. */
    readonly reason: SocialiseReason;
    /** Whether the bank is wound down by it. */
    readonly windsDown: boolean;
}

/** Whether no further auction is to be opened for the deficit. */
export function givesUp(terms: SocialiseTerms, ledger: Ledger, now: bigint): boolean {
    const { socialiseDelaySecs, socialiseDeadlineSecs } = terms.bank;
    const tried =
        terms.failedAuctions >= terms.market.maxFailedAuctions &&
        now >= plus(ledger.deficitSince, socialiseDelaySecs);
    const late = now >= plus(ledger.deficitSince, socialiseDeadlineSecs);
    return ledger.deficit > 0n && (tried || late);
}

function hopeless(terms: SocialiseTerms, now: bigint): SocialiseReason | undefined {
    if (terms.bank.writeOffMode !== WRITE_OFF_MODE.full) return 'ModeWithoutIssuance';
    if (isExhausted(terms.issuance, terms.market)) return 'LifetimeCapReached';
    if (terms.failedAuctions >= terms.market.maxFailedAuctions) return 'AuctionsFailed';
    if (terms.halted) return 'IssuanceHalted';
    const { pricedAt } = terms;
    const unpriced = pricedAt === undefined || now > plus(pricedAt, terms.bank.socialiseDelaySecs);
    return unpriced ? 'NoPrice' : undefined;
}

/**
 * Takes the deficit off what lenders own, once both kinds of fees are used up.
 * Throws `NoDeficit`, `AuctionLive`, `InsuranceNotEmpty`, `SocialiseTooEarly`.
 */
export function planSocialise(
    ledger: Ledger,
    terms: SocialiseTerms,
    live: Auction,
    now: bigint,
): SocialisePlan {
    if (ledger.deficit === 0n) refuse('NoDeficit');
    if (holdsTokens(live)) refuse('AuctionLive');
    const fees = coverWithFees(ledger);
    const books = fees.ledger;
    if (books.insurance > 0n) refuse('InsuranceNotEmpty', { left: books.insurance });
    const reason = reasonNow(books, terms, now);
    const socialised = books.deficit;
    const after = {
        ...books,
        lenderAssets: toU64(books.lenderAssets - socialised),
        deficit: 0n,
        socialised: toU128(books.socialised + socialised),
    };
    return {
        ledger: after,
        protocolFeesUsed: fees.protocol,
        insuranceFeesUsed: fees.insurance,
        socialised,
        reason,
        windsDown: isWorthless(after),
    };
}

function reasonNow(ledger: Ledger, terms: SocialiseTerms, now: bigint): SocialiseReason {
    const deadline = plus(ledger.deficitSince, terms.bank.socialiseDeadlineSecs);
    const delay = plus(ledger.deficitSince, terms.bank.socialiseDelaySecs);
    const reason = hopeless(terms, now);
    if (reason !== undefined && now >= delay) return reason;
    if (now >= deadline) return 'Deadline';
    return refuse('SocialiseTooEarly', {
        not_before: reason !== undefined ? delay : deadline,
        now,
    });
}

/** Whether lenders' shares are worth less than a thousandth of their first price. */
function isWorthless(ledger: Ledger): boolean {
    const par = ledger.lenderAssets * VIRTUAL_SHARES * WOUND_DOWN_FACTOR;
    return ledger.depositShares > 0n && par < ledger.depositShares;
}

/** Selling governance tokens: the price curve, fills, and what happens to what is left. */
import type { AuctionState } from '../generated/index.js';
import { orElse, refuse } from './error.js';
import type { Ledger } from './ledger.js';
import {
    costUp,
    min,
    mulDivDown,
    saturatingSub,
    since,
    tokensUp,
    toU128,
    toU64,
    U64_MAX,
} from './math.js';

/** An auction, as the bank stores it; all zero when there is none. */
export type Auction = AuctionState;

/** What a bank stores when it has no auction. */
export const NO_AUCTION: Auction = {
    lot: 0n,
    issuedAt: 0n,
    opensAt: 0n,
    endsAt: 0n,
    startRate: 0n,
    floorRate: 0n,
};

/** What a purchase does. */
export interface FillPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** The auction afterwards. */
    readonly auction: Auction;
    /** (governance atoms) For the buyer. */
    readonly bought: bigint;
    /** (atoms) What the buyer pays. */
    readonly paid: bigint;
    /** (atoms) The part of it beyond the deficit: it becomes insurance fees. */
    readonly excess: bigint;
    /** Price: atoms per governance atom, times 2⁶⁴. */
    readonly rate: bigint;
    /** (governance atoms) Burned because the auction has raised what it was for. */
    readonly burn: bigint;
}

/** What closing an auction does. */
export interface ClosePlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** (governance atoms) Burned. */
    readonly burn: bigint;
    /** (atoms) Deficit that goes back to waiting. */
    readonly unsold: bigint;
    /** Whether the auction ended with something unsold. */
    readonly failed: boolean;
}

/** Seconds since a sale opened, and seconds that it lasts; both ends belong to it. */
export function timeOnSale(
    opensAt: bigint,
    endsAt: bigint,
    now: bigint,
): { elapsed: bigint; duration: bigint } {
    if (now < opensAt) refuse('AuctionNotOpen', { opens_at: opensAt, now });
    if (now > endsAt) refuse('AuctionEnded', { ends_at: endsAt, now });
    return { elapsed: since(now, opensAt), duration: since(endsAt, opensAt) };
}

/** Whether tokens are in escrow. */
export function holdsTokens(auction: Auction): boolean {
    return auction.lot > 0n;
}

/** Whether the tokens left are for nothing: their deficit was covered otherwise. */
export function isSettled(auction: Auction, ledger: Ledger): boolean {
    return holdsTokens(auction) && ledger.onAuction === 0n;
}

/**
 * Price at `now`: falls in a straight line from start to floor, rounded up.
 * Throws `NoAuction`, `AuctionNotOpen`, `AuctionEnded`.
 */
export function rateUp(auction: Auction, now: bigint): bigint {
    if (!holdsTokens(auction)) refuse('NoAuction');
    const { elapsed, duration } = timeOnSale(auction.opensAt, auction.endsAt, now);
    const range = toU128(auction.startRate - auction.floorRate);
    return toU128(auction.startRate - mulDivDown(range, elapsed, duration));
}

/**
 * Sells up to `amount` tokens for at most `maxPay`, and no more than the deficit
 * on auction needs. Throws `ZeroAmount`, `PaymentAboveMax`, and those of {@link rateUp}.
 */
export function planFill(
    auction: Auction,
    ledger: Ledger,
    amount: bigint,
    maxPay: bigint,
    now: bigint,
): FillPlan {
    if (amount === 0n) refuse('ZeroAmount');
    const rate = rateUp(auction, now);
    if (ledger.onAuction === 0n) refuse('NoAuction');
    const needed = orElse(() => tokensUp(rate, ledger.onAuction), U64_MAX);
    const bought = min(min(amount, auction.lot), needed);
    const paid = costUp(rate, bought);
    if (paid > maxPay) refuse('PaymentAboveMax', { payment: paid, max: maxPay });
    const covered = min(paid, ledger.deficit);
    const excess = paid - covered;
    const after = {
        ...ledger,
        cash: toU64(ledger.cash + paid),
        onAuction: saturatingSub(ledger.onAuction, covered),
        deficit: ledger.deficit - covered,
        insuranceFees: toU64(ledger.insuranceFees + excess),
        coveredByAuction: toU128(ledger.coveredByAuction + covered),
    };
    const left = auction.lot - bought;
    const burn = after.onAuction === 0n ? left : 0n;
    return {
        ledger: after,
        auction: { ...auction, lot: left - burn },
        bought,
        paid,
        excess,
        rate,
        burn,
    };
}

/** Ends an auction that is over. Throws `NoAuction`, `AuctionNotEnded`. */
export function planClose(auction: Auction, ledger: Ledger, now: bigint): ClosePlan {
    if (!holdsTokens(auction)) refuse('NoAuction');
    const unsold = ledger.onAuction;
    if (unsold > 0n && now <= auction.endsAt) {
        refuse('AuctionNotEnded', { ends_at: auction.endsAt, now });
    }
    return {
        ledger: { ...ledger, onAuction: 0n },
        burn: auction.lot,
        unsold,
        failed: unsold > 0n,
    };
}

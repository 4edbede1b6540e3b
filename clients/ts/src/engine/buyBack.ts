/** Rebuilding: insurance above its target buys governance tokens back. */
import type { BuyBackState } from '../generated/index.js';
import { timeOnSale } from './auction.js';
import { orElse, refuse } from './error.js';
import type { PriceRange } from './issuance.js';
import type { Ledger } from './ledger.js';
import {
    costDown,
    min,
    mulDivDown,
    plus,
    saturatingSub,
    shareUp,
    tokensDown,
    toU128,
    U64_MAX,
} from './math.js';

/** A buy-back, as the bank stores it; all zero when there is none. */
export type BuyBack = BuyBackState;

/** What a bank stores when it has no buy-back. */
export const NO_BUY_BACK: BuyBack = {
    budget: 0n,
    opensAt: 0n,
    endsAt: 0n,
    lowRate: 0n,
    highRate: 0n,
};

/** What a sale to a buy-back does. */
export interface SalePlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** The buy-back afterwards. */
    readonly buyBack: BuyBack;
    /** (governance atoms) What the seller gives, to be burned. */
    readonly sold: bigint;
    /** (atoms) What the seller gets. */
    readonly paid: bigint;
    /** Price: atoms per governance atom, times 2⁶⁴. */
    readonly rate: bigint;
}

/** Insurance above `targetBps` of what is borrowed. Throws `DeficitOpen`, `NoSurplus`. */
export function insuranceSurplusDown(ledger: Ledger, targetBps: number): bigint {
    if (ledger.deficit > 0n) refuse('DeficitOpen', { deficit: ledger.deficit });
    const target = shareUp(targetBps, ledger.borrowed);
    const surplus = saturatingSub(ledger.insurance, target);
    if (surplus === 0n) refuse('NoSurplus', { insurance: ledger.insurance, target });
    return surplus;
}

/** Whether there is one. */
export function isRunning(buyBack: BuyBack): boolean {
    return buyBack.budget > 0n;
}

/** Starts to spend the surplus. Throws `AuctionLive`, `DeficitOpen`, `NoSurplus`. */
export function startBuyBack(
    ledger: Ledger,
    running: BuyBack,
    targetBps: number,
    range: PriceRange,
    durationSecs: number,
    now: bigint,
): BuyBack {
    if (isRunning(running)) refuse('AuctionLive');
    return {
        budget: insuranceSurplusDown(ledger, targetBps),
        lowRate: range.floor,
        highRate: range.start,
        opensAt: now,
        endsAt: plus(now, durationSecs),
    };
}

/**
 * Price at `now`: rises in a straight line, rounded down.
 * Throws `NoAuction`, `AuctionNotOpen`, `AuctionEnded`.
 */
export function buyBackRateDown(buyBack: BuyBack, now: bigint): bigint {
    if (!isRunning(buyBack)) refuse('NoAuction');
    const { elapsed, duration } = timeOnSale(buyBack.opensAt, buyBack.endsAt, now);
    const range = toU128(buyBack.highRate - buyBack.lowRate);
    return toU128(buyBack.lowRate + mulDivDown(range, elapsed, duration));
}

/**
 * Buys up to `amount` tokens at the price of the curve, but no more than
 * `highest`. Throws `ZeroAmount`, `AmountTooSmall`, `ProceedsBelowMin`,
 * `DeficitOpen`, `NoSurplus`, and those of {@link buyBackRateDown}.
 */
export function planSale(
    buyBack: BuyBack,
    ledger: Ledger,
    amount: bigint,
    minProceeds: bigint,
    targetBps: number,
    highest: bigint,
    now: bigint,
): SalePlan {
    if (amount === 0n) refuse('ZeroAmount');
    const rate = min(buyBackRateDown(buyBack, now), highest);
    const spendable = min(buyBack.budget, insuranceSurplusDown(ledger, targetBps));
    const affordable = orElse(() => tokensDown(rate, spendable), U64_MAX);
    const sold = min(amount, affordable);
    const paid = costDown(rate, sold);
    if (paid === 0n) refuse('AmountTooSmall');
    if (paid < minProceeds) refuse('ProceedsBelowMin', { proceeds: paid, min: minProceeds });
    const budget = buyBack.budget - paid;
    return {
        ledger: { ...ledger, insurance: ledger.insurance - paid },
        buyBack: budget === 0n ? NO_BUY_BACK : { ...buyBack, budget },
        sold,
        paid,
        rate,
    };
}

/** Passes if a buy-back may be closed. Throws `NoAuction`, `AuctionNotEnded`. */
export function requireClosable(buyBack: BuyBack, ledger: Ledger, now: bigint): void {
    if (!isRunning(buyBack)) refuse('NoAuction');
    if (now <= buyBack.endsAt && ledger.deficit === 0n) {
        refuse('AuctionNotEnded', { ends_at: buyBack.endsAt, now });
    }
}

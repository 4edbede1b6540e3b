/** The interest curve, and booking what has accrued. */
import type { BankConfig } from '../generated/index.js';
import { orElse } from './error.js';
import { borrowedDown, INDEX_MAX, type Ledger } from './ledger.js';
import { divDown, min, mulDivUp, saturatingSub, shareDown, since, toU64 } from './math.js';

/** The settings of a bank that interest follows. */
export type InterestConfig = Pick<
    BankConfig,
    | 'baseRateBps'
    | 'slopeBelowBps'
    | 'slopeAboveBps'
    | 'kinkBps'
    | 'protocolFeeBps'
    | 'insuranceFeeBps'
>;

const SECS_PER_YEAR = 31_536_000n;
/** A rate of one, in parts per billion. */
const ONE_PPB = 1_000_000_000n;
const PPB_PER_BPS = 100_000n;

/** Yearly interest in parts per billion at the books' utilisation, rounded down. */
export function yearlyPpbDown(ledger: Ledger, config: InterestConfig): bigint {
    const ppb = (bps: number): bigint => BigInt(bps) * PPB_PER_BPS;
    const base = ppb(config.baseRateBps);
    const { borrowed, cash } = ledger;
    if (borrowed === 0n) return base;
    const used = (borrowed * ONE_PPB) / (borrowed + cash);
    const kink = ppb(config.kinkBps);
    const below = ppb(config.slopeBelowBps);
    if (used <= kink) return base + divDown(below * used, kink);
    const above = ppb(config.slopeAboveBps) * (used - kink);
    return base + below + divDown(above, saturatingSub(ONE_PPB, kink));
}

/**
 * Books the interest since the last accrual: the index grows rounded up.
 * Interest that would not fit the books is not booked. Throws `TimeWentBack`.
 */
export function accrue(ledger: Ledger, config: InterestConfig, now: bigint): Ledger {
    const elapsed = since(now, ledger.accruedAt);
    if (elapsed === 0n) return ledger;
    const timed = { ...ledger, accruedAt: now };
    if (ledger.debtShares === 0n) return timed;
    const rate = yearlyPpbDown(ledger, config);
    return orElse(() => grown(timed, config, rate * elapsed), timed);
}

function grown(ledger: Ledger, config: InterestConfig, ppb: bigint): Ledger {
    const growth = mulDivUp(ledger.borrowIndex, ppb, ONE_PPB * SECS_PER_YEAR);
    const borrowIndex = min(ledger.borrowIndex + growth, INDEX_MAX);
    const borrowed = borrowedDown(ledger.debtShares, borrowIndex);
    const interest = toU64(borrowed - ledger.borrowed);
    const after = feesOf(borrowed, config);
    const before = feesOf(ledger.borrowed, config);
    const fees = toU64(after.all - before.all);
    const insurance = toU64(after.insurance - before.insurance);
    return {
        ...ledger,
        borrowIndex,
        borrowed,
        protocolFees: toU64(ledger.protocolFees + toU64(fees - insurance)),
        insuranceFees: toU64(ledger.insuranceFees + insurance),
        lenderAssets: toU64(ledger.lenderAssets + toU64(interest - fees)),
    };
}

/** Both fees on a whole debt, and the insurance fees among them. Fees on interest are differences. */
function feesOf(borrowed: bigint, config: InterestConfig): { all: bigint; insurance: bigint } {
    const both = config.protocolFeeBps + config.insuranceFeeBps;
    if (both === 0) return { all: 0n, insurance: 0n };
    const all = shareDown(both, borrowed);
    return { all, insurance: (all * BigInt(config.insuranceFeeBps)) / BigInt(both) };
}

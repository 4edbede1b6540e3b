/** If everything insolvent were liquidated and written off now: who loses what at each layer? */
import type { Address } from '@solana/kit';
import { RuleError } from '../engine/error.js';
import { isHealthy, isUnderwater } from '../engine/health.js';
import { divUp } from '../engine/math.js';
import { WRITE_OFF_MODE } from '../engine/waterfall.js';
import { BackstopError } from '../error.js';
import type { Obligation } from '../generated/index.js';
import { hasDebt, positionsOf } from '../obligation.js';
import { bankAt, type BankView, type MarketView } from '../view.js';
import { health } from './health.js';
import { liquidation, type LiquidationQuote } from './liquidation.js';
import { writeOffUnchecked } from './loss.js';

/** Rounds of liquidation that an obligation gets: every debt against every collateral, several times over. */
const MOST_LIQUIDATIONS = 64;

/** Who would pay a bank's losses, in atoms of its asset, first to last. */
export interface Layers {
    /** Debt that would be written off. */
    readonly loss: bigint;
    /** Paid by protocol fees. */
    readonly protocolFees: bigint;
    /** Paid by insurance fees. */
    readonly insuranceFees: bigint;
    /** Paid by the insurance vault, bounties apart. */
    readonly insurance: bigint;
    /** Bounties out of the insurance vault. */
    readonly bounties: bigint;
    /** Raised by the auction, if it sells at its floor or better. */
    readonly onAuction: bigint;
    /** (governance atoms) Issued for that. */
    readonly issued: bigint;
    /** Covered by nothing yet: it waits for limits, or for lenders to share it. */
    readonly leftOpen: bigint;
}

/** A bank now, and after everything insolvent were written off. */
export interface BankSolvency {
    /** The bank now. */
    readonly bank: BankView;
    /** Who would pay. With a deficit open before, its cover is in the figures of fees and insurance too. */
    readonly layers: Layers;
    /** (millionths) What lenders would lose of their claims if everything open and on auction were socialised. */
    readonly worstHaircutPpm: bigint;
    /** (atoms) Loss that the bank's mode keeps from being written off now. */
    readonly blocked: bigint;
}

/** The report. */
export interface Solvency {
    /** Every bank of the market. */
    readonly banks: readonly BankSolvency[];
    /** Obligations looked at. */
    readonly obligations: number;
    /** Those whose debt is worth more than their collateral at the kindest prices. */
    readonly insolvent: number;
    /** Those below their liquidation threshold, the insolvent included. */
    readonly unhealthy: number;
    /** Those that could not be judged: a bank of theirs has no usable price. */
    readonly unpriced: number;
}

const NONE: Layers = {
    loss: 0n,
    protocolFees: 0n,
    insuranceFees: 0n,
    insurance: 0n,
    bounties: 0n,
    onAuction: 0n,
    issued: 0n,
    leftOpen: 0n,
};

type Verdict = 'fine' | 'unhealthy' | 'insolvent' | 'unpriced';

function judge(view: MarketView, obligation: Obligation): Verdict {
    if (!hasDebt(obligation)) return 'fine';
    try {
        if (isUnderwater(health(view, obligation, 'insolvency'))) return 'insolvent';
        return isHealthy(health(view, obligation, 'maintenance')) ? 'fine' : 'unhealthy';
    } catch (error) {
        if (error instanceof BackstopError && error.failure.kind === 'noPrice') return 'unpriced';
        throw error;
    }
}

/**
 * Liquidates at today's prices and writes off every obligation that is
 * insolvent, one after the other, and adds up who pays. The debtor's last
 * borrowing, pauses and who would do it are left out: this is what the market
 * could lose today.
 */
export function solvency(view: MarketView, obligations: Iterable<Obligation>): Solvency {
    let books = view;
    const layers = new Map<Address, Layers>();
    const blocked = new Map<Address, bigint>();
    const count = { fine: 0, unhealthy: 0, insolvent: 0, unpriced: 0 };
    for (const obligation of obligations) {
        const verdict = judge(view, obligation);
        count[verdict] += 1;
        if (verdict !== 'insolvent') continue;
        const sold = liquidateAll(books, obligation);
        books = sold.view;
        for (const { bank, debtShares } of positionsOf(sold.left)) {
            if (debtShares === 0n) continue;
            const quote = writeOffUnchecked(books, bank, sold.left);
            if (bankAt(books, bank).bank.config.writeOffMode === WRITE_OFF_MODE.disabled) {
                blocked.set(bank, (blocked.get(bank) ?? 0n) + quote.plan.loss);
                continue;
            }
            layers.set(bank, sum(layers.get(bank) ?? NONE, quote.plan));
            books = quote.after;
        }
    }
    return {
        banks: view.banks.map((bank) => {
            const { deficit, onAuction, lenderAssets } = bankAt(books, bank.keys.bank).bank.ledger;
            const paid = layers.get(bank.keys.bank) ?? NONE;
            return {
                bank,
                layers: { ...paid, onAuction, leftOpen: deficit - onAuction },
                worstHaircutPpm:
                    lenderAssets === 0n ? 0n : divUp(deficit * 1_000_000n, lenderAssets),
                blocked: blocked.get(bank.keys.bank) ?? 0n,
            };
        }),
        obligations: count.fine + count.unhealthy + count.insolvent + count.unpriced,
        insolvent: count.insolvent,
        unhealthy: count.unhealthy + count.insolvent,
        unpriced: count.unpriced,
    };
}

function sum(before: Layers, plan: ReturnType<typeof writeOffUnchecked>['plan']): Layers {
    const { cover } = plan;
    return {
        ...before,
        loss: before.loss + plan.loss,
        protocolFees: before.protocolFees + cover.protocolFeesUsed,
        insuranceFees: before.insuranceFees + cover.insuranceFeesUsed,
        insurance: before.insurance + cover.insuranceDrawn,
        bounties: before.bounties + plan.bounty,
        issued: before.issued + (cover.opening?.lot ?? 0n),
    };
}

/** Sells all the collateral that liquidation accepts. */
function liquidateAll(
    view: MarketView,
    obligation: Obligation,
): { view: MarketView; left: Obligation } {
    let state = { view, left: obligation };
    for (let round = 0; round < MOST_LIQUIDATIONS; round += 1) {
        const quote = firstLiquidation(state.view, state.left);
        if (!quote) break;
        state = { view: quote.view, left: quote.after };
    }
    return state;
}

function firstLiquidation(view: MarketView, obligation: Obligation): LiquidationQuote | undefined {
    const positions = positionsOf(obligation);
    for (const debt of positions.filter(({ debtShares }) => debtShares > 0n)) {
        for (const deposit of positions.filter(({ depositShares }) => depositShares > 0n)) {
            try {
                return liquidation(view, obligation, debt.bank, deposit.bank);
            } catch (error) {
                if (!(error instanceof RuleError || error instanceof BackstopError)) throw error;
            }
        }
    }
    return undefined;
}

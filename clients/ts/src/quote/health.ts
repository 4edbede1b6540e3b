/** Health of an obligation, and what a deposit is worth. */
import {
    addCollateral,
    addDebt,
    type Check,
    isUnderwater,
    NO_SUMS,
    type Sums,
} from '../engine/health.js';
import { debtUp, grossValueDown, netValueDown } from '../engine/ledger.js';
import { fail } from '../error.js';
import type { Bank, Obligation, Position } from '../generated/index.js';
import { isActive, positionsOf } from '../obligation.js';
import { bankAt, isPriced, type MarketView } from '../view.js';
import { assetOf, isDelisted } from './state.js';

/**
 * Adds up an obligation for a check, as the program does: deposits at the net
 * share price, in the insolvency check at the gross one; a deposit in a delisted
 * bank is nothing and needs no price. Throws `noPrice`, `unknownBank`, `RuleError`.
 */
export function health(view: MarketView, obligation: Obligation, check: Check): Sums {
    let sums = NO_SUMS;
    for (const position of positionsOf(obligation).filter(isActive)) {
        const { bank } = bankAt(view, position.bank);
        if (isDelisted(bank) && position.debtShares === 0n) continue;
        if (!isPriced(view, bank)) fail({ kind: 'noPrice', bank: position.bank });
        sums = add(sums, check, bank, position);
    }
    return sums;
}

function add(sums: Sums, check: Check, bank: Bank, position: Position): Sums {
    const asset = assetOf(bank);
    if (position.debtShares > 0n) {
        return addDebt(sums, check, asset, debtUp(bank.ledger, position.debtShares));
    }
    const value = check === 'insolvency' ? grossValueDown : netValueDown;
    return addCollateral(sums, check, asset, value(bank.ledger, position.depositShares));
}

/** Whether even the kindest reading of the prices says that collateral is worth less than debt. */
export function isInsolvent(view: MarketView, obligation: Obligation): boolean {
    return isUnderwater(health(view, obligation, 'insolvency'));
}

/** What shares of a bank are worth, in atoms, rounded down. */
export interface ShareValue {
    /** If the deficit is covered: what deposits are priced at. */
    readonly gross: bigint;
    /** Today: what a withdrawal pays, cash permitting. */
    readonly net: bigint;
}

/** What shares of a bank are worth at both prices. */
export function shareValue(bank: Bank, shares: bigint): ShareValue {
    return {
        gross: grossValueDown(bank.ledger, shares),
        net: netValueDown(bank.ledger, shares),
    };
}

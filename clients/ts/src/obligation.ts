/** Positions of an obligation. */
import type { Address } from '@solana/kit';
import type { Obligation, Position } from './generated/index.js';
import { SYSTEM_PROGRAM } from './addresses.js';

const UNUSED: Position = {
    bank: SYSTEM_PROGRAM,
    depositShares: 0n,
    debtShares: 0n,
    writtenOff: 0n,
    withheld: 0n,
};

/** The positions in use, in their order. */
export function positionsOf(obligation: Obligation): readonly Position[] {
    return obligation.positions.slice(0, obligation.positionCount);
}

/** The position in a bank. */
export function positionIn(obligation: Obligation, bank: Address): Position | undefined {
    return positionsOf(obligation).find((position) => position.bank === bank);
}

/** Whether a position has a deposit or a debt. A record alone is not active. */
export function isActive(position: Position): boolean {
    return position.depositShares > 0n || position.debtShares > 0n;
}

/** Whether an obligation owes anything. */
export function hasDebt(obligation: Obligation): boolean {
    return positionsOf(obligation).some(({ debtShares }) => debtShares > 0n);
}

/** Whether written-off debt has not been repaid. */
export function hasRecord(obligation: Obligation): boolean {
    return positionsOf(obligation).some(({ writtenOff }) => writtenOff > 0n);
}

/** The obligation with other positions; those with nothing left are dropped. */
export function withPositions(obligation: Obligation, positions: readonly Position[]): Obligation {
    const kept = positions.filter((one) => isActive(one) || one.writtenOff > 0n);
    const unused = Array.from({ length: obligation.positions.length - kept.length }, () => UNUSED);
    return { ...obligation, positionCount: kept.length, positions: [...kept, ...unused] };
}

/** Which positions count as active after an action. */
export type ActiveAfter =
    /** As they are: liquidation. */
    | { readonly kind: 'asIs' }
    /** With a debt in this bank: borrowing. */
    | { readonly kind: 'withDebtIn'; readonly bank: Address }
    /** Without the deposit in this bank: withdrawing all of it. */
    | { readonly kind: 'withoutDepositIn'; readonly bank: Address };

/**
 * Banks of the active positions after an action, in position order: the list
 * that `borrow`, `withdraw` and `liquidate` demand.
 */
export function activeBanks(
    obligation: Obligation,
    after: ActiveAfter = { kind: 'asIs' },
): Address[] {
    const stays = (position: Position): boolean => {
        if (after.kind === 'asIs' || after.bank !== position.bank) return isActive(position);
        return after.kind === 'withDebtIn' || position.debtShares > 0n;
    };
    const banks = positionsOf(obligation)
        .filter(stays)
        .map(({ bank }) => bank);
    if (after.kind === 'withDebtIn' && !banks.includes(after.bank)) banks.push(after.bank);
    return banks;
}

/** Banks of the deposits, in position order: the list that `write_off` demands, all delisted. */
export function depositBanks(obligation: Obligation): Address[] {
    return positionsOf(obligation)
        .filter(({ depositShares }) => depositShares > 0n)
        .map(({ bank }) => bank);
}

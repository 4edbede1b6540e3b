/** The three health checks: sums over the positions of an obligation. */
import type { BankConfig } from '../generated/index.js';
import { refuse } from './error.js';
import { aboveOne, BPS, toU128, U128_MAX } from './math.js';
import { type Quote, type Reading, valueDown, valueUp } from './price.js';

/**
 * `initial`: may it borrow or withdraw? `maintenance`: may it be liquidated?
 * `insolvency`: is it beyond rescue, even at the kindest reading of the prices?
 */
export type Check = 'initial' | 'maintenance' | 'insolvency';

/** What a bank says of itself in a health check. */
export interface Asset extends Quote {
    /** Its weights. */
    readonly weights: Pick<
        BankConfig,
        'collateralFactorBps' | 'liquidationThresholdBps' | 'liabilityWeightBps'
    >;
}

/** Sums over an obligation. */
export interface Sums {
    /** (10⁻¹² dollars) Collateral, unweighted. */
    readonly collateral: bigint;
    /** (10⁻¹² dollars) Debt, unweighted. */
    readonly debt: bigint;
    /** (10⁻¹⁶ dollars) Collateral times its weight. */
    readonly weightedCollateral: bigint;
    /** (10⁻¹⁶ dollars) Debt times its weight. */
    readonly weightedDebt: bigint;
}

/** Sums over nothing. */
export const NO_SUMS: Sums = {
    collateral: 0n,
    debt: 0n,
    weightedCollateral: 0n,
    weightedDebt: 0n,
};

const COLLATERAL: Record<Check, Reading> = {
    initial: 'low',
    maintenance: 'spot',
    insolvency: 'high',
};
const DEBT: Record<Check, Reading> = { initial: 'high', maintenance: 'spot', insolvency: 'low' };

/** Adds a deposit of `atoms`. Rounded down, but up in the insolvency check. */
export function addCollateral(sums: Sums, check: Check, asset: Asset, atoms: bigint): Sums {
    const reading = COLLATERAL[check];
    if (check === 'insolvency') {
        const value = valueUp(asset, atoms, reading);
        return { ...sums, collateral: toU128(sums.collateral + value) };
    }
    const value = valueDown(asset, atoms, reading);
    const { collateralFactorBps, liquidationThresholdBps } = asset.weights;
    const weight = check === 'initial' ? collateralFactorBps : liquidationThresholdBps;
    return {
        ...sums,
        collateral: toU128(sums.collateral + value),
        weightedCollateral: addWeighted(sums.weightedCollateral, value, weight),
    };
}

/** Adds a debt of `atoms`. Rounded up, but down in the insolvency check. */
export function addDebt(sums: Sums, check: Check, asset: Asset, atoms: bigint): Sums {
    const reading = DEBT[check];
    if (check === 'insolvency') {
        const value = valueDown(asset, atoms, reading);
        return { ...sums, debt: toU128(sums.debt + value) };
    }
    const value = valueUp(asset, atoms, reading);
    return {
        ...sums,
        debt: toU128(sums.debt + value),
        weightedDebt: addWeighted(sums.weightedDebt, value, asset.weights.liabilityWeightBps),
    };
}

function addWeighted(sum: bigint, value: bigint, weight: number): bigint {
    return toU128(sum + toU128(value * BigInt(weight)));
}

/** Whether weighted collateral covers weighted debt. */
export function isHealthy(sums: Sums): boolean {
    return sums.weightedCollateral >= sums.weightedDebt;
}

/** Whether debt exceeds collateral, both without weights. */
export function isUnderwater(sums: Sums): boolean {
    return sums.collateral < sums.debt;
}

/** Whether collateral is worth at least the debt and a bonus on it, both without weights. */
export function coversDebtAnd(sums: Sums, bonusBps: number): boolean {
    const covered = sums.collateral * BPS;
    const wanted = sums.debt * aboveOne(bonusBps);
    return covered <= U128_MAX && wanted <= U128_MAX && covered >= wanted;
}

/**
 * Passes unless something has driven an obligation into insolvency; for sums of
 * the insolvency check before and after. Throws `NotInsolvent`.
 */
export function requireNotDrivenInsolvent(before: Sums, after: Sums): void {
    if (!isUnderwater(before) && isUnderwater(after)) {
        refuse('NotInsolvent', { collateral: after.collateral, debt: after.debt });
    }
}

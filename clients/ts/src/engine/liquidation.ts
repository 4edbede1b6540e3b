/** How much of a debt a liquidator may repay, and what he gets for it. */
import type { BankConfig } from '../generated/index.js';
import { refuse } from './error.js';
import { type Asset, isHealthy, isUnderwater, type Sums } from './health.js';
import { debtUp, grossTimesUp, grossValueDown, type Ledger } from './ledger.js';
import {
    aboveOne,
    BPS,
    divDown,
    divUp,
    min,
    mulDivDown,
    mulDivUp,
    saturatingSub,
    toU128,
    toU32,
    U128_MAX,
} from './math.js';
import { atomsUp, scaledUp, valueDown } from './price.js';

/** (10⁻¹² dollars) Most that a liquidator gets for nothing: a cent. */
const DUST = 10_000_000_000n;

/** The settings of the collateral's bank that a liquidation follows, and the debt's. */
export type LiquidationTerms = Pick<
    BankConfig,
    'minBonusBps' | 'maxBonusBps' | 'bonusRampBps' | 'bonusInsuranceBps' | 'targetHealthBps'
> &
    Pick<BankConfig, 'minDebt' | 'fullCloseDebt'>;

/** The two positions that a liquidation touches. */
export interface LiquidationSides {
    /** Debt bank: its books. */
    readonly debtLedger: Ledger;
    /** Debt bank: price and weights. */
    readonly debtAsset: Asset;
    /** The debt. */
    readonly debtShares: bigint;
    /** Collateral bank: its books. */
    readonly collateralLedger: Ledger;
    /** Collateral bank: price and weights. */
    readonly collateralAsset: Asset;
    /** The collateral. */
    readonly collateralShares: bigint;
}

/** What a liquidation does. */
export interface LiquidationPlan {
    /** (atoms of debt) What the liquidator pays. */
    readonly repay: bigint;
    /** Collateral shares that move to the liquidator. */
    readonly toLiquidator: bigint;
    /** Collateral shares that become insurance fees. */
    readonly toInsurance: bigint;
    /** (bps) Bonus of this liquidation. */
    readonly bonusBps: number;
    /** Whether this position's collateral is used up. */
    readonly emptiesCollateral: boolean;
    /** Whether all of this position's debt is repaid. */
    readonly clearsDebt: boolean;
}

/**
 * Plans a liquidation of an obligation whose maintenance sums are `sums`.
 * Throws `Healthy`, `ZeroAmount`, `NoDebt`, `InsufficientShares`,
 * `DebtBelowMinimum`, `AmountTooSmall`, `Overflow`.
 */
export function planLiquidation(
    sums: Sums,
    sides: LiquidationSides,
    terms: LiquidationTerms,
    maxRepay: bigint,
): LiquidationPlan {
    if (isHealthy(sums)) {
        refuse('Healthy', { collateral: sums.weightedCollateral, debt: sums.weightedDebt });
    }
    if (maxRepay === 0n) refuse('ZeroAmount');
    if (sides.debtShares === 0n) refuse('NoDebt');
    if (sides.collateralShares === 0n) refuse('InsufficientShares');
    const bonus = bonusOf(sums, terms);
    const debt = debtUp(sides.debtLedger, sides.debtShares);
    const allowed = allowedRepay(sums, sides, terms, bonus, debt);
    const repay = withoutDust(allowed, debt, terms.minDebt, maxRepay);
    return seize(sides, terms, bonus, debt, repay);
}

function bonusOf(sums: Sums, terms: LiquidationTerms): bigint {
    const least = BigInt(terms.minBonusBps);
    if (isUnderwater(sums)) return least;
    const short = toU128(sums.weightedDebt - sums.weightedCollateral);
    const shortfall = mulDivDown(short, BPS, sums.weightedDebt);
    const range = saturatingSub(BigInt(terms.maxBonusBps), least);
    const ramp = BigInt(terms.bonusRampBps);
    const byShortfall = divDown(range * min(shortfall, ramp), ramp);
    const beyondDebt = saturatingSub(sums.collateral, sums.debt);
    const beyond = divDown(min(beyondDebt * BPS, U128_MAX), sums.debt);
    return least + toU32(min(byShortfall, saturatingSub(beyond, least)));
}

function allowedRepay(
    sums: Sums,
    sides: LiquidationSides,
    terms: LiquidationTerms,
    bonus: bigint,
    debt: bigint,
): bigint {
    if (isUnderwater(sums) || debt <= terms.fullCloseDebt) return debt;
    const target = BigInt(terms.targetHealthBps);
    const weight = BigInt(sides.debtAsset.weights.liabilityWeightBps);
    const threshold = BigInt(sides.collateralAsset.weights.liquidationThresholdBps);
    const aim = toU128(sums.weightedDebt * target);
    const have = toU128(sums.weightedCollateral * BPS);
    if (aim < have) refuse('Overflow');
    const gain = toU128(target * weight - aboveOne(bonus) * threshold);
    return min(atomsUp(sides.debtAsset, divUp(aim - have, gain)), debt);
}

function withoutDust(allowed: bigint, debt: bigint, minDebt: bigint, maxRepay: bigint): bigint {
    const leavesDust = (repay: bigint): boolean => {
        const left = saturatingSub(debt, repay);
        return left > 0n && left < minDebt;
    };
    const repay = min(leavesDust(allowed) ? debt : allowed, maxRepay);
    if (!leavesDust(repay)) return repay;
    const keepsMinimum = saturatingSub(debt, minDebt);
    if (keepsMinimum === 0n) {
        refuse('DebtBelowMinimum', { left: saturatingSub(debt, repay), min: minDebt });
    }
    return min(keepsMinimum, repay);
}

function seize(
    sides: LiquidationSides,
    terms: LiquidationTerms,
    bonus: bigint,
    debt: bigint,
    repay: bigint,
): LiquidationPlan {
    const held = sides.collateralShares;
    const { debtAsset, collateralAsset, collateralLedger } = sides;
    // Shares are finer than atoms: an atom may be worth more than the whole debt.
    const priced = grossTimesUp(collateralLedger, held, collateralAsset.price.spot);
    const worth = scaledUp(collateralAsset, priced);
    const repaid = valueDown(debtAsset, repay, 'spot');
    const wanted = mulDivDown(repaid, aboveOne(bonus), BPS);

    let cost = repay;
    let seized = held;
    if (wanted >= worth) {
        cost = min(atomsUp(debtAsset, mulDivUp(worth, BPS, aboveOne(bonus))), repay);
    } else {
        const shares = mulDivDown(held, wanted, worth);
        const rest = grossValueDown(collateralLedger, held - shares);
        const isDust = rest === 0n && worth - wanted <= DUST;
        seized = isDust ? held : shares;
    }
    if (seized === 0n) refuse('AmountTooSmall');
    const bonusShares = mulDivUp(seized, bonus, aboveOne(bonus));
    const toInsurance = mulDivUp(bonusShares, BigInt(terms.bonusInsuranceBps), BPS);
    return {
        repay: cost,
        toLiquidator: toU128(seized - toInsurance),
        toInsurance,
        bonusBps: Number(bonus),
        emptiesCollateral: seized === held,
        clearsDebt: cost === debt,
    };
}

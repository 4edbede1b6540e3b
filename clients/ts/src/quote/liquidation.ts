/** What a liquidation would take and give. */
import type { Address } from '@solana/kit';
import { coversDebtAnd, requireNotDrivenInsolvent, type Sums } from '../engine/health.js';
import { netValueDown, planRepay, sharesToInsurance } from '../engine/ledger.js';
import { type LiquidationPlan, planLiquidation } from '../engine/liquidation.js';
import { min, U64_MAX } from '../engine/math.js';
import { refuseWith } from '../error.js';
import type { Obligation, Position } from '../generated/index.js';
import { positionIn, positionsOf, withPositions } from '../obligation.js';
import { bankAt, isPriced, type MarketView, withBank } from '../view.js';
import { health } from './health.js';
import { assetOf, isDelisted } from './state.js';

/** What `liquidate` would do now. */
export interface LiquidationQuote {
    /** Repaid and seized. */
    readonly plan: LiquidationPlan;
    /**
     * (atoms of the collateral) What the seized shares would pay at once: the net
     * price, and no more than the vault's cash. The rest stays a deposit.
     */
    readonly seizedAtoms: bigint;
    /** The obligation's maintenance sums before. */
    readonly before: Sums;
    /** The obligation afterwards. */
    readonly after: Obligation;
    /** The books of both banks afterwards. */
    readonly view: MarketView;
}

/**
 * Repays up to `maxRepay` of the debt in `debtBank` for the collateral in
 * `collateralBank`. Throws `noPrice`, `PriceNotRefreshed`, `NoPosition`, `Delisted`, `Healthy`, and
 * `NotInsolvent` where the last collateral would go although the kindest prices
 * still cover the debt.
 */
export function liquidation(
    view: MarketView,
    obligation: Obligation,
    debtBank: Address,
    collateralBank: Address,
    maxRepay: bigint = U64_MAX,
): LiquidationQuote {
    const debt = bankAt(view, debtBank).bank;
    const collateral = bankAt(view, collateralBank).bank;
    if (isDelisted(collateral)) refuseWith('Delisted');
    for (const bank of [debt, collateral]) {
        if (!isPriced(view, bank)) refuseWith('PriceNotRefreshed');
    }
    const before = health(view, obligation, 'maintenance');
    const held = (bank: Address): Position =>
        positionIn(obligation, bank) ?? refuseWith('NoPosition');
    const debtShares = held(debtBank).debtShares;
    const sides = {
        debtLedger: debt.ledger,
        debtAsset: assetOf(debt),
        debtShares,
        collateralLedger: collateral.ledger,
        collateralAsset: assetOf(collateral),
        collateralShares: held(collateralBank).depositShares,
    };
    const { minDebt, fullCloseDebt } = debt.config;
    const terms = { ...collateral.config, minDebt, fullCloseDebt };
    const plan = planLiquidation(before, sides, terms, maxRepay);

    const repaid = planRepay(debt.ledger, plan.repay, debtShares, 0n);
    const seized = plan.toLiquidator + plan.toInsurance;
    const after = withPositions(
        obligation,
        positionsOf(obligation).map((one) => {
            if (one.bank === debtBank) {
                return { ...one, debtShares: one.debtShares - repaid.shares };
            }
            if (one.bank !== collateralBank) return one;
            return { ...one, depositShares: one.depositShares - seized };
        }),
    );
    const moved = afterBooks(view, debtBank, collateralBank, plan, debtShares);
    if (!coversDebtAnd(before, collateral.config.maxBonusBps)) {
        requireNotDrivenInsolvent(
            health(view, obligation, 'insolvency'),
            health(moved, after, 'insolvency'),
        );
    }
    const worth = netValueDown(collateral.ledger, plan.toLiquidator);
    return { plan, seizedAtoms: min(worth, collateral.ledger.cash), before, after, view: moved };
}

/** The view after the liquidation has changed the books of both banks. */
function afterBooks(
    view: MarketView,
    debtBank: Address,
    collateralBank: Address,
    plan: LiquidationPlan,
    debtShares: bigint,
): MarketView {
    const debt = bankAt(view, debtBank);
    const { ledger } = planRepay(debt.bank.ledger, plan.repay, debtShares, 0n);
    const repaid = withBank(view, { ...debt, bank: { ...debt.bank, ledger } });
    if (plan.toInsurance === 0n || debtBank === collateralBank) return repaid;
    const collateral = bankAt(repaid, collateralBank);
    const slice = sharesToInsurance(collateral.bank.ledger, plan.toInsurance);
    const bank = { ...collateral.bank, ledger: slice.ledger };
    return withBank(repaid, { ...collateral, bank });
}

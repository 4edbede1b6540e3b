/** Settings that scenarios start from: the defaults that docs/risk.md recommends. */
import { type BankConfig, type MarketConfig, PYTH_CORE } from '@backstop/client';
import type { Address } from '@solana/kit';

const HOUR = 3_600;
const DAY = 86_400;

/** A bank of an asset with `decimals`. */
export function bankConfig(feedId: Uint8Array, decimals: number): BankConfig {
    const whole = 10n ** BigInt(decimals);
    return {
        fixedFloorRate: 0n,
        fixedStartRate: 0n,
        depositCap: 1_000_000_000n * whole,
        borrowCap: 800_000_000n * whole,
        minDebt: whole / 100n,
        fullCloseDebt: whole,
        drawLimit: 0n,
        bountyCap: 100n * whole,
        bountyMinLoss: whole / 10n,
        minAuctionDeficit: whole / 100n,
        oracleProgram: PYTH_CORE,
        feedId,
        collateralFactorBps: 7_000,
        liquidationThresholdBps: 8_000,
        liabilityWeightBps: 10_000,
        minBonusBps: 200,
        maxBonusBps: 1_000,
        bonusRampBps: 2_000,
        bonusInsuranceBps: 2_000,
        targetHealthBps: 10_500,
        maxUtilisationBps: 9_500,
        baseRateBps: 100,
        slopeBelowBps: 700,
        slopeAboveBps: 9_000,
        kinkBps: 8_000,
        protocolFeeBps: 500,
        insuranceFeeBps: 1_000,
        maxAgeSecs: 60,
        maxConfBps: 200,
        maxDivergenceBps: 5_000,
        minRiskAgeSecs: 60,
        limitWindowSecs: DAY,
        bountyBps: 50,
        socialiseDelaySecs: 3 * DAY,
        socialiseDeadlineSecs: 14 * DAY,
        insuranceTargetBps: 500,
        writeOffMode: 2,
        delisted: 0,
        reserved: new Uint8Array(6),
    };
}

/** A market with a governance feed. */
export function marketConfig(
    guardian: Address,
    feeOwner: Address,
    feedId: Uint8Array,
    lifetimeIssuanceCap: bigint,
): MarketConfig {
    return {
        guardian,
        feeOwner,
        oracleProgram: PYTH_CORE,
        feedId,
        lifetimeIssuanceCap,
        configDelaySecs: 2 * DAY,
        maxPauseSecs: DAY,
        auctionDelaySecs: 2 * HOUR,
        auctionDurationSecs: 6 * HOUR,
        maxDiscountBps: 4_000,
        premiumBps: 1_000,
        maxFailedAuctions: 3,
        issuanceWindowBps: 1_000,
        issuanceWindowSecs: 7 * DAY,
        issuanceAuctionBps: 500,
        maxAgeSecs: 60,
        maxConfBps: 500,
        maxDivergenceBps: 5_000,
        reserved: 0,
    };
}

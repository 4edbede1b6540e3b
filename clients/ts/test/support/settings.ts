/** Settings that scenarios start from: those that docs/risk.md recommends. */
import {
    type BankConfig,
    type MarketConfig,
    recommendedBank,
    recommendedMarket,
} from '@backstop/client';
import type { Address } from '@solana/kit';

/** A bank of an asset with `decimals`. */
export function bankConfig(feedId: Uint8Array, decimals: number): BankConfig {
    return recommendedBank({ feedId }, decimals);
}

/** A market with a governance feed. */
export function marketConfig(
    guardian: Address,
    feeOwner: Address,
    feedId: Uint8Array,
    lifetimeIssuanceCap: bigint,
): MarketConfig {
    return recommendedMarket({ guardian, feeOwner, feedId, lifetimeIssuanceCap });
}

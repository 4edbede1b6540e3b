/** What a compute unit may cost. */
import {
    type Address,
    type GetRecentPrioritizationFeesApi,
    type Instruction,
    isWritableRole,
    type Rpc,
} from '@solana/kit';
import { max, min } from '../engine/math.js';

/** Accounts that `getRecentPrioritizationFees` takes. */
const MOST_FEE_ACCOUNTS = 128;

/** How much a compute unit may cost. */
export interface FeePolicy {
    /**
     * (0 to 100) Which of the fees that landed lately on our writable accounts to
     * pay, from lowest to highest.
     */
    readonly percentile: number;
    /** (micro-lamports per unit) No less than this. */
    readonly minPrice: bigint;
    /** (micro-lamports per unit) No more than this, whatever others pay. */
    readonly maxPrice: bigint;
}

/** The upper quartile, up to a tenth of a lamport per unit. */
export const USUAL_FEES: FeePolicy = { percentile: 75, minPrice: 0n, maxPrice: 100_000n };

/** The price for a list of fees that others paid. Zeros count: a quiet market needs no fee. */
export function unitPrice(policy: FeePolicy, paid: readonly bigint[]): bigint {
    const { minPrice, maxPrice } = policy;
    const sorted = [...paid].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const percentile = Math.min(Math.max(policy.percentile, 0), 100);
    const index = Math.floor(((sorted.length - 1) * percentile) / 100);
    const market = sorted[index] ?? 0n;
    const least = min(minPrice, maxPrice);
    return max(least, min(market, maxPrice));
}

/**
 * What others paid for the accounts that the instructions write. Without an
 * answer, the least that the policy allows: a fee is no reason to fail.
 */
export async function fetchUnitPrice(
    rpc: Rpc<GetRecentPrioritizationFeesApi>,
    policy: FeePolicy,
    instructions: readonly Instruction[],
): Promise<bigint> {
    try {
        const some = writableAccounts(instructions).slice(0, MOST_FEE_ACCOUNTS);
        const paid = await rpc.getRecentPrioritizationFees(some).send();
        return unitPrice(
            policy,
            paid.map(({ prioritizationFee }) => BigInt(prioritizationFee)),
        );
    } catch {
        return unitPrice(policy, []);
    }
}

/** The accounts that instructions write, each once. */
export function writableAccounts(instructions: readonly Instruction[]): Address[] {
    const writable = new Set<Address>();
    for (const { accounts = [] } of instructions) {
        for (const { address, role } of accounts) if (isWritableRole(role)) writable.add(address);
    }
    return [...writable];
}

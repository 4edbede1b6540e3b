/** Instructions of a market: roles, settings, pauses. */
import type { Address, Instruction, TransactionSigner } from '@solana/kit';
import { associatedTokenAddress, type MarketKeys } from '../addresses.js';
import {
    getAcceptAdminInstruction,
    getApplyMarketUpdateInstruction,
    getCancelMarketUpdateInstruction,
    getCreateMarketInstruction,
    getCreateMarketWithMintInstruction,
    getLiftPauseInstruction,
    getPauseInstruction,
    getProposeAdminInstruction,
    getUpdateMarketInstruction,
    type MarketConfigArgs,
    type PauseKindArgs,
} from '../generated/index.js';

/** A market that adopts an existing governance mint, whose authority signs. */
export function createMarket(
    keys: MarketKeys,
    input: {
        readonly payer: TransactionSigner;
        readonly admin: TransactionSigner;
        readonly mintAuthority: TransactionSigner;
        readonly config: MarketConfigArgs;
    },
): Instruction {
    return getCreateMarketInstruction({
        ...input,
        governanceMint: keys.mint,
        market: keys.market,
        governanceTokenProgram: keys.tokenProgram,
    });
}

/** A market with a new governance mint, whose first supply goes to `supplyOwner`. */
export async function createMarketWithMint(
    keys: MarketKeys,
    input: {
        readonly payer: TransactionSigner;
        readonly admin: TransactionSigner;
        readonly supplyOwner: Address;
        readonly index: number;
        readonly decimals: number;
        readonly initialSupply: bigint;
        readonly config: MarketConfigArgs;
    },
): Promise<Instruction> {
    return getCreateMarketWithMintInstruction({
        ...input,
        supplyAccount: await associatedTokenAddress(keys, input.supplyOwner),
        governanceMint: keys.mint,
        market: keys.market,
        governanceTokenProgram: keys.tokenProgram,
    });
}

/** Settings of a market: at once, or queued where they raise somebody's risk. */
export function updateMarket(
    market: Address,
    admin: TransactionSigner,
    config: MarketConfigArgs,
): Instruction {
    return getUpdateMarketInstruction({ admin, market, config });
}

/** A market's queued settings, once their delay is over. Anyone. */
export function applyMarketUpdate(market: Address): Instruction {
    return getApplyMarketUpdateInstruction({ market });
}

/** Drops a market's queued settings. */
export function cancelMarketUpdate(market: Address, admin: TransactionSigner): Instruction {
    return getCancelMarketUpdateInstruction({ admin, market });
}

/** Proposes another admin; the system program's address withdraws a proposal. */
export function proposeAdmin(
    market: Address,
    admin: TransactionSigner,
    newAdmin: Address,
): Instruction {
    return getProposeAdminInstruction({ admin, market, newAdmin });
}

/** Takes a market over. */
export function acceptAdmin(market: Address, newAdmin: TransactionSigner): Instruction {
    return getAcceptAdminInstruction({ newAdmin, market });
}

/** Pauses borrowing, write-offs or issuance for `secs`. Guardian or admin. */
export function pause(
    market: Address,
    authority: TransactionSigner,
    kind: PauseKindArgs,
    secs: number,
): Instruction {
    return getPauseInstruction({ authority, market, kind, secs });
}

/** Ends a pause early. */
export function liftPause(
    market: Address,
    authority: TransactionSigner,
    kind: PauseKindArgs,
): Instruction {
    return getLiftPauseInstruction({ authority, market, kind });
}

/** What a landed transaction cost and did. */
import type { Commitment, GetTransactionApi, Rpc, Signature } from '@solana/kit';
import type { BackstopEvent } from '../generated/index.js';
import { eventsOfTransaction } from './inner.js';

/** What a landed transaction cost and did. */
export interface Details {
    /** (lamports) Its fee. */
    readonly fee: bigint;
    /** Compute units that it used. */
    readonly units: bigint;
    /** Slot that it landed in. */
    readonly slot: bigint;
    /** Its log. */
    readonly logs: readonly string[];
    /** What the program said: loss events first. */
    readonly events: readonly BackstopEvent[];
}

/** Reads what a landed transaction cost and did; nothing while the node does not know it. */
export async function fetchDetails(
    rpc: Rpc<GetTransactionApi>,
    signature: Signature,
    commitment: Exclude<Commitment, 'processed'> = 'confirmed',
): Promise<Details | undefined> {
    const found = await rpc
        .getTransaction(signature, {
            encoding: 'json',
            commitment,
            maxSupportedTransactionVersion: 0,
        })
        .send();
    if (!found?.meta) return undefined;
    const { meta, transaction, slot } = found;
    const loaded = meta.loadedAddresses;
    const accounts = [
        ...transaction.message.accountKeys,
        ...(loaded?.writable ?? []),
        ...(loaded?.readonly ?? []),
    ];
    const logs = meta.logMessages ?? [];
    return {
        fee: meta.fee,
        units: meta.computeUnitsConsumed ?? 0n,
        slot,
        logs,
        events: eventsOfTransaction(logs, accounts, meta.innerInstructions ?? []),
    };
}

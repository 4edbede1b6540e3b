/** What a landed transaction cost and did. */
import {
    type Address,
    type AddressesByLookupTableAddress,
    type Commitment,
    compileTransactionMessage,
    type GetTransactionApi,
    type Rpc,
    type Signature,
} from '@solana/kit';
import { eventsOfInnerCalls, eventsOfLogs, type InnerCall } from '../events.js';
import type { BackstopEvent } from '../generated/index.js';
import type { DraftMessage } from './draft.js';

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

/** Inner instructions of one instruction, as an RPC node gives them. */
interface InnerGroup {
    readonly instructions: readonly unknown[];
}

function isCall(instruction: unknown): instruction is InnerCall {
    return (
        typeof instruction === 'object' &&
        instruction !== null &&
        'programIdIndex' in instruction &&
        'data' in instruction
    );
}

/** The events of a simulated or landed transaction. */
export function eventsOfTransaction(
    logs: readonly string[],
    accounts: readonly Address[],
    inner: readonly InnerGroup[],
): BackstopEvent[] {
    const calls = inner.flatMap(({ instructions }) => instructions).filter(isCall);
    return [...eventsOfInnerCalls(accounts, calls), ...eventsOfLogs(logs)];
}

/** A message's accounts in the order in which inner instructions count them. */
export function keysOf(message: DraftMessage, tables: AddressesByLookupTableAddress): Address[] {
    const compiled = compileTransactionMessage(message);
    const lookups = 'addressTableLookups' in compiled ? (compiled.addressTableLookups ?? []) : [];
    const loaded = (indexes: (lookup: (typeof lookups)[number]) => readonly number[]): Address[] =>
        lookups.flatMap((lookup) => {
            const table = tables[lookup.lookupTableAddress] ?? [];
            return indexes(lookup).flatMap((index) => table[index] ?? []);
        });
    return [
        ...compiled.staticAccounts,
        ...loaded((lookup) => lookup.writableIndexes),
        ...loaded((lookup) => lookup.readonlyIndexes),
    ];
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

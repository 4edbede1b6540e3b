/** The events of a transaction, and the accounts that its inner instructions count. */
import {
    type Address,
    type AddressesByLookupTableAddress,
    compileTransactionMessage,
    type TransactionMessage,
    type TransactionMessageWithFeePayer,
} from '@solana/kit';
import { eventsOfInnerCalls, eventsOfLogs, type InnerCall } from '../events.js';
import type { BackstopEvent } from '../generated/index.js';

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
export function keysOf(
    message: TransactionMessage & TransactionMessageWithFeePayer,
    tables: AddressesByLookupTableAddress,
): Address[] {
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

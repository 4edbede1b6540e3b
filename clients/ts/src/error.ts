/** Errors of this package. */
import type { Address, Signature } from '@solana/kit';
import { RuleError } from './engine/error.js';
import {
    numbersOfLogs,
    type Refusal,
    type RefusalName,
    refusalOfName,
    refusalOfTransaction,
} from './refusal.js';

/** Why something could not be read, quoted or sent. */
export type Failure =
    /** There is no such account. */
    | { readonly kind: 'noAccount'; readonly address: Address }
    /** The account is something else. */
    | {
          readonly kind: 'wrongAccount';
          readonly address: Address;
          /** What it should have been. */
          readonly expected: string;
          /** What is wrong with it. */
          readonly reason: string;
      }
    /** The view does not contain a bank of an obligation. */
    | { readonly kind: 'unknownBank'; readonly bank: Address }
    /** A bank has no usable price now. */
    | { readonly kind: 'noPrice'; readonly bank: Address }
    /** A check of accounts or roles would refuse. */
    | { readonly kind: 'refused'; readonly refusal: Refusal }
    /** A simulated or landed transaction failed. */
    | {
          readonly kind: 'transaction';
          /** What the runtime says. */
          readonly error: unknown;
          /** The transaction's log. */
          readonly logs: readonly string[];
          /** Whether it was only simulated: then it cost nothing. */
          readonly simulated: boolean;
          /** The program's error, if it was the program that refused. */
          readonly refusal: Refusal | undefined;
          /** The numbers that broke the rule, as the program logs them. */
          readonly numbers: string | undefined;
      }
    /** The transaction did not land before its blockhash expired. */
    | { readonly kind: 'expired'; readonly signature: Signature }
    /** The transaction cannot be built. */
    | { readonly kind: 'build'; readonly reason: string };

/** An error of this package; `failure` says which, with everything that belongs to it. */
export class BackstopError extends Error {
    override readonly name = 'BackstopError';

    constructor(
        /** What went wrong. */
        readonly failure: Failure,
    ) {
        super(describe(failure));
    }
}

function words(refusal: Refusal): string {
    return `${refusal.name} (${refusal.code}): ${refusal.message}`;
}

function describe(failure: Failure): string {
    switch (failure.kind) {
        case 'noAccount':
            return `there is no account ${failure.address}: is this the right cluster?`;
        case 'wrongAccount':
            return `account ${failure.address} is no ${failure.expected} of this program: ${failure.reason}`;
        case 'unknownBank':
            return `bank ${failure.bank} is not in the view: fetch the market again`;
        case 'noPrice':
            return `bank ${failure.bank} has no usable price now`;
        case 'refused':
            return `the program would refuse: ${words(failure.refusal)}`;
        case 'transaction':
            return describeTransaction(failure);
        case 'expired':
            return `transaction ${failure.signature} did not land before its blockhash expired: it never will, send a new one`;
        case 'build':
            return `the transaction cannot be built: ${failure.reason}`;
    }
}

function describeTransaction(failure: Failure & { kind: 'transaction' }): string {
    const how = failure.simulated
        ? 'the simulation failed, nothing was sent'
        : 'the transaction failed';
    if (!failure.refusal) {
        const error = JSON.stringify(failure.error, (_, value: unknown) =>
            typeof value === 'bigint' ? Number(value) : value,
        );
        return `${how}: ${error}`;
    }
    const numbers = failure.numbers ? ` [${failure.numbers}]` : '';
    return `${how}: ${words(failure.refusal)}${numbers}`;
}

/** Throws a {@link BackstopError}. */
export function fail(failure: Failure): never {
    throw new BackstopError(failure);
}

/** Throws what a check of the program would say. */
export function refuseWith(name: RefusalName): never {
    return fail({ kind: 'refused', refusal: refusalOfName(name) });
}

/** The failure of a simulated or landed transaction. */
export function failedTransaction(
    error: unknown,
    logs: readonly string[],
    simulated: boolean,
): BackstopError {
    const refusal = refusalOfTransaction(error, logs);
    const numbers = numbersOfLogs(logs);
    return new BackstopError({ kind: 'transaction', error, logs, simulated, refusal, numbers });
}

/**
 * The program's error behind anything that this package throws: the one that it
 * gave, or the one that it would give.
 */
export function refusalOf(error: unknown): Refusal | undefined {
    if (error instanceof RuleError) return refusalOfName(error.rule);
    if (!(error instanceof BackstopError)) return undefined;
    switch (error.failure.kind) {
        case 'refused':
        case 'transaction':
            return error.failure.refusal;
        case 'noPrice':
            return refusalOfName('PriceNotRefreshed');
        default:
            return undefined;
    }
}

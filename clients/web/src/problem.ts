/** Everything that can go wrong, in words that say what to do next. */
import { BackstopError, type Failure, refusalOf, RuleError } from '@backstop/client';
import {
    isSolanaError,
    type SolanaError,
    SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR,
    SOLANA_ERROR__SUBTLE_CRYPTO__DISALLOWED_IN_INSECURE_CONTEXT,
} from '@solana/kit';
import { clock, exactly } from './text.js';

/** What the page says of an error. */
export interface Problem {
    /** What happened. */
    readonly title: string;
    /** Numbers, and what to do next. */
    readonly detail: string;
}

/** An error of the page itself. */
export class PageError extends Error implements Problem {
    override readonly name = 'PageError';

    constructor(
        readonly title: string,
        readonly detail: string,
    ) {
        super(`${title}. ${detail}`);
    }
}

/** How the numbers of a broken rule are to be read. */
export interface Units {
    /** (unix secs) Time of the chain. */
    readonly now: bigint;
    /** Decimals of the asset that is paid with. */
    readonly decimals: number;
    /** Its name. */
    readonly asset: string;
}

const NOTHING_SENT = 'Nothing was sent.';

/** An error in words; `node` is the node that was asked. */
export function explain(error: unknown, node: string, units?: Units): Problem {
    if (error instanceof PageError) return error;
    if (error instanceof RuleError) return refused(error, numbersOf(error.message, units));
    if (error instanceof BackstopError) return ofFailure(error, error.failure, units);
    if (error instanceof RangeError) return { title: 'Not an amount', detail: error.message };
    if (isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR)) {
        const { statusCode } = error.context;
        return {
            title: `The node refuses to answer (HTTP ${statusCode})`,
            detail: `${node}: it may want a key, or have had enough requests. The page goes on trying.`,
        };
    }
    if (isSolanaError(error, SOLANA_ERROR__SUBTLE_CRYPTO__DISALLOWED_IN_INSECURE_CONTEXT)) {
        return {
            title: 'The browser allows no cryptography here',
            detail: 'Open the page over https, or from 127.0.0.1.',
        };
    }
    if (isSolanaError(error) && error.context.__code < 0) return ofNode(error, node);
    if (isUnreachable(error)) {
        return {
            title: 'The node does not answer',
            detail: `${node}: is it running, and does it let pages of other origins ask it? The page goes on trying.`,
        };
    }
    return { title: 'That did not work', detail: messageOf(error) };
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** What `fetch` throws when there is no connection. */
function isUnreachable(error: unknown): boolean {
    return (
        error instanceof TypeError ||
        (error instanceof DOMException && error.name === 'TimeoutError')
    );
}

/** Codes below zero are those of JSON-RPC. Kit's own text for them is left out of built pages. */
function ofNode({ context }: SolanaError, node: string): Problem {
    const said = '__serverMessage' in context ? String(context.__serverMessage) : 'no reason given';
    return {
        title: 'The node answers with an error',
        detail: `${node}: ${said} (${context.__code}). The page goes on trying.`,
    };
}

function refused(error: unknown, numbers: string): Problem {
    const refusal = refusalOf(error);
    if (!refusal) return { title: 'The program would refuse', detail: messageOf(error) };
    const { name, code, message } = refusal;
    return {
        title: `The program refuses: ${message}`,
        detail: [`${name} (${code})${numbers ? `: ${numbers}` : ''}.`, NOTHING_SENT].join(' '),
    };
}

function ofFailure(error: BackstopError, failure: Failure, units: Units | undefined): Problem {
    switch (failure.kind) {
        case 'noAccount':
            return {
                title: 'There is no market at that address',
                detail: `${failure.address} does not exist on this node. Check the address, and that the node belongs to the right cluster.`,
            };
        case 'wrongAccount':
            return {
                title: 'There is no market at that address',
                detail: `${failure.address} is no ${failure.expected} of this program: ${failure.reason}.`,
            };
        case 'refused':
        case 'noPrice':
            return refused(error, '');
        case 'transaction':
            return ofTransaction(error, failure, units);
        case 'expired':
            return {
                title: 'The transaction did not land',
                detail: `${failure.signature} has expired and never will: you have paid nothing. Try again.`,
            };
        case 'unknownBank':
        case 'build':
            return { title: 'That did not work', detail: error.message };
    }
}

type Failed = Failure & { readonly kind: 'transaction' };

function ofTransaction(error: BackstopError, failure: Failed, units: Units | undefined): Problem {
    const paid = failure.simulated
        ? NOTHING_SENT
        : 'It was sent and failed: you paid the fee only.';
    const { refusal } = failure;
    if (refusal) {
        const numbers = numbersOf(failure.numbers ?? '', units);
        const detail = `${refusal.name} (${refusal.code})${numbers ? `: ${numbers}` : ''}. ${paid}`;
        return { title: `The program refuses: ${refusal.message}`, detail };
    }
    if (failure.logs.some((line) => line.includes('insufficient funds'))) {
        const what = units ? `Not enough ${units.asset}` : 'Not enough of the asset';
        return { title: what, detail: `The token program refuses the payment. ${paid}` };
    }
    const lamports = failure.logs.some((line) => line.includes('insufficient lamports'));
    if (lamports || failure.error === 'AccountNotFound' || /Insufficient/.test(error.message)) {
        return {
            title: 'Not enough SOL',
            detail: `The wallet cannot pay the fee, or the rent of a token account. ${paid}`,
        };
    }
    return { title: 'The transaction fails', detail: `${error.message}. ${paid}` };
}

const TIMES: ReadonlySet<string> = new Set(['now', 'ends_at', 'opens_at', 'published']);
const AMOUNTS: ReadonlySet<string> = new Set(['payment', 'max']);

/** `PaymentAboveMax { payment: 5, max: 4 }` as `payment 0.000005 USDC, max 0.000004 USDC`. */
function numbersOf(text: string, units: Units | undefined): string {
    const fields = [...text.matchAll(/(\w+): (\d+)/g)];
    return fields
        .map(
            ([, name = '', digits = '']) =>
                `${name.replace('_', ' ')} ${number(name, digits, units)}`,
        )
        .join(', ');
}

function number(name: string, digits: string, units: Units | undefined): string {
    const value = BigInt(digits);
    if (units && TIMES.has(name)) return clock(value, units.now);
    if (units && AMOUNTS.has(name)) return `${exactly(value, units.decimals)} ${units.asset}`;
    return digits;
}

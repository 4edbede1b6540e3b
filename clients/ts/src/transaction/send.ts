/** From a draft to a landed transaction. */
import {
    assertIsFullySignedTransaction,
    type Base64EncodedWireTransaction,
    type Commitment,
    commitmentComparator,
    type GetBlockHeightApi,
    getBase64EncodedWireTransaction,
    type GetSignatureStatusesApi,
    getSignatureFromTransaction,
    type GetTransactionApi,
    type Instruction,
    type Rpc,
    type SendTransactionApi,
    type Signature,
    signTransactionMessageWithSigners,
} from '@solana/kit';
import { BackstopError, fail, failedTransaction } from '../error.js';
import { fetchDetails } from './details.js';
import { type Draft, draft, type DraftOptions, type DraftRpc } from './draft.js';

const REBROADCAST_MS = 1_500;
const POLL_MS = 250;
const PATIENCE_MS = 60_000;

/** What sending needs of an RPC node. */
export type SendRpc = Rpc<
    SendTransactionApi & GetSignatureStatusesApi & GetBlockHeightApi & GetTransactionApi
>;

/** A transaction that landed and went through. */
export interface Landed {
    /** Its first signature. */
    readonly signature: Signature;
    /** Slot that it landed in. */
    readonly slot: bigint;
}

/** How a transaction is waited for. */
export interface ConfirmOptions {
    /** `confirmed` unless it is said. */
    readonly commitment?: Commitment;
    /** How long the node may be silent before waiting is given up; a minute unless it is said. */
    readonly patienceMs?: number;
}

/** Signs a draft with the signers that its accounts carry. */
async function sign(
    message: Draft['message'],
): Promise<{ signature: Signature; wire: Base64EncodedWireTransaction }> {
    const transaction = await signTransactionMessageWithSigners(message);
    assertIsFullySignedTransaction(transaction);
    return {
        signature: getSignatureFromTransaction(transaction),
        wire: getBase64EncodedWireTransaction(transaction),
    };
}

/**
 * Signs a draft and sends it, again and again, until it is confirmed or its
 * blockhash has expired (about 30 seconds). Sending twice does no harm: a
 * transaction lands once. Throws `transaction` if it landed and failed, `expired`
 * if it did not land and never will, and what the node says if it stays silent.
 */
export async function sendAndConfirm(
    rpc: SendRpc,
    { message, lastValidBlockHeight }: Pick<Draft, 'message' | 'lastValidBlockHeight'>,
    options: ConfirmOptions = {},
): Promise<Landed> {
    const { signature, wire } = await sign(message);
    return confirm(rpc, signature, lastValidBlockHeight, {
        ...options,
        send: async () => {
            await rpc
                .sendTransaction(wire, { encoding: 'base64', maxRetries: 0n, skipPreflight: true })
                .send();
        },
    });
}

/**
 * Waits until a transaction is confirmed or its blockhash has expired, for those
 * that a wallet has sent; `send` is called every one and a half seconds.
 */
export async function confirm(
    rpc: SendRpc,
    signature: Signature,
    lastValidBlockHeight: bigint,
    options: ConfirmOptions & { readonly send?: () => Promise<void> } = {},
): Promise<Landed> {
    const commitment = options.commitment ?? 'confirmed';
    const patience = options.patienceMs ?? PATIENCE_MS;
    let sentAt: number | undefined;
    let answeredAt = Date.now();
    let failure: unknown;
    for (;;) {
        if (sentAt === undefined || Date.now() - sentAt >= REBROADCAST_MS) {
            sentAt = Date.now();
            failure = await errorOf(options.send);
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        // The height first: a status read after it that is empty stays so.
        const height = await quietly(() => rpc.getBlockHeight({ commitment }).send());
        if (height !== undefined) answeredAt = Date.now();
        const slot = await statusOf(rpc, signature, commitment);
        if (slot !== undefined) return { signature, slot };
        if (height !== undefined && height > lastValidBlockHeight) {
            if (failure !== undefined) throw failure;
            fail({ kind: 'expired', signature });
        }
        if (Date.now() - answeredAt > patience) {
            throw failure ?? new Error(`the node is silent: ${signature} may still land`);
        }
    }
}

async function errorOf(send: (() => Promise<void>) | undefined): Promise<unknown> {
    try {
        await send?.();
        return undefined;
    } catch (error) {
        return error;
    }
}

/** A node that does not answer now may answer the next time. */
async function quietly<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
        return await ask();
    } catch {
        return undefined;
    }
}

/** Slot in which a transaction has landed with `commitment`; throws if it landed and failed. */
async function statusOf(
    rpc: SendRpc,
    signature: Signature,
    commitment: Commitment,
): Promise<bigint | undefined> {
    const answer = await quietly(() => rpc.getSignatureStatuses([signature]).send());
    const status = answer?.value[0];
    if (!status?.confirmationStatus) return undefined;
    if (commitmentComparator(status.confirmationStatus, commitment) < 0) return undefined;
    if (!status.err) return status.slot;
    const details = await quietly(() => fetchDetails(rpc, signature));
    throw failedTransaction(status.err, details?.logs ?? [], false);
}

/** Drafts, signs, sends and confirms. */
export async function execute(
    rpc: DraftRpc & SendRpc,
    instructions: readonly Instruction[],
    options: DraftOptions,
): Promise<Landed> {
    const built = await draft(rpc, instructions, options);
    const { commitment } = options;
    return sendAndConfirm(rpc, built, commitment ? { commitment } : {});
}

/** Whether an error says that a transaction can never land: build a new one. */
export function isExpired(error: unknown): boolean {
    return error instanceof BackstopError && error.failure.kind === 'expired';
}

/** Carrying a plan out, one transaction after the other. */
import { setTimeout as pause } from 'node:timers/promises';
import {
    BackstopError,
    confirm,
    type Draft,
    draft,
    isExpired,
    type Landed,
} from '@backstop/client';
import {
    assertIsFullySignedTransaction,
    getBase64EncodedWireTransaction,
    getSignatureFromTransaction,
    type Rpc,
    type Signature,
    signTransactionMessageWithSigners,
    type SolanaRpcApi,
} from '@solana/kit';
import { instructionOf } from './chain/instruction.ts';
import { observe } from './chain/observe.ts';
import type { Signers } from './chain/signers.ts';
import { messageOf, MigrationError } from './error.ts';
import type { Desired } from './file/resolve.ts';
import { next, type Plan, type Planned, sameRequest, sameState } from './plan/plan.ts';
import { after, type Observed } from './plan/state.ts';
import { titleOf } from './render.ts';

/** How often a transaction that did not land is built anew. */
const MOST_ATTEMPTS = 3;
const READ_BACK_MS = 250;
const READ_BACK_ATTEMPTS = 120;

/** A market on a cluster, and who signs. */
export interface Work {
    readonly rpc: Rpc<SolanaRpcApi>;
    readonly desired: Desired;
    readonly signers: Signers;
}

/** What became of a step: it landed, or somebody else had done it meanwhile. */
export type Outcome = Landed | undefined;

/** Hears of everything before the next thing begins. */
export interface Listener {
    /** A transaction is about to be sent, at a time of the chain's clock. */
    readonly sending: (planned: Planned, signature: Signature, draft: Draft, now: bigint) => void;
    /** It failed, or can never land. */
    readonly failed: (signature: Signature) => void;
    /** A step is done. */
    readonly done: (planned: Planned, outcome: Outcome, index: number) => void;
}

/** Simulates a step. Throws what the program would say. */
export async function simulate({ rpc, desired, signers }: Work, { step }: Planned): Promise<Draft> {
    const instruction = await instructionOf(desired, step, signers);
    return draft(rpc, [instruction], { payer: signers.payer });
}

/** Carries a plan out. */
export async function carryOut(work: Work, plan: Plan, listener: Listener): Promise<void> {
    for (const [index, planned] of plan.steps.entries()) {
        try {
            listener.done(planned, await carryOutStep(work, planned, listener), index);
        } catch (error) {
            const title = titleOf(work.desired, planned.step);
            const where = `step ${index + 1} of ${plan.steps.length}: ${title}`;
            const hint =
                error instanceof MigrationError && error.hint ? `${error.hint}; then ` : '';
            throw new MigrationError(
                `${messageOf(error)} (${where})`,
                `${hint}run the same command again: it goes on where this one stopped, ${index} of ` +
                    `${plan.steps.length} steps are done`,
            );
        }
    }
}

/** One step, if it is still the next one. */
async function carryOutStep(work: Work, planned: Planned, listener: Listener): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
        const observed = await look(work, planned);
        if (!isNext(work, planned, observed)) return undefined;
        try {
            const landed = await send(work, planned, observed.now, listener);
            await readBack(work, planned, observed);
            return landed;
        } catch (error) {
            // It never landed and never will: look again, and build a new one.
            if (!isExpired(error) || attempt === MOST_ATTEMPTS) throw error;
        }
    }
}

async function send(
    work: Work,
    planned: Planned,
    now: bigint,
    listener: Listener,
): Promise<Landed> {
    const built = await simulate(work, planned);
    const transaction = await signTransactionMessageWithSigners(built.message);
    assertIsFullySignedTransaction(transaction);
    const signature = getSignatureFromTransaction(transaction);
    const wire = getBase64EncodedWireTransaction(transaction);
    listener.sending(planned, signature, built, now);
    try {
        return await confirm(work.rpc, signature, built.lastValidBlockHeight, {
            send: async () => {
                await work.rpc
                    .sendTransaction(wire, {
                        encoding: 'base64',
                        maxRetries: 0n,
                        skipPreflight: true,
                    })
                    .send();
            },
        });
    } catch (error) {
        if (error instanceof BackstopError) listener.failed(signature);
        throw error;
    }
}

function look({ rpc, desired }: Work, { before }: Planned): Promise<Observed> {
    return observe(rpc, desired, before.adoptedSupply);
}

/** Whether the step is still to be sent; not if the chain shows its effect already. */
function isNext({ desired }: Work, { step }: Planned, observed: Observed): boolean {
    const due = next(desired, observed);
    if (due && sameRequest(due, step)) return true;
    if (sameState(after(observed, desired, step), observed)) return false;
    const instead = due ? `; next would be: ${titleOf(desired, due)}` : '';
    throw new MigrationError(`the chain has changed since the plan was made${instead}`);
}

/**
 * Waits until the chain shows what the step did: the node that answers the next
 * question may be another one, some slots behind.
 */
async function readBack(work: Work, planned: Planned, before: Observed): Promise<void> {
    const expected = after(before, work.desired, planned.step);
    for (let attempt = 0; attempt < READ_BACK_ATTEMPTS; attempt += 1) {
        if (sameState(await look(work, planned), expected)) return;
        await pause(READ_BACK_MS);
    }
    throw new MigrationError(
        'the transaction landed, but the chain does not show what it should have done',
        'somebody else may have changed the market at the same time',
    );
}

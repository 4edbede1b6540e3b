/** From instructions to a simulated transaction. */
import {
    type AddressesByLookupTableAddress,
    appendTransactionMessageInstructions,
    type Commitment,
    compileTransaction,
    compressTransactionMessageUsingAddressLookupTables,
    createTransactionMessage,
    getBase64EncodedWireTransaction,
    getTransactionSize,
    type GetLatestBlockhashApi,
    type GetRecentPrioritizationFeesApi,
    type Instruction,
    pipe,
    type Rpc,
    setTransactionMessageComputeUnitLimit,
    setTransactionMessageComputeUnitPrice,
    setTransactionMessageFeePayerSigner,
    setTransactionMessageLifetimeUsingBlockhash,
    setTransactionMessageLoadedAccountsDataSizeLimit,
    type SimulateTransactionApi,
    type TransactionMessage,
    type TransactionMessageWithBlockhashLifetime,
    type TransactionMessageWithFeePayerSigner,
    type TransactionSigner,
} from '@solana/kit';
import { BackstopError, fail, failedTransaction } from '../error.js';
import { BACKSTOP_PROGRAM_ADDRESS, type BackstopEvent } from '../generated/index.js';
import { type FeePolicy, fetchUnitPrice, USUAL_FEES, writableAccounts } from './fees.js';
import { eventsOfTransaction, keysOf } from './inner.js';

const MOST_UNITS = 1_400_000;
/**
 * Compute units of booking a bank's interest, at the most; docs/benchmarks.md
 * has 1,825 for it.
 */
const INTEREST_UNITS = 2_000;
const MOST_BYTES = 1_232;
const MOST_LOADED_BYTES = 64 * 1_024 * 1_024;
/** Loaded account data is charged by pages of this size. */
const PAGE_BYTES = 32 * 1_024;
const SIGNATURE_LAMPORTS = 5_000n;

/** A message that can be signed and sent. */
export type DraftMessage = TransactionMessage & {
    readonly version: 0;
} & TransactionMessageWithFeePayerSigner &
    TransactionMessageWithBlockhashLifetime;

/** What drafting needs of an RPC node. */
export type DraftRpc = Rpc<
    GetLatestBlockhashApi & SimulateTransactionApi & GetRecentPrioritizationFeesApi
>;

/** How transactions are built. */
export interface DraftOptions {
    /** Pays the fee. */
    readonly payer: TransactionSigner;
    /** Lookup tables that the message may use, with their addresses. */
    readonly tables?: AddressesByLookupTableAddress;
    /** What a compute unit may cost. */
    readonly fees?: FeePolicy;
    /** What the simulation looks at; `confirmed` unless it is said. */
    readonly commitment?: Commitment;
}

/** A simulated transaction that would go through. */
export interface Draft {
    /** To be signed. */
    readonly message: DraftMessage;
    /** Until this block height it can land. */
    readonly lastValidBlockHeight: bigint;
    /** Compute units that the simulation used. */
    readonly units: bigint;
    /** Compute units that the transaction may use. */
    readonly unitLimit: number;
    /** (micro-lamports per unit) */
    readonly unitPrice: bigint;
    /** (lamports) What it costs if it lands, whatever becomes of it. */
    readonly fee: bigint;
    /** The simulation's log. */
    readonly logs: readonly string[];
    /** What the program would say. */
    readonly events: readonly BackstopEvent[];
}

interface Budget {
    readonly units: number;
    readonly price: bigint;
    readonly bytes: number;
}

/**
 * Simulates the instructions with the largest compute limit, then builds the
 * transaction with what they used, a tenth more, and what interest may cost
 * that was not due yet. Nothing is sent. Throws
 * `transaction` with the program's words if the simulation fails, `build` for
 * too many accounts or bytes (a lookup table helps).
 */
export async function draft(
    rpc: DraftRpc,
    instructions: readonly Instruction[],
    options: DraftOptions,
): Promise<Draft> {
    const commitment = options.commitment ?? 'confirmed';
    const fees = options.fees ?? USUAL_FEES;
    const [{ value: blockhash }, unitPrice] = await Promise.all([
        rpc.getLatestBlockhash({ commitment }).send(),
        fetchUnitPrice(rpc, fees, instructions),
    ]);
    const build = (budget: Budget): DraftMessage =>
        pipe(
            createTransactionMessage({ version: 0 }),
            (message) => setTransactionMessageFeePayerSigner(options.payer, message),
            (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
            (message) => setTransactionMessageComputeUnitLimit(budget.units, message),
            (message) => setTransactionMessageComputeUnitPrice(budget.price, message),
            (message) => setTransactionMessageLoadedAccountsDataSizeLimit(budget.bytes, message),
            (message) => appendTransactionMessageInstructions(instructions, message),
            (message) =>
                compressTransactionMessageUsingAddressLookupTables(message, options.tables ?? {}),
        ) as DraftMessage;

    const trial = build({ units: MOST_UNITS, price: 0n, bytes: MOST_LOADED_BYTES });
    const { value: result } = await rpc
        .simulateTransaction(wire(trial), {
            encoding: 'base64',
            commitment,
            sigVerify: false,
            replaceRecentBlockhash: true,
            innerInstructions: true,
        })
        .send();
    const logs = result.logs ?? [];
    if (result.err) throw failedTransaction(result.err, logs, true);

    const units = result.unitsConsumed ?? BigInt(MOST_UNITS);
    const unitLimit = Math.min(tenthMore(Number(units)) + interestUnits(instructions), MOST_UNITS);
    const loaded = result.loadedAccountsDataSize ?? MOST_LOADED_BYTES;
    const bytes = Math.min(
        Math.ceil(tenthMore(Number(loaded)) / PAGE_BYTES) * PAGE_BYTES,
        MOST_LOADED_BYTES,
    );
    const message = build({ units: unitLimit, price: unitPrice, bytes });
    const signatures = Object.keys(compileTransaction(message).signatures).length;
    const priority = (unitPrice * BigInt(unitLimit) + 999_999n) / 1_000_000n;
    return {
        message,
        lastValidBlockHeight: blockhash.lastValidBlockHeight,
        units,
        unitLimit,
        unitPrice,
        fee: BigInt(signatures) * SIGNATURE_LAMPORTS + priority,
        logs,
        events: eventsOfTransaction(
            logs,
            keysOf(message, options.tables ?? {}),
            result.innerInstructions ?? [],
        ),
    };
}

/** The bytes of a message without signatures, as the simulation takes them. */
function wire(message: DraftMessage): ReturnType<typeof getBase64EncodedWireTransaction> {
    try {
        const transaction = compileTransaction(message);
        const bytes = getTransactionSize(transaction);
        if (bytes > MOST_BYTES) {
            const reason = `${bytes} bytes, ${MOST_BYTES} is the most: pass a lookup table`;
            fail({ kind: 'build', reason });
        }
        return getBase64EncodedWireTransaction(transaction);
    } catch (error) {
        if (error instanceof BackstopError) throw error;
        return fail({ kind: 'build', reason: String(error) });
    }
}

/**
 * What booking interest can cost beyond the simulation: where it falls into the
 * second in which a bank was touched last, there is none to book, and in the
 * next second there is. Which of the written accounts are banks is not known
 * here, so all of them count.
 */
function interestUnits(instructions: readonly Instruction[]): number {
    const ours = instructions.filter((one) => one.programAddress === BACKSTOP_PROGRAM_ADDRESS);
    return INTEREST_UNITS * writableAccounts(ours).length;
}

function tenthMore(value: number): number {
    return value + Math.ceil(value / 10);
}

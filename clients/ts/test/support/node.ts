/** An RPC node over LiteSVM: the real program, and the client's own requests. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BACKSTOP_PROGRAM_ADDRESS } from '@backstop/client';
import {
    type Address,
    createSolanaRpcFromTransport,
    type EncodedAccount,
    getBase58Decoder,
    getBase58Encoder,
    getBase64Decoder,
    getBase64Encoder,
    getCompiledTransactionMessageDecoder,
    getSignatureFromTransaction,
    getTransactionDecoder,
    type MaybeEncodedAccount,
    type Rpc,
    type SolanaRpcApi,
    type Transaction,
} from '@solana/kit';
import { type FailedTransactionMetadata, LiteSVM, type TransactionMetadata } from 'litesvm';

/** The program's bytecode, if it has been built. */
export const PROGRAM =
    process.env['BACKSTOP_SO'] ??
    fileURLToPath(new URL('../../../../../target/deploy/backstop.so', import.meta.url));

/** Why tests on the bytecode cannot run, if they cannot. */
export const NO_PROGRAM = existsSync(PROGRAM)
    ? false
    : 'there is no backstop.so: run `cargo xtask build`, or set BACKSTOP_SO';

interface Filter {
    readonly dataSize?: number;
    readonly memcmp?: { readonly offset: number; readonly bytes: string };
}

interface Landed {
    readonly slot: bigint;
    readonly err: unknown;
    readonly transaction: Transaction;
    readonly meta: TransactionMetadata;
}

type Params = readonly unknown[];

function failed(result: object): result is FailedTransactionMetadata {
    return 'err' in result;
}

/** A transaction's error as RPC nodes write it. */
function errorOf(result: FailedTransactionMetadata): unknown {
    const error: unknown = result.err();
    if (typeof error !== 'object' || error === null || !('index' in error) || !('err' in error)) {
        return String(error);
    }
    const cause: unknown = (error.err as () => unknown).call(error);
    const isCustom = typeof cause === 'object' && cause !== null && 'code' in cause;
    return { InstructionError: [error.index, isCustom ? { Custom: cause.code } : String(cause)] };
}

/** A chain with the program on it, and a clock that the test moves. */
export class Node {
    readonly svm: LiteSVM;
    readonly rpc: Rpc<SolanaRpcApi>;
    /** How many transactions were sent. */
    sent = 0;
    /** Whether what is sent gets lost. */
    dropsTransactions = false;
    /** Whether it answers nothing any more. */
    isSilent = false;
    /** What the node says of its height. */
    height = 0;
    private readonly landed = new Map<string, Landed>();

    constructor(now: bigint) {
        this.svm = new LiteSVM();
        this.svm.addProgramFromFile(BACKSTOP_PROGRAM_ADDRESS, PROGRAM);
        this.setTime(now);
        this.rpc = createSolanaRpcFromTransport((async ({ payload }: { payload: unknown }) => {
            const { id, method, params } = payload as {
                id: string;
                method: string;
                params: Params;
            };
            return { jsonrpc: '2.0', id, result: this.answer(method, params) };
        }) as Parameters<typeof createSolanaRpcFromTransport>[0]) as Rpc<SolanaRpcApi>;
    }

    get now(): bigint {
        return this.svm.getClock().unixTimestamp;
    }

    /** Moves the clock, and a slot on. */
    setTime(now: bigint): void {
        const clock = this.svm.getClock();
        clock.unixTimestamp = now;
        clock.slot += 1n;
        this.svm.setClock(clock);
        this.svm.expireBlockhash();
    }

    setAccount(address: Address, programAddress: Address, data: Uint8Array): void {
        const lamports = this.svm.minimumBalanceForRentExemption(BigInt(data.length));
        this.svm.setAccount({
            address,
            programAddress,
            data,
            executable: false,
            lamports: lamports as EncodedAccount['lamports'],
            space: BigInt(data.length),
        });
    }

    private context<T>(value: T): { context: { slot: number }; value: T } {
        return { context: { slot: Number(this.svm.getClock().slot) }, value };
    }

    private answer(method: string, params: Params): unknown {
        if (this.isSilent) throw new Error('the node is down');
        switch (method) {
            case 'getAccountInfo':
                return this.context(shownAccount(this.svm.getAccount(params[0] as Address)));
            case 'getMultipleAccounts':
                return this.context(
                    (params[0] as Address[]).map((key) => shownAccount(this.svm.getAccount(key))),
                );
            case 'getProgramAccounts':
                return this.programAccounts(params);
            case 'getLatestBlockhash':
                return this.context({
                    blockhash: this.svm.latestBlockhash(),
                    lastValidBlockHeight: 150,
                });
            case 'getBlockHeight':
                return this.height;
            case 'getRecentPrioritizationFees':
                return [{ slot: 1, prioritizationFee: 1_000 }];
            case 'simulateTransaction':
                return this.context(this.simulate(params[0] as string));
            case 'sendTransaction':
                return this.send(params[0] as string);
            case 'getSignatureStatuses':
                return this.context((params[0] as string[]).map((key) => this.status(key)));
            case 'getTransaction':
                return this.transaction(params[0] as string);
            default:
                throw new Error(`the node does not know ${method}`);
        }
    }

    private programAccounts([program, config]: Params): unknown {
        const { filters } = config as { filters: readonly Filter[] };
        const matches = ({ data }: EncodedAccount): boolean =>
            filters.every(({ dataSize, memcmp }) => {
                if (dataSize !== undefined) return data.length === Number(dataSize);
                const bytes = getBase58Encoder().encode(memcmp!.bytes);
                return bytes.every((byte, at) => data[Number(memcmp!.offset) + at] === byte);
            });
        const found = this.svm.getProgramAccounts(program as Address).filter(matches);
        return found.map((account) => ({
            pubkey: account.address,
            account: shownAccount({ ...account, exists: true } as MaybeEncodedAccount),
        }));
    }

    private simulate(wire: string): unknown {
        this.svm.withSigverify(false);
        const result = this.svm.simulateTransaction(decoded(wire));
        this.svm.withSigverify(true);
        const meta = result.meta();
        return {
            err: failed(result) ? errorOf(result) : null,
            logs: meta.logs(),
            unitsConsumed: Number(meta.computeUnitsConsumed()),
            innerInstructions: innerOf(meta),
        };
    }

    private send(wire: string): string {
        const transaction = decoded(wire);
        const signature = getSignatureFromTransaction(transaction);
        this.sent += 1;
        if (this.dropsTransactions || this.landed.has(signature)) return signature;
        const result = this.svm.sendTransaction(transaction);
        this.landed.set(signature, {
            slot: this.svm.getClock().slot,
            err: failed(result) ? errorOf(result) : null,
            transaction,
            meta: failed(result) ? result.meta() : result,
        });
        return signature;
    }

    private status(signature: string): unknown {
        const landed = this.landed.get(signature);
        if (!landed) return null;
        const { slot, err } = landed;
        return { slot: Number(slot), confirmations: null, confirmationStatus: 'confirmed', err };
    }

    private transaction(signature: string): unknown {
        const landed = this.landed.get(signature);
        if (!landed) return null;
        const message = getCompiledTransactionMessageDecoder().decode(
            landed.transaction.messageBytes,
        );
        return {
            slot: Number(landed.slot),
            version: 0,
            transaction: { message: { accountKeys: message.staticAccounts } },
            meta: {
                err: landed.err,
                fee: 5_000,
                computeUnitsConsumed: Number(landed.meta.computeUnitsConsumed()),
                logMessages: landed.meta.logs(),
                loadedAddresses: { writable: [], readonly: [] },
                innerInstructions: innerOf(landed.meta),
            },
        };
    }
}

function decoded(wire: string): Transaction {
    return getTransactionDecoder().decode(getBase64Encoder().encode(wire));
}

function innerOf(meta: TransactionMetadata): unknown {
    return meta.innerInstructions().map((group, index) => ({
        index,
        instructions: group.map((inner) => ({
            programIdIndex: inner.instruction().programIdIndex(),
            accounts: [...inner.instruction().accounts()],
            data: getBase58Decoder().decode(inner.instruction().data()),
        })),
    }));
}

function shownAccount(account: MaybeEncodedAccount): unknown {
    if (!account.exists) return null;
    return {
        data: [getBase64Decoder().decode(account.data), 'base64'],
        executable: account.executable,
        lamports: Number(account.lamports),
        owner: account.programAddress,
        space: Number(account.space),
        rentEpoch: 0,
    };
}

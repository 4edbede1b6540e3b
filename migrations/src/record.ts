/**
 * What was applied, in numbered steps: one JSON file per market file and cluster.
 *
 * The record is evidence for people. Nothing reads it to decide what to do: the
 * chain says that, and a lost record changes nothing. A step is noted before it
 * is sent, so that one whose end nobody saw is found by its signature later.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type {
    Address,
    GetBlockHeightApi,
    GetSignatureStatusesApi,
    Rpc,
    Signature,
} from '@solana/kit';
import type { StepReport } from './render.ts';

/** A step under its number. */
export interface Recorded extends StepReport {
    /** Counted from 1, over every run. */
    readonly number: number;
    readonly state: 'sent' | 'applied';
    readonly market: Address;
    readonly signature: Signature;
    /** Where it landed. */
    readonly slot: number | null;
    /** Block height after which it cannot land any more. */
    readonly last_valid_block_height: number;
    /** (unix secs) The chain's clock when it was sent. */
    readonly sent_at: number;
    /** SHA-256 of the program that did it. */
    readonly program_sha256: string;
}

/** What is known of a step when it is sent. */
export type Sent = Omit<Recorded, 'number' | 'state' | 'slot'>;

interface Stored {
    readonly version: 1;
    readonly genesis_hash: string;
    readonly program: Address;
    readonly steps: readonly Recorded[];
}

function isStored(value: unknown): value is Stored {
    return (
        typeof value === 'object' &&
        value !== null &&
        'version' in value &&
        value.version === 1 &&
        'steps' in value &&
        Array.isArray(value.steps)
    );
}

/** The record of one market file on one cluster. */
export class RecordFile {
    /** Where it is kept. */
    readonly path: string;
    readonly #directory: string;
    readonly #identity: Pick<Stored, 'genesis_hash' | 'program'>;

    constructor(directory: string, marketFile: string, genesisHash: string, program: Address) {
        const stem = basename(marketFile).replace(/\.toml$/, '');
        this.#directory = directory;
        this.path = join(directory, `${stem}.${genesisHash}.json`);
        this.#identity = { genesis_hash: genesisHash, program };
    }

    /** Notes a step that is about to be sent, under the next number. */
    sent(step: Sent): void {
        const before = this.#read();
        const number = (before.at(-1)?.number ?? 0) + 1;
        this.#write([...before, { number, state: 'sent', slot: null, ...step }]);
    }

    /** Notes that a step has been applied. */
    applied(signature: Signature, slot: bigint): void {
        this.#write(
            this.#read().map((step) =>
                step.signature === signature
                    ? { ...step, state: 'applied', slot: Number(slot) }
                    : step,
            ),
        );
    }

    /** Forgets a step that did not go through. */
    dropped(signature: Signature): void {
        this.#write(this.#read().filter((step) => step.signature !== signature));
    }

    /** Finds out what became of steps whose end an interrupted run did not see. */
    async settle(rpc: Rpc<GetSignatureStatusesApi & GetBlockHeightApi>): Promise<void> {
        const open = this.#read().filter(({ state }) => state === 'sent');
        if (open.length === 0) return;
        // The height first: a status read after it that is empty stays so.
        const height = await rpc.getBlockHeight({ commitment: 'confirmed' }).send();
        const signatures = open.map(({ signature }) => signature);
        const { value } = await rpc
            .getSignatureStatuses(signatures, { searchTransactionHistory: true })
            .send();
        for (const [index, step] of open.entries()) {
            const status = value[index];
            if (status && !status.err) this.applied(step.signature, status.slot);
            else if (status || height > BigInt(step.last_valid_block_height)) {
                this.dropped(step.signature);
            }
        }
    }

    #write(steps: readonly Recorded[]): void {
        const stored: Stored = { version: 1, ...this.#identity, steps };
        mkdirSync(this.#directory, { recursive: true });
        // Renamed into place, so that whoever is killed here leaves the old one whole.
        const draft = `${this.path}.${process.pid}.tmp`;
        writeFileSync(draft, `${JSON.stringify(stored, null, 2)}\n`);
        renameSync(draft, this.path);
    }

    /** What is there; a file that is no record is kept aside, not overwritten. */
    #read(): readonly Recorded[] {
        let text: string;
        try {
            text = readFileSync(this.path, 'utf8');
        } catch {
            return [];
        }
        try {
            const stored: unknown = JSON.parse(text);
            if (isStored(stored)) return stored.steps;
        } catch {
            // Not even JSON: kept aside as well.
        }
        renameSync(this.path, `${this.path}.unreadable`);
        return [];
    }
}

/** Who signs. */
import { readFileSync } from 'node:fs';
import {
    type Address,
    createKeyPairSignerFromBytes,
    createNoopSigner,
    type TransactionSigner,
} from '@solana/kit';
import { messageOf, MigrationError } from '../error.ts';

/** Who signs. */
export interface Signers {
    /** Pays fees and rent. */
    readonly payer: TransactionSigner;
    /** Changes the market. */
    readonly admin: TransactionSigner;
    /** Gives the governance mint up, once. */
    readonly mintAuthority: TransactionSigner;
}

/** Reads a keypair file of the Solana command line. */
export async function readKeypair(path: string): Promise<TransactionSigner> {
    try {
        const bytes: unknown = JSON.parse(readFileSync(path, 'utf8'));
        const isByte = (byte: unknown): byte is number =>
            typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte < 256;
        if (!Array.isArray(bytes) || !bytes.every(isByte))
            throw new Error('it is no list of bytes');
        return await createKeyPairSignerFromBytes(Uint8Array.from(bytes));
    } catch (error) {
        throw new MigrationError(
            `no keypair in ${path}: ${messageOf(error)}`,
            'name a keypair file with --keypair; `solana-keygen new` makes one',
        );
    }
}

/** Signers who only look: enough for a plan and a simulation. */
export function onlookers(admin: Address): Signers {
    const looks = createNoopSigner(admin);
    return { payer: looks, admin: looks, mintAuthority: looks };
}

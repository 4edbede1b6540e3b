/**
 * Whether the program on a cluster is the one that was built: what configures a
 * market must not trust an address alone.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BACKSTOP_PROGRAM_ADDRESS } from '@backstop/client';
import {
    type Address,
    fetchEncodedAccount,
    type GetAccountInfoApi,
    getAddressDecoder,
    type MaybeEncodedAccount,
    type Rpc,
} from '@solana/kit';
import { messageOf, MigrationError } from '../error.ts';
import { programSource } from '../paths.ts';

const UPGRADEABLE_LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111';
/** Tag (u32) of an account that names its program data. */
const PROGRAM_TAG = 2;
/** Tag (u32) of an account that holds bytecode. */
const PROGRAM_DATA_TAG = 3;
/** Tag, slot (u64), then one byte and 32 of an optional authority. */
const AUTHORITY_AT = 12;
/** Where the bytecode begins. */
const HEADER_BYTES = 45;

/** A program that is what was built. */
export interface CheckedProgram {
    readonly address: Address;
    /** SHA-256 of the bytecode, in hexadecimal. */
    readonly sha256: string;
    /** Who may replace it; nothing if nobody can. */
    readonly upgradeAuthority: Address | undefined;
}

/** Throws unless the cluster runs exactly the bytecode in `file`. */
export async function checkProgram(
    rpc: Rpc<GetAccountInfoApi>,
    file: string,
): Promise<CheckedProgram> {
    const address = BACKSTOP_PROGRAM_ADDRESS;
    requireDeclared(address);
    const built = readBuilt(file);
    const program = await fetchEncodedAccount(rpc, address, { commitment: 'confirmed' });
    if (!program.exists) {
        throw new MigrationError(
            `the program ${address} is not deployed on this cluster`,
            'check --url; to deploy it, see migrations/001-deploy.md, step 4',
        );
    }
    if (program.programAddress !== UPGRADEABLE_LOADER || !program.executable) {
        throw new MigrationError(
            `${address} is not an upgradeable program, but an account of ${program.programAddress}`,
            'check --url: on this cluster something else has the address',
        );
    }
    const data = await fetchEncodedAccount(rpc, dataAddress(program), { commitment: 'confirmed' });
    if (!data.exists || tag(data.data) !== PROGRAM_DATA_TAG) throw closed(address);
    const deployed = withoutPadding(data.data.subarray(HEADER_BYTES), built.length);
    if (!equal(deployed, built)) {
        throw new MigrationError(
            `the program ${address} on this cluster is another one than ${file}: ` +
                `SHA-256 ${sha256(deployed)} there, ${sha256(built)} here`,
            'build the source that was deployed, or deploy this one: migrations/001-deploy.md, ' +
                'steps 2 and 4',
        );
    }
    const hasAuthority = data.data[AUTHORITY_AT] === 1;
    const upgradeAuthority = hasAuthority
        ? getAddressDecoder().decode(data.data, AUTHORITY_AT + 1)
        : undefined;
    return { address, sha256: sha256(built), upgradeAuthority };
}

/** The client and the program must be generated for the same id. */
function requireDeclared(address: Address): void {
    const declared = /^declare_id!\("(\w+)"\);/m.exec(readFileSync(programSource(), 'utf8'))?.[1];
    if (declared === address) return;
    throw new MigrationError(
        `the source declares the program ${declared}, the client was generated for ${address}`,
        'run `cargo xtask idl`, then `npm run generate && npm run build` in clients/ts',
    );
}

function readBuilt(file: string): Uint8Array {
    try {
        return readFileSync(file);
    } catch (error) {
        throw new MigrationError(
            `the program that was built cannot be read: ${messageOf(error)}`,
            'run `cargo xtask build`, or name the file with --program',
        );
    }
}

function dataAddress(program: Extract<MaybeEncodedAccount, { exists: true }>): Address {
    if (tag(program.data) !== PROGRAM_TAG) throw closed(program.address);
    return getAddressDecoder().decode(program.data, 4);
}

function closed(address: Address): MigrationError {
    return new MigrationError(
        `the program ${address} was closed on this cluster`,
        'its id cannot be used again: take another one, migrations/001-deploy.md, step 1',
    );
}

function tag(data: Uint8Array): number {
    return data.length >= 4 ? new DataView(data.buffer, data.byteOffset).getUint32(0, true) : 0;
}

/** The bytecode without the zeros that room for upgrades leaves behind it. */
function withoutPadding(data: Uint8Array, length: number): Uint8Array {
    const rest = data.subarray(length);
    return rest.every((byte) => byte === 0) ? data.subarray(0, length) : data;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && Buffer.compare(a, b) === 0;
}

function sha256(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
}

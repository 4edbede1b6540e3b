/** The running local network, keypairs of a test's own, and market files for them. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
    type Address,
    createKeyPairSignerFromBytes,
    createSolanaRpc,
    type KeyPairSigner,
    type Rpc,
    type SolanaRpcApi,
} from '@solana/kit';
import { REPOSITORY } from './paths.ts';

const DIRECTORY = process.env['BACKSTOP_LOCALNET'];
const BINARY = process.env['BACKSTOP_LOCALNET_BIN'];
const PROGRAM = process.env['BACKSTOP_SO'] ?? join(REPOSITORY, 'target/deploy/backstop.so');

/** Why tests of the local network are skipped, or `false`. */
export const WITHOUT_NETWORK: string | false =
    DIRECTORY && BINARY && existsSync(join(DIRECTORY, 'localnet.json')) && existsSync(PROGRAM)
        ? false
        : 'no local network: set BACKSTOP_LOCALNET to its directory, BACKSTOP_LOCALNET_BIN to its program and BACKSTOP_SO to the bytecode';

const execute = promisify(execFile);

interface State {
    readonly rpc_url: string;
    readonly actors: Readonly<
        Record<string, { readonly address: Address; readonly keypair: string }>
    >;
}

/** A keypair and the file that it is in. */
export interface Key {
    readonly path: string;
    readonly signer: KeyPairSigner;
}

const scratches: string[] = [];
process.on('exit', () => {
    for (const directory of scratches) rmSync(directory, { recursive: true, force: true });
});

/** A place for files of one test; it goes with the process. */
export function scratch(): string {
    const directory = mkdtempSync(join(tmpdir(), 'backstop-migrate-'));
    scratches.push(directory);
    return directory;
}

/** A new keypair without any SOL. */
export async function poorKey(directory: string): Promise<Key> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
    const bytes = Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]);
    const signer = await createKeyPairSignerFromBytes(bytes);
    const path = join(directory, `${signer.address}.json`);
    writeFileSync(path, JSON.stringify([...bytes]));
    return { path, signer };
}

/** The running local network. */
export class Network {
    readonly url: string;
    readonly rpc: Rpc<SolanaRpcApi>;
    readonly program: string = PROGRAM;

    constructor() {
        const text = readFileSync(join(DIRECTORY ?? '', 'localnet.json'), 'utf8');
        this.url = (JSON.parse(text) as State).rpc_url;
        this.rpc = createSolanaRpc(this.url);
    }

    /** A new keypair with 100 SOL: what its market looks like is this test's business alone. */
    async key(directory: string): Promise<Key> {
        const key = await poorKey(directory);
        const { address } = key.signer;
        await this.raw('requestAirdrop', [address, 100_000_000_000]);
        for (;;) {
            const { value } = await this.rpc.getBalance(address).send();
            if (value > 0n) return key;
            await pause(100);
        }
    }
    /** A command of the network: `time --forward 2h`. */
    async command(...args: string[]): Promise<void> {
        await execute(BINARY ?? '', ['--dir', DIRECTORY ?? '', ...args]);
    }

    /** Any method of the node. */
    raw(method: string, params: readonly unknown[]): Promise<unknown> {
        return call(this.url, method, params);
    }
}

/** Any method of a node. */
export async function call(
    url: string,
    method: string,
    params: readonly unknown[],
): Promise<unknown> {
    const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer = (await response.json()) as { result?: unknown; error?: unknown };
    if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
    return answer.result;
}

/** The program's example of a market file. */
export const EXAMPLE: string = readFileSync(join(REPOSITORY, 'examples/market.toml'), 'utf8');

/** The example with a governance mint of its own, the creator's nth. */
export function createdMarket(index = 0): string {
    const own = `[governance.create]\ndecimals = 6\ninitial_supply = "10_000_000"\nindex = ${index}`;
    return EXAMPLE.replace(/^\[governance\]\n(?:#.*\n)*mint = .*$/m, own);
}

/** A text with other settings in one section: `edited(text, 'name = "SOL"', { deposit_cap: '"5"' })`. */
export function edited(
    text: string,
    section: string,
    settings: Readonly<Record<string, string>>,
): string {
    const at = text.indexOf(section);
    if (at < 0) throw new Error(`no ${section} in the file`);
    let rest = text.slice(at);
    for (const [name, value] of Object.entries(settings)) {
        const line = new RegExp(`^${name} = .*$`, 'm');
        const end = rest.search(/\n\[/);
        const own = end < 0 ? rest : rest.slice(0, end);
        const changed = line.test(own)
            ? own.replace(line, `${name} = ${value}`)
            : own.replace(/\n/, `\n${name} = ${value}\n`);
        rest = changed + (end < 0 ? '' : rest.slice(end));
    }
    return text.slice(0, at) + rest;
}

/** Writes a market file into a directory. */
export function write(directory: string, text: string, name = 'market'): string {
    const path = join(directory, `${name}.toml`);
    writeFileSync(path, text);
    return path;
}

/** A local network of the test's own, with a market that the command line program makes. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const NEEDED = [
    'BACKSTOP_LOCALNET_BIN',
    'BACKSTOP_SURFNET',
    'BACKSTOP_SO',
    'BACKSTOP_CLI',
] as const;
const STARTING_MS = 60_000;

const run = promisify(execFile);

/** Why there can be no network; nothing if there can. */
export function missing(): string | undefined {
    const unset = NEEDED.filter((name) => !existsSync(process.env[name] ?? ''));
    return unset.length > 0 ? `no local network: set ${unset.join(', ')}` : undefined;
}

/** What `localnet.json` says, as far as it is used here. */
interface State {
    readonly rpc_url: string;
    readonly assets: Readonly<Record<'SOL' | 'USDC' | 'GOV', { readonly mint: string }>>;
    readonly actors: Readonly<
        Record<string, { readonly address: string; readonly keypair: string }>
    >;
}

/** A running network. */
export class Network {
    private constructor(
        private readonly child: ChildProcess,
        private readonly directory: string,
        readonly state: State,
    ) {}

    /** Starts one, on ports that are free. */
    static async start(): Promise<Network> {
        const directory = mkdtempSync(join(tmpdir(), 'backstop-web-'));
        const child = spawn(
            process.env['BACKSTOP_LOCALNET_BIN'] ?? '',
            ['--dir', directory, 'up', '--rpc-port', '0'],
            { stdio: ['ignore', 'ignore', 'inherit'] },
        );
        const file = join(directory, 'localnet.json');
        for (const deadline = Date.now() + STARTING_MS; !existsSync(file); await sleep(200)) {
            if (child.exitCode !== null)
                throw new Error(`the network ended with ${child.exitCode}`);
            if (Date.now() > deadline) throw new Error('the network does not start');
        }
        return new Network(child, directory, JSON.parse(readFileSync(file, 'utf8')) as State);
    }

    /** Ends the network, and the chain with it. */
    async stop(): Promise<void> {
        if (this.child.exitCode !== null) return;
        const ended = once(this.child, 'exit');
        this.child.kill('SIGTERM');
        await ended;
        rmSync(this.directory, { recursive: true, force: true });
    }

    /** A command of the network: `price SOL 60`. */
    async command(...args: string[]): Promise<void> {
        await run(process.env['BACKSTOP_LOCALNET_BIN'] ?? '', ['--dir', this.directory, ...args]);
    }

    /** A file of the network. */
    write(name: string, text: string): string {
        const path = join(this.directory, name);
        writeFileSync(path, text);
        return path;
    }

    /** An actor's keypair: 32 bytes of secret key, 32 bytes of address. */
    keypair(actor: string): number[] {
        return JSON.parse(readFileSync(this.actor(actor).keypair, 'utf8')) as number[];
    }

    /** An actor's address, and where his keypair is. */
    actor(name: string): { readonly address: string; readonly keypair: string } {
        const found = this.state.actors[name];
        if (!found) throw new Error(`no actor ${name}`);
        return found;
    }

    /** The command line program as an actor; what it prints, which is one JSON document. */
    async cli<T>(actor: string, ...args: string[]): Promise<T> {
        const where = ['--url', this.state.rpc_url, '--keypair', this.actor(actor).keypair];
        const all = [...where, '--yes', '--json', ...args];
        const { stdout } = await run(process.env['BACKSTOP_CLI'] ?? '', all);
        return JSON.parse(stdout) as T;
    }

    /** What a node answers. */
    async rpc<T>(method: string, ...params: readonly unknown[]): Promise<T> {
        const response = await fetch(this.state.rpc_url, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
        });
        const answer = (await response.json()) as { result?: T; error?: unknown };
        if (answer.result === undefined) throw new Error(JSON.stringify(answer.error));
        return answer.result;
    }
}

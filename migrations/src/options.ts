/** What the caller says: arguments, or environment variables where there are none. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { TransactionSigner } from '@solana/kit';
import { messageOf, MigrationError } from './error.ts';
import { builtProgram, recordsDirectory } from './paths.ts';

/** How the program is called. */
export const USAGE = `Brings the market on a cluster to what its file says.

Usage: node migrations/deploy.ts [FILE] [OPTIONS]
       node migrations/deploy.js [FILE] [OPTIONS]    compiled, for Node before 22.18

Without a file it only checks the program.

  FILE                   the market file; examples/README.md describes it
                         [env: BACKSTOP_MARKET]
  -u, --url URL          RPC node, or localhost, devnet, testnet, mainnet-beta
                         [env: BACKSTOP_URL; as in the Solana configuration]
  -k, --keypair FILE     signs and pays [env: BACKSTOP_KEYPAIR; as in the
                         Solana configuration]
      --admin FILE       keypair of the market's admin [the payer's]
      --mint-authority FILE
                         keypair of the governance mint's authority [the payer's]
      --program FILE     the program that was built [env: BACKSTOP_SO;
                         target/deploy/backstop.so]
      --records DIR      where to record what was applied
                         [env: BACKSTOP_RECORDS; migrations/records]
      --dry-run          shows the plan, simulates its first step, sends nothing
                         [env: BACKSTOP_DRY_RUN=1]
  -y, --yes              does not ask [env: BACKSTOP_YES=1]
      --json             one JSON document on standard output
  -h, --help             this text
`;

/** What the caller says. */
export interface Options {
    /** Nothing: only the program is checked. */
    readonly file: string | undefined;
    readonly url: string;
    /** Keypair file of the payer, or the payer himself. */
    readonly payer: string | TransactionSigner;
    readonly admin: string | undefined;
    readonly mintAuthority: string | undefined;
    readonly program: string;
    readonly records: string;
    readonly dryRun: boolean;
    readonly yes: boolean;
    readonly json: boolean;
}

const MONIKERS: ReadonlyMap<string, string> = new Map([
    ['l', 'http://127.0.0.1:8899'],
    ['localhost', 'http://127.0.0.1:8899'],
    ['localnet', 'http://127.0.0.1:8899'],
    ['d', 'https://api.devnet.solana.com'],
    ['devnet', 'https://api.devnet.solana.com'],
    ['t', 'https://api.testnet.solana.com'],
    ['testnet', 'https://api.testnet.solana.com'],
    ['m', 'https://api.mainnet-beta.solana.com'],
    ['mainnet', 'https://api.mainnet-beta.solana.com'],
    ['mainnet-beta', 'https://api.mainnet-beta.solana.com'],
]);

/** The address behind a moniker, or the address itself. */
function urlOf(text: string): string {
    const known = MONIKERS.get(text) ?? text;
    if (/^https?:\/\//.test(known)) return known;
    throw new MigrationError(
        `\`${text}\` is neither an address of an RPC node nor a moniker`,
        'write http(s)://…, or localhost, devnet, testnet, mainnet-beta',
    );
}

/** A value of the file that `solana config set` writes: plain `key: value` lines. */
function solanaConfig(key: string): string | undefined {
    const path = join(homedir(), '.config/solana/cli/config.yml');
    if (!existsSync(path)) return undefined;
    const line = new RegExp(`^${key}:\\s*(.+?)\\s*$`, 'm').exec(readFileSync(path, 'utf8'))?.[1];
    return line?.replace(/^(['"])(.*)\1$/, '$2');
}

function expanded(path: string): string {
    return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

function variable(name: string): string | undefined {
    return process.env[name] || undefined;
}

function isOn(name: string): boolean {
    return ['1', 'true', 'yes'].includes(variable(name) ?? '');
}

/** Options of the command line. Nothing if only the usage was asked for. */
export function optionsOf(args: readonly string[]): Options | undefined {
    const { values, positionals } = parsed(args);
    if (values.help) return undefined;
    const [file, ...more] = positionals;
    if (more.length > 0)
        throw new MigrationError(`one file at a time: \`${more[0]}\``, 'see --help');
    const url = values.url ?? variable('BACKSTOP_URL') ?? solanaConfig('json_rpc_url');
    const keypair = values.keypair ?? variable('BACKSTOP_KEYPAIR') ?? solanaConfig('keypair_path');
    return {
        ...environment(),
        ...(file === undefined ? {} : { file }),
        url: urlOf(url ?? 'localhost'),
        payer: expanded(keypair ?? '~/.config/solana/id.json'),
        admin: values.admin,
        mintAuthority: values['mint-authority'],
        ...(values.program === undefined ? {} : { program: values.program }),
        ...(values.records === undefined ? {} : { records: values.records }),
        dryRun: values['dry-run'] ?? isOn('BACKSTOP_DRY_RUN'),
        yes: values.yes ?? isOn('BACKSTOP_YES'),
        json: values.json ?? false,
    };
}

function environment(): Pick<Options, 'file' | 'program' | 'records'> {
    return {
        file: variable('BACKSTOP_MARKET'),
        program: variable('BACKSTOP_SO') ?? builtProgram(),
        records: variable('BACKSTOP_RECORDS') ?? recordsDirectory(),
    };
}

/**
 * Options of `anchor migrate`, which passes a node and a wallet and no argument, and
 * which runs its script in `.anchor`: what the caller named lies beside that.
 */
export function optionsOfProvider(url: string, payer: TransactionSigner): Options {
    const root = basename(process.cwd()) === '.anchor' ? '..' : '.';
    const beside = (path: string | undefined): string | undefined =>
        path === undefined ? undefined : resolve(root, path);
    const { file, program, records } = environment();
    return {
        file: beside(file),
        program: resolve(root, program),
        records: resolve(root, records),
        url,
        payer,
        admin: beside(variable('BACKSTOP_ADMIN')),
        mintAuthority: beside(variable('BACKSTOP_MINT_AUTHORITY')),
        dryRun: isOn('BACKSTOP_DRY_RUN'),
        yes: isOn('BACKSTOP_YES'),
        json: false,
    };
}

function parsed(args: readonly string[]) {
    try {
        return parseArgs({
            args: [...args],
            allowPositionals: true,
            options: {
                url: { type: 'string', short: 'u' },
                keypair: { type: 'string', short: 'k' },
                admin: { type: 'string' },
                'mint-authority': { type: 'string' },
                program: { type: 'string' },
                records: { type: 'string' },
                'dry-run': { type: 'boolean' },
                yes: { type: 'boolean', short: 'y' },
                json: { type: 'boolean' },
                help: { type: 'boolean', short: 'h' },
            },
        });
    } catch (error) {
        throw new MigrationError(messageOf(error), 'see --help');
    }
}

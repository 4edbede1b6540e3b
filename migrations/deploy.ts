/**
 * Brings the market on a cluster to what its file says; migrations/README.md
 * describes it. Runs alone, and as `anchor migrate` calls it: with a provider.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createKeyPairSignerFromBytes } from '@solana/kit';
import { messageOf, MigrationError } from './src/error.ts';
import { type Options, optionsOf, optionsOfProvider, USAGE } from './src/options.ts';
import { migrate, type Output } from './src/run.ts';

/** What `anchor migrate` passes: an `AnchorProvider` with the wallet of Anchor.toml. */
export interface Provider {
    readonly connection: { readonly rpcEndpoint: string };
    readonly wallet: { readonly payer?: { readonly secretKey: Uint8Array } };
}

function outputOf(json: boolean): Output {
    return {
        line: (text) => (json ? console.error(text) : console.log(text)),
        document: (value) => {
            if (json) console.log(JSON.stringify(value, null, 2));
        },
    };
}

function report(error: unknown): void {
    console.error(`error: ${messageOf(error)}`);
    if (error instanceof MigrationError && error.hint) console.error(`hint: ${error.hint}`);
    process.exitCode = 1;
}

async function run(options: Options): Promise<void> {
    await migrate(options, outputOf(options.json));
}

/** The command line. Sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
    try {
        const options = optionsOf(args);
        if (options) await run(options);
        else console.log(USAGE);
    } catch (error) {
        report(error);
    }
}

/** What `anchor migrate` calls. It does not wait for the promise, so errors end here. */
export default async function anchorMigrate(provider: Provider): Promise<void> {
    try {
        const { payer } = provider.wallet;
        if (!payer) throw new MigrationError('the provider has no wallet that signs');
        const signer = await createKeyPairSignerFromBytes(payer.secretKey);
        await run(optionsOfProvider(provider.connection.rpcEndpoint, signer));
    } catch (error) {
        report(error);
    }
}

// `require` of this module gives the function itself, as Anchor's script expects.
export { anchorMigrate as 'module.exports' };

const [, script] = process.argv;
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) {
    // Not awaited: a module that waits cannot be required.
    void main(process.argv.slice(2));
}

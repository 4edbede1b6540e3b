/** A chain of a test's own, on which Backstop is not deployed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const SURFNET = process.env['BACKSTOP_SURFNET'];

/** Why tests of an empty chain are skipped, or `false`. */
export const WITHOUT_SURFNET: string | false =
    SURFNET && existsSync(SURFNET)
        ? false
        : 'no chain: set BACKSTOP_SURFNET to the program that `cargo xtask localnet` uses';

/** An empty chain. */
export interface Cluster {
    readonly url: string;
    readonly stop: () => void;
}

/** Starts an empty chain; it ends with this process, whatever happens. */
export async function emptyCluster(): Promise<Cluster> {
    const args = ['--rpc-port', '0', '--ws-port', '0', '--with-parent'];
    const child = spawn(SURFNET ?? '', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let text = '';
    const url = await new Promise<string>((started, failed) => {
        child.on('error', failed);
        child.on('exit', (code) => failed(new Error(`the chain ended with ${code}`)));
        child.stdout.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            const [line, ...rest] = text.split('\n');
            if (line === undefined || rest.length === 0) return;
            started((JSON.parse(line) as { rpc_url: string }).rpc_url);
        });
    });
    return { url, stop: () => child.stdin.end() };
}

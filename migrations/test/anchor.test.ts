/** `anchor migrate`: the script that Anchor 1.2 writes, with its own library, calls the migration. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { createdMarket, Network, scratch, WITHOUT_NETWORK, write } from './support/network.ts';
import { PACKAGE, REPOSITORY } from './support/paths.ts';
import { type Ended, start } from './support/programs.ts';

const LIBRARY = join(REPOSITORY, 'clients/ts/node_modules/@anchor-lang');
const WITHOUT_LIBRARY = existsSync(LIBRARY)
    ? false
    : 'no @anchor-lang/core: `npm ci` in clients/ts';

/** What the command puts into `.anchor/deploy.js` where the root has no tsconfig.json. */
function host(url: string): string {
    return `
const anchor = require('@anchor-lang/core');
const userScript = require("${join(PACKAGE, 'deploy.js')}");
async function main() {
    const connection = new anchor.web3.Connection(
      "${url}",
      anchor.AnchorProvider.defaultOptions().commitment
    );
    const wallet = anchor.Wallet.local();
    const provider = new anchor.AnchorProvider(connection, wallet);
    userScript(provider);
}
main();
`;
}

test(
    'anchor migrate finds the migration',
    { skip: WITHOUT_NETWORK || WITHOUT_LIBRARY },
    async () => {
        assert.equal(
            existsSync(join(REPOSITORY, 'tsconfig.json')),
            false,
            'it would look for ts-node',
        );
        const network = new Network();
        const root = scratch();
        mkdirSync(join(root, 'node_modules'));
        symlinkSync(LIBRARY, join(root, 'node_modules/@anchor-lang'));
        mkdirSync(join(root, '.anchor'));
        const script = join(root, '.anchor/deploy.js');
        writeFileSync(script, host(network.url));
        const { path } = await network.key(root);
        const settings = {
            ANCHOR_WALLET: path,
            // As its caller names it, who stands in the root.
            BACKSTOP_MARKET: basename(write(root, createdMarket())),
            BACKSTOP_SO: network.program,
            BACKSTOP_RECORDS: 'records',
        };
        const run = (more: Record<string, string>): Promise<Ended> =>
            start(process.execPath, ['deploy.js'], { ...settings, ...more }, join(root, '.anchor'))
                .ended;

        const unasked = await run({});
        assert.equal(unasked.code, 1, 'the command reports this');
        assert.match(unasked.stdout, /^1\. create market /m);
        assert.match(unasked.stderr, /^error: this needs a yes/m);

        const done = await run({ BACKSTOP_YES: '1' });
        assert.equal(done.code, 0, done.stderr);
        assert.match(done.stdout, /^done 5\/5: update bank USDC/m);
        assert.equal(readdirSync(join(root, 'records')).length, 1);

        const again = await run({});
        assert.equal(again.code, 0, again.stderr);
        assert.match(again.stdout, /^nothing to do: /m);
    },
);

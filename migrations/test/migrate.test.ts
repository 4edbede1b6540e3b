/** On the local network: a market as its file says, from any start, and nothing twice. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { createdMintAddress, fetchBanks, fetchMarkets } from '@backstop/client';
import { getAddressEncoder } from '@solana/kit';
import {
    createdMarket,
    EXAMPLE,
    Network,
    scratch,
    WITHOUT_NETWORK,
    write,
} from './support/network.ts';
import { cli, migration, shown, startMigration, WITHOUT_CLI } from './support/programs.ts';
import { type Moment, proxy } from './support/proxy.ts';

/** What the example takes, from nothing. */
const KINDS = ['create-market', 'create-bank', 'update-bank', 'create-bank', 'update-bank'];

interface RecordedStep {
    readonly number: number;
    readonly kind: string;
    readonly state: string;
    readonly signature: string;
}

/** The record in a directory: the only file there. */
function recordIn(directory: string): { path: string; steps: readonly RecordedStep[] } {
    const [name = '', ...more] = readdirSync(directory);
    assert.deepEqual(more, [], 'one record, and nothing half-written beside it');
    const path = join(directory, name);
    return {
        path,
        steps: (JSON.parse(readFileSync(path, 'utf8')) as { steps: RecordedStep[] }).steps,
    };
}

describe('on the local network', { skip: WITHOUT_NETWORK }, () => {
    let network: Network;
    before(() => (network = new Network()));

    /** Arguments for a file and its admin. */
    const at = (key: string, records: string, url = network.url): string[] => [
        ...['--url', url, '--keypair', key, '--program', network.program],
        ...['--records', records, '--yes', '--json'],
    ];

    test('a market is made from nothing, recorded in numbered steps, and not made again', async () => {
        const directory = scratch();
        const records = join(directory, 'records');
        const { path, signer } = await network.key(directory);
        const file = write(directory, createdMarket());
        const first = shown(await migration(file, ...at(path, records)));
        assert.deepEqual(
            first.steps.map(({ kind }) => kind),
            KINDS,
        );
        const record = recordIn(records);
        assert.deepEqual(
            record.steps.map(({ number, kind, state, signature }) => [
                number,
                kind,
                state,
                signature,
            ]),
            KINDS.map((kind, at) => [at + 1, kind, 'applied', first.signatures?.[at]]),
        );
        const noted = readFileSync(record.path, 'utf8');

        const again = await migration(file, ...at(path, records).filter((arg) => arg !== '--json'));
        assert.equal(again.code, 0);
        assert.match(again.stdout, /^nothing to do: market \w+ is as the file says$/m);
        assert.equal(readFileSync(record.path, 'utf8'), noted);
        const markets = await fetchMarkets(network.rpc);
        const mint = await createdMintAddress(signer.address, 0);
        assert.equal(markets.filter(({ data }) => data.governanceMint === mint).length, 1);
    });

    test('without its record a market is still known to be done', async () => {
        const directory = scratch();
        const { path } = await network.key(directory);
        const file = write(directory, createdMarket());
        shown(await migration(file, ...at(path, join(directory, 'lost'))));
        const records = join(directory, 'records');
        const again = shown(await migration(file, ...at(path, records)));
        assert.deepEqual(again.steps, []);
        assert.equal(existsSync(records), false);
    });

    test('a dry run shows the plan and sends nothing', async () => {
        const directory = scratch();
        const records = join(directory, 'records');
        const { path, signer } = await network.key(directory);
        const file = write(directory, createdMarket());
        const balance = await network.rpc.getBalance(signer.address).send();
        const { steps } = shown(await migration(file, ...at(path, records), '--dry-run'));
        assert.deepEqual(
            steps.map(({ kind }) => kind),
            KINDS,
        );
        const after = await network.rpc.getBalance(signer.address).send();
        assert.equal(after.value, balance.value);
        assert.equal(existsSync(records), false);
    });

    test('without a yes nothing is sent', async () => {
        const directory = scratch();
        const { path } = await network.key(directory);
        const file = write(directory, createdMarket());
        const args = at(path, directory).filter((arg) => arg !== '--yes');
        const refused = await migration(file, ...args);
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /^1\. create market /m, 'the plan comes first');
        assert.match(refused.stderr, /^error: this needs a yes/m);
        assert.equal(shown(await migration(file, ...args, '--dry-run')).steps.length, KINDS.length);
    });

    test('an existing mint is adopted with the signature of its authority', async () => {
        const directory = scratch();
        const admin = await network.key(directory);
        const authority = await network.key(directory);
        const mint = await network.key(directory);
        const owner = Buffer.from(getAddressEncoder().encode(authority.signer.address));
        const supply = Buffer.alloc(8);
        supply.writeBigUInt64LE(5_000_000_000_000n);
        // Option (u32) and authority, supply, decimals, initialised, no freeze authority.
        const data = [
            Buffer.from([1, 0, 0, 0]),
            owner,
            supply,
            Buffer.from([6, 1]),
            Buffer.alloc(36),
        ];
        await network.raw('surfnet_setAccount', [
            mint.signer.address,
            {
                lamports: 10_000_000,
                owner: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
                data: Buffer.concat(data).toString('hex'),
            },
        ]);
        const text = EXAMPLE.replace(/\$\{GOV_MINT:-\w+\}/, mint.signer.address);
        const file = write(directory, text);
        const args = at(admin.path, join(directory, 'records'));
        const alone = await migration(file, ...args);
        assert.equal(alone.code, 1);
        assert.match(alone.stderr, /step 1 of 5: create market/);
        const { steps, notes } = shown(
            await migration(file, ...args, '--mint-authority', authority.path),
        );
        assert.deepEqual(
            steps.map(({ kind }) => kind),
            KINDS,
        );
        assert.match(notes[0] ?? '', /takes the authority over the governance mint \w+ for good/);
        assert.deepEqual(shown(await migration(file, ...args)).steps, []);
    });

    for (const moment of ['before', 'after'] as const) {
        const when = moment === 'before' ? 'before it reaches the chain' : 'after it has landed';
        test(`a run that is killed at any step, ${when}, is finished by the next`, async () => {
            const directory = scratch();
            const { path, signer } = await network.key(directory);
            const runs = KINDS.map((_, at) => interrupted(directory, path, at + 1, moment));
            await Promise.all(runs);
            const markets = await fetchMarkets(network.rpc);
            const own = markets.filter(({ data }) => data.admin === signer.address);
            assert.equal(own.length, KINDS.length);
            for (const { address } of own) {
                assert.equal((await fetchBanks(network.rpc, address)).length, 2);
            }
        });
    }

    /** Kills a run at its nth transaction, and runs again. */
    async function interrupted(
        directory: string,
        key: string,
        nth: number,
        moment: Moment,
    ): Promise<void> {
        const name = `${moment}-${nth}`;
        const file = write(directory, createdMarket(nth), name);
        const records = join(directory, name);
        let kill = (): void => undefined;
        const node = await proxy(network.url, nth, moment, () => kill());
        const { child, ended } = startMigration([file, ...at(key, records, node.url)]);
        kill = () => child.kill('SIGKILL');
        const first = await ended;
        node.close();
        assert.equal(first.code, null, `${name} was not killed: ${first.stderr}`);
        const begun = recordIn(records).steps;
        assert.deepEqual(
            begun.map(({ state }) => state),
            KINDS.slice(0, nth).map((_, at) => (at === nth - 1 ? 'sent' : 'applied')),
            name,
        );

        const { steps } = shown(await migration(file, ...at(key, records)));
        const done = moment === 'after' ? nth : nth - 1;
        assert.deepEqual(
            steps.map(({ kind }) => kind),
            KINDS.slice(done),
            name,
        );
        const applied = recordIn(records).steps.filter(({ state }) => state === 'applied');
        assert.deepEqual(
            applied.map(({ kind }) => kind),
            KINDS,
            name,
        );
        assert.deepEqual(shown(await migration(file, ...at(key, records))).steps, [], name);
    }

    describe('and the command-line program', { skip: WITHOUT_CLI }, () => {
        const asked = (key: string): string[] => ['--url', network.url, '--keypair', key, '--json'];

        test('it finds nothing to do after a migration, and plans the same before it', async () => {
            const directory = scratch();
            const { path } = await network.key(directory);
            const file = write(directory, createdMarket());
            const args = at(path, join(directory, 'records'));
            const theirs = shown(await cli('market', 'plan', file, ...asked(path)));
            const ours = shown(await migration(file, ...args, '--dry-run'));
            const plain = ({
                kind,
                title,
                bank,
                changes,
                effect,
            }: (typeof ours.steps)[number]) => ({
                ...{ kind, title, bank, changes, effect },
            });
            assert.deepEqual(ours.steps.map(plain), theirs.steps.map(plain));
            assert.equal(ours.market, theirs.market);
            assert.deepEqual(ours.notes, theirs.notes);
            shown(await migration(file, ...args));
            assert.deepEqual(shown(await cli('market', 'plan', file, ...asked(path))).steps, []);
        });

        test('what it has applied needs no migration', async () => {
            const directory = scratch();
            const { path } = await network.key(directory);
            const file = write(directory, createdMarket());
            shown(await cli('market', 'apply', file, ...asked(path), '--yes'));
            const ours = shown(await migration(file, ...at(path, join(directory, 'records'))));
            assert.deepEqual(ours.steps, []);
        });
    });
});

/** A cluster, a program or an admin other than the operator believes. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BACKSTOP_PROGRAM_ADDRESS } from '@backstop/client';
import { getAddressEncoder, getProgramDerivedAddress, type Address } from '@solana/kit';
import { type Cluster, emptyCluster, WITHOUT_SURFNET } from './support/cluster.ts';
import {
    call,
    createdMarket,
    edited,
    type Key,
    Network,
    poorKey,
    scratch,
    WITHOUT_NETWORK,
    write,
} from './support/network.ts';
import { type Ended, migration, shown } from './support/programs.ts';

const LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111' as Address;

function refused(ended: Ended, words: RegExp): void {
    assert.equal(ended.code, 1, ended.stdout);
    assert.match(ended.stderr, words);
    assert.match(ended.stderr, /^hint: /m);
}

describe('on the local network', { skip: WITHOUT_NETWORK }, () => {
    let network: Network;
    const directory = scratch();
    let admin: Key;
    before(async () => {
        network = new Network();
        admin = await network.key(directory);
    });

    const run = (text: string, key: Key, program = network.program): Promise<Ended> =>
        migration(
            write(directory, text),
            ...['--url', network.url, '--keypair', key.path, '--program', program],
            ...['--records', join(directory, 'records'), '--yes', '--json'],
        );

    test('a program that differs in one byte is not the one that was built', async () => {
        const bytes = readFileSync(network.program);
        const middle = bytes.length >> 1;
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        const other = join(directory, 'other.so');
        writeFileSync(other, bytes);
        refused(
            await run(createdMarket(), admin, other),
            /is another one than .*other\.so: SHA-256/,
        );
    });

    test('a program that is only the beginning of the deployed one is not the one', async () => {
        const bytes = readFileSync(network.program);
        const other = join(directory, 'shorter.so');
        writeFileSync(other, bytes.subarray(0, bytes.length - 4_096));
        refused(await run(createdMarket(), admin, other), /is another one than/);
    });

    test('a program that was not built is asked for', async () => {
        const missing = join(directory, 'missing.so');
        refused(
            await run(createdMarket(), admin, missing),
            /the program that was built cannot be read/,
        );
    });

    test("another admin's market is left alone", async () => {
        const text = edited(createdMarket(), '[governance.create]', {
            creator: `"${admin.signer.address}"`,
        });
        shown(await run(text, admin));
        const stranger = await network.key(directory);
        const changed = edited(text, 'name = "SOL"', { deposit_cap: '"1"' });
        const words = `the admin is ${admin.signer.address}, and the signer is ${stranger.signer.address}`;
        refused(await run(changed, stranger), new RegExp(words));
        assert.deepEqual(shown(await run(text, admin)).steps, [], 'nothing has changed');
    });

    test('a file that names another admin is not obeyed by the one who signs', async () => {
        const other = await network.key(directory);
        const text = edited(createdMarket(7), '[market]', { admin: `"${other.signer.address}"` });
        refused(await run(text, admin), /the admin is \w+, and the signer is \w+/);
    });

    test('a payer who has nothing on this cluster is told so', async () => {
        const poor = await poorKey(directory);
        refused(await run(createdMarket(), poor), /the payer \w+ has no SOL on this cluster/);
    });

    test('a mint that is not on the cluster is named with its line', async () => {
        const text = createdMarket().replace(
            '${SOL_MINT:-3R2D5uRNqkv7grW6meZpuJcn8FEvqrvtrpfBJQqaX6V1}',
            admin.signer.address,
        );
        const ended = await run(text, admin);
        assert.equal(ended.code, 1);
        assert.match(ended.stderr, /market\.toml:\d+: there is no mint \w+ on this cluster/);
    });
});

describe('on a chain of its own', { skip: WITHOUT_SURFNET || WITHOUT_NETWORK }, () => {
    let cluster: Cluster;
    const directory = scratch();
    let network: Network;
    let admin: Key;
    before(async () => {
        network = new Network();
        admin = await network.key(directory);
        cluster = await emptyCluster();
    });
    after(() => cluster.stop());

    const run = (): Promise<Ended> =>
        migration(
            write(directory, createdMarket()),
            ...['--url', cluster.url, '--keypair', admin.path, '--program', network.program],
            ...['--records', join(directory, 'records'), '--yes'],
        );

    const setAccount = (key: Address, owner: Address, data: Uint8Array): Promise<unknown> => {
        const account = {
            lamports: 10_000_000_000,
            owner,
            data: Buffer.from(data).toString('hex'),
        };
        return call(cluster.url, 'surfnet_setAccount', [key, account]);
    };

    test('a cluster without the program is refused', async () => {
        refused(await run(), /the program \w+ is not deployed on this cluster/);
    });

    test('an account that is no program is refused', async () => {
        const owner = '11111111111111111111111111111111' as Address;
        await setAccount(BACKSTOP_PROGRAM_ADDRESS, owner, new Uint8Array());
        refused(await run(), /is not an upgradeable program, but an account of 1{32}/);
    });

    test("another program's bytes at the address are refused, and a closed program", async () => {
        const [dataAddress] = await getProgramDerivedAddress({
            programAddress: LOADER,
            seeds: [getAddressEncoder().encode(BACKSTOP_PROGRAM_ADDRESS)],
        });
        const other = readFileSync(network.program);
        other.fill(0x95, 10_000, 10_100);
        const header = Buffer.alloc(45);
        header.writeUInt32LE(3);
        await setAccount(dataAddress, LOADER, Buffer.concat([header, other]));
        const program = Buffer.from([2, 0, 0, 0, ...getAddressEncoder().encode(dataAddress)]);
        const account = {
            lamports: 10_000_000_000,
            owner: LOADER,
            executable: true,
            data: program.toString('hex'),
        };
        await call(cluster.url, 'surfnet_setAccount', [BACKSTOP_PROGRAM_ADDRESS, account]);
        refused(
            await run(),
            /on this cluster is another one than .*: SHA-256 \w{64} there, \w{64} here/,
        );

        await setAccount(dataAddress, LOADER, Buffer.alloc(45));
        refused(await run(), /the program \w+ was closed on this cluster/);
    });
});

test('a node that does not answer is named', async () => {
    const ended = await migration('--url', 'http://127.0.0.1:9');
    refused(ended, /http:\/\/127\.0\.0\.1:9 does not answer/);
});

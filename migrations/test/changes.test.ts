/** On the local network: a market whose file has changed, with a user in it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { type Bank, execute, fetchBanks, fetchMarkets, instructions } from '@backstop/client';
import type { Address } from '@solana/kit';
import {
    createdMarket,
    edited,
    type Key,
    Network,
    scratch,
    WITHOUT_NETWORK,
    write,
} from './support/network.ts';
import {
    cli,
    migration,
    shown,
    type Shown,
    startMigration,
    WITHOUT_CLI,
} from './support/programs.ts';
import { proxy } from './support/proxy.ts';

const USDC = 'name = "USDC"';
const SOL = 'name = "SOL"';

/** A market that has been used: from then on what raises a risk waits. */
class Used {
    readonly network: Network;
    readonly directory: string = scratch();
    admin!: Key;
    market!: Address;

    constructor(network: Network) {
        this.network = network;
    }

    async begin(): Promise<this> {
        this.admin = await this.network.key(this.directory);
        const { market } = await this.apply(createdMarket());
        this.market = market as Address;
        const payer = this.admin.signer;
        const open = await instructions.openObligation({ market: this.market }, payer, payer);
        await execute(this.network.rpc, [open], { payer });
        return this;
    }

    args(url = this.network.url): string[] {
        const { program } = this.network;
        return [
            ...['--url', url, '--keypair', this.admin.path, '--program', program],
            ...['--records', join(this.directory, 'records'), '--yes', '--json'],
        ];
    }

    async apply(text: string, ...more: string[]): Promise<Shown> {
        return shown(await migration(write(this.directory, text), ...this.args(), ...more));
    }

    /** What the command-line program would do with the same file. */
    async theirs(text: string): Promise<Shown> {
        const { url } = this.network;
        const file = write(this.directory, text);
        return shown(
            await cli('market', 'plan', file, '--url', url, '--keypair', this.admin.path, '--json'),
        );
    }

    async bank(mint: string): Promise<Bank> {
        const banks = await fetchBanks(this.network.rpc, this.market);
        const found = banks.find(({ data }) => data.mint === mint);
        assert.ok(found, `no bank of ${mint}`);
        return found.data;
    }
}

const SOL_MINT = '3R2D5uRNqkv7grW6meZpuJcn8FEvqrvtrpfBJQqaX6V1';
const GOV_MINT = 'DtJqg51XVEzFPQYzRh35isig9MzkaKyzviXW4NtwbT1X';
const USDC_MINT = 'C8759Kz87BkukDTaY2ABwLB9eF7CeH7GG6bSv3WGw9Lk';

function effects({ steps }: Shown): unknown[] {
    return steps.map(({ kind, bank, effect, changes }) => [
        kind,
        bank,
        effect,
        ...changes.map(({ field }) => field),
    ]);
}

describe('a file that has changed', { skip: WITHOUT_NETWORK }, () => {
    let network: Network;
    before(() => (network = new Network()));

    test('what lowers the risk is applied at once', async () => {
        const used = await new Used(network).begin();
        const text = edited(createdMarket(), SOL, {
            deposit_cap: '"50_000"',
            max_conf_bps: '"1%"',
        });
        const done = await used.apply(text);
        assert.deepEqual(effects(done), [
            ['update-bank', 'SOL', 'at-once', 'deposit_cap', 'max_conf_bps'],
        ]);
        const { config, pendingConfigAt } = await used.bank(SOL_MINT);
        assert.equal(config.depositCap, 50_000_000_000_000n);
        assert.equal(config.maxConfBps, 100);
        assert.equal(pendingConfigAt, 0n);
        assert.deepEqual((await used.apply(text)).steps, []);
    });

    test('what raises a risk is queued, waits, and is applied when its time has come', async () => {
        const used = await new Used(network).begin();
        // A lower cap in the same bank need not wait for the higher factor.
        const text = edited(createdMarket(), USDC, {
            borrow_cap: '"1_000_000"',
            collateral_factor_bps: '"82%"',
        });
        const first = await used.apply(text);
        assert.deepEqual(effects(first), [
            ['update-bank', 'USDC', 'at-once', 'borrow_cap'],
            ['update-bank', 'USDC', 'queued', 'collateral_factor_bps'],
        ]);
        const queued = await used.bank(USDC_MINT);
        assert.equal(queued.config.borrowCap, 1_000_000_000_000n);
        assert.equal(queued.config.collateralFactorBps, 8_000);
        assert.equal(queued.pendingConfig.collateralFactorBps, 8_200);

        const waiting = await used.apply(text);
        assert.deepEqual(waiting.steps, []);
        assert.deepEqual(waiting.waiting, [
            { bank: 'USDC', applicable_from: Number(queued.pendingConfigAt) },
        ]);
        if (!WITHOUT_CLI) {
            const theirs = await used.theirs(text);
            assert.deepEqual(theirs.steps, []);
            assert.deepEqual(theirs.waiting, waiting.waiting);
        }

        await network.command('time', '--forward', '2d1m');
        if (!WITHOUT_CLI) {
            assert.deepEqual(effects(await used.theirs(text)), [
                ['apply-bank-update', 'USDC', null, 'collateral_factor_bps'],
            ]);
        }
        assert.deepEqual(effects(await used.apply(text)), [
            ['apply-bank-update', 'USDC', null, 'collateral_factor_bps'],
        ]);
        const applied = await used.bank(USDC_MINT);
        assert.equal(applied.config.collateralFactorBps, 8_200);
        assert.equal(applied.pendingConfigAt, 0n);
        const last = await used.apply(text);
        assert.deepEqual([last.steps, last.waiting], [[], []]);
        if (!WITHOUT_CLI) assert.deepEqual((await used.theirs(text)).steps, []);
    });

    test('the market itself changes by the same rule', async () => {
        const used = await new Used(network).begin();
        const text = edited(createdMarket(), '[market]', {
            max_failed_auctions: '4',
            premium_bps: '"12%"',
        });
        assert.deepEqual(effects(await used.apply(text)), [
            ['update-market', null, 'at-once', 'max_failed_auctions'],
            ['update-market', null, 'queued', 'premium_bps'],
        ]);
        await network.command('time', '--forward', '2d1m');
        assert.deepEqual(effects(await used.apply(text)), [
            ['apply-market-update', null, null, 'premium_bps'],
        ]);
        const [market] = (await fetchMarkets(network.rpc)).filter(
            ({ address }) => address === used.market,
        );
        assert.equal(market?.data.config.premiumBps, 1_200);
        assert.deepEqual((await used.apply(text)).steps, []);
    });

    test('a queued change that the file does not want any more is dropped', async () => {
        const used = await new Used(network).begin();
        const raised = edited(createdMarket(), SOL, { collateral_factor_bps: '"72%"' });
        assert.deepEqual(effects(await used.apply(raised)), [
            ['update-bank', 'SOL', 'queued', 'collateral_factor_bps'],
        ]);
        assert.deepEqual(effects(await used.apply(createdMarket())), [
            ['cancel-bank-update', 'SOL', null],
        ]);
        assert.equal((await used.bank(SOL_MINT)).pendingConfigAt, 0n);
        assert.deepEqual((await used.apply(createdMarket())).steps, []);
    });

    test('a queued change that has lapsed is queued again', async () => {
        const used = await new Used(network).begin();
        const text = edited(createdMarket(), SOL, { collateral_factor_bps: '"72%"' });
        await used.apply(text);
        await network.command('time', '--forward', '16d1h');
        assert.deepEqual(effects(await used.apply(text)), [
            ['update-bank', 'SOL', 'queued', 'collateral_factor_bps'],
        ]);
    });

    test('a run that is killed between changes is finished by the next', async () => {
        const text = edited(
            edited(createdMarket(), '[market]', { max_failed_auctions: '4', premium_bps: '"12%"' }),
            SOL,
            { deposit_cap: '"1"', borrow_cap: '"100_000"' },
        );
        const all = [
            ['update-market', null, 'at-once', 'max_failed_auctions'],
            ['update-market', null, 'queued', 'premium_bps'],
            ['update-bank', 'SOL', 'at-once', 'deposit_cap'],
            ['update-bank', 'SOL', 'queued', 'borrow_cap'],
        ];
        await Promise.all(
            all.map(async (_, index) => {
                const used = await new Used(network).begin();
                const file = write(used.directory, text);
                let kill = (): void => undefined;
                const node = await proxy(network.url, index + 1, 'after', () => kill());
                const { child, ended } = startMigration([file, ...used.args(node.url)]);
                kill = () => child.kill('SIGKILL');
                assert.equal((await ended).code, null, 'it was not killed');
                node.close();
                assert.deepEqual(effects(await used.apply(text)), all.slice(index + 1));
                const { steps, waiting } = await used.apply(text);
                assert.deepEqual(steps, []);
                assert.deepEqual(
                    waiting.map(({ bank }) => bank),
                    [null, 'SOL'],
                );
            }),
        );
    });

    test('a bank that is missing is created, and one that the file leaves out is left alone', async () => {
        const used = await new Used(network).begin();
        const gov = '[[bank]]\n' + createdMarket().slice(createdMarket().indexOf(USDC));
        const more = `${createdMarket()}\n${gov}`
            .replace(/("USDC"[^]*)"USDC"/, '$1"GOV"')
            .replace(/(USDC_MINT:-[^]*)\$\{USDC_MINT:-\w+\}/, `$1${GOV_MINT}`);
        // Somebody is there already: switching write-offs on waits.
        assert.deepEqual(effects(await used.apply(more)), [
            ['create-bank', 'GOV', null],
            ['update-bank', 'GOV', 'queued', 'write_off_mode'],
        ]);
        assert.equal((await used.bank(GOV_MINT)).config.writeOffMode, 0);
        const { steps, notes } = await used.apply(createdMarket());
        assert.deepEqual(steps, []);
        assert.match(notes.join(), /the bank \w+ is not in the file and is left alone/);
    });

    test('settings that the program would refuse are refused before anything is sent', async () => {
        const used = await new Used(network).begin();
        const text = edited(createdMarket(), SOL, { collateral_factor_bps: '"80%"' });
        await assert.rejects(
            used.apply(text),
            /bank SOL: collateral_factor_bps must be below liquidation_threshold_bps/,
        );
    });
});

/** End to end over JSON-RPC, on the local network: a market, a crash, an auction, by the examples. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AnchorProvider, type Idl, Program, type Wallet, web3 } from '@anchor-lang/core';
import {
    associatedTokenAddress,
    createdMintAddress,
    deriveBankKeys,
    deriveMarketKeys,
    eventsNamed,
    execute,
    feedIdOf,
    fetchDetails,
    fetchMany,
    fetchMarketView,
    type BankKeys,
    instructions as ix,
    type MarketKeys,
    obligationAddress,
    quote,
    refreshed,
    TOKEN_PROGRAM,
} from '@backstop/client';
import {
    type Address,
    createKeyPairSignerFromBytes,
    createSolanaRpc,
    type KeyPairSigner,
    type Rpc,
    type SolanaRpcApi,
} from '@solana/kit';
import { fetchBank, fetchMarket, fetchObligation } from '@backstop/client/generated';
import { plain } from './support/plain.js';
import { bankConfig, marketConfig } from './support/settings.js';

const DIRECTORY = process.env['BACKSTOP_LOCALNET'];
const BINARY = process.env['BACKSTOP_LOCALNET_BIN'];
const SKIPPED =
    DIRECTORY && BINARY && existsSync(join(DIRECTORY, 'localnet.json'))
        ? false
        : 'no local network: set BACKSTOP_LOCALNET to its directory and BACKSTOP_LOCALNET_BIN to its program';

const SUPPLY = 10_000_000_000_000n;
const USDC = 1_000_000n;

interface Asset {
    readonly mint: Address;
    readonly decimals: number;
    readonly feed_id: string;
    readonly price_account: Address;
}

interface State {
    readonly rpc_url: string;
    readonly assets: Record<'SOL' | 'USDC' | 'GOV', Asset>;
    readonly actors: Record<string, { readonly address: Address; readonly keypair: string }>;
}

const run = promisify(execFile);

/** The running network, and a market of this test's own on it. */
class Network {
    readonly state = JSON.parse(readFileSync(join(DIRECTORY!, 'localnet.json'), 'utf8')) as State;
    readonly rpc: Rpc<SolanaRpcApi> = createSolanaRpc(this.state.rpc_url);
    market!: MarketKeys;
    sol!: BankKeys;
    usdc!: BankKeys;

    async actor(name: string): Promise<KeyPairSigner> {
        const bytes: unknown = JSON.parse(readFileSync(this.state.actors[name]!.keypair, 'utf8'));
        return createKeyPairSignerFromBytes(Uint8Array.from(bytes as number[]));
    }

    /** A command of the network: `price SOL 60`. */
    async command(...args: string[]): Promise<void> {
        await run(BINARY!, ['--dir', DIRECTORY!, ...args]);
    }

    /** An example of this package, as its reader would run it; what it prints. */
    async example(name: string, actor: string | undefined, ...args: string[]): Promise<string> {
        const script = fileURLToPath(new URL(`../examples/${name}.js`, import.meta.url));
        const keypair = actor ? [this.state.actors[actor]!.keypair] : [];
        const all = [script, this.state.rpc_url, ...keypair, this.market.market, ...args];
        const { stdout, stderr } = await run(process.execPath, all);
        assert.equal(stderr, '', name);
        return stdout;
    }

    /** A market with a governance mint that nobody has used yet. */
    async createMarket(): Promise<void> {
        const admin = await this.actor('admin');
        const { GOV, SOL, USDC } = this.state.assets;
        const fee = this.state.actors['fee_owner']!.address;
        const feed = feedIdOf(GOV.feed_id);
        const index = await this.freeIndex(admin.address);
        const mint = await createdMintAddress(admin.address, index);
        this.market = await deriveMarketKeys(mint, TOKEN_PROGRAM, GOV.price_account);
        const create = await ix.createMarketWithMint(this.market, {
            payer: admin,
            admin,
            supplyOwner: admin.address,
            index,
            decimals: GOV.decimals,
            initialSupply: SUPPLY,
            config: marketConfig(this.state.actors['guardian']!.address, fee, feed, SUPPLY),
        });
        await execute(this.rpc, [create], { payer: admin });
        this.sol = await this.createBank(admin, SOL);
        this.usdc = await this.createBank(admin, USDC);
    }

    private async freeIndex(admin: Address): Promise<number> {
        const indexes = Array.from({ length: 100 }, (_, index) => index);
        const mints = await Promise.all(indexes.map((one) => createdMintAddress(admin, one)));
        const found = await fetchMany(this.rpc, mints);
        return found.findIndex(({ exists }) => !exists);
    }

    private async createBank(admin: KeyPairSigner, asset: Asset): Promise<BankKeys> {
        const keys = await deriveBankKeys(
            this.market,
            asset.mint,
            TOKEN_PROGRAM,
            asset.price_account,
        );
        const config = bankConfig(feedIdOf(asset.feed_id), asset.decimals);
        const create = ix.createBank(keys, {
            payer: admin,
            admin,
            config: { ...config, writeOffMode: 0 },
        });
        await execute(this.rpc, [create, ix.updateBank(keys, admin, config)], { payer: admin });
        return keys;
    }
}

test('a market lives through a crash on the local network', { skip: SKIPPED }, async (t) => {
    const network = new Network();
    const { rpc } = network;
    await network.command('price', 'SOL', '150');
    await network.createMarket();
    const { usdc, market } = network;
    const lender = await network.actor('lender');

    await t.test('a lender deposits, and the transaction tells of it', async () => {
        const obligation = await obligationAddress(market.market, lender.address);
        const tokenAccount = await associatedTokenAddress(usdc, lender.address);
        const landed = await execute(
            rpc,
            [
                await ix.openObligation(market, lender, lender),
                ix.deposit(
                    usdc,
                    { owner: lender, obligation, tokenAccount },
                    { atoms: 50_000n * USDC, minShares: 1n },
                ),
            ],
            { payer: lender, commitment: 'confirmed' },
        );
        const details = await fetchDetails(rpc, landed.signature);
        const [deposited] = eventsNamed(details?.events ?? [], 'Deposited');
        assert.equal(deposited?.atoms, 50_000n * USDC);
        assert.equal(deposited.bank, usdc.bank);
        assert.ok(details!.fee >= 5_000n && details!.units > 0n);
    });

    await t.test('the example of lending and borrowing runs', async () => {
        const { SOL, USDC } = network.state.assets;
        const printed = await network.example(
            'lend-and-borrow',
            'borrower',
            SOL.mint,
            '100',
            USDC.mint,
            '9000',
        );
        assert.match(printed, /deposited 100: /);
        assert.match(printed, /borrowed 9000: /);
        assert.match(printed, /debt: 9000/);
    });

    await t.test('Anchor and Codama fetch the same accounts', async () => {
        const idlPath = new URL('../../../idl/backstop.json', import.meta.url);
        const connection = new web3.Connection(network.state.rpc_url, 'confirmed');
        const provider = new AnchorProvider(connection, {} as Wallet);
        const program = new Program(JSON.parse(readFileSync(idlPath, 'utf8')) as Idl, provider);
        const accounts = program.account as Record<
            string,
            { fetch(key: string): Promise<Record<string, unknown>> }
        >;
        const own = await obligationAddress(market.market, lender.address);
        const pairs: [
            string,
            Address,
            typeof fetchMarket | typeof fetchBank | typeof fetchObligation,
        ][] = [
            ['market', market.market, fetchMarket],
            ['bank', usdc.bank, fetchBank],
            ['obligation', own, fetchObligation],
        ];
        for (const [name, address, fetch] of pairs) {
            const { discriminator: _, ...fields } = (await fetch(rpc, address)).data;
            assert.deepEqual(plain(await accounts[name]!.fetch(address)), plain(fields), name);
        }
    });

    await t.test('the watcher reports what the quote says', async () => {
        const printed = await network.example('watch-solvency', undefined, '0');
        assert.match(printed, /2 obligations, 0 unhealthy, 0 insolvent, 0 without a price/);
    });

    await t.test('after a crash the keeper liquidates and writes off', async () => {
        await network.command('time', '--forward', '2m');
        await network.command('price', 'SOL', '60');
        const report = await network.example('watch-solvency', undefined, '0');
        assert.match(report, /1 unhealthy, 1 insolvent/);
        const printed = await network.example('keeper', 'keeper', '0');
        assert.match(printed, /liquidate .*: .*\nwrite off .*: /s);
        const view = refreshed(await fetchMarketView(rpc, market.market));
        const auction = quote.auction(view, usdc.bank);
        assert.equal(auction?.phase, 'announced');
        assert.ok(auction.onAuction > 2_000n * USDC);
    });

    await t.test('the bidder waits for par, then buys all of it', async () => {
        await network.command('time', '--forward', '2h');
        assert.equal(await network.example('bid', 'bidder', '0'), '');
        await network.command('time', '--forward', '90m');
        assert.match(
            await network.example('bid', 'bidder', '0'),
            /bought .* at 1\.9|bought .* at 2/,
        );
        const view = refreshed(await fetchMarketView(rpc, market.market));
        assert.equal(quote.auction(view, usdc.bank), undefined);
        const { deficit } = view.banks.find(({ keys }) => keys.bank === usdc.bank)!.bank.ledger;
        assert.equal(deficit, 0n);
        await network.command('price', 'SOL', '150');
    });
});

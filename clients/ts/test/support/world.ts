/** A market with two banks on a chain of its own, and people with money. */
import assert from 'node:assert/strict';
import {
    associatedTokenAddress,
    type BackstopEvent,
    type BankKeys,
    createdMintAddress,
    deriveBankKeys,
    deriveMarketKeys,
    encodePriceUpdate,
    execute,
    fetchDetails,
    fetchMarketView,
    fetchObligations,
    instructions as ix,
    type MarketKeys,
    type MarketView,
    type Obligation,
    obligationAddress,
    pushFeedAddress,
    PYTH_CORE,
    refreshed,
    refusalOf,
    TOKEN_PROGRAM,
} from '@backstop/client';
import {
    type Account,
    type Address,
    generateKeyPairSigner,
    getAddressEncoder,
    getU64Encoder,
    type Instruction,
    type KeyPairSigner,
    lamports,
} from '@solana/kit';
import { Node } from './node.js';
import { bankConfig, marketConfig } from './settings.js';

const LOOKUP_TABLES = 'AddressLookupTab1e1111111111111111111111111' as Address;
const START = 1_764_000_000n;
const GOVERNANCE_SUPPLY = 10_000_000_000_000n;

/** Feeds of the three tokens. */
export const FEEDS = { sol: feed(1), usdc: feed(2), gov: feed(3) };

function feed(number: number): Uint8Array {
    return new Uint8Array(32).fill(number);
}

/** A whole market. */
export class World {
    readonly node = new Node(START);
    market!: MarketKeys;
    sol!: BankKeys;
    usdc!: BankKeys;
    admin!: KeyPairSigner;
    private readonly prices = new Map<Uint8Array, bigint>();

    /** A market with a bank for SOL and one for USDC, write-offs on. */
    static async create(): Promise<World> {
        const world = new World();
        world.admin = await world.person();
        const { admin } = world;
        await world.setPrices({ sol: 150_00000000n, usdc: 1_00000000n, gov: 2_00000000n });
        const mint = await createdMintAddress(admin.address, 0);
        const oracle = await pushFeedAddress(PYTH_CORE, FEEDS.gov);
        world.market = await deriveMarketKeys(mint, TOKEN_PROGRAM, oracle);
        const config = marketConfig(admin.address, admin.address, FEEDS.gov, GOVERNANCE_SUPPLY);
        await world.send(admin, [
            await ix.createMarketWithMint(world.market, {
                payer: admin,
                admin,
                supplyOwner: admin.address,
                index: 0,
                decimals: 6,
                initialSupply: GOVERNANCE_SUPPLY,
                config,
            }),
        ]);
        world.sol = await world.createBank(FEEDS.sol, 9);
        world.usdc = await world.createBank(FEEDS.usdc, 6);
        return world;
    }

    private async createBank(feedId: Uint8Array, decimals: number): Promise<BankKeys> {
        const mint = (await generateKeyPairSigner()).address;
        this.node.setAccount(mint, TOKEN_PROGRAM, mintData(decimals));
        const oracle = await pushFeedAddress(PYTH_CORE, feedId);
        const keys = await deriveBankKeys(this.market, mint, TOKEN_PROGRAM, oracle);
        const { admin } = this;
        const config = bankConfig(feedId, decimals);
        await this.send(admin, [
            ix.createBank(keys, { payer: admin, admin, config: { ...config, writeOffMode: 0 } }),
            ix.updateBank(keys, admin, config),
        ]);
        return keys;
    }

    /** Somebody with lamports. */
    async person(): Promise<KeyPairSigner> {
        const person = await generateKeyPairSigner();
        this.node.svm.airdrop(person.address, lamports(100_000_000_000n));
        return person;
    }

    /** Gives somebody tokens, at the address where wallets look. */
    async fund(
        owner: Address,
        token: Pick<BankKeys, 'mint' | 'tokenProgram'>,
        atoms: bigint,
    ): Promise<Address> {
        const account = await associatedTokenAddress(token, owner);
        this.node.setAccount(account, TOKEN_PROGRAM, tokenData(token.mint, owner, atoms));
        return account;
    }

    /** Atoms in a token account. */
    balance(account: Address): bigint {
        const found = this.node.svm.getAccount(account);
        if (!found.exists) return 0n;
        return new DataView(found.data.slice().buffer).getBigUint64(64, true);
    }

    /** Publishes prices (8 decimals), and those of before again, at this time. */
    async setPrices(prices: Partial<Record<keyof typeof FEEDS, bigint>> = {}): Promise<void> {
        for (const [name, price] of Object.entries(prices)) {
            this.prices.set(FEEDS[name as keyof typeof FEEDS], price);
        }
        for (const [feedId, price] of this.prices) {
            const published = this.node.now;
            const observation = {
                price,
                conf: price / 1_000n,
                ema: price,
                exponent: -8,
                published,
            };
            const address = await pushFeedAddress(PYTH_CORE, feedId);
            this.node.setAccount(address, PYTH_CORE, encodePriceUpdate({ feedId, observation }));
        }
    }

    /** Moves the clock and publishes the prices again. */
    async forward(secs: bigint): Promise<void> {
        this.node.setTime(this.node.now + secs);
        await this.setPrices();
    }

    /** Executes instructions and reads what the program said. */
    async send(
        payer: KeyPairSigner,
        instructions: readonly Instruction[],
    ): Promise<readonly BackstopEvent[]> {
        const landed = await execute(this.node.rpc, instructions, { payer });
        const details = await fetchDetails(this.node.rpc, landed.signature);
        assert.ok(details, 'a landed transaction has details');
        return details.events;
    }

    /** The market as the next transaction finds it. */
    async view(): Promise<MarketView> {
        return refreshed(await fetchMarketView(this.node.rpc, this.market.market));
    }

    /** Opens an obligation for somebody. */
    async open(owner: KeyPairSigner): Promise<Address> {
        await this.send(owner, [await ix.openObligation(this.market, owner, owner)]);
        return obligationAddress(this.market.market, owner.address);
    }

    /** A lookup table that holds `addresses`. */
    async createTable(addresses: readonly Address[]): Promise<{
        address: Address;
        addresses: Address[];
    }> {
        const { address } = await generateKeyPairSigner();
        const data = new Uint8Array(56 + 32 * addresses.length);
        data[0] = 1; // a table
        data.fill(0xff, 4, 12); // never deactivated
        addresses.forEach((one, at) => data.set(getAddressEncoder().encode(one), 56 + 32 * at));
        this.node.setAccount(address, LOOKUP_TABLES, data);
        return { address, addresses: [...addresses] };
    }

    /** Somebody's obligation as it is now. */
    async obligation(owner: Address): Promise<Account<Obligation>> {
        const [found] = await fetchObligations(this.node.rpc, this.market.market, { owner });
        assert.ok(found, 'there is an obligation');
        return found;
    }
}

/** Runs something that the program must refuse, and says how. */
export async function refusedWith(attempt: () => unknown): Promise<string | undefined> {
    try {
        await attempt();
    } catch (error) {
        return refusalOf(error)?.name ?? String(error);
    }
    return undefined;
}

/** The bytes of a mint of the token program, without authorities. */
function mintData(decimals: number): Uint8Array {
    const data = new Uint8Array(82);
    data[44] = decimals;
    data[45] = 1; // initialised
    return data;
}

/** The bytes of an account of the token program. */
function tokenData(mint: Address, owner: Address, atoms: bigint): Uint8Array {
    const data = new Uint8Array(165);
    data.set(getAddressEncoder().encode(mint), 0);
    data.set(getAddressEncoder().encode(owner), 32);
    data.set(getU64Encoder().encode(atoms), 64);
    data[108] = 1; // initialised
    return data;
}

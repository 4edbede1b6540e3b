/** What the page reads from the node. */
import {
    fetchMany,
    fetchMarketView,
    fetchObligations,
    associatedTokenAddress,
    type MarketView,
    type Obligation,
    quote,
    refreshed,
} from '@backstop/client';
import {
    type Address,
    createSolanaRpc,
    getU64Decoder,
    type Rpc,
    type SolanaRpcApi,
} from '@solana/kit';
import type { IdentifierString } from '@wallet-standard/base';
import type { Settings } from './settings.js';

/** How old the list of obligations may be: it is the largest answer. */
const OBLIGATIONS_MS = 5_000;
/** The amount's place in a token account. */
const AMOUNT_OFFSET = 64;

/** CAIP-2 references of the public clusters: how their genesis hashes begin. */
const CLUSTERS: readonly (readonly [string, string])[] = [
    ['5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', 'mainnet'],
    ['EtWTRABZaYq6iMfeYKouRu166VU2xqa1', 'devnet'],
    ['4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z', 'testnet'],
];

/** What a wallet has of every token of a market, by mint. */
export type Purse = ReadonlyMap<Address, bigint>;

/** A market at one moment. */
export interface Snapshot {
    /** Accounts, with interest and prices of their slot. */
    readonly view: MarketView;
    /** Who would lose what. */
    readonly report: quote.Solvency;
    /** What the wallet has, if one is connected. */
    readonly purse: Purse | undefined;
    /** `mainnet`, `devnet`, `testnet` or `localnet`. */
    readonly cluster: string;
}

/** A node, and a market on it. */
export class Chain {
    /** The node. */
    readonly rpc: Rpc<SolanaRpcApi>;
    private cluster: string | undefined;
    private obligations:
        { readonly readAt: number; readonly list: readonly Obligation[] } | undefined;

    constructor(
        /** Which ones. */
        readonly settings: Settings,
    ) {
        this.rpc = createSolanaRpc(settings.rpc);
    }

    /** The cluster as wallets call it. */
    async walletChain(): Promise<IdentifierString> {
        return `solana:${await this.fetchCluster()}`;
    }

    /** The market now. */
    async view(): Promise<MarketView> {
        return refreshed(await fetchMarketView(this.rpc, this.settings.market));
    }

    /** Everything that the page shows; with what `owner` has. */
    async snapshot(owner?: Address): Promise<Snapshot> {
        const view = await this.view();
        const [cluster, obligations, purse] = await Promise.all([
            this.fetchCluster(),
            this.fetchObligations(),
            owner ? this.purse(view, owner) : undefined,
        ]);
        return { view, report: quote.solvency(view, obligations), purse, cluster };
    }

    /** What `owner` has of the market's tokens; nothing where there is no account. */
    async purse({ keys, banks }: MarketView, owner: Address): Promise<Purse> {
        const tokens = [keys, ...banks.map((bank) => bank.keys)];
        const addresses = await Promise.all(
            tokens.map((token) => associatedTokenAddress(token, owner)),
        );
        const accounts = await fetchMany(this.rpc, addresses);
        const amounts = accounts.map((account) =>
            account.exists ? getU64Decoder().read(account.data, AMOUNT_OFFSET)[0] : 0n,
        );
        return new Map(tokens.map(({ mint }, index) => [mint, amounts[index] ?? 0n]));
    }

    private async fetchCluster(): Promise<string> {
        if (this.cluster) return this.cluster;
        const hash = await this.rpc.getGenesisHash().send();
        const known = CLUSTERS.find(([start]) => hash.startsWith(start));
        return (this.cluster = known?.[1] ?? 'localnet');
    }

    private async fetchObligations(): Promise<readonly Obligation[]> {
        const now = Date.now();
        if (!this.obligations || now - this.obligations.readAt > OBLIGATIONS_MS) {
            const found = await fetchObligations(this.rpc, this.settings.market);
            this.obligations = { readAt: now, list: found.map(({ data }) => data) };
        }
        return this.obligations.list;
    }
}

/** Which node and which market: they are in the page's address, and nowhere else. */
import { type Address, isAddress } from '@solana/kit';
import { PageError } from './problem.js';

/** The node that `cargo xtask localnet` starts. */
export const LOCAL_NODE = 'http://127.0.0.1:8899';

/** What the page shows. */
export interface Settings {
    /** Address of a JSON-RPC node. */
    readonly rpc: string;
    /** Address of a market. */
    readonly market: Address;
}

/** What was typed, or stands in the page's address; not checked yet. */
export interface RawSettings {
    readonly rpc: string;
    readonly market: string;
}

/** Reads the query of the page's address. */
export function ofQuery(query: string): RawSettings {
    const found = new URLSearchParams(query);
    return { rpc: found.get('rpc') ?? LOCAL_NODE, market: found.get('market') ?? '' };
}

/** The query that {@link ofQuery} reads. */
export function toQuery({ rpc, market }: RawSettings): string {
    return `?${new URLSearchParams({ rpc, market }).toString()}`;
}

/** Checks what was typed. Throws a {@link PageError}. */
export function check(raw: RawSettings): Settings {
    const market = raw.market.trim();
    if (!isAddress(market)) {
        const what = market ? `“${market}” is no address` : 'The address of the market is missing';
        throw new PageError(what, 'An address is 32 bytes in base58: 32 to 44 letters and digits.');
    }
    return { rpc: checkNode(raw.rpc.trim()), market };
}

function checkNode(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
    throw new PageError(
        `“${text}” is no address of a node`,
        'It begins with http:// or https://; a web socket is not used.',
    );
}

/** Checked decoding of the program's accounts, and filters that find them. */
import {
    type Account,
    type Address,
    type Base58EncodedBytes,
    type Commitment,
    type Decoder,
    type EncodedAccount,
    getBase58Decoder,
    getBase64Encoder,
    type GetMultipleAccountsApi,
    type GetProgramAccountsApi,
    type GetProgramAccountsDatasizeFilter,
    type GetProgramAccountsMemcmpFilter,
    lamports,
    type MaybeEncodedAccount,
    fetchEncodedAccounts,
    type ReadonlyUint8Array,
    type Rpc,
} from '@solana/kit';
import { fail } from './error.js';
import {
    BACKSTOP_PROGRAM_ADDRESS,
    type Bank,
    BANK_DISCRIMINATOR,
    getBankDecoder,
    getMarketDecoder,
    getObligationDecoder,
    type Market,
    MARKET_DISCRIMINATOR,
    type Obligation,
    OBLIGATION_DISCRIMINATOR,
} from './generated/index.js';

/** Layout version that this package knows. */
const VERSION = 1;
const BANK_MARKET_OFFSET = 16n;
const OBLIGATION_MARKET_OFFSET = 16n;
const OBLIGATION_OWNER_OFFSET = 48n;
const MOST_ACCOUNTS = 100;

/** What reading needs of an RPC node. */
export type ReadRpc = Rpc<GetMultipleAccountsApi & GetProgramAccountsApi>;

/** A filter of `getProgramAccounts`. */
export type AccountFilter = GetProgramAccountsDatasizeFilter | GetProgramAccountsMemcmpFilter;

interface Kind<T> {
    readonly name: string;
    readonly bytes: number;
    readonly discriminator: ReadonlyUint8Array;
    readonly decoder: Decoder<T>;
}

const market = (): Kind<Market> => ({
    name: 'market',
    bytes: getMarketDecoder().fixedSize,
    discriminator: MARKET_DISCRIMINATOR,
    decoder: getMarketDecoder(),
});
const bank = (): Kind<Bank> => ({
    name: 'bank',
    bytes: getBankDecoder().fixedSize,
    discriminator: BANK_DISCRIMINATOR,
    decoder: getBankDecoder(),
});
const obligation = (): Kind<Obligation> => ({
    name: 'obligation',
    bytes: getObligationDecoder().fixedSize,
    discriminator: OBLIGATION_DISCRIMINATOR,
    decoder: getObligationDecoder(),
});

function read<T extends { readonly version: number }>(
    account: EncodedAccount,
    kind: Kind<T>,
): Account<T> {
    const wrong = (reason: string): never =>
        fail({ kind: 'wrongAccount', address: account.address, expected: kind.name, reason });
    if (account.programAddress !== BACKSTOP_PROGRAM_ADDRESS) wrong('another program owns it');
    if (kind.discriminator.some((byte, at) => account.data[at] !== byte)) {
        wrong('it is of another kind');
    }
    if (account.data.length !== kind.bytes) wrong('it has another length');
    const data = kind.decoder.decode(account.data);
    if (data.version !== VERSION) wrong('its layout is of another version than this client');
    return { ...account, data };
}

/** Decodes a market. Throws `wrongAccount`: another owner, kind, length or version. */
export function readMarket(account: EncodedAccount): Account<Market> {
    return read(account, market());
}

/** Decodes a bank. Throws `wrongAccount`. */
export function readBank(account: EncodedAccount): Account<Bank> {
    return read(account, bank());
}

/** Decodes an obligation. Throws `wrongAccount`. */
export function readObligation(account: EncodedAccount): Account<Obligation> {
    return read(account, obligation());
}

function filters<T>(
    kind: Kind<T>,
    matches: readonly (readonly [bigint, Address])[],
): AccountFilter[] {
    const memcmp = (offset: bigint, bytes: string): GetProgramAccountsMemcmpFilter => ({
        memcmp: { offset, bytes: bytes as Base58EncodedBytes, encoding: 'base58' },
    });
    return [
        { dataSize: BigInt(kind.bytes) },
        memcmp(0n, getBase58Decoder().decode(kind.discriminator)),
        ...matches.map(([offset, address]) => memcmp(offset, address)),
    ];
}

/** Filters that find every market. */
export function marketFilters(): AccountFilter[] {
    return filters(market(), []);
}

/** Filters that find the banks of a market. */
export function bankFilters(market: Address): AccountFilter[] {
    return filters(bank(), [[BANK_MARKET_OFFSET, market]]);
}

/** Filters that find the obligations of a market, of one owner if there is one. */
export function obligationFilters(market: Address, owner?: Address): AccountFilter[] {
    const owned: [bigint, Address][] = owner ? [[OBLIGATION_OWNER_OFFSET, owner]] : [];
    return filters(obligation(), [[OBLIGATION_MARKET_OFFSET, market], ...owned]);
}

async function find(
    rpc: Rpc<GetProgramAccountsApi>,
    filters: readonly AccountFilter[],
    commitment: Commitment,
): Promise<EncodedAccount[]> {
    const found = await rpc
        .getProgramAccounts(BACKSTOP_PROGRAM_ADDRESS, { encoding: 'base64', filters, commitment })
        .send();
    return found.map(({ pubkey, account }) => ({
        address: pubkey,
        data: getBase64Encoder().encode(account.data[0]),
        executable: account.executable,
        lamports: lamports(account.lamports),
        programAddress: account.owner,
        space: account.space,
    }));
}

/** Every market of the program. */
export async function fetchMarkets(
    rpc: Rpc<GetProgramAccountsApi>,
    commitment: Commitment = 'confirmed',
): Promise<Account<Market>[]> {
    return (await find(rpc, marketFilters(), commitment)).map(readMarket);
}

/** The banks of a market. */
export async function fetchBanks(
    rpc: Rpc<GetProgramAccountsApi>,
    market: Address,
    commitment: Commitment = 'confirmed',
): Promise<Account<Bank>[]> {
    return (await find(rpc, bankFilters(market), commitment)).map(readBank);
}

/** The obligations of a market, of one owner if there is one. */
export async function fetchObligations(
    rpc: Rpc<GetProgramAccountsApi>,
    market: Address,
    options: { readonly owner?: Address; readonly commitment?: Commitment } = {},
): Promise<Account<Obligation>[]> {
    const filters = obligationFilters(market, options.owner);
    return (await find(rpc, filters, options.commitment ?? 'confirmed')).map(readObligation);
}

/** Any number of accounts, a hundred in a request, in the given order. */
export async function fetchMany(
    rpc: Rpc<GetMultipleAccountsApi>,
    addresses: readonly Address[],
    commitment: Commitment = 'confirmed',
): Promise<MaybeEncodedAccount[]> {
    const found: MaybeEncodedAccount[] = [];
    for (let at = 0; at < addresses.length; at += MOST_ACCOUNTS) {
        const some = addresses.slice(at, at + MOST_ACCOUNTS);
        found.push(...(await fetchEncodedAccounts(rpc, some, { commitment })));
    }
    return found;
}

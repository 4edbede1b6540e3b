/** A market and its banks at one moment. */
import type {
    Account,
    Address,
    Commitment,
    GetMultipleAccountsApi,
    MaybeEncodedAccount,
    Rpc,
} from '@solana/kit';
import { getI64Decoder, getU64Decoder } from '@solana/kit';
import { fetchBanks, fetchMany, readMarket, type ReadRpc } from './accounts.js';
import { type BankKeys, bankKeysOf, type MarketKeys, marketKeysOf } from './addresses.js';
import { orElse } from './engine/error.js';
import { accrue } from './engine/interest.js';
import { type Price, usablePrice } from './engine/price.js';
import { fail } from './error.js';
import type { Bank, Market } from './generated/index.js';
import { type OracleMap, type PriceUpdate, readPriceUpdate } from './oracle.js';

const CLOCK = 'SysvarC1ock11111111111111111111111111111111' as Address;

/** A bank, its addresses, and what its price account says. */
export interface BankView {
    /** Its addresses. */
    readonly keys: BankKeys;
    /** The account. In a view that was {@link refreshed}, with interest and price of the view's slot. */
    readonly bank: Bank;
    /** The last update, usable or not; nothing for an account that is no update of the feed. */
    readonly price: PriceUpdate | undefined;
}

/** A market, all of its banks, and the clock that they were read at. */
export interface MarketView {
    /** The market's addresses. */
    readonly keys: MarketKeys;
    /** The account. */
    readonly market: Market;
    /** Its banks, by address. */
    readonly banks: readonly BankView[];
    /** The governance token's last update, usable or not. */
    readonly governancePrice: PriceUpdate | undefined;
    /** Slot of the clock. */
    readonly slot: bigint;
    /** (unix secs) Time of the clock. */
    readonly now: bigint;
}

/** How a market is read. */
export interface ViewOptions {
    /** Price accounts other than the sponsored ones. */
    readonly oracles?: OracleMap;
    /** `confirmed` unless it is said. */
    readonly commitment?: Commitment;
}

/**
 * Reads a market, its banks, their price accounts and the clock. Price accounts
 * and clock come from one slot; the accounts of the market may be a little older.
 * Throws `noAccount`, `wrongAccount`.
 */
export async function fetchMarketView(
    rpc: ReadRpc,
    market: Address,
    options: ViewOptions = {},
): Promise<MarketView> {
    const commitment = options.commitment ?? 'confirmed';
    const [[found], banks] = await Promise.all([
        fetchMany(rpc, [market], commitment),
        fetchBanks(rpc, market, commitment),
    ]);
    if (!found?.exists) return fail({ kind: 'noAccount', address: market });
    return assembleMarketView(rpc, readMarket(found), banks, options);
}

/** The same for accounts of the market that are known already: only prices and clock are read. */
export async function assembleMarketView(
    rpc: Rpc<GetMultipleAccountsApi>,
    market: Account<Market>,
    banks: readonly Account<Bank>[],
    options: ViewOptions = {},
): Promise<MarketView> {
    const keys = await marketKeysOf(market.address, market.data, options.oracles);
    const bankKeys = await Promise.all(
        banks.map((bank) => bankKeysOf(keys, bank.address, bank.data, options.oracles)),
    );
    const wanted = [CLOCK, ...(keys.oracle ? [keys.oracle] : []), ...bankKeys.map((k) => k.oracle)];
    const found = await fetchMany(rpc, wanted, options.commitment);
    const at = new Map(found.map((account) => [account.address, account]));
    const clock = at.get(CLOCK);
    if (!clock?.exists) return fail({ kind: 'noAccount', address: CLOCK });
    const views = banks.map(({ data: bank }, index) => {
        const keys = bankKeys[index] as BankKeys;
        return { keys, bank, price: updateIn(at.get(keys.oracle), bank.config) };
    });
    views.sort((left, right) => (left.keys.bank < right.keys.bank ? -1 : 1));
    return {
        keys,
        market: market.data,
        banks: views,
        governancePrice: keys.oracle && updateIn(at.get(keys.oracle), market.data.config),
        slot: getU64Decoder().read(clock.data, 0)[0],
        now: getI64Decoder().read(clock.data, 32)[0],
    };
}

function updateIn(
    account: MaybeEncodedAccount | undefined,
    config: Pick<Market['config'], 'oracleProgram' | 'feedId'>,
): PriceUpdate | undefined {
    if (!account?.exists) return undefined;
    return readPriceUpdate(account, config.oracleProgram, config.feedId);
}

/**
 * The view after a `refresh_banks` of every bank in this slot: interest booked,
 * and the price stored where it is usable. A bank without a usable price keeps
 * the one of an earlier slot, which no quote believes.
 */
export function refreshed(view: MarketView): MarketView {
    return { ...view, banks: view.banks.map((bank) => refreshedBank(bank, view)) };
}

function refreshedBank(view: BankView, { slot, now }: MarketView): BankView {
    const { bank, price: update } = view;
    const { config, price: stored } = bank;
    const ledger = orElse(() => accrue(bank.ledger, config, now), bank.ledger);
    const usable = update && usablePrice(update.observation, config, stored.publishedAt, now);
    const price =
        update && usable
            ? { ...stored, ...usable, slot, publishedAt: update.observation.published }
            : stored;
    return { ...view, bank: { ...bank, ledger, price } };
}

/** The bank at an address. Throws `unknownBank`. */
export function bankAt(view: MarketView, bank: Address): BankView {
    const found = view.banks.find(({ keys }) => keys.bank === bank);
    return found ?? fail({ kind: 'unknownBank', bank });
}

/** The bank of an asset. */
export function bankOfMint(view: MarketView, mint: Address): BankView | undefined {
    return view.banks.find(({ keys }) => keys.mint === mint);
}

/** Whether a bank's price is of the view's slot. */
export function isPriced(view: MarketView, { price }: Bank): boolean {
    return price.slot === view.slot && price.spot > 0n;
}

/** The governance token's price, if it is usable now. */
export function governancePrice(view: MarketView): Price | undefined {
    const { market, governancePrice: update } = view;
    if (!update) return undefined;
    const stored = market.governancePublishedAt;
    return usablePrice(update.observation, market.config, stored, view.now);
}

/** The view with another state of one bank, and of the market. */
export function withBank(view: MarketView, bank: BankView, market = view.market): MarketView {
    const banks = view.banks.map((one) => (one.keys.bank === bank.keys.bank ? bank : one));
    return { ...view, market, banks };
}

/** Quotes of whole markets are the Rust client's, from the bytes of the accounts on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    BACKSTOP_PROGRAM_ADDRESS,
    bankAt,
    bankKeysOf,
    type BankView,
    marketKeysOf,
    type MarketView,
    type Obligation,
    type PriceUpdate,
    quote,
    readBank,
    readMarket,
    readObligation,
    refreshed,
    refusalOf,
    U64_MAX,
} from '@backstop/client';
import type { CoverPlan, Observation } from '@backstop/client/engine';
import {
    type Address,
    type EncodedAccount,
    getAddressDecoder,
    getBase64Encoder,
    lamports,
    type ReadonlyUint8Array,
} from '@solana/kit';
import { casesOf, type Shown } from './support/vectors.js';

interface Input {
    readonly market: string;
    readonly banks: readonly {
        readonly address: Address;
        readonly data: string;
        readonly price: Observation | null;
    }[];
    readonly obligations: readonly string[];
    readonly governancePrice: Observation | null;
    readonly slot: bigint;
    readonly now: bigint;
}

const NOBODY = getAddressDecoder().decode(new Uint8Array(32).fill(50));

function account(address: Address, base64: string): EncodedAccount {
    const data = Uint8Array.from(getBase64Encoder().encode(base64));
    return {
        address,
        data,
        executable: false,
        lamports: lamports(0n),
        programAddress: BACKSTOP_PROGRAM_ADDRESS,
        space: BigInt(data.length),
    };
}

function update(seen: Observation | null, feedId: ReadonlyUint8Array): PriceUpdate | undefined {
    return seen ? { feedId, observation: seen } : undefined;
}

async function viewOf(input: Input): Promise<MarketView> {
    const { data: market } = readMarket(account(NOBODY, input.market));
    const first = readBank(account(input.banks[0]!.address, input.banks[0]!.data));
    const keys = await marketKeysOf(first.data.market, market);
    const banks = input.banks.map(async ({ address, data, price }): Promise<BankView> => {
        const { data: bank } = readBank(account(address, data));
        return {
            keys: await bankKeysOf(keys, address, bank),
            bank,
            price: update(price, bank.config.feedId),
        };
    });
    return {
        keys,
        market,
        banks: await Promise.all(banks),
        governancePrice: update(input.governancePrice, market.config.feedId),
        slot: input.slot,
        now: input.now,
    };
}

/** A quote, or the name of what the program would refuse it with. */
function named<T>(ask: () => T, show: (quoted: T) => unknown): unknown {
    let quoted: T;
    try {
        quoted = ask();
    } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        return { refused: refusal.name };
    }
    return show(quoted);
}

function tiers(plan: CoverPlan): unknown {
    const { protocolFeesUsed, insuranceFeesUsed, insuranceDrawn, opening } = plan;
    return { protocolFeesUsed, insuranceFeesUsed, insuranceDrawn, lot: opening?.lot ?? null };
}

/** What the next quote would see; counters that are zero are left out of the books. */
function after(view: MarketView, bank: Address): unknown {
    const { ledger, auction } = bankAt(view, bank).bank;
    const { supply, outstanding, issuanceBucket, burned } = view.market;
    return {
        ledger: Object.fromEntries(Object.entries(ledger).filter(([, value]) => value !== 0n)),
        auction,
        issuance: { supply, outstanding, issuanceBucket },
        burned,
    };
}

function ofObligation(view: MarketView, obligation: Obligation): unknown {
    const [first, second] = view.banks.map(({ keys }) => keys.bank) as [Address, Address];
    const check = (check: Parameters<typeof quote.health>[2]) =>
        named(
            () => quote.health(view, obligation, check),
            (sums) => sums,
        );
    const pairs: [Address, Address][] = [
        [first, second],
        [second, first],
    ];
    return {
        initial: check('initial'),
        maintenance: check('maintenance'),
        insolvency: check('insolvency'),
        liquidations: pairs.map(([debt, collateral]) =>
            named(
                () => quote.liquidation(view, obligation, debt, collateral),
                ({ plan, seizedAtoms, after }) => ({
                    repay: plan.repay,
                    toLiquidator: plan.toLiquidator,
                    toInsurance: plan.toInsurance,
                    seizedAtoms,
                    positionsLeft: after.positionCount,
                }),
            ),
        ),
        writeOffs: [first, second].map((bank) =>
            named(
                () => quote.writeOff(view, bank, obligation),
                (quoted) => ({
                    loss: quoted.plan.loss,
                    bounty: quoted.plan.bounty,
                    leftOpen: quoted.leftOpen,
                    burned: quoted.burned,
                    tiers: tiers(quoted.plan.cover),
                    after: after(quoted.after, bank),
                }),
            ),
        ),
    };
}

function ofBank(view: MarketView, bank: Address): unknown {
    const auction = (at: bigint) =>
        named(
            () => quote.auction(view, bank, at),
            (quoted) =>
                quoted
                    ? {
                          phase: quoted.phase,
                          rate: quoted.rate ?? null,
                          needed: quoted.needed ?? null,
                      }
                    : null,
        );
    return {
        auction: auction(view.now),
        auctionLater: auction(view.now + 3_600n),
        buy: named(
            () => quote.buy(view, bank, 1_000_000n, U64_MAX),
            ({ bought, paid }) => ({ bought, paid }),
        ),
        buyBack: named(
            () => quote.buyBack(view, bank),
            (started) => started,
        ),
        cover: named(
            () => quote.cover(view, bank),
            (quoted) => ({
                does: quote.doesSomething(quoted),
                tiers: tiers(quoted.plan),
                after: after(quoted.after, bank),
            }),
        ),
        closeAuction: named(
            () => quote.closeAuction(view, bank),
            ({ burn, unsold }) => ({ burn, unsold }),
        ),
        socialise: named(
            () => quote.socialise(view, bank),
            ({ socialised, windsDown }) => ({ socialised, windsDown }),
        ),
        collectable: named(
            () => quote.collectable(view, bank),
            ({ toProtocol, toInsurance }) => [toProtocol, toInsurance],
        ),
    };
}

function solvency(view: MarketView, obligations: readonly Obligation[]): unknown {
    return named(
        () => quote.solvency(view, obligations),
        ({ banks, insolvent, unhealthy, unpriced }) => ({
            banks: banks.map(({ layers, worstHaircutPpm, blocked }) => ({
                layers,
                worstHaircutPpm,
                blocked,
            })),
            insolvent,
            unhealthy,
            unpriced,
        }),
    );
}

test('quotes of whole markets agree with the Rust client', async () => {
    const cases = casesOf('quotes');
    assert.ok(cases.length >= 40);
    for (const [at, { in: shown, out }] of cases.entries()) {
        const input = shown as unknown as Input;
        const view = refreshed(await viewOf(input));
        const obligations = input.obligations.map(
            (bytes) => readObligation(account(NOBODY, bytes)).data,
        );
        const expected = out as { [name: string]: Shown };
        const people = obligations.map((one) => ofObligation(view, one));
        assert.deepEqual(people, expected['obligations'], `obligations of case ${at}`);
        const banks = view.banks.map(({ keys }) => ofBank(view, keys.bank));
        assert.deepEqual(banks, expected['banks'], `banks of case ${at}`);
        assert.deepEqual(solvency(view, obligations), expected['solvency'], `case ${at}`);
    }
});

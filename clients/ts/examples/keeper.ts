/**
 * A minimal keeper: liquidates, writes off, covers, closes auctions, and at last
 * lets lenders share what nothing else could cover. It looks at every obligation
 * in every round and weighs no profit; `backstop-keeper` is the one to run.
 *
 * `node .dev/examples/keeper.js URL KEYPAIR MARKET [SECONDS]`; with 0 it looks once.
 */
import {
    associatedTokenAddress,
    type BankKeys,
    execute,
    fetchMarketView,
    fetchObligations,
    instructions,
    type MarketView,
    obligationAddress,
    type Obligation,
    plan,
    positionsOf,
    quote,
    refreshed,
    refusalOf,
    U64_MAX,
} from '@backstop/client';
import { type Account, type Address, createSolanaRpc, type Instruction } from '@solana/kit';
import { Arguments, every } from './shared.js';

const args = new Arguments();
const rpc = createSolanaRpc(args.next('URL'));
const keeper = await args.signer();
const market = args.address('MARKET');
const own = await obligationAddress(market, keeper.address);
const read = async () => refreshed(await fetchMarketView(rpc, market));

await every(Number(args.optional() ?? 5), async () => {
    for (const obligation of await fetchObligations(rpc, market)) {
        await liquidate(await read(), obligation);
    }
    for (const obligation of await fetchObligations(rpc, market)) {
        await writeOff(await read(), obligation);
    }
    await tidy(await read());
});

/** Sends what a quote says would work; another keeper may have been faster. */
async function send(what: string, list: readonly Instruction[]): Promise<void> {
    try {
        const { signature } = await execute(rpc, list, { payer: keeper });
        console.log(`${what}: ${signature}`);
    } catch (error) {
        console.error(`${what}: ${refusalOf(error)?.name ?? String(error)}`);
    }
}

/** Whether a quote goes through and is not `false`; a refusal is an answer, anything else an error. */
function works(ask: () => unknown): boolean {
    try {
        return ask() !== false;
    } catch (error) {
        if (refusalOf(error)) return false;
        throw error;
    }
}

function account(keys: BankKeys): Promise<Address> {
    return associatedTokenAddress(keys, keeper.address);
}

async function liquidate(view: MarketView, obligation: Account<Obligation>): Promise<void> {
    if (obligation.address === own) return;
    const positions = positionsOf(obligation.data);
    for (const { bank: debtBank } of positions.filter((one) => one.debtShares > 0n)) {
        for (const { bank: collateralBank } of positions.filter((one) => one.depositShares > 0n)) {
            if (!works(() => quote.liquidation(view, obligation.data, debtBank, collateralBank))) {
                continue;
            }
            const debt = view.banks.find(({ keys }) => keys.bank === debtBank);
            const collateral = view.banks.find(({ keys }) => keys.bank === collateralBank);
            if (!debt || !collateral) continue;
            const parties = {
                liquidator: keeper,
                liquidatorObligation: own,
                liquidatorTokenAccount: await account(debt.keys),
                obligation,
            };
            const limits = { maxRepay: U64_MAX, minShares: 1n };
            const [mine] = await fetchObligations(rpc, market, { owner: keeper.address });
            const open = mine
                ? []
                : [await instructions.openObligation({ market }, keeper, keeper)];
            await send(`liquidate ${obligation.address}`, [
                ...open,
                ...plan.liquidate(view, debt.keys, collateral.keys, parties, limits),
            ]);
            return;
        }
    }
}

async function writeOff(view: MarketView, obligation: Account<Obligation>): Promise<void> {
    for (const { bank } of positionsOf(obligation.data)) {
        const target = view.banks.find(({ keys }) => keys.bank === bank);
        if (!target || !works(() => quote.writeOff(view, bank, obligation.data))) continue;
        await send(`write off ${obligation.address}`, [
            await instructions.createTokenAccount(keeper, keeper.address, target.keys),
            ...plan.writeOff(view, target.keys, obligation, {
                keeperTokenAccount: await account(target.keys),
            }),
        ]);
    }
}

async function tidy(view: MarketView): Promise<void> {
    for (const { keys } of view.banks) {
        if (works(() => quote.closeAuction(view, keys.bank))) {
            await send(`close the auction of ${keys.mint}`, [instructions.closeAuction(keys)]);
        } else if (works(() => quote.requireCloseBuyBack(view, keys.bank))) {
            await send(`close the buy-back of ${keys.mint}`, [instructions.closeBuyBack(keys)]);
        } else if (works(() => quote.socialise(view, keys.bank))) {
            await send(`socialise in ${keys.mint}`, [instructions.socialiseDeficit(keys)]);
        } else if (works(() => quote.doesSomething(quote.cover(view, keys.bank)))) {
            await send(`cover in ${keys.mint}`, plan.cover(view, keys));
        }
    }
}

/**
 * Deposits one asset, borrows another against it if one is named, and prints what
 * both are worth.
 *
 * `node .dev/examples/lend-and-borrow.js URL KEYPAIR MARKET MINT AMOUNT [DEBT_MINT AMOUNT]`
 */
import {
    associatedTokenAddress,
    bankAt,
    bankOfMint,
    type BankView,
    execute,
    fetchMarketView,
    fetchObligations,
    formatAmount,
    formatDollars,
    instructions,
    type MarketView,
    obligationAddress,
    parseAmount,
    plan,
    positionsOf,
    quote,
    refreshed,
} from '@backstop/client';
import { type Address, address, createSolanaRpc } from '@solana/kit';
import { Arguments } from './shared.js';

const args = new Arguments();
const rpc = createSolanaRpc(args.next('URL'));
const owner = await args.signer();
const market = args.address('MARKET');
const read = async () => refreshed(await fetchMarketView(rpc, market));
const mine = async () => (await fetchObligations(rpc, market, { owner: owner.address }))[0];

await lend(args.address('MINT'), args.next('AMOUNT'));
const debtMint = args.optional();
if (debtMint) await borrow(address(debtMint), args.next('AMOUNT'));
await show();

/** The market now, and the bank of one of its assets. */
async function bankOf(mint: Address): Promise<BankView & { view: MarketView }> {
    const view = await read();
    const bank = bankOfMint(view, mint);
    if (!bank) throw new Error(`the market has no bank of ${mint}`);
    return { ...bank, view };
}

async function lend(mint: Address, amount: string): Promise<void> {
    const { view, keys, bank } = await bankOf(mint);
    // An obligation is opened once; the deposit goes into the same transaction.
    const open = (await mine()) ? [] : [await instructions.openObligation(view.keys, owner, owner)];
    const obligation = await obligationAddress(market, owner.address);
    const tokenAccount = await associatedTokenAddress(keys, owner.address);
    const deposit = instructions.deposit(
        keys,
        { owner, obligation, tokenAccount },
        { atoms: parseAmount(amount, bank.decimals), minShares: 1n },
    );
    const { signature } = await execute(rpc, [...open, deposit], { payer: owner });
    console.log(`deposited ${amount}: ${signature}`);
}

async function borrow(mint: Address, amount: string): Promise<void> {
    const { view, keys, bank } = await bankOf(mint);
    const obligation = await mine();
    if (!obligation) throw new Error('there is no obligation to borrow with');
    const tokenAccount = await associatedTokenAddress(keys, owner.address);
    const party = { owner, obligation, tokenAccount };
    const loan = [
        await instructions.createTokenAccount(owner, owner.address, keys),
        // The check needs prices of this slot: the plan refreshes them first.
        ...plan.borrow(view, keys, party, parseAmount(amount, bank.decimals)),
    ];
    const { signature } = await execute(rpc, loan, { payer: owner });
    console.log(`borrowed ${amount}: ${signature}`);
}

async function show(): Promise<void> {
    const [view, obligation] = await Promise.all([read(), mine()]);
    if (!obligation) return;
    for (const { bank, depositShares } of positionsOf(obligation.data)) {
        const { keys, bank: state } = bankAt(view, bank);
        const { net } = quote.shareValue(state, depositShares);
        if (net > 0n) console.log(`deposit: ${formatAmount(net, state.decimals)} of ${keys.mint}`);
    }
    const sums = quote.health(view, obligation.data, 'maintenance');
    console.log(`collateral: ${formatDollars(sums.collateral)} dollars`);
    console.log(`debt: ${formatDollars(sums.debt)} dollars`);
    const used = sums.weightedCollateral && (sums.weightedDebt * 100n) / sums.weightedCollateral;
    console.log(`${used} % of what may be owed before liquidation`);
}

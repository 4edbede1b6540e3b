/**
 * Deposits one asset and borrows another against it, then prints what both are
 * worth and how far the account is from liquidation.
 *
 * `node .dev/examples/lend-and-borrow.js URL KEYPAIR MARKET MINT AMOUNT DEBT_MINT AMOUNT`
 */
import {
    associatedTokenAddress,
    bankOfMint,
    execute,
    fetchMarketView,
    fetchObligations,
    formatAmount,
    formatDollars,
    instructions,
    obligationAddress,
    parseAmount,
    plan,
    positionIn,
    quote,
    refreshed,
} from '@backstop/client';
import { createSolanaRpc } from '@solana/kit';
import { Arguments } from './shared.js';

const args = new Arguments();
const rpc = createSolanaRpc(args.next('URL'));
const owner = await args.signer();
const market = args.address('MARKET');
const read = async () => refreshed(await fetchMarketView(rpc, market));
const mine = async () => (await fetchObligations(rpc, market, { owner: owner.address }))[0];

const view = await read();
const collateral = bankOfMint(view, args.address('MINT'));
const pledged = args.next('AMOUNT');
const debt = bankOfMint(view, args.address('DEBT_MINT'));
const borrowed = args.next('AMOUNT');
if (!collateral || !debt) throw new Error('the market has no bank of that mint');

// An obligation is opened once; the deposit goes into the same transaction.
const obligation = await obligationAddress(market, owner.address);
const open = (await mine()) ? [] : [await instructions.openObligation(view.keys, owner, owner)];
const deposit = instructions.deposit(
    collateral.keys,
    {
        owner,
        obligation,
        tokenAccount: await associatedTokenAddress(collateral.keys, owner.address),
    },
    { atoms: parseAmount(pledged, collateral.bank.decimals), minShares: 1n },
);
const landed = await execute(rpc, [...open, deposit], { payer: owner });
console.log(`deposited ${pledged}: ${landed.signature}`);

// Borrowing needs prices of this slot: the plan refreshes them first.
const state = await mine();
if (!state) throw new Error('the obligation is not there yet');
const tokenAccount = await associatedTokenAddress(debt.keys, owner.address);
const atoms = parseAmount(borrowed, debt.bank.decimals);
const party = { owner, obligation: state, tokenAccount };
const borrow = [
    await instructions.createTokenAccount(owner, owner.address, debt.keys),
    ...plan.borrow(await read(), debt.keys, party, atoms),
];
console.log(`borrowed ${borrowed}: ${(await execute(rpc, borrow, { payer: owner })).signature}`);

const after = await read();
const held = await mine();
const bank = bankOfMint(after, collateral.keys.mint)?.bank;
const position = held && positionIn(held.data, collateral.keys.bank);
if (held && bank && position) {
    const { net } = quote.shareValue(bank, position.depositShares);
    const sums = quote.health(after, held.data, 'maintenance');
    console.log(
        `deposit: ${formatAmount(net, bank.decimals)}, ${formatDollars(sums.collateral)} dollars`,
    );
    console.log(`debt: ${formatDollars(sums.debt)} dollars`);
    const percent = (sums.weightedDebt * 100n) / sums.weightedCollateral;
    console.log(`${percent} % of what may be owed before liquidation`);
}

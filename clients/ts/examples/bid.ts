/**
 * Buys governance tokens in every auction of a market as soon as they cost no
 * more than their oracle price, as long as the wallet has money.
 *
 * `node .dev/examples/bid.js URL KEYPAIR MARKET [SECONDS]`; with 0 it bids once.
 * A market without a governance feed has no price to compare with: there it buys
 * at any price.
 */
import {
    associatedTokenAddress,
    type BankView,
    eventsNamed,
    execute,
    fetchDetails,
    fetchMarketView,
    formatAmount,
    formatRate,
    governancePrice,
    isPriced,
    type MarketView,
    plan,
    quote,
    refreshed,
} from '@backstop/client';
import { costUp, exchangeRateDown, tokensDown } from '@backstop/client/engine';
import { createSolanaRpc } from '@solana/kit';
import { Arguments, every } from './shared.js';

/** (bps) All of the oracle price. */
const PAR = 10_000n;

const args = new Arguments();
const rpc = createSolanaRpc(args.next('URL'));
const buyer = await args.signer();
const market = args.address('MARKET');

await every(Number(args.optional() ?? 1), async () => {
    const view = refreshed(await fetchMarketView(rpc, market));
    for (const bank of view.banks) await bid(view, bank);
});

/** Whether a token costs no more than its oracle price. */
function isFair(view: MarketView, { bank }: BankView, rate: bigint): boolean {
    const price = governancePrice(view);
    if (!price) return true;
    const token = { price, decimals: view.market.governanceDecimals };
    return isPriced(view, bank) && rate <= exchangeRateDown(token, bank, PAR);
}

async function bid(view: MarketView, target: BankView): Promise<void> {
    const { keys, bank } = target;
    const auction = quote.auction(view, keys.bank);
    if (!auction?.rate || !auction.needed || !isFair(view, target, auction.rate)) return;
    const wallet = {
        buyer,
        tokenAccount: await associatedTokenAddress(keys, buyer.address),
        governanceAccount: await associatedTokenAddress(keys.market, buyer.address),
    };
    const { value: purse } = await rpc.getTokenAccountBalance(wallet.tokenAccount).send();
    const affordable = tokensDown(auction.rate, BigInt(purse.amount));
    if (affordable === 0n) return;
    // The price falls until the purchase lands, and then it takes more tokens to
    // raise the rest: who can pay for all of it asks for the whole lot, and is
    // sold what is needed. The last token is paid in full.
    const all = affordable > auction.needed;
    const amount = all ? auction.auction.lot : affordable;
    const maxPay = all
        ? auction.onAuction + costUp(auction.rate, 1n)
        : costUp(auction.rate, amount);
    const purchase = await plan.buyGovernance(keys, wallet, amount, maxPay);
    const { signature } = await execute(rpc, purchase, { payer: buyer });
    const details = await fetchDetails(rpc, signature);
    for (const bought of eventsNamed(details?.events ?? [], 'GovernanceBought')) {
        const decimals = { governance: view.market.governanceDecimals, asset: bank.decimals };
        const rate = bought.rate;
        const tokens = formatAmount(bought.bought, decimals.governance);
        const paid = formatAmount(bought.paid, decimals.asset);
        console.log(`bought ${tokens} for ${paid} at ${formatRate(rate, decimals)}: ${signature}`);
    }
}

/**
 * Prints, every few seconds, who would lose what if everything insolvent were
 * written off now.
 *
 * `node .dev/examples/watch-solvency.js URL MARKET [SECONDS]`; with 0 it looks once.
 */
import {
    fetchMarketView,
    fetchObligations,
    formatAmount,
    quote,
    refreshed,
} from '@backstop/client';
import { createSolanaRpc } from '@solana/kit';
import { Arguments, every } from './shared.js';

const args = new Arguments();
const rpc = createSolanaRpc(args.next('URL'));
const market = args.address('MARKET');

await every(Number(args.optional() ?? 5), async () => {
    const [view, obligations] = await Promise.all([
        fetchMarketView(rpc, market),
        fetchObligations(rpc, market),
    ]);
    const report = quote.solvency(
        refreshed(view),
        obligations.map(({ data }) => data),
    );
    const { unhealthy, insolvent, unpriced } = report;
    console.log(
        `${report.obligations} obligations, ${unhealthy} unhealthy, ${insolvent} insolvent, ${unpriced} without a price`,
    );
    for (const { bank, layers } of report.banks) {
        const show = (atoms: bigint): string => formatAmount(atoms, bank.bank.decimals);
        const { lenderAssets, deficit } = bank.bank.ledger;
        console.log(
            `  ${bank.keys.mint}: lenders ${show(lenderAssets)}, deficit ${show(deficit)}, would lose ${show(layers.loss)}:`,
            `fees ${show(layers.protocolFees)}, insurance ${show(layers.insuranceFees + layers.insurance)},`,
            `on auction ${show(layers.onAuction)}, open ${show(layers.leftOpen)}`,
        );
    }
});

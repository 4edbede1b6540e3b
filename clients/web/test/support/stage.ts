/** A market after a crash: one debt written off and on auction, another one insolvent. */
import { readFileSync } from 'node:fs';
import { Network } from './network.js';

/** Times of the example that a test cannot wait for, and what it has instead. */
const QUICKER: readonly (readonly [string, string])[] = [
    ['auction_delay_secs = "2h"', 'auction_delay_secs = "2s"'],
    ['auction_duration_secs = "6h"', 'auction_duration_secs = "20m"'],
    ['min_risk_age_secs = "1m"', 'min_risk_age_secs = "1s"'],
];

/** What happens before the crash: who does what. */
const BEFORE: readonly (readonly [string, ...string[]])[] = [
    ['lender', 'deposit', 'USDC', '1000000'],
    ['lender', 'insurance', 'fund', 'USDC', '10000'],
    ['borrower', 'deposit', 'SOL', '1000'],
    ['borrower', 'borrow', 'USDC', '100000'],
    ['rival', 'deposit', 'SOL', '40'],
    ['rival', 'borrow', 'USDC', '4000'],
    ['keeper', 'deposit', 'USDC', '1000'],
];

/** The market and the network that it is on. */
export interface Stage {
    readonly network: Network;
    readonly market: string;
    /** The command line program with this market. */
    readonly cli: <T>(actor: string, ...args: string[]) => Promise<T>;
}

/** Sets the stage, from nothing to an auction that has been announced. */
export async function setStage(): Promise<Stage> {
    const network = await Network.start();
    const file = network.write('market.toml', marketFile());
    const { market } = await network.cli<{ market: string }>('admin', 'market', 'apply', file);
    const cli = <T>(actor: string, ...args: string[]): Promise<T> =>
        network.cli<T>(actor, '--market', file, ...args);
    for (const [actor, ...words] of BEFORE) await cli(actor, ...words);
    await network.command('price', 'SOL', '60');
    const { obligation } = await cli<{ obligation: string }>('borrower', 'obligation', 'show');
    await cli('keeper', 'liquidate', obligation, '--debt', 'USDC', '--collateral', 'SOL');
    await cli('keeper', 'write-off', obligation, 'USDC');
    return { network, market, cli };
}

function marketFile(): string {
    const example = new URL('../../../../../examples/market.toml', import.meta.url);
    let text = readFileSync(example, 'utf8');
    for (const [slow, quick] of QUICKER) {
        if (!text.includes(slow)) throw new Error(`the example has no line ${slow}`);
        text = text.replace(slow, quick);
    }
    return text;
}

/** A purchase, from the price now to the landed transaction. */
import {
    associatedTokenAddress,
    bankAt,
    type BankView,
    draft,
    eventsNamed,
    fetchDetails,
    instructions,
    plan,
    quote,
    sendAndConfirm,
    U64_MAX,
} from '@backstop/client';
import { costUp, min } from '@backstop/client/engine';
import { type Address, address, type Signature } from '@solana/kit';
import type { Chain } from './chain.js';
import { PageError } from './problem.js';
import { exactly } from './text.js';
import { tokenName } from './tokens.js';
import { type Connection, signerOf } from './wallet.js';

/** How far a purchase is. */
export type Stage = 'pricing' | 'simulating' | 'signing' | 'sending';

/** A purchase to make. */
export interface Order {
    /** Whose auction. */
    readonly bank: Address;
    /** (governance atoms) How many tokens, at most. */
    readonly amount: bigint;
    /** Who buys. */
    readonly buyer: Connection;
    /** Is told every stage. */
    readonly onStage: (stage: Stage) => void;
}

/** A purchase that was made. */
export interface Receipt {
    readonly signature: Signature;
    /** (governance atoms) */
    readonly bought: bigint;
    /** (atoms) */
    readonly paid: bigint;
    /** Atoms per governance atom, times 2⁶⁴. */
    readonly rate: bigint;
}

/**
 * The most that `amount` can cost from now on: its cost at today's rate, and no
 * more than the auction has to raise, but for what rounding up to a whole atom
 * of the token adds. As the rate only falls, this bound refuses nothing but
 * another auction, which would begin at a higher price.
 */
export function mostToPay(auction: quote.AuctionQuote, rate: bigint, amount: bigint): bigint {
    return min(costUp(rate, amount), auction.onAuction + costUp(rate, 1n));
}

/**
 * Buys at the price that the chain has when the transaction lands, for no more
 * than it costs by the chain's clock now. Throws what the program would refuse
 * before the wallet is asked.
 */
export async function buy(chain: Chain, order: Order): Promise<Receipt> {
    const { rpc } = chain;
    order.onStage('pricing');
    const view = await chain.view();
    const target = bankAt(view, order.bank);
    const fill = quote.buy(view, order.bank, order.amount, U64_MAX);
    const auction = quote.auction(view, order.bank);
    if (!auction) throw new PageError('There is no auction any more', 'Nothing was sent.');
    const amount = min(order.amount, auction.auction.lot);
    const owner = address(order.buyer.account.address);
    const purse = await chain.purse(view, owner);
    requireFunds(purse.get(target.keys.mint) ?? 0n, fill.paid, target);

    const signer = signerOf(order.buyer, await chain.walletChain(), {
        asked: () => order.onStage('signing'),
        signed: () => order.onStage('sending'),
    });
    const buyer: instructions.Buyer = {
        buyer: signer,
        tokenAccount: await associatedTokenAddress(target.keys, owner),
        governanceAccount: await associatedTokenAddress(view.keys, owner),
    };
    order.onStage('simulating');
    const wanted = await plan.buyGovernance(
        target.keys,
        buyer,
        amount,
        mostToPay(auction, fill.rate, amount),
    );
    const built = await draft(rpc, wanted, { payer: signer });
    const { signature } = await sendAndConfirm(rpc, built);
    // What was bought stands in the transaction; a node that does not tell it now
    // has simulated it.
    const details = await fetchDetails(rpc, signature).catch(() => undefined);
    const [event] = eventsNamed(details?.events ?? built.events, 'GovernanceBought');
    if (!event) return { signature, bought: fill.bought, paid: fill.paid, rate: fill.rate };
    const rate = event.rate;
    return { signature, bought: event.bought, paid: event.paid, rate };
}

function requireFunds(has: bigint, needs: bigint, { keys, bank }: BankView): void {
    if (has >= needs) return;
    const asset = tokenName(keys.mint);
    const [costs, there] = [exactly(needs, bank.decimals), exactly(has, bank.decimals)];
    throw new PageError(
        `Not enough ${asset}`,
        `That costs up to ${costs} ${asset}, the wallet has ${there}. Nothing was sent.`,
    );
}

/** A bank's and a market's state as the formulas take it. */
import type { Asset } from '../engine/health.js';
import type { Feed, PricePolicy } from '../engine/issuance.js';
import type { Quote } from '../engine/price.js';
import type { SocialiseTerms } from '../engine/socialise.js';
import { plus } from '../engine/math.js';
import { SYSTEM_PROGRAM } from '../addresses.js';
import type { Bank, Market, PauseState } from '../generated/index.js';
import { type BankView, governancePrice, isPriced, type MarketView } from '../view.js';

/** Whether a pause is in force. */
export function isPaused(pause: PauseState, now: bigint): boolean {
    return now < pause.until;
}

/** Whether deposits in a bank count as nothing. */
export function isDelisted(bank: Bank): boolean {
    return bank.config.delisted !== 0;
}

/** Whether the governance token has a price feed. */
export function hasFeed(market: Market): boolean {
    return market.config.oracleProgram !== SYSTEM_PROGRAM;
}

/** Price and decimals of a bank's asset. */
export function quoteOf({ price, decimals }: Bank): Quote {
    return { price, decimals };
}

/** Price, decimals and weights of a bank's asset. */
export function assetOf(bank: Bank): Asset {
    return { ...quoteOf(bank), weights: bank.config };
}

/** How the governance token is priced in a bank's asset. */
export function pricePolicy(market: Market, bank: Bank): PricePolicy {
    const { maxDiscountBps, premiumBps } = market.config;
    const { fixedFloorRate, fixedStartRate } = bank.config;
    return { maxDiscountBps, premiumBps, fixedFloorRate, fixedStartRate };
}

/** Prices of the governance token and of a bank's asset, if both are usable now. */
export function feedOf(view: MarketView, { bank }: BankView): Feed | undefined {
    const price = governancePrice(view);
    if (!price || !isPriced(view, bank)) return undefined;
    const token = { price, decimals: view.market.governanceDecimals };
    return { token, debt: quoteOf(bank) };
}

/** What decides whether a bank's deficit may be socialised. */
export function socialiseTerms(market: Market, bank: Bank, now: bigint): SocialiseTerms {
    const { issuancePause: pause } = market;
    const delay = bank.config.socialiseDelaySecs;
    const fixed = bank.config.fixedFloorRate > 0n ? now : undefined;
    return {
        bank: bank.config,
        market: market.config,
        halted: isPaused(pause, now) && now >= plus(pause.since, delay),
        pricedAt: hasFeed(market) ? market.governancePricedAt : fixed,
        failedAuctions: bank.failedAuctions,
        issuance: market,
    };
}

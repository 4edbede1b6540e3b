/** Prices of auctions and buy-backs, now and at a time. */
import type { Address } from '@solana/kit';
import {
    type Auction,
    type FillPlan,
    holdsTokens,
    isSettled,
    planFill,
    rateUp,
} from '../engine/auction.js';
import {
    type BuyBack,
    buyBackRateDown,
    isRunning,
    planSale,
    requireClosable,
    type SalePlan,
    startBuyBack,
} from '../engine/buyBack.js';
import { orElse } from '../engine/error.js';
import { buyBackRange, type PriceRange } from '../engine/issuance.js';
import { min, tokensUp } from '../engine/math.js';
import { refuseWith } from '../error.js';
import { bankAt, type BankView, governancePrice, isPriced, type MarketView } from '../view.js';
import { hasFeed, isPaused, pricePolicy, quoteOf } from './state.js';

/**
 * `announced`: issued, not on sale yet. `open`: on sale. `expired`: its time is
 * over, `close_auction` burns what is left. `settled`: its deficit was covered
 * otherwise, what is left is for nothing.
 */
export type AuctionPhase = 'announced' | 'open' | 'expired' | 'settled';

/** An auction at a time. */
export interface AuctionQuote {
    /** Lot, schedule and price range. */
    readonly auction: Auction;
    /** Where it stands. */
    readonly phase: AuctionPhase;
    /** Atoms per governance atom times 2⁶⁴; none outside the time of sale. */
    readonly rate: bigint | undefined;
    /** (atoms) What it still has to raise. */
    readonly onAuction: bigint;
    /** (governance atoms) What would raise it at that price; the rest is burned. */
    readonly needed: bigint | undefined;
}

/** The bank's auction at `at` (unix secs), if nothing is bought before; nothing if it has none. */
export function auction(view: MarketView, bank: Address, at = view.now): AuctionQuote | undefined {
    const { auction, ledger } = bankAt(view, bank).bank;
    if (!holdsTokens(auction)) return undefined;
    const phase = phaseOf(auction, isSettled(auction, ledger), at);
    const rate = phase === 'open' ? orElse(() => rateUp(auction, at), undefined) : undefined;
    const needed =
        rate === undefined ? undefined : orElse(() => tokensUp(rate, ledger.onAuction), undefined);
    return {
        auction,
        phase,
        rate,
        onAuction: ledger.onAuction,
        needed: needed === undefined ? undefined : min(needed, auction.lot),
    };
}

function phaseOf(auction: Auction, settled: boolean, at: bigint): AuctionPhase {
    if (settled) return 'settled';
    if (at < auction.opensAt) return 'announced';
    return at > auction.endsAt ? 'expired' : 'open';
}

/**
 * What `buy_governance` would sell now. Throws `IssuancePaused`, `NoAuction`,
 * `AuctionNotOpen`, `AuctionEnded`, `PaymentAboveMax`, `ZeroAmount`.
 */
export function buy(view: MarketView, bank: Address, amount: bigint, maxPay: bigint): FillPlan {
    if (isPaused(view.market.issuancePause, view.now)) refuseWith('IssuancePaused');
    const { auction, ledger } = bankAt(view, bank).bank;
    return planFill(auction, ledger, amount, maxPay, view.now);
}

function range(view: MarketView, target: BankView): PriceRange {
    const price = governancePrice(view);
    if (price && !isPriced(view, target.bank)) refuseWith('PriceNotRefreshed');
    const token = price && { price, decimals: view.market.governanceDecimals };
    const policy = pricePolicy(view.market, target.bank);
    const feed = token && { token, debt: quoteOf(target.bank) };
    return buyBackRange(policy, hasFeed(view.market), feed) ?? refuseWith('NoGovernancePrice');
}

/**
 * The buy-back that `start_buy_back` would start now. Throws `WoundDown`,
 * `WriteOffPaused`, `NoGovernancePrice`, `AuctionLive`, `DeficitOpen`, `NoSurplus`.
 */
export function buyBack(view: MarketView, bank: Address): BuyBack {
    const target = bankAt(view, bank);
    const { ledger, config, woundDown } = target.bank;
    if (woundDown !== 0) refuseWith('WoundDown');
    if (isPaused(view.market.writeOffPause, view.now)) refuseWith('WriteOffPaused');
    const started = startBuyBack(
        ledger,
        target.bank.buyBack,
        config.insuranceTargetBps,
        range(view, target),
        view.market.config.auctionDurationSecs,
        view.now,
    );
    if (started.budget < config.minAuctionDeficit) refuseWith('NoSurplus');
    return started;
}

/** Price of the bank's buy-back at `at` (unix secs), by its curve; none outside its time. */
export function buyBackRate(view: MarketView, bank: Address, at = view.now): bigint | undefined {
    const running = bankAt(view, bank).bank.buyBack;
    if (!isRunning(running)) return undefined;
    return orElse(() => buyBackRateDown(running, at), undefined);
}

/** Passes if `close_buy_back` would end the bank's buy-back now. Throws `NoAuction`, `AuctionNotEnded`. */
export function requireCloseBuyBack(view: MarketView, bank: Address): void {
    const { buyBack, ledger } = bankAt(view, bank).bank;
    requireClosable(buyBack, ledger, view.now);
}

/** What `sell_governance` would pay now. Throws `WriteOffPaused`, `NoGovernancePrice`, `RuleError`. */
export function sale(
    view: MarketView,
    bank: Address,
    amount: bigint,
    minProceeds: bigint,
): SalePlan {
    const target = bankAt(view, bank);
    if (isPaused(view.market.writeOffPause, view.now)) refuseWith('WriteOffPaused');
    const { start: highest } = range(view, target);
    return planSale(
        target.bank.buyBack,
        target.bank.ledger,
        amount,
        minProceeds,
        target.bank.config.insuranceTargetBps,
        highest,
        view.now,
    );
}

/** What a write-off, a cover, a closed auction or socialising would do, tier by tier. */
import type { Address } from '@solana/kit';
import { type ClosePlan, isSettled, NO_AUCTION, planClose } from '../engine/auction.js';
import {
    auctionRange,
    burnUnsold,
    type Issuance,
    type IssuanceTerms,
    type PriceRange,
} from '../engine/issuance.js';
import { checkBooks, checkSplit, type Ledger } from '../engine/ledger.js';
import { since } from '../engine/math.js';
import { type CollectPlan, planCollectFees } from '../engine/recovery.js';
import { givesUp, planSocialise, type SocialisePlan } from '../engine/socialise.js';
import {
    type CoverPlan,
    planCover,
    planWriteOff,
    WRITE_OFF_MODE,
    type WriteOffPlan,
} from '../engine/waterfall.js';
import { refuseWith } from '../error.js';
import type { Bank, Market, Obligation } from '../generated/index.js';
import { depositBanks, positionIn } from '../obligation.js';
import { bankAt, type BankView, governancePrice, type MarketView, withBank } from '../view.js';
import { feedOf, hasFeed, isDelisted, isPaused, pricePolicy, socialiseTerms } from './state.js';

/** What `cover_deficit` would do now. */
export interface CoverQuote {
    /** The tiers. */
    readonly plan: CoverPlan;
    /** (atoms) Deficit before. */
    readonly deficitBefore: bigint;
    /** (governance atoms) Burned from escrow: what settled auctions left. */
    readonly burned: bigint;
    /** Market and bank afterwards, for the quote of what follows. */
    readonly after: MarketView;
}

/** What `write_off` would do now. */
export interface WriteOffQuote extends Omit<CoverQuote, 'plan'> {
    /** Loss, tiers and bounty. */
    readonly plan: WriteOffPlan;
    /** (atoms) Open afterwards and not on auction. */
    readonly leftOpen: bigint;
}

/**
 * Passes if `write_off` would accept the obligation: no pause, no collateral,
 * long enough since its owner last borrowed or withdrew. Throws what the program
 * would say.
 */
export function requireWriteOff(view: MarketView, bank: Address, obligation: Obligation): void {
    const { config } = bankAt(view, bank).bank;
    if (config.writeOffMode === WRITE_OFF_MODE.disabled) refuseWith('WriteOffDisabled');
    if (isPaused(view.market.writeOffPause, view.now)) refuseWith('WriteOffPaused');
    const position = positionIn(obligation, bank) ?? refuseWith('NoPosition');
    if (position.debtShares === 0n) refuseWith('NoDebt');
    const age = since(view.now, obligation.riskRaisedAt);
    if (age < BigInt(config.minRiskAgeSecs)) refuseWith('RiskTooRecent');
    for (const deposit of depositBanks(obligation)) {
        if (!isDelisted(bankAt(view, deposit).bank)) refuseWith('CollateralLeft');
    }
}

/** How a write-off is quoted. */
export interface WriteOffOptions {
    /** Whether a keeper's account is passed for the bounty; it is unless this is `false`. */
    readonly bounty?: boolean;
}

/** Writes off the obligation's debt in `bank`. Throws what {@link requireWriteOff} throws. */
export function writeOff(
    view: MarketView,
    bank: Address,
    obligation: Obligation,
    options: WriteOffOptions = {},
): WriteOffQuote {
    requireWriteOff(view, bank, obligation);
    return writeOffUnchecked(view, bank, obligation, options);
}

/** The tiers alone, for a report: as if pause, mode, collateral and age allowed it. */
export function writeOffUnchecked(
    view: MarketView,
    bank: Address,
    obligation: Obligation,
    options: WriteOffOptions = {},
): WriteOffQuote {
    const pass = begin(view, bankAt(view, bank));
    const { debtShares } = positionIn(obligation, bank) ?? refuseWith('NoPosition');
    const { ledger, config, auction } = pass.bank;
    const bountyBps = options.bounty === false ? 0 : config.bountyBps;
    const draw = { ...pass.bank, config: { ...config, bountyBps } };
    const plan = planWriteOff(ledger, debtShares, draw, pass.terms, auction, view.now);
    const { bountyBucket } = plan;
    const failedAuctions = plan.loss > ledger.deficit ? 0 : pass.bank.failedAuctions;
    const ended = end(pass, { ...pass.bank, bountyBucket, failedAuctions }, plan.cover, view);
    const { deficit, onAuction } = plan.cover.ledger;
    return { plan, leftOpen: deficit - onAuction, ...ended };
}

/** Covers an open deficit as far as that is possible now. Throws `NoDeficit`. */
export function cover(view: MarketView, bank: Address): CoverQuote {
    const target = bankAt(view, bank);
    if (target.bank.ledger.deficit === 0n) refuseWith('NoDeficit');
    const pass = begin(view, target);
    const { ledger, auction } = pass.bank;
    const plan = planCover(ledger, pass.bank, pass.terms, auction, view.now);
    return { plan, ...end(pass, pass.bank, plan, view) };
}

/** Whether a cover would change more than the time of the books. */
export function doesSomething({ plan, deficitBefore, burned }: CoverQuote): boolean {
    return plan.ledger.deficit < deficitBefore || plan.opening !== undefined || burned > 0n;
}

/** Ends an auction. Throws `NoAuction`, `AuctionNotEnded`. */
export function closeAuction(view: MarketView, bank: Address): ClosePlan {
    const { auction, ledger } = bankAt(view, bank).bank;
    return planClose(auction, ledger, view.now);
}

/**
 * Lets lenders share the deficit. Throws `WriteOffPaused`, and what still stands
 * above lenders: `NoDeficit`, `AuctionLive`, `InsuranceNotEmpty`, `SocialiseTooEarly`.
 */
export function socialise(view: MarketView, bank: Address): SocialisePlan {
    const state = bankAt(view, bank).bank;
    if (isPaused(view.market.writeOffPause, view.now)) refuseWith('WriteOffPaused');
    const terms = socialiseTerms(view.market, state, view.now);
    return planSocialise(state.ledger, terms, state.auction, view.now);
}

/** Fees that `collect_fees` would move. Throws `WriteOffPaused`, `DeficitOpen`, `ZeroAmount`. */
export function collectable(view: MarketView, bank: Address): CollectPlan {
    if (isPaused(view.market.writeOffPause, view.now)) refuseWith('WriteOffPaused');
    return planCollectFees(bankAt(view, bank).bank.ledger);
}

/** State before the tiers: what a settled auction left is burned, and the price is seen. */
interface Pass {
    readonly target: BankView;
    readonly market: Market;
    readonly bank: Bank;
    readonly burned: bigint;
    readonly deficitBefore: bigint;
    readonly terms: IssuanceTerms | undefined;
}

function begin(view: MarketView, target: BankView): Pass {
    const settled = closeSettled(view.market, target.bank, target.bank.ledger, view.now);
    const market = withSeenPrice(view, settled.market);
    const prices = issuancePrices(view, market, { ...target, bank: settled.bank });
    const terms = prices && {
        issuance: market,
        config: market.config,
        prices,
        minOffer: target.bank.config.minAuctionDeficit,
    };
    const deficitBefore = target.bank.ledger.deficit;
    return { target, market, bank: settled.bank, burned: settled.burned, deficitBefore, terms };
}

/** The market remembers when it last saw a usable price. */
function withSeenPrice(view: MarketView, market: Market): Market {
    const update = view.governancePrice;
    if (!update || !governancePrice(view)) return market;
    const governancePublishedAt = update.observation.published;
    return { ...market, governancePricedAt: view.now, governancePublishedAt };
}

/** Prices at which the bank may issue now; nothing if it may not. */
function issuancePrices(
    view: MarketView,
    market: Market,
    target: BankView,
): PriceRange | undefined {
    const { bank } = target;
    const may =
        bank.config.writeOffMode === WRITE_OFF_MODE.full &&
        !isPaused(market.issuancePause, view.now) &&
        !givesUp(socialiseTerms(market, bank, view.now), bank.ledger, view.now);
    if (!may) return undefined;
    return auctionRange(pricePolicy(market, bank), hasFeed(market), feedOf(view, target));
}

function end(pass: Pass, bank: Bank, plan: CoverPlan, view: MarketView): Omit<CoverQuote, 'plan'> {
    const { opening, ledger, drawBucket } = plan;
    checkSplit(ledger);
    checkBooks(ledger);
    const failedAuctions = ledger.deficit === 0n ? 0 : bank.failedAuctions;
    const auction = opening?.auction ?? bank.auction;
    const stored = { ...bank, ledger, drawBucket, failedAuctions, auction };
    const market = opening
        ? withIssuance(pass.market, opening.issuance, { issued: opening.lot })
        : pass.market;
    const settled = closeSettled(market, stored, ledger, view.now);
    return {
        deficitBefore: pass.deficitBefore,
        burned: pass.burned + settled.burned,
        after: withBank(view, { ...pass.target, bank: settled.bank }, settled.market),
    };
}

function withIssuance(
    market: Market,
    { supply, outstanding, issuanceBucket }: Issuance,
    change: { readonly issued?: bigint; readonly burned?: bigint },
): Market {
    return {
        ...market,
        supply,
        outstanding,
        issuanceBucket,
        issued: market.issued + (change.issued ?? 0n),
        burned: market.burned + (change.burned ?? 0n),
    };
}

/** Takes what is left of an auction whose deficit was covered otherwise out of the books. */
function closeSettled(
    market: Market,
    bank: Bank,
    ledger: Ledger,
    now: bigint,
): { market: Market; bank: Bank; burned: bigint } {
    const { auction } = bank;
    if (!isSettled(auction, ledger)) return { market, bank, burned: 0n };
    const after = burnUnsold(market, auction.lot, market.config, auction.issuedAt, now);
    return {
        market: withIssuance(market, after, { burned: auction.lot }),
        bank: { ...bank, auction: NO_AUCTION },
        burned: auction.lot,
    };
}

/** One bank's auction: its price, its plot, and the form that buys. */
import { type BankView, governancePrice, isPriced, type MarketView, quote } from '@backstop/client';
import { exchangeRateDown } from '@backstop/client/engine';
import { BuyForm, type FormContext } from './buy-form.js';
import type { Snapshot } from './chain.js';
import { Curve } from './curve.js';
import { el, Facts, setText } from './dom.js';
import { clock, type Decimals, duration, percent, price, shown } from './text.js';
import { tokenName } from './tokens.js';

/** (bps) All of the oracle's price. */
const PAR = 10_000n;
/** Between two announcements of the price to a screen reader. */
const ANNOUNCE_MS = 20_000;

let cards = 0;

/** The card of a bank whose auction holds tokens. */
export class AuctionCard {
    /** The card. */
    readonly element: HTMLElement;
    private readonly title: HTMLElement;
    private readonly phase = el('p', { class: 'phase' });
    private readonly now = el('span', { class: 'price' });
    private readonly per = el('span', { class: 'per' });
    private readonly spoken = el('p', { class: 'unseen', role: 'status' });
    private readonly curve = new Curve();
    private readonly facts = new Facts();
    private readonly form: BuyForm;
    private readonly figures: HTMLElement;
    private spokenAt = 0;
    private spokenPhase: quote.AuctionPhase | undefined;

    constructor(context: FormContext) {
        cards += 1;
        const id = `auction-${cards}`;
        this.title = el('h3', { id });
        this.form = new BuyForm(context);
        this.figures = el(
            'div',
            {},
            el('p', { class: 'now' }, this.now, this.per),
            this.curve.element,
        );
        const right = el('div', {}, this.facts.element, this.form.element, this.form.receipt);
        this.element = el(
            'article',
            { class: 'card auction', 'aria-labelledby': id },
            el('div', { class: 'head' }, this.title, this.phase),
            this.spoken,
            el('div', { class: 'halves' }, this.figures, right),
        );
    }

    /** Shows the auction in its state. */
    show(snapshot: Snapshot, target: BankView, auction: quote.AuctionQuote): void {
        const { view } = snapshot;
        const { keys, bank } = target;
        const asset = tokenName(keys.mint);
        const token = tokenName(view.keys.mint);
        const decimals: Decimals = {
            governance: view.market.governanceDecimals,
            asset: bank.decimals,
        };
        const oracle = oracleRate(view, target);
        this.element.dataset['phase'] = auction.phase;
        setText(this.title, `${token} for ${asset}`);
        setText(this.phase, phaseText(auction, view.now));
        this.showPrice(auction, decimals, `${asset} for one ${token}`);
        this.curve.show({ auction, now: view.now, oracle, decimals, asset });
        this.showFacts(auction, view, oracle, { decimals, asset, token });
        this.figures.hidden = false;
        this.facts.element.hidden = false;
        this.form.element.hidden = auction.phase !== 'open';
        this.form.show({
            snapshot,
            auction,
            bank: keys.bank,
            mint: keys.mint,
            decimals,
            asset,
            token,
        });
        this.speak(auction, view.now, decimals, asset);
    }

    /** The auction is no more. Whether the card still has something to say. */
    finish(): boolean {
        this.element.dataset['phase'] = 'finished';
        setText(this.phase, 'Over: this auction has raised what it was for, or was closed');
        for (const part of [this.figures, this.facts.element, this.form.element])
            part.hidden = true;
        return this.form.receipt.hasChildNodes();
    }

    private showPrice(
        { auction, phase, rate }: quote.AuctionQuote,
        decimals: Decimals,
        unit: string,
    ): void {
        const first = phase === 'announced' ? auction.startRate : undefined;
        const shownRate = rate ?? first;
        setText(this.now, shownRate === undefined ? '' : price(shownRate, decimals));
        setText(this.per, shownRate === undefined ? '' : first ? `${unit} at the start` : unit);
    }

    private showFacts(
        { auction, rate, needed, onAuction }: quote.AuctionQuote,
        { now }: MarketView,
        oracle: bigint | undefined,
        { decimals, asset, token }: { decimals: Decimals; asset: string; token: string },
    ): void {
        const { facts } = this;
        facts.set('Has to raise', `${shown(onAuction, decimals.asset)} ${asset}`);
        facts.set('Tokens in escrow', `${shown(auction.lot, decimals.governance)} ${token}`);
        const wanted =
            needed === undefined ? undefined : `${shown(needed, decimals.governance)} ${token}`;
        facts.set('Needed at this price', wanted);
        facts.set(
            'Against the oracle',
            rate !== undefined && oracle !== undefined ? distance(rate, oracle) : undefined,
        );
        const left = auction.endsAt > now ? duration(auction.endsAt - now) : undefined;
        facts.set('Time left', rate === undefined ? undefined : left);
    }

    /** A screen reader hears the price when the phase changes, and then now and again: not every second. */
    private speak(
        { phase, rate }: quote.AuctionQuote,
        now: bigint,
        decimals: Decimals,
        asset: string,
    ): void {
        const due = Date.now() - this.spokenAt > ANNOUNCE_MS;
        if (phase === this.spokenPhase && !(due && rate !== undefined)) return;
        this.spokenAt = Date.now();
        this.spokenPhase = phase;
        const text =
            rate === undefined
                ? ''
                : `The price is ${price(rate, decimals)} ${asset} at ${clock(now, now)}.`;
        setText(this.spoken, text);
    }
}

/** The oracle's price of a governance token in a bank's asset, where both have one. */
function oracleRate(view: MarketView, { bank }: BankView): bigint | undefined {
    const found = governancePrice(view);
    if (!found || !isPriced(view, bank)) return undefined;
    const token = { price: found, decimals: view.market.governanceDecimals };
    return exchangeRateDown(token, { price: bank.price, decimals: bank.decimals }, PAR);
}

function distance(rate: bigint, oracle: bigint): string {
    if (oracle === 0n || rate === oracle) return 'the same';
    return rate > oracle
        ? `${percent(rate - oracle, oracle)} above`
        : `${percent(oracle - rate, oracle)} below`;
}

function phaseText({ phase, auction }: quote.AuctionQuote, now: bigint): string {
    switch (phase) {
        case 'announced':
            return `Opens in ${duration(auction.opensAt - now)}, at ${clock(auction.opensAt, now)}`;
        case 'open':
            return `Open until ${clock(auction.endsAt, now)}`;
        case 'expired':
            return `Over since ${clock(auction.endsAt, now)}: anybody may close it, what is left is burned`;
        case 'settled':
            return 'Over: its deficit was covered otherwise, what is left is burned when it is closed';
    }
}

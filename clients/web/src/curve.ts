/** The plot of an auction's price: a line from start to floor, and where it is now. */
import { el, setText, svg } from './dom.js';
import { clock, type Decimals, duration, price } from './text.js';
import type { quote } from '@backstop/client';

/** The plot's own unit: thousandths of its width and height. */
const UNIT = 1_000n;
/** Room above the highest and below the lowest price. */
const MARGIN = 120n;
/** Two labels closer than this would cover each other. */
const NEAR = 140n;

/** Everything that the plot shows. */
export interface CurveState {
    readonly auction: quote.AuctionQuote;
    /** (unix secs) */
    readonly now: bigint;
    /** The oracle's price of the token, as a rate, if it has one. */
    readonly oracle: bigint | undefined;
    readonly decimals: Decimals;
    readonly asset: string;
}

let plots = 0;

/** An SVG that stretches, with labels beside it that do not. */
export class Curve {
    /** The figure. */
    readonly element: HTMLElement;
    private readonly title: SVGTitleElement;
    private readonly line = svg('path', { class: 'line' });
    private readonly past = svg('path', { class: 'past' });
    private readonly area = svg('path', { class: 'area' });
    private readonly guides = svg('path', { class: 'guides' });
    private readonly par = svg('path', { class: 'par' });
    private readonly drop = svg('path', { class: 'drop' });
    private readonly marker = el('span', { class: 'marker', 'aria-hidden': 'true' });
    private readonly startLabel = label('start');
    private readonly floorLabel = label('floor');
    private readonly parLabel = label('par');
    private readonly nowLabel = label('now');
    private readonly opens = el('span');
    private readonly ends = el('span');

    constructor() {
        plots += 1;
        const id = `curve-${plots}`;
        this.title = svg('title', { id });
        const box = `0 0 ${UNIT} ${UNIT}`;
        const plot = svg(
            'svg',
            { viewBox: box, preserveAspectRatio: 'none', role: 'img', 'aria-labelledby': id },
            this.title,
            this.area,
            this.guides,
            this.par,
            this.line,
            this.past,
            this.drop,
        );
        const labels = [this.startLabel, this.floorLabel, this.parLabel, this.nowLabel];
        this.element = el(
            'div',
            { class: 'curve' },
            el('div', { class: 'plot' }, plot, ...labels, this.marker),
            el('div', { class: 'axis', 'aria-hidden': 'true' }, this.opens, this.ends),
        );
    }

    /** Draws the state. */
    show(state: CurveState): void {
        const { auction, rate } = state.auction;
        const oracle = state.oracle ?? auction.startRate;
        const top = oracle > auction.startRate ? oracle : auction.startRate;
        const bottom = oracle < auction.floorRate ? oracle : auction.floorRate;
        const y = (value: bigint): bigint =>
            MARGIN + (ratio(top - value, top - bottom) * (UNIT - 2n * MARGIN)) / UNIT;
        const x = ratio(
            clamp(state.now, auction.opensAt, auction.endsAt) - auction.opensAt,
            auction.endsAt - auction.opensAt,
        );
        const [start, floor] = [y(auction.startRate), y(auction.floorRate)];
        const here = rate === undefined ? (x === 0n ? start : floor) : y(rate);

        draw(this.line, `M0 ${start}L${UNIT} ${floor}`);
        draw(this.past, `M0 ${start}L${x} ${here}`);
        draw(this.area, `M0 ${start}L${UNIT} ${floor}V${UNIT}H0Z`);
        draw(this.guides, `M0 ${start}H${UNIT}M0 ${floor}H${UNIT}`);
        draw(this.drop, `M${x} ${here}V${UNIT}`);
        place(this.marker, x, here);

        const text = (value: bigint): string => price(value, state.decimals);
        // The line leaves the upper right and the lower left free.
        setText(this.startLabel, `start ${text(auction.startRate)}`);
        place(this.startLabel, UNIT, start);
        setText(this.floorLabel, `floor ${text(auction.floorRate)}`);
        place(this.floorLabel, 0n, floor);
        this.showOracle(state, y);
        setText(this.nowLabel, rate === undefined ? '' : text(rate));
        this.nowLabel.classList.toggle('leftwards', x > (UNIT * 7n) / 10n);
        place(this.nowLabel, x, here);

        setText(this.opens, `opens ${clock(auction.opensAt, state.now)}`);
        setText(this.ends, `ends ${clock(auction.endsAt, state.now)}`);
        setText(this.title, describe(state));
    }

    private showOracle(
        { oracle, decimals, auction: { auction } }: CurveState,
        y: (rate: bigint) => bigint,
    ): void {
        const apart = oracle === undefined ? UNIT : y(oracle) - y(auction.startRate);
        this.startLabel.classList.toggle('below', -NEAR < apart && apart < 0n);
        this.parLabel.classList.toggle('below', 0n <= apart && apart < NEAR);
        draw(this.par, oracle === undefined ? '' : `M0 ${y(oracle)}H${UNIT}`);
        setText(this.parLabel, oracle === undefined ? '' : `oracle ${price(oracle, decimals)}`);
        if (oracle !== undefined) place(this.parLabel, UNIT, y(oracle));
    }
}

function describe({ auction: { auction, rate }, now, decimals, asset }: CurveState): string {
    const text = (value: bigint): string => `${price(value, decimals)} ${asset}`;
    const fall = `The price of a token falls in a straight line from ${text(auction.startRate)} to ${text(auction.floorRate)} within ${duration(auction.endsAt - auction.opensAt)}.`;
    if (rate === undefined) return fall;
    return `${fall} Now, with ${duration(auction.endsAt - now)} to go, it is ${text(rate)}.`;
}

function label(name: string): HTMLElement {
    return el('span', { class: `label label-${name}`, 'aria-hidden': 'true' });
}

/** `part` of `whole` in the plot's units. */
function ratio(part: bigint, whole: bigint): bigint {
    return whole === 0n ? 0n : (part * UNIT) / whole;
}

function clamp(value: bigint, least: bigint, most: bigint): bigint {
    if (value < least) return least;
    return value > most ? most : value;
}

function draw(path: SVGPathElement, d: string): void {
    path.setAttribute('d', d);
}

function place(element: HTMLElement, x: bigint, y: bigint): void {
    element.style.left = `${Number(x) / 10}%`;
    element.style.top = `${Number(y) / 10}%`;
}

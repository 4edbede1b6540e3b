/** Who has what, and who would lose what if everything insolvent were written off now. */
import { isPriced, type MarketView, quote } from '@backstop/client';
import { issuanceRoomDown, orElse, saturatingSub, valueDown } from '@backstop/client/engine';
import { el, Facts, setText } from './dom.js';
import type { Snapshot } from './chain.js';
import { dollars, percent, shown } from './text.js';
import { tokenName } from './tokens.js';

const MILLION = 1_000_000n;

/** Those who pay, first to last: what the table calls them, and what belongs to each. */
const PAYERS = [
    ['Protocol fees', 'fees'],
    ['Insurance fees', 'insurance-fees'],
    ['Insurance vault', 'insurance'],
    ['Governance auction', 'auction'],
    ['Left for later, or for lenders', 'lenders'],
] as const;

/** The section of the page. */
export class SolvencySection {
    private readonly summary = el('p', { class: 'summary' });
    private readonly issuance = new Facts();
    private readonly list = el('div', { class: 'banks' });
    private readonly cards = new Map<string, BankCard>();

    constructor(root: HTMLElement) {
        root.append(this.summary, this.issuance.element, this.list);
    }

    /** Shows a report. */
    show({ view, report }: Snapshot): void {
        setText(this.summary, summaryOf(report));
        this.showIssuance(view);
        for (const found of report.banks) {
            const { bank } = found.bank.keys;
            let card = this.cards.get(bank);
            if (!card) {
                card = new BankCard(bank);
                this.cards.set(bank, card);
                this.list.append(card.element);
            }
            card.show(view, found);
        }
    }

    private showIssuance({ market, keys, now }: MarketView): void {
        const text = (atoms: bigint): string =>
            `${shown(atoms, market.governanceDecimals)} ${tokenName(keys.mint)}`;
        const room = orElse(() => issuanceRoomDown(market, market.config, now), 0n);
        const lifetime = saturatingSub(market.config.lifetimeIssuanceCap, market.outstanding);
        this.issuance.set('May be issued now', text(room));
        this.issuance.set('Left of the lifetime cap', text(lifetime));
        this.issuance.set('Issued so far', text(market.issued));
        this.issuance.set('Burned so far', text(market.burned));
        const paused = quote.isPaused(market.issuancePause, now);
        this.issuance.set('Issuance', paused ? 'paused by the guardian' : undefined);
    }
}

function summaryOf({ obligations, insolvent, unhealthy, unpriced }: quote.Solvency): string {
    const parts = [
        `${obligations} ${obligations === 1 ? 'obligation' : 'obligations'}`,
        insolvent === 0 ? 'none of them insolvent' : `${insolvent} insolvent`,
        `${unhealthy} below the liquidation threshold`,
    ];
    if (unpriced > 0) parts.push(`${unpriced} without a usable price`);
    return `${parts.join(', ')}.`;
}

class BankCard {
    readonly element: HTMLElement;
    private readonly title: HTMLElement;
    private readonly price = el('p', { class: 'phase' });
    private readonly mint = el('code');
    private readonly facts = new Facts();
    private readonly bar = el('div', { class: 'bar', 'aria-hidden': 'true' });
    private readonly amounts = new Map<string, HTMLElement>();
    private readonly total = el('td');
    private readonly worst = el('p', { class: 'quiet' });

    constructor(bank: string) {
        const id = `bank-${bank}`;
        this.title = el('h3', { id });
        const rows = PAYERS.map(([name, key]) => {
            const amount = el('td');
            this.amounts.set(key, amount);
            const swatch = el('span', { class: `swatch ${key}`, 'aria-hidden': 'true' });
            return el('tr', {}, el('th', { scope: 'row' }, swatch, name), amount);
        });
        const caption =
            'If everything insolvent were written off now, who would pay, first to last';
        const table = el(
            'table',
            {},
            el('caption', {}, caption),
            el(
                'thead',
                {},
                el(
                    'tr',
                    {},
                    el('th', { scope: 'col' }, 'Who pays'),
                    el('th', { scope: 'col' }, 'How much'),
                ),
            ),
            el('tbody', {}, ...rows),
            el('tfoot', {}, el('tr', {}, el('th', { scope: 'row' }, 'All losses'), this.total)),
        );
        this.element = el(
            'article',
            { class: 'card bank', 'aria-labelledby': id },
            el('div', { class: 'head' }, this.title, this.price),
            el('p', { class: 'mint' }, 'Mint ', this.mint),
            this.facts.element,
            table,
            this.bar,
            this.worst,
        );
    }

    show(view: MarketView, found: quote.BankSolvency): void {
        const { bank, keys } = found.bank;
        const { ledger, decimals } = bank;
        const asset = tokenName(keys.mint);
        const text = (atoms: bigint): string => shown(atoms, decimals);
        setText(this.title, asset);
        const quoted = { price: bank.price, decimals };
        const worth = (): string => dollars(valueDown(quoted, 10n ** BigInt(decimals), 'spot'));
        setText(this.price, isPriced(view, bank) ? worth() : 'no usable price now');
        setText(this.mint, keys.mint);
        this.element.classList.toggle('deficit', ledger.deficit > 0n);

        this.facts.set('Lenders own', text(ledger.lenderAssets));
        this.facts.set('Borrowed', text(ledger.borrowed));
        this.facts.set('Deficit', text(ledger.deficit));
        this.facts.set('Of it on auction', text(ledger.onAuction));
        this.facts.set('Insurance', text(ledger.insurance + ledger.insuranceFees));
        this.facts.set('Written off so far', text(ledger.lost));
        this.showLayers(view, found, asset);
    }

    private showLayers(
        view: MarketView,
        { bank, layers, worstHaircutPpm, blocked }: quote.BankSolvency,
        asset: string,
    ): void {
        const { decimals } = bank.bank;
        const paid: readonly (readonly [string, bigint])[] = [
            ['fees', layers.protocolFees],
            ['insurance-fees', layers.insuranceFees],
            ['insurance', layers.insurance],
            ['auction', layers.onAuction],
            ['lenders', layers.leftOpen],
        ];
        const total = paid.reduce((sum, [, atoms]) => sum + atoms, 0n);
        for (const [key, atoms] of paid) {
            const cell = this.amounts.get(key);
            if (cell) setText(cell, shown(atoms, decimals));
        }
        setText(this.total, `${shown(total, decimals)} ${asset}`);
        this.showBar(paid, total);
        const haircut = percent(worstHaircutPpm, MILLION);
        const kept =
            blocked > 0n
                ? ` ${shown(blocked, decimals)} cannot be written off: the bank's mode forbids it.`
                : '';
        const token = tokenName(view.keys.mint);
        const issued = shown(layers.issued, view.market.governanceDecimals);
        const more = layers.issued > 0n ? ` The auction would issue ${issued} ${token} more.` : '';
        setText(
            this.worst,
            total === 0n && blocked === 0n
                ? 'Nobody would lose anything.'
                : `If nobody bought and lenders had to share what is open, they would lose ${haircut} of their claims.${more}${kept}`,
        );
    }

    private showBar(paid: readonly (readonly [string, bigint])[], total: bigint): void {
        this.bar.hidden = total === 0n;
        const parts = paid
            .map(([key, atoms]) => [key, total === 0n ? 0n : (atoms * 1_000n) / total] as const)
            .filter(([, share]) => share > 0n);
        this.bar.replaceChildren(
            ...parts.map(([key, share]) => {
                const part = el('span', { class: key });
                part.style.flexGrow = String(share);
                return part;
            }),
        );
    }
}

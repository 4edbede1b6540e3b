/** The form that buys from one auction. */
import { parseAmount, quote, refusalOf, U64_MAX } from '@backstop/client';
import { min, tokensDown } from '@backstop/client/engine';
import type { Address } from '@solana/kit';
import type { Chain, Snapshot } from './chain.js';
import { el, setText } from './dom.js';
import { explain, type Problem, type Units } from './problem.js';
import { buy, mostToPay, type Receipt, type Stage } from './purchase.js';
import { type Decimals, exactly, price, shown, shownUp } from './text.js';
import type { Connection } from './wallet.js';

const STAGES: Readonly<Record<Stage, string>> = {
    pricing: 'Asking the chain for the price…',
    simulating: 'Simulating the purchase…',
    signing: 'Waiting for your wallet to sign…',
    sending: 'Sent. Waiting for the chain to confirm…',
};

/** What the form knows of its auction. */
export interface FormState {
    readonly snapshot: Snapshot;
    readonly auction: quote.AuctionQuote;
    readonly bank: Address;
    readonly mint: Address;
    readonly decimals: Decimals;
    /** Name of what is paid with. */
    readonly asset: string;
    /** Name of what is bought. */
    readonly token: string;
}

/** What the form needs of the page. */
export interface FormContext {
    readonly chain: Chain;
    readonly connection: () => Connection | undefined;
    /** Brings the buyer to where a wallet can be connected. */
    readonly wantWallet: () => void;
    /** Something was bought: read again. */
    readonly bought: () => void;
}

let forms = 0;

/** A form; its input and its messages stay when the price changes. */
export class BuyForm {
    /** The form. */
    readonly element: HTMLFormElement;
    /** What was bought last: it stays when the form goes with its auction. */
    readonly receipt = el('div', { class: 'receipt', role: 'status' });
    private readonly input: HTMLInputElement;
    private readonly unit = el('span', { class: 'unit' });
    private readonly cost: HTMLElement;
    private readonly has = el('p', { class: 'quiet' });
    private readonly submit = el('button', { type: 'submit', class: 'primary' }, 'Buy');
    private readonly status = el('p', { class: 'status', role: 'status' });
    private readonly problem: HTMLElement;
    private state: FormState | undefined;
    private busy = false;

    constructor(private readonly context: FormContext) {
        forms += 1;
        const [amount, cost, problem] = ['amount', 'cost', 'error'].map((of) => `${of}-${forms}`);
        this.cost = el('p', { class: 'cost', id: cost });
        this.problem = el('div', { class: 'problem', role: 'alert', id: problem });
        this.input = el('input', {
            id: amount,
            type: 'text',
            inputmode: 'decimal',
            autocomplete: 'off',
            'aria-describedby': `${cost} ${problem}`,
        });
        const all = el('button', { type: 'button', class: 'plain' }, 'As much as possible');
        this.element = el(
            'form',
            { class: 'buy', novalidate: true, 'aria-label': 'Buy governance tokens' },
            el('label', { for: amount }, 'Tokens to buy'),
            el('div', { class: 'amount' }, this.input, this.unit, all),
            this.cost,
            this.has,
            this.submit,
            this.status,
            this.problem,
        );
        this.input.addEventListener('input', () => this.showCost());
        all.addEventListener('click', () => this.fillMost());
        this.element.addEventListener('submit', (event) => {
            event.preventDefault();
            void this.buy();
        });
    }

    /** Shows what has changed. */
    show(state: FormState): void {
        this.state = state;
        setText(this.unit, state.token);
        const { purse, view } = state.snapshot;
        const has = (mint: Address, decimals: number): string =>
            shown(purse?.get(mint) ?? 0n, decimals);
        const { governance, asset } = state.decimals;
        setText(
            this.has,
            purse
                ? `The wallet has ${has(state.mint, asset)} ${state.asset} and ${has(view.keys.mint, governance)} ${state.token}.`
                : 'No wallet is connected.',
        );
        this.showCost();
    }

    private units(state: FormState): Units {
        const { decimals, asset } = state;
        return { now: state.snapshot.view.now, decimals: decimals.asset, asset };
    }

    private showCost(): void {
        const { state } = this;
        if (state) setText(this.cost, costOf(state, this.input.value));
    }

    /** What is on sale, as far as the wallet's money goes. */
    private fillMost(): void {
        const { state } = this;
        if (!state) return;
        const { rate, auction } = state.auction;
        if (rate === undefined) return;
        const purse = state.snapshot.purse?.get(state.mint);
        // Whoever can pay for all asks for all, so that none is left while the price falls.
        const forAll = mostToPay(state.auction, rate, auction.lot);
        const some = purse !== undefined && purse < forAll;
        const most = some ? min(auction.lot, tokensDown(rate, purse)) : auction.lot;
        this.input.value = exactly(most, state.decimals.governance).replaceAll(',', '');
        this.showCost();
        this.input.focus();
    }

    private async buy(): Promise<void> {
        const { state } = this;
        if (!state || this.busy) return;
        this.say(undefined);
        const connection = this.context.connection();
        if (!connection) {
            this.say({
                title: 'No wallet is connected',
                detail: 'Connect one at the top of the page.',
            });
            this.context.wantWallet();
            return;
        }
        this.setBusy(true);
        try {
            const amount = amountOf(this.input.value, state.decimals.governance);
            const receipt = await buy(this.context.chain, {
                bank: state.bank,
                amount,
                buyer: connection,
                onStage: (stage) => setText(this.status, STAGES[stage]),
            });
            this.thank(receipt, state);
        } catch (error) {
            const node = this.context.chain.settings.rpc;
            this.say(explain(error, node, this.units(this.state ?? state)));
            this.input.focus();
        } finally {
            this.setBusy(false);
            setText(this.status, '');
        }
    }

    private setBusy(busy: boolean): void {
        this.busy = busy;
        this.submit.setAttribute('aria-disabled', String(busy));
        setText(this.submit, busy ? 'Buying…' : 'Buy');
    }

    private say(problem: Problem | undefined): void {
        this.receipt.replaceChildren();
        this.input.setAttribute('aria-invalid', String(problem !== undefined));
        const { title, detail } = problem ?? {};
        this.problem.replaceChildren(
            ...(problem ? [el('strong', {}, `${title}.`), ' ', el('span', {}, detail ?? '')] : []),
        );
    }

    private thank({ signature, bought, paid, rate }: Receipt, state: FormState): void {
        const { decimals, token, asset } = state;
        const tokens = `${exactly(bought, decimals.governance)} ${token}`;
        const cost = `${exactly(paid, decimals.asset)} ${asset}`;
        this.receipt.replaceChildren(
            el('strong', {}, `Bought ${tokens} for ${cost}.`),
            ` The price was ${price(rate, decimals)} ${asset} for a token. Signature: `,
            el('code', { class: 'signature' }, signature),
        );
        this.input.value = '';
        this.showCost();
        this.context.bought();
    }
}

function amountOf(text: string, decimals: number): bigint {
    if (text.trim() === '') throw new RangeError('Say how many tokens to buy.');
    return parseAmount(text.replaceAll(',', ''), decimals);
}

/** What an amount costs at most, in words. */
function costOf(state: FormState, text: string): string {
    const { snapshot, bank, decimals, asset, token } = state;
    if (text.trim() === '')
        return 'The price only falls: you never pay more than it shows when you buy.';
    try {
        const amount = amountOf(text, decimals.governance);
        const fill = quote.buy(snapshot.view, bank, amount, U64_MAX);
        const cost = `Costs at most ${shownUp(fill.paid, decimals.asset)} ${asset} now.`;
        if (fill.bought === amount) return cost;
        const needed = shown(fill.bought, decimals.governance);
        return `${cost} No more is sold than is needed to cover the deficit: now ${needed} ${token}.`;
    } catch (error) {
        if (error instanceof RangeError) return error.message;
        if (refusalOf(error)) return 'Nothing to pay: that cannot be bought now.';
        throw error;
    }
}

/** Connecting a wallet. */
import { el } from './dom.js';
import { explain, type Problem } from './problem.js';
import { short } from './text.js';
import {
    connect,
    type Connection,
    disconnect,
    type UsableWallet,
    Wallets,
    watch,
} from './wallet.js';

/** The part of the header that shows wallets. */
export class WalletBar {
    private readonly wallets = new Wallets(() => this.render());
    private current: Connection | undefined;
    private unwatch: () => void = () => undefined;

    constructor(
        private readonly root: HTMLElement,
        private readonly on: {
            /** Another account, or none. */
            readonly changed: (connection: Connection | undefined) => void;
            /** A wallet did not do what it was asked; nothing when that is over. */
            readonly problem: (problem: Problem | undefined) => void;
        },
    ) {
        this.render();
    }

    /** The account that buys. */
    get connection(): Connection | undefined {
        return this.current;
    }

    /** Moves the focus to where a wallet can be connected. */
    focus(): void {
        this.root.querySelector('button')?.focus();
    }

    private render(): void {
        const hadFocus = this.root.contains(document.activeElement);
        this.root.replaceChildren(
            ...(this.current ? connected(this.current, this) : this.choices()),
        );
        if (hadFocus) this.focus();
    }

    private choices(): HTMLElement[] {
        const { usable } = this.wallets;
        if (usable.length > 0) return usable.map((wallet) => this.choice(wallet));
        const text = 'No wallet found. Wallets for Solana show themselves here.';
        return [el('p', { class: 'quiet' }, text)];
    }

    private choice(wallet: UsableWallet): HTMLElement {
        const icon = el('img', { src: wallet.icon, alt: '', width: '20', height: '20' });
        const button = el('button', { type: 'button' }, icon, `Connect ${wallet.name}`);
        button.addEventListener('click', () => void this.connect(wallet));
        return button;
    }

    private async connect(wallet: UsableWallet): Promise<void> {
        this.on.problem(undefined);
        try {
            this.use(await connect(wallet));
        } catch (error) {
            this.on.problem(explain(error, ''));
        }
    }

    /** Forgets the account. */
    async leave(): Promise<void> {
        const left = this.current;
        this.use(undefined);
        // A wallet that fails at this has no account of ours any more all the same.
        if (left) await disconnect(left).catch(() => undefined);
    }

    private use(connection: Connection | undefined): void {
        this.unwatch();
        this.current = connection;
        this.unwatch = connection ? watch(connection, (now) => this.use(now)) : () => undefined;
        this.render();
        this.on.changed(connection);
    }
}

function connected({ wallet, account }: Connection, bar: WalletBar): HTMLElement[] {
    const icon = el('img', { src: wallet.icon, alt: '', width: '20', height: '20' });
    const who = el(
        'span',
        { class: 'account', title: account.address },
        icon,
        short(account.address),
    );
    const button = el('button', { type: 'button', class: 'plain' }, 'Disconnect');
    button.addEventListener('click', () => void bar.leave());
    return [
        el('p', {}, el('span', { class: 'unseen' }, `${wallet.name} is connected: `), who),
        button,
    ];
}

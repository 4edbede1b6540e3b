/** The page: which market, reading it again and again, and showing what was read. */
import { type Address, address } from '@solana/kit';
import { quote } from '@backstop/client';
import { AuctionCard } from './auction-card.js';
import { Chain, type Snapshot } from './chain.js';
import { byId, el, setText } from './dom.js';
import { explain, type Problem } from './problem.js';
import { check, ofQuery, type RawSettings, toQuery } from './settings.js';
import { SolvencySection } from './solvency.js';
import { clock } from './text.js';
import { WalletBar } from './wallet-bar.js';
import './style/base.css';
import './style/page.css';
import './style/plot.css';
import './style/figures.css';

/** Between two readings. */
const READ_MS = 1_000;
/** What a reading may take before the node is said not to answer. */
const LIMIT_MS = 8_000;
/** After one that failed. */
const RETRY_MS = 3_000;

const form = byId('settings', HTMLFormElement);
const rpcInput = byId('rpc', HTMLInputElement);
const marketInput = byId('market', HTMLInputElement);
const problemBox = byId('problem', HTMLElement);
const read = byId('read', HTMLElement);
const announce = byId('announce', HTMLElement);
const pause = byId('pause', HTMLButtonElement);
const content = byId('content', HTMLElement);
const auctions = byId('auctions', HTMLElement);
const noAuction = byId('no-auction', HTMLElement);

const walletBar = new WalletBar(byId('wallet', HTMLElement), {
    changed: (connection) => {
        say(undefined);
        setText(
            announce,
            connection ? `${connection.wallet.name} is connected.` : 'No wallet is connected.',
        );
        void shownMarket?.refresh();
    },
    problem: say,
});

let paused = false;
let shownMarket: ShownMarket | undefined;

/** Shows a problem at the top, or takes it away. Writes only what has changed: it is read aloud. */
function say(problem: Problem | undefined): void {
    const text = problem ? `${problem.title}. ${problem.detail}` : '';
    if (problemBox.textContent === text) return;
    problemBox.replaceChildren(
        ...(problem ? [el('strong', {}, `${problem.title}.`), ` ${problem.detail}`] : []),
    );
}

/** One market, until another one is shown. */
class ShownMarket {
    private readonly solvency: SolvencySection;
    private readonly cards = new Map<Address, AuctionCard>();
    private timer: number | undefined;
    private stopped = false;
    private failing = false;
    private reading = 0;

    constructor(private readonly chain: Chain) {
        const section = byId('solvency', HTMLElement);
        section.replaceChildren(byId('solvency-title', HTMLElement));
        auctions.replaceChildren();
        content.hidden = true;
        this.solvency = new SolvencySection(section);
        void this.refresh();
    }

    /** Reads now; the next reading follows in its time. */
    async refresh(): Promise<void> {
        window.clearTimeout(this.timer);
        const owner = walletBar.connection?.account.address;
        const turn = (this.reading += 1);
        let failed = false;
        try {
            const reading = this.chain.snapshot(owner === undefined ? undefined : address(owner));
            const snapshot = await inTime(reading);
            if (this.isStale(turn)) return;
            this.show(snapshot);
            if (this.failing) say(undefined);
        } catch (error) {
            if (this.isStale(turn)) return;
            failed = true;
            say(explain(error, this.chain.settings.rpc));
            read.classList.add('stale');
        }
        this.failing = failed;
        this.schedule(failed ? RETRY_MS : READ_MS);
    }

    /** A later reading has begun, or another market is shown. */
    private isStale(turn: number): boolean {
        return this.stopped || turn !== this.reading;
    }

    /** Goes on or stops for a while. */
    schedule(wait = READ_MS): void {
        window.clearTimeout(this.timer);
        if (!paused && !this.stopped && !document.hidden)
            this.timer = window.setTimeout(() => void this.refresh(), wait);
    }

    /** Another market is shown. */
    stop(): void {
        this.stopped = true;
        window.clearTimeout(this.timer);
    }

    private show(snapshot: Snapshot): void {
        const { view, cluster } = snapshot;
        read.classList.remove('stale');
        setText(read, `${cluster}, slot ${view.slot}, chain time ${clock(view.now, view.now)}`);
        pause.hidden = false;
        content.hidden = false;
        this.showAuctions(snapshot);
        this.solvency.show(snapshot);
    }

    private showAuctions(snapshot: Snapshot): void {
        let live = 0;
        for (const bank of snapshot.view.banks) {
            const id = bank.keys.bank;
            const auction = quote.auction(snapshot.view, id);
            const known = this.cards.get(id);
            if (auction) {
                live += 1;
                (known ?? this.add(id)).show(snapshot, bank, auction);
            } else if (known && !known.finish()) {
                known.element.remove();
                this.cards.delete(id);
            }
        }
        noAuction.hidden = live > 0;
    }

    private add(bank: Address): AuctionCard {
        const card = new AuctionCard({
            chain: this.chain,
            connection: () => walletBar.connection,
            wantWallet: () => walletBar.focus(),
            bought: () => void this.refresh(),
        });
        this.cards.set(bank, card);
        auctions.append(card.element);
        return card;
    }
}

/** A node may take a question and never answer it. */
async function inTime<T>(reading: Promise<T>): Promise<T> {
    let timer: number | undefined;
    const late = new Promise<never>((_, reject) => {
        const error = new DOMException('no answer in time', 'TimeoutError');
        timer = window.setTimeout(() => reject(error), LIMIT_MS);
    });
    try {
        return await Promise.race([reading, late]);
    } finally {
        window.clearTimeout(timer);
    }
}

function open(raw: RawSettings): void {
    shownMarket?.stop();
    shownMarket = undefined;
    say(undefined);
    try {
        shownMarket = new ShownMarket(new Chain(check(raw)));
    } catch (error) {
        content.hidden = true;
        say(explain(error, raw.rpc));
    }
}

function openAddress(): void {
    const raw = ofQuery(location.search);
    rpcInput.value = raw.rpc;
    marketInput.value = raw.market;
    if (raw.market) open(raw);
    else setText(read, 'Which market? Its address is what “backstop market apply” prints.');
}

form.addEventListener('submit', (event) => {
    event.preventDefault();
    const raw = { rpc: rpcInput.value, market: marketInput.value };
    history.pushState(undefined, '', toQuery(raw));
    open(raw);
});
pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    if (!paused) void shownMarket?.refresh();
    else shownMarket?.schedule();
});
document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !paused) void shownMarket?.refresh();
});
window.addEventListener('popstate', openAddress);
openAddress();

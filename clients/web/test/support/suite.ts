/** What every test of the page begins with. */
import { after, afterEach, before, describe } from 'node:test';
import type { Page } from 'playwright-core';
import { findChromium, Site, type Visit } from './browser.js';
import { missing } from './network.js';
import { setStage, type Stage } from './stage.js';
import type { WalletConfig } from './wallet.js';

const chromium = findChromium();
const skip =
    missing() ?? (chromium ? false : 'no Chromium: install one, or set BACKSTOP_CHROMIUM to it');

/** A market after a crash, and a browser. */
export class Suite {
    private staged: Stage | undefined;
    private site: Site | undefined;

    /** Network and market. */
    get stage(): Stage {
        if (!this.staged) throw new Error('the stage is not set yet');
        return this.staged;
    }

    /** Where the page is. */
    get origin(): string {
        return new URL(this.browser.origin).origin;
    }

    private get browser(): Site {
        if (!this.site) throw new Error('there is no browser yet');
        return this.site;
    }

    /** Starts everything. */
    async start(): Promise<void> {
        [this.staged, this.site] = await Promise.all([setStage(), Site.start(chromium ?? '')]);
    }

    /** Ends everything that was started. */
    async stop(): Promise<void> {
        await this.site?.stop();
        await this.staged?.network.stop();
    }

    /** Closes the pages that are open. */
    async leave(): Promise<void> {
        await this.site?.leave();
    }

    /** The wallet of an actor. */
    wallet(actor = 'bidder', extra: Partial<WalletConfig> = {}): WalletConfig {
        const { network } = this.stage;
        const { address } = network.actor(actor);
        return { name: 'Test wallet', address, keypair: network.keypair(actor), ...extra };
    }

    /** Opens the page on the market, or on what `extra` says. */
    visit(extra: Partial<Visit> = {}): Promise<Page> {
        const { network, market } = this.stage;
        return this.browser.visit({ rpc: network.state.rpc_url, market, ...extra });
    }

    /** Opens the page with a wallet, connects it, and waits for the auction. */
    async visitAsBuyer(wallet = this.wallet(), extra: Partial<Visit> = {}): Promise<Page> {
        const page = await this.visit({ wallet, ...extra });
        await open(page);
        await page.getByRole('button', { name: `Connect ${wallet.name}` }).click();
        await page.getByText('The wallet has').waitFor();
        return page;
    }
}

/** Waits until an auction is on sale. */
export async function open(page: Page): Promise<void> {
    await page.locator('.auction[data-phase="open"]').waitFor();
}

/** Presses the button that buys. */
export async function pressBuy(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Buy', exact: true }).click();
}

/** Tests that share a stage; skipped, with the reason, where something is missing. */
export function onStage(name: string, tests: (suite: Suite) => void): void {
    describe(name, { skip }, () => {
        const suite = new Suite();
        before(() => suite.start());
        afterEach(() => suite.leave());
        after(() => suite.stop());
        tests(suite);
    });
}

/** The built page in a headless Chromium. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
    type Browser,
    type BrowserContext,
    type BrowserContextOptions,
    chromium,
    type Page,
} from 'playwright-core';
import { preview, type PreviewServer } from 'vite';
import { giveWallet, type WalletConfig } from './wallet.js';

const USUAL = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where Chromium is, by the environment or where it usually is. */
export function findChromium(): string | undefined {
    const named = process.env['BACKSTOP_CHROMIUM'];
    return named ?? USUAL.find((path) => existsSync(path));
}

/** How a page is opened. */
export interface Visit {
    readonly rpc: string;
    readonly market: string;
    readonly wallet?: WalletConfig;
    readonly options?: BrowserContextOptions;
}

/** A browser, and a server for the page. */
export class Site {
    private readonly contexts: BrowserContext[] = [];

    private constructor(
        private readonly browser: Browser,
        private readonly server: PreviewServer,
        /** Where the page is. */
        readonly origin: string,
    ) {}

    /** Starts both. */
    static async start(executablePath: string): Promise<Site> {
        const root = fileURLToPath(new URL('../../../', import.meta.url));
        const server = await preview({ root, logLevel: 'error', preview: { port: 0 } });
        const [origin] = server.resolvedUrls?.local ?? [];
        if (!origin) throw new Error('the page has no address');
        const quiet = [
            '--disable-quic',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
        ];
        const browser = await chromium.launch({
            executablePath,
            // Root, as in most containers, has no sandbox; the page is our own.
            args: [
                ...quiet,
                '--no-first-run',
                ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            ],
        });
        return new Site(browser, server, origin);
    }

    /** Opens the page in a context of its own. */
    async visit({ rpc, market, wallet, options }: Visit): Promise<Page> {
        const context = await this.browser.newContext(options);
        this.contexts.push(context);
        if (wallet) await giveWallet(context, wallet);
        const page = await context.newPage();
        page.setDefaultTimeout(15_000);
        await page.goto(`${this.origin}?${new URLSearchParams({ rpc, market })}`);
        return page;
    }

    /** Closes the pages that are open. */
    async leave(): Promise<void> {
        await Promise.all(this.contexts.splice(0).map((context) => context.close()));
    }

    /** Ends both. */
    async stop(): Promise<void> {
        await this.browser.close();
        await this.server.close();
    }
}

/** Everything that goes wrong says what, why, and what to do next. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getAddressFromPublicKey } from '@solana/kit';
import type { Page } from 'playwright-core';
import { onStage, open, pressBuy } from './support/suite.js';

/** The message beside the form that buys. */
async function problemOf(page: Page): Promise<string> {
    const problem = page.locator('.buy [role=alert]');
    await problem.locator('strong').waitFor();
    return problem.innerText();
}

/** The message at the top of the page. */
async function topProblem(page: Page, text: string): Promise<string> {
    const problem = page.locator('#problem');
    await problem.getByText(text).waitFor();
    return problem.innerText();
}

onStage('errors', (suite) => {
    test('without a wallet, the buyer is brought to where one is connected', async () => {
        const page = await suite.visit({ wallet: suite.wallet() });
        await open(page);
        await page.getByLabel('Tokens to buy').fill('1');
        await pressBuy(page);
        assert.match(await problemOf(page), /No wallet is connected/);
        assert.equal(await page.locator(':focus').innerText(), 'Connect Test wallet');
    });

    test('an amount that is none is explained, and the focus stays with it', async () => {
        const page = await suite.visitAsBuyer();
        const input = page.getByLabel('Tokens to buy');
        for (const [typed, said] of [
            ['banana', /"banana" is no amount/],
            ['0.0000001', /more than 6 decimals/],
            ['', /Say how many tokens/],
            ['0', /The program refuses: .*ZeroAmount \(6\d{3}\)/],
        ] as const) {
            await input.fill(typed);
            await pressBuy(page);
            await page.locator('.buy [role=alert]').getByText(said).first().waitFor();
            assert.match((await problemOf(page)).replaceAll('\n', ' '), said);
            assert.equal(await input.getAttribute('aria-invalid'), 'true');
            assert.equal(
                await input.evaluate((element) => element === document.activeElement),
                true,
            );
        }
    });

    test('a wallet without enough money is told what it costs and what it has', async () => {
        const poor = await newWallet();
        await suite.stage.network.command('airdrop', poor.address, '1');
        await suite.stage.network.command('airdrop', poor.address, '2.5', '--asset', 'USDC');
        const page = await suite.visitAsBuyer(poor);
        await page.getByLabel('Tokens to buy').fill('1000');
        await pressBuy(page);
        const said = await problemOf(page);
        assert.match(
            said,
            /^Not enough local USDC\. That costs up to [12],\d{3}\.\d+ local USDC, the wallet has 2\.5\./,
        );
        assert.match(said, /Nothing was sent/);
    });

    test('a wallet without SOL is told so by the simulation', async () => {
        const poor = await newWallet();
        await suite.stage.network.command('airdrop', poor.address, '100', '--asset', 'USDC');
        const page = await suite.visitAsBuyer(poor);
        await page.getByLabel('Tokens to buy').fill('1');
        await pressBuy(page);
        assert.match(await problemOf(page), /^Not enough SOL\..*Nothing was sent/);
    });

    test('a wallet that refuses is quoted', async () => {
        const page = await suite.visitAsBuyer(suite.wallet('bidder', { refuses: 'User said no' }));
        await page.getByLabel('Tokens to buy').fill('1');
        await pressBuy(page);
        assert.match(
            await problemOf(page),
            /Test wallet did not sign\. User said no\. Nothing was sent/,
        );
        assert.equal(await page.getByRole('button', { name: 'Buy', exact: true }).count(), 1);
    });

    test('an address without a market says so, whatever is there', async () => {
        const nothing = await suite.visit({ market: (await newWallet()).address });
        assert.match(await topProblem(nothing, 'There is no market'), /right cluster/);
        const mint = await suite.visit({ market: suite.stage.network.state.assets.USDC.mint });
        assert.match(await topProblem(mint, 'There is no market'), /another program owns it/);
        const banana = await suite.visit({ market: 'banana' });
        assert.match(await topProblem(banana, 'no address'), /base58/);
    });

    test('a node that has had enough, or never answers, is told from one that is not there', async () => {
        const { rpc_url: node } = suite.stage.network.state;
        const page = await suite.visit();
        await open(page);
        await page.route(`${node}/**`, (route) => route.fulfill({ status: 429 }));
        assert.match(await topProblem(page, 'HTTP 429'), /had enough requests/);
        await page.unrouteAll();
        await page.locator('#problem:empty').waitFor({ state: 'attached' });
        await page.route(`${node}/**`, () => undefined);
        await topProblem(page, 'The node does not answer');
    });

    test("an auction that is over is refused in the program's words", async () => {
        const page = await suite.visitAsBuyer();
        await page.getByRole('button', { name: 'Pause updates' }).click();
        await suite.stage.network.command('time', '--forward', '30m');
        await page.getByLabel('Tokens to buy').fill('10');
        await pressBuy(page);
        const said = await problemOf(page);
        assert.match(
            said,
            /^The program refuses: .*AuctionEnded \(6\d{3}\): ends at .* UTC, now .* UTC/,
        );
        assert.match(said, /Nothing was sent/);
        await page.getByRole('button', { name: 'Pause updates' }).click();
        await page.getByText(/^Over since/).waitFor();
        assert.equal(await page.getByLabel('Tokens to buy').isVisible(), false);
    });

    // The last one: it ends the network.
    test('a node that goes away is named, and what was read is marked as old', async () => {
        const page = await suite.visit();
        await page.locator('article.auction').waitFor();
        await suite.stage.network.stop();
        const said = await topProblem(page, 'The node does not answer');
        assert.ok(said.includes(suite.stage.network.state.rpc_url), said);
        await page.locator('#read.stale').waitFor();
        assert.equal(await page.locator('article.auction').isVisible(), true);
    });
});

/** A wallet that nobody has used. */
async function newWallet(): Promise<{ name: string; address: string; keypair: number[] }> {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    const [pkcs8, raw] = await Promise.all([
        crypto.subtle.exportKey('pkcs8', pair.privateKey),
        crypto.subtle.exportKey('raw', pair.publicKey),
    ]);
    const address = await getAddressFromPublicKey(pair.publicKey);
    const secret = new Uint8Array(pkcs8).slice(-32);
    return { name: 'Poor wallet', address, keypair: [...secret, ...new Uint8Array(raw)] };
}

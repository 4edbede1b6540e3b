/** The page for those who use a keyboard, a screen reader, a small screen, or want no motion. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Stage } from './support/stage.js';
import { onStage, open, pressBuy } from './support/suite.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

onStage('accessibility', (suite) => {
    for (const colorScheme of ['light', 'dark'] as const) {
        test(`axe finds nothing wrong, ${colorScheme}`, async () => {
            const page = await suite.visit({ options: { colorScheme, bypassCSP: true } });
            await open(page);
            await pressBuy(page);
            await page.getByText('No wallet is connected.').first().waitFor();
            await requireAccessible(page);
        });
    }

    test('axe finds nothing wrong with a problem and without a market', async () => {
        const page = await suite.visit({ market: 'banana', options: { bypassCSP: true } });
        await page.getByRole('alert').getByText('no address').waitFor();
        await requireAccessible(page);
    });

    test('a purchase goes through with the keyboard alone', async () => {
        const { network } = suite.stage;
        const page = await suite.visit({ wallet: suite.wallet() });
        await open(page);
        const focused = page.locator(':focus');
        const tabTo = async (name: string | RegExp): Promise<void> => {
            for (let steps = 0; steps < 15; steps += 1) {
                await page.keyboard.press('Tab');
                const text = await focused.evaluate((element) =>
                    element instanceof HTMLInputElement
                        ? (element.labels?.[0]?.textContent ?? '')
                        : (element.textContent ?? ''),
                );
                if (text.match(name)) return;
            }
            assert.fail(`the focus never comes to ${name}`);
        };
        const before = await balance(suite.stage);
        await tabTo('Connect Test wallet');
        await page.keyboard.press('Enter');
        await page.getByText('The wallet has').waitFor();
        assert.equal(await focused.innerText(), 'Disconnect', 'connecting lost the focus');
        await tabTo('Tokens to buy');
        await page.keyboard.type('1,234.5');
        await page.getByText(/^Costs at most [\d,.]+ local USDC now/).waitFor();
        await page.keyboard.press('Enter');

        const receipt = page.locator('.receipt');
        await receipt.getByText('Bought 1,234.5 local GOV for').waitFor();
        const signature = await receipt.locator('.signature').innerText();
        const { value } = await network.rpc<{ value: ({ err: unknown } | null)[] }>(
            'getSignatureStatuses',
            [signature],
        );
        assert.equal(value[0]?.err, null);
        assert.equal((await balance(suite.stage)) - before, 1_234_500_000n);
        const paid = /for ([\d,.]+) local USDC/.exec(await receipt.innerText())?.[1];
        assert.ok(paid && Number(paid.replaceAll(',', '')) > 1_234.5 * 1.2, `paid ${paid}`);
        assert.equal(await receipt.getAttribute('role'), 'status');
    });

    test('the price is announced politely and not every second', async () => {
        const page = await suite.visit();
        await open(page);
        const spoken = page.locator('.auction [role=status]').filter({ hasText: 'The price is' });
        await spoken.waitFor();
        const [said, shown] = [await spoken.innerText(), page.locator('.auction .price')];
        const first = await shown.innerText();
        await page.waitForTimeout(3_000);
        assert.notEqual(await shown.innerText(), first, 'the price does not fall');
        assert.equal(await spoken.innerText(), said);
    });

    test('updates can be stopped, and go on', async () => {
        const page = await suite.visit();
        await open(page);
        const pause = page.getByRole('button', { name: 'Pause updates' });
        await pause.click();
        assert.equal(await pause.getAttribute('aria-pressed'), 'true');
        // One reading may be under way.
        await page.waitForTimeout(1_000);
        const price = page.locator('.auction .price');
        const stopped = await price.innerText();
        await page.waitForTimeout(2_500);
        assert.equal(await price.innerText(), stopped);
        await pause.click();
        await page.waitForFunction(
            (before) => document.querySelector('.auction .price')?.textContent !== before,
            stopped,
        );
    });

    test('nothing is cut off on a narrow screen, and nothing moves if motion is unwanted', async () => {
        const viewport = { width: 320, height: 640 };
        const page = await suite.visit({ options: { viewport, reducedMotion: 'reduce' } });
        await open(page);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(width, viewport.width);
        const moves = (of: Page): Promise<string> =>
            of.locator('.marker').evaluate((marker) => getComputedStyle(marker).transitionDuration);
        assert.equal(await moves(page), '0s');
        const lively = await suite.visit();
        await open(lively);
        assert.notEqual(await moves(lively), '0s');
    });
});

/** No rule of WCAG 2.2 AA, nor of good practice, is broken. */
async function requireAccessible(page: Page): Promise<void> {
    await page.addScriptTag({ path: AXE });
    const { violations, passes } = await page.evaluate(async (): Promise<AxeResults> => {
        const { axe } = window as unknown as { axe: { run: () => Promise<AxeResults> } };
        return axe.run();
    });
    const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
    assert.deepEqual(found, []);
    assert.ok(passes.length > 10, 'axe looked at nothing');
}

async function balance({ network }: Stage): Promise<bigint> {
    interface Accounts {
        readonly value: readonly {
            readonly account: {
                readonly data: {
                    readonly parsed: {
                        readonly info: { readonly tokenAmount: { readonly amount: string } };
                    };
                };
            };
        }[];
    }
    const owner = network.actor('bidder').address;
    const { mint } = network.state.assets.GOV;
    const { value } = await network.rpc<Accounts>(
        'getTokenAccountsByOwner',
        owner,
        { mint },
        { encoding: 'jsonParsed' },
    );
    return value.reduce(
        (sum, { account }) => sum + BigInt(account.data.parsed.info.tokenAmount.amount),
        0n,
    );
}

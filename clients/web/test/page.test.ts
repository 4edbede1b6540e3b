/** The page in a real browser, on a real chain: what it shows, and buying. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onStage, open, pressBuy } from './support/suite.js';

interface Amount {
    readonly atoms: string;
    readonly tokens: string;
}

onStage('the page', (suite) => {
    test('it shows what the command line program shows', async () => {
        interface Report {
            readonly banks: readonly {
                readonly name: string;
                readonly loss: Amount;
                readonly left_open: Amount;
                readonly paid_by: Readonly<Record<string, Amount>>;
            }[];
        }
        const page = await suite.visit();
        const card = page.getByRole('article', { name: 'local USDC', exact: true });
        await card.waitFor();
        const { banks } = await suite.stage.cli<Report>('admin', 'solvency');
        const usdc = banks.find(({ name }) => name === 'USDC');
        assert.ok(usdc);
        assert.notEqual(usdc.loss.atoms, '0', 'nothing is insolvent: the stage is wrong');
        const row = async (name: string): Promise<string> => {
            const cells = card.getByRole('row', { name }).getByRole('cell');
            return (await cells.innerText()).replaceAll(',', '');
        };
        // The page shows two digits of large numbers.
        const cut = ({ tokens }: Amount): string => tokens.replace(/(\.\d\d)\d+$/, '$1');
        assert.equal(await row('Left for later'), cut(usdc.left_open));
        assert.equal(await row('Governance auction'), cut(usdc.paid_by['auction'] as Amount));
        assert.match(await page.locator('.summary').innerText(), /^4 obligations, 1 insolvent/);
    });

    test('the price falls, in figures and in the plot', async () => {
        const page = await suite.visit();
        const price = page.locator('.auction .price');
        const seen = async (): Promise<bigint> =>
            BigInt((await price.innerText()).replace('.', ''));
        await open(page);
        const place = async (): Promise<{ x: number; y: number }> =>
            page.locator('.marker').evaluate(({ style }: HTMLElement) => ({
                x: Number.parseFloat(style.left),
                y: Number.parseFloat(style.top),
            }));
        const [first, from] = [await seen(), await place()];
        await page.waitForTimeout(3_500);
        const [later, to] = [await seen(), await place()];
        assert.ok(later < first, `${first} then ${later}`);
        assert.ok(to.x > from.x && to.y > from.y, 'the marker does not fall');
        const plot = page.getByRole('img', { name: /falls in a straight line from .* it is \d/ });
        assert.equal(await plot.count(), 1);
    });

    test('it asks nobody but its own server and the node, and stores nothing', async () => {
        const asked = new Set<string>();
        const page = await suite.visit({ wallet: suite.wallet() });
        page.on('request', (request) => asked.add(new URL(request.url()).origin));
        await page.reload();
        await open(page);
        await page.getByRole('button', { name: 'Connect Test wallet' }).click();
        await page.getByText('The wallet has').waitFor();
        const node = new URL(suite.stage.network.state.rpc_url).origin;
        assert.deepEqual([...asked].sort(), [suite.origin, node].sort());
        const kept = await page.evaluate(() => [
            localStorage.length,
            sessionStorage.length,
            document.cookie,
        ]);
        assert.deepEqual(kept, [0, 0, '']);
    });

    test('the form changes the address of the page, and back goes back', async () => {
        const page = await suite.visit({ market: '' });
        await page.getByText('Which market?').waitFor();
        await page.getByLabel('Market').fill(suite.stage.market);
        await page.getByRole('button', { name: 'Show' }).click();
        await page.locator('article.auction').waitFor();
        assert.equal(new URL(page.url()).searchParams.get('market'), suite.stage.market);
        await page.reload();
        await page.locator('article.auction').waitFor();
        await page.goBack();
        await page.getByText('Which market?').waitFor();
    });

    test('a purchase of everything ends the auction, and the receipt stays', async () => {
        const page = await suite.visitAsBuyer();
        await page.getByRole('button', { name: 'As much as possible' }).click();
        await page.getByText(/No more is sold than is needed to cover the deficit/).waitFor();
        await pressBuy(page);
        await page
            .locator('.receipt')
            .getByText(/^Bought/)
            .waitFor();
        await page.getByText('No governance tokens are on sale').waitFor();
        assert.match(await page.locator('.receipt .signature').innerText(), /^\w{80,90}$/);
        const { auctions } = await suite.stage.cli<{ auctions: unknown[] }>(
            'admin',
            'status',
            'auction',
        );
        assert.deepEqual(auctions, []);
    });
});

/** What the program refuses, a quote refuses with the same error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instructions as ix, plan, quote } from '@backstop/client';
import { NO_PROGRAM } from './support/node.js';
import { lentOut } from './support/stories.js';
import { refusedWith } from './support/world.js';

test(
    'what the program refuses, the quote refuses with the same error',
    { skip: NO_PROGRAM },
    async () => {
        const { world, borrower } = await lentOut();
        const keeper = await world.person();
        const view = await world.view();
        const obligation = await world.obligation(borrower.address);
        const { usdc } = world;
        const both = async (ask: () => unknown, act: () => Promise<unknown>): Promise<string[]> =>
            [await refusedWith(ask), await refusedWith(act)].map(String);

        const collateral = await both(
            () => quote.writeOff(view, usdc.bank, obligation.data),
            () => world.send(keeper, plan.writeOff(view, usdc, obligation)),
        );
        assert.deepEqual(collateral, ['RiskTooRecent', 'RiskTooRecent']);
        const nothing = await both(
            () => quote.cover(view, usdc.bank),
            () => world.send(keeper, plan.cover(view, usdc)),
        );
        assert.deepEqual(nothing, ['NoDeficit', 'NoDeficit']);
        const none = await both(
            () => quote.closeAuction(view, usdc.bank),
            () => world.send(keeper, [ix.closeAuction(usdc)]),
        );
        assert.deepEqual(none, ['NoAuction', 'NoAuction']);
        const surplus = await both(
            () => quote.buyBack(view, usdc.bank),
            () => world.send(keeper, plan.startBuyBack(view, usdc)),
        );
        assert.deepEqual(surplus, ['NoSurplus', 'NoSurplus']);

        await world.forward(61n);
        const left = await both(
            async () => quote.writeOff(await world.view(), usdc.bank, obligation.data),
            () => world.send(keeper, plan.writeOff(view, usdc, obligation)),
        );
        assert.deepEqual(left, ['CollateralLeft', 'CollateralLeft']);
        await world.node.setTime(world.node.now + 3_600n);
        const stale = await world.view();
        assert.equal(
            await refusedWith(() => quote.health(stale, obligation.data, 'initial')),
            'PriceNotRefreshed',
        );
    },
);

/** A market's life on the real bytecode: every quote is what the program then does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    type BackstopEvent,
    type BackstopEvents,
    type BankKeys,
    eventsNamed,
    instructions as ix,
    type MarketView,
    plan,
    positionIn,
    quote,
    U128_MAX,
    U64_MAX,
} from '@backstop/client';
import type { KeyPairSigner } from '@solana/kit';
import { NO_PROGRAM } from './support/node.js';
import { refusedWith, World } from './support/world.js';

const SOL = 1_000_000_000n;
const USDC = 1_000_000n;

/** The fields of the only event of a name. */
function only<N extends keyof BackstopEvents>(
    events: readonly BackstopEvent[],
    name: N,
): BackstopEvents[N] {
    const [found, ...more] = eventsNamed(events, name);
    assert.ok(found && more.length === 0, events.map((event) => event.name).join(', '));
    return found;
}

/** Bank and market of a quote and of the chain: the number of loss events is the program's own. */
async function assertSame(world: World, keys: BankKeys, after: MarketView): Promise<void> {
    const view = await world.view();
    const pick = (from: MarketView) => from.banks.find((bank) => bank.keys.bank === keys.bank)!;
    assert.deepEqual(pick(after).bank, pick(view).bank);
    const { sequence } = view.market;
    assert.deepEqual({ ...after.market, sequence }, view.market);
}

/** A lender with 200 000 USDC in, a borrower with 1 000 SOL against 90 000 USDC. */
async function lentOut(): Promise<{
    world: World;
    lender: KeyPairSigner;
    borrower: KeyPairSigner;
}> {
    const world = await World.create();
    const [lender, borrower] = [await world.person(), await world.person()];
    const lends = await world.fund(lender.address, world.usdc, 200_000n * USDC);
    const pledges = await world.fund(borrower.address, world.sol, 1_000n * SOL);
    const obligation = await world.open(lender);
    const lend = { owner: lender, obligation, tokenAccount: lends };
    const events = await world.send(lender, [
        ix.deposit(world.usdc, lend, { atoms: 200_000n * USDC, minShares: 1n }),
    ]);
    assert.equal(only(events, 'Deposited').atoms, 200_000n * USDC);

    const own = await world.open(borrower);
    const pledge = { owner: borrower, obligation: own, tokenAccount: pledges };
    await world.send(borrower, [
        ix.deposit(world.sol, pledge, { atoms: 1_000n * SOL, minShares: 1n }),
    ]);
    const destination = await world.fund(borrower.address, world.usdc, 0n);
    const state = await world.obligation(borrower.address);
    const party = { owner: borrower, obligation: state, tokenAccount: destination };
    await world.send(
        borrower,
        plan.borrow(await world.view(), world.usdc, party, 90_000n * USDC),
    );
    assert.equal(world.balance(destination), 90_000n * USDC);
    return { world, lender, borrower };
}

/** SOL falls to 60; the borrower's collateral is sold, and a debt is left that nothing backs. */
async function insolvent(): ReturnType<typeof lentOut> {
    const actors = await lentOut();
    const { world, borrower } = actors;
    await world.forward(3_600n);
    await world.setPrices({ sol: 60_00000000n });
    const liquidator = await world.person();
    const pays = await world.fund(liquidator.address, world.usdc, 1_000_000n * USDC);
    const liquidatorObligation = await world.open(liquidator);
    const view = await world.view();
    const obligation = await world.obligation(borrower.address);
    assert.ok(quote.isInsolvent(view, obligation.data));
    const quoted = quote.liquidation(view, obligation.data, world.usdc.bank, world.sol.bank);
    assert.ok(quoted.plan.emptiesCollateral);
    const events = await world.send(
        liquidator,
        plan.liquidate(
            view,
            world.usdc,
            world.sol,
            { liquidator, liquidatorObligation, liquidatorTokenAccount: pays, obligation },
            { maxRepay: U64_MAX, minShares: quoted.plan.toLiquidator },
        ),
    );
    const liquidated = only(events, 'Liquidated');
    assert.equal(liquidated.repaid, quoted.plan.repay);
    assert.equal(liquidated.toLiquidator, quoted.plan.toLiquidator);
    assert.equal(liquidated.toInsurance, quoted.plan.toInsurance);
    assert.equal(liquidated.bonusBps, quoted.plan.bonusBps);
    const after = await world.obligation(borrower.address);
    assert.deepEqual(after.data.positions, quoted.after.positions);
    return actors;
}

test('a loss goes through insurance and an auction, and is paid back', { skip: NO_PROGRAM }, async () => {
    const { world, lender, borrower } = await insolvent();
    const sponsor = await world.person();
    const gives = await world.fund(sponsor.address, world.usdc, 1_000n * USDC);
    await world.send(sponsor, [ix.fundInsurance(world.usdc, sponsor, gives, 1_000n * USDC)]);

    // The write-off: insurance first, then an auction for the rest.
    const keeper = await world.person();
    const bounty = await world.fund(keeper.address, world.usdc, 0n);
    const obligation = await world.obligation(borrower.address);
    const before = await world.view();
    const quoted = quote.writeOff(before, world.usdc.bank, obligation.data);
    const report = quote.solvency(before, [obligation.data]);
    assert.equal(report.insolvent, 1);
    const wrote = only(
        await world.send(
            keeper,
            plan.writeOff(before, world.usdc, obligation, { keeperTokenAccount: bounty }),
        ),
        'DebtWrittenOff',
    );
    assert.equal(wrote.loss, quoted.plan.loss);
    assert.equal(wrote.insuranceDrawn, quoted.plan.cover.insuranceDrawn);
    assert.equal(wrote.issued, quoted.plan.cover.opening?.lot);
    assert.equal(wrote.leftOpen, quoted.leftOpen);
    assert.equal(wrote.bounty, quoted.plan.bounty);
    assert.ok(wrote.onAuction > 30_000n * USDC);
    await assertSame(world, world.usdc, quoted.after);
    const usdc = report.banks.find(({ bank }) => bank.keys.bank === world.usdc.bank)!;
    assert.equal(usdc.layers.loss, wrote.loss);
    assert.equal(usdc.layers.onAuction, wrote.onAuction);

    // Nobody may deposit unawares, and nobody who leaves is paid the gross price.
    const state = await world.obligation(lender.address);
    const account = await world.fund(lender.address, world.usdc, 10n * USDC);
    const party = { owner: lender, obligation: state, tokenAccount: account };
    const args = { atoms: USDC, minShares: 1n };
    const refused = await refusedWith(async () =>
        world.send(lender, plan.deposit(await world.view(), world.usdc, party, args)),
    );
    assert.equal(refused, 'DeficitNotAccepted');
    const { bank } = (await world.view()).banks.find(({ keys }) => keys.bank === world.usdc.bank)!;
    const held = positionIn(state.data, world.usdc.bank)!.depositShares;
    const worth = quote.shareValue(bank, held);
    assert.ok(worth.gross - worth.net > 30_000n * USDC);

    // The auction: announced, then open, and its price falls as quoted.
    const announced = quote.auction(await world.view(), world.usdc.bank)!;
    assert.equal(announced.phase, 'announced');
    const later = quote.auction(await world.view(), world.usdc.bank, announced.auction.opensAt)!;
    await world.forward(7_200n);
    const opened = quote.auction(await world.view(), world.usdc.bank)!;
    assert.equal(opened.phase, 'open');
    assert.equal(opened.rate, later.rate);
    await world.forward(3_600n);
    const now = await world.view();
    assert.ok(quote.auction(now, world.usdc.bank)!.rate! < opened.rate!);

    const bidder = await world.person();
    const wallet = {
        buyer: bidder,
        tokenAccount: await world.fund(bidder.address, world.usdc, 1_000_000n * USDC),
        governanceAccount: await world.fund(bidder.address, world.market, 0n),
    };
    const part = quote.buy(now, world.usdc.bank, 1_000_000_000n, U64_MAX);
    const bought = only(
        await world.send(
            bidder,
            await plan.buyGovernance(world.usdc, wallet, 1_000_000_000n, part.paid),
        ),
        'GovernanceBought',
    );
    assert.equal(bought.paid, part.paid);
    assert.equal((bought.rateHigh << 64n) | bought.rateLow, part.rate);
    assert.equal(world.balance(wallet.governanceAccount), part.bought);

    const cheap = await refusedWith(async () =>
        world.send(bidder, await plan.buyGovernance(world.usdc, wallet, 1_000_000_000n, 1n)),
    );
    assert.equal(cheap, 'PaymentAboveMax');
    const rest = quote.buy(await world.view(), world.usdc.bank, U64_MAX, U64_MAX);
    const last = only(
        await world.send(bidder, await plan.buyGovernance(world.usdc, wallet, U64_MAX, U64_MAX)),
        'GovernanceBought',
    );
    assert.equal(last.burned, rest.burn);
    assert.ok(last.burned > 0n);
    assert.equal(last.after.deficit, 0n);

    // The record is paid back into insurance, and the lender leaves whole.
    const record = positionIn((await world.obligation(borrower.address)).data, world.usdc.bank)!;
    assert.equal(record.writtenOff, wrote.loss);
    const payer = { payer: bidder, tokenAccount: wallet.tokenAccount };
    const repaid = only(
        await world.send(bidder, [
            ix.repayWrittenOff(world.usdc, payer, obligation.address, U64_MAX),
        ]),
        'WrittenOffRepaid',
    );
    assert.equal(repaid.toInsurance, wrote.loss);
    assert.equal(repaid.writtenOff, 0n);
    const mine = { owner: lender, obligation: state, tokenAccount: account };
    const leave = plan.withdraw(await world.view(), world.usdc, mine, {
        shares: U128_MAX,
        minAtoms: 200_000n * USDC,
    });
    assert.ok(only(await world.send(lender, leave), 'Withdrawn').atoms >= 200_000n * USDC);

    // What insurance has too much of buys governance tokens back.
    const rich = await world.view();
    const running = quote.buyBack(rich, world.usdc.bank);
    const started = only(
        await world.send(keeper, plan.startBuyBack(rich, world.usdc)),
        'BuyBackStarted',
    );
    assert.equal(started.budget, running.budget);
    await world.forward(3_600n);
    const selling = await world.view();
    const sale = quote.sale(selling, world.usdc.bank, 500_000_000n, 1n);
    const seller = { seller: bidder, ...wallet };
    const sold = only(
        await world.send(
            bidder,
            plan.sellGovernance(selling, world.usdc, seller, 500_000_000n, sale.paid),
        ),
        'GovernanceSold',
    );
    assert.deepEqual([sold.sold, sold.paid], [sale.sold, sale.paid]);
});

test('an auction that fails is closed, and at last lenders share the deficit', { skip: NO_PROGRAM }, async () => {
    const { world, borrower } = await insolvent();
    const keeper = await world.person();
    const obligation = await world.obligation(borrower.address);
    await world.send(keeper, plan.writeOff(await world.view(), world.usdc, obligation));
    const early = await refusedWith(() => world.send(keeper, [ix.closeAuction(world.usdc)]));
    assert.equal(early, 'AuctionNotEnded');
    await world.forward(8n * 3_600n + 1n);
    const ended = quote.closeAuction(await world.view(), world.usdc.bank);
    const closed = only(await world.send(keeper, [ix.closeAuction(world.usdc)]), 'AuctionClosed');
    assert.deepEqual([closed.burned, closed.unsold], [ended.burn, ended.unsold]);

    // The tiers again: a new auction for what waits.
    const waiting = await world.view();
    const covers = quote.cover(waiting, world.usdc.bank);
    assert.ok(quote.doesSomething(covers));
    const covered = only(await world.send(keeper, plan.cover(waiting, world.usdc)), 'DeficitCovered');
    assert.equal(covered.issued, covers.plan.opening?.lot);
    await assertSame(world, world.usdc, covers.after);

    await world.forward(14n * 86_400n);
    await world.send(keeper, [ix.closeAuction(world.usdc)]);
    const late = await world.view();
    const shared = quote.socialise(late, world.usdc.bank);
    assert.equal(shared.reason, 'Deadline');
    const socialised = only(
        await world.send(keeper, [ix.socialiseDeficit(world.usdc)]),
        'DeficitSocialised',
    );
    assert.equal(socialised.socialised, shared.socialised);
    assert.equal(socialised.reason, 5);
    assert.equal(socialised.after.deficit, 0n);
});

test('what the program refuses, the quote refuses with the same error', { skip: NO_PROGRAM }, async () => {
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
});

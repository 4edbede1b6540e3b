/** A market's life on the real bytecode: every quote is what the program then does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    type BankKeys,
    hasRecord,
    instructions as ix,
    type MarketView,
    plan,
    positionIn,
    quote,
    U128_MAX,
    U64_MAX,
} from '@backstop/client';
import { NO_PROGRAM } from './support/node.js';
import { insolvent, only, USDC } from './support/stories.js';
import { refusedWith, type World } from './support/world.js';

/** Bank and market of a quote and of the chain: the number of loss events is the program's own. */
async function assertSame(world: World, keys: BankKeys, after: MarketView): Promise<void> {
    const view = await world.view();
    const pick = (from: MarketView) => from.banks.find((bank) => bank.keys.bank === keys.bank)!;
    assert.deepEqual(pick(after).bank, pick(view).bank);
    const { sequence } = view.market;
    assert.deepEqual({ ...after.market, sequence }, view.market);
}

test(
    'a loss goes through insurance and an auction, and is paid back',
    { skip: NO_PROGRAM },
    async () => {
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
        const { bank } = (await world.view()).banks.find(
            ({ keys }) => keys.bank === world.usdc.bank,
        )!;
        const held = positionIn(state.data, world.usdc.bank)!.depositShares;
        const worth = quote.shareValue(bank, held);
        assert.ok(worth.gross - worth.net > 30_000n * USDC);

        // The auction: announced, then open, and its price falls as quoted.
        const announced = quote.auction(await world.view(), world.usdc.bank)!;
        assert.equal(announced.phase, 'announced');
        const later = quote.auction(
            await world.view(),
            world.usdc.bank,
            announced.auction.opensAt,
        )!;
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
        assert.equal(bought.rate, part.rate);
        assert.equal(world.balance(wallet.governanceAccount), part.bought);

        const cheap = await refusedWith(async () =>
            world.send(bidder, await plan.buyGovernance(world.usdc, wallet, 1_000_000_000n, 1n)),
        );
        assert.equal(cheap, 'PaymentAboveMax');
        const rest = quote.buy(await world.view(), world.usdc.bank, U64_MAX, U64_MAX);
        const last = only(
            await world.send(
                bidder,
                await plan.buyGovernance(world.usdc, wallet, U64_MAX, U64_MAX),
            ),
            'GovernanceBought',
        );
        assert.equal(last.burned, rest.burn);
        assert.ok(last.burned > 0n);
        assert.equal(last.after.deficit, 0n);

        // The record is paid back into insurance, and the lender leaves whole.
        const record = positionIn(
            (await world.obligation(borrower.address)).data,
            world.usdc.bank,
        )!;
        assert.equal(record.writtenOff, wrote.loss);
        assert.ok(hasRecord((await world.obligation(borrower.address)).data));
        const payer = { payer: bidder, tokenAccount: wallet.tokenAccount };
        const repaid = only(
            await world.send(bidder, [
                ix.repayWrittenOff(world.usdc, payer, obligation.address, U64_MAX),
            ]),
            'WrittenOffRepaid',
        );
        assert.equal(repaid.toInsurance, wrote.loss);
        assert.equal(repaid.writtenOff, 0n);
        assert.ok(!hasRecord((await world.obligation(borrower.address)).data));
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
        assert.ok(quote.buyBackRate(selling, world.usdc.bank)! >= sale.rate);

        const early = await refusedWith(() => quote.requireCloseBuyBack(selling, world.usdc.bank));
        assert.equal(early, 'AuctionNotEnded');
        await world.forward(6n * 3_600n);
        quote.requireCloseBuyBack(await world.view(), world.usdc.bank);
        const closed = only(
            await world.send(keeper, [ix.closeBuyBack(world.usdc)]),
            'BuyBackClosed',
        );
        assert.equal(closed.unspent, sold.budgetLeft);
    },
);

test(
    'an auction that fails is closed, and at last lenders share the deficit',
    { skip: NO_PROGRAM },
    async () => {
        const { world, borrower } = await insolvent();
        const keeper = await world.person();
        const obligation = await world.obligation(borrower.address);
        await world.send(keeper, plan.writeOff(await world.view(), world.usdc, obligation));
        const early = await refusedWith(() => world.send(keeper, [ix.closeAuction(world.usdc)]));
        assert.equal(early, 'AuctionNotEnded');
        await world.forward(8n * 3_600n + 1n);
        const ended = quote.closeAuction(await world.view(), world.usdc.bank);
        const closed = only(
            await world.send(keeper, [ix.closeAuction(world.usdc)]),
            'AuctionClosed',
        );
        assert.deepEqual([closed.burned, closed.unsold], [ended.burn, ended.unsold]);

        // The tiers again: a new auction for what waits.
        const waiting = await world.view();
        const covers = quote.cover(waiting, world.usdc.bank);
        assert.ok(quote.doesSomething(covers));
        const covered = only(
            await world.send(keeper, plan.cover(waiting, world.usdc)),
            'DeficitCovered',
        );
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
    },
);

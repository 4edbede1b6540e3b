/** How markets come to where tests want them. */
import assert from 'node:assert/strict';
import {
    type BackstopEvent,
    type BackstopEvents,
    eventsNamed,
    instructions as ix,
    plan,
    quote,
    U64_MAX,
} from '@backstop/client';
import type { KeyPairSigner } from '@solana/kit';
import { World } from './world.js';

/** (atoms) One SOL. */
const SOL = 1_000_000_000n;
/** (atoms) One USDC. */
export const USDC = 1_000_000n;

/** A market and the two whom everything happens to. */
export interface Story {
    readonly world: World;
    readonly lender: KeyPairSigner;
    readonly borrower: KeyPairSigner;
}

/** The fields of the only event of a name. */
export function only<N extends keyof BackstopEvents>(
    events: readonly BackstopEvent[],
    name: N,
): BackstopEvents[N] {
    const [found, ...more] = eventsNamed(events, name);
    assert.ok(found && more.length === 0, events.map((event) => event.name).join(', '));
    return found;
}

/** A lender with 200 000 USDC in, a borrower with 1 000 SOL against 90 000 USDC. */
export async function lentOut(): Promise<Story> {
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
    await world.send(borrower, plan.borrow(await world.view(), world.usdc, party, 90_000n * USDC));
    assert.equal(world.balance(destination), 90_000n * USDC);
    return { world, lender, borrower };
}

/** SOL falls to 60; the borrower's collateral is sold, and a debt is left that nothing backs. */
export async function insolvent(): Promise<Story> {
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

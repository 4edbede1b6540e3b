/** From instructions to a landed transaction: what is sent, what it may cost, and what is said when it fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    BackstopError,
    draft,
    fetchMarkets,
    type Failure,
    instructions as ix,
    isExpired,
    plan,
    quote,
    readBank,
    readMarket,
    sendAndConfirm,
} from '@backstop/client';
import {
    AccountRole,
    type Address,
    type EncodedAccount,
    generateKeyPairSigner,
    type Instruction,
} from '@solana/kit';
import { NO_PROGRAM } from './support/node.js';
import { insolvent, lentOut } from './support/stories.js';

async function failureOf(attempt: () => unknown): Promise<Failure> {
    try {
        await attempt();
    } catch (error) {
        if (error instanceof BackstopError) return error.failure;
        throw error;
    }
    return assert.fail('it went through');
}

/** Every account of some instructions, once. */
function accountsOf(instructions: readonly Instruction[]): Address[] {
    const all = instructions.flatMap(({ accounts = [] }) => accounts);
    return [...new Set(all.map(({ address }) => address))];
}

test(
    'a draft has room for interest that is not due yet, at a capped price',
    { skip: NO_PROGRAM },
    async () => {
        const { world } = await lentOut();
        const payer = await world.person();
        const refresh = plan.refresh(await world.view(), [world.sol.bank, world.usdc.bank]);
        const built = await draft(world.node.rpc, refresh, { payer });
        const room = BigInt(built.unitLimit) - built.units - (built.units + 9n) / 10n;
        assert.ok(room > 0n && room % 2_000n === 0n, String(room));
        assert.equal(built.unitPrice, 1_000n, 'what others paid');
        assert.equal(
            built.fee,
            5_000n + (BigInt(built.unitLimit) * 1_000n + 999_999n) / 1_000_000n,
        );
        const fees = { percentile: 75, minPrice: 0n, maxPrice: 10n };
        assert.equal((await draft(world.node.rpc, refresh, { payer, fees })).unitPrice, 10n);
    },
);

test(
    'a failed simulation is never sent, and says why in the words of the program',
    { skip: NO_PROGRAM },
    async () => {
        const { world, borrower } = await lentOut();
        const payer = {
            payer: borrower,
            tokenAccount: await world.fund(borrower.address, world.usdc, 1n),
        };
        const { address } = await world.obligation(borrower.address);
        const { sent } = world.node;
        const failure = await failureOf(() =>
            world.send(borrower, [ix.repay(world.usdc, payer, address, 0n)]),
        );
        assert.ok(failure.kind === 'transaction' && failure.simulated);
        assert.equal(failure.refusal?.name, 'ZeroAmount');
        assert.equal(world.node.sent, sent);

        const most = { atoms: 1n << 63n, minShares: 1n };
        const party = { owner: borrower, obligation: address, tokenAccount: payer.tokenAccount };
        const capped = await failureOf(() =>
            world.send(borrower, [ix.deposit(world.sol, party, most)]),
        );
        assert.ok(capped.kind === 'transaction');
        assert.match(capped.numbers ?? '', /^DepositCapExceeded \{ after: \d+, cap: \d+ \}$/);
    },
);

test('a transaction that lands and fails says so', { skip: NO_PROGRAM }, async () => {
    const { world, borrower } = await insolvent();
    const keeper = await world.person();
    const obligation = await world.obligation(borrower.address);
    await world.send(keeper, plan.writeOff(await world.view(), world.usdc, obligation));
    await world.forward(9n * 3_600n);
    const close = [ix.closeAuction(world.usdc)];
    const [first, rival] = [keeper, await world.person()];
    const drafts = await Promise.all(
        [first, rival].map((payer) => draft(world.node.rpc, close, { payer })),
    );
    await sendAndConfirm(world.node.rpc, drafts[0]!);
    const failure = await failureOf(() => sendAndConfirm(world.node.rpc, drafts[1]!));
    assert.ok(failure.kind === 'transaction' && !failure.simulated);
    assert.equal(failure.refusal?.name, 'NoAuction');
});

test(
    'a transaction that does not land is sent again until it can not any more',
    { skip: NO_PROGRAM },
    async () => {
        const { world } = await lentOut();
        const payer = await world.person();
        const { node } = world;
        const built = await draft(node.rpc, plan.refresh(await world.view(), [world.sol.bank]), {
            payer,
        });
        const { sent } = node;
        node.dropsTransactions = true;
        const waiting = sendAndConfirm(node.rpc, built);
        setTimeout(() => {
            node.height = 151;
        }, 1_800);
        await assert.rejects(waiting, isExpired);
        assert.equal(node.sent - sent, 2);
    },
);

test('a node that dies is not waited for for ever', { skip: NO_PROGRAM }, async () => {
    const { world } = await lentOut();
    const payer = await world.person();
    const { node } = world;
    const refresh = plan.refresh(await world.view(), [world.sol.bank]);
    const built = await draft(node.rpc, refresh, { payer });
    node.isSilent = true;
    await assert.rejects(
        () => sendAndConfirm(node.rpc, built, { patienceMs: 500 }),
        /the node is down/,
    );
});

test(
    'a lookup table makes room, and events are found behind it',
    { skip: NO_PROGRAM },
    async () => {
        const { world, borrower } = await insolvent();
        const payer = await world.person();
        const obligation = await world.obligation(borrower.address);
        const view = await world.view();
        const keeper = await world.fund(payer.address, world.usdc, 0n);
        const writeOff = plan.writeOff(view, world.usdc, obligation, {
            keeperTokenAccount: keeper,
        });
        const table = await world.createTable(accountsOf(writeOff));
        const tables = { [table.address]: table.addresses };
        const built = await draft(world.node.rpc, writeOff, { payer, tables });
        const names = built.events.map(({ name }) => name);
        assert.deepEqual(names, ['DebtWrittenOff']);

        // Every account of its own, as an obligation with many positions has them.
        const fillers = await Promise.all(
            Array.from({ length: 40 }, () => generateKeyPairSigner()),
        );
        const list = fillers.map(({ address }) => ({ address, role: AccountRole.READONLY }));
        const many = [{ ...writeOff[1]!, accounts: [...(writeOff[1]!.accounts ?? []), ...list] }];
        const failure = await failureOf(() => draft(world.node.rpc, many, { payer }));
        assert.ok(failure.kind === 'build', failure.kind);
    },
);

test('an account is decoded only if it is what it should be', { skip: NO_PROGRAM }, async () => {
    const { world } = await lentOut();
    const found = world.node.svm.getAccount(world.usdc.bank);
    assert.ok(found.exists);
    const account: EncodedAccount = found;
    assert.equal(readBank(account).data.decimals, 6);
    const data = Uint8Array.from(account.data);
    const changed = (at: number, byte: number): EncodedAccount => {
        const other = Uint8Array.from(data);
        other[at] = byte;
        return { ...account, data: other };
    };
    const wrong: [string, () => unknown][] = [
        [
            'another program owns it',
            () => readBank({ ...account, programAddress: world.usdc.mint }),
        ],
        ['it is of another kind', () => readMarket(account)],
        ['it has another length', () => readBank({ ...account, data: data.slice(0, -1) })],
        ['its layout is of another version than this client', () => readBank(changed(8, 2))],
    ];
    for (const [reason, read] of wrong) {
        const failure = await failureOf(read);
        assert.ok(failure.kind === 'wrongAccount');
        assert.equal(failure.reason, reason);
    }
    const [market, ...others] = await fetchMarkets(world.node.rpc);
    assert.equal(market?.address, world.market.market);
    assert.deepEqual(others, []);
    const view = await world.view();
    const failure = await failureOf(() => quote.cover(view, world.usdc.mint));
    assert.equal(failure.kind, 'unknownBank');
});

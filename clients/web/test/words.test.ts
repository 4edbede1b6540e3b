/** Numbers, times and errors as text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackstopError, RuleError } from '@backstop/client';
import { type Address, getSolanaErrorFromJsonRpcError } from '@solana/kit';
import { explain, PageError } from '../src/problem.js';
import { check, ofQuery, toQuery } from '../src/settings.js';
import { clock, duration, exactly, percent, price, shown, shownUp } from '../src/text.js';

const NODE = 'http://127.0.0.1:8899';
const MARKET = 'DtJqg51XVEzFPQYzRh35isig9MzkaKyzviXW4NtwbT1X' as Address;

test('amounts are cut, and what somebody pays is rounded up', () => {
    assert.equal(shown(1_234_567_899_999n, 6), '1,234,567.89');
    assert.equal(shownUp(1_234_567_890_001n, 6), '1,234,567.9');
    assert.equal(shown(999_999_999_999n, 9), '999.999999');
    assert.equal(shownUp(1n, 9), '0.000001');
    assert.equal(exactly(1n, 9), '0.000000001');
    assert.equal(exactly((1n << 64n) - 1n, 0), '18,446,744,073,709,551,615');
});

test('a price is whole tokens for a whole token, whatever the decimals', () => {
    const rate = (11n << 64n) / 10n;
    assert.equal(price(rate, { governance: 6, asset: 6 }), '1.100000');
    assert.equal(price(rate, { governance: 9, asset: 6 }), '1,100.000000');
    assert.equal(price(rate, { governance: 6, asset: 9 }), '0.001100');
});

test('shares, times and durations are short', () => {
    assert.equal(percent(1n, 3n), '33.3%');
    assert.equal(percent(1n, 0n), '0%');
    assert.equal(clock(1_795_643_990n, 1_795_643_990n), '21:59:50 UTC');
    assert.equal(clock(1_795_643_990n, 1_795_743_990n), '2026-11-25 21:59:50 UTC');
    assert.equal(duration(90_061n), '1 d 1 h');
    assert.equal(duration(3_601n), '1 h');
    assert.equal(duration(0n), '0 s');
});

test('the address of the page says everything that the page needs', () => {
    const settings = { rpc: 'https://node.example/?key=a&b=c', market: MARKET };
    assert.deepEqual(ofQuery(toQuery(settings)), settings);
    assert.deepEqual(ofQuery(''), { rpc: NODE, market: '' });
    assert.deepEqual(check({ rpc: ` ${NODE} `, market: ` ${MARKET} ` }), {
        rpc: NODE,
        market: MARKET,
    });
});

test('settings that cannot be used say what they should be', () => {
    const refused = (rpc: string, market: string, title: RegExp): void =>
        assert.throws(
            () => check({ rpc, market }),
            (error) => error instanceof PageError && title.test(error.title) && error.detail !== '',
        );
    refused(NODE, '', /address of the market is missing/);
    refused(NODE, 'banana', /“banana” is no address/);
    refused('ws://127.0.0.1:8900', MARKET, /no address of a node/);
    refused('javascript:alert(1)', MARKET, /no address of a node/);
});

test("a broken rule has the program's words, and its numbers in units", () => {
    const units = { now: 1_795_643_990n, decimals: 6, asset: 'USDC' };
    const ended = new RuleError('AuctionEnded', { ends_at: 1_795_643_900n, now: 1_795_643_990n });
    const said = explain(ended, NODE, units);
    assert.match(said.title, /^The program refuses: .*auction/i);
    assert.match(said.detail, /AuctionEnded \(6\d{3}\): ends at 21:58:20 UTC, now 21:59:50 UTC/);
    const dear = new RuleError('PaymentAboveMax', { payment: 2_500_000n, max: 2_000_000n });
    assert.match(explain(dear, NODE, units).detail, /payment 2.5 USDC, max 2 USDC/);
});

test('a failed transaction says whether anything was paid', () => {
    const failure = {
        kind: 'transaction',
        error: { InstructionError: [4, { Custom: 1 }] },
        logs: ['Program log: Error: insufficient funds'],
        refusal: undefined,
        numbers: undefined,
    } as const;
    const said = (simulated: boolean): string =>
        Object.values(explain(new BackstopError({ ...failure, simulated }), NODE)).join('. ');
    assert.match(said(true), /Not enough of the asset.*Nothing was sent/);
    assert.match(said(false), /you paid the fee only/);
});

test('a node that cannot be reached is named', () => {
    const { title, detail } = explain(new TypeError('Failed to fetch'), NODE);
    assert.equal(title, 'The node does not answer');
    assert.ok(detail.includes(NODE));
});

test("a node's own error is quoted", () => {
    const error = getSolanaErrorFromJsonRpcError({ code: -32601, message: 'no such method' });
    const { title, detail } = explain(error, NODE);
    assert.equal(title, 'The node answers with an error');
    assert.equal(detail, `${NODE}: no such method (-32601). The page goes on trying.`);
});

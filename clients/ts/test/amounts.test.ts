/** Amounts for people, fees, and errors in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    BACKSTOP_PROGRAM_ADDRESS,
    BackstopError,
    feedIdOf,
    feedKey,
    formatAmount,
    formatDollars,
    formatRate,
    parseAmount,
    refusalOf,
    refusalOfName,
    refusalOfTransaction,
    RuleError,
    U64_MAX,
    unitPrice,
} from '@backstop/client';

test('what is written is read back, to the atom', () => {
    const cases: [string, number, bigint][] = [
        ['0', 6, 0n],
        ['1.5', 6, 1_500_000n],
        ['0.000001', 6, 1n],
        ['18446744073709.551615', 6, U64_MAX],
        ['7', 0, 7n],
        ['0.000000000000000001', 18, 1n],
    ];
    for (const [text, decimals, atoms] of cases) {
        assert.equal(parseAmount(text, decimals), atoms);
        assert.equal(formatAmount(atoms, decimals), text);
    }
    assert.equal(parseAmount(' 1.50 ', 1), 15n);
    assert.equal(formatAmount(-1_500_000n, 6), '-1.5');
});

test('text that is no amount is refused', () => {
    for (const text of ['', '.5', '1.', '1e3', '-1', '1,5', '0x10', '1 2', 'NaN', '1.0000001']) {
        assert.throws(() => parseAmount(text, 6), RangeError, text);
    }
});

test('values and rates are shown rounded down', () => {
    assert.equal(formatDollars(1_999_999_999_999n), '1.99');
    assert.equal(formatDollars(1_500_000_000_000n, 4), '1.5');
    // Two USDC (6 decimals) for one token (9 decimals): 0.002 atoms an atom.
    const rate = (2n << 64n) / 1_000n;
    assert.equal(formatRate(rate + 1n, { governance: 9, asset: 6 }), '2');
    assert.equal(formatRate(rate, { governance: 9, asset: 6 }, 2), '1.99');
});

test('a feed id is read from its text', () => {
    const text = 'ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d';
    assert.equal(feedKey(feedIdOf(`0x${text}`)), text);
    assert.throws(() => feedIdOf('ef0d'), RangeError);
});

test('the fee follows the market between its bounds', () => {
    const policy = { percentile: 50, minPrice: 10n, maxPrice: 1_000n };
    assert.equal(unitPrice(policy, []), 10n);
    assert.equal(unitPrice(policy, [0n, 0n, 0n]), 10n);
    assert.equal(unitPrice(policy, [900n, 100n, 500n]), 500n);
    assert.equal(unitPrice(policy, [U64_MAX, U64_MAX]), 1_000n);
    assert.equal(unitPrice({ ...policy, minPrice: 5_000n }, [1n]), 1_000n);
});

test('an error of a transaction is ours only if this program gave it', () => {
    const error = { InstructionError: [2, { Custom: 6013 }] };
    const failed = `Program ${BACKSTOP_PROGRAM_ADDRESS} failed: custom program error: 0x177d`;
    assert.equal(refusalOfTransaction(error, [failed])?.name, 'DebtBelowMinimum');
    assert.equal(refusalOfTransaction(error, [])?.name, 'DebtBelowMinimum');
    const foreign = failed.replace(
        BACKSTOP_PROGRAM_ADDRESS,
        'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
    );
    assert.equal(refusalOfTransaction(error, [foreign]), undefined);
    assert.equal(refusalOfTransaction('AccountInUse', []), undefined);
    assert.equal(refusalOfTransaction({ InstructionError: [0, { Custom: 1 }] }, []), undefined);
});

test('every error leads to the word of the program, with its numbers', () => {
    const rule = new RuleError('DebtBelowMinimum', { left: 9_999n, min: 10_000n });
    assert.equal(rule.message, 'DebtBelowMinimum { left: 9999, min: 10000 }');
    assert.equal(refusalOf(rule)?.code, 6013);
    const refusal = refusalOfName('NoDeficit');
    const error = new BackstopError({ kind: 'refused', refusal });
    assert.match(error.message, /NoDeficit \(\d+\): The bank has no open deficit/);
    assert.equal(refusalOf(error), refusal);
    assert.equal(refusalOf(new Error('NoDeficit')), undefined);
});

/** The record of what was applied. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type {
    Address,
    GetBlockHeightApi,
    GetSignatureStatusesApi,
    Rpc,
    Signature,
} from '@solana/kit';
import { RecordFile, type Recorded, type Sent } from '../src/record.ts';
import { scratch } from './support/network.ts';

const GENESIS = '4djYUf4jutXV8DEHKaQ7Y8q37Uyz2yBZNY4hUxVZyD6m';
const MARKET = 'AAiNjpfhq8Phxjhuc5XijeCu96vLrKbuxGDjGmEhPACG' as Address;

function step(signature: string): Sent {
    return {
        kind: 'update-market',
        title: 'update market',
        bank: null,
        changes: [],
        effect: 'at-once',
        applicable_from: null,
        market: MARKET,
        signature: signature as Signature,
        last_valid_block_height: 100,
        sent_at: 1,
        program_sha256: 'ab',
    };
}

function stepsIn(path: string): readonly Recorded[] {
    return (JSON.parse(readFileSync(path, 'utf8')) as { steps: Recorded[] }).steps;
}

/** A node at a block height that knows some signatures. */
function node(
    height: bigint,
    known: Readonly<Record<string, { slot: bigint; err: unknown }>>,
): Rpc<GetSignatureStatusesApi & GetBlockHeightApi> {
    const answer = <T>(value: T): { send: () => Promise<T> } => ({
        send: () => Promise.resolve(value),
    });
    const methods: unknown = {
        getBlockHeight: () => answer(height),
        getSignatureStatuses: (signatures: readonly string[]) =>
            answer({ value: signatures.map((signature) => known[signature] ?? null) }),
    };
    return methods as Rpc<GetSignatureStatusesApi & GetBlockHeightApi>;
}

test('steps are numbered over every run, and a cluster has a record of its own', () => {
    const directory = scratch();
    const first = new RecordFile(directory, 'somewhere/market.toml', GENESIS, MARKET);
    first.sent(step('a'));
    first.applied('a' as Signature, 7n);
    const second = new RecordFile(directory, 'market.toml', GENESIS, MARKET);
    second.sent(step('b'));
    const shown = stepsIn(first.path).map(({ number, state, slot }) => [number, state, slot]);
    assert.deepEqual(shown, [
        [1, 'applied', 7],
        [2, 'sent', null],
    ]);
    new RecordFile(directory, 'market.toml', 'other', MARKET).sent(step('c'));
    assert.deepEqual(readdirSync(directory).sort(), [
        `market.${GENESIS}.json`,
        'market.other.json',
    ]);
});

test('a step whose end nobody saw is settled by its signature', async () => {
    const record = new RecordFile(scratch(), 'market.toml', GENESIS, MARKET);
    for (const signature of ['landed', 'failed', 'unknown']) record.sent(step(signature));
    const known = { landed: { slot: 5n, err: null }, failed: { slot: 6n, err: { Custom: 1 } } };
    await record.settle(node(100n, known));
    const states = (): string[] =>
        stepsIn(record.path).map(({ state, signature }) => `${signature} ${state}`);
    assert.deepEqual(states(), ['landed applied', 'unknown sent'], 'it may still land');
    await record.settle(node(101n, known));
    assert.deepEqual(states(), ['landed applied'], 'it never will');
});

test('a file that is no record is kept aside, not overwritten', () => {
    const directory = scratch();
    const record = new RecordFile(directory, 'market.toml', GENESIS, MARKET);
    for (const text of ['{"steps": [', '{"version": 2, "steps": []}']) {
        writeFileSync(record.path, text);
        record.sent(step('a'));
        assert.equal(readFileSync(`${record.path}.unreadable`, 'utf8'), text);
        assert.equal(stepsIn(record.path).length, 1);
    }
    assert.deepEqual(readdirSync(directory).length, 2);
    assert.equal(record.path, join(directory, `market.${GENESIS}.json`));
});

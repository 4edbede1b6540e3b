/** Events count only where the program itself put them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKSTOP_PROGRAM_ADDRESS, eventsOfInnerCalls, eventsOfLogs } from '@backstop/client';
import { EVENTS, getDepositedEncoder } from '@backstop/client/generated';
import { type Address, getBase58Decoder } from '@solana/kit';

const OTHER = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' as Address;
const PROGRAM = BACKSTOP_PROGRAM_ADDRESS;
const SELF_CALL = [0xe4, 0x45, 0xa5, 0x2e, 0x51, 0xcb, 0x9a, 0x1d];

const { discriminator } = EVENTS.find(({ name }) => name === 'Deposited')!;
const fields = getDepositedEncoder().encode({
    bank: OTHER,
    obligation: OTHER,
    atoms: 7,
    shares: 9,
});
const event = Uint8Array.from([...discriminator, ...fields]);
const line = `Program data: ${Buffer.from(event).toString('base64')}`;

const invoke = (program: string, depth: number): string => `Program ${program} invoke [${depth}]`;
const success = (program: string): string => `Program ${program} success`;

test('a line counts only while the program runs', () => {
    const own = [invoke(PROGRAM, 1), line, success(PROGRAM)];
    const [found] = eventsOfLogs(own);
    assert.ok(found?.name === 'Deposited' && found.data.atoms === 7n);
    assert.deepEqual(eventsOfLogs([invoke(OTHER, 1), line, success(OTHER)]), []);
    const nested = [invoke(PROGRAM, 1), invoke(OTHER, 2), line, success(OTHER)];
    assert.deepEqual(eventsOfLogs(nested), []);
    assert.equal(eventsOfLogs([...nested, line, success(PROGRAM)]).length, 1);
    assert.deepEqual(eventsOfLogs([...own, line]).length, 1);
});

test("a program's own words begin and end nothing", () => {
    const words = ['Program log: success', 'Program log: invoke [1]', 'Program log: failed: yes'];
    const log = [invoke(PROGRAM, 1), ...words, line, success(PROGRAM)];
    assert.equal(eventsOfLogs(log).length, 1);
    assert.deepEqual(eventsOfLogs([invoke(OTHER, 1), ...words, line, success(OTHER)]), []);
});

test('a self-call is an event and a foreign call is not', () => {
    const data = getBase58Decoder().decode(Uint8Array.from([...SELF_CALL, ...event]));
    const accounts = [OTHER, PROGRAM];
    assert.equal(eventsOfInnerCalls(accounts, [{ programIdIndex: 1, data }]).length, 1);
    assert.deepEqual(eventsOfInnerCalls(accounts, [{ programIdIndex: 0, data }]), []);
    const bare = getBase58Decoder().decode(event);
    assert.deepEqual(eventsOfInnerCalls(accounts, [{ programIdIndex: 1, data: bare }]), []);
});

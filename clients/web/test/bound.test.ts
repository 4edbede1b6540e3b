/** The most that a purchase may cost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bank, quote } from '@backstop/client';
import { costUp, planFill, rateUp } from '@backstop/client/engine';
import { getLedgerStateDecoder } from '@backstop/client/generated';
import { mostToPay } from '../src/purchase.js';

type Ledger = Bank['ledger'];

const LEDGER = getLedgerStateDecoder();

/** A bank's books with nothing in them. */
const EMPTY: Ledger = LEDGER.decode(new Uint8Array(LEDGER.fixedSize));

/** Numbers below 2^53 that look random, always the same. */
function* numbers(): Generator<bigint, never> {
    for (let state = 20_221_109n; ;) {
        state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n);
        yield state >> 11n;
    }
}

const random = numbers();

/** A number from `least` to `most`, small ones as likely as large ones. */
function pick(least: bigint, most: bigint): bigint {
    const bits = BigInt((most - least + 1n).toString(2).length);
    const size = 1n << (random.next().value % (bits + 1n));
    const span = size < most - least + 1n ? size : most - least + 1n;
    return least + (random.next().value % span);
}

test('a bound on the price now holds at every later price, and is what is paid now but for one atom of the token', () => {
    let tight = 0;
    for (let round = 0; round < 20_000; round += 1) {
        const floorRate = pick(1n, 1n << 70n);
        const startRate = floorRate + pick(0n, 1n << 70n);
        const lot = pick(1n, 1n << 50n);
        const onAuction = pick(1n, 1n << 50n);
        const endsAt = pick(1n, 1n << 20n);
        const auction = { lot, startRate, floorRate, issuedAt: 0n, opensAt: 0n, endsAt };
        const ledger = { ...EMPTY, onAuction, deficit: onAuction };
        const now = pick(0n, endsAt);
        const later = pick(now, endsAt);
        const amount = pick(1n, lot);
        const rate = rateUp(auction, now);
        const shown = { auction, phase: 'open', rate, onAuction, needed: undefined } as const;
        const most = mostToPay(shown satisfies quote.AuctionQuote, rate, amount);

        // Neither throws `PaymentAboveMax`.
        const { paid } = planFill(auction, ledger, amount, most, now);
        planFill(auction, ledger, amount, most, later);
        assert.ok(most - paid <= costUp(rate, 1n), `${most} for ${paid} at ${rate}`);
        if (most === paid) tight += 1;
    }
    assert.ok(tight > 5_000, `the bound is what is paid now in ${tight} rounds only`);
});

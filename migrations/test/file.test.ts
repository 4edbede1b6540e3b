/** Market files, their units and their variables. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createdMintAddress, feedKey, PYTH_CORE } from '@backstop/client';
import type { Address } from '@solana/kit';
import { atomsOf, parseDecimal, rateOf, showRate } from '../src/file/decimal.ts';
import { BANK, type Field, MARKET } from '../src/file/fields.ts';
import { type MarketFile, mintsOf, parseMarketFile, settleAdmin } from '../src/file/market.ts';
import { type Desired, type Mints, resolve } from '../src/file/resolve.ts';
import { durationOf, shareOf, showDuration } from '../src/file/spans.ts';
import { parseUnit, resolveUnit, showUnit } from '../src/file/units.ts';
import { bankConfig, bankSettings, marketConfig, marketSettings } from '../src/chain/codec.ts';
import { createdMarket, edited, EXAMPLE } from './support/network.ts';
import { REPOSITORY } from './support/paths.ts';

const SIGNER = 'CoxNB9hvvviTwhhfP9iMBtPpgvFtaeczzJ8mMVnuz9M1' as Address;
const OTHER = 'AAiNjpfhq8Phxjhuc5XijeCu96vLrKbuxGDjGmEhPACG' as Address;
const TOKEN = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' as Address;

function parsed(text: string, variables: Readonly<Record<string, string>> = {}): MarketFile {
    return parseMarketFile('market.toml', text, (name) => variables[name]);
}

/** What a file asks for where SOL has nine decimals and every other mint six. */
function desired(file: MarketFile, signer = SIGNER): Promise<Desired> {
    const mint = (
        address: Address,
    ): [Address, { tokenProgram: Address; decimals: number; supply: bigint }] => [
        address,
        { tokenProgram: TOKEN, decimals: address.startsWith('3R2D') ? 9 : 6, supply: 10n ** 13n },
    ];
    const mints: Mints = new Map(mintsOf(file).map(mint));
    return resolve(file, signer, mints);
}

describe('a market file', () => {
    test('means whole tokens, per cent and hours, in atoms, basis points and seconds', async () => {
        const { settings, banks, creation } = await desired(parsed(EXAMPLE));
        assert.deepEqual(creation, { kind: 'adopt' });
        assert.equal(settings.lifetime_issuance_cap, 1_000_000_000_000n);
        assert.equal(settings.config_delay_secs, 172_800n);
        assert.equal(settings.guardian, SIGNER, 'a role that is left empty is the admin');
        const [sol, usdc] = banks;
        assert.equal(sol?.settings.deposit_cap, 100_000_000_000_000n);
        assert.equal(usdc?.settings.deposit_cap, 20_000_000_000_000n);
        assert.equal(sol?.settings.oracle_program, PYTH_CORE, 'from the defaults');
        assert.equal(sol?.settings.bounty_bps, 50n);
        assert.equal(sol?.settings.fixed_floor_rate, 0n, 'optional');
        assert.equal(sol?.keys.oracle, '7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE', 'sponsored');
    });

    test("takes a bank's own setting before the default", async () => {
        const text = edited(EXAMPLE, 'name = "SOL"', { protocol_fee_bps: '"7%"' });
        const { banks } = await desired(parsed(text));
        const fees = banks.map(({ settings }) => settings.protocol_fee_bps);
        assert.deepEqual(fees, [700n, 500n]);
    });

    test('reads the price of a feed from the account that it names', async () => {
        const text = edited(EXAMPLE, 'name = "SOL"', { oracle_account: `"${OTHER}"` });
        const { banks } = await desired(parsed(text));
        assert.equal(banks[0]?.keys.oracle, OTHER);
    });

    test('puts variables into strings, and their defaults where there are none', () => {
        const text = edited(EXAMPLE, '[market]', {
            guardian: '"${WHO:-}"',
            fee_owner: '"${A}${B:-x:-y}"',
        });
        const owner = { A: OTHER.slice(0, 10), B: OTHER.slice(10) };
        const file = parsed(text, { ...owner, WHO: SIGNER });
        assert.equal(file.market.text('guardian'), SIGNER);
        assert.equal(file.market.text('fee_owner'), OTHER);
        assert.throws(
            () => parsed(text, {}),
            /market\.toml:\d+: the environment has no A: export it/,
        );
        assert.throws(() => parsed(text, { A: '' }), /`x:-y` is not an address/);
        // An empty variable is one that is there.
        assert.equal(parsed(text, { ...owner, WHO: '' }).market.text('guardian'), '1'.repeat(32));
    });

    test('names the line of a mistake, in the bank that makes it', () => {
        const text = edited(EXAMPLE, 'name = "USDC"', { kink_bps: '"85"' });
        const line = text.split('\n').findIndex((each) => each === 'kink_bps = "85"') + 1;
        assert.throws(
            () => parsed(text),
            new RegExp(`^FileError: market\\.toml:${line}: \`kink_bps\``),
        );
    });

    test('keeps its market when the admin turns out to be another one', async () => {
        const file = parsed(createdMarket(3));
        const before = await desired(file);
        assert.equal(before.keys.mint, await createdMintAddress(SIGNER, 3));
        const after = await desired(settleAdmin(file, OTHER, SIGNER), SIGNER);
        assert.equal(after.keys.market, before.keys.market);
        assert.equal(after.admin, OTHER);
        assert.equal(after.settings.guardian, OTHER);
    });

    test('asks for every setting that the program has, and for no other', () => {
        const idl = JSON.parse(
            readFileSync(join(REPOSITORY, 'clients/idl/backstop.json'), 'utf8'),
        ) as { types: { name: string; type: { fields?: { name: string }[] } }[] };
        const names = (type: string): string[] => {
            const found = idl.types.find(({ name }) => name === type)?.type.fields ?? [];
            return found
                .map(({ name }) => name)
                .filter((name) => name !== 'reserved')
                .sort();
        };
        const own = (table: readonly Field[]): string[] => table.map(({ name }) => name).sort();
        assert.deepEqual(own(BANK), names('BankConfig'));
        assert.deepEqual(own(MARKET), names('MarketConfig'));
    });

    test('becomes what the client sends, and comes back from what it reads', async () => {
        const { settings, banks } = await desired(parsed(EXAMPLE));
        assert.deepEqual(marketSettings(marketConfig(settings)), settings);
        for (const bank of banks) {
            const config = bankConfig(bank.settings);
            assert.deepEqual(bankSettings(config), bank.settings);
            assert.equal(config.depositCap, bank.settings.deposit_cap);
            assert.equal(config.kinkBps, Number(bank.settings.kink_bps));
            assert.equal(feedKey(config.feedId), bank.settings.feed_id);
        }
    });
});

describe('units', () => {
    test('amounts are exact or refused', () => {
        assert.equal(atomsOf(parseDecimal('1_000.5'), 6), 1_000_500_000n);
        assert.equal(atomsOf(parseDecimal('18446744073709.551615'), 6), (1n << 64n) - 1n);
        assert.equal(atomsOf(parseDecimal('1.500'), 1), 15n, 'zeros at the end are no digits');
        assert.throws(() => atomsOf(parseDecimal('18446744073709.551616'), 6), /more than a token/);
        assert.throws(() => atomsOf(parseDecimal('0.0000001'), 6), /more decimal places/);
        for (const text of ['', '.5', '5.', '1,5', '1.2.3', '_1', '1_', ' 1', '+1', '0x1', '١']) {
            assert.throws(() => parseDecimal(text), /is not an amount/, text);
        }
    });

    test('a price is rounded up, so that nothing is sold for less', () => {
        const scale = { asset: 6, governance: 6 };
        assert.equal(rateOf(parseDecimal('0.25'), scale), 1n << 62n);
        const third = rateOf(parseDecimal('0.333333333333'), scale);
        assert.ok(third * 10n ** 12n >= 333_333_333_333n << 64n);
        assert.ok((third - 1n) * 10n ** 12n < 333_333_333_333n << 64n);
        assert.equal(showRate(third, scale), '0.333333333333');
        assert.equal(showRate(0n, scale), 'none');
    });

    test('durations and shares come back as they were written', () => {
        for (const text of ['1d 12h', '90m', '2w', '59s', '1w 1d 1h 1m 1s']) {
            assert.equal(durationOf(showDuration(durationOf(text))), durationOf(text));
        }
        assert.equal(durationOf('2w'), 1_209_600n);
        assert.equal(shareOf('0.05%'), 5n);
        assert.equal(shareOf('70 %'), 7_000n);
        assert.throws(() => shareOf('0.005%'), /finer than/);
    });

    test('a raw number is taken in any unit that has numbers', () => {
        const scale = { asset: 6, governance: 6 };
        const largest = `raw:${(1n << 128n) - 1n}`;
        assert.equal(resolveUnit('rate', parseUnit('rate', largest), scale), (1n << 128n) - 1n);
        assert.throws(() => parseUnit('tokens', largest), /too large/);
        assert.throws(() => parseUnit('feed', 'raw:1'), /in quotes/);
        assert.equal(showUnit('flag', 1n, scale), 'true');
        assert.equal(showUnit('optionalReceiver', '1'.repeat(32), scale), 'none');
    });
});

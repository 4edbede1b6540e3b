/**
 * The same file means the same to the command-line program and to the migration:
 * both refuse the same mistakes with the same words, and plan the same changes.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { execute, instructions } from '@backstop/client';
import type { Address } from '@solana/kit';
import { messageOf } from '../src/error.ts';
import { BANK, MARKET } from '../src/file/fields.ts';
import { migrate } from '../src/run.ts';
import {
    createdMarket,
    edited,
    EXAMPLE,
    type Key,
    Network,
    scratch,
    WITHOUT_NETWORK,
    write,
} from './support/network.ts';
import { cli, migration, shown, type Shown, WITHOUT_CLI } from './support/programs.ts';

const SOL = 'name = "SOL"';

const BANK_UP = {
    oracle_program: '"pyth-core-compatible"',
    feed_id: `"0x${'AB'.repeat(32)}"`,
    max_age_secs: '"90s"',
    max_conf_bps: '"3%"',
    max_divergence_bps: '4_999',
    collateral_factor_bps: '"71%"',
    liquidation_threshold_bps: '"81%"',
    liability_weight_bps: '"110%"',
    min_bonus_bps: '"2.5%"',
    max_bonus_bps: '"raw:1100"',
    bonus_ramp_bps: '"21%"',
    bonus_insurance_bps: '"20.01%"',
    target_health_bps: '"106%"',
    min_debt: '"0.06"',
    full_close_debt: '"1.5"',
    deposit_cap: '"100_000.000000001"',
    borrow_cap: '60_000_000_000_000',
    max_utilisation_bps: '"96%"',
    base_rate_bps: '"2%"',
    slope_below_bps: '"8%"',
    slope_above_bps: '"91 %"',
    kink_bps: '"81%"',
    protocol_fee_bps: '"6%"',
    insurance_fee_bps: '"11%"',
    write_off_mode: '"insurance-only"',
    min_risk_age_secs: '"1m 30s"',
    draw_limit: '"5"',
    limit_window_secs: '"1w 1d"',
    bounty_bps: '"0.6%"',
    bounty_cap: '"11"',
    bounty_min_loss: '"0.06"',
    min_auction_deficit: '"0.6"',
    fixed_floor_rate: '"0.25"',
    fixed_start_rate: '"0.333333333"',
    socialise_delay_secs: '"3d 1h"',
    socialise_deadline_secs: '"raw:1296000"',
    insurance_target_bps: '"6%"',
    delisted: 'true',
};

const BANK_DOWN = {
    max_age_secs: '59',
    max_conf_bps: '"1.99%"',
    max_divergence_bps: '"40%"',
    collateral_factor_bps: '"0%"',
    liquidation_threshold_bps: '"79%"',
    min_bonus_bps: '0',
    max_bonus_bps: '"9%"',
    bonus_ramp_bps: '"19%"',
    bonus_insurance_bps: '"19%"',
    target_health_bps: '"104%"',
    min_debt: '1',
    full_close_debt: '"0"',
    deposit_cap: '"99_999"',
    borrow_cap: '"0.000000001"',
    max_utilisation_bps: '"94%"',
    base_rate_bps: '"0.99%"',
    slope_below_bps: '"6%"',
    slope_above_bps: '"89%"',
    kink_bps: '"79%"',
    protocol_fee_bps: '"4%"',
    insurance_fee_bps: '"9%"',
    write_off_mode: '0',
    min_risk_age_secs: '"59s"',
    limit_window_secs: '"23h 59m 59s"',
    bounty_bps: '"0%"',
    bounty_cap: '"9"',
    bounty_min_loss: '"0.04"',
    min_auction_deficit: '"0.4"',
    socialise_delay_secs: '"2d"',
    socialise_deadline_secs: '"13d"',
    insurance_target_bps: '"4%"',
};

const MARKET_UP = {
    guardian: '"SysvarC1ock11111111111111111111111111111111"',
    fee_owner: '"SysvarRent111111111111111111111111111111111"',
    oracle_program: '"pyth-core-compatible"',
    feed_id: `"${'cd'.repeat(32)}"`,
    max_age_secs: '"10m"',
    max_conf_bps: '"6%"',
    config_delay_secs: '"3d"',
    max_pause_secs: '"1d 1s"',
    auction_delay_secs: '"3h"',
    auction_duration_secs: '"7h"',
    premium_bps: '"11%"',
    max_discount_bps: '"41%"',
    max_failed_auctions: '"4"',
    issuance_window_bps: '"11%"',
    issuance_window_secs: '"8d"',
    issuance_auction_bps: '"6%"',
    lifetime_issuance_cap: '"1_000_000.000001"',
};

const MARKET_DOWN = {
    oracle_program: '"none"',
    max_age_secs: '"59s"',
    max_conf_bps: '"4%"',
    max_divergence_bps: '"49%"',
    config_delay_secs: '"1h"',
    max_pause_secs: '"23h"',
    auction_delay_secs: '0',
    auction_duration_secs: '"5h"',
    premium_bps: '"0%"',
    max_discount_bps: '"39%"',
    max_failed_auctions: '2',
    issuance_window_bps: '"9%"',
    issuance_window_secs: '"6d"',
    issuance_auction_bps: '"0%"',
    lifetime_issuance_cap: '"0"',
};

/** Files with a mistake, and a word of what both say about it. */
const MISTAKES: readonly (readonly [word: string, text: string])[] = [
    ['unknown key', edited(EXAMPLE, '[market]', { max_age_sec: '60' })],
    ['did you mean', edited(EXAMPLE, SOL, { colateral_factor_bps: '"70%"' })],
    ['unknown key', `extra = 1\n${EXAMPLE}`],
    ['reads version 1', EXAMPLE.replace('version = 1', 'version = 2')],
    ['does not fit', EXAMPLE.replace('version = 1', 'version = -1')],
    ['`version` is missing', EXAMPLE.replace('version = 1\n', '')],
    ['expected an integer', EXAMPLE.replace('version = 1', 'version = "1"')],
    ['missing: kink_bps', EXAMPLE.replace('kink_bps = "80%"\n', '')],
    ['in quotes', edited(EXAMPLE, SOL, { deposit_cap: '1.5' })],
    ['is not an amount', edited(EXAMPLE, SOL, { deposit_cap: '"1,5"' })],
    ['is not an amount', edited(EXAMPLE, SOL, { deposit_cap: '"-1"' })],
    ['is not an amount', edited(EXAMPLE, SOL, { deposit_cap: '"1."' })],
    ['is not an amount', edited(EXAMPLE, SOL, { deposit_cap: '"1e9"' })],
    ['more decimal places', edited(EXAMPLE, SOL, { deposit_cap: '"0.0000000001"' })],
    ['more than a token account', edited(EXAMPLE, SOL, { deposit_cap: '"99999999999999"' })],
    ['too large', edited(EXAMPLE, SOL, { deposit_cap: '"raw:18446744073709551616"' })],
    ['takes a whole number', edited(EXAMPLE, SOL, { deposit_cap: '"raw:x"' })],
    ['is not a share', edited(EXAMPLE, SOL, { kink_bps: '"80"' })],
    ['is not a share', edited(EXAMPLE, SOL, { kink_bps: '"x%"' })],
    ['finer than', edited(EXAMPLE, SOL, { kink_bps: '"0.001%"' })],
    ['is too large', edited(EXAMPLE, SOL, { kink_bps: '"99999999%"' })],
    ['is not a duration', edited(EXAMPLE, '[market]', { max_age_secs: '"60"' })],
    ['is not a duration', edited(EXAMPLE, '[market]', { max_age_secs: '"1h 1d"' })],
    ['is not a duration', edited(EXAMPLE, '[market]', { max_age_secs: '"1h 2h"' })],
    ['is too long', edited(EXAMPLE, '[market]', { max_age_secs: '"9999w"' })],
    ['write one of', edited(EXAMPLE, SOL, { write_off_mode: '"half"' })],
    ['at most 2', edited(EXAMPLE, SOL, { write_off_mode: '3' })],
    ['without quotes', edited(EXAMPLE, SOL, { delisted: '"true"' })],
    ['found boolean', edited(EXAMPLE, SOL, { kink_bps: 'true' })],
    ['no Pyth receiver', edited(EXAMPLE, SOL, { oracle_program: '"none"' })],
    ['is not a feed id', edited(EXAMPLE, SOL, { feed_id: '"abc"' })],
    ['in quotes', edited(EXAMPLE, SOL, { feed_id: '5' })],
    ['is not an address', edited(EXAMPLE, '[market]', { guardian: '"me"' })],
    ['the environment has no', edited(EXAMPLE, '[market]', { guardian: '"${NOBODY_SET_THIS}"' })],
    ['without `}`', edited(EXAMPLE, '[market]', { guardian: '"${GUARDIAN"' })],
    ['a name is made of', EXAMPLE.replace(SOL, 'name = "S L"')],
    ['two banks are called', EXAMPLE.replace(SOL, 'name = "USDC"')],
    [
        'has the same mint',
        EXAMPLE.replace(
            '${SOL_MINT:-3R2D5uRNqkv7grW6meZpuJcn8FEvqrvtrpfBJQqaX6V1}',
            'C8759Kz87BkukDTaY2ABwLB9eF7CeH7GG6bSv3WGw9Lk',
        ),
    ],
    ['name either an existing', EXAMPLE.replace(/^mint = "\$\{GOV.*$/m, '')],
    ['at most 18 decimals', createdMarket().replace('decimals = 6', 'decimals = 19')],
    ['write token or', edited(createdMarket(), '[governance.create]', { token_program: '"spl"' })],
    ['does not fit here', edited(createdMarket(), '[governance.create]', { index: '65_536' })],
    ['`initial_supply` does not fit', createdMarket().replace('10_000_000', '0.0000001')],
    ['lifetime_issuance_cap must not exceed', createdMarket().replace('10_000_000', '10')],
    ['threshold', edited(EXAMPLE, SOL, { collateral_factor_bps: '"80%"' })],
    ['self-liquidation', edited(EXAMPLE, SOL, { liquidation_threshold_bps: '"95%"' })],
    ['fixed_start_rate', edited(EXAMPLE, SOL, { fixed_floor_rate: '"1"' })],
];

/** The error without what stands around it. */
function mistake(text: string): string {
    const line = text.split('\n').find((each) => each.startsWith('error: ')) ?? text;
    return line.replace(/^error: /, '').replace(/^.*?market\.toml:/, '');
}

describe('the same file', { skip: WITHOUT_NETWORK || WITHOUT_CLI }, () => {
    const directory = scratch();
    let network: Network;
    let admin: Key;
    before(async () => {
        network = new Network();
        admin = await network.key(directory);
    });

    const ours = (file: string): ReturnType<typeof migration> =>
        migration(
            file,
            ...['--url', network.url, '--keypair', admin.path, '--program', network.program],
            ...['--records', join(directory, 'records'), '--json', '--yes'],
        );
    /** What the migration says about a file, in this process: there are many. */
    const refusal = async (file: string): Promise<string> => {
        const silent = { line: () => undefined, document: () => undefined };
        try {
            await migrate(
                {
                    ...{ file, url: network.url, payer: admin.signer, program: network.program },
                    ...{ admin: undefined, mintAuthority: undefined, records: directory },
                    ...{ dryRun: true, yes: false, json: false },
                },
                silent,
            );
        } catch (error) {
            return messageOf(error);
        }
        return assert.fail(`${file} was accepted`);
    };
    const theirs = (file: string): ReturnType<typeof cli> =>
        cli('market', 'plan', file, '--url', network.url, '--keypair', admin.path);

    test('with a mistake is refused with the same words', async () => {
        for (const [word, text] of MISTAKES) {
            const file = write(directory, text);
            const [mine, other] = await Promise.all([refusal(file), theirs(file)]);
            assert.notEqual(other.code, 0, word);
            assert.equal(mistake(mine), mistake(other.stderr), word);
            assert.ok(mine.includes(word), `${word}: ${mine}`);
        }
    });

    test('changes every setting in the same way, and raises the same risks', async () => {
        const text = createdMarket();
        const file = write(directory, text);
        const { market } = shown(await ours(file));
        const payer = admin.signer;
        const at = { market: market as Address };
        const open = await instructions.openObligation(at, payer, payer);
        await execute(network.rpc, [open], { payer });

        const seen = new Set<string>();
        for (const [bank, whole] of [
            [BANK_UP, MARKET_UP],
            [BANK_DOWN, MARKET_DOWN],
            [BANK_UP, {}],
            [BANK_DOWN, {}],
            [{}, MARKET_UP],
            [{}, MARKET_DOWN],
        ]) {
            const changed = edited(edited(text, SOL, bank ?? {}), '[market]', whole ?? {});
            const plans = await both(write(directory, changed));
            for (const { kind, changes } of plans[0].steps) {
                for (const { field } of changes) seen.add(`${kind} ${field}`);
            }
            assert.deepEqual(plain(plans[0]), plain(plans[1]));
        }
        const all = [
            ...MARKET.map(({ name }) => `update-market ${name}`),
            ...BANK.map(({ name }) => `update-bank ${name}`),
        ];
        assert.deepEqual([...seen].sort(), all.sort(), 'no setting was left out');
    });

    async function both(file: string): Promise<[Shown, Shown]> {
        const look = await migration(
            file,
            ...['--url', network.url, '--keypair', admin.path, '--program', network.program],
            ...['--json', '--dry-run'],
        );
        const plan = await cli(
            ...['market', 'plan', file, '--url', network.url, '--keypair', admin.path, '--json'],
        );
        return [shown(look), shown(plan)];
    }

    function plain({ market, admin: who, steps, waiting, notes }: Shown): unknown {
        const untimed = steps.map(({ kind, title, bank, changes, effect }) => ({
            ...{ kind, title, bank, changes, effect },
        }));
        // What is queued now is due a moment later for whoever asks a moment later.
        return { market, who, steps: untimed, waiting: waiting.map(({ bank }) => bank), notes };
    }
});

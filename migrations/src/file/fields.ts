/**
 * Every setting of the program by its name: one table for reading files, for
 * finding differences, and for showing both. The command-line program has the
 * same (`crates/cli/src/file/fields.rs`), and a test compares what they do.
 */

/** How a setting is written. */
export type Unit =
    /** Atoms of the bank's asset; human: whole tokens. */
    | 'tokens'
    /** Governance atoms; human: whole governance tokens. */
    | 'governance'
    /** Asset atoms per governance atom, times 2^64; human: tokens for one governance token. */
    | 'rate'
    /** Hundredths of a per cent; human: `"70%"`. */
    | 'bps'
    /** Seconds; human: `"1d 12h"`. */
    | 'secs'
    /** A plain number. */
    | 'count'
    /** `"disabled"`, `"insurance-only"`, `"full"`; raw 0, 1, 2. */
    | 'mode'
    /** `true` or `false`; raw 0, 1. */
    | 'flag'
    /** `"pyth-core"`, `"pyth-core-compatible"`, or an address. */
    | 'receiver'
    /** The same, or `"none"`. */
    | 'optionalReceiver'
    /** 64 hexadecimal digits, with or without `0x`. */
    | 'feed'
    /** An address; empty for the market's admin. */
    | 'role';

/** Units whose values are addresses or feeds, not numbers. */
export type TextUnit = 'receiver' | 'optionalReceiver' | 'feed' | 'role';

/** A setting as the program stores it: a number, an address, or a feed in hexadecimal. */
export type Value = bigint | string;

/** One setting. */
export interface Field {
    /** Its name in the program and in files. */
    readonly name: string;
    /** How it is written. */
    readonly unit: Unit;
    /** Whether a file may leave it out, which means zero. */
    readonly optional: boolean;
}

/** Settings by name. */
export type Values = Readonly<Record<string, Value>>;

type Table<F extends Field> = {
    readonly [E in F as E['name']]: E['unit'] extends TextUnit ? string : bigint;
};

function field<const N extends string, const U extends Unit>(
    name: N,
    unit: U,
): { readonly name: N; readonly unit: U; readonly optional: boolean } {
    return { name, unit, optional: false };
}

function optional<const N extends string, const U extends Unit>(
    name: N,
    unit: U,
): { readonly name: N; readonly unit: U; readonly optional: boolean } {
    return { name, unit, optional: true };
}

/** Settings of a bank, in the order in which plans show them. */
export const BANK = [
    field('collateral_factor_bps', 'bps'),
    field('liquidation_threshold_bps', 'bps'),
    field('liability_weight_bps', 'bps'),
    optional('delisted', 'flag'),
    field('min_debt', 'tokens'),
    field('full_close_debt', 'tokens'),
    field('min_bonus_bps', 'bps'),
    field('max_bonus_bps', 'bps'),
    field('bonus_ramp_bps', 'bps'),
    field('bonus_insurance_bps', 'bps'),
    field('target_health_bps', 'bps'),
    field('deposit_cap', 'tokens'),
    field('borrow_cap', 'tokens'),
    field('max_utilisation_bps', 'bps'),
    field('base_rate_bps', 'bps'),
    field('slope_below_bps', 'bps'),
    field('slope_above_bps', 'bps'),
    field('kink_bps', 'bps'),
    field('protocol_fee_bps', 'bps'),
    field('insurance_fee_bps', 'bps'),
    field('oracle_program', 'receiver'),
    field('feed_id', 'feed'),
    field('max_age_secs', 'secs'),
    field('max_conf_bps', 'bps'),
    field('max_divergence_bps', 'bps'),
    optional('fixed_floor_rate', 'rate'),
    optional('fixed_start_rate', 'rate'),
    field('draw_limit', 'tokens'),
    field('bounty_cap', 'tokens'),
    field('bounty_min_loss', 'tokens'),
    field('min_auction_deficit', 'tokens'),
    field('min_risk_age_secs', 'secs'),
    field('limit_window_secs', 'secs'),
    field('bounty_bps', 'bps'),
    field('socialise_delay_secs', 'secs'),
    field('socialise_deadline_secs', 'secs'),
    field('insurance_target_bps', 'bps'),
    field('write_off_mode', 'mode'),
] as const;

/** Settings of a market. */
export const MARKET = [
    optional('guardian', 'role'),
    optional('fee_owner', 'role'),
    field('config_delay_secs', 'secs'),
    field('max_pause_secs', 'secs'),
    field('oracle_program', 'optionalReceiver'),
    optional('feed_id', 'feed'),
    field('max_age_secs', 'secs'),
    field('max_conf_bps', 'bps'),
    field('max_divergence_bps', 'bps'),
    field('auction_delay_secs', 'secs'),
    field('auction_duration_secs', 'secs'),
    field('max_discount_bps', 'bps'),
    field('premium_bps', 'bps'),
    field('max_failed_auctions', 'count'),
    field('lifetime_issuance_cap', 'governance'),
    field('issuance_window_bps', 'bps'),
    field('issuance_window_secs', 'secs'),
    field('issuance_auction_bps', 'bps'),
] as const;

/** Settings of a bank. */
export type BankSettings = Table<(typeof BANK)[number]>;
/** Settings of a market. */
export type MarketSettings = Table<(typeof MARKET)[number]>;

/** What a setting is that nobody gives. */
export function zeroOf(unit: Unit): Value {
    switch (unit) {
        case 'receiver':
        case 'optionalReceiver':
        case 'role':
            return NOBODY;
        case 'feed':
            return '0'.repeat(64);
        default:
            return 0n;
    }
}

/** The address of 32 zero bytes, which stands for none. */
export const NOBODY = '11111111111111111111111111111111';

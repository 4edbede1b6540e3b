/**
 * The program's own rules for settings (`validate` in `crates/engine/src/settings`),
 * asked before anything is sent, so that a file that cannot work is refused with
 * the rule that it breaks. The program asks them again.
 */
import type { BankSettings, MarketSettings } from '../file/fields.ts';

const BPS = 10_000n;
/** Least part of collateral that no setting of threshold and bonus may touch. */
const SELF_LIQUIDATION_MARGIN = 100n;
const MAX_BONUS = 5_000n;
const MAX_RATE = 100_000n;
const MAX_LIABILITY_WEIGHT = 100_000n;
const MAX_CONF = 2_000n;
const MAX_DIVERGENCE = 5_000n;
const MAX_PRICE_AGE_SECS = 600n;
const MAX_DELAY_SECS = 2_592_000n;
const MAX_BOUNTY = 1_000n;

type Rule = readonly [holds: boolean, words: string];

function broken(rules: readonly Rule[]): string | undefined {
    return rules.find(([holds]) => !holds)?.[1];
}

function within(secs: bigint, name: string): Rule {
    return [secs > 0n && secs <= MAX_DELAY_SECS, `${name} must be 1 s to 30 days`];
}

function oracleRules(
    c: Pick<BankSettings, 'max_age_secs' | 'max_conf_bps' | 'max_divergence_bps'>,
): Rule[] {
    const between = (value: bigint, most: bigint): boolean => value > 0n && value <= most;
    return [
        [between(c.max_age_secs, MAX_PRICE_AGE_SECS), 'max_age_secs must be 1..=600'],
        [between(c.max_conf_bps, MAX_CONF), 'max_conf_bps must be 1..=2000'],
        [between(c.max_divergence_bps, MAX_DIVERGENCE), 'max_divergence_bps must be 1..=5000'],
    ];
}

function weightRules(c: BankSettings): Rule[] {
    const taken = c.liquidation_threshold_bps * (BPS + c.max_bonus_bps);
    return [
        [
            c.collateral_factor_bps < c.liquidation_threshold_bps ||
                (c.collateral_factor_bps === 0n && c.liquidation_threshold_bps === 0n),
            'collateral_factor_bps must be below liquidation_threshold_bps, or both 0',
        ],
        [
            c.liability_weight_bps >= BPS && c.liability_weight_bps <= MAX_LIABILITY_WEIGHT,
            'liability_weight_bps must be 10000..=100000',
        ],
        [c.min_bonus_bps <= c.max_bonus_bps, 'min_bonus_bps must not exceed max_bonus_bps'],
        [c.max_bonus_bps <= MAX_BONUS, 'max_bonus_bps must not exceed 5000'],
        [c.bonus_ramp_bps > 0n && c.bonus_ramp_bps <= BPS, 'bonus_ramp_bps must be 1..=10000'],
        [c.bonus_insurance_bps <= BPS, 'bonus_insurance_bps must not exceed 10000'],
        [
            taken <= BPS * (BPS - SELF_LIQUIDATION_MARGIN),
            'liquidation_threshold_bps x (1 + max_bonus_bps) must stay below 99 %: self-liquidation would pay',
        ],
        [
            c.target_health_bps >= BPS && c.target_health_bps <= 2n * BPS,
            'target_health_bps must be 10000..=20000',
        ],
        [c.min_debt > 0n, 'min_debt must be at least 1: dust debt would never be cleared'],
    ];
}

function lendingRules(c: BankSettings): Rule[] {
    const highest = c.base_rate_bps + c.slope_below_bps + c.slope_above_bps;
    return [
        [c.max_utilisation_bps <= BPS, 'max_utilisation_bps must not exceed 10000'],
        [c.kink_bps > 0n && c.kink_bps < BPS, 'kink_bps must lie strictly between 0 and 10000'],
        [highest <= MAX_RATE, 'the interest curve must not exceed 100000 bps a year'],
        [
            c.protocol_fee_bps + c.insurance_fee_bps <= BPS,
            'fee shares must not exceed 10000 bps together',
        ],
    ];
}

function badDebtRules(c: BankSettings): Rule[] {
    return [
        within(c.min_risk_age_secs, 'min_risk_age_secs'),
        within(c.limit_window_secs, 'limit_window_secs'),
        [c.bounty_bps <= MAX_BOUNTY, 'bounty_bps must not exceed 1000'],
        [
            c.fixed_start_rate >= c.fixed_floor_rate,
            'fixed_start_rate must not be below fixed_floor_rate',
        ],
        within(c.socialise_delay_secs, 'socialise_delay_secs'),
        within(c.socialise_deadline_secs, 'socialise_deadline_secs'),
        [
            c.socialise_delay_secs <= c.socialise_deadline_secs,
            'socialise_delay_secs must not exceed socialise_deadline_secs',
        ],
        [c.insurance_target_bps <= BPS, 'insurance_target_bps must not exceed 10000'],
    ];
}

/** The rule that a bank's settings break, if any. */
export function bankRule(c: BankSettings): string | undefined {
    return broken([...weightRules(c), ...lendingRules(c), ...oracleRules(c), ...badDebtRules(c)]);
}

/** The rule that a market's settings break with a supply of governance atoms, if any. */
export function marketRule(c: MarketSettings, supply: bigint): string | undefined {
    return broken([
        within(c.config_delay_secs, 'config_delay_secs'),
        within(c.max_pause_secs, 'max_pause_secs'),
        within(c.auction_duration_secs, 'auction_duration_secs'),
        [c.auction_delay_secs <= MAX_DELAY_SECS, 'auction_delay_secs must not exceed 30 days'],
        within(c.issuance_window_secs, 'issuance_window_secs'),
        [
            c.issuance_window_bps <= BPS,
            'issuance_window_bps must not exceed 10000: more than the supply per window',
        ],
        [
            c.issuance_auction_bps <= c.issuance_window_bps,
            'issuance_auction_bps must not exceed issuance_window_bps',
        ],
        [c.lifetime_issuance_cap <= supply, 'lifetime_issuance_cap must not exceed the supply'],
        [c.max_discount_bps < BPS, 'max_discount_bps must be below 10000'],
        [c.premium_bps <= BPS, 'premium_bps must not exceed 10000'],
        [c.max_failed_auctions > 0n, 'max_failed_auctions must be at least 1'],
        ...oracleRules(c),
    ]);
}

/** The rule that a market's settings break in a market that is there, if any. */
export function marketRuleInForce(
    c: MarketSettings,
    market: {
        readonly settings: MarketSettings;
        readonly supply: bigint;
        readonly outstanding: bigint;
    },
): string | undefined {
    if (c.lifetime_issuance_cap < market.outstanding) {
        return 'lifetime_issuance_cap must not be below what is outstanding';
    }
    // Buy-backs lower the supply; a cap that was valid stays so.
    const before = market.settings.lifetime_issuance_cap;
    return marketRule(c, market.supply > before ? market.supply : before);
}

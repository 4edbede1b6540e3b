/**
 * Which changes raise the risk of somebody who is already there: the program's
 * rule (`raises_risk` in `crates/engine/src/settings`), so that a plan can say
 * which changes wait. The program itself decides; a test compares both.
 */
import type { BankSettings, MarketSettings } from '../file/fields.ts';

/** Settings whose every change waits. */
const BANK_EITHER_WAY = [
    'oracle_program',
    'feed_id',
    'delisted',
    'liquidation_threshold_bps',
    'liability_weight_bps',
    'min_bonus_bps',
    'max_bonus_bps',
    'bonus_ramp_bps',
    'target_health_bps',
    'min_debt',
    'base_rate_bps',
    'slope_below_bps',
    'slope_above_bps',
    'kink_bps',
    'insurance_fee_bps',
    'write_off_mode',
    'min_risk_age_secs',
    'draw_limit',
    'limit_window_secs',
    'min_auction_deficit',
    'fixed_floor_rate',
    'fixed_start_rate',
    'socialise_deadline_secs',
] as const;
const BANK_UP = [
    'collateral_factor_bps',
    'bonus_insurance_bps',
    'full_close_debt',
    'deposit_cap',
    'borrow_cap',
    'max_utilisation_bps',
    'protocol_fee_bps',
    'max_age_secs',
    'max_conf_bps',
    'max_divergence_bps',
    'bounty_bps',
    'bounty_cap',
] as const;
const BANK_DOWN = ['bounty_min_loss', 'socialise_delay_secs', 'insurance_target_bps'] as const;

const MARKET_EITHER_WAY = [
    'oracle_program',
    'feed_id',
    'auction_delay_secs',
    'auction_duration_secs',
    'issuance_window_bps',
    'issuance_window_secs',
    'issuance_auction_bps',
    'lifetime_issuance_cap',
    'max_discount_bps',
    'premium_bps',
    'max_age_secs',
    'max_conf_bps',
    'max_divergence_bps',
] as const;
const MARKET_UP = ['max_pause_secs'] as const;
const MARKET_DOWN = ['config_delay_secs', 'max_failed_auctions'] as const;

/** Whether a change of a bank's settings raises the risk of a user who is there now. */
export function bankRaisesRisk(from: BankSettings, to: BankSettings): boolean {
    return (
        BANK_EITHER_WAY.some((name) => to[name] !== from[name]) ||
        BANK_UP.some((name) => to[name] > from[name]) ||
        BANK_DOWN.some((name) => to[name] < from[name])
    );
}

/** Whether a change of a market's settings raises the risk of lenders or token holders. */
export function marketRaisesRisk(from: MarketSettings, to: MarketSettings): boolean {
    return (
        MARKET_EITHER_WAY.some((name) => to[name] !== from[name]) ||
        MARKET_UP.some((name) => to[name] > from[name]) ||
        MARKET_DOWN.some((name) => to[name] < from[name])
    );
}

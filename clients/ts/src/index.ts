/**
 * Reads, quotes and sends everything that the Backstop lending program knows.
 *
 * - `fetchMarketView`, `refreshed`: a market, its banks and their prices
 * - `quote`: what the program would do
 * - `instructions`, `plan`: one builder per instruction, and what belongs into one transaction
 * - `draft`, `sendAndConfirm`, `execute`: from instructions to a landed transaction
 * - `fetchDetails`, `eventsOfLogs`: what the program said it did
 * - `BackstopError`, `RuleError`, `refusalOf`: why not
 *
 * The formulas themselves are in `@backstop/client/engine`, codecs of every
 * account, instruction and event in `@backstop/client/generated`.
 *
 * @module
 */
export * from './accounts.js';
export * from './addresses.js';
export * from './amounts.js';
export { RuleError, type RuleName } from './engine/error.js';
export type { Check, Sums } from './engine/health.js';
export { U128_MAX, U64_MAX } from './engine/math.js';
export { BackstopError, type Failure, refusalOf } from './error.js';
export * from './events.js';
export {
    BACKSTOP_PROGRAM_ADDRESS,
    type BackstopEvent,
    type BackstopEvents,
    type Bank,
    type BankConfig,
    type Market,
    type MarketConfig,
    type Obligation,
    PauseKind,
    type Position,
    recommendedBank,
    recommendedMarket,
} from './generated/index.js';
export * as instructions from './instructions/index.js';
export * from './obligation.js';
export * from './oracle.js';
export * as plan from './plan.js';
export * as quote from './quote/index.js';
export {
    type Refusal,
    type RefusalName,
    refusalOfCode,
    refusalOfName,
    refusalOfTransaction,
} from './refusal.js';
export * from './transaction/index.js';
export {
    assembleMarketView,
    bankAt,
    bankOfMint,
    type BankView,
    fetchMarketView,
    governancePrice,
    isPriced,
    type MarketView,
    refreshed,
    type ViewOptions,
} from './view.js';

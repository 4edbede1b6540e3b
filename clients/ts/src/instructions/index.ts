/**
 * One typed builder per instruction: what a caller decides is an argument, every
 * address that follows from it is filled in. Amounts are atoms, shares are shares
 * of a bank, times are seconds. What belongs together in one transaction is in
 * `plan`.
 *
 * @module
 */
export * from './bank.js';
export * from './buyBack.js';
export * from './lending.js';
export * from './loss.js';
export * from './market.js';
export { EVENT_AUTHORITY } from '../generated/index.js';
export * from './token.js';

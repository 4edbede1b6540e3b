/**
 * The program's formulas, in `bigint`. `backstop-engine` runs them on chain;
 * the vectors of `tests/vectors`, which it writes, hold both to the atom.
 *
 * @module
 */
export * from './auction.js';
export * from './bucket.js';
export * from './buyBack.js';
export * from './error.js';
export * from './health.js';
export * from './interest.js';
export * from './issuance.js';
export * from './ledger.js';
export * from './liquidation.js';
export * from './math.js';
export * from './price.js';
export * from './recovery.js';
export * from './socialise.js';
export * from './waterfall.js';

/**
 * What the program would do, by the formulas that it does it with. Every
 * function takes a view that was `refreshed`, as every transaction begins with
 * `refresh_banks`. Refusals carry the numbers of the rule that they break.
 *
 * @module
 */
export * from './auction.js';
export * from './health.js';
export * from './liquidation.js';
export {
    closeAuction,
    collectable,
    cover,
    type CoverQuote,
    doesSomething,
    requireWriteOff,
    socialise,
    writeOff,
    type WriteOffOptions,
    type WriteOffQuote,
} from './loss.js';
export { type BankSolvency, type Layers, type Solvency, solvency } from './solvency.js';
export { isDelisted, isPaused } from './state.js';

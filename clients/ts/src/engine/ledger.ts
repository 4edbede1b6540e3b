/**
 * The books of one bank, and what lenders and borrowers do to them. Every
 * function takes the books and returns the next ones.
 */
import type { BankConfig, LedgerState } from '../generated/index.js';
import { refuse } from './error.js';
import {
    BPS,
    divUp,
    min,
    mulDivDown,
    mulDivUp,
    mulShrDown,
    mulShrUp,
    saturatingSub,
    toU128,
    toU64,
    U64_MAX,
} from './math.js';

/** The books of one bank, as its account stores them. */
export type Ledger = LedgerState;

/** Shares that nobody owns. */
export const VIRTUAL_SHARES = 1_000_000n;
/** Atoms that nobody owns, beside {@link VIRTUAL_SHARES}. */
const VIRTUAL_ATOMS = 1n;
const MAX_SHARES = 1n << 96n;
/** Where the borrow index stops growing. */
export const INDEX_MAX = (1n << 96n) - 1n;
const DEBT_BITS = 96n;

/** What a deposit does. */
export interface DepositPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** Shares for the lender. */
    readonly shares: bigint;
}

/** What a withdrawal does. */
export interface WithdrawPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** Atoms for the lender. */
    readonly paid: bigint;
    /** The lender's part of the open deficit, which leaves with him. */
    readonly borne: bigint;
}

/** What a loan does. */
export interface BorrowPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** Debt shares for the borrower. */
    readonly shares: bigint;
}

/** What a repayment does. */
export interface RepayPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** Atoms that the payer pays. */
    readonly paid: bigint;
    /** Debt shares that are gone. */
    readonly shares: bigint;
}

/** The settings that limit lending out. */
export type BorrowLimits = Pick<BankConfig, 'borrowCap' | 'maxUtilisationBps' | 'minDebt'>;

/** What lenders could claim if nothing more were covered. */
export function netAssets(ledger: Ledger): bigint {
    return toU64(ledger.lenderAssets - ledger.deficit);
}

function allShares(ledger: Ledger): bigint {
    return toU128(ledger.depositShares + VIRTUAL_SHARES);
}

function claimDown(ledger: Ledger, shares: bigint, assets: bigint): bigint {
    return toU64(mulDivDown(shares, assets + VIRTUAL_ATOMS, allShares(ledger)));
}

/** Atoms that `shares` are worth at the gross price, rounded down. */
export function grossValueDown(ledger: Ledger, shares: bigint): bigint {
    return claimDown(ledger, shares, ledger.lenderAssets);
}

/**
 * Atoms that `shares` are worth at the net price, rounded down: what a
 * withdrawal pays, and what counts as collateral.
 */
export function netValueDown(ledger: Ledger, shares: bigint): bigint {
    return claimDown(ledger, shares, netAssets(ledger));
}

/** `⌈factor · gross value of shares⌉`, without rounding the value itself. */
export function grossTimesUp(ledger: Ledger, shares: bigint, factor: bigint): bigint {
    const scaled = toU128((ledger.lenderAssets + VIRTUAL_ATOMS) * factor);
    return mulDivUp(shares, scaled, allShares(ledger));
}

/** Most shares whose net value does not exceed `atoms`. */
export function sharesForNetDown(ledger: Ledger, atoms: bigint): bigint {
    return mulDivDown(atoms, allShares(ledger), netAssets(ledger) + VIRTUAL_ATOMS);
}

/** Atoms that `shares` of debt amount to, rounded up: what clears them. */
export function debtUp(ledger: Ledger, shares: bigint): bigint {
    return toU64(mulShrUp(shares, ledger.borrowIndex, DEBT_BITS));
}

/** `⌊shares · index⌋` over all borrowers. */
export function borrowedDown(shares: bigint, index: bigint): bigint {
    return toU64(mulShrDown(shares, index, DEBT_BITS));
}

function debtSharesDown(ledger: Ledger, atoms: bigint): bigint {
    if (ledger.borrowIndex === 0n) refuse('DivisionByZero');
    return (atoms << DEBT_BITS) / ledger.borrowIndex;
}

function debtSharesUp(ledger: Ledger, atoms: bigint): bigint {
    return divUp(atoms << DEBT_BITS, ledger.borrowIndex);
}

/**
 * Buys shares at the gross price.
 * Throws `ZeroAmount`, `WoundDown`, `DepositCapExceeded`, `AmountTooSmall`, `Overflow`.
 */
export function planDeposit(
    ledger: Ledger,
    atoms: bigint,
    cap: bigint,
    woundDown: boolean,
): DepositPlan {
    if (atoms === 0n) refuse('ZeroAmount');
    if (woundDown) refuse('WoundDown');
    const lenderAssets = toU64(ledger.lenderAssets + atoms);
    if (lenderAssets > cap) refuse('DepositCapExceeded', { after: lenderAssets, cap });
    const shares = mulDivDown(atoms, allShares(ledger), ledger.lenderAssets + VIRTUAL_ATOMS);
    if (shares === 0n) refuse('AmountTooSmall');
    const depositShares = toU128(ledger.depositShares + shares);
    if (depositShares > MAX_SHARES) refuse('Overflow');
    const cash = toU64(ledger.cash + atoms);
    return { ledger: { ...ledger, depositShares, cash, lenderAssets }, shares };
}

/** Takes shares out of the books at the net price; the caller books where `paid` goes. */
function release(ledger: Ledger, shares: bigint): WithdrawPlan {
    if (shares === 0n) refuse('ZeroAmount');
    if (shares > ledger.depositShares) refuse('InsufficientShares');
    const gross = grossValueDown(ledger, shares);
    const paid = netValueDown(ledger, shares);
    const borne = toU64(gross - paid);
    const deficit = toU64(ledger.deficit - borne);
    const after = {
        ...ledger,
        depositShares: ledger.depositShares - shares,
        lenderAssets: toU64(ledger.lenderAssets - gross),
        deficit,
        onAuction: min(ledger.onAuction, deficit),
        borneByLeavers: toU128(ledger.borneByLeavers + borne),
    };
    return { ledger: after, paid, borne };
}

/**
 * Redeems shares at the net price and takes their part of an open deficit along.
 * Throws `ZeroAmount`, `InsufficientCash`, `InsufficientShares`.
 */
export function planWithdraw(ledger: Ledger, shares: bigint): WithdrawPlan {
    const plan = release(ledger, shares);
    const { cash } = plan.ledger;
    if (plan.paid > cash) refuse('InsufficientCash', { wanted: plan.paid, cash });
    return { ...plan, ledger: { ...plan.ledger, cash: cash - plan.paid } };
}

/** Turns shares into insurance fees: the slice of a liquidation bonus. */
export function sharesToInsurance(ledger: Ledger, shares: bigint): WithdrawPlan {
    const plan = release(ledger, shares);
    const insuranceFees = toU64(plan.ledger.insuranceFees + plan.paid);
    return { ...plan, ledger: { ...plan.ledger, insuranceFees } };
}

/**
 * Lends `atoms` to a position that already owes `held`.
 * Throws `ZeroAmount`, `WoundDown`, `InsufficientCash`, `BorrowCapExceeded`,
 * `UtilisationTooHigh`, `DebtBelowMinimum`, `Overflow`.
 */
export function planBorrow(
    ledger: Ledger,
    atoms: bigint,
    held: bigint,
    limits: BorrowLimits,
    woundDown: boolean,
): BorrowPlan {
    if (atoms === 0n) refuse('ZeroAmount');
    if (woundDown) refuse('WoundDown');
    if (atoms > ledger.cash) refuse('InsufficientCash', { wanted: atoms, cash: ledger.cash });
    const cash = ledger.cash - atoms;
    const shares = toU128(debtSharesUp(ledger, atoms));
    const left = debtUp(ledger, toU128(held + shares));
    if (left < limits.minDebt) refuse('DebtBelowMinimum', { left, min: limits.minDebt });
    const debtShares = toU128(ledger.debtShares + shares);
    const borrowed = borrowedDown(debtShares, ledger.borrowIndex);
    // Rounding the shares up may book an atom more than left the vault.
    const dust = toU64(toU64(borrowed - ledger.borrowed) - atoms);
    const lenderAssets = toU64(ledger.lenderAssets + dust);
    const after = { ...ledger, cash, borrowed, debtShares, lenderAssets };
    checkBorrowLimits(after, limits);
    return { ledger: after, shares };
}

function checkBorrowLimits({ borrowed, cash }: Ledger, limits: BorrowLimits): void {
    if (borrowed > limits.borrowCap) {
        refuse('BorrowCapExceeded', { after: borrowed, cap: limits.borrowCap });
    }
    const most = BigInt(limits.maxUtilisationBps);
    if (borrowed * BPS > (borrowed + cash) * most) {
        refuse('UtilisationTooHigh', { borrowed, cash, max_bps: most });
    }
}

/**
 * Pays back up to `offer` of the debt `held`: charged rounded up, credited
 * rounded down. Throws `ZeroAmount`, `NoDebt`, `DebtBelowMinimum`.
 */
export function planRepay(ledger: Ledger, offer: bigint, held: bigint, minDebt: bigint): RepayPlan {
    if (held === 0n) refuse('NoDebt');
    if (offer === 0n) refuse('ZeroAmount');
    const debt = debtUp(ledger, held);
    const paid = min(offer, debt);
    const shares = offer >= debt ? held : min(debtSharesDown(ledger, offer), held);
    const left = debtUp(ledger, held - shares);
    if (left > 0n && left < minDebt) refuse('DebtBelowMinimum', { left, min: minDebt });
    const removed = removeDebt(ledger, shares);
    const after = {
        ...removed.ledger,
        cash: toU64(ledger.cash + paid),
        lenderAssets: toU64(ledger.lenderAssets + toU64(paid - removed.fall)),
    };
    return { ledger: after, paid, shares };
}

/** Takes debt shares out of the books and says by how much `borrowed` fell. */
export function removeDebt(ledger: Ledger, shares: bigint): { ledger: Ledger; fall: bigint } {
    const debtShares = toU128(ledger.debtShares - shares);
    const borrowed = borrowedDown(debtShares, ledger.borrowIndex);
    const fall = toU64(ledger.borrowed - borrowed);
    return { ledger: { ...ledger, debtShares, borrowed }, fall };
}

/** Lowers the deficit by `atoms`: what is not on auction first. */
export function lowerDeficit(ledger: Ledger, atoms: bigint): Ledger {
    const deficit = toU64(ledger.deficit - atoms);
    return { ...ledger, deficit, onAuction: min(ledger.onAuction, deficit) };
}

/** Passes if the books balance. Throws `BooksOutOfBalance`. */
export function checkBooks(ledger: Ledger): void {
    const backing = ledger.cash + ledger.borrowed + ledger.deficit;
    const fees = ledger.protocolFees + ledger.insuranceFees;
    if (backing !== fees + ledger.lenderAssets) {
        refuse('BooksOutOfBalance', {
            lender_assets: ledger.lenderAssets,
            expected: min(saturatingSub(backing, fees), U64_MAX),
        });
    }
}

/** Passes if the history of losses adds up. Throws `SplitOutOfBalance`. */
export function checkSplit(ledger: Ledger): void {
    const carried =
        ledger.coveredByFees +
        ledger.coveredByInsurance +
        ledger.coveredByAuction +
        ledger.recovered +
        ledger.borneByLeavers +
        ledger.socialised +
        ledger.deficit;
    if (carried !== ledger.lost) refuse('SplitOutOfBalance');
}

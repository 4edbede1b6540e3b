/**
 * Instructions that belong into one transaction: prices first, then the action,
 * with the lists of banks that the program demands.
 *
 * @module
 */
import type { Account, Address, Instruction } from '@solana/kit';
import type { BankKeys } from './addresses.js';
import type { Obligation } from './generated/index.js';
import * as instructions from './instructions/index.js';
import { type ActiveAfter, activeBanks, depositBanks, hasDebt, positionIn } from './obligation.js';
import { isDelisted } from './quote/state.js';
import { bankAt, type MarketView } from './view.js';

/** An owner's obligation as it was read, and the token account that pays or is paid. */
export interface ObligationParty extends Omit<instructions.Party, 'obligation'> {
    /** The obligation. */
    readonly obligation: Account<Obligation>;
}

function party({ obligation, ...rest }: ObligationParty): instructions.Party {
    return { ...rest, obligation: obligation.address };
}

/**
 * `refresh_banks` for some banks, each once; nothing for none. Delisted banks are
 * left out: nobody needs their price, and their feed may be dead.
 */
export function refresh(view: MarketView, banks: readonly Address[]): Instruction[] {
    const views = [...new Set(banks)].map((bank) => bankAt(view, bank));
    const keys = views.filter(({ bank }) => !isDelisted(bank)).map(({ keys }) => keys);
    return keys.length > 0 ? [instructions.refreshBanks(keys)] : [];
}

/** A deposit. An obligation with debt needs the price of the bank. */
export function deposit(
    view: MarketView,
    bank: BankKeys,
    from: ObligationParty,
    args: instructions.DepositArgs,
): Instruction[] {
    const priced = hasDebt(from.obligation.data) ? [bank.bank] : [];
    return [...refresh(view, priced), instructions.deposit(bank, party(from), args)];
}

/** A withdrawal of `args.shares`, all of them for `U128_MAX`. */
export function withdraw(
    view: MarketView,
    bank: BankKeys,
    to: ObligationParty,
    args: instructions.WithdrawArgs,
): Instruction[] {
    const state = to.obligation.data;
    if (!hasDebt(state)) return [instructions.withdraw(bank, party(to), args)];
    const held = positionIn(state, bank.bank);
    const leaves = held !== undefined && args.shares >= held.depositShares;
    const after: ActiveAfter = leaves
        ? { kind: 'withoutDepositIn', bank: bank.bank }
        : { kind: 'asIs' };
    const list = activeBanks(state, after);
    return [...refresh(view, list), instructions.withdraw(bank, party(to), args, list)];
}

/** A loan of `atoms`. */
export function borrow(
    view: MarketView,
    bank: BankKeys,
    to: ObligationParty,
    atoms: bigint,
): Instruction[] {
    const list = activeBanks(to.obligation.data, { kind: 'withDebtIn', bank: bank.bank });
    return [...refresh(view, list), instructions.borrow(bank, party(to), atoms, list)];
}

/** A liquidation, without what may follow it. */
export function liquidate(
    view: MarketView,
    debt: BankKeys,
    collateral: BankKeys,
    parties: Omit<instructions.LiquidationParties, 'obligation'> & {
        readonly obligation: Account<Obligation>;
    },
    args: instructions.LiquidateArgs,
): Instruction[] {
    const list = activeBanks(parties.obligation.data);
    const named = { ...parties, obligation: parties.obligation.address };
    return [...refresh(view, list), instructions.liquidate(debt, collateral, named, args, list)];
}

/** Whether the price that issuing needs is refreshed first: leave it out where the feed is dead. */
export interface PriceOption {
    /** It is, unless this is `false`. */
    readonly withPrice?: boolean;
}

function priced(view: MarketView, bank: BankKeys, { withPrice }: PriceOption): Instruction[] {
    return withPrice === false ? [] : refresh(view, [bank.bank]);
}

/** A write-off: a feed that is dead must not keep a loss from being booked. */
export function writeOff(
    view: MarketView,
    bank: BankKeys,
    obligation: Account<Obligation>,
    options: PriceOption & { readonly keeperTokenAccount?: Address } = {},
): Instruction[] {
    const delisted = depositBanks(obligation.data);
    const { keeperTokenAccount } = options;
    return [
        ...priced(view, bank, options),
        instructions.writeOff(bank, obligation.address, keeperTokenAccount, delisted),
    ];
}

/** `cover_deficit`, with the price that issuing needs. */
export function cover(view: MarketView, bank: BankKeys, options: PriceOption = {}): Instruction[] {
    return [...priced(view, bank, options), instructions.coverDeficit(bank)];
}

/** A purchase from an auction; opens the buyer's account for governance tokens where it is missing. */
export async function buyGovernance(
    bank: BankKeys,
    buyer: instructions.Buyer,
    amount: bigint,
    maxPay: bigint,
): Promise<Instruction[]> {
    const { buyer: signer } = buyer;
    return [
        await instructions.createTokenAccount(signer, signer.address, bank.market),
        instructions.buyGovernance(bank, buyer, amount, maxPay),
    ];
}

/** `start_buy_back`, with the price that it needs. */
export function startBuyBack(view: MarketView, bank: BankKeys): Instruction[] {
    return [...refresh(view, [bank.bank]), instructions.startBuyBack(bank)];
}

/** `sell_governance`, with the price that it needs. */
export function sellGovernance(
    view: MarketView,
    bank: BankKeys,
    seller: instructions.Seller,
    amount: bigint,
    minProceeds: bigint,
): Instruction[] {
    return [
        ...refresh(view, [bank.bank]),
        instructions.sellGovernance(bank, seller, amount, minProceeds),
    ];
}

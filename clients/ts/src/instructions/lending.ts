/** Instructions of an obligation: its owner's, and liquidation. */
import type { Address, Instruction, TransactionSigner } from '@solana/kit';
import { type BankKeys, type MarketKeys, obligationAddress } from '../addresses.js';
import {
    getBorrowInstruction,
    getCloseObligationInstruction,
    getDepositInstruction,
    getLiquidateInstruction,
    getOpenObligationInstruction,
    getRepayInstruction,
    getWithdrawInstruction,
} from '../generated/index.js';
import { assetAccounts, followedBy } from './shared.js';

/** Opens an obligation for the signing owner. */
export async function openObligation(
    { market }: Pick<MarketKeys, 'market'>,
    payer: TransactionSigner,
    owner: TransactionSigner,
    index = 0,
): Promise<Instruction> {
    const obligation = await obligationAddress(market, owner.address, index);
    return getOpenObligationInstruction({ payer, owner, market, obligation, index });
}

/** Closes an empty obligation; its rent goes to `rentReceiver`. */
export function closeObligation(
    owner: TransactionSigner,
    obligation: Address,
    rentReceiver: Address,
): Instruction {
    return getCloseObligationInstruction({ owner, obligation, rentReceiver });
}

/** An owner's obligation, and the token account that pays or is paid. */
export interface Party {
    /** Owner of the obligation. */
    readonly owner: TransactionSigner;
    /** The obligation. */
    readonly obligation: Address;
    /** Account for the bank's asset. */
    readonly tokenAccount: Address;
}

/** What a deposit asks for. */
export interface DepositArgs {
    /** Atoms to pay in. */
    readonly atoms: bigint;
    /** Fewest shares to accept. */
    readonly minShares: bigint;
    /** Whether to deposit although a deficit is open. */
    readonly acceptDeficit?: boolean;
}

/** Pays atoms in, for shares at the gross price. */
export function deposit(keys: BankKeys, party: Party, args: DepositArgs): Instruction {
    return getDepositInstruction({
        ...assetAccounts(keys),
        owner: party.owner,
        obligation: party.obligation,
        bank: keys.bank,
        ownerTokenAccount: party.tokenAccount,
        liquidityVault: keys.liquidityVault,
        atoms: args.atoms,
        minShares: args.minShares,
        acceptDeficit: args.acceptDeficit ?? false,
    });
}

/** What a withdrawal asks for. */
export interface WithdrawArgs {
    /** Shares to redeem; `U128_MAX` for all of them. */
    readonly shares: bigint;
    /** Fewest atoms to accept. */
    readonly minAtoms: bigint;
}

/** Redeems shares at the net price. `banks`: those of the positions that stay active, if there is a debt. */
export function withdraw(
    keys: BankKeys,
    party: Party,
    args: WithdrawArgs,
    banks: readonly Address[] = [],
): Instruction {
    const instruction = getWithdrawInstruction({
        ...assetAccounts(keys),
        ...args,
        owner: party.owner,
        obligation: party.obligation,
        bank: keys.bank,
        destination: party.tokenAccount,
        liquidityVault: keys.liquidityVault,
    });
    return followedBy(instruction, banks);
}

/** Borrows `atoms`. `banks`: those of the active positions, this one included. */
export function borrow(
    keys: BankKeys,
    party: Party,
    atoms: bigint,
    banks: readonly Address[],
): Instruction {
    const instruction = getBorrowInstruction({
        ...assetAccounts(keys),
        owner: party.owner,
        market: keys.market.market,
        obligation: party.obligation,
        bank: keys.bank,
        destination: party.tokenAccount,
        liquidityVault: keys.liquidityVault,
        atoms,
    });
    return followedBy(instruction, banks);
}

/** Who pays for somebody's debt or record. */
export interface Payer {
    /** Signs. */
    readonly payer: TransactionSigner;
    /** Pays. */
    readonly tokenAccount: Address;
}

/** Pays back up to `maxAtoms` of anybody's debt. */
export function repay(
    keys: BankKeys,
    { payer, tokenAccount }: Payer,
    obligation: Address,
    maxAtoms: bigint,
): Instruction {
    return getRepayInstruction({
        ...assetAccounts(keys),
        payer,
        obligation,
        bank: keys.bank,
        payerTokenAccount: tokenAccount,
        liquidityVault: keys.liquidityVault,
        maxAtoms,
    });
}

/** Who liquidates whom. */
export interface LiquidationParties {
    /** Owner of `liquidatorObligation`. */
    readonly liquidator: TransactionSigner;
    /** Gets the collateral. */
    readonly liquidatorObligation: Address;
    /** Pays. */
    readonly liquidatorTokenAccount: Address;
    /** Is liquidated. */
    readonly obligation: Address;
}

/** What a liquidation asks for. */
export interface LiquidateArgs {
    /** Most atoms to repay. */
    readonly maxRepay: bigint;
    /** Fewest collateral shares to accept. */
    readonly minShares: bigint;
}

/** Repays a debt, takes collateral as shares. `banks`: those of the liquidated obligation's active positions. */
export function liquidate(
    debt: BankKeys,
    collateral: BankKeys,
    parties: LiquidationParties,
    args: LiquidateArgs,
    banks: readonly Address[],
): Instruction {
    const instruction = getLiquidateInstruction({
        ...parties,
        ...args,
        debtBank: debt.bank,
        collateralBank: collateral.bank,
        debtLiquidityVault: debt.liquidityVault,
        debtMint: debt.mint,
        debtTokenProgram: debt.tokenProgram,
    });
    return followedBy(instruction, banks);
}

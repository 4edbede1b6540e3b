/** Instructions that make a loss, and that cover it. */
import type { Address, Instruction, TransactionSigner } from '@solana/kit';
import type { BankKeys } from '../addresses.js';
import {
    getBuyGovernanceInstruction,
    getCloseAuctionInstruction,
    getCoverDeficitInstruction,
    getRepayWrittenOffInstruction,
    getSocialiseDeficitInstruction,
    getWriteOffInstruction,
} from '../generated/index.js';
import type { Payer } from './lending.js';
import { assetAccounts, escrowAccounts, followedBy, oracleAccounts, SELF_CALL } from './shared.js';

function tierAccounts(keys: BankKeys): {
    market: Address;
    bank: Address;
    liquidityVault: Address;
    insuranceVault: Address;
    mint: Address;
    tokenProgram: Address;
    governanceEscrow: Address;
    governanceMint: Address;
    governanceTokenProgram: Address;
    eventAuthority: Address;
    program: Address;
} {
    return {
        ...assetAccounts(keys),
        ...escrowAccounts(keys),
        ...SELF_CALL,
        market: keys.market.market,
        bank: keys.bank,
        liquidityVault: keys.liquidityVault,
        insuranceVault: keys.insuranceVault,
    };
}

/**
 * Takes a debt without collateral out of the books and covers it. `delisted`: the
 * banks of its deposits. Only at the top level of a transaction. Without
 * `keeperTokenAccount` no bounty is paid.
 */
export function writeOff(
    keys: BankKeys,
    obligation: Address,
    keeperTokenAccount?: Address,
    delisted: readonly Address[] = [],
): Instruction {
    const instruction = getWriteOffInstruction({
        ...tierAccounts(keys),
        ...oracleAccounts(keys),
        ...(keeperTokenAccount ? { keeperTokenAccount } : {}),
        obligation,
    });
    return followedBy(instruction, delisted);
}

/** Covers an open deficit as far as fees, insurance and limits allow now. */
export function coverDeficit(keys: BankKeys): Instruction {
    return getCoverDeficitInstruction({ ...tierAccounts(keys), ...oracleAccounts(keys) });
}

/** Who buys governance tokens. */
export interface Buyer {
    /** Signs. */
    readonly buyer: TransactionSigner;
    /** Pays in the bank's asset. */
    readonly tokenAccount: Address;
    /** Gets the governance tokens. */
    readonly governanceAccount: Address;
}

/** Buys up to `amount` governance atoms from a bank's auction for at most `maxPay` atoms. */
export function buyGovernance(
    keys: BankKeys,
    buyer: Buyer,
    amount: bigint,
    maxPay: bigint,
): Instruction {
    return getBuyGovernanceInstruction({
        ...assetAccounts(keys),
        ...escrowAccounts(keys),
        ...SELF_CALL,
        buyer: buyer.buyer,
        market: keys.market.market,
        bank: keys.bank,
        buyerTokenAccount: buyer.tokenAccount,
        buyerGovernanceAccount: buyer.governanceAccount,
        liquidityVault: keys.liquidityVault,
        amount,
        maxPay,
    });
}

/** Closes an auction that is over and burns what is left. */
export function closeAuction(keys: BankKeys): Instruction {
    return getCloseAuctionInstruction({
        ...escrowAccounts(keys),
        ...SELF_CALL,
        market: keys.market.market,
        bank: keys.bank,
    });
}

/** Lets lenders share a deficit that nothing else could cover. */
export function socialiseDeficit({ market, bank }: BankKeys): Instruction {
    return getSocialiseDeficitInstruction({ ...SELF_CALL, market: market.market, bank });
}

/** Pays back up to `maxAtoms` of a record of written-off debt. */
export function repayWrittenOff(
    keys: BankKeys,
    { payer, tokenAccount }: Payer,
    obligation: Address,
    maxAtoms: bigint,
): Instruction {
    return getRepayWrittenOffInstruction({
        ...tierAccounts(keys),
        payer,
        obligation,
        payerTokenAccount: tokenAccount,
        maxAtoms,
    });
}

/** Instructions that spend surplus insurance on governance tokens. */
import type { Address, Instruction, TransactionSigner } from '@solana/kit';
import type { BankKeys } from '../addresses.js';
import {
    getCloseBuyBackInstruction,
    getSellGovernanceInstruction,
    getStartBuyBackInstruction,
} from '../generated/index.js';
import { assetAccounts, oracleAccounts, SELF_CALL } from './shared.js';

/** Offers insurance above its target for governance tokens. */
export function startBuyBack(keys: BankKeys): Instruction {
    return getStartBuyBackInstruction({
        ...oracleAccounts(keys),
        ...SELF_CALL,
        market: keys.market.market,
        bank: keys.bank,
    });
}

/** Who sells governance tokens. */
export interface Seller {
    /** Signs. */
    readonly seller: TransactionSigner;
    /** Gives the governance tokens. */
    readonly governanceAccount: Address;
    /** Is paid in the bank's asset. */
    readonly tokenAccount: Address;
}

/** Sells up to `amount` governance atoms to a buy-back, for at least `minProceeds` atoms. */
export function sellGovernance(
    keys: BankKeys,
    seller: Seller,
    amount: bigint,
    minProceeds: bigint,
): Instruction {
    return getSellGovernanceInstruction({
        ...assetAccounts(keys),
        ...oracleAccounts(keys),
        ...SELF_CALL,
        seller: seller.seller,
        market: keys.market.market,
        bank: keys.bank,
        sellerGovernanceAccount: seller.governanceAccount,
        destination: seller.tokenAccount,
        insuranceVault: keys.insuranceVault,
        governanceMint: keys.market.mint,
        governanceTokenProgram: keys.market.tokenProgram,
        amount,
        minProceeds,
    });
}

/** Ends a buy-back whose time is over, or that stands in the way of a deficit. */
export function closeBuyBack({ market, bank }: BankKeys): Instruction {
    return getCloseBuyBackInstruction({ ...SELF_CALL, market: market.market, bank });
}

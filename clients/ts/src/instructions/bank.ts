/** Instructions of a bank: settings, prices, fees, insurance. */
import { AccountRole, type Address, type Instruction, type TransactionSigner } from '@solana/kit';
import type { BankKeys } from '../addresses.js';
import {
    type BankConfigArgs,
    getApplyBankUpdateInstruction,
    getCancelBankUpdateInstruction,
    getCollectFeesInstruction,
    getCreateBankInstruction,
    getFundInsuranceInstruction,
    getRefreshBanksInstruction,
    getUpdateBankInstruction,
} from '../generated/index.js';
import { assetAccounts } from './shared.js';

/** A bank for a mint, with its three vaults; write-offs disabled. */
export function createBank(
    keys: BankKeys,
    input: {
        readonly payer: TransactionSigner;
        readonly admin: TransactionSigner;
        readonly config: BankConfigArgs;
    },
): Instruction {
    return getCreateBankInstruction({
        ...input,
        ...assetAccounts(keys),
        market: keys.market.market,
        bank: keys.bank,
        liquidityVault: keys.liquidityVault,
        insuranceVault: keys.insuranceVault,
        governanceMint: keys.market.mint,
        governanceEscrow: keys.governanceEscrow,
        governanceTokenProgram: keys.market.tokenProgram,
    });
}

/** Settings of a bank: at once, or queued where they raise somebody's risk. */
export function updateBank(
    keys: BankKeys,
    admin: TransactionSigner,
    config: BankConfigArgs,
): Instruction {
    const { bank, market } = keys;
    return getUpdateBankInstruction({ admin, market: market.market, bank, config });
}

/** A bank's queued settings, once their delay is over. Anyone. */
export function applyBankUpdate({ bank, market }: BankKeys): Instruction {
    return getApplyBankUpdateInstruction({ market: market.market, bank });
}

/** Drops a bank's queued settings. */
export function cancelBankUpdate(
    { bank, market }: BankKeys,
    admin: TransactionSigner,
): Instruction {
    return getCancelBankUpdateInstruction({ admin, market: market.market, bank });
}

/** Books interest and stores this slot's prices for one to eight banks. Anyone. */
export function refreshBanks(banks: readonly BankKeys[]): Instruction {
    const accounts = banks.flatMap(({ bank, oracle }) => [
        { address: bank, role: AccountRole.WRITABLE },
        { address: oracle, role: AccountRole.READONLY },
    ]);
    return { ...getRefreshBanksInstruction(), accounts };
}

/** Adds `atoms` to a bank's insurance vault. */
export function fundInsurance(
    keys: BankKeys,
    payer: TransactionSigner,
    payerTokenAccount: Address,
    atoms: bigint,
): Instruction {
    const { bank, insuranceVault } = keys;
    const asset = assetAccounts(keys);
    return getFundInsuranceInstruction({
        ...asset,
        payer,
        bank,
        payerTokenAccount,
        insuranceVault,
        atoms,
    });
}

/** Moves insurance fees to the vault, and protocol fees to `feeTokenAccount`, the fee owner's. */
export function collectFees(keys: BankKeys, feeTokenAccount: Address): Instruction {
    return getCollectFeesInstruction({
        ...assetAccounts(keys),
        market: keys.market.market,
        bank: keys.bank,
        feeTokenAccount,
        liquidityVault: keys.liquidityVault,
        insuranceVault: keys.insuranceVault,
    });
}

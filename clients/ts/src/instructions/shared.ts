/** What several instructions share. */
import { AccountRole, type Address, type Instruction } from '@solana/kit';
import type { BankKeys } from '../addresses.js';
import { BACKSTOP_PROGRAM_ADDRESS, EVENT_AUTHORITY } from '../generated/index.js';

/** The accounts of instructions whose events go through a self-call. */
export const SELF_CALL = {
    eventAuthority: EVENT_AUTHORITY,
    program: BACKSTOP_PROGRAM_ADDRESS as Address,
};

/** The accounts of a bank's asset. */
export function assetAccounts({ mint, tokenProgram }: BankKeys): {
    mint: Address;
    tokenProgram: Address;
} {
    return { mint, tokenProgram };
}

/** The accounts of a bank's auction. */
export function escrowAccounts(keys: BankKeys): {
    governanceEscrow: Address;
    governanceMint: Address;
    governanceTokenProgram: Address;
} {
    return {
        governanceEscrow: keys.governanceEscrow,
        governanceMint: keys.market.mint,
        governanceTokenProgram: keys.market.tokenProgram,
    };
}

/** The price account of the governance token, where the market has a feed. */
export function oracleAccounts(keys: BankKeys): { governanceOracle?: Address } {
    return keys.market.oracle ? { governanceOracle: keys.market.oracle } : {};
}

/** The instruction with banks behind its own accounts. */
export function followedBy(instruction: Instruction, banks: readonly Address[]): Instruction {
    const list = banks.map((address) => ({ address, role: AccountRole.READONLY }));
    return { ...instruction, accounts: [...(instruction.accounts ?? []), ...list] };
}

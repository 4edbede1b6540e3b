/** The one instruction of another program that callers need all the time. */
import { AccountRole, type Address, type Instruction, type TransactionSigner } from '@solana/kit';
import {
    ASSOCIATED_TOKEN_PROGRAM,
    associatedTokenAddress,
    type MarketKeys,
    SYSTEM_PROGRAM,
} from '../addresses.js';

const CREATE_IDEMPOTENT = new Uint8Array([1]);

/** Creates `owner`'s associated account for a mint, if it is not there yet; `payer` pays its rent. */
export async function createTokenAccount(
    payer: TransactionSigner,
    owner: Address,
    token: Pick<MarketKeys, 'mint' | 'tokenProgram'>,
): Promise<Instruction> {
    const account = await associatedTokenAddress(token, owner);
    const readonly = (address: Address) => ({ address, role: AccountRole.READONLY as const });
    return {
        programAddress: ASSOCIATED_TOKEN_PROGRAM,
        accounts: [
            { address: payer.address, role: AccountRole.WRITABLE_SIGNER, signer: payer },
            { address: account, role: AccountRole.WRITABLE },
            readonly(owner),
            readonly(token.mint),
            readonly(SYSTEM_PROGRAM),
            readonly(token.tokenProgram),
        ],
        data: CREATE_IDEMPOTENT,
    } as Instruction;
}

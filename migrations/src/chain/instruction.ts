/** The instruction of a step. */
import { type BankKeys, instructions } from '@backstop/client';
import type { Address, Instruction } from '@solana/kit';
import type { Desired } from '../file/resolve.ts';
import type { Step } from '../plan/step.ts';
import { bankConfig, marketConfig } from './codec.ts';
import type { Signers } from './signers.ts';

/** What to send for a step. */
export async function instructionOf(
    desired: Desired,
    step: Step,
    signers: Signers,
): Promise<Instruction> {
    const { keys } = desired;
    const { payer, admin, mintAuthority } = signers;
    const bank = (address: Address): BankKeys => {
        const found = desired.banks.find((wanted) => wanted.keys.bank === address);
        if (!found) throw new Error(`the file has no bank ${address}`);
        return found.keys;
    };
    switch (step.kind) {
        case 'create-market': {
            const config = marketConfig(step.settings);
            const { creation } = desired;
            return creation.kind === 'adopt'
                ? instructions.createMarket(keys, { payer, admin, mintAuthority, config })
                : instructions.createMarketWithMint(keys, { payer, admin, ...creation, config });
        }
        case 'update-market':
            return instructions.updateMarket(keys.market, admin, marketConfig(step.settings));
        case 'apply-market-update':
            return instructions.applyMarketUpdate(keys.market);
        case 'cancel-market-update':
            return instructions.cancelMarketUpdate(keys.market, admin);
        case 'create-bank': {
            const config = bankConfig(step.settings);
            return instructions.createBank(bank(step.bank), { payer, admin, config });
        }
        case 'update-bank':
            return instructions.updateBank(bank(step.bank), admin, bankConfig(step.settings));
        case 'apply-bank-update':
            return instructions.applyBankUpdate(bank(step.bank));
        case 'cancel-bank-update':
            return instructions.cancelBankUpdate(bank(step.bank), admin);
    }
}

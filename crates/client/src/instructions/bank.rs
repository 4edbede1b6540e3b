//! Instructions of a bank: settings, prices, fees, insurance.

use backstop::{accounts, instruction, state::BankConfig};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;

use super::build;
use crate::addresses::BankKeys;

/// A bank for a mint, with its three vaults; write-offs disabled.
/// See [`backstop::backstop::create_bank`].
pub fn create_bank(
    keys: &BankKeys,
    payer: Pubkey,
    admin: Pubkey,
    config: BankConfig,
) -> Instruction {
    build(
        &accounts::CreateBank {
            payer,
            admin,
            market: keys.market.market,
            mint: keys.mint,
            bank: keys.bank,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            governance_mint: keys.market.mint,
            governance_escrow: keys.governance_escrow,
            token_program: keys.token_program,
            governance_token_program: keys.market.token_program,
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::CreateBank { config },
    )
}

/// Settings of a bank: at once, or queued where they raise somebody's risk.
/// See [`backstop::backstop::update_bank`].
pub fn update_bank(keys: &BankKeys, admin: Pubkey, config: BankConfig) -> Instruction {
    build(
        &accounts::UpdateBank {
            admin,
            market: keys.market.market,
            bank: keys.bank,
        },
        &instruction::UpdateBank { config },
    )
}

/// A bank's queued settings, once their delay is over. Anyone.
/// See [`backstop::backstop::apply_bank_update`].
pub fn apply_bank_update(keys: &BankKeys) -> Instruction {
    build(
        &accounts::ApplyBankUpdate {
            market: keys.market.market,
            bank: keys.bank,
        },
        &instruction::ApplyBankUpdate {},
    )
}

/// Drops a bank's queued settings.
/// See [`backstop::backstop::cancel_bank_update`].
pub fn cancel_bank_update(keys: &BankKeys, admin: Pubkey) -> Instruction {
    build(
        &accounts::UpdateBank {
            admin,
            market: keys.market.market,
            bank: keys.bank,
        },
        &instruction::CancelBankUpdate {},
    )
}

/// Books interest and stores this slot's prices for one to eight banks. Anyone.
/// See [`backstop::backstop::refresh_banks`].
pub fn refresh_banks(banks: &[BankKeys]) -> Instruction {
    let mut instruction = build(&accounts::RefreshBanks {}, &instruction::RefreshBanks {});
    for keys in banks {
        instruction
            .accounts
            .push(AccountMeta::new(keys.bank, false));
        instruction
            .accounts
            .push(AccountMeta::new_readonly(keys.oracle, false));
    }
    instruction
}

/// Adds `atoms` to a bank's insurance vault.
/// See [`backstop::backstop::fund_insurance`].
pub fn fund_insurance(
    keys: &BankKeys,
    payer: Pubkey,
    payer_token_account: Pubkey,
    atoms: u64,
) -> Instruction {
    build(
        &accounts::FundInsurance {
            payer,
            bank: keys.bank,
            payer_token_account,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::FundInsurance { atoms },
    )
}

/// Moves insurance fees to the vault and protocol fees to `fee_token_account`, the fee owner's.
/// See [`backstop::backstop::collect_fees`].
pub fn collect_fees(keys: &BankKeys, fee_token_account: Pubkey) -> Instruction {
    build(
        &accounts::CollectFees {
            market: keys.market.market,
            bank: keys.bank,
            fee_token_account,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::CollectFees {},
    )
}

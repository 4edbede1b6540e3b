//! The instruction of a step.

use backstop_client::{addresses::BankKeys, instructions};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{
    file::{Creation, Desired},
    plan::Step,
};

/// Who pays, and who gives up the governance mint.
pub struct Keys {
    /// Pays rent.
    pub payer: Pubkey,
    /// The mint's authority.
    pub mint_authority: Pubkey,
}

fn bank_keys(desired: &Desired, bank: &Pubkey) -> Option<BankKeys> {
    desired
        .banks
        .iter()
        .map(|wanted| wanted.keys)
        .find(|keys| keys.bank == *bank)
}

/// What to send for a step.
pub fn instructions(desired: &Desired, step: &Step, keys: &Keys) -> Vec<Instruction> {
    let market = desired.keys.market;
    let admin = desired.admin;
    let bank = |key: &Pubkey| bank_keys(desired, key);
    let instruction = match step {
        Step::CreateMarket { config } => Some(match desired.creation {
            Creation::Adopt => instructions::create_market(
                &desired.keys,
                keys.payer,
                admin,
                keys.mint_authority,
                *config,
            ),
            Creation::WithMint {
                index,
                decimals,
                initial_supply,
                supply_owner,
            } => instructions::create_market_with_mint(
                &desired.keys,
                keys.payer,
                admin,
                supply_owner,
                index,
                decimals,
                initial_supply,
                *config,
            ),
        }),
        Step::UpdateMarket { config, .. } => {
            Some(instructions::update_market(market, admin, *config))
        }
        Step::ApplyMarketUpdate => Some(instructions::apply_market_update(market)),
        Step::CancelMarketUpdate => Some(instructions::cancel_market_update(market, admin)),
        Step::CreateBank { bank: key, config } => {
            bank(key).map(|bank| instructions::create_bank(&bank, keys.payer, admin, **config))
        }
        Step::UpdateBank {
            bank: key, config, ..
        } => bank(key).map(|bank| instructions::update_bank(&bank, admin, **config)),
        Step::ApplyBankUpdate { bank: key } => {
            bank(key).map(|bank| instructions::apply_bank_update(&bank))
        }
        Step::CancelBankUpdate { bank: key } => {
            bank(key).map(|bank| instructions::cancel_bank_update(&bank, admin))
        }
    };
    instruction.into_iter().collect()
}

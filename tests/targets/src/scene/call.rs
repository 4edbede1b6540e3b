//! Builds an instruction of the IDL over the scene's accounts: each slot gets
//! the account that an honest caller would put there.

use anchor_lang::{
    prelude::{AnchorSerialize, Pubkey},
    solana_program::{instruction::AccountMeta, system_program},
};
use backstop::state::{Bank, BankConfig, Market, Obligation};

use super::{
    keys::{keys, MarketKeys},
    settings, Scene,
};
use crate::{idl::Instruction, runtime::Call};

/// Who does something to whom, in which bank.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cast {
    /// Who acts.
    pub actor: usize,
    /// Whose obligation is acted upon, where that need not be the actor's own.
    pub other: usize,
    /// The bank; of the debt, in a liquidation.
    pub bank: usize,
    /// The bank of the collateral, in a liquidation.
    pub collateral: usize,
    /// Whether a withdrawal takes everything.
    pub empties: bool,
}

impl Scene {
    /// The instruction with the accounts that go with it.
    pub fn call(&self, instruction: &Instruction, cast: Cast, data: Vec<u8>) -> Call {
        let keys = keys();
        let exists = self.accounts.contains_key(&keys.market.market);
        let market = match instruction.name.as_str() {
            "create_market" if exists => &keys.adopted,
            "create_market_with_mint" => &keys.minted,
            _ => &keys.market,
        };
        let actor = &keys.actors[cast.actor];
        let unopened = match self.accounts.contains_key(&actor.obligation) {
            true => actor.new_obligation,
            false => actor.obligation,
        };
        let mut accounts: Vec<AccountMeta> = instruction
            .accounts
            .iter()
            .map(|slot| AccountMeta {
                pubkey: match slot.name.as_str() {
                    "obligation" if instruction.name == "open_obligation" => unopened,
                    name => account_for(&instruction.name, name, cast, market),
                },
                is_signer: slot.signer,
                is_writable: slot.writable,
            })
            .collect();
        accounts.extend(self.followers(&instruction.name, cast));
        Call {
            accounts,
            data,
            failing: None,
        }
    }

    /// The settings that an instruction takes, as they are in force or would be
    /// recommended, in the form of arguments.
    pub fn settings(&self, instruction: &str, cast: Cast) -> Option<Vec<u8>> {
        let keys = keys();
        let recommended = settings::bank(&keys.banks[cast.bank]);
        let market: Market = self.read(&keys.market.market)?;
        match instruction {
            "create_market" | "create_market_with_mint" | "update_market" => bytes(&market.config),
            "create_bank" => bytes(&BankConfig {
                write_off_mode: 0,
                ..recommended
            }),
            "update_bank" => {
                let bank: Option<Bank> = self.read(&keys.banks[cast.bank].bank);
                bytes(&bank.map_or(recommended, |bank| bank.config))
            }
            _ => None,
        }
    }

    /// Accounts that follow those of the IDL.
    fn followers(&self, instruction: &str, cast: Cast) -> Vec<AccountMeta> {
        let keys = keys();
        let bank = keys.banks[cast.bank].bank;
        let whose = match instruction {
            "refresh_banks" => {
                let existing = keys.banks.iter();
                let existing = existing.filter(|bank| self.accounts.contains_key(&bank.bank));
                let pairs = existing.flat_map(|bank| {
                    [
                        AccountMeta::new(bank.bank, false),
                        AccountMeta::new_readonly(bank.oracle, false),
                    ]
                });
                return pairs.collect();
            }
            "borrow" | "withdraw" => cast.actor,
            "liquidate" | "write_off" => cast.other,
            _ => return Vec::new(),
        };
        let obligation: Option<Obligation> = self.read(&keys.actors[whose].obligation);
        let mut banks: Vec<Pubkey> = obligation
            .iter()
            .flat_map(Obligation::positions)
            .filter(|position| match instruction {
                "write_off" => position.has_deposit(),
                "withdraw" if cast.empties => position.is_active() && position.bank != bank,
                _ => position.is_active(),
            })
            .map(|position| position.bank)
            .collect();
        if instruction == "borrow" && !banks.contains(&bank) {
            banks.push(bank);
        }
        let readonly = |bank: &Pubkey| AccountMeta::new_readonly(*bank, false);
        banks.iter().map(readonly).collect()
    }
}

/// The account that an honest caller passes for a slot.
///
/// # Panics
/// For a slot that nobody has told this function about.
fn account_for(instruction: &str, slot: &str, cast: Cast, market: &MarketKeys) -> Pubkey {
    let keys = keys();
    let (actor, other) = (&keys.actors[cast.actor], &keys.actors[cast.other]);
    let (bank, collateral) = (&keys.banks[cast.bank], &keys.banks[cast.collateral]);
    let for_itself = matches!(
        instruction,
        "deposit" | "withdraw" | "borrow" | "close_obligation"
    );
    match slot {
        "market" => market.market,
        "governance_mint" => market.mint,
        "governance_token_program" => anchor_spl::token::ID,
        "governance_oracle" => keys.governance_oracle,
        "supply_owner" | "admin" | "mint_authority" => keys.admin,
        "supply_account" => keys.supply_account,
        "authority" | "new_admin" => keys.guardian,
        "bank" | "debt_bank" => bank.bank,
        "collateral_bank" => collateral.bank,
        "liquidity_vault" | "debt_liquidity_vault" => bank.liquidity_vault,
        "insurance_vault" => bank.insurance_vault,
        "governance_escrow" => bank.governance_escrow,
        "mint" | "debt_mint" => bank.mint,
        "token_program" | "debt_token_program" => bank.token_program,
        "owner" | "payer" | "buyer" | "seller" | "liquidator" | "rent_receiver" => actor.wallet,
        "liquidator_obligation" => actor.obligation,
        "obligation" if for_itself => actor.obligation,
        "obligation" => other.obligation,
        "owner_token_account"
        | "payer_token_account"
        | "buyer_token_account"
        | "keeper_token_account"
        | "liquidator_token_account"
        | "destination" => actor.tokens[cast.bank],
        "buyer_governance_account" | "seller_governance_account" => actor.governance,
        "fee_token_account" => keys.fee_accounts[cast.bank],
        "event_authority" => keys.event_authority,
        "program" => backstop::ID,
        "system_program" => system_program::ID,
        "associated_token_program" => anchor_spl::associated_token::ID,
        other => panic!("no account for the slot {other} of {instruction}"),
    }
}

fn bytes(settings: &impl AnchorSerialize) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    settings.serialize(&mut data).ok()?;
    Some(data)
}

//! Cells whose outcome does not follow from the kind of the slot.

use {
    crate::{
        expectations::{
            Cell,
            Expected::{self, Allowed, Anchor, Ours, Runtime, Token},
            INVALID_MINT,
        },
        natures::{Holder, Nature, Program, Vault, Whose},
    },
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    solana_instruction::error::InstructionError,
};

/// The outcome of a cell that is listed here.
pub fn exception(call: &str, slot: &str, cell: Cell) -> Option<Expected> {
    let Cell::Other(nature) = cell else {
        return None;
    };
    match (call, slot, nature) {
        // One account on both ends: Anchor does not compare zero-copy accounts.
        ("liquidate", "liquidator_obligation" | "obligation", Nature::Obligation)
        | ("liquidate", "debt_bank", Nature::Bank(Whose::Other))
        | ("liquidate", "collateral_bank", Nature::Bank(Whose::Own)) => Some(Ours(E::SameAccount)),
        ("close_obligation", "rent_receiver", Nature::Obligation) => {
            Some(Anchor(ErrorCode::ConstraintClose))
        }
        (_, "keeper_token_account", Nature::Program(Program::Backstop)) => {
            Some(Allowed("no keeper, no bounty"))
        }
        (_, "keeper_token_account", Nature::Program(Program::System)) => None,
        (
            _,
            "keeper_token_account",
            Nature::Tokens(_, Holder::Vault(Whose::Own, Vault::Liquidity | Vault::Insurance)),
        ) => None,
        ("write_off/issuing", "keeper_token_account", _) => {
            Some(Allowed("an empty vault pays no bounty to anyone"))
        }
        ("liquidate", "collateral_bank", Nature::Bank(Whose::Listed)) => Some(Allowed(
            "which collateral is taken is the liquidator's choice",
        )),
        // Its owner could not sign, but that is not left to the token program.
        (
            "sell_governance",
            "seller_governance_account",
            Nature::Tokens(_, Holder::Vault(Whose::Own, Vault::Escrow)),
        ) => Some(Ours(E::SameAccount)),
        // The escrow is created before its mint is compared.
        ("create_bank", "governance_mint", Nature::Mint(_)) => Some(Ours(E::WrongMint)),
        ("create_bank", "governance_mint", Nature::Tokens(..) | Nature::NewVault) => {
            Some(Token(INVALID_MINT))
        }
        ("create_bank", "governance_mint", _)
        | (
            "create_bank",
            "token_program" | "governance_token_program",
            Nature::Program(Program::Token2022),
        ) => Some(Runtime(InstructionError::IncorrectProgramId)),
        ("create_market", "governance_token_program", Nature::Program(Program::Token2022)) => {
            Some(Ours(E::WrongTokenProgram))
        }
        // The associated token program creates the account of owner, mint and
        // token program at its own address, which is not there.
        ("create_market_with_mint", "supply_owner" | "supply_account", _) => {
            Some(Runtime(InstructionError::MissingAccount))
        }
        (
            "create_market_with_mint",
            "governance_token_program",
            Nature::Program(Program::Token2022),
        ) => Some(Runtime(InstructionError::MissingAccount)),
        _ => None,
    }
}

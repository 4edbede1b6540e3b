//! Cells whose outcome does not follow from the kind of the slot.

use {
    crate::{
        expectations::{
            Cell,
            Expected::{self, Allowed, Anchor, Ours, Runtime},
        },
        natures::{Holder, Nature, Program, Whose},
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
        (_, "keeper_token_account", Nature::Tokens(_, Holder::Vault(Whose::Own, _))) => None,
        ("write_off/issuing", "keeper_token_account", _) => {
            Some(Allowed("an empty vault pays no bounty to anyone"))
        }
        ("create_bank", "governance_mint", _) => Some(Ours(E::WrongMint)),
        ("create_market_with_mint", "supply_owner", _) => Some(Anchor(ErrorCode::ConstraintSeeds)),
        _ => None,
    }
}

//! One typed builder per instruction: what a caller decides is an argument,
//! every address that follows from it is derived.
//!
//! Amounts are atoms, shares are shares of a bank, times are seconds. Nothing
//! is checked here: the program is the judge. What belongs together in one
//! transaction is in [`crate::plan`].

mod bank;
mod buy_back;
mod lending;
mod loss;
mod market;
mod token;

use anchor_lang::{InstructionData, ToAccountMetas};
use backstop::ID;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;

pub use bank::*;
pub use buy_back::*;
pub use lending::*;
pub use loss::*;
pub use market::*;
pub use token::*;

pub use backstop::instruction::{Deposit, Liquidate, Withdraw};

/// Who signs the self-calls that carry loss events.
#[must_use]
pub fn event_authority() -> Pubkey {
    Pubkey::find_program_address(&[b"__event_authority"], &ID).0
}

fn build(accounts: &impl ToAccountMetas, data: &impl InstructionData) -> Instruction {
    Instruction {
        program_id: ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

fn followed_by(mut instruction: Instruction, banks: &[Pubkey]) -> Instruction {
    let readonly = |key: &Pubkey| AccountMeta::new_readonly(*key, false);
    instruction.accounts.extend(banks.iter().map(readonly));
    instruction
}

//! The one instruction of another program that callers need all the time.

use anchor_spl::associated_token::spl_associated_token_account::instruction::create_associated_token_account_idempotent;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

/// Creates `owner`'s associated account for `mint`, if it is not there yet;
/// `payer` pays its rent.
#[must_use]
pub fn create_token_account(
    payer: &Pubkey,
    owner: &Pubkey,
    mint: &Pubkey,
    token_program: &Pubkey,
) -> Instruction {
    create_associated_token_account_idempotent(payer, owner, mint, token_program)
}

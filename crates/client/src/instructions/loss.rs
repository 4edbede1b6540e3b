//! Instructions that make a loss, and that cover it.

use backstop::{accounts, instruction, ID};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, event_authority, followed_by};
use crate::addresses::BankKeys;

/// Takes a debt without collateral out of the books and covers it. `delisted`: the banks of its deposits.
///
/// Only at the top level of a transaction. Without `keeper_token_account` no bounty is paid.
/// See [`backstop::backstop::write_off`].
pub fn write_off(
    keys: &BankKeys,
    obligation: Pubkey,
    keeper_token_account: Option<Pubkey>,
    delisted: &[Pubkey],
) -> Instruction {
    let write_off = build(
        &accounts::WriteOff {
            market: keys.market.market,
            bank: keys.bank,
            obligation,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            governance_oracle: keys.market.oracle,
            keeper_token_account,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::WriteOff {},
    );
    followed_by(write_off, delisted)
}

/// Covers an open deficit as far as fees, insurance and limits allow now.
/// See [`backstop::backstop::cover_deficit`].
pub fn cover_deficit(keys: &BankKeys) -> Instruction {
    build(
        &accounts::CoverDeficit {
            market: keys.market.market,
            bank: keys.bank,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            governance_oracle: keys.market.oracle,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::CoverDeficit {},
    )
}

/// Buys up to `amount` governance atoms from a bank's auction for at most `max_pay` atoms.
/// See [`backstop::backstop::buy_governance`].
pub fn buy_governance(
    keys: &BankKeys,
    buyer: Pubkey,
    buyer_token_account: Pubkey,
    buyer_governance_account: Pubkey,
    amount: u64,
    max_pay: u64,
) -> Instruction {
    build(
        &accounts::BuyGovernance {
            buyer,
            market: keys.market.market,
            bank: keys.bank,
            buyer_token_account,
            buyer_governance_account,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::BuyGovernance { amount, max_pay },
    )
}

/// Closes an auction that is over and burns what is left.
/// See [`backstop::backstop::close_auction`].
pub fn close_auction(keys: &BankKeys) -> Instruction {
    build(
        &accounts::CloseAuction {
            market: keys.market.market,
            bank: keys.bank,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::CloseAuction {},
    )
}

/// Lets lenders share a deficit that nothing else could cover.
/// See [`backstop::backstop::socialise_deficit`].
pub fn socialise_deficit(keys: &BankKeys) -> Instruction {
    build(
        &accounts::SocialiseDeficit {
            market: keys.market.market,
            bank: keys.bank,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::SocialiseDeficit {},
    )
}

/// Pays back up to `max_atoms` of a record of written-off debt.
/// See [`backstop::backstop::repay_written_off`].
pub fn repay_written_off(
    keys: &BankKeys,
    payer: Pubkey,
    obligation: Pubkey,
    payer_token_account: Pubkey,
    max_atoms: u64,
) -> Instruction {
    build(
        &accounts::RepayWrittenOff {
            payer,
            market: keys.market.market,
            bank: keys.bank,
            obligation,
            payer_token_account,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::RepayWrittenOff { max_atoms },
    )
}

//! Instructions that spend surplus insurance on governance tokens.

use backstop::{accounts, instruction, ID};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, event_authority};
use crate::addresses::BankKeys;

/// Offers insurance above its target for governance tokens.
/// See [`backstop::backstop::start_buy_back`].
pub fn start_buy_back(keys: &BankKeys) -> Instruction {
    build(
        &accounts::StartBuyBack {
            market: keys.market.market,
            bank: keys.bank,
            governance_oracle: keys.market.oracle,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::StartBuyBack {},
    )
}

/// Sells up to `amount` governance atoms to a buy-back, for at least `min_proceeds` atoms.
/// See [`backstop::backstop::sell_governance`].
pub fn sell_governance(
    keys: &BankKeys,
    seller: Pubkey,
    seller_governance_account: Pubkey,
    destination: Pubkey,
    amount: u64,
    min_proceeds: u64,
) -> Instruction {
    build(
        &accounts::SellGovernance {
            seller,
            market: keys.market.market,
            bank: keys.bank,
            seller_governance_account,
            destination,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            governance_oracle: keys.market.oracle,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::SellGovernance {
            amount,
            min_proceeds,
        },
    )
}

/// Ends a buy-back whose time is over, or that stands in the way of a deficit.
/// See [`backstop::backstop::close_buy_back`].
pub fn close_buy_back(keys: &BankKeys) -> Instruction {
    build(
        &accounts::CloseBuyBack {
            market: keys.market.market,
            bank: keys.bank,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::CloseBuyBack {},
    )
}

//! Instructions of a market: roles, settings, pauses.

use backstop::{
    accounts, instruction,
    state::{MarketConfig, PauseKind},
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::build;
use crate::addresses::{associated_token_account, MarketKeys};

/// A market that adopts an existing governance mint, whose authority signs.
/// See [`backstop::backstop::create_market`].
pub fn create_market(
    keys: &MarketKeys,
    payer: Pubkey,
    admin: Pubkey,
    mint_authority: Pubkey,
    config: MarketConfig,
) -> Instruction {
    build(
        &accounts::CreateMarket {
            payer,
            admin,
            mint_authority,
            governance_mint: keys.mint,
            market: keys.market,
            governance_token_program: keys.token_program,
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::CreateMarket { config },
    )
}

/// A market with a new governance mint, whose first supply goes to `supply_owner`.
/// See [`backstop::backstop::create_market_with_mint`].
#[allow(clippy::too_many_arguments)]
pub fn create_market_with_mint(
    keys: &MarketKeys,
    payer: Pubkey,
    admin: Pubkey,
    supply_owner: Pubkey,
    index: u16,
    decimals: u8,
    initial_supply: u64,
    config: MarketConfig,
) -> Instruction {
    build(
        &accounts::CreateMarketWithMint {
            payer,
            admin,
            governance_mint: keys.mint,
            supply_owner,
            supply_account: associated_token_account(
                &keys.mint,
                &keys.token_program,
                &supply_owner,
            ),
            market: keys.market,
            governance_token_program: keys.token_program,
            associated_token_program: anchor_spl::associated_token::ID,
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::CreateMarketWithMint {
            index,
            decimals,
            initial_supply,
            config,
        },
    )
}

/// Settings of a market: at once, or queued where they raise somebody's risk.
/// See [`backstop::backstop::update_market`].
pub fn update_market(market: Pubkey, admin: Pubkey, config: MarketConfig) -> Instruction {
    build(
        &accounts::UpdateMarket { admin, market },
        &instruction::UpdateMarket { config },
    )
}

/// A market's queued settings, once their delay is over. Anyone.
/// See [`backstop::backstop::apply_market_update`].
pub fn apply_market_update(market: Pubkey) -> Instruction {
    build(
        &accounts::ApplyMarketUpdate { market },
        &instruction::ApplyMarketUpdate {},
    )
}

/// Drops a market's queued settings.
/// See [`backstop::backstop::cancel_market_update`].
pub fn cancel_market_update(market: Pubkey, admin: Pubkey) -> Instruction {
    build(
        &accounts::UpdateMarket { admin, market },
        &instruction::CancelMarketUpdate {},
    )
}

/// Proposes another admin; the default key withdraws a proposal.
/// See [`backstop::backstop::propose_admin`].
pub fn propose_admin(market: Pubkey, admin: Pubkey, new_admin: Pubkey) -> Instruction {
    build(
        &accounts::ProposeAdmin { admin, market },
        &instruction::ProposeAdmin { new_admin },
    )
}

/// Takes a market over.
/// See [`backstop::backstop::accept_admin`].
pub fn accept_admin(market: Pubkey, new_admin: Pubkey) -> Instruction {
    build(
        &accounts::AcceptAdmin { new_admin, market },
        &instruction::AcceptAdmin {},
    )
}

/// Pauses borrowing, write-offs or issuance for `secs`. Guardian or admin.
/// See [`backstop::backstop::pause`].
pub fn pause(market: Pubkey, authority: Pubkey, kind: PauseKind, secs: u32) -> Instruction {
    build(
        &accounts::Pause { authority, market },
        &instruction::Pause { kind, secs },
    )
}

/// Ends a pause early.
/// See [`backstop::backstop::lift_pause`].
pub fn lift_pause(market: Pubkey, authority: Pubkey, kind: PauseKind) -> Instruction {
    build(
        &accounts::Pause { authority, market },
        &instruction::LiftPause { kind },
    )
}

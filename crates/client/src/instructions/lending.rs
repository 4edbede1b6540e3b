//! Instructions of an obligation: its owner's, and liquidation.

use backstop::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, followed_by};
use crate::addresses::{BankKeys, MarketKeys};

/// Opens an obligation for the signing owner.
/// See [`backstop::backstop::open_obligation`].
pub fn open_obligation(
    market: &MarketKeys,
    payer: Pubkey,
    owner: Pubkey,
    index: u16,
) -> Instruction {
    build(
        &accounts::OpenObligation {
            payer,
            owner,
            market: market.market,
            obligation: market.obligation(&owner, index),
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::OpenObligation { index },
    )
}

/// Closes an empty obligation; its rent goes to `rent_receiver`.
/// See [`backstop::backstop::close_obligation`].
pub fn close_obligation(owner: Pubkey, obligation: Pubkey, rent_receiver: Pubkey) -> Instruction {
    build(
        &accounts::CloseObligation {
            owner,
            obligation,
            rent_receiver,
        },
        &instruction::CloseObligation {},
    )
}

/// Pays atoms in, for shares at the gross price.
/// See [`backstop::backstop::deposit`].
pub fn deposit(
    keys: &BankKeys,
    owner: Pubkey,
    obligation: Pubkey,
    owner_token_account: Pubkey,
    args: instruction::Deposit,
) -> Instruction {
    build(
        &accounts::Deposit {
            owner,
            obligation,
            bank: keys.bank,
            owner_token_account,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &args,
    )
}

/// Redeems shares at the net price. `banks`: those of the positions that stay active, if there is a debt.
/// See [`backstop::backstop::withdraw`].
pub fn withdraw(
    keys: &BankKeys,
    owner: Pubkey,
    obligation: Pubkey,
    destination: Pubkey,
    args: instruction::Withdraw,
    banks: &[Pubkey],
) -> Instruction {
    let withdraw = build(
        &accounts::Withdraw {
            owner,
            obligation,
            bank: keys.bank,
            destination,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &args,
    );
    followed_by(withdraw, banks)
}

/// Borrows `atoms`. `banks`: those of the active positions, this one included.
/// See [`backstop::backstop::borrow`].
pub fn borrow(
    keys: &BankKeys,
    owner: Pubkey,
    obligation: Pubkey,
    destination: Pubkey,
    atoms: u64,
    banks: &[Pubkey],
) -> Instruction {
    let borrow = build(
        &accounts::Borrow {
            owner,
            market: keys.market.market,
            obligation,
            bank: keys.bank,
            destination,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::Borrow { atoms },
    );
    followed_by(borrow, banks)
}

/// Pays back up to `max_atoms` of anybody's debt.
/// See [`backstop::backstop::repay`].
pub fn repay(
    keys: &BankKeys,
    payer: Pubkey,
    obligation: Pubkey,
    payer_token_account: Pubkey,
    max_atoms: u64,
) -> Instruction {
    build(
        &accounts::Repay {
            payer,
            obligation,
            bank: keys.bank,
            payer_token_account,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::Repay { max_atoms },
    )
}

/// Who liquidates whom.
#[derive(Clone, Copy, Debug)]
pub struct LiquidationParties {
    /// Owner of `liquidator_obligation`.
    pub liquidator: Pubkey,
    /// Gets the collateral.
    pub liquidator_obligation: Pubkey,
    /// Pays.
    pub liquidator_token_account: Pubkey,
    /// Is liquidated.
    pub obligation: Pubkey,
}

/// Repays a debt, takes collateral as shares. `banks`: those of the liquidated obligation's active positions.
/// See [`backstop::backstop::liquidate`].
pub fn liquidate(
    debt: &BankKeys,
    collateral: &BankKeys,
    parties: LiquidationParties,
    args: instruction::Liquidate,
    banks: &[Pubkey],
) -> Instruction {
    let liquidate = build(
        &accounts::Liquidate {
            liquidator: parties.liquidator,
            liquidator_obligation: parties.liquidator_obligation,
            obligation: parties.obligation,
            debt_bank: debt.bank,
            collateral_bank: collateral.bank,
            liquidator_token_account: parties.liquidator_token_account,
            debt_liquidity_vault: debt.liquidity_vault,
            debt_mint: debt.mint,
            debt_token_program: debt.token_program,
        },
        &args,
    );
    followed_by(liquidate, banks)
}

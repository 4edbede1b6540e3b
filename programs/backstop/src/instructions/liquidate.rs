//! Liquidation: repay somebody's debt, receive their collateral as shares.

use anchor_lang::prelude::*;
use backstop_engine::step::{self, Parties};
use backstop_engine::units::{Atoms, Shares};

use crate::error::BackstopError;
use crate::events::Liquidated;
use crate::state::{
    at, transfer, Bank, BankAddresses, LoadedBanks, Obligation, Position, Ruled,
    Signer as TokenSigner,
};

/// Accounts of `liquidate`. The banks of the liquidated obligation's active
/// positions follow, in any order.
#[derive(Accounts)]
pub struct Liquidate<'info> {
    /// Owner of `liquidator_obligation`; pays the debt.
    pub liquidator: Signer<'info>,
    /// Gets the collateral.
    #[account(mut)]
    pub liquidator_obligation: AccountLoader<'info, Obligation>,
    /// Is liquidated.
    #[account(mut)]
    pub obligation: AccountLoader<'info, Obligation>,
    /// The bank of the debt.
    #[account(mut)]
    pub debt_bank: AccountLoader<'info, Bank>,
    /// The bank of the collateral.
    #[account(mut)]
    pub collateral_bank: AccountLoader<'info, Bank>,
    /// The liquidator's tokens.
    /// CHECK: the token program takes the tokens from it with the liquidator's signature.
    #[account(mut)]
    pub liquidator_token_account: UncheckedAccount<'info>,
    /// Liquidity vault of the debt's bank.
    /// CHECK: pinned by the bank of the debt.
    #[account(mut)]
    pub debt_liquidity_vault: UncheckedAccount<'info>,
    /// The asset owed.
    /// CHECK: pinned by the bank of the debt.
    pub debt_mint: UncheckedAccount<'info>,
    /// Token program of the asset owed.
    /// CHECK: pinned by the bank of the debt.
    pub debt_token_program: UncheckedAccount<'info>,
}

impl Liquidate<'_> {
    /// Anchor does not compare zero-copy accounts with each other: one obligation
    /// on both ends, or one bank on both sides, must not be.
    fn require_distinct(&self) -> Result<()> {
        require_keys_neq!(
            self.obligation.key(),
            self.liquidator_obligation.key(),
            BackstopError::SameAccount
        );
        require_keys_neq!(
            self.debt_bank.key(),
            self.collateral_bank.key(),
            BackstopError::SameAccount
        );
        Ok(())
    }

    fn validate(
        &self,
        obligation: &Obligation,
        liquidator: &Obligation,
        debt: &Bank,
        collateral: &Bank,
    ) -> Result<()> {
        obligation.require_version().ruled()?;
        liquidator.require_version().ruled()?;
        debt.require_version().ruled()?;
        collateral.require_version().ruled()?;
        let market = obligation.market;
        require_keys_eq!(liquidator.market, market, BackstopError::WrongMarket);
        require_keys_eq!(debt.market, market, BackstopError::WrongMarket);
        require_keys_eq!(collateral.market, market, BackstopError::WrongMarket);
        require_keys_eq!(
            self.liquidator.key(),
            liquidator.owner,
            BackstopError::NotOwner
        );
        debt.require_liquidity(
            self.debt_liquidity_vault.key,
            self.debt_mint.key,
            self.debt_token_program.key,
        )
    }
}

/// See [`crate::backstop::liquidate`].
pub fn liquidate<'info>(
    ctx: Context<'info, Liquidate<'info>>,
    max_repay: u64,
    min_shares: u128,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let (debt_key, collateral_key) = (accounts.debt_bank.key(), accounts.collateral_bank.key());
    accounts.require_distinct()?;
    let (done, decimals) = {
        let mut obligation = accounts.obligation.load_mut()?;
        let mut liquidator = accounts.liquidator_obligation.load_mut()?;
        let mut debt = accounts.debt_bank.load_mut()?;
        let mut collateral = accounts.collateral_bank.load_mut()?;
        accounts.validate(&obligation, &liquidator, &debt, &collateral)?;
        let others = LoadedBanks::load(
            ctx.remaining_accounts,
            &obligation,
            Position::is_active,
            &[debt_key, collateral_key],
        )?;
        let parties = Parties {
            obligation: &mut obligation,
            liquidator: &mut liquidator,
            debt_key: &debt_key,
            debt: &mut debt,
            collateral_key: &collateral_key,
            collateral: &mut collateral,
        };
        let done = step::liquidate(
            parties,
            &others,
            Atoms(max_repay),
            Shares(min_shares),
            at()?,
        )
        .ruled()?;
        (done, debt.decimals)
    };
    let plan = &done.plan;
    transfer(
        &accounts.debt_token_program,
        &accounts.liquidator_token_account,
        &accounts.debt_mint,
        &accounts.debt_liquidity_vault,
        &accounts.liquidator,
        &TokenSigner::Wallet,
        plan.repay.0,
        decimals,
    )?;
    emit!(Liquidated {
        obligation: accounts.obligation.key(),
        liquidator: accounts.liquidator_obligation.key(),
        debt_bank: debt_key,
        collateral_bank: collateral_key,
        repaid: plan.repay.0,
        to_liquidator: plan.to_liquidator.0,
        to_insurance: plan.to_insurance.0,
        insurance_fee: done.insurance_fee.0,
        bonus_bps: plan.bonus.0,
    });
    Ok(())
}

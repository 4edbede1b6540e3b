//! Liquidation: repay somebody's debt, receive his collateral as shares.

use anchor_lang::prelude::*;
use backstop_engine::health::{Check, Sums};
use backstop_engine::liquidation::{self, LiquidationPlan, Sides};
use backstop_engine::units::{Atoms, Bps, UnixTime};

use crate::error::BackstopError;
use crate::events::Liquidated;
use crate::state::{health, transfer, Bank, Obligation, Position, Ruled, Signer as TokenSigner};

/// Accounts of `liquidate`. The banks of the liquidated obligation's active
/// positions follow, in position order.
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
    fn validate(&self, slot: u64) -> Result<()> {
        // Anchor does not compare zero-copy accounts with each other: one
        // obligation on both ends, or one bank on both sides, must not be.
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
        let obligation = self.obligation.load()?;
        let liquidator = self.liquidator_obligation.load()?;
        let debt = self.debt_bank.load()?;
        let collateral = self.collateral_bank.load()?;
        obligation.require_version()?;
        liquidator.require_version()?;
        debt.require_version()?;
        collateral.require_version()?;
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
        )?;
        require!(!collateral.is_delisted(), BackstopError::Delisted);
        debt.require_price(slot)?;
        collateral.require_price(slot)
    }

    fn plan(&self, sums: &Sums, max_repay: u64, now: UnixTime) -> Result<LiquidationPlan> {
        let obligation = self.obligation.load()?;
        let debt = self.debt_bank.load()?;
        let collateral = self.collateral_bank.load()?;
        let sides = Sides {
            debt_ledger: &debt.accrued(now)?,
            debt_asset: &debt.asset(),
            debt_shares: obligation.position(&self.debt_bank.key())?.debt(),
            collateral_ledger: &collateral.accrued(now)?,
            collateral_asset: &collateral.asset(),
            collateral_shares: obligation.position(&self.collateral_bank.key())?.deposit(),
        };
        let terms = collateral.config.liquidation(&debt.config);
        liquidation::plan(sums, &sides, &terms, Atoms(max_repay)).ruled()
    }

    /// The insolvency sums before a liquidation that could matter to them.
    ///
    /// Collateral worth the debt and the largest bonus on it at spot stays
    /// above the debt whatever is repaid, and the kindest prices are kinder
    /// still: most liquidations need no second look.
    fn insolvency_before<'info>(
        &self,
        maintenance: &Sums,
        banks: &'info [AccountInfo<'info>],
        clock: &Clock,
    ) -> Result<Option<Sums>> {
        let max_bonus = self.collateral_bank.load()?.config.max_bonus_bps;
        if maintenance.covers_debt_and(Bps(max_bonus)) {
            return Ok(None);
        }
        let obligation = self.obligation.load()?;
        health(&obligation, banks, Check::Insolvency, clock).map(Some)
    }

    /// A wick must not create bad debt: an obligation that was not insolvent at
    /// the kindest prices must not be made so, be it in one step or in two.
    fn require_not_driven_insolvent<'info>(
        &self,
        before: &Sums,
        banks: &'info [AccountInfo<'info>],
        clock: &Clock,
    ) -> Result<()> {
        let obligation = self.obligation.load()?;
        let active = banks
            .iter()
            .filter(|bank| obligation.position(bank.key).is_ok_and(Position::is_active));
        health(&obligation, active, Check::Insolvency, clock)?
            .require_not_driven_insolvent(before)
            .ruled()
    }

    /// Moves shares and books; returns the insurance fee in collateral atoms.
    fn apply(&self, plan: &LiquidationPlan, now: UnixTime) -> Result<u64> {
        let mut obligation = self.obligation.load_mut()?;
        let mut debt_bank = self.debt_bank.load_mut()?;
        let (debt_key, collateral_key) = (self.debt_bank.key(), self.collateral_bank.key());

        let position = obligation.position_mut(&debt_key)?;
        // The plan has seen to dust: what it leaves is the minimum, or debt
        // without collateral, which is written off.
        let repaid = debt_bank
            .accrued(now)?
            .repay(plan.repay, position.debt(), Atoms::ZERO)
            .ruled()?;
        require!(repaid.paid == plan.repay, BackstopError::Overflow);
        position.debt_shares = position.debt().sub(repaid.shares).ruled()?.0.into();
        debt_bank.store(&repaid.ledger)?;

        let position = obligation.position_mut(&collateral_key)?;
        let seized = plan.to_liquidator.add(plan.to_insurance).ruled()?;
        position.deposit_shares = position.deposit().sub(seized).ruled()?.0.into();
        obligation.prune(&debt_key);
        obligation.prune(&collateral_key);

        if !plan.to_liquidator.is_zero() {
            let mut liquidator = self.liquidator_obligation.load_mut()?;
            let position = liquidator.position_or_new(&collateral_key)?;
            require!(!position.has_debt(), BackstopError::BothSides);
            position.deposit_shares = position.deposit().add(plan.to_liquidator).ruled()?.0.into();
        }
        let mut collateral_bank = self.collateral_bank.load_mut()?;
        let ledger = collateral_bank.accrued(now)?;
        if plan.to_insurance.is_zero() {
            collateral_bank.store(&ledger)?;
            return Ok(0);
        }
        let slice = ledger.shares_to_insurance(plan.to_insurance).ruled()?;
        collateral_bank.store_loss(&slice.ledger)?;
        Ok(slice.paid.0)
    }
}

/// See [`crate::backstop::liquidate`].
pub fn liquidate<'info>(
    ctx: Context<'info, Liquidate<'info>>,
    max_repay: u64,
    min_shares: u128,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let now = UnixTime(clock.unix_timestamp);
    let banks = ctx.remaining_accounts;
    accounts.validate(clock.slot)?;
    let sums = health(
        &*accounts.obligation.load()?,
        banks,
        Check::Maintenance,
        &clock,
    )?;
    let plan = accounts.plan(&sums, max_repay, now)?;
    require!(
        plan.to_liquidator.0 >= min_shares,
        BackstopError::BelowMinimum
    );
    let insolvency = accounts.insolvency_before(&sums, banks, &clock)?;
    let insurance_fee = accounts.apply(&plan, now)?;
    if let Some(before) = insolvency {
        accounts.require_not_driven_insolvent(&before, banks, &clock)?;
    }
    let decimals = accounts.debt_bank.load()?.decimals;
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
        debt_bank: accounts.debt_bank.key(),
        collateral_bank: accounts.collateral_bank.key(),
        repaid: plan.repay.0,
        to_liquidator: plan.to_liquidator.0,
        to_insurance: plan.to_insurance.0,
        insurance_fee,
        bonus_bps: plan.bonus.0,
    });
    Ok(())
}

//! Lending: an owner buys shares of a bank.

use anchor_lang::prelude::*;
use backstop_engine::units::{Atoms, UnixTime};

use crate::error::BackstopError;
use crate::events::Deposited;
use crate::state::{transfer, Bank, Obligation, Ruled, Signer as TokenSigner};

/// Accounts of `deposit`.
#[derive(Accounts)]
pub struct Deposit<'info> {
    /// Owner of the obligation.
    pub owner: Signer<'info>,
    /// Gets the shares.
    #[account(mut)]
    pub obligation: AccountLoader<'info, Obligation>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// The owner's tokens.
    /// CHECK: the token program takes the tokens from it with the owner's signature.
    #[account(mut)]
    pub owner_token_account: UncheckedAccount<'info>,
    /// The bank's liquidity vault.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub liquidity_vault: UncheckedAccount<'info>,
    /// The bank's asset.
    /// CHECK: pinned by the bank.
    pub mint: UncheckedAccount<'info>,
    /// Token program of the asset.
    /// CHECK: pinned by the bank.
    pub token_program: UncheckedAccount<'info>,
}

impl Deposit<'_> {
    fn validate(
        &self,
        bank: &Bank,
        obligation: &Obligation,
        accept_deficit: bool,
        clock: &Clock,
    ) -> Result<()> {
        bank.require_version()?;
        obligation.require_version()?;
        require_keys_eq!(bank.market, obligation.market, BackstopError::WrongMarket);
        require_keys_eq!(self.owner.key(), obligation.owner, BackstopError::NotOwner);
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        // `owner_token_account` may be any account that the token program takes
        // tokens from for this owner. The vault itself is not: only the bank
        // signs for it.
        bank.require_open(UnixTime(clock.unix_timestamp))?;
        // A debtor must not hide behind an asset that nobody can price.
        if obligation.has_debt() {
            bank.require_price(clock.slot)?;
        }
        require!(
            accept_deficit || bank.ledger.deficit == 0,
            BackstopError::DeficitNotAccepted
        );
        Ok(())
    }
}

/// See [`crate::backstop::deposit`].
pub fn deposit(
    ctx: Context<'_, Deposit<'_>>,
    atoms: u64,
    min_shares: u128,
    accept_deficit: bool,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let bank_key = accounts.bank.key();
    let decimals;
    let plan;
    {
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&bank, &obligation, accept_deficit, &clock)?;
        plan = bank
            .accrued(UnixTime(clock.unix_timestamp))?
            .deposit(
                Atoms(atoms),
                Atoms(bank.config.deposit_cap),
                bank.is_wound_down(),
            )
            .ruled()?;
        require!(plan.shares.0 >= min_shares, BackstopError::BelowMinimum);
        let position = obligation.position_or_new(&bank_key)?;
        require!(!position.has_debt(), BackstopError::BothSides);
        position.deposit_shares = position.deposit().add(plan.shares).ruled()?.0.into();
        bank.store(&plan.ledger)?;
        decimals = bank.decimals;
    }
    transfer(
        &accounts.token_program,
        &accounts.owner_token_account,
        &accounts.mint,
        &accounts.liquidity_vault,
        &accounts.owner,
        &TokenSigner::Wallet,
        atoms,
        decimals,
    )?;
    emit!(Deposited {
        bank: bank_key,
        obligation: accounts.obligation.key(),
        atoms,
        shares: plan.shares.0,
    });
    Ok(())
}

//! Borrowing against what is deposited elsewhere.

use anchor_lang::prelude::*;
use backstop_engine::health::Check;
use backstop_engine::units::{Atoms, UnixTime};

use crate::error::BackstopError;
use crate::events::Borrowed;
use crate::state::{health, transfer, Bank, Market, Obligation, Ruled};

/// Accounts of `borrow`. The banks of the obligation's active positions after
/// the loan follow, in position order; a first loan's bank comes last.
#[derive(Accounts)]
pub struct Borrow<'info> {
    /// Owner of the obligation.
    pub owner: Signer<'info>,
    /// Tells whether borrowing is paused.
    pub market: AccountLoader<'info, Market>,
    /// Gets the debt.
    #[account(mut)]
    pub obligation: AccountLoader<'info, Obligation>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// Gets the tokens.
    /// CHECK: any token account of the mint; the token program checks that.
    #[account(mut)]
    pub destination: UncheckedAccount<'info>,
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

impl Borrow<'_> {
    fn validate(&self, bank: &Bank, obligation: &Obligation, now: UnixTime) -> Result<()> {
        let market = self.market.load()?;
        market.require_version()?;
        bank.require_version()?;
        obligation.require_version()?;
        require_keys_eq!(
            self.market.key(),
            obligation.market,
            BackstopError::WrongMarket
        );
        require_keys_eq!(bank.market, obligation.market, BackstopError::WrongMarket);
        require_keys_eq!(self.owner.key(), obligation.owner, BackstopError::NotOwner);
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        require_keys_neq!(
            self.destination.key(),
            bank.liquidity_vault,
            BackstopError::SameAccount
        );
        require!(
            !market.borrow_pause.is_paused(now),
            BackstopError::BorrowPaused
        );
        bank.require_open(now)?;
        require!(!obligation.has_record(), BackstopError::RecordOpen);
        Ok(())
    }
}

/// See [`crate::backstop::borrow`].
pub fn borrow<'info>(ctx: Context<'info, Borrow<'info>>, atoms: u64) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let now = UnixTime(clock.unix_timestamp);
    let bank_key = accounts.bank.key();
    let (plan, decimals, signer);
    {
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&bank, &obligation, now)?;
        let position = obligation.position_or_new(&bank_key)?;
        require!(!position.has_deposit(), BackstopError::BothSides);
        plan = bank
            .accrued(now)?
            .borrow(
                Atoms(atoms),
                position.debt(),
                bank.config.borrow_limits(),
                bank.is_wound_down(),
            )
            .ruled()?;
        position.debt_shares = position.debt().add(plan.shares).ruled()?.0.into();
        obligation.risk_raised_at = clock.unix_timestamp;
        bank.store(&plan.ledger)?;
        decimals = bank.decimals;
        signer = bank.vault_signer();
    }
    health(
        &*accounts.obligation.load()?,
        ctx.remaining_accounts,
        Check::Initial,
        &clock,
    )?
    .require_healthy()
    .ruled()?;
    transfer(
        &accounts.token_program,
        &accounts.liquidity_vault,
        &accounts.mint,
        &accounts.destination,
        accounts.bank.as_ref(),
        &signer,
        atoms,
        decimals,
    )?;
    emit!(Borrowed {
        bank: bank_key,
        obligation: accounts.obligation.key(),
        atoms,
        shares: plan.shares.0,
    });
    Ok(())
}

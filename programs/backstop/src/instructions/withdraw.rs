//! Leaving: an owner redeems shares at the net price.

use anchor_lang::prelude::*;
use backstop_engine::health::Check;
use backstop_engine::units::{Shares, UnixTime};

use crate::error::BackstopError;
use crate::events::Withdrawn;
use crate::state::{health, transfer, Bank, Obligation, Ruled};

/// Accounts of `withdraw`. If the obligation has debt, the banks of its active
/// positions after the withdrawal follow, in position order.
#[derive(Accounts)]
pub struct Withdraw<'info> {
    /// Owner of the obligation.
    pub owner: Signer<'info>,
    /// Gives up the shares.
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

impl Withdraw<'_> {
    fn validate(&self, bank: &Bank, obligation: &Obligation) -> Result<()> {
        bank.require_version()?;
        obligation.require_version()?;
        require_keys_eq!(bank.market, obligation.market, BackstopError::WrongMarket);
        require_keys_eq!(self.owner.key(), obligation.owner, BackstopError::NotOwner);
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        // The vault as destination would take shares and leave the tokens where
        // they are: a gift that nobody means.
        require_keys_neq!(
            self.destination.key(),
            bank.liquidity_vault,
            BackstopError::SameAccount
        );
        let withheld = obligation
            .position(&self.bank.key())
            .is_ok_and(|position| position.withheld != 0);
        require!(
            !(withheld && obligation.has_record()),
            BackstopError::RecordOpen
        );
        Ok(())
    }
}

/// See [`crate::backstop::withdraw`].
pub fn withdraw<'info>(
    ctx: Context<'info, Withdraw<'info>>,
    shares: u128,
    min_atoms: u64,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let bank_key = accounts.bank.key();
    let (plan, redeemed, decimals, signer);
    {
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&bank, &obligation)?;
        let position = obligation.position_mut(&bank_key)?;
        require!(position.has_deposit(), BackstopError::InsufficientShares);
        redeemed = if shares == u128::MAX {
            position.deposit()
        } else {
            Shares(shares)
        };
        let left = position
            .deposit()
            .sub(redeemed)
            .map_err(|_| BackstopError::InsufficientShares)?;
        plan = bank
            .accrued(UnixTime(clock.unix_timestamp))?
            .withdraw(redeemed)
            .ruled()?;
        require!(plan.paid.0 >= min_atoms, BackstopError::BelowMinimum);
        position.deposit_shares = left.0.into();
        obligation.prune(&bank_key);
        obligation.risk_raised_at = clock.unix_timestamp;
        bank.store_loss(&plan.ledger)?;
        decimals = bank.decimals;
        signer = bank.vault_signer();
    }
    {
        let obligation = accounts.obligation.load()?;
        if obligation.has_debt() {
            health(&obligation, ctx.remaining_accounts, Check::Initial, &clock)?
                .require_healthy()
                .ruled()?;
        }
    }
    transfer(
        &accounts.token_program,
        &accounts.liquidity_vault,
        &accounts.mint,
        &accounts.destination,
        accounts.bank.as_ref(),
        &signer,
        plan.paid.0,
        decimals,
    )?;
    emit!(Withdrawn {
        bank: bank_key,
        obligation: accounts.obligation.key(),
        shares: redeemed.0,
        atoms: plan.paid.0,
        deficit_borne: plan.borne.0,
        deficit: plan.ledger.deficit.0,
    });
    Ok(())
}

//! Leaving: an owner redeems shares at the net price.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::{Atoms, Shares};

use crate::error::BackstopError;
use crate::events::Withdrawn;
use crate::state::{at, transfer, Bank, BankAddresses, LoadedBanks, Obligation, Position, Ruled};

/// Accounts of `withdraw`. If the obligation has debt, the banks of its active
/// positions after the withdrawal follow, in any order.
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
        bank.require_version().ruled()?;
        obligation.require_version().ruled()?;
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
    let bank_key = accounts.bank.key();
    let (done, deficit, signer, decimals) = {
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&bank, &obligation)?;
        // Without debt no check needs the banks, and what follows is not read.
        let others = if obligation.has_debt() {
            let banks = ctx.remaining_accounts;
            let others = LoadedBanks::load(banks, &obligation, Position::is_active, &[bank_key])?;
            Some(others)
        } else {
            None
        };
        let done = step::withdraw(
            &bank_key,
            &mut bank,
            &mut obligation,
            &others,
            Shares(shares),
            Atoms(min_atoms),
            at()?,
        )
        .ruled()?;
        (
            done,
            bank.ledger.deficit,
            bank.vault_signer(),
            bank.decimals,
        )
    };
    transfer(
        &accounts.token_program,
        &accounts.liquidity_vault,
        &accounts.mint,
        &accounts.destination,
        accounts.bank.as_ref(),
        &signer,
        done.paid.0,
        decimals,
    )?;
    emit!(Withdrawn {
        bank: bank_key,
        obligation: accounts.obligation.key(),
        shares: done.redeemed.0,
        atoms: done.paid.0,
        deficit_borne: done.borne.0,
        deficit,
    });
    Ok(())
}

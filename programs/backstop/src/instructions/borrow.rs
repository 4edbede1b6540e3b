//! Borrowing against what is deposited elsewhere.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::Atoms;

use crate::error::BackstopError;
use crate::events::Borrowed;
use crate::state::{
    at, transfer, Bank, BankAddresses, LoadedBanks, Market, Obligation, Position, Ruled,
};

/// Accounts of `borrow`. The banks of the obligation's active positions after
/// the loan follow, in any order.
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
    fn validate(&self, market: &Market, bank: &Bank, obligation: &Obligation) -> Result<()> {
        market.require_version().ruled()?;
        bank.require_version().ruled()?;
        obligation.require_version().ruled()?;
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
        Ok(())
    }
}

/// See [`crate::backstop::borrow`].
pub fn borrow<'info>(ctx: Context<'info, Borrow<'info>>, atoms: u64) -> Result<()> {
    let accounts = &ctx.accounts;
    let bank_key = accounts.bank.key();
    let (shares, signer, decimals) = {
        let market = accounts.market.load()?;
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&market, &bank, &obligation)?;
        let others = LoadedBanks::load(
            ctx.remaining_accounts,
            &obligation,
            Position::is_active,
            &[bank_key],
        )?;
        let shares = step::borrow(
            &market,
            &bank_key,
            &mut bank,
            &mut obligation,
            &others,
            Atoms(atoms),
            at()?,
        )
        .ruled()?;
        (shares, bank.vault_signer(), bank.decimals)
    };
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
        shares: shares.0,
    });
    Ok(())
}

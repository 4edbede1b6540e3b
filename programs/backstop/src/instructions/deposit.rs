//! Lending: an owner buys shares of a bank.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::Atoms;

use crate::error::BackstopError;
use crate::events::Deposited;
use crate::state::{at, transfer, Bank, BankAddresses, Obligation, Ruled, Signer as TokenSigner};

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
    fn validate(&self, bank: &Bank, obligation: &Obligation) -> Result<()> {
        bank.require_version().ruled()?;
        obligation.require_version().ruled()?;
        require_keys_eq!(bank.market, obligation.market, BackstopError::WrongMarket);
        require_keys_eq!(self.owner.key(), obligation.owner, BackstopError::NotOwner);
        // `owner_token_account` may be any account that the token program takes
        // tokens from for this owner. The vault itself is not: only the bank
        // signs for it.
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )
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
    let bank_key = accounts.bank.key();
    let (shares, decimals) = {
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&bank, &obligation)?;
        let shares = step::deposit(
            &bank_key,
            &mut bank,
            &mut obligation,
            Atoms(atoms),
            min_shares,
            accept_deficit,
            at()?,
        )
        .ruled()?;
        (shares, bank.decimals)
    };
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
        shares: shares.0,
    });
    Ok(())
}

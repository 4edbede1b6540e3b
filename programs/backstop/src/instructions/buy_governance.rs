//! Buying governance tokens from an auction.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::{Atoms, GovAtoms};

use crate::error::BackstopError;
use crate::events::GovernanceBought;
use crate::state::{
    at, books_after, burn, emit_cpi, transfer, Bank, BankAddresses, Market, Ruled,
    Signer as TokenSigner,
};

/// Accounts of `buy_governance`.
#[event_cpi]
#[derive(Accounts)]
pub struct BuyGovernance<'info> {
    /// Pays.
    pub buyer: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank whose deficit is paid for.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// The buyer's tokens.
    /// CHECK: the token program takes the payment from it with the buyer's signature.
    #[account(mut)]
    pub buyer_token_account: UncheckedAccount<'info>,
    /// Gets the governance tokens.
    /// CHECK: any token account of the governance mint; the token program checks that.
    #[account(mut)]
    pub buyer_governance_account: UncheckedAccount<'info>,
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
    /// Governance tokens on auction.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub governance_escrow: UncheckedAccount<'info>,
    /// The market's governance mint.
    /// CHECK: pinned by the market.
    #[account(mut)]
    pub governance_mint: UncheckedAccount<'info>,
    /// Token program of the governance mint.
    /// CHECK: pinned by the market.
    pub governance_token_program: UncheckedAccount<'info>,
}

impl BuyGovernance<'_> {
    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        market.require_version().ruled()?;
        bank.require_version().ruled()?;
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        bank.require_governance(
            market,
            &self.market.key(),
            self.governance_escrow.key,
            self.governance_mint.key,
            self.governance_token_program.key,
        )?;
        // Bought tokens must leave the escrow, or the rest would not be burned.
        require_keys_neq!(
            self.buyer_governance_account.key(),
            bank.governance_escrow,
            BackstopError::SameAccount
        );
        Ok(())
    }
}

/// See [`crate::backstop::buy_governance`].
pub fn buy_governance(
    ctx: Context<'_, BuyGovernance<'_>>,
    amount: u64,
    max_pay: u64,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let (event, vault_signer, decimals, governance_decimals) =
        accounts.apply(GovAtoms(amount), Atoms(max_pay))?;

    // Payment first: tokens leave escrow only against it.
    transfer(
        &accounts.token_program,
        &accounts.buyer_token_account,
        &accounts.mint,
        &accounts.liquidity_vault,
        &accounts.buyer,
        &TokenSigner::Wallet,
        event.paid,
        decimals,
    )?;
    transfer(
        &accounts.governance_token_program,
        &accounts.governance_escrow,
        &accounts.governance_mint,
        &accounts.buyer_governance_account,
        accounts.bank.as_ref(),
        &vault_signer,
        event.bought,
        governance_decimals,
    )?;
    burn(
        &accounts.governance_token_program,
        &accounts.governance_escrow,
        &accounts.governance_mint,
        accounts.bank.as_ref(),
        &vault_signer,
        event.burned,
    )?;
    emit_cpi(&event, &accounts.event_authority)
}

impl BuyGovernance<'_> {
    /// Takes the step, and says what is left to do: the event and who signs for
    /// the vaults, with the decimals of both mints.
    fn apply(
        &self,
        amount: GovAtoms,
        max_pay: Atoms,
    ) -> Result<(GovernanceBought, TokenSigner, u8, u8)> {
        let now = at()?.now;
        let mut market = self.market.load_mut()?;
        let mut bank = self.bank.load_mut()?;
        self.validate(&market, &bank)?;
        let done = step::buy_governance(&mut market, &mut bank, amount, max_pay, now).ruled()?;
        let event = GovernanceBought {
            sequence: done.sequence,
            at: now.0,
            market: self.market.key(),
            bank: self.bank.key(),
            buyer: self.buyer.key(),
            bought: done.bought.0,
            paid: done.paid.0,
            excess: done.excess.0,
            rate: done.rate.0,
            burned: done.burned.0,
            lot_left: done.lot_left.0,
            after: books_after(&bank.ledger),
        };
        let signer = bank.vault_signer();
        Ok((event, signer, bank.decimals, market.governance_decimals))
    }
}

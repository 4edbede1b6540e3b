//! Paying written-off debt back after all.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::Atoms;

use crate::error::BackstopError;
use crate::events::WrittenOffRepaid;
use crate::state::{
    at, books_after, burn, emit_cpi, transfer, Bank, BankAddresses, Market, Obligation, Ruled,
    Signer as TokenSigner,
};

/// Accounts of `repay_written_off`.
#[event_cpi]
#[derive(Accounts)]
pub struct RepayWrittenOff<'info> {
    /// Whoever pays.
    pub payer: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// Has the record.
    #[account(mut)]
    pub obligation: AccountLoader<'info, Obligation>,
    /// The payer's tokens.
    /// CHECK: the token program takes the tokens from it with the payer's signature.
    #[account(mut)]
    pub payer_token_account: UncheckedAccount<'info>,
    /// The bank's liquidity vault.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub liquidity_vault: UncheckedAccount<'info>,
    /// The bank's insurance vault.
    /// CHECK: pinned by the bank.
    #[account(mut)]
    pub insurance_vault: UncheckedAccount<'info>,
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

impl RepayWrittenOff<'_> {
    fn validate(&self, market: &Market, bank: &Bank, obligation: &Obligation) -> Result<()> {
        market.require_version().ruled()?;
        bank.require_version().ruled()?;
        obligation.require_version().ruled()?;
        require_keys_eq!(
            obligation.market,
            self.market.key(),
            BackstopError::WrongMarket
        );
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        bank.require_insurance(self.insurance_vault.key)?;
        bank.require_governance(
            market,
            &self.market.key(),
            self.governance_escrow.key,
            self.governance_mint.key,
            self.governance_token_program.key,
        )
    }
}

/// See [`crate::backstop::repay_written_off`].
pub fn repay_written_off(ctx: Context<'_, RepayWrittenOff<'_>>, max_atoms: u64) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = at()?.now;
    let bank_key = accounts.bank.key();
    let (event, vault_signer, decimals) = {
        let mut market = accounts.market.load_mut()?;
        let mut bank = accounts.bank.load_mut()?;
        let mut obligation = accounts.obligation.load_mut()?;
        accounts.validate(&market, &bank, &obligation)?;
        let done = step::repay_written_off(
            &mut market,
            &bank_key,
            &mut bank,
            &mut obligation,
            Atoms(max_atoms),
            now,
        )
        .ruled()?;
        let event = WrittenOffRepaid {
            sequence: done.sequence,
            at: now.0,
            market: accounts.market.key(),
            bank: bank_key,
            obligation: accounts.obligation.key(),
            paid: done.paid.0,
            to_deficit: done.to_deficit.0,
            to_lenders: done.to_lenders.0,
            to_insurance: done.to_insurance.0,
            burned: done.burned.0,
            written_off: done.record.0,
            after: books_after(&bank.ledger),
        };
        (event, bank.vault_signer(), bank.decimals)
    };
    let to_liquidity = Atoms(event.to_deficit)
        .add(Atoms(event.to_lenders))
        .ruled()?;
    for (vault, atoms) in [
        (&accounts.liquidity_vault, to_liquidity.0),
        (&accounts.insurance_vault, event.to_insurance),
    ] {
        transfer(
            &accounts.token_program,
            &accounts.payer_token_account,
            &accounts.mint,
            vault,
            &accounts.payer,
            &TokenSigner::Wallet,
            atoms,
            decimals,
        )?;
    }
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

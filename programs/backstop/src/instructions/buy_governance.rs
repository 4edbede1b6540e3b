//! Buying governance tokens from an auction.

use anchor_lang::prelude::*;
use backstop_engine::units::{Atoms, GovAtoms, UnixTime};

use crate::error::BackstopError;
use crate::events::GovernanceBought;
use crate::state::{
    books_after, burn, emit_cpi, transfer, Bank, Le128, Market, Ruled, Signer as TokenSigner,
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
    fn validate(&self, market: &Market, bank: &Bank, now: UnixTime) -> Result<()> {
        market.require_version()?;
        bank.require_version()?;
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
        require!(
            !market.issuance_pause.is_paused(now),
            BackstopError::IssuancePaused
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
    let now = UnixTime(Clock::get()?.unix_timestamp);

    let mut market = accounts.market.load_mut()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank, now)?;

    let ledger = bank.accrued(now)?;
    let auction = bank.auction.get();
    let plan = auction
        .fill(ledger, GovAtoms(amount), Atoms(max_pay), now)
        .ruled()?;

    bank.auction = plan.auction.into();
    bank.store_loss(&plan.ledger)?;
    if !plan.burn.is_zero() {
        market.burn_unsold(plan.burn, auction.issued_at, now)?;
    }
    let rate = Le128::from(plan.rate.0);
    let event = GovernanceBought {
        sequence: market.next_sequence()?,
        at: now.0,
        market: accounts.market.key(),
        bank: accounts.bank.key(),
        buyer: accounts.buyer.key(),
        bought: plan.bought.0,
        paid: plan.paid.0,
        excess: plan.excess.0,
        rate_low: rate.low,
        rate_high: rate.high,
        burned: plan.burn.0,
        lot_left: plan.auction.lot.0,
        after: books_after(&plan.ledger),
    };
    let vault_signer = bank.vault_signer();
    let (decimals, governance_decimals) = (bank.decimals, market.governance_decimals);
    drop((market, bank));

    // Payment first: tokens leave escrow only against it.
    transfer(
        &accounts.token_program,
        &accounts.buyer_token_account,
        &accounts.mint,
        &accounts.liquidity_vault,
        &accounts.buyer,
        &TokenSigner::Wallet,
        plan.paid.0,
        decimals,
    )?;
    transfer(
        &accounts.governance_token_program,
        &accounts.governance_escrow,
        &accounts.governance_mint,
        &accounts.buyer_governance_account,
        accounts.bank.as_ref(),
        &vault_signer,
        plan.bought.0,
        governance_decimals,
    )?;
    burn(
        &accounts.governance_token_program,
        &accounts.governance_escrow,
        &accounts.governance_mint,
        accounts.bank.as_ref(),
        &vault_signer,
        plan.burn.0,
    )?;
    emit_cpi(&event, &accounts.event_authority)
}

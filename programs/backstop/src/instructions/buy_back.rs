//! Buying governance tokens back with surplus insurance, and burning them.

use anchor_lang::prelude::*;
use backstop_engine::step;
use backstop_engine::units::{Atoms, GovAtoms};

use crate::error::BackstopError;
use crate::events::{BuyBackClosed, BuyBackStarted, GovernanceSold};
use crate::state::{
    at, books_after, burn, emit_cpi, governance_observation, transfer, Bank, BankAddresses, Market,
    MarketAddresses, Ruled, Signer as TokenSigner,
};

/// Accounts of `start_buy_back`.
#[event_cpi]
#[derive(Accounts)]
pub struct StartBuyBack<'info> {
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// Price account of the governance token.
    /// CHECK: owner, feed and age are checked when it is read.
    pub governance_oracle: Option<UncheckedAccount<'info>>,
}

fn require_pair(market_key: Pubkey, market: &Market, bank: &Bank) -> Result<()> {
    market.require_version().ruled()?;
    bank.require_version().ruled()?;
    require_keys_eq!(bank.market, market_key, BackstopError::WrongMarket);
    Ok(())
}

/// See [`crate::backstop::start_buy_back`].
pub fn start_buy_back(ctx: Context<'_, StartBuyBack<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let at = at()?;
    let event = {
        let mut market = accounts.market.load_mut()?;
        let mut bank = accounts.bank.load_mut()?;
        require_pair(accounts.market.key(), &market, &bank)?;
        let governance = governance_observation(&market, accounts.governance_oracle.as_deref());
        let done = step::start_buy_back(&mut market, &mut bank, governance.as_ref(), at).ruled()?;
        BuyBackStarted {
            sequence: done.sequence,
            at: at.now.0,
            market: accounts.market.key(),
            bank: accounts.bank.key(),
            budget: done.budget.0,
            ends_at: done.ends_at.0,
        }
    };
    emit_cpi(&event, &accounts.event_authority)
}

/// Accounts of `sell_governance`.
#[event_cpi]
#[derive(Accounts)]
pub struct SellGovernance<'info> {
    /// Sells.
    pub seller: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank whose insurance pays.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// The seller's governance tokens.
    /// CHECK: the token program burns from it with the seller's signature.
    #[account(mut)]
    pub seller_governance_account: UncheckedAccount<'info>,
    /// Gets the tokens.
    /// CHECK: any token account of the asset; the token program checks that.
    #[account(mut)]
    pub destination: UncheckedAccount<'info>,
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
    /// The market's governance mint.
    /// CHECK: pinned by the market.
    #[account(mut)]
    pub governance_mint: UncheckedAccount<'info>,
    /// Token program of the governance mint.
    /// CHECK: pinned by the market.
    pub governance_token_program: UncheckedAccount<'info>,
    /// Price account of the governance token.
    /// CHECK: owner, feed and age are checked when it is read.
    pub governance_oracle: Option<UncheckedAccount<'info>>,
}

impl SellGovernance<'_> {
    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        require_pair(self.market.key(), market, bank)?;
        bank.require_insurance(self.insurance_vault.key)?;
        bank.require_asset(self.mint.key, self.token_program.key)?;
        market
            .require_governance_mint(self.governance_mint.key, self.governance_token_program.key)?;
        // Tokens on auction belong to nobody yet. Only the bank could sign for
        // them, and it never does here.
        require_keys_neq!(
            self.seller_governance_account.key(),
            bank.governance_escrow,
            BackstopError::SameAccount
        );
        // Paid into a vault, the tokens would be in no ledger.
        require_keys_neq!(
            self.destination.key(),
            bank.insurance_vault,
            BackstopError::SameAccount
        );
        Ok(())
    }
}

/// See [`crate::backstop::sell_governance`].
pub fn sell_governance(
    ctx: Context<'_, SellGovernance<'_>>,
    amount: u64,
    min_proceeds: u64,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let (event, signer, decimals) = accounts.apply(GovAtoms(amount), Atoms(min_proceeds))?;
    // Tokens first: insurance pays only for what is burned.
    burn(
        &accounts.governance_token_program,
        &accounts.seller_governance_account,
        &accounts.governance_mint,
        &accounts.seller,
        &TokenSigner::Wallet,
        event.sold,
    )?;
    transfer(
        &accounts.token_program,
        &accounts.insurance_vault,
        &accounts.mint,
        &accounts.destination,
        accounts.bank.as_ref(),
        &signer,
        event.paid,
        decimals,
    )?;
    emit_cpi(&event, &accounts.event_authority)
}

impl SellGovernance<'_> {
    /// Takes the step, and says what is left to do: the event and who signs for
    /// the vault, with the decimals of the asset.
    fn apply(
        &self,
        amount: GovAtoms,
        min_proceeds: Atoms,
    ) -> Result<(GovernanceSold, TokenSigner, u8)> {
        let at = at()?;
        let mut market = self.market.load_mut()?;
        let mut bank = self.bank.load_mut()?;
        self.validate(&market, &bank)?;
        let governance = governance_observation(&market, self.governance_oracle.as_deref());
        let done = step::sell_governance(
            &mut market,
            &mut bank,
            governance.as_ref(),
            amount,
            min_proceeds,
            at,
        )
        .ruled()?;
        let event = GovernanceSold {
            sequence: done.sequence,
            at: at.now.0,
            market: self.market.key(),
            bank: self.bank.key(),
            seller: self.seller.key(),
            sold: done.sold.0,
            paid: done.paid.0,
            budget_left: bank.buy_back.budget,
            after: books_after(&bank.ledger),
        };
        Ok((event, bank.vault_signer(), bank.decimals))
    }
}

/// Accounts of `close_buy_back`.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseBuyBack<'info> {
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
}

/// See [`crate::backstop::close_buy_back`].
pub fn close_buy_back(ctx: Context<'_, CloseBuyBack<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = at()?.now;
    let event = {
        let mut market = accounts.market.load_mut()?;
        let mut bank = accounts.bank.load_mut()?;
        require_pair(accounts.market.key(), &market, &bank)?;
        let done = step::close_buy_back(&mut market, &mut bank, now).ruled()?;
        BuyBackClosed {
            sequence: done.sequence,
            at: now.0,
            market: accounts.market.key(),
            bank: accounts.bank.key(),
            unspent: done.unspent.0,
        }
    };
    emit_cpi(&event, &accounts.event_authority)
}

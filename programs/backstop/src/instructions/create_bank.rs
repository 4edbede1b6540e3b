//! A new bank: one asset of a market, with its vaults.

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{TokenAccount, TokenInterface};
use backstop_engine::step;

use crate::constants::{BANK_SEED, ESCROW_SEED, INSURANCE_SEED, LIQUIDITY_SEED, VERSION};
use crate::error::BackstopError;
use crate::events::BankCreated;
use crate::state::{at, Bank, BankConfig, Market, MarketAddresses, MintFacts, Ruled};

/// Accounts of `create_bank`.
#[derive(Accounts)]
pub struct CreateBank<'info> {
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Admin of the market.
    pub admin: Signer<'info>,
    /// The market.
    pub market: AccountLoader<'info, Market>,
    /// The bank's asset.
    /// CHECK: read by `validate`: token program, decimals, extensions.
    pub mint: UncheckedAccount<'info>,
    /// The new bank; owner of the vaults.
    #[account(
        init,
        payer = payer,
        space = Bank::SPACE,
        seeds = [BANK_SEED, market.key().as_ref(), mint.key().as_ref()],
        bump,
    )]
    pub bank: AccountLoader<'info, Bank>,
    /// Liquidity vault.
    #[account(
        init,
        payer = payer,
        seeds = [LIQUIDITY_SEED, bank.key().as_ref()],
        bump,
        token::mint = mint,
        token::authority = bank,
        token::token_program = token_program,
    )]
    pub liquidity_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Insurance vault.
    #[account(
        init,
        payer = payer,
        seeds = [INSURANCE_SEED, bank.key().as_ref()],
        bump,
        token::mint = mint,
        token::authority = bank,
        token::token_program = token_program,
    )]
    pub insurance_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The market's governance mint.
    /// CHECK: `validate` compares it with the market's.
    pub governance_mint: UncheckedAccount<'info>,
    /// Governance tokens on auction.
    #[account(
        init,
        payer = payer,
        seeds = [ESCROW_SEED, bank.key().as_ref()],
        bump,
        token::mint = governance_mint,
        token::authority = bank,
        token::token_program = governance_token_program,
    )]
    pub governance_escrow: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Token program of the asset.
    pub token_program: Interface<'info, TokenInterface>,
    /// Token program of the governance mint.
    pub governance_token_program: Interface<'info, TokenInterface>,
    /// Creates the accounts.
    pub system_program: Program<'info, System>,
}

impl CreateBank<'_> {
    fn validate(&self, market: &Market) -> Result<MintFacts> {
        market.require_version().ruled()?;
        require_keys_eq!(self.admin.key(), market.admin, BackstopError::NotAdmin);
        market
            .require_governance_mint(self.governance_mint.key, self.governance_token_program.key)?;
        // A token that pays for bad debt must never be what secures it.
        require_keys_neq!(
            self.mint.key(),
            market.governance_mint,
            BackstopError::GovernanceMintAsBank
        );
        MintFacts::load(&self.mint, self.token_program.key)
    }
}

/// See [`crate::backstop::create_bank`].
pub fn create_bank(ctx: Context<'_, CreateBank<'_>>, config: BankConfig) -> Result<()> {
    let accounts = &ctx.accounts;
    let live_at = {
        let market = accounts.market.load()?;
        let facts = accounts.validate(&market)?;
        let mut bank = accounts.bank.load_init()?;
        bank.version = VERSION;
        bank.bump = ctx.bumps.bank;
        bank.decimals = facts.decimals;
        bank.market = accounts.market.key();
        bank.mint = accounts.mint.key();
        bank.token_program = accounts.token_program.key();
        bank.liquidity_vault = accounts.liquidity_vault.key();
        bank.insurance_vault = accounts.insurance_vault.key();
        bank.governance_escrow = accounts.governance_escrow.key();
        step::new_bank(&market, &mut bank, &config, at()?.now).ruled()?;
        bank.live_at
    };
    emit!(BankCreated {
        market: accounts.market.key(),
        bank: accounts.bank.key(),
        mint: accounts.mint.key(),
        live_at,
    });
    Ok(())
}

//! A new market: it adopts an existing governance mint by taking its authority,
//! or creates one.

use anchor_lang::prelude::*;
use anchor_spl::associated_token::AssociatedToken;
use anchor_spl::token_2022::spl_token_2022::instruction::AuthorityType;
use anchor_spl::token_interface::{self, Mint, TokenAccount, TokenInterface};
use backstop_engine::step;

use crate::constants::{GOVERNANCE_MINT_SEED, MARKET_SEED, VERSION};
use crate::error::BackstopError;
use crate::events::MarketCreated;
use crate::state::{mint_to, Market, MarketConfig, MintFacts, Ruled};

/// Accounts of `create_market`.
#[derive(Accounts)]
pub struct CreateMarket<'info> {
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Becomes the market's admin.
    pub admin: Signer<'info>,
    /// Gives up the authority over the governance mint.
    pub mint_authority: Signer<'info>,
    /// The market's governance mint.
    /// CHECK: read by `validate`: authority, freeze authority, extensions.
    #[account(mut)]
    pub governance_mint: UncheckedAccount<'info>,
    /// The new market; becomes the mint's authority.
    #[account(
        init,
        payer = payer,
        space = Market::SPACE,
        seeds = [MARKET_SEED, governance_mint.key().as_ref()],
        bump,
    )]
    pub market: AccountLoader<'info, Market>,
    /// Token program of the governance mint.
    pub governance_token_program: Interface<'info, TokenInterface>,
    /// Creates the account.
    pub system_program: Program<'info, System>,
}

impl CreateMarket<'_> {
    fn validate(&self) -> Result<MintFacts> {
        let facts = MintFacts::load(&self.governance_mint, self.governance_token_program.key)?;
        require!(
            facts.authority == Some(self.mint_authority.key()),
            BackstopError::NotMintAuthority
        );
        require!(
            facts.freeze_authority.is_none(),
            BackstopError::FreezeAuthoritySet
        );
        Ok(facts)
    }
}

fn initialise(
    market: &AccountLoader<'_, Market>,
    bump: u8,
    mint: (Pubkey, Pubkey),
    admin: Pubkey,
    config: MarketConfig,
    facts: MintFacts,
) -> Result<()> {
    {
        let mut state = market.load_init()?;
        state.version = VERSION;
        state.bump = bump;
        state.governance_decimals = facts.decimals;
        (state.governance_mint, state.governance_token_program) = mint;
        state.admin = admin;
        step::new_market(&mut state, &config, facts.supply).ruled()?;
    }
    emit!(MarketCreated {
        market: market.key(),
        governance_mint: mint.0,
        admin,
    });
    Ok(())
}

/// See [`crate::backstop::create_market`].
pub fn create_market(ctx: Context<'_, CreateMarket<'_>>, config: MarketConfig) -> Result<()> {
    let accounts = &ctx.accounts;
    let facts = accounts.validate()?;
    initialise(
        &accounts.market,
        ctx.bumps.market,
        (
            accounts.governance_mint.key(),
            accounts.governance_token_program.key(),
        ),
        accounts.admin.key(),
        config,
        facts,
    )?;
    token_interface::set_authority(
        CpiContext::new(
            accounts.governance_token_program.key(),
            token_interface::SetAuthority {
                current_authority: accounts.mint_authority.to_account_info(),
                account_or_mint: accounts.governance_mint.to_account_info(),
            },
        ),
        AuthorityType::MintTokens,
        Some(accounts.market.key()),
    )
}

/// Accounts of `create_market_with_mint`.
#[derive(Accounts)]
#[instruction(index: u16, decimals: u8)]
pub struct CreateMarketWithMint<'info> {
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Becomes the market's admin.
    pub admin: Signer<'info>,
    /// The new governance mint.
    #[account(
        init,
        payer = payer,
        seeds = [GOVERNANCE_MINT_SEED, admin.key().as_ref(), &index.to_le_bytes()],
        bump,
        mint::decimals = decimals,
        mint::authority = market,
        mint::token_program = governance_token_program,
    )]
    pub governance_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Owner of the initial supply.
    /// CHECK: owns the initial supply; any wallet.
    pub supply_owner: UncheckedAccount<'info>,
    /// Receives the initial supply.
    #[account(
        init,
        payer = payer,
        associated_token::mint = governance_mint,
        associated_token::authority = supply_owner,
        associated_token::token_program = governance_token_program,
    )]
    pub supply_account: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The new market; the mint's authority from the start.
    #[account(
        init,
        payer = payer,
        space = Market::SPACE,
        seeds = [MARKET_SEED, governance_mint.key().as_ref()],
        bump,
    )]
    pub market: AccountLoader<'info, Market>,
    /// Token program of the governance mint.
    pub governance_token_program: Interface<'info, TokenInterface>,
    /// Creates the token account.
    pub associated_token_program: Program<'info, AssociatedToken>,
    /// Creates the accounts.
    pub system_program: Program<'info, System>,
}

impl CreateMarketWithMint<'_> {
    fn validate(&self, decimals: u8, supply: u64) -> Result<MintFacts> {
        require!(
            decimals <= backstop_engine::price::MAX_DECIMALS,
            BackstopError::TooManyDecimals
        );
        Ok(MintFacts {
            decimals,
            supply,
            authority: Some(self.market.key()),
            freeze_authority: None,
        })
    }
}

/// See [`crate::backstop::create_market_with_mint`].
pub fn create_market_with_mint(
    ctx: Context<'_, CreateMarketWithMint<'_>>,
    decimals: u8,
    initial_supply: u64,
    config: MarketConfig,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let facts = accounts.validate(decimals, initial_supply)?;
    let mint_key = accounts.governance_mint.key();
    initialise(
        &accounts.market,
        ctx.bumps.market,
        (mint_key, accounts.governance_token_program.key()),
        accounts.admin.key(),
        config,
        facts,
    )?;
    mint_to(
        &accounts.governance_token_program.to_account_info(),
        &accounts.governance_mint.to_account_info(),
        &accounts.supply_account.to_account_info(),
        accounts.market.as_ref(),
        &crate::state::Signer::Market(mint_key.to_bytes(), ctx.bumps.market),
        initial_supply,
    )
}

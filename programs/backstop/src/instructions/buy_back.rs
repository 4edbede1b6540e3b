//! Buying governance tokens back with surplus insurance, and burning them.

use anchor_lang::prelude::*;
use backstop_engine::auction::PriceRange;
use backstop_engine::price::Quote;
use backstop_engine::units::{Atoms, Bps, GovAtoms, UnixTime};

use crate::error::BackstopError;
use crate::events::{BuyBackClosed, BuyBackStarted, GovernanceSold};
use crate::state::{
    books_after, burn, emit_cpi, governance_price, transfer, Bank, BuyBackState, Market, Ruled,
    Signer as TokenSigner,
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

/// While write-offs are paused a loss may be waiting that nothing books yet:
/// insurance is kept for it.
fn require_not_paused(market: &Market, now: UnixTime) -> Result<()> {
    require!(
        !market.write_off_pause.is_paused(now),
        BackstopError::WriteOffPaused
    );
    Ok(())
}

impl StartBuyBack<'_> {
    fn validate(&self, market: &Market, bank: &Bank, now: UnixTime) -> Result<()> {
        market.require_version()?;
        bank.require_version()?;
        require_keys_eq!(bank.market, self.market.key(), BackstopError::WrongMarket);
        // Lenders who lost everything come before holders of the governance token.
        require!(!bank.is_wound_down(), BackstopError::WoundDown);
        require_not_paused(market, now)
    }
}

/// Prices of a buy-back: it starts at the floor of an auction and rises to no
/// more than the lower of spot and average, or to the fixed start price of a
/// market without a feed.
fn prices(
    market: &mut Market,
    bank: &Bank,
    oracle: Option<&AccountInfo<'_>>,
    clock: &Clock,
) -> Result<PriceRange> {
    let price = governance_price(market, oracle, UnixTime(clock.unix_timestamp));
    let has_feed = market.config.has_feed();
    let feed = match price {
        Some(price) => {
            bank.require_price(clock.slot)?;
            let token = Quote {
                price,
                decimals: market.governance_decimals,
            };
            Some((token, bank.quote()))
        }
        None => None,
    };
    let policy = bank.config.price_policy(&market.config);
    policy
        .buy_back_range(has_feed, feed)
        .ok_or_else(|| error!(BackstopError::NoGovernancePrice))
}

/// See [`crate::backstop::start_buy_back`].
pub fn start_buy_back(ctx: Context<'_, StartBuyBack<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let now = UnixTime(clock.unix_timestamp);

    let mut market = accounts.market.load_mut()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank, now)?;

    let ledger = bank.accrued(now)?;
    let range = prices(
        &mut market,
        &bank,
        accounts.governance_oracle.as_deref(),
        &clock,
    )?;
    let started = ledger
        .start_buy_back(
            &bank.buy_back.get(),
            Bps(bank.config.insurance_target_bps),
            range,
            market.config.auction_duration_secs,
            now,
        )
        .ruled()?;
    // Only one runs at a time: one of a few atoms would keep a real one away.
    require!(
        started.budget.0 >= bank.config.min_auction_deficit,
        BackstopError::NoSurplus
    );
    bank.buy_back = started.into();
    bank.store(&ledger)?;
    let event = BuyBackStarted {
        sequence: market.next_sequence()?,
        at: now.0,
        market: accounts.market.key(),
        bank: accounts.bank.key(),
        budget: started.budget.0,
        ends_at: started.ends_at.0,
    };
    drop((market, bank));
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
    fn validate(&self, market: &Market, bank: &Bank, now: UnixTime) -> Result<()> {
        market.require_version()?;
        bank.require_version()?;
        require_keys_eq!(bank.market, self.market.key(), BackstopError::WrongMarket);
        bank.require_insurance(self.insurance_vault.key)?;
        require_keys_eq!(self.mint.key(), bank.mint, BackstopError::WrongMint);
        require_keys_eq!(
            self.token_program.key(),
            bank.token_program,
            BackstopError::WrongTokenProgram
        );
        require_keys_eq!(
            self.governance_mint.key(),
            market.governance_mint,
            BackstopError::WrongMint
        );
        require_keys_eq!(
            self.governance_token_program.key(),
            market.governance_token_program,
            BackstopError::WrongTokenProgram
        );
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
        require_not_paused(market, now)
    }
}

/// See [`crate::backstop::sell_governance`].
pub fn sell_governance(
    ctx: Context<'_, SellGovernance<'_>>,
    amount: u64,
    min_proceeds: u64,
) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let now = UnixTime(clock.unix_timestamp);

    let mut market = accounts.market.load_mut()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank, now)?;

    let today = prices(
        &mut market,
        &bank,
        accounts.governance_oracle.as_deref(),
        &clock,
    )?;
    let plan = bank
        .buy_back
        .get()
        .sell(
            bank.accrued(now)?,
            GovAtoms(amount),
            Atoms(min_proceeds),
            Bps(bank.config.insurance_target_bps),
            today.start,
            now,
        )
        .ruled()?;

    bank.buy_back = plan.buy_back.into();
    bank.store(&plan.ledger)?;
    let issuance = market.issuance().burn_bought(plan.sold).ruled()?;
    market.record_burn(plan.sold, issuance)?;
    let event = GovernanceSold {
        sequence: market.next_sequence()?,
        at: now.0,
        market: accounts.market.key(),
        bank: accounts.bank.key(),
        seller: accounts.seller.key(),
        sold: plan.sold.0,
        paid: plan.paid.0,
        budget_left: plan.buy_back.budget.0,
        after: books_after(&plan.ledger),
    };
    let (signer, decimals) = (bank.vault_signer(), bank.decimals);
    drop((market, bank));

    // Tokens first: insurance pays only for what is burned.
    burn(
        &accounts.governance_token_program,
        &accounts.seller_governance_account,
        &accounts.governance_mint,
        &accounts.seller,
        &TokenSigner::Wallet,
        plan.sold.0,
    )?;
    transfer(
        &accounts.token_program,
        &accounts.insurance_vault,
        &accounts.mint,
        &accounts.destination,
        accounts.bank.as_ref(),
        &signer,
        plan.paid.0,
        decimals,
    )?;
    emit_cpi(&event, &accounts.event_authority)
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

impl CloseBuyBack<'_> {
    fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        market.require_version()?;
        bank.require_version()?;
        require_keys_eq!(bank.market, self.market.key(), BackstopError::WrongMarket);
        Ok(())
    }
}

/// See [`crate::backstop::close_buy_back`].
pub fn close_buy_back(ctx: Context<'_, CloseBuyBack<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let now = UnixTime(Clock::get()?.unix_timestamp);

    let mut market = accounts.market.load_mut()?;
    let mut bank = accounts.bank.load_mut()?;
    accounts.validate(&market, &bank)?;

    let buy_back = bank.buy_back.get();
    buy_back.require_closable(&bank.ledger.get(), now).ruled()?;
    bank.buy_back = BuyBackState::default();
    let event = BuyBackClosed {
        sequence: market.next_sequence()?,
        at: now.0,
        market: accounts.market.key(),
        bank: accounts.bank.key(),
        unspent: buy_back.budget.0,
    };
    drop((market, bank));
    emit_cpi(&event, &accounts.event_authority)
}

//! Writing off debt that nothing backs any more: the heart.

use anchor_lang::prelude::*;
use backstop_engine::ledger::Ledger;
use backstop_engine::units::{Atoms, Bps, DebtShares, UnixTime};
use backstop_engine::waterfall::{Mode, WriteOffPlan};

use crate::error::BackstopError;
use crate::events::DebtWrittenOff;
use crate::state::{
    books_after, emit_cpi, require_top_level, transfer, Bank, Market, Moves, Obligation, Ruled,
    WaterfallAccounts,
};

/// Accounts of `write_off`. The banks of the obligation's deposits follow, in
/// position order, if it has any: all of them must be delisted.
#[event_cpi]
#[derive(Accounts)]
pub struct WriteOff<'info> {
    /// The market; authority of the governance mint.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The bank of the debt; owner of its vaults.
    #[account(mut)]
    pub bank: AccountLoader<'info, Bank>,
    /// Owes the debt.
    #[account(mut)]
    pub obligation: AccountLoader<'info, Obligation>,
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
    /// Price account of the governance token.
    /// CHECK: owner, feed and age are checked when it is read; without it, or
    /// with one that is not usable, nothing is issued in a market with a feed.
    pub governance_oracle: Option<UncheckedAccount<'info>>,
    /// Gets the bounty.
    /// CHECK: gets the bounty; any token account of the mint.
    #[account(mut)]
    pub keeper_token_account: Option<UncheckedAccount<'info>>,
}

impl<'info> WriteOff<'info> {
    fn waterfall(&self) -> WaterfallAccounts<'_, 'info> {
        WaterfallAccounts {
            market: self.market.as_ref(),
            bank: self.bank.as_ref(),
            liquidity_vault: &self.liquidity_vault,
            insurance_vault: &self.insurance_vault,
            mint: &self.mint,
            token_program: &self.token_program,
            governance_escrow: &self.governance_escrow,
            governance_mint: &self.governance_mint,
            governance_token_program: &self.governance_token_program,
        }
    }

    fn validate(
        &self,
        market: &Market,
        bank: &Bank,
        obligation: &Obligation,
        banks: &'info [AccountInfo<'info>],
        now: UnixTime,
    ) -> Result<()> {
        require_top_level()?;
        obligation.require_version()?;
        self.waterfall().validate(market, bank)?;
        require_keys_eq!(
            obligation.market,
            self.market.key(),
            BackstopError::WrongMarket
        );
        require!(
            bank.config.mode() != Mode::Disabled,
            BackstopError::WriteOffDisabled
        );
        require!(
            !market.write_off_pause.is_paused(now),
            BackstopError::WriteOffPaused
        );
        // The bounty must leave the bank: paid into its own vault it would be
        // tokens that no ledger knows.
        if let Some(keeper) = &self.keeper_token_account {
            require_keys_neq!(
                keeper.key(),
                bank.liquidity_vault,
                BackstopError::SameAccount
            );
            require_keys_neq!(
                keeper.key(),
                bank.insurance_vault,
                BackstopError::SameAccount
            );
        }
        // Before the deposits: where there is a debt there is no deposit, so none
        // of the banks that follow is this one, which is borrowed already.
        require!(
            obligation.position(&self.bank.key())?.has_debt(),
            BackstopError::NoDebt
        );
        // Nobody borrows and is written off in one stroke.
        let age = now.since(UnixTime(obligation.risk_raised_at)).ruled()?;
        require!(
            age >= u64::from(bank.config.min_risk_age_secs),
            BackstopError::RiskTooRecent
        );
        require_no_collateral(obligation, banks)
    }
}

/// Passes if every deposit of the obligation is in a delisted bank. What has no
/// collateral cannot be recovered by liquidation, whatever any price is.
fn require_no_collateral<'info>(
    obligation: &Obligation,
    banks: &'info [AccountInfo<'info>],
) -> Result<()> {
    let mut next = banks.iter();
    for position in obligation.positions().iter().filter(|p| p.has_deposit()) {
        let info = next.next().ok_or(BackstopError::CollateralLeft)?;
        require_keys_eq!(*info.key, position.bank, BackstopError::WrongBankList);
        let loader = AccountLoader::<Bank>::try_from(info)?;
        let bank = loader.load()?;
        bank.require_version()?;
        require!(bank.is_delisted(), BackstopError::CollateralLeft);
    }
    require!(next.next().is_none(), BackstopError::WrongBankList);
    Ok(())
}

/// See [`crate::backstop::write_off`].
pub fn write_off<'info>(ctx: Context<'info, WriteOff<'info>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    let (event, moves) = accounts.apply(ctx.remaining_accounts, &clock)?;
    accounts.waterfall().move_tokens(&moves)?;
    if let Some(keeper) = &accounts.keeper_token_account {
        transfer(
            &accounts.token_program,
            &accounts.insurance_vault,
            &accounts.mint,
            keeper,
            accounts.bank.as_ref(),
            &moves.vault_signer,
            event.bounty,
            moves.decimals,
        )?;
    }
    emit_cpi(&*event, &accounts.event_authority)
}

impl<'info> WriteOff<'info> {
    /// Plans, applies to state, and says what is left to do. A function of its
    /// own: its stack frame is full.
    #[inline(never)]
    fn apply(
        &self,
        banks: &'info [AccountInfo<'info>],
        clock: &Clock,
    ) -> Result<(Box<DebtWrittenOff>, Moves)> {
        let now = UnixTime(clock.unix_timestamp);
        let bank_key = self.bank.key();
        let mut market = self.market.load_mut()?;
        let mut bank = self.bank.load_mut()?;
        let mut obligation = self.obligation.load_mut()?;
        self.validate(&market, &bank, &obligation, banks, now)?;

        let ledger = bank.accrued(now)?;
        let deficit_before = ledger.deficit;
        let settled = market.close_settled(&mut bank, &ledger, now)?;
        let position = obligation.position_mut(&bank_key)?;
        let plan = self.plan(&mut market, &bank, &ledger, position.debt(), clock)?;

        position.debt_shares = 0u128.into();
        let record = Atoms(position.written_off).add(plan.loss).ruled()?;
        position.written_off = record.0;
        obligation.withhold_deposits();
        obligation.prune(&bank_key);
        // Failures of an auction for less do not tell what becomes of this one.
        if plan.loss > deficit_before {
            bank.failed_auctions = 0;
        }
        market.apply_cover(&mut bank, &plan.cover)?;
        bank.bounty_bucket = plan.bounty_bucket.into();
        let after = &plan.cover.ledger;
        let burned = settled
            .add(market.close_settled(&mut bank, after, now)?)
            .ruled()?;
        let moves = Moves::new(&market, &bank, &plan.cover, burned);
        let event = Box::new(DebtWrittenOff {
            sequence: market.next_sequence()?,
            at: now.0,
            market: self.market.key(),
            bank: bank_key,
            obligation: self.obligation.key(),
            loss: plan.loss.0,
            deficit_before: deficit_before.0,
            protocol_fees_used: plan.cover.protocol_fees_used.0,
            insurance_fees_used: plan.cover.insurance_fees_used.0,
            insurance_drawn: plan.cover.insurance_drawn.0,
            on_auction: after.on_auction.0,
            left_open: after.deficit.sub(after.on_auction).ruled()?.0,
            issued: moves.issued.0,
            burned: burned.0,
            bounty: plan.bounty.0,
            written_off: record.0,
            after: books_after(after),
        });
        Ok((event, moves))
    }

    #[inline(never)]
    fn plan(
        &self,
        market: &mut Market,
        bank: &Bank,
        ledger: &Ledger,
        debt: DebtShares,
        clock: &Clock,
    ) -> Result<Box<WriteOffPlan>> {
        let prices = market.issuance_prices(bank, self.governance_oracle.as_deref(), clock);
        let terms = prices.map(|prices| market.issuance_terms(bank, prices));
        let mut bounty = bank.bounty_terms();
        if self.keeper_token_account.is_none() {
            bounty.share = Bps(0);
        }
        let plan = ledger
            .write_off(
                debt,
                bank.draw_terms(),
                bounty,
                terms.as_ref(),
                &bank.auction.get(),
                UnixTime(clock.unix_timestamp),
            )
            .ruled()?;
        Ok(Box::new(plan))
    }
}

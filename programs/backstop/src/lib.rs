//! Backstop: lending that treats bad debt as the main case.
//!
//! Debt that liquidation could not recover is written off by anyone and
//! covered, in this order, by unclaimed fees, by the bank's insurance vault, by
//! governance tokens issued into a bounded auction, and only then by lenders.
//!
//! This crate holds accounts, checks, token movements and events. Every formula
//! is in `backstop-engine`.
#![allow(unexpected_cfgs)]

use anchor_lang::prelude::*;
#[cfg(all(target_os = "solana", feature = "registry-toolchain"))]
use solana_compiler_builtins as _;

pub mod constants;
pub mod error;
pub mod events;
pub mod instructions;
pub mod state;

use instructions::*;
use state::{BankConfig, MarketConfig, PauseKind};

declare_id!("BKSXyMjiWhUzEYkWjX2Q9doMHkErwQpGS4LVZsQNX6eP");

// Whoever deploys puts his own addresses here: an explorer shows them as his.
#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Backstop",
    project_url: "https://github.com/backstop-protocol/backstop",
    contacts: "link:https://github.com/backstop-protocol/backstop/security/advisories/new",
    policy: "https://github.com/backstop-protocol/backstop/blob/main/SECURITY.md",
    preferred_languages: "en",
    source_code: "https://github.com/backstop-protocol/backstop",
    auditors: "None"
}

/// Dispatch: one line an instruction. What each does stands above it.
#[program]
pub mod backstop {
    use super::*;

    /// (mint authority) Creates a market that adopts an existing governance mint.
    ///
    /// - The mint has no freeze authority and no extension beyond the allow list.
    /// - Its authority signs and hands it to the market, for good.
    /// - Caps on issuance do not exceed the supply.
    pub fn create_market<'info>(
        ctx: Context<'info, CreateMarket<'info>>,
        config: MarketConfig,
    ) -> Result<()> {
        instructions::create_market(ctx, config)
    }

    /// (anyone) Creates a market and its governance mint, and mints
    /// `initial_supply` atoms to the associated account of `supply_owner`.
    ///
    /// The mint is a program address of admin and `index`; its authority is the
    /// market from the start.
    pub fn create_market_with_mint<'info>(
        ctx: Context<'info, CreateMarketWithMint<'info>>,
        index: u16,
        decimals: u8,
        initial_supply: u64,
        config: MarketConfig,
    ) -> Result<()> {
        let _ = index;
        instructions::create_market_with_mint(ctx, decimals, initial_supply, config)
    }

    /// (admin) Changes a market's settings, or queues the change if it raises
    /// somebody's risk. Either way an earlier queued change is dropped.
    pub fn update_market<'info>(
        ctx: Context<'info, UpdateMarket<'info>>,
        config: MarketConfig,
    ) -> Result<()> {
        instructions::update_market(ctx, config)
    }

    /// (permissionless) Applies a market's queued change once its delay is over.
    pub fn apply_market_update<'info>(ctx: Context<'info, ApplyMarketUpdate<'info>>) -> Result<()> {
        instructions::apply_market_update(ctx)
    }

    /// (admin) Drops a market's queued change.
    pub fn cancel_market_update<'info>(ctx: Context<'info, UpdateMarket<'info>>) -> Result<()> {
        instructions::cancel_market_update(ctx)
    }

    /// (admin) Proposes another admin; the default key withdraws a proposal.
    pub fn propose_admin<'info>(
        ctx: Context<'info, ProposeAdmin<'info>>,
        new_admin: Pubkey,
    ) -> Result<()> {
        instructions::propose_admin(ctx, new_admin)
    }

    /// (proposed admin) Takes the market over.
    pub fn accept_admin<'info>(ctx: Context<'info, AcceptAdmin<'info>>) -> Result<()> {
        instructions::accept_admin(ctx)
    }

    /// (guardian, admin) Pauses borrowing, write-offs or issuance for `secs`,
    /// at most `max_pause_secs`; the next pause of the same kind must leave a
    /// rest of `max_pause_secs`. Repaying, liquidating and withdrawing cannot
    /// be paused.
    pub fn pause<'info>(
        ctx: Context<'info, Pause<'info>>,
        kind: PauseKind,
        secs: u32,
    ) -> Result<()> {
        instructions::pause(ctx, kind, secs)
    }

    /// (guardian, admin) Ends a pause early; the rest until the next one stays.
    pub fn lift_pause<'info>(ctx: Context<'info, Pause<'info>>, kind: PauseKind) -> Result<()> {
        instructions::lift_pause(ctx, kind)
    }

    /// (admin) Creates a bank for a mint, with its vaults. It starts without
    /// write-offs, and live after the market's delay once anybody has an
    /// obligation.
    ///
    /// - The mint is not the governance mint and has no extension beyond the
    ///   allow list.
    pub fn create_bank<'info>(
        ctx: Context<'info, CreateBank<'info>>,
        config: BankConfig,
    ) -> Result<()> {
        instructions::create_bank(ctx, config)
    }

    /// (admin) Changes a bank's settings, or queues the change if it raises
    /// somebody's risk. Either way an earlier queued change is dropped.
    pub fn update_bank<'info>(
        ctx: Context<'info, UpdateBank<'info>>,
        config: BankConfig,
    ) -> Result<()> {
        instructions::update_bank(ctx, config)
    }

    /// (permissionless) Applies a bank's queued change once its delay is over.
    pub fn apply_bank_update<'info>(ctx: Context<'info, ApplyBankUpdate<'info>>) -> Result<()> {
        instructions::apply_bank_update(ctx)
    }

    /// (admin) Drops a bank's queued change.
    pub fn cancel_bank_update<'info>(ctx: Context<'info, UpdateBank<'info>>) -> Result<()> {
        instructions::cancel_bank_update(ctx)
    }

    /// (permissionless) Opens an obligation for the signing owner.
    pub fn open_obligation<'info>(
        ctx: Context<'info, OpenObligation<'info>>,
        index: u16,
    ) -> Result<()> {
        instructions::open_obligation(ctx, index)
    }

    /// (owner) Closes an obligation without deposit, debt and record.
    pub fn close_obligation<'info>(ctx: Context<'info, CloseObligation<'info>>) -> Result<()> {
        instructions::close_obligation(ctx)
    }

    /// (permissionless) Books interest and stores this slot's prices for one to
    /// eight banks. Pairs of bank and oracle account follow. A price that fails
    /// a limit is an error, never a zero.
    pub fn refresh_banks<'info>(ctx: Context<'info, RefreshBanks>) -> Result<()> {
        instructions::refresh_banks(ctx)
    }

    /// (owner) Pays `atoms` in and buys at least `min_shares` at the gross price.
    ///
    /// - With debt in the obligation, the bank's price must be of this slot.
    /// - While a deficit is open, only with `accept_deficit`.
    pub fn deposit<'info>(
        ctx: Context<'info, Deposit<'info>>,
        atoms: u64,
        min_shares: u128,
        accept_deficit: bool,
    ) -> Result<()> {
        instructions::deposit(ctx, atoms, min_shares, accept_deficit)
    }

    /// (owner) Redeems `shares` (all for `u128::MAX`) at the net price, for at
    /// least `min_atoms`; the leaver takes his part of an open deficit with him.
    ///
    /// - With debt in the obligation, the initial check must hold afterwards,
    ///   over the banks that follow.
    pub fn withdraw<'info>(
        ctx: Context<'info, Withdraw<'info>>,
        shares: u128,
        min_atoms: u64,
    ) -> Result<()> {
        instructions::withdraw(ctx, shares, min_atoms)
    }

    /// (owner) Borrows `atoms`; the initial check must hold afterwards, over the
    /// banks that follow. Not with a record of written-off debt.
    pub fn borrow<'info>(ctx: Context<'info, Borrow<'info>>, atoms: u64) -> Result<()> {
        instructions::borrow(ctx, atoms)
    }

    /// (permissionless) Pays back up to `max_atoms` of an obligation's debt.
    pub fn repay<'info>(ctx: Context<'info, Repay<'info>>, max_atoms: u64) -> Result<()> {
        instructions::repay(ctx, max_atoms)
    }

    /// (permissionless) Repays up to `max_repay` of an unhealthy obligation's
    /// debt for at least `min_shares` of its collateral, as shares in the
    /// liquidator's own obligation.
    ///
    /// - An obligation that the insolvency check does not call insolvent before is
    ///   not insolvent after it: the last collateral goes, with debt left
    ///   behind, only if even the kindest prices say so.
    pub fn liquidate<'info>(
        ctx: Context<'info, Liquidate<'info>>,
        max_repay: u64,
        min_shares: u128,
    ) -> Result<()> {
        instructions::liquidate(ctx, max_repay, min_shares)
    }

    /// (permissionless, top level) Writes off an obligation's debt in a bank and
    /// covers it: fees, insurance, governance tokens put up for auction; the
    /// rest waits in the deficit.
    ///
    /// - The obligation has no deposit, or only in delisted banks, which follow.
    /// - Its owner has neither borrowed nor withdrawn for `min_risk_age_secs`.
    /// - The bank's mode is not `Disabled`; write-offs are not paused.
    ///
    /// A limit that binds is no error. Emits `DebtWrittenOff`.
    pub fn write_off<'info>(ctx: Context<'info, WriteOff<'info>>) -> Result<()> {
        instructions::write_off(ctx)
    }

    /// (permissionless) Covers an open deficit as far as fees, insurance and
    /// limits allow now. Emits `DeficitCovered`.
    pub fn cover_deficit<'info>(ctx: Context<'info, CoverDeficit<'info>>) -> Result<()> {
        instructions::cover_deficit(ctx)
    }

    /// (permissionless) Buys up to `amount` governance atoms from a bank's
    /// auction for at most `max_pay`. Emits `GovernanceBought`.
    pub fn buy_governance<'info>(
        ctx: Context<'info, BuyGovernance<'info>>,
        amount: u64,
        max_pay: u64,
    ) -> Result<()> {
        instructions::buy_governance(ctx, amount, max_pay)
    }

    /// (permissionless) Closes an auction whose time, or whose deficit, is over,
    /// and burns what is left. Emits `AuctionClosed`.
    pub fn close_auction<'info>(ctx: Context<'info, CloseAuction<'info>>) -> Result<()> {
        instructions::close_auction(ctx)
    }

    /// (permissionless) Lets lenders share a deficit that nothing else could
    /// cover: insurance is empty, no auction is live, and issuance could not
    /// help for the bank's delay, or the deadline has passed. Emits
    /// `DeficitSocialised`.
    pub fn socialise_deficit<'info>(ctx: Context<'info, SocialiseDeficit<'info>>) -> Result<()> {
        instructions::socialise_deficit(ctx)
    }

    /// (permissionless) Pays back up to `max_atoms` of an obligation's record:
    /// into the open deficit, then into insurance. Emits `WrittenOffRepaid`.
    pub fn repay_written_off<'info>(
        ctx: Context<'info, RepayWrittenOff<'info>>,
        max_atoms: u64,
    ) -> Result<()> {
        instructions::repay_written_off(ctx, max_atoms)
    }

    /// (permissionless) Adds `atoms` to a bank's insurance vault.
    pub fn fund_insurance<'info>(
        ctx: Context<'info, FundInsurance<'info>>,
        atoms: u64,
    ) -> Result<()> {
        instructions::fund_insurance(ctx, atoms)
    }

    /// (permissionless) Moves insurance fees to the insurance vault and protocol
    /// fees to the fee owner; not while a deficit is open or write-offs are paused.
    pub fn collect_fees<'info>(ctx: Context<'info, CollectFees<'info>>) -> Result<()> {
        instructions::collect_fees(ctx)
    }

    /// (permissionless) Starts to spend insurance above its target on governance
    /// tokens; not while write-offs are paused, nor in a wound-down bank. Emits
    /// `BuyBackStarted`.
    pub fn start_buy_back<'info>(ctx: Context<'info, StartBuyBack<'info>>) -> Result<()> {
        instructions::start_buy_back(ctx)
    }

    /// (permissionless) Sells up to `amount` governance atoms to a buy-back, for
    /// at least `min_proceeds`; they are burned. In a market with a feed, both
    /// prices must be of now: it pays no more than the token's lowest reading.
    /// Emits `GovernanceSold`.
    pub fn sell_governance<'info>(
        ctx: Context<'info, SellGovernance<'info>>,
        amount: u64,
        min_proceeds: u64,
    ) -> Result<()> {
        instructions::sell_governance(ctx, amount, min_proceeds)
    }

    /// (permissionless) Closes a buy-back whose time is over, or whose bank has
    /// an open deficit. Emits `BuyBackClosed`.
    pub fn close_buy_back<'info>(ctx: Context<'info, CloseBuyBack<'info>>) -> Result<()> {
        instructions::close_buy_back(ctx)
    }
}

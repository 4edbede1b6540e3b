//! What `write_off`, `cover_deficit` and others share: issuing, burning, and
//! the token movements of a plan.

use anchor_lang::prelude::*;
use backstop_engine::auction::PriceRange;
use backstop_engine::ledger::Ledger;
use backstop_engine::socialise::Terms;
use backstop_engine::units::{Atoms, GovAtoms, UnixTime};
use backstop_engine::waterfall::{CoverPlan, Mode};

use crate::error::BackstopError;
use crate::events::BooksAfter;
use crate::state::{burn, governance_price, mint_to, transfer, AuctionState, Bank, Market, Signer};

/// Accounts of a pass over the tiers.
pub struct WaterfallAccounts<'a, 'info> {
    /// The market, authority of its mint.
    pub market: &'a AccountInfo<'info>,
    /// The bank, owner of its vaults.
    pub bank: &'a AccountInfo<'info>,
    /// Liquidity vault.
    pub liquidity_vault: &'a AccountInfo<'info>,
    /// Insurance vault.
    pub insurance_vault: &'a AccountInfo<'info>,
    /// The asset.
    pub mint: &'a AccountInfo<'info>,
    /// Its token program.
    pub token_program: &'a AccountInfo<'info>,
    /// Governance tokens on auction.
    pub governance_escrow: &'a AccountInfo<'info>,
    /// The governance mint.
    pub governance_mint: &'a AccountInfo<'info>,
    /// Its token program.
    pub governance_token_program: &'a AccountInfo<'info>,
}

/// Token movements of a pass over the tiers, and who signs for them. Small, so
/// that the accounts are free again when the token program wants them.
pub struct Moves {
    /// The bank, owner of the vaults.
    pub vault_signer: Signer,
    /// The market, authority of the mint.
    pub mint_signer: Signer,
    /// Decimals of the asset.
    pub decimals: u8,
    /// From the insurance vault to the liquidity vault.
    pub insurance_drawn: Atoms,
    /// Minted into escrow.
    pub issued: GovAtoms,
    /// Burned from escrow.
    pub burned: GovAtoms,
}

impl Moves {
    /// The movements that `plan` asks for.
    #[must_use]
    pub fn new(market: &Market, bank: &Bank, plan: &CoverPlan, burned: GovAtoms) -> Self {
        Self {
            vault_signer: bank.vault_signer(),
            mint_signer: market.mint_signer(),
            decimals: bank.decimals,
            insurance_drawn: plan.insurance_drawn,
            issued: plan.opening.map_or(GovAtoms::ZERO, |opening| opening.lot),
            burned,
        }
    }
}

impl WaterfallAccounts<'_, '_> {
    /// Passes if every account is the one that bank or market pins.
    ///
    /// # Errors
    /// `WrongVault`, `WrongMint`, `WrongTokenProgram`, `WrongMarket`.
    pub fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        market.require_version()?;
        bank.require_version()?;
        bank.require_liquidity(
            self.liquidity_vault.key,
            self.mint.key,
            self.token_program.key,
        )?;
        bank.require_insurance(self.insurance_vault.key)?;
        bank.require_governance(
            market,
            self.market.key,
            self.governance_escrow.key,
            self.governance_mint.key,
            self.governance_token_program.key,
        )
    }

    /// Moves the tokens of a plan: burns what a settled auction left, moves what
    /// insurance pays, mints the new lot into escrow.
    ///
    /// # Errors
    /// Those of the token programs.
    pub fn move_tokens(&self, moves: &Moves) -> Result<()> {
        burn(
            self.governance_token_program,
            self.governance_escrow,
            self.governance_mint,
            self.bank,
            &moves.vault_signer,
            moves.burned.0,
        )?;
        transfer(
            self.token_program,
            self.insurance_vault,
            self.mint,
            self.liquidity_vault,
            self.bank,
            &moves.vault_signer,
            moves.insurance_drawn.0,
            moves.decimals,
        )?;
        mint_to(
            self.governance_token_program,
            self.governance_mint,
            self.governance_escrow,
            self.market,
            &moves.mint_signer,
            moves.issued.0,
        )
    }
}

impl Market {
    /// Prices at which `bank` may issue now; `None` if it may not: its mode does
    /// not issue, issuance is paused, its deficit is past the point at which
    /// auctions are given up, or there is no usable price. The price of
    /// the governance token is read in any case, so that the market knows when
    /// it was last usable.
    pub fn issuance_prices(
        &mut self,
        bank: &Bank,
        oracle: Option<&AccountInfo<'_>>,
        clock: &Clock,
    ) -> Option<PriceRange> {
        let now = UnixTime(clock.unix_timestamp);
        let price = governance_price(self, oracle, now);
        if bank.config.mode() != Mode::Full
            || self.issuance_pause.is_paused(now)
            || self
                .socialise_terms(bank, now)
                .gives_up(&bank.ledger.get(), now)
        {
            return None;
        }
        let token = backstop_engine::price::Quote {
            price: price.unwrap_or_default(),
            decimals: self.governance_decimals,
        };
        let priced = price.is_some() && bank.require_price(clock.slot).is_ok();
        bank.config.price_policy(&self.config).range(
            self.config.has_feed(),
            priced.then(|| (token, bank.quote())),
        )
    }

    /// What decides whether the deficit of `bank` may be socialised.
    #[must_use]
    pub fn socialise_terms(&self, bank: &Bank, now: UnixTime) -> Terms {
        let has_fixed_price = bank.config.fixed_floor_rate.get() > 0;
        let priced_at = if self.config.has_feed() {
            Some(UnixTime(self.governance_priced_at))
        } else {
            has_fixed_price.then_some(now)
        };
        Terms {
            mode: bank.config.mode(),
            // A pause that has just begun would let a guardian who holds governance
            // tokens choose the moment in which lenders pay instead of holders.
            halted: self
                .issuance_pause
                .is_paused_for(bank.config.socialise_delay_secs, now),
            priced_at,
            failed_auctions: bank.failed_auctions,
            max_failed_auctions: self.config.max_failed_auctions,
            issuance: self.issuance(),
            limits: self.config.issuance_limits(),
            delay_secs: bank.config.socialise_delay_secs,
            deadline_secs: bank.config.socialise_deadline_secs,
        }
    }

    /// Takes what is left of an auction whose deficit was covered otherwise out
    /// of the books; the caller burns it.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn close_settled(
        &mut self,
        bank: &mut Bank,
        ledger: &Ledger,
        now: UnixTime,
    ) -> Result<GovAtoms> {
        let auction = bank.auction.get();
        if !auction.is_settled(ledger) {
            return Ok(GovAtoms::ZERO);
        }
        bank.auction = AuctionState::default();
        self.burn_unsold(auction.lot, auction.issued_at, now)?;
        Ok(auction.lot)
    }

    /// Books the burning of tokens that were issued at `since` and not sold.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn burn_unsold(&mut self, amount: GovAtoms, since: UnixTime, now: UnixTime) -> Result<()> {
        use crate::state::Ruled;
        let limits = self.config.issuance_limits();
        let after = self
            .issuance()
            .burn_unsold(amount, &limits, since, now)
            .ruled()?;
        self.record_burn(amount, after)
    }

    /// Stores what a pass over the tiers did to bank and market.
    ///
    /// # Errors
    /// `BooksOutOfBalance`, `SplitOutOfBalance`.
    pub fn apply_cover(&mut self, bank: &mut Bank, plan: &CoverPlan) -> Result<()> {
        bank.draw_bucket = plan.draw_bucket.into();
        if let Some(opening) = &plan.opening {
            bank.auction = opening.auction.into();
            self.record_issue(opening.lot, opening.issuance)?;
        }
        bank.store_loss(&plan.ledger)
    }
}

/// The books as events show them.
#[must_use]
pub fn books_after(ledger: &Ledger) -> BooksAfter {
    BooksAfter {
        lender_assets: ledger.lender_assets.0,
        cash: ledger.cash.0,
        borrowed: ledger.borrowed.0,
        deficit: ledger.deficit.0,
        on_auction: ledger.on_auction.0,
        insurance: ledger.insurance.0,
    }
}

/// Passes at the top level of a transaction. A program in between could hide a
/// loss in the middle of a flash loan, or keep its caller from seeing it.
///
/// # Errors
/// `NotTopLevel`.
pub fn require_top_level() -> Result<()> {
    use anchor_lang::solana_program::instruction::{
        get_stack_height, TRANSACTION_LEVEL_STACK_HEIGHT,
    };
    require!(
        get_stack_height() == TRANSACTION_LEVEL_STACK_HEIGHT,
        BackstopError::NotTopLevel
    );
    Ok(())
}

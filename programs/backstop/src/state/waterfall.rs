//! What `write_off` and `cover_deficit` share: the accounts of a pass over the
//! tiers and its token movements.

use anchor_lang::prelude::*;
use backstop_engine::step::Covered;
use backstop_engine::units::{Atoms, GovAtoms};

use crate::error::BackstopError;
use crate::events::BooksAfter;
use crate::state::{
    burn, mint_to, transfer, Bank, BankAddresses, LedgerState, Market, MarketAddresses, Ruled,
    Signer,
};

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

/// Token movements of a pass over the tiers, and who signs for them. It borrows
/// nothing: the token program could not be called while market or bank are
/// borrowed.
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
    /// The movements that are left to do after a step.
    #[must_use]
    pub fn new(market: &Market, bank: &Bank, covered: &Covered) -> Self {
        Self {
            vault_signer: bank.vault_signer(),
            mint_signer: market.mint_signer(),
            decimals: bank.decimals,
            insurance_drawn: covered.insurance_drawn,
            issued: covered.issued,
            burned: covered.burned,
        }
    }
}

impl WaterfallAccounts<'_, '_> {
    /// Passes if every account is the one that bank or market pins.
    ///
    /// # Errors
    /// `WrongVault`, `WrongMint`, `WrongTokenProgram`, `WrongMarket`.
    pub fn validate(&self, market: &Market, bank: &Bank) -> Result<()> {
        market.require_version().ruled()?;
        bank.require_version().ruled()?;
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

/// The books as events show them.
#[must_use]
pub fn books_after(ledger: &LedgerState) -> BooksAfter {
    BooksAfter {
        lender_assets: ledger.lender_assets,
        cash: ledger.cash,
        borrowed: ledger.borrowed,
        deficit: ledger.deficit,
        on_auction: ledger.on_auction,
        insurance: ledger.insurance,
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

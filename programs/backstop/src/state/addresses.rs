//! Accounts that banks and markets pin by address. None of them is
//! deserialised: the address says what it is.

use anchor_lang::prelude::*;

use crate::error::BackstopError;
use crate::state::{Bank, Market, Signer};

/// What a bank pins.
pub trait BankAddresses {
    /// Passes for the bank's own liquidity vault, mint and token program.
    ///
    /// # Errors
    /// `WrongVault`, `WrongMint`, `WrongTokenProgram`.
    fn require_liquidity(
        &self,
        vault: &Pubkey,
        mint: &Pubkey,
        token_program: &Pubkey,
    ) -> Result<()>;

    /// Passes for the bank's own mint and token program.
    ///
    /// # Errors
    /// `WrongMint`, `WrongTokenProgram`.
    fn require_asset(&self, mint: &Pubkey, token_program: &Pubkey) -> Result<()>;

    /// Passes for the bank's own insurance vault.
    ///
    /// # Errors
    /// `WrongVault`.
    fn require_insurance(&self, vault: &Pubkey) -> Result<()>;

    /// Passes for the bank's own escrow and its market's governance mint.
    ///
    /// # Errors
    /// `WrongVault`, `WrongMint`, `WrongTokenProgram`, `WrongMarket`.
    fn require_governance(
        &self,
        market: &Market,
        market_key: &Pubkey,
        escrow: &Pubkey,
        mint: &Pubkey,
        token_program: &Pubkey,
    ) -> Result<()>;

    /// The bank as signer for its vaults.
    fn vault_signer(&self) -> Signer;
}

/// What a market pins.
pub trait MarketAddresses {
    /// Passes for the market's governance mint and its token program.
    ///
    /// # Errors
    /// `WrongMint`, `WrongTokenProgram`.
    fn require_governance_mint(&self, mint: &Pubkey, token_program: &Pubkey) -> Result<()>;

    /// The market as signer for its mint.
    fn mint_signer(&self) -> Signer;
}

impl BankAddresses for Bank {
    fn require_liquidity(
        &self,
        vault: &Pubkey,
        mint: &Pubkey,
        token_program: &Pubkey,
    ) -> Result<()> {
        require_keys_eq!(*vault, self.liquidity_vault, BackstopError::WrongVault);
        self.require_asset(mint, token_program)
    }

    fn require_asset(&self, mint: &Pubkey, token_program: &Pubkey) -> Result<()> {
        require_keys_eq!(*mint, self.mint, BackstopError::WrongMint);
        require_keys_eq!(
            *token_program,
            self.token_program,
            BackstopError::WrongTokenProgram
        );
        Ok(())
    }

    fn require_insurance(&self, vault: &Pubkey) -> Result<()> {
        require_keys_eq!(*vault, self.insurance_vault, BackstopError::WrongVault);
        Ok(())
    }

    fn require_governance(
        &self,
        market: &Market,
        market_key: &Pubkey,
        escrow: &Pubkey,
        mint: &Pubkey,
        token_program: &Pubkey,
    ) -> Result<()> {
        require_keys_eq!(*market_key, self.market, BackstopError::WrongMarket);
        require_keys_eq!(*escrow, self.governance_escrow, BackstopError::WrongVault);
        market.require_governance_mint(mint, token_program)
    }

    fn vault_signer(&self) -> Signer {
        Signer::Bank(self.market.to_bytes(), self.mint.to_bytes(), self.bump)
    }
}

impl MarketAddresses for Market {
    fn require_governance_mint(&self, mint: &Pubkey, token_program: &Pubkey) -> Result<()> {
        require_keys_eq!(*mint, self.governance_mint, BackstopError::WrongMint);
        require_keys_eq!(
            *token_program,
            self.governance_token_program,
            BackstopError::WrongTokenProgram
        );
        Ok(())
    }

    fn mint_signer(&self) -> Signer {
        Signer::Market(self.governance_mint.to_bytes(), self.bump)
    }
}

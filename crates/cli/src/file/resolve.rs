//! A file and the decimals of its mints: what the chain should hold.

use std::collections::BTreeMap;

use backstop_client::{
    addresses::{BankKeys, MarketKeys},
    program::state::{BankConfig, MarketConfig},
};
use solana_pubkey::Pubkey;

use super::{
    units::{Scale, Text},
    FileError, Governance, MarketFile,
};

/// What is known of mints on the chain: token program and decimals.
pub type Mints = BTreeMap<Pubkey, (Pubkey, u8)>;

/// How the market comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// With a mint that exists.
    Adopt,
    /// With a mint of its own.
    WithMint {
        /// Which of the creator's mints.
        index: u16,
        /// Its decimals.
        decimals: u8,
        /// (governance atoms)
        initial_supply: u64,
        /// Who gets it.
        supply_owner: Pubkey,
    },
}

/// A bank as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredBank {
    /// What the file calls it.
    pub name: String,
    /// Its addresses.
    pub keys: BankKeys,
    /// Decimals of its asset.
    pub decimals: u8,
    /// Its settings.
    pub config: BankConfig,
}

/// A market as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Its addresses.
    pub keys: MarketKeys,
    /// Who administers it.
    pub admin: Pubkey,
    /// How it is created if it is not there.
    pub creation: Creation,
    /// Decimals of its governance mint.
    pub governance_decimals: u8,
    /// Its settings.
    pub config: MarketConfig,
    /// Its banks.
    pub banks: Vec<DesiredBank>,
}

impl Desired {
    /// Decimals for a bank's settings.
    #[must_use]
    pub fn scale(&self, bank: &DesiredBank) -> Scale {
        Scale {
            asset: bank.decimals,
            governance: self.governance_decimals,
        }
    }
}

impl MarketFile {
    /// Every mint whose decimals [`Self::resolve`] needs.
    #[must_use]
    pub fn mints(&self) -> Vec<Pubkey> {
        let adopted = match self.governance {
            Governance::Adopt { mint } => Some(mint),
            Governance::Create { .. } => None,
        };
        let banks = self.banks.iter().map(|bank| bank.mint);
        adopted.into_iter().chain(banks).collect()
    }

    /// What the chain should hold, if `signer` is who the file leaves open.
    ///
    /// # Errors
    /// A mint that is not there, or an amount that does not fit its decimals.
    pub fn resolve(&self, signer: &Pubkey, mints: &Mints) -> Result<Desired, FileError> {
        let admin = self.admin.unwrap_or(*signer);
        let (adopted_program, governance_decimals, creation) = self.governance(admin, mints)?;
        let keys = self.keys(signer, adopted_program);
        let mut config = self.market.resolve(Scale {
            asset: 0,
            governance: governance_decimals,
        })?;
        for role in [&mut config.guardian, &mut config.fee_owner] {
            if *role == Pubkey::default() {
                *role = admin;
            }
        }
        let mut banks = Vec::new();
        for bank in &self.banks {
            let (token_program, decimals) = self.mint(mints, &bank.mint, bank.line)?;
            let config = bank.settings.resolve(Scale {
                asset: decimals,
                governance: governance_decimals,
            })?;
            let oracle = self
                .oracles
                .account(&config.oracle_program, &config.feed_id);
            banks.push(DesiredBank {
                name: bank.name.clone(),
                keys: BankKeys::new(keys, bank.mint, token_program, oracle),
                decimals,
                config,
            });
        }
        Ok(Desired {
            keys,
            admin,
            creation,
            governance_decimals,
            config,
            banks,
        })
    }

    fn governance(
        &self,
        admin: Pubkey,
        mints: &Mints,
    ) -> Result<(Pubkey, u8, Creation), FileError> {
        match &self.governance {
            Governance::Adopt { mint } => {
                let (program, decimals) = self.mint(mints, mint, 0)?;
                Ok((program, decimals, Creation::Adopt))
            }
            Governance::Create {
                index,
                decimals,
                initial_supply,
                supply_line,
                supply_owner,
                token_program,
                ..
            } => {
                let scale = Scale {
                    asset: 0,
                    governance: *decimals,
                };
                let supply = super::Unit::Governance.resolve(*initial_supply, scale);
                let initial_supply = match supply {
                    Ok(super::units::Raw::Number(number)) => number.try_into().ok(),
                    _ => None,
                };
                let creation = Creation::WithMint {
                    index: *index,
                    decimals: *decimals,
                    initial_supply: initial_supply.ok_or_else(|| FileError {
                        file: self.name.clone(),
                        line: *supply_line,
                        message: format!(
                            "`initial_supply` does not fit a mint with {decimals} decimals"
                        ),
                    })?,
                    supply_owner: supply_owner.unwrap_or(admin),
                };
                Ok((*token_program, *decimals, creation))
            }
        }
    }

    fn mint(&self, mints: &Mints, mint: &Pubkey, line: usize) -> Result<(Pubkey, u8), FileError> {
        mints.get(mint).copied().ok_or_else(|| FileError {
            file: self.name.clone(),
            line,
            message: format!(
                "there is no mint {mint} on this cluster: check the address, and --url"
            ),
        })
    }
}

//! The program's own rules for settings, asked before anything is sent, so that
//! a file that cannot work is refused with the rule that it breaks.

use std::fmt;

use backstop_client::{
    engine::EngineError,
    program::state::{BankConfig, MarketConfig},
};

use super::state::{MarketState, Observed};
use crate::file::{Creation, Desired};

/// Settings that the program refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleBroken {
    /// The bank's name, or `None` for the market.
    pub bank: Option<String>,
    /// The rule.
    pub rule: String,
}

impl fmt::Display for RuleBroken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.bank {
            Some(name) => write!(f, "bank {name}: {}", self.rule),
            None => write!(f, "market: {}", self.rule),
        }
    }
}

impl std::error::Error for RuleBroken {}

fn market_rule(config: &MarketConfig, market: &MarketState) -> Result<(), EngineError> {
    if config.lifetime_issuance_cap < market.outstanding {
        return Err(EngineError::Config(
            "lifetime_issuance_cap must not be below what is outstanding",
        ));
    }
    // Buy-backs lower the supply; a cap that was valid stays so.
    let supply = market.supply.max(market.config.lifetime_issuance_cap);
    config.validate(supply)
}

pub(super) fn bank_is_valid(config: &BankConfig) -> bool {
    config.validate().is_ok()
}

pub(super) fn market_is_valid(config: &MarketConfig, market: &MarketState) -> bool {
    market_rule(config, market).is_ok()
}

/// Passes if the program would take every setting that the file asks for.
///
/// # Errors
/// The first rule that is broken, and where.
pub fn check(desired: &Desired, observed: &Observed) -> Result<(), RuleBroken> {
    let broken = |bank: Option<&str>, error: EngineError| RuleBroken {
        bank: bank.map(str::to_owned),
        rule: match error {
            EngineError::Config(rule) => rule.to_owned(),
            other => other.to_string(),
        },
    };
    let checked = match &observed.market {
        Some(market) => market_rule(&desired.config, market),
        None => {
            let supply = match desired.creation {
                Creation::Adopt => observed.adopted_supply,
                Creation::WithMint { initial_supply, .. } => initial_supply,
            };
            desired.config.validate(supply)
        }
    };
    checked.map_err(|error| broken(None, error))?;
    for bank in &desired.banks {
        if bank.keys.mint == desired.keys.mint {
            return Err(RuleBroken {
                bank: Some(bank.name.clone()),
                rule: "the governance mint can never be a bank".to_owned(),
            });
        }
        bank.config
            .validate()
            .map_err(|error| broken(Some(&bank.name), error))?;
    }
    Ok(())
}

//! The program's own rules for settings, asked before anything is sent, so that
//! a file that cannot work is refused with the rule that it breaks.

use std::fmt;

use backstop_client::{
    engine::{
        config::{BankParams, MarketParams},
        units::{Atoms, Bps, GovAtoms},
        EngineError,
    },
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

// The program's `validate` says which rule is broken by printing it, natively
// to standard output, which belongs to results here. So its engine is asked.
fn bank_params(config: &BankConfig, market: &MarketConfig) -> BankParams {
    BankParams {
        weights: config.weights(),
        liquidation: config.liquidation(config),
        deposit_cap: Atoms(config.deposit_cap),
        borrow: config.borrow_limits(),
        curve: config.curve(),
        fees: config.fees(),
        oracle: config.oracle_limits(),
        mode: config.mode(),
        min_risk_age_secs: config.min_risk_age_secs,
        draw_limit: config.draw_limit(),
        bounty_share: Bps(config.bounty_bps),
        bounty_limit: config.bounty_limit(),
        bounty_min_loss: Atoms(config.bounty_min_loss),
        min_offer: Atoms(config.min_auction_deficit),
        prices: config.price_policy(market),
        socialise_delay_secs: config.socialise_delay_secs,
        socialise_deadline_secs: config.socialise_deadline_secs,
        insurance_target: Bps(config.insurance_target_bps),
    }
}

fn market_params(config: &MarketConfig) -> MarketParams {
    MarketParams {
        config_delay_secs: config.config_delay_secs,
        max_pause_secs: config.max_pause_secs,
        schedule: config.schedule(),
        issuance: config.issuance_limits(),
        max_discount: Bps(config.max_discount_bps),
        premium: Bps(config.premium_bps),
        max_failed_auctions: config.max_failed_auctions,
        oracle: config.oracle_limits(),
    }
}

fn bank_rule(config: &BankConfig, market: &MarketConfig) -> Result<(), EngineError> {
    bank_params(config, market).validate()
}

fn market_rule(config: &MarketConfig, market: &MarketState) -> Result<(), EngineError> {
    if config.lifetime_issuance_cap < market.outstanding {
        return Err(EngineError::Config(
            "lifetime_issuance_cap must not be below what is outstanding",
        ));
    }
    // Buy-backs lower the supply; a cap that was valid stays so.
    let supply = market.supply.max(market.config.lifetime_issuance_cap);
    market_params(config).validate(GovAtoms(supply))
}

pub(super) fn bank_is_valid(config: &BankConfig, market: &MarketConfig) -> bool {
    bank_rule(config, market).is_ok()
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
            market_params(&desired.config).validate(GovAtoms(supply))
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
        bank_rule(&bank.config, &desired.config)
            .map_err(|error| broken(Some(&bank.name), error))?;
    }
    Ok(())
}

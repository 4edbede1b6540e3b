//! New markets and banks, and changes of their settings: at once if nobody's
//! risk rises, else after the market's delay, during which anybody can see the
//! change coming and the admin can cancel it.

use crate::error::{EngineError, Result};
use crate::ledger::Ledger;
use crate::state::{Bank, BankConfig, Market, MarketConfig, PriceState};
use crate::units::UnixTime;

/// How long a queued change stays applicable after its delay: 14 days. An
/// approval that was forgotten must not surprise anyone a year later.
pub const UPDATE_LIFETIME_SECS: i64 = 1_209_600;

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigChange {
    /// Whether it waits.
    pub is_queued: bool,
    /// When it takes or took effect.
    pub effective_at: UnixTime,
}

/// Passes for the settings of a market with `supply` governance tokens, which
/// are its supply from then on.
///
/// # Errors
/// Those of [`MarketConfig::validate`].
pub fn new_market(market: &mut Market, config: &MarketConfig, supply: u64) -> Result<()> {
    config.validate(supply)?;
    market.initial_supply = supply;
    market.supply = supply;
    market.config = *config;
    Ok(())
}

/// Begins the books of a new bank: without write-offs, and live after the
/// market's delay.
///
/// # Errors
/// Those of [`BankConfig::validate`]; `Config` for a bank that writes off or is
/// delisted from the start; `Overflow`.
pub fn new_bank(
    market: &Market,
    bank: &mut Bank,
    config: &BankConfig,
    now: UnixTime,
) -> Result<()> {
    if config.write_off_mode != 0 {
        return Err(EngineError::Config(
            "write_off_mode of a new bank must be 0 (disabled)",
        ));
    }
    if config.delisted != 0 {
        return Err(EngineError::Config("a new bank must not be delisted"));
    }
    config.validate()?;
    bank.live_at = market.change_effective_at(now)?.0;
    bank.config = *config;
    bank.store(&Ledger::new(now))
}

/// Changes a bank's settings, or queues the change if it raises somebody's risk.
/// Either way an earlier queued change is dropped.
///
/// # Errors
/// Those of [`BankConfig::validate`]; `Overflow`.
pub fn update_bank(
    market: &Market,
    bank: &mut Bank,
    config: &BankConfig,
    now: UnixTime,
) -> Result<ConfigChange> {
    config.validate()?;
    let is_queued = market.update_delay_secs() > 0 && bank.config.raises_risk(config);
    if is_queued {
        let effective_at = market.change_effective_at(now)?;
        bank.pending_config = *config;
        bank.pending_config_at = effective_at.0;
        return Ok(ConfigChange {
            is_queued,
            effective_at,
        });
    }
    replace_config(bank, config, now)?;
    // A queued change was made against the old settings. Applied later, it
    // would undo what was just made safer.
    clear_bank(bank);
    Ok(ConfigChange {
        is_queued,
        effective_at: now,
    })
}

/// Applies a bank's queued change.
///
/// # Errors
/// `NoPendingUpdate`, `UpdateTooEarly`, `UpdateLapsed`, and those of
/// [`BankConfig::validate`].
pub fn apply_bank_update(bank: &mut Bank, now: UnixTime) -> Result<()> {
    require_due(bank.pending_config_at, now)?;
    let config = bank.pending_config;
    config.validate()?;
    replace_config(bank, &config, now)?;
    clear_bank(bank);
    Ok(())
}

/// Drops a bank's queued change.
///
/// # Errors
/// `NoPendingUpdate`.
pub fn cancel_bank_update(bank: &mut Bank) -> Result<()> {
    require_pending(bank.pending_config_at)?;
    clear_bank(bank);
    Ok(())
}

/// Changes a market's settings, as [`update_bank`] does for a bank's.
///
/// # Errors
/// Those of [`Market::require_valid`]; `Overflow`.
pub fn update_market(
    market: &mut Market,
    config: &MarketConfig,
    now: UnixTime,
) -> Result<ConfigChange> {
    market.require_valid(config)?;
    let is_queued = market.update_delay_secs() > 0 && market.config.raises_risk(config);
    if is_queued {
        let effective_at = market.change_effective_at(now)?;
        market.pending_config = *config;
        market.pending_config_at = effective_at.0;
        return Ok(ConfigChange {
            is_queued,
            effective_at,
        });
    }
    market.config = *config;
    clear_market(market);
    Ok(ConfigChange {
        is_queued,
        effective_at: now,
    })
}

/// Applies a market's queued change.
///
/// # Errors
/// `NoPendingUpdate`, `UpdateTooEarly`, `UpdateLapsed`, and those of
/// [`Market::require_valid`].
pub fn apply_market_update(market: &mut Market, now: UnixTime) -> Result<()> {
    require_due(market.pending_config_at, now)?;
    let config = market.pending_config;
    market.require_valid(&config)?;
    market.config = config;
    clear_market(market);
    Ok(())
}

/// Drops a market's queued change.
///
/// # Errors
/// `NoPendingUpdate`.
pub fn cancel_market_update(market: &mut Market) -> Result<()> {
    require_pending(market.pending_config_at)?;
    clear_market(market);
    Ok(())
}

/// Books the interest of the old curve, then puts the new settings in force. A
/// price of another feed is forgotten: it would be good until the slot ends.
fn replace_config(bank: &mut Bank, config: &BankConfig, now: UnixTime) -> Result<()> {
    let accrued = bank.accrued(now)?;
    bank.store(&accrued)?;
    let source = |config: &BankConfig| (config.oracle_program, config.feed_id);
    if source(config) != source(&bank.config) {
        bank.price = PriceState::default();
    }
    bank.config = *config;
    Ok(())
}

fn clear_bank(bank: &mut Bank) {
    bank.pending_config = BankConfig::default();
    bank.pending_config_at = 0;
}

fn clear_market(market: &mut Market) {
    market.pending_config = MarketConfig::default();
    market.pending_config_at = 0;
}

fn require_pending(pending_at: i64) -> Result<()> {
    if pending_at == 0 {
        return Err(EngineError::NoPendingUpdate);
    }
    Ok(())
}

fn require_due(pending_at: i64, now: UnixTime) -> Result<()> {
    require_pending(pending_at)?;
    if now.0 < pending_at {
        return Err(EngineError::UpdateTooEarly {
            not_before: pending_at,
            now: now.0,
        });
    }
    let not_after = pending_at.saturating_add(UPDATE_LIFETIME_SECS);
    if now.0 > not_after {
        return Err(EngineError::UpdateLapsed {
            not_after,
            now: now.0,
        });
    }
    Ok(())
}

impl Market {
    /// Passes for settings that fit this market as it is now: valid in
    /// themselves, and with a lifetime cap that holds already.
    ///
    /// # Errors
    /// `Config`, naming the rule.
    pub fn require_valid(&self, config: &MarketConfig) -> Result<()> {
        if config.lifetime_issuance_cap < self.outstanding {
            return Err(EngineError::Config(
                "lifetime_issuance_cap must not be below what is outstanding",
            ));
        }
        // Buy-backs lower the supply; a cap that was valid stays so.
        let supply = self.supply.max(self.config.lifetime_issuance_cap);
        config.validate(supply)
    }

    /// How long a change waits before it may be applied: not at all while
    /// nobody has an obligation here, for then it can hurt nobody.
    #[must_use]
    pub fn update_delay_secs(&self) -> i64 {
        if self.obligations == 0 {
            0
        } else {
            i64::from(self.config.config_delay_secs)
        }
    }

    fn change_effective_at(&self, now: UnixTime) -> Result<UnixTime> {
        now.0
            .checked_add(self.update_delay_secs())
            .map(UnixTime)
            .ok_or(EngineError::Overflow)
    }
}

//! What has to happen to one set of settings.

use backstop_client::program::{
    constants::UPDATE_LIFETIME_SECS,
    state::{BankConfig, MarketConfig},
};

use super::{
    rules::{bank_is_valid, market_is_valid},
    state::{BankState, MarketState, Queued},
};
use crate::file::fields::{Field, BANK, MARKET};

/// When other settings take effect, by the program's own rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nobody's risk rises, or nobody is there yet.
    AtOnce,
    /// Somebody's risk rises.
    Queued {
        /// (unix secs) From when on it can be applied.
        from: i64,
    },
}

/// What has to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict<T> {
    /// Nothing: the settings are in force and nothing else is queued.
    Done,
    /// Nothing yet: the settings are queued until then.
    Wait(i64),
    /// Send these.
    Update(T, Effect),
    /// Put the queued ones in force.
    Apply,
    /// Drop the queued ones.
    Cancel,
}

pub(super) fn market(
    wanted: &MarketConfig,
    found: &MarketState,
    now: i64,
) -> Verdict<MarketConfig> {
    verdict(
        wanted,
        (&found.config, found.queued),
        (found.delay(), now),
        &MARKET,
        MarketConfig::raises_risk,
        |config| market_is_valid(config, found),
    )
}

pub(super) fn bank(
    wanted: &BankConfig,
    found: &BankState,
    market: &MarketState,
    now: i64,
) -> Verdict<BankConfig> {
    verdict(
        wanted,
        (&found.config, found.queued),
        (market.delay(), now),
        &BANK,
        BankConfig::raises_risk,
        bank_is_valid,
    )
}

fn verdict<T: Copy + PartialEq>(
    wanted: &T,
    (current, queued): (&T, Option<Queued<T>>),
    (delay, now): (i64, i64),
    table: &[&Field<T>],
    raises_risk: impl Fn(&T, &T) -> bool,
    is_valid: impl Fn(&T) -> bool,
) -> Verdict<T> {
    if current == wanted {
        return if queued.is_some() {
            Verdict::Cancel
        } else {
            Verdict::Done
        };
    }
    if let Some(queued) = queued.filter(|queued| queued.config == *wanted) {
        // A lapsed change can only be queued again.
        let lapses = queued.from.saturating_add(UPDATE_LIFETIME_SECS);
        if now < queued.from {
            return Verdict::Wait(queued.from);
        }
        if now <= lapses {
            return Verdict::Apply;
        }
    }
    if delay == 0 || !raises_risk(current, wanted) {
        return Verdict::Update(*wanted, Effect::AtOnce);
    }
    // What makes nobody's life riskier need not wait for what does. It goes
    // first: settings that take effect at once drop what is queued.
    let safe = safe_part(current, wanted, table, &raises_risk);
    if safe != *current && !raises_risk(current, &safe) && is_valid(&safe) {
        return Verdict::Update(safe, Effect::AtOnce);
    }
    let from = now.saturating_add(delay);
    Verdict::Update(*wanted, Effect::Queued { from })
}

/// `current` with every wanted change that raises nobody's risk.
fn safe_part<T: Copy>(
    current: &T,
    wanted: &T,
    table: &[&Field<T>],
    raises_risk: impl Fn(&T, &T) -> bool,
) -> T {
    let mut safe = *current;
    for field in table {
        let mut alone = *current;
        let value = (field.get)(wanted);
        if (field.set)(&mut alone, value).is_some() && !raises_risk(current, &alone) {
            let _ = (field.set)(&mut safe, value);
        }
    }
    safe
}

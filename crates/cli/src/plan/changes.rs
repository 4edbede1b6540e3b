//! Differences between settings, field by field.

use backstop_client::program::state::{BankConfig, MarketConfig};
use serde::Serialize;

use crate::file::{
    fields::{Field, BANK, MARKET},
    units::{Scale, Text},
};

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its name in the program.
    pub field: &'static str,
    /// As it is.
    pub from: String,
    /// As it is to be.
    pub to: String,
    /// Whether this change alone raises somebody's risk.
    pub raises_risk: bool,
}

/// What differs between two sets of settings of a market.
#[must_use]
pub fn market_changes(from: &MarketConfig, to: &MarketConfig, scale: Scale) -> Vec<Change> {
    changes(&MARKET, from, to, scale, MarketConfig::raises_risk)
}

/// What differs between two sets of settings of a bank.
#[must_use]
pub fn bank_changes(from: &BankConfig, to: &BankConfig, scale: Scale) -> Vec<Change> {
    changes(&BANK, from, to, scale, BankConfig::raises_risk)
}

fn changes<T: Copy>(
    table: &[&Field<T>],
    from: &T,
    to: &T,
    scale: Scale,
    raises_risk: impl Fn(&T, &T) -> bool,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for field in table {
        let (old, new) = ((field.get)(from), (field.get)(to));
        if old == new {
            continue;
        }
        let mut alone = *from;
        let fits = (field.set)(&mut alone, new).is_some();
        changes.push(Change {
            field: field.name,
            from: field.unit.show(old, scale),
            to: field.unit.show(new, scale),
            raises_risk: !fits || raises_risk(from, &alone),
        });
    }
    changes
}

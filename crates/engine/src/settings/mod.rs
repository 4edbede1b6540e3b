//! Settings of a market and of a bank: one row for each says its type, unit,
//! bounds, which changes wait, and what is recommended. Fields, checks, the rows
//! of files and documents, and the defaults of tests come from these rows.

mod bank;
mod market;
mod table;

pub use bank::BankConfig;
pub use market::MarketConfig;
pub use table::{Group, Preset, Raw, Rule, Setting, Unit, Waits};

use crate::units::Bps;

/// Least part of collateral that no setting of threshold and bonus may touch:
/// 1 %. Without it a borrower would earn the bonus by liquidating themselves.
pub const SELF_LIQUIDATION_MARGIN: Bps = Bps(100);

/// Steepest interest curve: 1 000 % a year.
pub const MAX_RATE: Bps = Bps(100_000);

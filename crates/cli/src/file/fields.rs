//! The rows of the program's settings, in the order in which files and plans show
//! them: by what they are about.

use std::sync::LazyLock;

use backstop_client::engine::settings::Group;
use backstop_client::program::state::{BankConfig, MarketConfig};

pub use backstop_client::engine::settings::Setting as Field;

/// Rows in the order in which they are shown.
pub type Table<T> = LazyLock<Vec<&'static Field<T>>>;

/// Settings of a bank.
pub static BANK: Table<BankConfig> = LazyLock::new(|| by_group(BankConfig::SETTINGS));

/// Settings of a market.
pub static MARKET: Table<MarketConfig> = LazyLock::new(|| by_group(MarketConfig::SETTINGS));

fn by_group<T>(rows: &'static [Field<T>]) -> Vec<&'static Field<T>> {
    Group::ALL
        .iter()
        .flat_map(|group| rows.iter().filter(move |row| row.group == *group))
        .collect()
}

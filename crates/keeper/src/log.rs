//! Logs: one line an event, as text for people or JSON for machines. Fields:
//! `market`, `bank`, `obligation`, `task`, `signature`, `slot`, `units`, `fee`.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use serde::Deserialize;
use solana_pubkey::Pubkey;
use tracing::field::{display, DisplayValue};
use tracing_subscriber::EnvFilter;

use crate::decide::{Key, Task};

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// Writes the log of this process to standard error. A subscriber that the
/// process has already is left alone.
///
/// # Errors
/// For a filter that cannot be read.
pub fn install(format: Format, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| {
        format!("log.filter {filter:?}: write a level, or module=level pairs, as in \"info,backstop_keeper=debug\"")
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // The only error is a subscriber that is there already: then it is another
    // program's, which the keeper is a part of.
    let _ = match format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Whether the subject of a task is an obligation.
const fn is_of_obligation(task: Task) -> bool {
    matches!(task, Task::Liquidate | Task::WriteOff)
}

/// The field `obligation` of a piece of work.
#[must_use]
pub fn obligation(key: &Key) -> Option<DisplayValue<Pubkey>> {
    is_of_obligation(key.task).then(|| display(key.subject))
}

/// The field `bank` of a piece of work.
#[must_use]
pub fn bank(key: &Key) -> Option<DisplayValue<Pubkey>> {
    let subject = (!is_of_obligation(key.task)).then_some(key.subject);
    key.bank.or(subject).map(display)
}

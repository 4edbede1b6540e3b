//! Interest and price of a slot.

use super::At;
use crate::error::Result;
use crate::price::Observation;
use crate::state::{Bank, PriceState};

/// Books interest and stores a price, to be used in this slot only. The
/// observation comes from the feed and the program that the bank names.
///
/// # Errors
/// `TimeWentBack`, `BooksOutOfBalance`, and those of [`Observation::accept`].
pub fn refresh(bank: &mut Bank, observation: &Observation, at: At) -> Result<()> {
    let accrued = bank.accrued(at.now)?;
    bank.store(&accrued)?;
    let stored = crate::units::UnixTime(bank.price.published_at);
    let price = observation.accept(bank.config.oracle_limits(), stored, at.now)?;
    bank.price = PriceState::of(price, observation, at.slot);
    Ok(())
}

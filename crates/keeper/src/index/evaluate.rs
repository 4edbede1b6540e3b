//! One look at an obligation: the engine's sums, and how far each effective
//! price may move before the next look. The proof stands in [`super`].

use core::num::NonZeroU128;

use backstop_engine::error::{EngineError, Result};
use backstop_engine::health::{Check, Sums};
use backstop_engine::units::{DebtShares, Shares};

use super::arena::{Row, Side, Status, MAX_POSITIONS};
use super::bank::{Entry, ALWAYS, DEBT_SHARES_PER_ATOM};
use super::level::{Level, Round};

/// More than any weight, in units of a weighted sum: what rounding a value by
/// one unit is worth.
const WEIGHT_BOUND: u128 = 1 << 32;

/// What a look found.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The obligation's state.
    pub status: Status,
    /// Its maintenance sums; zero where they were not needed or not possible.
    pub sums: Sums,
    /// Where each position is to stand in the queue of its bank and side.
    pub places: [u64; MAX_POSITIONS],
}

impl Look {
    fn without_places(status: Status, sums: Sums) -> Self {
        Self {
            status,
            sums,
            places: [0; MAX_POSITIONS],
        }
    }

    fn everywhere(status: Status, sums: Sums, rows: &[Row]) -> Self {
        let mut look = Self::without_places(status, sums);
        look.places[..rows.len()].fill(ALWAYS);
        look
    }
}

/// Whether a position counts as nothing.
fn is_void(row: &Row, banks: &[Entry]) -> bool {
    row.side == Side::Deposit && banks[usize::from(row.bank)].state.is_delisted
}

/// Looks at an obligation with the active positions `rows`.
pub fn look(rows: &[Row], banks: &[Entry]) -> Look {
    let none = Sums::default();
    if !rows.iter().any(|row| row.side == Side::Debt) {
        return Look::without_places(Status::Idle, none);
    }
    let counts = |row: &&Row| !is_void(row, banks);
    if !rows.iter().filter(counts).any(|r| r.side == Side::Deposit) {
        return Look::without_places(Status::Bare, none);
    }
    let unpriced =
        |row: &Row| !is_void(row, banks) && !banks[usize::from(row.bank)].state.is_priced;
    if let Some(position) = rows.iter().position(unpriced) {
        // Nothing changes before the price of this bank is back.
        let mut look = Look::without_places(Status::Unpriced, none);
        look.places[position] = ALWAYS;
        return look;
    }
    let Ok((sums, parts)) = add_up(rows, banks) else {
        return Look::everywhere(Status::Unreadable, none, rows);
    };
    if !sums.is_healthy() {
        return Look::everywhere(Status::Unhealthy, sums, rows);
    }
    let margin = sums.weighted_collateral.saturating_sub(sums.weighted_debt);
    let share = margin / u128::try_from(rows.iter().filter(counts).count()).unwrap_or(u128::MAX);
    let mut look = Look::without_places(Status::Healthy, sums);
    for ((place, row), part) in look.places.iter_mut().zip(rows).zip(parts) {
        if !is_void(row, banks) {
            *place = place_of(row, part, share, &banks[usize::from(row.bank)]);
        }
    }
    look
}

/// The maintenance sums, as the program adds them, and what each position adds.
fn add_up(rows: &[Row], banks: &[Entry]) -> Result<(Sums, [u128; MAX_POSITIONS])> {
    let mut sums = Sums::default();
    let mut parts = [0; MAX_POSITIONS];
    for (part, row) in parts.iter_mut().zip(rows) {
        if is_void(row, banks) {
            continue;
        }
        let before = sums;
        let state = &banks[usize::from(row.bank)].state;
        match row.side {
            Side::Debt => {
                let debt = state.ledger.debt_up(DebtShares(row.shares))?;
                sums.add_debt(Check::Maintenance, &state.asset, debt)?;
            }
            Side::Deposit => {
                let deposit = state.ledger.net_value_down(Shares(row.shares))?;
                sums.add_collateral(Check::Maintenance, &state.asset, deposit)?;
            }
        }
        let added =
            |after: u128, before: u128| after.checked_sub(before).ok_or(EngineError::Underflow);
        *part = added(sums.weighted_collateral, before.weighted_collateral)?
            .saturating_add(added(sums.weighted_debt, before.weighted_debt)?);
    }
    Ok((sums, parts))
}

/// The place of a position that adds `part` to its sum and may use up `share`
/// of the margin.
fn place_of(row: &Row, part: u128, share: u128, bank: &Entry) -> u64 {
    match row.side {
        Side::Deposit => {
            let Some(least) = part.checked_sub(share).filter(|least| *least > 0) else {
                // Worthless it would still be healthy.
                return 0;
            };
            let shares = row.shares.saturating_sub(bank.shares_per_atom);
            let bound = least.checked_add(WEIGHT_BOUND);
            match NonZeroU128::new(shares).zip(bound) {
                Some((shares, bound)) => Level::new(bound, Round::Up)
                    .over(shares, Round::Up)
                    .key(Round::Up),
                None => ALWAYS,
            }
        }
        Side::Debt => {
            let most = part.saturating_add(share).saturating_sub(WEIGHT_BOUND);
            let shares = NonZeroU128::MIN
                .saturating_add(DEBT_SHARES_PER_ATOM - 1)
                .saturating_add(row.shares);
            !Level::new(most, Round::Down)
                .over(shares, Round::Down)
                .key(Round::Down)
        }
    }
}

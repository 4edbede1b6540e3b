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
    /// Where each position is to stand in the queue of its bank and side;
    /// `None` leaves them where they are: until the obligation is healthy again
    /// they tell nothing, and most come back to the same place.
    pub places: Option<[u64; MAX_POSITIONS]>,
    /// Positions whose bank looks at the obligation on every update.
    pub hot: Hot,
}

/// Some positions of an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hot {
    /// None of them.
    None,
    /// The one at this place.
    Only(usize),
    /// All of them.
    All,
}

impl Hot {
    /// Whether the position at `place` is among them.
    pub fn contains(self, place: usize) -> bool {
        match self {
            Self::None => false,
            Self::Only(only) => only == place,
            Self::All => true,
        }
    }
}

impl Look {
    fn nowhere(status: Status) -> Self {
        Self {
            status,
            sums: Sums::default(),
            places: Some([0; MAX_POSITIONS]),
            hot: Hot::None,
        }
    }

    fn hot(status: Status, sums: Sums, hot: Hot) -> Self {
        Self {
            status,
            sums,
            places: None,
            hot,
        }
    }
}

/// Whether a position counts as nothing.
fn is_void(row: &Row, banks: &[Entry]) -> bool {
    row.side == Side::Deposit && banks[usize::from(row.bank)].state.is_delisted
}

/// Looks at an obligation with the active positions `rows`.
pub fn look(rows: &[Row], banks: &[Entry]) -> Look {
    if !rows.iter().any(|row| row.side == Side::Debt) {
        return Look::nowhere(Status::Idle);
    }
    let counts = |row: &&Row| !is_void(row, banks);
    let mut deposits = rows.iter().filter(|row| row.side == Side::Deposit);
    if !deposits.any(|row| !is_void(row, banks)) {
        return Look::nowhere(Status::Bare);
    }
    let unpriced =
        |row: &Row| !is_void(row, banks) && !banks[usize::from(row.bank)].state.is_priced;
    if let Some(position) = rows.iter().position(unpriced) {
        // Nothing changes before the price of this bank is back.
        return Look::hot(Status::Unpriced, Sums::default(), Hot::Only(position));
    }
    let Ok((sums, parts)) = add_up(rows, banks) else {
        return Look::hot(Status::Unreadable, Sums::default(), Hot::All);
    };
    if !sums.is_healthy() {
        return Look::hot(Status::Unhealthy, sums, Hot::All);
    }
    let margin = sums.weighted_collateral.saturating_sub(sums.weighted_debt);
    let share = margin / u128::try_from(rows.iter().filter(counts).count()).unwrap_or(u128::MAX);
    let mut places = [0; MAX_POSITIONS];
    for ((place, row), part) in places.iter_mut().zip(rows).zip(parts) {
        if !is_void(row, banks) {
            *place = place_of(row, part, share, &banks[usize::from(row.bank)]);
        }
    }
    Look {
        status: Status::Healthy,
        sums,
        places: Some(places),
        hot: Hot::None,
    }
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
                let debt = DebtShares(row.shares);
                sums.add_loan(Check::Maintenance, &state.ledger, &state.asset, debt)?;
            }
            Side::Deposit => {
                let deposit = Shares(row.shares);
                sums.add_deposit(Check::Maintenance, &state.ledger, &state.asset, deposit)?;
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

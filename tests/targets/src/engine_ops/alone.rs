//! Operations that need no bank: a bucket, and the plan of a liquidation.

use backstop_engine::{
    health::{Check, Sums},
    liquidation::{self, Sides},
    units::{DebtShares, Shares, UnixTime},
    Result,
};

use super::{arbitrary as any, steps::part, Books};
use crate::input::Input;

/// A bucket by itself, at any time.
pub fn bucket(_books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (bucket, limit) = (any::bucket(input), any::limit(input));
    let now = UnixTime(input.i64());
    let (level, room) = (bucket.level_up(limit, now)?, bucket.room_down(limit, now)?);
    assert!(level <= bucket.level && room <= limit.capacity);
    let filled = bucket.fill(limit, room, now)?;
    assert!(filled.level_up(limit, now)? <= limit.capacity.max(bucket.level));
    let back = filled.give_back(limit, room, now, now)?;
    assert_eq!(back.level_up(limit, now)?, level, "given back at once");
    Ok(())
}

/// A liquidation by itself, of anything, at any prices.
pub fn liquidate(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (debt_asset, collateral_asset) = (any::asset(input), any::asset(input));
    let sides = Sides {
        debt_ledger: &books.ledger,
        debt_asset: &debt_asset,
        debt_shares: DebtShares(part(books.ledger.debt_shares.0, input)),
        collateral_ledger: &books.ledger,
        collateral_asset: &collateral_asset,
        collateral_shares: Shares(part(books.ledger.deposit_shares.0, input)),
    };
    let terms = any::liquidation_terms(input);
    let sums = match input.u8() % 2 {
        0 => any::sums(input),
        // Of these two positions and no other.
        _ => {
            let (check, mut sums) = (Check::Maintenance, Sums::default());
            let debt = books.ledger.debt_up(sides.debt_shares)?;
            sums.add_debt(check, &debt_asset, debt)?;
            let worth = books.ledger.net_value_down(sides.collateral_shares)?;
            sums.add_collateral(check, &collateral_asset, worth)?;
            sums
        }
    };
    let max_repay = any::atoms(input);
    let plan = liquidation::plan(&sums, &sides, &terms, max_repay)?;
    let debt = books.ledger.debt_up(sides.debt_shares)?;
    assert!(plan.repay <= max_repay && plan.repay <= debt);
    let seized = plan.to_liquidator.add(plan.to_insurance)?;
    assert!(!seized.is_zero() && seized <= sides.collateral_shares);
    Ok(())
}

//! Liquidators: they take the worst account first, as many as the chain lets
//! through, until their money is gone. What they receive stays SOL: in that
//! week exchanges had stopped paying out, and dollars did not come back in time.

use {
    super::{
        borrowers::{self, View},
        prices::Bar,
        scenario::USDC,
        stage::Stage,
        times,
    },
    std::cmp::Reverse,
};

/// (bps) A move within an hour that fills the chain: nothing lands.
pub const CONGESTED_BPS: i64 = 500;
/// Liquidations that land in a bar otherwise.
const LANDS: u64 = 2;
/// (atoms) With less nobody bothers.
const LEAST_MONEY: u64 = 100 * USDC;

/// One bar of liquidations.
pub fn liquidate(stage: &mut Stage, bar: &Bar) {
    let threshold = stage.world.bank(stage.sol).config.liquidation_threshold_bps;
    let mut due: Vec<View> = borrowers::views(stage);
    due.retain(|view| view.is_due(threshold));
    stage.line.due = due.len() as u64;
    stage.line.congested = bar.move_bps >= CONGESTED_BPS;
    // Once the storm is over there is room for everybody.
    let room = match (bar.at >= times::FRESH_MONEY, stage.line.congested) {
        (true, _) => u64::MAX,
        (false, true) => 0,
        (false, false) => LANDS,
    };
    while stage.line.landed < room {
        due.sort_by_key(|view| Reverse(view.loan_bps()));
        let Some(view) = due.first().copied() else {
            break;
        };
        if !take(stage, &view) {
            break;
        }
        due.remove(0);
        let after = borrowers::view(stage, view.index);
        // Refused, or as far as the rules allow: not again in this bar.
        if after.is_due(threshold) && after.debt < view.debt {
            due.push(after);
        }
    }
}

/// One liquidation; false when nobody has money left.
fn take(stage: &mut Stage, view: &View) -> bool {
    let (usdc, sol, now) = (stage.usdc, stage.sol, stage.bar.at);
    let turn = stage.line.landed + stage.line.refused;
    let Stage {
        world,
        cast,
        line,
        log,
        ..
    } = stage;
    let mut ready: Vec<_> = cast
        .liquidators
        .iter_mut()
        .filter(|one| one.arrives <= now && one.out_at.is_none())
        .collect();
    if ready.is_empty() {
        return false;
    }
    let turn = usize::try_from(turn).expect("few turns") % ready.len();
    let one = &mut ready[turn];
    let before = world.balance(&one.actor, usdc);
    let debtor = &mut cast.borrowers[view.index];
    if world
        .liquidate(&one.actor, &debtor.actor, usdc, sol, before)
        .is_err()
    {
        line.refused += 1;
        return true;
    }
    let left = world.balance(&one.actor, usdc);
    one.repaid += before - left;
    one.landed += 1;
    debtor.liquidated += before - left;
    line.repaid += before - left;
    line.landed += 1;
    log.checks.transactions += 1;
    if left < LEAST_MONEY {
        one.out_at = Some(now);
    }
    true
}

/// (atoms) Money of the liquidators who are there, and how many have some.
pub fn money(stage: &mut Stage) -> (u64, u64) {
    let (usdc, now) = (stage.usdc, stage.bar.at);
    let Stage { world, cast, .. } = stage;
    let ready = cast
        .liquidators
        .iter()
        .filter(|one| one.arrives <= now && one.out_at.is_none());
    ready.fold((0, 0), |(money, count), one| {
        (money + world.balance(&one.actor, usdc), count + 1)
    })
}

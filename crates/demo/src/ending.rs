//! The end: everybody repays and leaves. What cannot be paid out would show here.

use super::{borrowers, lenders, stage::Stage};

/// Borrowers repay and take their collateral, liquidators take theirs, lenders
/// leave.
///
/// # Panics
/// When somebody cannot: ALIVE.
pub fn leave(stage: &mut Stage) {
    let (usdc, sol) = (stage.usdc, stage.sol);
    let deficit = stage.world.bank(usdc).ledger.deficit;
    assert!(
        deficit == 0,
        "ALIVE: a deficit of {deficit} is open at the end"
    );
    for view in borrowers::views(stage) {
        let Stage {
            world, cast, log, ..
        } = stage;
        let actor = &cast.borrowers[view.index].actor;
        if view.debt > 0 {
            let repaid = world.repay(actor, actor, usdc, u64::MAX);
            repaid.expect("ALIVE: repaying always works");
            log.checks.transactions += 1;
        }
        if view.collateral > 0 {
            let left = world.withdraw(actor, sol, u128::MAX);
            left.expect("ALIVE: who owes nothing takes his collateral");
            log.checks.transactions += 1;
        }
    }
    let Stage {
        world, cast, log, ..
    } = stage;
    for one in cast.liquidators.iter_mut().filter(|one| one.landed > 0) {
        let left = world.withdraw(&one.actor, sol, u128::MAX);
        left.expect("ALIVE: a liquidator takes his collateral");
        log.checks.transactions += 1;
        one.collateral = world.balance(&one.actor, sol);
    }
    for index in 0..stage.cast.lenders.len() {
        if stage.cast.lenders[index].paid_out.is_none() {
            lenders::depart(stage, index);
        }
    }
}

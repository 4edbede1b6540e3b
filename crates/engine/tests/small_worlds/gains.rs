//! NOGAIN: what each call may do to what each user has.

use backstop_engine::ledger::Ledger;
use backstop_engine::units::Atoms;

use crate::calls::{Call, Effect};
use crate::properties::{holds, Proof};
use crate::world::{Rules, World, BANKS, OUTSIDER, USERS};

/// Parts of an atom that are counted.
const PARTS: i128 = 1_000_000;

/// What `user` has in `bank`, in millionths of an atom: his wallet and his deposit,
/// if `assets` are behind all of them, less debt and record.
fn worth_of(world: &World, ledger: &Ledger, assets: Atoms, bank: usize, user: usize) -> i128 {
    let own = &world.users[user];
    let debt = i128::from(ledger.debt_up(own.debts[bank]).unwrap().0);
    let record = i128::from(own.records[bank].0);
    let wallet = i128::from(world.tokens.wallets[user][bank]);
    let claim = own.deposits[bank].0 * (u128::from(assets.0) + 1) * PARTS as u128;
    let claim = claim / (ledger.deposit_shares.0 + 1_000_000);
    (wallet - debt - record) * PARTS + claim as i128
}

/// The same at the gross price: the most that a deposit can become without a gift.
fn worth(world: &World, ledger: &Ledger, bank: usize, user: usize) -> i128 {
    worth_of(world, ledger, ledger.lender_assets, bank, user)
}

/// Atoms that rounding may leave with those who are there.
fn dust(call: Call) -> i128 {
    match call {
        Call::Withdraw { .. } => 2,
        Call::Deposit { .. } | Call::Borrow { .. } | Call::Repay { .. } => 1,
        // A debt is owed rounded up; what is written off of it is not.
        Call::WriteOff { .. } => 1,
        _ => 0,
    }
}

pub fn of_call(before: &World, after: &World, rules: &Rules, call: Call, effect: &Effect) -> Proof {
    if let Call::Liquidate { .. } = call {
        return liquidation(before, after, rules, call, effect);
    }
    for bank in 0..BANKS {
        let (Ok(was), Ok(is)) = (before.accrued(rules, bank), after.accrued(rules, bank)) else {
            return Err(("SOUND", "interest that cannot be booked".into()));
        };
        nobody_gains(before, &was, after, &is, bank, call, effect)?;
        if matches!(call, Call::WriteOff { .. }) {
            nobody_gains_by_a_loss(before, after, rules, bank, call)?;
        }
    }
    Ok(())
}

fn nobody_gains(
    before: &World,
    was: &Ledger,
    after: &World,
    is: &Ledger,
    bank: usize,
    call: Call,
    effect: &Effect,
) -> Proof {
    let to_lenders = match call {
        // Interest is not a gain, nor is what a wound-down bank's debtor returns.
        Call::Wait { .. } => return Ok(()),
        Call::RepayRecord { .. } if before.banks[bank].wound_down => i128::from(effect.paid.0),
        _ => 0,
    };
    let mut all = 0;
    for user in 0..USERS {
        let gain = worth(after, is, bank, user) - worth(before, was, bank, user);
        all += gain.max(0);
    }
    let allowed = (to_lenders + dust(call)) * PARTS + USERS as i128;
    holds("NOGAIN", all <= allowed, || {
        format!("{call:?} makes users of bank {bank} richer by {all} millionths")
    })?;

    let gain = after.tokens.wallets[OUTSIDER][bank] - before.tokens.wallets[OUTSIDER][bank];
    let owed = match call {
        Call::WriteOff { .. } => effect.bounty.0,
        Call::Sell { .. } => effect.paid.0,
        _ => 0,
    };
    holds("NOGAIN", i128::from(gain) <= i128::from(owed), || {
        format!("{call:?} pays its caller {gain}")
    })
}

/// A write-off leaves no lender with a higher claim than covering what was open
/// before it would have.
fn nobody_gains_by_a_loss(
    before: &World,
    after: &World,
    rules: &Rules,
    bank: usize,
    call: Call,
) -> Proof {
    let Call::WriteOff { priced, .. } = call else {
        return Ok(());
    };
    let covered = before.after(rules, Call::Cover { bank, priced });
    let best = covered.map_or(*before, |(covered, _)| covered);
    for user in 0..USERS {
        let claim = |world: &World| {
            let shares = world.users[user].deposits[bank];
            world
                .accrued(rules, bank)
                .unwrap()
                .net_value_down(shares)
                .unwrap()
        };
        let (was, is) = (claim(&best), claim(after));
        holds("NOGAIN", is <= was, || {
            format!("{call:?} raises the claim of user {user} from {was:?} to {is:?}")
        })?;
    }
    Ok(())
}

/// A liquidator gains his bonus on what he repays, at the price at which he gets
/// the shares, and nobody else gains anything.
fn liquidation(before: &World, after: &World, rules: &Rules, call: Call, effect: &Effect) -> Proof {
    let Call::Liquidate {
        debt_bank,
        collateral_bank,
        user: debtor,
        liquidator,
        ..
    } = call
    else {
        return Ok(());
    };
    for user in (0..USERS).filter(|user| *user != debtor) {
        let (mut gain, mut dust) = (0, 0);
        for bank in 0..BANKS {
            let dollars = i128::from(before.asset(rules, bank).price.spot);
            let net = |world: &World| {
                let ledger = world.accrued(rules, bank).unwrap();
                worth_of(world, &ledger, ledger.net_assets().unwrap(), bank, user)
            };
            gain += dollars * (net(after) - net(before));
            dust += dollars * 2 * PARTS;
        }
        let spent = i128::from(effect.paid.0) * PARTS;
        let dollars = i128::from(before.asset(rules, debt_bank).price.spot);
        let bonus = i128::from(rules.banks[collateral_bank].liquidation.max_bonus.0);
        let owed = if user == liquidator {
            spent * dollars * bonus / 10_000
        } else {
            0
        };
        holds("NOGAIN", gain <= owed + dust, || {
            format!("{call:?} makes user {user} richer by {gain} where {owed} are due")
        })?;
    }
    Ok(())
}

//! What must be true of everything that can still happen: looked up from every
//! state by playing it out.

use backstop_engine::units::{Atoms, DebtShares};

use crate::calls::{Call, Refusal, ALL};
use crate::properties::{holds, Proof};
use crate::world::{Rules, User, World, BANKS, DAY, USERS};

pub fn of_state(world: &World, rules: &Rules) -> Proof {
    for bank in 0..BANKS {
        no_run(world, rules, bank)?;
        write_offs_commute(world, rules, bank)?;
    }
    alive(world, rules)
}

const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// NORUN: while a deficit is open each lender is paid the same whoever leaves
/// before him, to an atom for every call. What is lent is taken as repaid: a
/// lack of cash is another matter.
fn no_run(world: &World, rules: &Rules, bank: usize) -> Proof {
    let mut repaid = *world;
    let books = &mut repaid.banks[bank].ledger;
    let stays = |user: &&User| !user.deposits[bank].is_zero();
    if books.deficit.is_zero() || world.users.iter().filter(stays).count() < 2 {
        return Ok(());
    }
    repaid.tokens.liquidity[bank] += books.borrowed.0;
    books.cash = books.cash.add(books.borrowed).unwrap();
    (books.borrowed, books.debt_shares) = (Atoms::ZERO, DebtShares::ZERO);
    for user in &mut repaid.users {
        user.debts[bank] = DebtShares::ZERO;
    }
    let mut first = None;
    for order in ORDERS {
        let paid = payouts(repaid, rules, bank, order);
        let expected = *first.get_or_insert(paid);
        let apart = (0..USERS).map(|user| paid[user].abs_diff(expected[user]));
        holds("NORUN", apart.max() < Some(USERS as u64), || {
            format!("bank {bank}: {expected:?} in order, {paid:?} in {order:?}")
        })?;
    }
    Ok(())
}

/// What each user gets if they leave in this order.
fn payouts(mut world: World, rules: &Rules, bank: usize, order: [usize; USERS]) -> [u64; USERS] {
    let mut paid = [0; USERS];
    for user in order {
        let part = 1;
        if let Ok((after, effect)) = world.after(rules, Call::Withdraw { bank, user, part }) {
            (world, paid[user]) = (after, effect.paid.0);
        }
    }
    paid
}

/// Two losses in either order: the same totals, however scarce fees, insurance
/// and issuance are. Which of the two is on auction may differ, and so may who of
/// two keepers found the vault empty.
fn write_offs_commute(world: &World, rules: &Rules, bank: usize) -> Proof {
    for first in 0..USERS {
        for second in 0..first {
            let call = |user| Call::WriteOff {
                bank,
                user,
                priced: true,
            };
            let both = |one, other| -> Result<(World, u64), Refusal> {
                let (world, a) = world.after(rules, call(one))?;
                let (world, b) = world.after(rules, call(other))?;
                Ok((world, a.bounty.0 + b.bounty.0))
            };
            let (here, there) = (both(first, second), both(second, first));
            let (Ok((here, a)), Ok((there, b))) = (&here, &there) else {
                let alike = here.is_err() == there.is_err();
                holds("COMMUTE", alike, || "one order is refused".into())?;
                continue;
            };
            let totals = |world: &World, bounty: &u64| {
                let l = &world.banks[bank].ledger;
                [
                    l.totals.lost as u64,
                    l.totals.by_fees as u64,
                    l.totals.by_insurance as u64 + bounty,
                    l.insurance.0,
                    l.borrowed.0,
                    l.lender_assets.0,
                ]
            };
            let (here, there) = (totals(here, a), totals(there, b));
            let near = here.iter().zip(&there).all(|(a, b)| a.abs_diff(*b) <= 1);
            holds("COMMUTE", near, || format!("{here:?} or {there:?}"))?;
        }
    }
    Ok(())
}

/// ALIVE: nobody buys, nobody repays, nobody funds anything; closing, covering and
/// giving up in turn bring every deficit to 0 and end every sale, in bounded time.
/// Then every debtor can repay and every lender can leave.
fn alive(world: &World, rules: &Rules) -> Proof {
    let most = (0..BANKS).map(|bank| longest(world, rules, bank)).max();
    let most = most.unwrap_or_default();
    let (mut last, mut days) = (*world, 0);
    while !is_settled(&last) {
        for bank in 0..BANKS {
            for call in [
                Call::Close { bank },
                Call::Cover { bank, priced: true },
                Call::Socialise { bank },
                Call::CloseBuyBack { bank },
            ] {
                attempt(&mut last, rules, call)?;
            }
        }
        holds("ALIVE", days <= most, || {
            format!("after {days} days: {:?}", last.banks)
        })?;
        last.now = last.now.plus(u64::from(DAY));
        days += 1;
    }
    all_leave(last, rules)
}

fn is_settled(world: &World) -> bool {
    world.banks.iter().all(|bank| {
        bank.ledger.deficit.is_zero() && !bank.auction.holds_tokens() && !bank.buy_back.is_running()
    })
}

/// Days until a bank is settled at the latest: the deadline or what is left of a
/// sale that runs, whichever is longer, the windows in which the draw limit empties
/// the vault, and what is left of a pause. A step of a day is lost to each. A limit
/// that is full takes a window to begin with, and one of a few atoms that is drawn on
/// every day gives, rounded down daily, as little as half.
fn longest(world: &World, rules: &Rules, bank: usize) -> u64 {
    let (of, own) = (&rules.banks[bank], &world.banks[bank]);
    let days = |secs: u64| secs.div_ceil(u64::from(DAY));
    let ahead = |then: i64| days(u64::try_from(then - world.now.0).unwrap_or(0)) + 1;
    let deadline = u64::from(of.socialise_deadline_secs);
    let deadline = ahead(own.ledger.deficit_since.plus(deadline).0);
    let sale = u64::from(rules.schedule.delay_secs) + u64::from(rules.schedule.duration_secs);
    let running = ahead(own.auction.ends_at.0.max(own.buy_back.ends_at.0));
    let windows = own.ledger.insurance.0.checked_div(of.draw_limit.capacity);
    let drawing = windows.map_or(0, |n| {
        2 * (n + 2) * days(u64::from(of.draw_limit.window_secs))
    });
    let pause = ahead(rules.write_off_pause.0);
    deadline.max(running) + days(sale) + 1 + drawing + pause
}

/// Calls, and takes a refusal as it is.
fn attempt(world: &mut World, rules: &Rules, call: Call) -> Proof {
    match world.after(rules, call) {
        Ok((after, _)) => *world = after,
        Err(refusal) => holds("SOUND", !refusal.is_breakage(), || {
            format!("{call:?}: {refusal:?}")
        })?,
    }
    Ok(())
}

/// In a settled world every debt and every record can be paid, and then every
/// deposit can be carried away.
fn all_leave(mut world: World, rules: &Rules) -> Proof {
    let everyone = || (0..USERS).flat_map(|user| (0..BANKS).map(move |bank| (user, bank)));
    for (user, bank) in everyone() {
        let atoms = ALL;
        for (call, is_due) in [
            (
                Call::Repay { bank, user, atoms },
                !world.users[user].debts[bank].is_zero(),
            ),
            (
                Call::RepayRecord { bank, user, atoms },
                !world.users[user].records[bank].is_zero(),
            ),
        ] {
            if is_due {
                must(&mut world, rules, call)?;
            }
        }
    }
    for (user, bank) in everyone() {
        if !world.users[user].deposits[bank].is_zero() {
            let part = 1;
            must(&mut world, rules, Call::Withdraw { bank, user, part })?;
        }
    }
    Ok(())
}

fn must(world: &mut World, rules: &Rules, call: Call) -> Proof {
    match world.after(rules, call) {
        Ok((after, _)) => *world = after,
        Err(refusal) => {
            let property = if refusal.is_breakage() {
                "SOUND"
            } else {
                "ALIVE"
            };
            return Err((property, format!("{call:?}: {refusal:?}")));
        }
    }
    Ok(())
}

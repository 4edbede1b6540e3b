//! What must hold in every state and for every call; the names are those of
//! `docs/invariants.md`.
//!
//! States before and after are compared, and what the call's event says, with
//! formulas written down anew.

use backstop_engine::ledger::Ledger;
use backstop_engine::units::Bps;

use crate::calls::{Call, Effect, Result as Called};
use crate::foresight;
use crate::legal::{applies, gives_up, legal};
use crate::search::Broken;
use crate::world::{Bank, Rules, User, World, BANKS, SUPPLY};

/// The names under which a property is reported broken. SOUND: no call fails for
/// arithmetic. LEGAL: a call works whenever its own conditions hold, and only then.
/// IDEMPOTENT: twice in an instant is once. COMMUTE: two losses in either order.
pub const PROPERTIES: &[&str] = &[
    "SOUND",
    "BOOKS",
    "SPLIT",
    "SUM",
    "RECORD",
    "ORDER",
    "BOUND",
    "CUSTODY",
    "ISOLATE",
    "NOGAIN",
    "NORUN",
    "IDEMPOTENT",
    "COMMUTE",
    "LEGAL",
    "ALIVE",
];

pub type Proof = Result<(), Broken>;

/// Fails with the name of the property.
pub fn holds(property: &'static str, holds: bool, what: impl FnOnce() -> String) -> Proof {
    debug_assert!(PROPERTIES.contains(&property), "{property}");
    if holds {
        Ok(())
    } else {
        Err((property, what()))
    }
}

/// Everything that must hold in a state, and in what can come of it.
pub fn of_state(world: &World, rules: &Rules) -> Proof {
    for bank in 0..BANKS {
        books(&world.banks[bank].ledger)?;
        split(&world.banks[bank].ledger)?;
        sum(world, bank)?;
        record(world, bank)?;
        bound(world, rules, &world.banks[bank])?;
    }
    custody(world)?;
    foresight::of_state(world, rules)
}

/// Everything that must hold for one call.
pub fn of_call(
    before: &World,
    rules: &Rules,
    call: Call,
    outcome: &Called<(World, Effect)>,
) -> Proof {
    let (after, effect) = match outcome {
        Ok((after, effect)) => (after, effect),
        Err(refusal) => {
            holds("SOUND", !refusal.is_breakage(), || format!("{refusal:?}"))?;
            return legal(before, rules, call, outcome);
        }
    };
    isolate(before, after, call)?;
    order(before, after, rules, call, effect)?;
    bounded(before, after, rules, call, effect)?;
    tokens(before, after)?;
    crate::gains::of_call(before, after, rules, call, effect)?;
    legal(before, rules, call, outcome)?;
    idempotent(after, rules, call)
}

fn books(l: &Ledger) -> Proof {
    let sum = |atoms: &[u64]| -> u128 { atoms.iter().map(|a| u128::from(*a)).sum() };
    let backing = sum(&[l.cash.0, l.borrowed.0, l.deficit.0]);
    let owed = sum(&[l.lender_assets.0, l.protocol_fees.0, l.insurance_fees.0]);
    let borrowed = l.debt_shares.0.checked_mul(l.index).map(|debt| debt >> 96);
    holds(
        "BOOKS",
        backing == owed && borrowed == Some(u128::from(l.borrowed.0)) && l.on_auction <= l.deficit,
        || format!("{l:?}"),
    )
}

fn split(l: &Ledger) -> Proof {
    let t = &l.totals;
    let carried = t.by_fees
        + t.by_insurance
        + t.by_auction
        + t.recovered
        + t.borne_by_leavers
        + t.socialised
        + u128::from(l.deficit.0);
    holds("SPLIT", carried == t.lost, || format!("{l:?}"))
}

fn sum(world: &World, bank: usize) -> Proof {
    let l = &world.banks[bank].ledger;
    let shares: u128 = world.users.iter().map(|u| u.deposits[bank].0).sum();
    let debts: u128 = world.users.iter().map(|u| u.debts[bank].0).sum();
    let both = |u: &User| !u.deposits[bank].is_zero() && !u.debts[bank].is_zero();
    holds(
        "SUM",
        shares == l.deposit_shares.0 && debts == l.debt_shares.0 && !world.users.iter().any(both),
        || format!("bank {bank}: {:?}", world.users),
    )
}

fn record(world: &World, bank: usize) -> Proof {
    let records: u128 = world
        .users
        .iter()
        .map(|u| u128::from(u.records[bank].0))
        .sum();
    let lost = world.banks[bank].ledger.totals.lost;
    holds("RECORD", records + world.repaid[bank] == lost, || {
        format!("bank {bank}: records of {records}, lost {lost}")
    })
}

/// Caps that hold at every instant.
fn bound(world: &World, rules: &Rules, bank: &Bank) -> Proof {
    let lot = &bank.auction.lot;
    let at_floor = u128::from(lot.0) * bank.auction.floor.0;
    let offered = u128::from(bank.ledger.on_auction.0) << 64;
    holds(
        "BOUND",
        world.issuance.outstanding <= rules.limits.lifetime_cap
            && at_floor >= offered
            && (!lot.is_zero() || offered == 0),
        || format!("{:?} {:?}", world.issuance, bank),
    )
}

/// Vaults and mint hold what the books say, and escrow is the only place where
/// issued tokens can be that nobody paid for.
fn custody(world: &World) -> Proof {
    let t = &world.tokens;
    let lots: u64 = world.banks.iter().map(|bank| bank.auction.lot.0).sum();
    let vaults = (0..BANKS).all(|bank| {
        let own = &world.banks[bank];
        t.liquidity[bank] == own.ledger.cash.0
            && t.insurance[bank] == own.ledger.insurance.0
            && t.escrow[bank] == own.auction.lot.0
    });
    let supply = i128::from(SUPPLY.0) + i128::from(t.governance) + i128::from(lots);
    holds(
        "CUSTODY",
        vaults && i128::from(t.supply) == supply && t.supply == world.issuance.supply.0,
        || format!("{t:?}, {lots} in lots, {:?}", world.issuance),
    )
}

/// No call makes or destroys a token of a bank's asset.
fn tokens(before: &World, after: &World) -> Proof {
    let all = |world: &World, bank: usize| {
        let t = &world.tokens;
        let wallets: i128 = t.wallets.iter().map(|w| i128::from(w[bank])).sum();
        wallets + i128::from(t.liquidity[bank]) + i128::from(t.insurance[bank])
    };
    holds(
        "CUSTODY",
        (0..BANKS).all(|bank| all(before, bank) == all(after, bank)),
        || format!("{:?} became {:?}", before.tokens, after.tokens),
    )
}

/// A call about one bank changes nothing of the other; time and prices change
/// no bank at all.
fn isolate(before: &World, after: &World, call: Call) -> Proof {
    let untouched = |bank: usize| {
        let users = before.users.iter().zip(&after.users).all(|(was, is)| {
            was.deposits[bank] == is.deposits[bank]
                && was.debts[bank] == is.debts[bank]
                && was.records[bank] == is.records[bank]
        });
        users && before.banks[bank] == after.banks[bank]
    };
    let isolated = match call {
        Call::Liquidate { .. } => true,
        _ => (0..BANKS).all(|bank| call.bank() == Some(bank) || untouched(bank)),
    };
    holds("ISOLATE", isolated, || {
        format!("{:?} became {:?}", before.banks, after.banks)
    })
}

/// Each tier waits for the one above.
fn order(before: &World, after: &World, rules: &Rules, call: Call, effect: &Effect) -> Proof {
    let Some(bank) = call.bank() else {
        return Ok(());
    };
    let (was, is) = (&before.banks[bank], &after.banks[bank]);
    let l = &is.ledger;
    let fees = l.protocol_fees.0 + l.insurance_fees.0;
    if !effect.issued.is_zero() {
        let exhausted = fees == 0 && l.insurance.is_zero();
        let reopened = was.auction.holds_tokens() && effect.burned != was.auction.lot;
        holds("ORDER", exhausted && !reopened, || {
            format!("issued with {l:?}, {was:?}")
        })?;
    }
    let socialised = l.totals.socialised - was.ledger.totals.socialised;
    if socialised > 0 {
        let exhausted = fees == 0 && l.insurance.is_zero() && !was.auction.holds_tokens();
        let reason = effect.reason;
        let is_true = reason.is_some_and(|reason| applies(reason, before, rules, bank));
        holds("ORDER", exhausted && is_true, || {
            format!("socialised {socialised} by {reason:?} with {was:?}")
        })?;
    }
    let waits = !matches!(call, Call::Collect { .. }) || was.ledger.deficit.is_zero();
    holds("ORDER", waits, || {
        "fees are collected before their turn".into()
    })?;
    let fell = was.ledger.insurance > l.insurance;
    let spends = matches!(
        call,
        Call::WriteOff { .. } | Call::Cover { .. } | Call::Sell { .. }
    );
    let fee_left = fees > 0 && l.deficit.0 > 0 && !matches!(call, Call::Sell { .. });
    holds("ORDER", !fell || (spends && !fee_left), || {
        format!("insurance fell by {call:?}")
    })
}

/// Limits on what one call may issue, draw or hand out.
fn bounded(before: &World, after: &World, rules: &Rules, call: Call, effect: &Effect) -> Proof {
    let Some(bank) = call.bank() else {
        return Ok(());
    };
    let share = |bps: Bps, of: u64| of * u64::from(bps.0) / 10_000;
    if !effect.issued.is_zero() {
        // What a settled auction had left was burned first.
        let supply = before.issuance.supply.0 - effect.burned.0;
        let fits = effect.issued.0 <= share(rules.limits.per_auction, supply)
            && after.issuance.bucket.level <= share(rules.limits.per_window, supply);
        holds("BOUND", fits, || format!("{:?} of {supply}", effect.issued))?;
        over_every_window(after, rules)?;
        let gives_up = gives_up(before, rules, bank);
        holds("ALIVE", !gives_up, || "an auction too late".into())?;
    }
    let limit = rules.banks[bank].draw_limit.capacity;
    let drawn = effect.drawn.0 + effect.bounty.0;
    holds("BOUND", limit == 0 || drawn <= limit, || {
        format!("{drawn} drawn at once")
    })?;
    holds(
        "BOUND",
        limit == 0 || after.banks[bank].draws.level <= limit,
        || format!("{:?}", after.banks[bank].draws),
    )?;
    if drawn > 0 && limit > 0 {
        let filled = after.banks[bank].draws.filled_at == after.now;
        holds("BOUND", filled, || "a draw that the limit forgets".into())?;
    }
    let floor = before.banks[bank].auction.floor.0;
    let least = u128::from(effect.bought.0) * floor;
    holds("BOUND", (u128::from(effect.paid.0) << 64) >= least, || {
        format!("{effect:?} below the floor")
    })
}

/// From any issue until now no more was kept than the limit of a window and what
/// leaked since, of the largest supply meanwhile.
fn over_every_window(world: &World, rules: &Rules) -> Proof {
    let (mut kept, mut supply) = (0, 0);
    for issue in world.issues.iter().rev().filter(|issue| issue.supply > 0) {
        kept += issue.kept;
        supply = supply.max(issue.supply);
        let capacity = supply * u64::from(rules.limits.per_window.0) / 10_000;
        let window = u64::from(rules.limits.window_secs);
        let elapsed = world.now.since(issue.at).unwrap();
        holds(
            "BOUND",
            kept * window <= capacity * (window + elapsed),
            || format!("{kept} kept in {elapsed} s: {:?}", world.issues),
        )?;
    }
    Ok(())
}

/// The same call twice in one instant does no more than once.
fn idempotent(after: &World, rules: &Rules, call: Call) -> Proof {
    let again = match call {
        Call::WriteOff { .. }
        | Call::Cover { .. }
        | Call::Close { .. }
        | Call::Socialise { .. } => after.after(rules, call),
        _ => return Ok(()),
    };
    let same = again.as_ref().map_or(true, |(twice, _)| twice == after);
    holds("IDEMPOTENT", same, || format!("{call:?} twice"))
}

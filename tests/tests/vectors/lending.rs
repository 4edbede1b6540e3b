//! Full-width arithmetic, shares, interest, and what lenders and borrowers do.

use backstop_engine::{
    interest::{FeeSplit, RateCurve},
    ledger::BorrowLimits,
    math,
    units::{Atoms, Bps, DebtShares, Shares, UnixTime},
};
use serde_json::{json, Value};

use crate::{
    draw::{Draw, NOW},
    show::{self, case, text},
    Vectors,
};

pub fn all() -> Vec<Vectors> {
    vec![
        Vectors::draw("math", 300, arithmetic),
        Vectors::draw("shares", 300, shares),
        Vectors::draw("accrue", 250, accrue),
        Vectors::draw("deposit", 200, deposit),
        Vectors::draw("withdraw", 200, withdraw),
        Vectors::draw("borrow", 250, borrow),
        Vectors::draw("repay", 250, repay),
    ]
}

fn arithmetic(draw: &mut Draw) -> Value {
    let (a, b) = (draw.bits(128), draw.bits(128));
    let d = draw.bits(128);
    let ops: [(&str, backstop_engine::Result<u128>); 8] = [
        ("mulDivDown", math::mul_div_down(a, b, d)),
        ("mulDivUp", math::mul_div_up(a, b, d)),
        ("mulShrDown64", math::mul_shr_down(a, b, 64)),
        ("mulShrUp64", math::mul_shr_up(a, b, 64)),
        ("mulShrDown96", math::mul_shr_down(a, b, 96)),
        ("mulShrUp96", math::mul_shr_up(a, b, 96)),
        ("divDown", math::div_down(a, d)),
        ("divUp", math::div_up(a, d)),
    ];
    let (op, result) = ops[usize::try_from(draw.within(0, 7)).unwrap()];
    let input = json!({ "op": op, "a": text(a), "b": text(b), "d": text(d) });
    case(input, result.map(text))
}

fn shares(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(62);
    let shares = Shares(draw.part(ledger.deposit_shares.0));
    let debt = DebtShares(draw.part(ledger.debt_shares.0));
    let atoms = draw.atoms(62);
    let ops = [
        (
            "grossValueDown",
            ledger.gross_value_down(shares).map(|a| text(a.0)),
        ),
        (
            "netValueDown",
            ledger.net_value_down(shares).map(|a| text(a.0)),
        ),
        (
            "sharesForNetDown",
            ledger.shares_for_net_down(atoms).map(|s| text(s.0)),
        ),
        ("debtUp", ledger.debt_up(debt).map(|a| text(a.0))),
    ];
    let (op, result) = ops[usize::try_from(draw.within(0, 3)).unwrap()].clone();
    let input = json!({
        "op": op,
        "ledger": show::ledger(&ledger),
        "shares": text(shares.0),
        "debtShares": text(debt.0),
        "atoms": text(atoms.0),
    });
    case(input, result)
}

fn accrue(draw: &mut Draw) -> Value {
    let mut ledger = draw.ledger(64);
    ledger.accrued_at = match draw.within(0, 9) {
        0 => UnixTime(NOW),
        1 => UnixTime(NOW - 1),
        2 => UnixTime(0),
        3 => UnixTime(NOW + 1),
        _ => UnixTime(NOW - i64::from(draw.within(1, 40_000_000))),
    };
    let curve = RateCurve {
        base: draw.bps(500),
        slope_below: draw.bps(2_000),
        slope_above: draw.bps(80_000),
        kink: Bps(draw.within(1, 9_999)),
    };
    let split = FeeSplit {
        protocol: draw.bps(4_000),
        insurance: if draw.once_in(5) {
            draw.bps(0)
        } else {
            draw.bps(4_000)
        },
    };
    let input = json!({
        "ledger": show::ledger(&ledger),
        "config": {
            "baseRateBps": curve.base.0,
            "slopeBelowBps": curve.slope_below.0,
            "slopeAboveBps": curve.slope_above.0,
            "kinkBps": curve.kink.0,
            "protocolFeeBps": split.protocol.0,
            "insuranceFeeBps": split.insurance.0,
        },
        "now": text(NOW),
    });
    let result = ledger
        .accrue(curve, split, UnixTime(NOW))
        .and_then(|after| {
            let yearly = curve.yearly_ppb_down(&ledger)?;
            Ok(json!({ "ledger": show::changes(&ledger, &after), "yearlyPpb": text(yearly) }))
        });
    case(input, result)
}

fn deposit(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(62);
    let atoms = draw.atoms(63);
    let cap = if draw.once_in(8) {
        draw.atoms(63)
    } else {
        Atoms(u64::MAX)
    };
    let wound_down = draw.once_in(20);
    let input = json!({
        "ledger": show::ledger(&ledger),
        "atoms": text(atoms.0),
        "cap": text(cap.0),
        "woundDown": wound_down,
    });
    let result = ledger.deposit(atoms, cap, wound_down).map(|plan| {
        json!({ "ledger": show::changes(&ledger, &plan.ledger), "shares": text(plan.shares.0) })
    });
    case(input, result)
}

fn withdraw(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(62);
    let shares = Shares(draw.part(ledger.deposit_shares.0));
    let to_insurance = draw.once_in(4);
    let input = json!({
        "ledger": show::ledger(&ledger),
        "shares": text(shares.0),
        "toInsurance": to_insurance,
    });
    let plan = if to_insurance {
        ledger.shares_to_insurance(shares)
    } else {
        ledger.withdraw(shares)
    };
    let result = plan.map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "paid": text(plan.paid.0),
            "borne": text(plan.borne.0),
        })
    });
    case(input, result)
}

fn borrow(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(60);
    let atoms = Atoms(draw.part64(ledger.cash.0));
    let held = DebtShares(draw.part(ledger.debt_shares.0));
    let limits = BorrowLimits {
        borrow_cap: if draw.once_in(8) {
            draw.atoms(62)
        } else {
            Atoms(u64::MAX)
        },
        max_utilisation: if draw.once_in(3) {
            draw.bps(10_000)
        } else {
            Bps(10_000)
        },
        min_debt: if draw.once_in(4) {
            draw.atoms(40)
        } else {
            Atoms(1)
        },
    };
    let wound_down = draw.once_in(20);
    let input = json!({
        "ledger": show::ledger(&ledger),
        "atoms": text(atoms.0),
        "held": text(held.0),
        "limits": {
            "borrowCap": text(limits.borrow_cap.0),
            "maxUtilisationBps": limits.max_utilisation.0,
            "minDebt": text(limits.min_debt.0),
        },
        "woundDown": wound_down,
    });
    let result = ledger.borrow(atoms, held, limits, wound_down).map(|plan| {
        json!({ "ledger": show::changes(&ledger, &plan.ledger), "shares": text(plan.shares.0) })
    });
    case(input, result)
}

fn repay(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(60);
    let held = DebtShares(draw.part(ledger.debt_shares.0));
    let debt = ledger.debt_up(held).unwrap_or_default();
    let offer = Atoms(draw.part64(debt.0));
    let min_debt = if draw.once_in(4) {
        draw.atoms(40)
    } else {
        Atoms(1)
    };
    let input = json!({
        "ledger": show::ledger(&ledger),
        "offer": text(offer.0),
        "held": text(held.0),
        "minDebt": text(min_debt.0),
    });
    let result = ledger.repay(offer, held, min_debt).map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "paid": text(plan.paid.0),
            "shares": text(plan.shares.0),
        })
    });
    case(input, result)
}

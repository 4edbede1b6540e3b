//! Write-offs, covering, socialising, recovery.

use backstop_engine::{
    auction::Auction,
    bucket::Limit,
    ledger::Ledger,
    socialise::{SocialiseReason, Terms},
    units::{Atoms, DebtShares, UnixTime},
    waterfall::{BountyTerms, CoverPlan, DrawTerms, Mode},
};
use serde_json::{json, Value};

use crate::{
    draw::{Draw, NOW},
    sales::{auction, issuance_terms},
    show::{self, case, text},
    Vectors,
};

const WHEN: UnixTime = UnixTime(NOW);

pub fn all() -> Vec<Vectors> {
    vec![
        Vectors::draw("write-off", 220, write_off),
        Vectors::draw("cover", 140, cover),
        Vectors::draw("socialise", 180, socialise),
        Vectors::draw("recovery", 200, recovery),
    ]
}

/// Limits of both kinds, and how they are shown.
fn draws(draw: &mut Draw) -> (DrawTerms, BountyTerms, Value) {
    let window_secs = draw.within(1, 200_000);
    let limit = |capacity| Limit {
        capacity,
        window_secs,
    };
    let capacity = if draw.once_in(2) { 0 } else { draw.u64(60) };
    let draws = DrawTerms {
        limit: limit(capacity),
        bucket: draw.bucket(capacity),
    };
    let cap = draw.u64(50);
    let bounty = BountyTerms {
        share: draw.bps(500),
        limit: limit(cap),
        bucket: draw.bucket(cap / 2),
        min_loss: if draw.once_in(4) {
            draw.atoms(50)
        } else {
            Atoms(0)
        },
    };
    let shown = json!({
        "config": {
            "drawLimit": text(capacity),
            "limitWindowSecs": window_secs,
            "bountyBps": bounty.share.0,
            "bountyCap": text(cap),
            "bountyMinLoss": text(bounty.min_loss.0),
        },
        "drawBucket": show::bucket(&draws.bucket),
        "bountyBucket": show::bucket(&bounty.bucket),
    });
    (draws, bounty, shown)
}

fn show_cover(before: &Ledger, plan: &CoverPlan) -> Value {
    json!({
        "ledger": show::changes(before, &plan.ledger),
        "protocolFeesUsed": text(plan.protocol_fees_used.0),
        "insuranceFeesUsed": text(plan.insurance_fees_used.0),
        "insuranceDrawn": text(plan.insurance_drawn.0),
        "drawBucket": show::bucket(&plan.draw_bucket),
        "opening": show::opening(plan.opening.as_ref()),
    })
}

fn live(draw: &mut Draw) -> Auction {
    if draw.once_in(4) {
        auction(draw)
    } else {
        Auction::default()
    }
}

fn write_off(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(58);
    let debt = DebtShares(draw.part(ledger.debt_shares.0));
    let (draws, bounty, shown) = draws(draw);
    let (terms, shown_terms) = issuance_terms(draw);
    let issues = !draw.once_in(4);
    let live = live(draw);
    let input = json!({
        "ledger": show::ledger(&ledger),
        "debt": text(debt.0),
        "draw": shown,
        "issuance": issues.then_some(shown_terms),
        "live": show::auction(&live),
        "now": text(NOW),
    });
    let plan = ledger.write_off(debt, draws, bounty, issues.then_some(&terms), &live, WHEN);
    let result = plan.map(|plan| {
        json!({
            "loss": text(plan.loss.0),
            "cover": show_cover(&ledger, &plan.cover),
            "bounty": text(plan.bounty.0),
            "bountyBucket": show::bucket(&plan.bounty_bucket),
        })
    });
    case(input, result)
}

fn cover(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(58);
    let (draws, _, shown) = draws(draw);
    let (terms, shown_terms) = issuance_terms(draw);
    let issues = !draw.once_in(4);
    let live = live(draw);
    let input = json!({
        "ledger": show::ledger(&ledger),
        "draw": shown,
        "issuance": issues.then_some(shown_terms),
        "live": show::auction(&live),
        "now": text(NOW),
    });
    let plan = ledger.cover(draws, issues.then_some(&terms), &live, WHEN);
    case(input, plan.map(|plan| show_cover(&ledger, &plan)))
}

fn reason(reason: SocialiseReason) -> &'static str {
    match reason {
        SocialiseReason::ModeWithoutIssuance => "ModeWithoutIssuance",
        SocialiseReason::IssuanceHalted => "IssuanceHalted",
        SocialiseReason::NoPrice => "NoPrice",
        SocialiseReason::AuctionsFailed => "AuctionsFailed",
        SocialiseReason::LifetimeCapReached => "LifetimeCapReached",
        SocialiseReason::Deadline => "Deadline",
    }
}

fn socialise(draw: &mut Draw) -> Value {
    let mut ledger = draw.ledger(58);
    if ledger.deficit.is_zero() && !draw.once_in(5) {
        ledger.deficit = Atoms(draw.part64(ledger.lender_assets.0));
        ledger.deficit_since = draw.before_now(2_000_000);
    }
    if !draw.once_in(5) {
        ledger.insurance = Atoms(0);
    }
    let (issuance, shown) = issuance_terms(draw);
    let (mode, code) = [
        (Mode::Disabled, 0),
        (Mode::InsuranceOnly, 1),
        (Mode::Full, 2),
    ][usize::try_from(draw.within(0, 5)).unwrap().min(2)];
    let terms = Terms {
        mode,
        halted: draw.once_in(6),
        priced_at: (!draw.once_in(4)).then(|| draw.before_now(400_000)),
        failed_auctions: draw.within(0, 4),
        max_failed_auctions: draw.within(1, 5),
        issuance: issuance.issuance,
        limits: issuance.limits,
        delay_secs: draw.within(0, 300_000),
        deadline_secs: draw.within(300_000, 1_500_000),
    };
    let live = if draw.once_in(10) {
        auction(draw)
    } else {
        Auction::default()
    };
    let mut market = shown["config"].clone();
    market["maxFailedAuctions"] = terms.max_failed_auctions.into();
    let input = json!({
        "ledger": show::ledger(&ledger),
        "terms": {
            "bank": {
                "writeOffMode": code,
                "socialiseDelaySecs": terms.delay_secs,
                "socialiseDeadlineSecs": terms.deadline_secs,
            },
            "market": market,
            "halted": terms.halted,
            "pricedAt": terms.priced_at.map(|at| text(at.0)),
            "failedAuctions": terms.failed_auctions,
            "issuance": shown["issuance"],
        },
        "live": show::auction(&live),
        "now": text(NOW),
        "givesUp": terms.gives_up(&ledger, WHEN),
    });
    let result = ledger.socialise(&terms, &live, WHEN).map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "protocolFeesUsed": text(plan.protocol_fees_used.0),
            "insuranceFeesUsed": text(plan.insurance_fees_used.0),
            "socialised": text(plan.socialised.0),
            "reason": reason(plan.reason),
            "windsDown": plan.winds_down,
        })
    });
    case(input, result)
}

/// Repaid records, collected fees, funded insurance.
fn recovery(draw: &mut Draw) -> Value {
    let ledger = draw.ledger(58);
    let record = draw.atoms(58);
    let offer = Atoms(draw.part64(record.0));
    let wound_down = draw.once_in(4);
    let repaid = ledger.repay_record(offer, record, wound_down).map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "paid": text(plan.paid.0),
            "toDeficit": text(plan.to_deficit.0),
            "toLenders": text(plan.to_lenders.0),
            "toInsurance": text(plan.to_insurance.0),
        })
    });
    let collected = ledger.collect_fees().map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "toProtocol": text(plan.to_protocol.0),
            "toInsurance": text(plan.to_insurance.0),
        })
    });
    let funded = ledger.fund_insurance(offer);
    let funded = funded.map(|after| json!({ "ledger": show::changes(&ledger, &after) }));
    let ops = [
        ("repayRecord", repaid),
        ("collectFees", collected),
        ("fundInsurance", funded),
    ];
    let (op, result) = ops[usize::try_from(draw.within(0, 2)).unwrap()].clone();
    let input = json!({
        "op": op,
        "ledger": show::ledger(&ledger),
        "record": text(record.0),
        "offer": text(offer.0),
        "woundDown": wound_down,
    });
    case(input, result)
}

//! The books at the end: every invariant by name, with the numbers it compares.

use {
    super::{
        borrowers,
        format::{micro, time, tokens, usd},
        stage::Stage,
        story::{Chapter, Table, Totals},
    },
    backstop::state::{Bank, LedgerState},
    backstop_world::{invariants, state::Wide, tokens as token_chain},
    serde_json::{json, Value},
};

/// One invariant, found to hold.
struct Row {
    name: &'static str,
    claim: &'static str,
    numbers: String,
    figures: Value,
}

/// Checks all of chain state once more and shows the numbers.
///
/// # Panics
/// When an invariant does not hold; the message begins with its name.
pub fn check(stage: &mut Stage, totals: &Totals) -> Chapter {
    let checked = invariants::check(
        &mut *stage.world.chain,
        &stage.world.market,
        &stage.world.banks,
        &stage.world.obligations,
    );
    if let Err(violation) = checked {
        panic!("{violation}");
    }
    let rows = [
        books(stage),
        sum(stage),
        split(totals),
        order(stage),
        bound(stage),
        custody(stage),
        nogain(stage),
        norun(stage),
        record(stage, totals),
        isolate(stage),
        alive(stage),
    ];
    let mut table = Table::new(&["invariant", "says", "numbers", ""]);
    for row in &rows {
        table.row([
            row.name.to_owned(),
            row.claim.to_owned(),
            row.numbers.clone(),
            "holds".to_owned(),
        ]);
    }
    let figures: Vec<Value> = rows
        .iter()
        .map(|row| json!({ "invariant": row.name, "holds": true, "numbers": row.figures }))
        .collect();
    Chapter::new(
        "The books, checked",
        &json!({ "checks": figures, "counts": stage.log.checks }),
    )
    .short()
    .say(format!(
        "Each of the story's {} transactions was followed by a check of the first six and RECORD \
             against chain state; a violation would have ended the story with an error.",
        stage.log.checks.transactions
    ))
    .table(table)
}

fn books(stage: &mut Stage) -> Row {
    let l = stage.world.bank(stage.usdc).ledger;
    let vault = stage.world.keys(stage.usdc).liquidity_vault;
    let held = token_chain::balance(&mut *stage.world.chain, &vault);
    let worst = &stage.log.worst;
    Row {
        name: "BOOKS",
        claim: "cash + loans + deficit = lenders' assets + fees",
        numbers: format!(
            "{}: {}; at the end: {}, the vault holds {}",
            time(stage.log.worst_at),
            equation(worst),
            equation(&l),
            usd(held)
        ),
        figures: json!({
            "worst_at": stage.log.worst_at, "worst": terms(worst), "end": terms(&l), "vault": held,
        }),
    }
}

fn equation(l: &LedgerState) -> String {
    format!(
        "{} + {} + {} = {} + {}",
        usd(l.cash),
        usd(l.borrowed),
        usd(l.deficit),
        usd(l.lender_assets),
        usd(l.protocol_fees + l.insurance_fees)
    )
}

fn terms(l: &LedgerState) -> Value {
    json!({
        "cash": l.cash, "borrowed": l.borrowed, "deficit": l.deficit,
        "lender_assets": l.lender_assets, "protocol_fees": l.protocol_fees,
        "insurance_fees": l.insurance_fees,
    })
}

fn sum(stage: &mut Stage) -> Row {
    let shares = |bank: Bank| {
        (
            bank.ledger.deposit_shares.big(),
            bank.ledger.debt_shares.big(),
        )
    };
    let (deposits, debts) = shares(stage.world.bank(stage.usdc));
    let (collateral, _) = shares(stage.world.bank(stage.sol));
    let accounts = stage.world.obligations.len();
    Row {
        name: "SUM",
        claim: "totals are the sums of all accounts",
        numbers: format!(
            "{accounts} accounts: {deposits} deposit and {debts} debt shares of USDC, \
             {collateral} deposit shares of SOL"
        ),
        figures: json!({
            "accounts": accounts, "usdc_deposit_shares": deposits.to_string(),
            "usdc_debt_shares": debts.to_string(), "sol_deposit_shares": collateral.to_string(),
        }),
    }
}

fn split(totals: &Totals) -> Row {
    let parts = [
        totals.covered_by_fees,
        totals.covered_by_insurance,
        totals.covered_by_auction,
        totals.recovered,
        totals.borne_by_leavers,
        totals.socialised,
        totals.deficit.into(),
    ];
    let sum: u128 = parts.iter().sum();
    assert!(
        sum == totals.lost,
        "SPLIT: {} lost, {sum} carried",
        totals.lost
    );
    let show = |atoms: u128| u64::try_from(atoms).map_or_else(|_| atoms.to_string(), usd);
    Row {
        name: "SPLIT",
        claim: "every loss was paid by somebody",
        numbers: format!("{} = {}", show(totals.lost), parts.map(show).join(" + ")),
        figures: json!({ "lost": totals.lost, "carried": sum }),
    }
}

fn order(stage: &Stage) -> Row {
    let (events, issues) = (stage.log.checks.loss_events, stage.log.openings.len());
    Row {
        name: "ORDER",
        claim: "no tier before the one above is empty",
        numbers: format!(
            "{events} events, {issues} issues and {} socialised, each with insurance at $0.00",
            stage.log.shared.len()
        ),
        figures: json!({ "events": events, "issues": issues, "socialised": stage.log.shared.len() }),
    }
}

fn bound(stage: &mut Stage) -> Row {
    let market = stage.world.market_state();
    let most = stage.log.checks.most_outstanding;
    let cap = market.config.lifetime_issuance_cap;
    assert!(most <= cap, "BOUND: {most} outstanding of {cap}");
    let closest = stage
        .log
        .sales
        .iter()
        .min_by_key(|sale| sale.price_micro - sale.floor_micro)
        .map(|sale| (sale.price_micro, sale.floor_micro));
    let sale = closest.map_or_else(String::new, |(price, floor)| {
        format!(
            "; sale nearest to its floor: {} of {}",
            micro(price),
            micro(floor)
        )
    });
    Row {
        name: "BOUND",
        claim: "issuance below every cap, sales above the floor",
        numbers: format!(
            "at most {} of {} tokens out{sale}",
            tokens(most),
            tokens(cap)
        ),
        figures: json!({ "most_outstanding": most, "cap": cap, "closest_sale_micro": closest }),
    }
}

fn custody(stage: &mut Stage) -> Row {
    let market = stage.world.market_state();
    let supply = token_chain::supply(&mut *stage.world.chain, &market.governance_mint);
    Row {
        name: "CUSTODY",
        claim: "only recorded issues and burns change the supply",
        numbers: format!(
            "{} + {} - {} = {}",
            tokens(market.initial_supply),
            tokens(market.issued),
            tokens(market.burned),
            tokens(supply)
        ),
        figures: json!({
            "initial": market.initial_supply, "issued": market.issued,
            "burned": market.burned, "supply": supply,
        }),
    }
}

fn nogain(stage: &Stage) -> Row {
    let checks = stage.log.checks;
    Row {
        name: "NOGAIN",
        claim: "a write-off raises no claim but the bounty",
        numbers: format!("{} write-offs: claims moved by $0.00", checks.claims),
        figures: json!({ "write_offs": checks.claims }),
    }
}

fn norun(stage: &Stage) -> Row {
    let checks = stage.log.checks;
    Row {
        name: "NORUN",
        claim: "who leaves first changes nobody's payout",
        numbers: format!(
            "{} departures: others' claims moved by at most {} atom(s)",
            checks.departures, checks.departure_drift
        ),
        figures: json!({ "departures": checks.departures, "drift": checks.departure_drift }),
    }
}

fn record(stage: &mut Stage, totals: &Totals) -> Row {
    let records: u64 = borrowers::views(stage)
        .iter()
        .map(|view| view.written_off)
        .sum();
    let expected = totals.lost - u128::from(totals.records_repaid);
    assert!(
        u128::from(records) == expected,
        "RECORD: records of {records}, losses less repaid {expected}"
    );
    Row {
        name: "RECORD",
        claim: "records = losses - repaid",
        numbers: format!(
            "{} = {} - {}",
            usd(records),
            u64::try_from(totals.lost).map_or_else(|_| totals.lost.to_string(), usd),
            usd(totals.records_repaid)
        ),
        figures: json!({ "records": records, "lost": totals.lost, "repaid": totals.records_repaid }),
    }
}

fn isolate(stage: &Stage) -> Row {
    let calls = stage.log.checks.isolated;
    Row {
        name: "ISOLATE",
        claim: "a loss in one bank leaves the others alone",
        numbers: format!("{calls} calls: not one byte of the SOL bank changed"),
        figures: json!({ "calls": calls }),
    }
}

fn alive(stage: &mut Stage) -> Row {
    let bank = stage.world.bank(stage.usdc);
    let (deficit, lot) = (bank.ledger.deficit, bank.auction.lot);
    assert!(
        deficit == 0 && lot == 0 && bank.ledger.borrowed == 0,
        "ALIVE: deficit {deficit}, {lot} tokens on auction, {} borrowed",
        bank.ledger.borrowed
    );
    let calls = stage.log.checks.permissionless;
    Row {
        name: "ALIVE",
        claim: "every deficit and auction ends, repaying works",
        numbers: format!(
            "deficit {}, loans {}, {} tokens on auction; all lenders paid out; {calls} calls by \
             whoever wanted beside the write-offs",
            usd(deficit),
            usd(bank.ledger.borrowed),
            tokens(lot)
        ),
        figures: json!({ "deficit": deficit, "on_auction": lot, "permissionless_calls": calls }),
    }
}

#[cfg(test)]
mod tests;

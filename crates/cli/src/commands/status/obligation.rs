//! An obligation.

use backstop_client::{
    engine::{
        health::{Check, Sums},
        units::Value as Dollars,
    },
    program::state::{Obligation, Position},
    quote::{health, is_insolvent},
    MarketView,
};
use serde_json::{json, Value};
use solana_pubkey::Pubkey;

use crate::{
    amount::{format, format_scaled},
    books::amount,
    commands::obligation::verdict,
    context::Market,
    output::{pairs, relative, table, Report},
};

/// Dollars with two places, rounded down.
fn dollars(value: Dollars) -> String {
    format_scaled(value.0.checked_div(10_u128.pow(10)).unwrap_or(0), 2)
}

/// Weighted collateral over weighted debt, with four places, rounded down.
fn ratio(sums: &Sums) -> Option<String> {
    // Both have the same scale; of the debt as many digits go as are needed
    // for the product to fit.
    let scaled = sums.weighted_collateral.checked_mul(10_000);
    let ratio = match scaled {
        Some(scaled) => scaled.checked_div(sums.weighted_debt)?,
        None => sums
            .weighted_collateral
            .checked_div(sums.weighted_debt.checked_div(10_000)?)?,
    };
    Some(format_scaled(ratio, 4))
}

struct Row {
    bank: String,
    side: &'static str,
    atoms: u64,
    decimals: u8,
    record: u64,
    withheld: bool,
}

fn row(market: &Market, view: &MarketView, position: &Position) -> Row {
    let bank = view.bank(&position.bank).ok();
    let decimals = bank.map_or(0, |bank| bank.bank.decimals);
    let ledger = bank.map(|bank| bank.bank.ledger.get());
    let (side, atoms) = if position.has_debt() {
        let owed = ledger.and_then(|ledger| ledger.debt_up(position.debt()).ok());
        ("debt", owed)
    } else if position.has_deposit() {
        let net = ledger.and_then(|ledger| ledger.net_value_down(position.deposit()).ok());
        ("deposit", net)
    } else {
        ("record", None)
    };
    Row {
        bank: market.label(&position.bank),
        side,
        atoms: atoms.map_or(0, |atoms| atoms.0),
        decimals,
        record: position.written_off,
        withheld: position.withheld != 0,
    }
}

/// The obligation, its positions, and its health at the prices of now.
pub fn to_json(market: &Market, view: &MarketView, key: &Pubkey, state: &Obligation) -> Value {
    let positions: Vec<Value> = state
        .positions()
        .iter()
        .map(|position| {
            let row = row(market, view, position);
            json!({
                "bank": row.bank,
                "bank_address": position.bank.to_string(),
                "side": row.side,
                "amount": amount(row.atoms, row.decimals),
                "deposit_shares": position.deposit_shares.get().to_string(),
                "debt_shares": position.debt_shares.get().to_string(),
                "written_off": amount(row.record, row.decimals),
                "withheld": row.withheld,
            })
        })
        .collect();
    let maintenance = health(view, state, Check::Maintenance).ok();
    json!({
        "obligation": key.to_string(),
        "market": state.market.to_string(),
        "owner": state.owner.to_string(),
        "index": state.index,
        "risk_raised_at": state.risk_raised_at,
        "state": verdict(view, state),
        "positions": positions,
        "health": maintenance.map(|sums| json!({
            "collateral_usd": dollars(sums.collateral),
            "debt_usd": dollars(sums.debt),
            "ratio": ratio(&sums),
            "healthy": sums.is_healthy(),
            "insolvent": is_insolvent(view, state).ok(),
            "may_borrow": health(view, state, Check::Initial).ok().map(|sums| sums.is_healthy()),
        })),
    })
}

pub fn report(market: &Market, key: &Pubkey, state: &Obligation) -> Report {
    let view = market.refreshed();
    let mut rows = vec![
        ("obligation", key.to_string()),
        ("owner", state.owner.to_string()),
        ("number", state.index.to_string()),
        ("state", verdict(&view, state).to_owned()),
    ];
    if state.risk_raised_at != 0 {
        rows.push((
            "borrowed or withdrew",
            relative(state.risk_raised_at, view.now),
        ));
    }
    if let Ok(sums) = health(&view, state, Check::Maintenance) {
        rows.push(("collateral $", dollars(sums.collateral)));
        rows.push(("debt $", dollars(sums.debt)));
        if let Some(ratio) = ratio(&sums) {
            rows.push(("health", std::format!("{ratio} (liquidated below 1)")));
        }
    }
    let positions: Vec<Vec<String>> = state
        .positions()
        .iter()
        .map(|position| {
            let row = row(market, &view, position);
            vec![
                row.bank,
                row.side.to_owned(),
                format(row.atoms, row.decimals),
                if row.record > 0 {
                    format(row.record, row.decimals)
                } else {
                    "-".to_owned()
                },
            ]
        })
        .collect();
    let mut text = pairs(&rows);
    if positions.is_empty() {
        text.push_str("\n\nempty");
    } else {
        let header = ["bank", "side", "amount", "written off"];
        text.push_str("\n\n");
        text.push_str(&table(&header, &positions));
    }
    Report {
        json: to_json(market, &view, key, state),
        text,
    }
}

//! `backstop solvency`

use backstop_client::quote::{solvency, BankSolvency};
use serde_json::{json, Value};

use crate::{
    amount::{format, format_scaled},
    books::amount,
    context::{Context, Market},
    failure::Failure,
    output::{table, Report},
};

pub async fn run(context: &Context) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let found = context.obligations(&view.keys.market, None).await?;
    let report = solvency(&view, found.iter().map(|(_, obligation)| obligation))?;
    let governance = view.market.governance_decimals;
    let banks: Vec<Value> = report
        .banks
        .iter()
        .map(|bank| document(&market, bank, governance))
        .collect();
    let rows: Vec<Vec<String>> = report
        .banks
        .iter()
        .map(|bank| {
            let layers = &bank.layers;
            let whole = |atoms: u64| format(atoms, bank.decimals);
            vec![
                market.label(&bank.bank),
                whole(bank.lender_assets.0),
                whole(layers.loss.0),
                whole(layers.protocol_fees.0),
                whole(layers.insurance_fees.0.saturating_add(layers.insurance.0)),
                whole(layers.on_auction.0),
                whole(layers.left_open.0),
                whole(bank.blocked.0),
                format!("{}%", format_scaled(u128::from(bank.worst_haircut_ppm), 4)),
            ]
        })
        .collect();
    let header = [
        "bank",
        "lenders own",
        "loss",
        "fees pay",
        "insurance pays",
        "on auction",
        "left open",
        "blocked",
        "worst for lenders",
    ];
    let mut text = format!(
        "If everything insolvent were liquidated and written off now (in whole tokens):\n\n{}\n\n\
         {} obligations: {} insolvent, {} below their threshold",
        table(&header, &rows),
        report.obligations,
        report.insolvent,
        report.unhealthy,
    );
    if report.unpriced > 0 {
        text.push_str(&format!(
            "\n{} could not be judged: a bank of theirs has no usable price now",
            report.unpriced
        ));
    }
    Ok(Report {
        json: json!({
            "market": view.keys.market.to_string(),
            "at": view.now,
            "obligations": report.obligations,
            "insolvent": report.insolvent,
            "unhealthy": report.unhealthy,
            "unpriced": report.unpriced,
            "banks": banks,
        }),
        text,
    })
}

fn document(market: &Market, bank: &BankSolvency, governance: u8) -> Value {
    let layers = &bank.layers;
    let atoms = |value: u64| amount(value, bank.decimals);
    json!({
        "bank": bank.bank.to_string(),
        "name": market.label(&bank.bank),
        "mint": bank.mint.to_string(),
        "lender_assets": atoms(bank.lender_assets.0),
        "deficit": atoms(bank.deficit.0),
        "insurance": atoms(bank.insurance.0),
        "loss": atoms(layers.loss.0),
        "paid_by": {
            "protocol_fees": atoms(layers.protocol_fees.0),
            "insurance_fees": atoms(layers.insurance_fees.0),
            "insurance_vault": atoms(layers.insurance.0),
            "auction": atoms(layers.on_auction.0),
        },
        "bounties": atoms(layers.bounties.0),
        "issued": amount(layers.issued.0, governance),
        "left_open": atoms(layers.left_open.0),
        "blocked": atoms(bank.blocked.0),
        "worst_haircut_ppm": bank.worst_haircut_ppm,
    })
}

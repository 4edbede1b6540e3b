//! A market.

use backstop_client::{program::state::PauseState, MarketView};
use serde_json::{json, Map, Value};

use super::bank::{self, condition, utilisation_bps};
use crate::{
    amount::format,
    books::amount,
    context::Market,
    file::{
        fields::MARKET,
        units::{Scale, Text},
    },
    output::{pairs, relative, table, time, Report},
};

fn pause(state: &PauseState, now: i64) -> Value {
    json!({
        "paused": state.until > now,
        "until": (state.until > now).then_some(state.until),
        "next_allowed_at": state.next_allowed_at,
    })
}

fn to_json(market: &Market, view: &MarketView) -> Value {
    let state = &view.market;
    let governance = |atoms: u64| amount(atoms, state.governance_decimals);
    let scale = scale(view);
    let settings: Map<String, Value> = MARKET
        .iter()
        .map(|field| {
            let shown = field.unit.show((field.get)(&state.config), scale);
            (field.name.to_owned(), json!(shown))
        })
        .collect();
    let banks: Vec<Value> = view
        .banks
        .iter()
        .map(|bank| bank::to_json(market, view, bank))
        .collect();
    json!({
        "market": view.keys.market.to_string(),
        "at": view.now,
        "slot": view.slot,
        "governance_mint": view.keys.mint.to_string(),
        "governance_decimals": state.governance_decimals,
        "admin": state.admin.to_string(),
        "pending_admin": (state.pending_admin != Default::default())
            .then(|| state.pending_admin.to_string()),
        "guardian": state.config.guardian.to_string(),
        "fee_owner": state.config.fee_owner.to_string(),
        "obligations_opened": state.obligations,
        "sequence": state.sequence,
        "governance": {
            "supply": governance(state.supply),
            "outstanding": governance(state.outstanding),
            "issued": governance(state.issued),
            "burned": governance(state.burned),
            "price_usable": view.governance().is_some(),
        },
        "pauses": {
            "borrow": pause(&state.borrow_pause, view.now),
            "write_off": pause(&state.write_off_pause, view.now),
            "issuance": pause(&state.issuance_pause, view.now),
        },
        "queued_change_at": (state.pending_config_at != 0).then_some(state.pending_config_at),
        "settings": settings,
        "banks": banks,
    })
}

fn scale(view: &MarketView) -> Scale {
    Scale {
        asset: 0,
        governance: view.market.governance_decimals,
    }
}

fn pause_line(state: &PauseState, now: i64) -> String {
    if state.until > now {
        format!(
            "until {} ({})",
            time(state.until),
            relative(state.until, now)
        )
    } else {
        "no".to_owned()
    }
}

pub fn report(market: &Market) -> Report {
    let view = market.refreshed();
    let state = &view.market;
    let now = view.now;
    let governance = |atoms: u64| format(atoms, state.governance_decimals);
    let mut rows = vec![
        ("market", view.keys.market.to_string()),
        ("governance mint", view.keys.mint.to_string()),
        ("admin", state.admin.to_string()),
        ("guardian", state.config.guardian.to_string()),
        ("fee owner", state.config.fee_owner.to_string()),
        ("governance supply", governance(state.supply)),
        (
            "issued",
            std::format!(
                "{} in all, {} outstanding of at most {}",
                governance(state.issued),
                governance(state.outstanding),
                governance(state.config.lifetime_issuance_cap)
            ),
        ),
        ("borrowing paused", pause_line(&state.borrow_pause, now)),
        ("write-offs paused", pause_line(&state.write_off_pause, now)),
        ("issuance paused", pause_line(&state.issuance_pause, now)),
    ];
    if state.pending_admin != Default::default() {
        rows.push(("proposed admin", state.pending_admin.to_string()));
    }
    if state.pending_config_at != 0 {
        rows.push((
            "queued change",
            std::format!("applicable from {}", time(state.pending_config_at)),
        ));
    }
    let header = [
        "bank",
        "state",
        "price $",
        "lenders own",
        "borrowed",
        "used",
        "insurance",
        "deficit",
        "on auction",
        "write-offs",
    ];
    let banks: Vec<Vec<String>> = view
        .banks
        .iter()
        .map(|bank| {
            let ledger = &bank.bank.ledger;
            let whole = |atoms: u64| format(atoms, bank.bank.decimals);
            let price = &bank.bank.price;
            vec![
                market.label(&bank.keys.bank),
                condition(bank, now),
                if bank.is_priced(view.slot) {
                    bank::dollars(price.spot, price.exponent)
                } else {
                    "-".to_owned()
                },
                whole(ledger.lender_assets),
                whole(ledger.borrowed),
                std::format!(
                    "{}%",
                    format(utilisation_bps(ledger.cash, ledger.borrowed), 2)
                ),
                whole(ledger.insurance),
                whole(ledger.deficit),
                whole(ledger.on_auction),
                bank::mode(bank.bank.config.write_off_mode).to_owned(),
            ]
        })
        .collect();
    Report {
        json: to_json(market, &view),
        text: std::format!("{}\n\n{}", pairs(&rows), table(&header, &banks)),
    }
}

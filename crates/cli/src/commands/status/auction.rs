//! Auctions and buy-backs.

use backstop_client::{
    engine::units::{Rate, UnixTime},
    quote::{auction, AuctionState},
    view::{BankView, MarketView},
};
use serde_json::{json, Value};
use solana_pubkey::Pubkey;

use crate::{
    amount::format,
    books::amount,
    context::Market,
    failure::Failure,
    file::units::{Raw, Scale, Text, Unit},
    output::{relative, table, Report},
};

fn state_name(state: AuctionState) -> &'static str {
    match state {
        AuctionState::Announced => "announced",
        AuctionState::Open => "open",
        AuctionState::Expired => "expired",
        AuctionState::Settled => "settled",
    }
}

fn price(rate: Rate, view: &MarketView, bank: &BankView) -> String {
    let scale = Scale {
        asset: bank.bank.decimals,
        governance: view.market.governance_decimals,
    };
    Unit::Rate.show(Raw::Number(rate.0), scale)
}

pub fn report(market: &Market, only: Option<Pubkey>, at: Option<i64>) -> Result<Report, Failure> {
    let view = market.refreshed();
    let at = at.unwrap_or(view.now);
    let mut auctions: Vec<Value> = Vec::new();
    let mut buy_backs: Vec<Value> = Vec::new();
    let mut rows = Vec::new();
    let wanted = |bank: &&BankView| only.is_none_or(|key| bank.keys.bank == key);
    for bank in view.banks.iter().filter(wanted) {
        let name = market.label(&bank.keys.bank);
        let decimals = bank.bank.decimals;
        let governance = view.market.governance_decimals;
        if let Some(quote) = auction(&view, &bank.keys.bank, at)? {
            let lot = &quote.auction;
            rows.push(vec![
                name.clone(),
                "auction".to_owned(),
                state_name(quote.state).to_owned(),
                format(lot.lot.0, governance),
                format(quote.on_auction.0, decimals),
                quote
                    .rate
                    .map_or("-".to_owned(), |rate| price(rate, &view, bank)),
                price(lot.floor, &view, bank),
                relative(lot.opens_at.0, view.now),
                relative(lot.ends_at.0, view.now),
            ]);
            auctions.push(json!({
                "bank": name,
                "bank_address": bank.keys.bank.to_string(),
                "state": state_name(quote.state),
                "at": at,
                "lot": amount(lot.lot.0, governance),
                "on_auction": amount(quote.on_auction.0, decimals),
                "price": quote.rate.map(|rate| price(rate, &view, bank)),
                "start_price": price(lot.start, &view, bank),
                "floor_price": price(lot.floor, &view, bank),
                "needed": quote.needed.map(|needed| amount(needed.0, governance)),
                "issued_at": lot.issued_at.0,
                "opens_at": lot.opens_at.0,
                "ends_at": lot.ends_at.0,
            }));
        }
        let buy_back = bank.bank.buy_back.get();
        if buy_back.is_running() {
            let rate = buy_back.rate_down(UnixTime(at)).ok();
            rows.push(vec![
                name.clone(),
                "buy-back".to_owned(),
                if at > buy_back.ends_at.0 {
                    "expired"
                } else {
                    "open"
                }
                .to_owned(),
                "-".to_owned(),
                format(buy_back.budget.0, decimals),
                rate.map_or("-".to_owned(), |rate| price(rate, &view, bank)),
                "-".to_owned(),
                relative(buy_back.opens_at.0, view.now),
                relative(buy_back.ends_at.0, view.now),
            ]);
            buy_backs.push(json!({
                "bank": name,
                "bank_address": bank.keys.bank.to_string(),
                "at": at,
                "budget": amount(buy_back.budget.0, decimals),
                "price": rate.map(|rate| price(rate, &view, bank)),
                "opens_at": buy_back.opens_at.0,
                "ends_at": buy_back.ends_at.0,
            }));
        }
    }
    let header = [
        "bank",
        "what",
        "state",
        "tokens",
        "to raise or spend",
        "price",
        "floor",
        "opens",
        "ends",
    ];
    let text = if rows.is_empty() {
        "no auction and no buy-back is live".to_owned()
    } else {
        table(&header, &rows)
    };
    Ok(Report {
        json: json!({ "auctions": auctions, "buy_backs": buy_backs }),
        text,
    })
}

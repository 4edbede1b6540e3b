//! A bank.

use backstop_client::view::{BankView, MarketView};
use serde_json::{json, Map, Value};
use solana_pubkey::Pubkey;

use crate::{
    amount::{format, format_scaled},
    books::{amount, books_json},
    context::Market,
    failure::Failure,
    file::{
        fields::BANK,
        units::{Scale, Text},
    },
    output::{pairs, relative, time, Report},
};

/// The bank with interest booked up to now.
pub fn to_json(market: &Market, view: &MarketView, bank: &BankView) -> Value {
    let state = &bank.bank;
    let ledger = &state.ledger;
    let scale = scale(view, bank);
    let settings: Map<String, Value> = BANK
        .iter()
        .map(|field| {
            let shown = field.unit.show((field.get)(&state.config), scale);
            (field.name.to_owned(), json!(shown))
        })
        .collect();
    json!({
        "name": market.label(&bank.keys.bank),
        "bank": bank.keys.bank.to_string(),
        "mint": bank.keys.mint.to_string(),
        "decimals": state.decimals,
        "live_at": state.live_at,
        "wound_down": state.is_wound_down(),
        "delisted": state.is_delisted(),
        "write_off_mode": state.config.write_off_mode,
        "books": books_json(state),
        "losses": {
            "lost": amount(ledger.lost.get(), state.decimals),
            "by_fees": amount(ledger.covered_by_fees.get(), state.decimals),
            "by_insurance": amount(ledger.covered_by_insurance.get(), state.decimals),
            "by_auction": amount(ledger.covered_by_auction.get(), state.decimals),
            "recovered": amount(ledger.recovered.get(), state.decimals),
            "borne_by_leavers": amount(ledger.borne_by_leavers.get(), state.decimals),
            "socialised": amount(ledger.socialised.get(), state.decimals),
        },
        "utilisation_bps": utilisation_bps(ledger.cash, ledger.borrowed),
        "borrow_rate_bps": borrow_rate_bps(bank),
        "failed_auctions": state.failed_auctions,
        "price": price(view, bank),
        "oracle": bank.keys.oracle.to_string(),
        "queued_change_at": (state.pending_config_at != 0).then_some(state.pending_config_at),
        "vaults": {
            "liquidity": bank.keys.liquidity_vault.to_string(),
            "insurance": bank.keys.insurance_vault.to_string(),
            "escrow": bank.keys.governance_escrow.to_string(),
        },
        "settings": settings,
    })
}

fn scale(view: &MarketView, bank: &BankView) -> Scale {
    Scale {
        asset: bank.bank.decimals,
        governance: view.market.governance_decimals,
    }
}

/// Lent out, of cash and loans together.
pub fn utilisation_bps(cash: u64, borrowed: u64) -> u64 {
    let whole = u128::from(cash).saturating_add(u128::from(borrowed));
    let part = u128::from(borrowed).saturating_mul(10_000);
    part.checked_div(whole)
        .and_then(|bps| u64::try_from(bps).ok())
        .unwrap_or(0)
}

/// Yearly interest that borrowers pay now, rounded down.
pub fn borrow_rate_bps(bank: &BankView) -> Option<u64> {
    let ledger = bank.bank.ledger.get();
    let ppb = bank.bank.config.curve().yearly_ppb_down(&ledger).ok()?;
    u64::try_from(ppb.checked_div(100_000)?).ok()
}

/// Dollars for a whole token.
pub fn dollars(price: u64, exponent: i32) -> String {
    format_scaled(u128::from(price), exponent.unsigned_abs())
}

fn price(view: &MarketView, bank: &BankView) -> Value {
    let Some(update) = &bank.price else {
        return json!(null);
    };
    let seen = &update.observation;
    let positive = |value: i64| dollars(u64::try_from(value).unwrap_or(0), seen.exponent);
    json!({
        "spot_usd": positive(seen.price),
        "ema_usd": positive(seen.ema),
        "confidence_usd": dollars(seen.conf, seen.exponent),
        "published_at": seen.published.0,
        "age_secs": view.now.saturating_sub(seen.published.0),
        "usable": bank.is_priced(view.slot),
    })
}

/// What people call the three modes.
pub fn mode(code: u8) -> &'static str {
    match code {
        0 => "disabled",
        1 => "insurance-only",
        _ => "full",
    }
}

pub fn report(market: &Market, key: &Pubkey) -> Result<Report, Failure> {
    let view = market.refreshed();
    let bank = view.bank(key)?;
    let json = to_json(market, &view, bank);
    let state = &bank.bank;
    let ledger = &state.ledger;
    let whole = |atoms: u64| format(atoms, state.decimals);
    let now = view.now;
    let mut rows = vec![
        ("bank", market.label(key)),
        ("address", key.to_string()),
        ("mint", bank.keys.mint.to_string()),
        ("state", condition(bank, now)),
        ("write-offs", mode(state.config.write_off_mode).to_owned()),
        ("price", price_line(&view, bank)),
        ("lenders own", whole(ledger.lender_assets)),
        ("cash", whole(ledger.cash)),
        ("borrowed", whole(ledger.borrowed)),
        (
            "utilisation",
            std::format!(
                "{}%",
                format(utilisation_bps(ledger.cash, ledger.borrowed), 2)
            ),
        ),
        (
            "borrowers pay",
            borrow_rate_bps(bank).map_or_else(
                || "-".to_owned(),
                |bps| std::format!("{}% a year", format(bps, 2)),
            ),
        ),
        ("protocol fees", whole(ledger.protocol_fees)),
        ("insurance fees", whole(ledger.insurance_fees)),
        ("insurance vault", whole(ledger.insurance)),
        ("deficit", whole(ledger.deficit)),
        ("on auction", whole(ledger.on_auction)),
    ];
    if ledger.deficit > 0 {
        let config = &state.config;
        let after = |secs: u32| ledger.deficit_since.saturating_add(i64::from(secs));
        rows.push(("deficit open", relative(ledger.deficit_since, now)));
        let delay = after(config.socialise_delay_secs);
        rows.push((
            "lenders share it",
            std::format!(
                "from {} if issuance cannot help, at the latest from {}",
                time(delay),
                time(after(config.socialise_deadline_secs))
            ),
        ));
        rows.push(("auctions failed", state.failed_auctions.to_string()));
    }
    if state.pending_config_at != 0 {
        rows.push((
            "queued change",
            std::format!(
                "applicable from {} ({})",
                time(state.pending_config_at),
                relative(state.pending_config_at, now)
            ),
        ));
    }
    let scale = scale(&view, bank);
    let settings: Vec<(&str, String)> = BANK
        .iter()
        .map(|field| {
            (
                field.name,
                field.unit.show((field.get)(&state.config), scale),
            )
        })
        .collect();
    Ok(Report {
        json,
        text: std::format!("{}\n\nsettings\n{}", pairs(&rows), pairs(&settings)),
    })
}

pub fn condition(bank: &BankView, now: i64) -> String {
    let state = &bank.bank;
    if state.is_wound_down() {
        "wound down".to_owned()
    } else if state.is_delisted() {
        "delisted".to_owned()
    } else if now < state.live_at {
        std::format!("live {}", relative(state.live_at, now))
    } else {
        "live".to_owned()
    }
}

pub fn price_line(view: &MarketView, bank: &BankView) -> String {
    let Some(update) = &bank.price else {
        return std::format!("none at {}", bank.keys.oracle);
    };
    let seen = &update.observation;
    let positive = |value: i64| dollars(u64::try_from(value).unwrap_or(0), seen.exponent);
    std::format!(
        "${} (average ${}), published {}{}",
        positive(seen.price),
        positive(seen.ema),
        relative(seen.published.0, view.now),
        if bank.is_priced(view.slot) {
            ""
        } else {
            ", unusable"
        }
    )
}

//! L3: which instructions write the market, an account that all users share:
//! transactions that write one account do not run at the same time.

use {
    serde_json::Value,
    std::{collections::BTreeSet, fs, path::Path},
};

/// Instructions that every lender, borrower and liquidator needs all the time.
const HOT: [&str; 7] = [
    "refresh_banks",
    "deposit",
    "withdraw",
    "borrow",
    "repay",
    "liquidate",
    "fund_insurance",
];

/// What the hot path may write, by the names that the interface description
/// gives to accounts: somebody's own, or a bank's.
const OWN: [&str; 11] = [
    "obligation",
    "liquidator_obligation",
    "bank",
    "debt_bank",
    "collateral_bank",
    "owner_token_account",
    "payer_token_account",
    "liquidator_token_account",
    "destination",
    "liquidity_vault",
    "debt_liquidity_vault",
];

fn instructions() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/idl/backstop.json");
    let idl: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    idl["instructions"].as_array().unwrap().clone()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap()
}

fn writable(instruction: &Value) -> BTreeSet<&str> {
    let accounts = instruction["accounts"].as_array().unwrap();
    accounts
        .iter()
        .filter(|account| account["writable"].as_bool() == Some(true))
        .map(name)
        .collect()
}

#[test]
fn the_hot_path_writes_nothing_that_all_users_share() {
    let all = instructions();
    for hot in HOT {
        let instruction = all.iter().find(|each| name(each) == hot).expect(hot);
        let mut allowed: BTreeSet<&str> = OWN.into();
        if hot == "fund_insurance" {
            allowed.insert("insurance_vault");
        }
        let shared: Vec<_> = writable(instruction)
            .difference(&allowed)
            .copied()
            .collect();
        assert!(shared.is_empty(), "{hot} writes {shared:?}");
    }
}

/// The table of `docs/architecture.md` says who writes the market; a new
/// instruction needs a row there.
#[test]
fn what_writes_the_market_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/architecture.md");
    let page = fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `") && line.matches('|').count() == 6)
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    for instruction in &instructions() {
        let quoted = format!("`{}`", name(instruction));
        let row = rows
            .iter()
            .find(|row| row[1].split(", ").any(|n| n == quoted));
        let row = row.unwrap_or_else(|| panic!("no row for {quoted}"));
        let writes = writable(instruction).contains("market");
        assert_eq!(row[5] == "✓", writes, "{quoted}");
    }
}

//! No instruction, flag or field of an account is left out.

use {
    crate::{
        calls::{self, instruction_of},
        flags::Flag,
        grid,
    },
    serde::Deserialize,
    std::{collections::BTreeSet, path::Path},
};

#[derive(Deserialize)]
struct Idl {
    instructions: Vec<Named>,
    types: Vec<Type>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Type {
    name: String,
    #[serde(rename = "type")]
    shape: Shape,
}

#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    fields: Vec<Named>,
}

fn idl() -> Idl {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/idl/backstop.json");
    let text = std::fs::read_to_string(path).expect("the IDL is in the tree");
    serde_json::from_str(&text).expect("the IDL is one")
}

#[test]
fn every_instruction_of_the_idl_has_a_row() {
    let names = idl().instructions.into_iter().map(|ix| ix.name);
    let rows = grid::calls().map(|call| instruction_of(call).to_owned());
    let (names, rows): (BTreeSet<_>, BTreeSet<_>) = (names.collect(), rows.collect());
    assert_eq!(names, rows);
    let made: BTreeSet<&str> = calls::all().map(|(call, _)| *call).collect();
    assert_eq!(made, grid::calls().collect());
    assert_eq!(made.len(), grid::calls().count(), "a call has two rows");
}

#[test]
fn every_row_has_a_cell_for_every_flag() {
    for call in grid::calls() {
        assert_eq!(grid::row(call).len(), Flag::ALL.len());
    }
    let refused = |flag: usize| grid::calls().any(|call| grid::row(call)[flag].is_some());
    for (column, flag) in Flag::ALL.into_iter().enumerate() {
        assert!(refused(column), "{flag:?} forbids nothing");
    }
}

/// A field of an account, and the flag that it can raise.
type Field = (&'static str, Option<Flag>);

/// Fields that can forbid something, by the flag that raises them; none for
/// those that are identity, history or numbers.
const FIELDS: &[(&str, &[Field])] = &[
    (
        "Market",
        &[
            ("version", None),
            ("bump", None),
            ("governance_decimals", None),
            ("padding", None),
            ("governance_mint", None),
            ("governance_token_program", None),
            ("admin", None),
            ("pending_admin", None),
            ("sequence", None),
            ("obligations", None),
            ("initial_supply", None),
            ("supply", None),
            ("outstanding", None),
            ("issued", None),
            ("burned", None),
            ("issuance_bucket", None),
            ("governance_priced_at", Some(Flag::DeadGovernanceFeed)),
            ("governance_published_at", Some(Flag::DeadGovernanceFeed)),
            ("borrow_pause", Some(Flag::BorrowPaused)),
            ("write_off_pause", Some(Flag::WriteOffPaused)),
            ("issuance_pause", Some(Flag::IssuancePaused)),
            ("config", None),
            ("pending_config", Some(Flag::UpdateQueued)),
            ("pending_config_at", Some(Flag::UpdateQueued)),
            ("reserved", None),
        ],
    ),
    (
        "Bank",
        &[
            ("version", None),
            ("bump", None),
            ("decimals", None),
            ("wound_down", Some(Flag::WoundDown)),
            ("failed_auctions", None),
            ("market", None),
            ("mint", None),
            ("token_program", None),
            ("liquidity_vault", None),
            ("insurance_vault", None),
            ("governance_escrow", None),
            ("live_at", Some(Flag::BankNotLive)),
            ("ledger", Some(Flag::DeficitOpen)),
            ("draw_bucket", None),
            ("bounty_bucket", None),
            ("price", Some(Flag::DeadFeed)),
            ("auction", Some(Flag::AuctionLive)),
            ("buy_back", Some(Flag::BuyBackRunning)),
            // `delisted` and `write_off_mode` are in it.
            ("config", Some(Flag::Delisted)),
            ("pending_config", Some(Flag::UpdateQueued)),
            ("pending_config_at", Some(Flag::UpdateQueued)),
            ("reserved", None),
        ],
    ),
    (
        "Obligation",
        &[
            ("version", None),
            ("bump", None),
            ("index", None),
            ("position_count", None),
            ("market", None),
            ("owner", None),
            ("risk_raised_at", None),
            ("positions", Some(Flag::RecordOpen)),
            ("reserved", None),
        ],
    ),
    (
        "Position",
        &[
            ("bank", None),
            ("deposit_shares", None),
            ("debt_shares", None),
            ("written_off", Some(Flag::RecordOpen)),
            ("withheld", Some(Flag::DepositWithheld)),
        ],
    ),
];

#[test]
fn every_field_of_an_account_is_a_flag_or_known_to_be_none() {
    let idl = idl();
    for (account, fields) in FIELDS {
        let found = idl.types.iter().find(|shape| shape.name == *account);
        let found = found.unwrap_or_else(|| panic!("{account} is not in the IDL"));
        let named: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let idl: Vec<&str> = found.shape.fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(named, idl, "{account}");
    }
}

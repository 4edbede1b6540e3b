//! A row for every slot of every instruction. What a new instruction or slot
//! is for has to be said here before any test passes.

mod losses;
mod positions;
mod roles;

use {
    crate::expectations::{
        Expected::{self, Allowed, Token},
        Kind::{self, EventAuthority, OwnProgram, Pinned, Program},
        Row, OWNER_MISMATCH,
    },
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
};

const SEEDS: ErrorCode = ErrorCode::ConstraintSeeds;
const LIQUIDITY: (&str, Kind) = ("liquidity_vault", Pinned(E::WrongVault));
const INSURANCE: (&str, Kind) = ("insurance_vault", Pinned(E::WrongVault));
const MINT: (&str, Kind) = ("mint", Pinned(E::WrongMint));
const TOKEN_PROGRAM: (&str, Kind) = ("token_program", Pinned(E::WrongTokenProgram));
const ESCROW: (&str, Kind) = ("governance_escrow", Pinned(E::WrongVault));
const GOVERNANCE_MINT: (&str, Kind) = ("governance_mint", Pinned(E::WrongMint));
const GOVERNANCE_PROGRAM: (&str, Kind) = ("governance_token_program", Pinned(E::WrongTokenProgram));
const EVENT_AUTHORITY: (&str, Kind) = ("event_authority", EventAuthority);
const PROGRAM: (&str, Kind) = ("program", OwnProgram);
const SYSTEM_PROGRAM: (&str, Kind) = ("system_program", Program);

/// Banks and oracles that follow the named accounts, under one name each.
pub const FOLLOWING: &str = "(following)";
/// See [`FOLLOWING`].
pub const PAIRED_BANK: &str = "(bank of a pair)";
/// See [`FOLLOWING`].
pub const PAIRED_ORACLE: &str = "(oracle of a pair)";

const NOT_HIS_TOKENS: Expected = Token(OWNER_MISMATCH);
const NO_ISSUANCE: Expected = Allowed("without a usable price nothing is issued");

/// Every instruction of the IDL with every account, in order.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let groups = [roles::ROWS, positions::ROWS, losses::ROWS];
    groups.into_iter().flatten()
}

/// Slots and kinds of an instruction.
pub fn row(name: &str) -> &'static [(&'static str, Kind)] {
    let found = rows().find(|(row, _)| *row == name);
    found.unwrap_or_else(|| panic!("no row for {name}")).1
}

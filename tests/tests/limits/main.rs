//! Limits of the runtime and of time: bytes, account locks, compute units, heap,
//! accounts that everybody writes, and long silences.

#[path = "../states/mod.rs"]
mod states;

mod eight;

mod budget;
mod gaps;
mod grown_mint;
mod hot_path;
mod micro_positions;
mod worst_case;

use states::{bad_debt, common};

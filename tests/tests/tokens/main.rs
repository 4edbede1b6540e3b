//! Tokens from hell: mints and token accounts that can do more than hold and
//! move tokens, accounts that are frozen or gone, mints that were replaced, and
//! tokens that nobody asked for.

#[path = "../states/mod.rs"]
mod states;

mod account_extensions;
mod allow_list;
mod donations;
mod frozen_for_long;
mod frozen_people;
mod frozen_vaults;
mod governance_mint;
mod recreated_mint;
mod wrapped_sol;
mod wrong_program;

use states::{bad_debt, common};

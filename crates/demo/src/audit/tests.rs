//! A check that cannot fail checks nothing.

use {
    super::*,
    crate::{prices::bars, scenario::Scenario},
    backstop_world::{chain::Chain, world::DOLLAR},
    std::panic::{catch_unwind, AssertUnwindSafe},
};

/// Overwrites the `u64` at `offset` of an account's data.
fn tamper(chain: &mut dyn Chain, key: &solana_pubkey::Pubkey, offset: usize, value: u64) {
    let mut account = chain.account(key).expect("the account exists");
    account.data[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
    chain.set_account(key, account);
}

/// The message that a check of `stage` ends with.
fn complaint(stage: &mut Stage) -> String {
    let totals = Totals::default();
    let checked = catch_unwind(AssertUnwindSafe(|| check(stage, &totals)));
    super::super::reason(checked.expect_err("the check fails"))
}

fn stage() -> Stage {
    Stage::new(Scenario::Insurance, 1, &bars(DOLLAR)[0])
}

#[test]
fn a_ledger_that_does_not_balance_is_named() {
    let mut stage = stage();
    let bank = stage.world.keys(stage.usdc).bank;
    let offset = 8 + core::mem::offset_of!(Bank, ledger);
    tamper(&mut *stage.world.chain, &bank, offset, 1);
    assert!(complaint(&mut stage).starts_with("BOOKS: 0 backs 1"));
}

#[test]
fn a_supply_that_nobody_recorded_is_named() {
    const SUPPLY: usize = 36; // in a mint: behind the mint authority
    let mut stage = stage();
    let mint = stage.world.market.mint;
    tamper(&mut *stage.world.chain, &mint, SUPPLY, 7);
    assert!(complaint(&mut stage).starts_with("CUSTODY: supply 7"));
}

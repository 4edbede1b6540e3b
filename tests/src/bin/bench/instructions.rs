//! The program's instructions: each must have a row.

use {
    anyhow::{ensure, Result},
    serde_json::Value,
    solana_sha256_hasher::hash,
    std::{collections::BTreeSet, fs, path::Path},
};

use crate::record::Row;

/// Every instruction, in the order of the program.
pub const ALL: [&str; 32] = [
    "create_market",
    "create_market_with_mint",
    "update_market",
    "apply_market_update",
    "cancel_market_update",
    "propose_admin",
    "accept_admin",
    "pause",
    "lift_pause",
    "create_bank",
    "update_bank",
    "apply_bank_update",
    "cancel_bank_update",
    "open_obligation",
    "close_obligation",
    "refresh_banks",
    "deposit",
    "withdraw",
    "borrow",
    "repay",
    "liquidate",
    "write_off",
    "cover_deficit",
    "buy_governance",
    "close_auction",
    "socialise_deficit",
    "repay_written_off",
    "fund_insurance",
    "collect_fees",
    "start_buy_back",
    "sell_governance",
    "close_buy_back",
];

/// The first bytes of an instruction's data, by Anchor's rule.
pub fn discriminator(name: &str) -> [u8; 8] {
    let digest = hash(format!("global:{name}").as_bytes()).to_bytes();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    first
}

/// Passes if every instruction has a row: those of [`ALL`], and those of the
/// interface description where there is one.
pub fn require_all(rows: &[Row]) -> Result<()> {
    let idl = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/idl/backstop.json");
    let mut expected: BTreeSet<String> = ALL.iter().map(ToString::to_string).collect();
    if let Ok(text) = fs::read_to_string(idl) {
        expected.extend(idl_instructions(&serde_json::from_str(&text)?));
    }
    let measured: BTreeSet<String> = rows.iter().map(|row| row.instruction.clone()).collect();
    let missing: Vec<_> = expected.difference(&measured).collect();
    ensure!(missing.is_empty(), "no row for {missing:?}");
    Ok(())
}

fn idl_instructions(idl: &Value) -> Vec<String> {
    let instructions = idl["instructions"].as_array();
    instructions
        .into_iter()
        .flatten()
        .filter_map(|instruction| instruction["name"].as_str())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of the handlers in the `#[program]` module.
    fn handlers() -> Vec<&'static str> {
        let source = include_str!("../../../../programs/backstop/src/lib.rs");
        source
            .lines()
            .filter_map(|line| line.strip_prefix("    pub fn "))
            .filter_map(|rest| rest.split(['<', '(']).next())
            .collect()
    }

    #[test]
    fn the_list_is_the_program() {
        assert_eq!(ALL.to_vec(), handlers());
    }

    #[test]
    fn a_discriminator_is_the_one_that_the_program_reads() {
        use anchor_lang::Discriminator;
        assert_eq!(
            discriminator("write_off"),
            backstop::instruction::WriteOff::DISCRIMINATOR
        );
    }

    #[test]
    fn an_instruction_without_a_row_is_noticed() {
        let error = require_all(&[]).unwrap_err().to_string();
        assert!(error.contains("write_off"), "{error}");
    }
}

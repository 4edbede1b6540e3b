//! As much of the runtime as an instruction of the program can tell apart:
//! accounts with flags, a clock, calls of other programs, and the rules that
//! the runtime enforces once an instruction has succeeded.
//!
//! It runs the program natively and in this process, a hundred times as fast as
//! a chain, which is what a fuzzer needs. The chains of `backstop-tests` say
//! whether the program is right; this one looks for inputs that they were never
//! given.

mod memory;
mod programs;
mod stubs;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anchor_lang::{
    prelude::{AccountInfo, Clock, ProgramError, Pubkey},
    solana_program::{entrypoint::ProgramResult, instruction::AccountMeta, system_program},
};

use memory::Memory;

/// The code of a call that was made to fail: no program has it.
pub const MADE_TO_FAIL: u32 = 0xFA11;
/// The code for a call with a privilege that the program was not given. The
/// runtime ends such a transaction; the program should not come so far.
pub const PRIVILEGE_ESCALATION: u32 = 0xFA12;
/// The code for a call of a program that Backstop has no business with.
pub const FOREIGN_CALL: u32 = 0xFA13;

/// An entry function as Anchor generates it.
pub type Entry =
    for<'info> fn(&'info Pubkey, &'info [AccountInfo<'info>], &'info [u8]) -> ProgramResult;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its address.
    pub key: Pubkey,
    /// The program that may change it.
    pub owner: Pubkey,
    /// Its lamports.
    pub lamports: u64,
    /// Its bytes.
    pub data: Vec<u8>,
    /// Whether it is a program.
    pub executable: bool,
}

impl Account {
    /// What is at an address that nobody has used.
    pub fn absent(key: Pubkey) -> Self {
        Self {
            key,
            owner: system_program::ID,
            lamports: 0,
            data: Vec::new(),
            executable: false,
        }
    }
}

/// Every account there is.
pub type Accounts = BTreeMap<Pubkey, Account>;

/// One instruction.
#[derive(Clone, Debug)]
pub struct Call {
    /// The accounts, in order, repeated or not.
    pub accounts: Vec<AccountMeta>,
    /// The data.
    pub data: Vec<u8>,
    /// Which of the program's calls fails, counted from 0.
    pub failing: Option<u32>,
}

/// Runs one instruction, and keeps its effects if it succeeds.
///
/// # Panics
/// When the program breaks a rule of the runtime, and of course when the
/// program panics.
///
/// # Errors
/// Those of the program.
pub fn run(entry: Entry, accounts: &mut Accounts, clock: &Clock, call: &Call) -> ProgramResult {
    let mut slots: Vec<AccountMeta> = Vec::new();
    let mut order = Vec::new();
    for meta in &call.accounts {
        let known = slots.iter().position(|slot| slot.pubkey == meta.pubkey);
        let index = known.unwrap_or(slots.len());
        if known.is_none() {
            slots.push(meta.clone());
        }
        // A transaction knows each address once, with all its privileges.
        slots[index].is_signer |= meta.is_signer;
        slots[index].is_writable |= meta.is_writable;
        order.push(index);
    }
    let before: Vec<Account> = slots
        .iter()
        .map(|slot| {
            let account = accounts.get(&slot.pubkey);
            account.map_or_else(|| Account::absent(slot.pubkey), Account::clone)
        })
        .collect();
    let mut memories: Vec<Memory> = before.iter().map(Memory::load).collect();

    stubs::begin(clock, call.failing);
    let result = {
        let distinct: Vec<AccountInfo<'_>> = memories
            .iter_mut()
            .zip(&slots)
            .map(|(memory, slot)| memory.info(slot.is_signer, slot.is_writable))
            .collect();
        let infos: Vec<AccountInfo<'_>> =
            order.iter().map(|index| distinct[*index].clone()).collect();
        entry(&backstop::ID, &infos, &call.data)
    };
    let changed = stubs::end();
    result?;

    let after: Vec<Account> = memories.iter().map(Memory::unload).collect();
    if let Some(broken) = broken_rule(&slots, &before, &after, &changed) {
        panic!("the runtime would refuse this instruction: {broken}");
    }
    for account in after {
        if account.lamports == 0 && account.data.is_empty() {
            accounts.remove(&account.key);
        } else {
            accounts.insert(account.key, account);
        }
    }
    Ok(())
}

/// The rule of the runtime that an instruction broke which thinks it succeeded.
fn broken_rule(
    slots: &[AccountMeta],
    before: &[Account],
    after: &[Account],
    changed: &Accounts,
) -> Option<String> {
    for ((slot, old), new) in slots.iter().zip(before).zip(after) {
        let key = slot.pubkey;
        if !slot.is_writable && old != new {
            return Some(format!("{key} is read-only and was changed"));
        }
        // What another program left, or what was there.
        let expected = changed.get(&key).unwrap_or(old);
        if expected.owner == backstop::ID {
            if new.owner != backstop::ID && new.data.iter().any(|byte| *byte != 0) {
                return Some(format!("{key} was given away with its data"));
            }
            continue;
        }
        if expected.data != new.data || expected.owner != new.owner {
            return Some(format!("{key} belongs to another program and was changed"));
        }
        if new.lamports < expected.lamports {
            return Some(format!("{key} belongs to another program and was debited"));
        }
    }
    let total = |all: &[Account]| all.iter().map(|a| u128::from(a.lamports)).sum::<u128>();
    (total(before) != total(after)).then(|| "lamports were made or lost".to_owned())
}

/// The code of an error of the program's own, of Anchor or of another program.
pub fn code_of(error: &ProgramError) -> Option<u32> {
    match error {
        ProgramError::Custom(code) => Some(*code),
        _ => None,
    }
}

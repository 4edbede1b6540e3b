//! The rules are kept: a program that breaks one is caught.

use anchor_lang::solana_program::{instruction::Instruction, program::invoke_signed};

use super::*;

fn account(key: u8, owner: Pubkey, data: &[u8]) -> Account {
    Account {
        owner,
        lamports: 1_000,
        data: data.to_vec(),
        ..Account::absent(Pubkey::new_from_array([key; 32]))
    }
}

fn run_on(entry: Entry, accounts: &[Account], writable: bool) -> (ProgramResult, Accounts) {
    let mut all: Accounts = accounts.iter().map(|a| (a.key, a.clone())).collect();
    let metas = accounts.iter().map(|account| AccountMeta {
        pubkey: account.key,
        is_signer: false,
        is_writable: writable,
    });
    let call = Call {
        accounts: metas.collect(),
        data: Vec::new(),
        failing: None,
    };
    let result = run(entry, &mut all, &Clock::default(), &call);
    (result, all)
}

fn scribble<'info>(
    _: &'info Pubkey,
    infos: &'info [AccountInfo<'info>],
    _: &[u8],
) -> ProgramResult {
    infos[0].try_borrow_mut_data()?[0] = 7;
    Ok(())
}

fn scribble_and_fail<'info>(
    program: &'info Pubkey,
    infos: &'info [AccountInfo<'info>],
    data: &'info [u8],
) -> ProgramResult {
    scribble(program, infos, data)?;
    Err(ProgramError::Custom(6_001))
}

fn debit<'info>(_: &'info Pubkey, infos: &'info [AccountInfo<'info>], _: &[u8]) -> ProgramResult {
    **infos[0].try_borrow_mut_lamports()? -= 1;
    Ok(())
}

fn burn_without_signature<'info>(
    _: &'info Pubkey,
    infos: &'info [AccountInfo<'info>],
    _: &[u8],
) -> ProgramResult {
    let burn = Instruction {
        program_id: anchor_spl::token::ID,
        accounts: vec![AccountMeta::new_readonly(*infos[0].key, true)],
        data: Vec::new(),
    };
    invoke_signed(&burn, infos, &[])
}

fn call_a_stranger<'info>(
    _: &'info Pubkey,
    infos: &'info [AccountInfo<'info>],
    _: &[u8],
) -> ProgramResult {
    let stranger = Instruction {
        program_id: Pubkey::new_from_array([9; 32]),
        accounts: Vec::new(),
        data: Vec::new(),
    };
    invoke_signed(&stranger, infos, &[])
}

#[test]
fn an_account_of_its_own_may_be_written() {
    let (result, after) = run_on(scribble, &[account(1, backstop::ID, &[0])], true);
    assert_eq!(result, Ok(()));
    assert_eq!(after[&Pubkey::new_from_array([1; 32])].data, [7]);
}

#[test]
fn an_error_leaves_no_trace() {
    let before = account(1, backstop::ID, &[0]);
    let (result, after) = run_on(scribble_and_fail, core::slice::from_ref(&before), true);
    assert_eq!(result, Err(ProgramError::Custom(6_001)));
    assert_eq!(after[&before.key], before);
}

#[test]
#[should_panic(expected = "read-only and was changed")]
fn writing_what_is_read_only_is_caught() {
    let _ = run_on(scribble, &[account(1, backstop::ID, &[0])], false);
}

#[test]
#[should_panic(expected = "belongs to another program and was changed")]
fn writing_what_belongs_to_another_is_caught() {
    let _ = run_on(scribble, &[account(1, anchor_spl::token::ID, &[0])], true);
}

#[test]
#[should_panic(expected = "belongs to another program and was debited")]
fn taking_lamports_of_another_is_caught() {
    let _ = run_on(debit, &[account(1, system_program::ID, &[])], true);
}

#[test]
#[should_panic(expected = "lamports were made or lost")]
fn losing_lamports_is_caught() {
    let _ = run_on(debit, &[account(1, backstop::ID, &[0])], true);
}

#[test]
fn a_signature_that_nobody_gave_and_a_strange_program_are_named() {
    let wallet = [account(1, system_program::ID, &[])];
    let (result, _) = run_on(burn_without_signature, &wallet, true);
    assert_eq!(result, Err(ProgramError::Custom(PRIVILEGE_ESCALATION)));
    let (result, _) = run_on(call_a_stranger, &wallet, true);
    assert_eq!(result, Err(ProgramError::Custom(FOREIGN_CALL)));
}

//! What an attacker sends, and states that no honest instruction reaches.

use {
    anchor_lang::prelude::Pubkey,
    backstop::error::BackstopError,
    backstop_tests::{
        chain::{AccountData, Cause},
        keys::keypair,
        world::World,
    },
    solana_instruction::{error::InstructionError, Instruction},
    solana_keypair::Keypair,
    solana_signer::Signer,
    solana_transaction_error::TransactionError,
};

/// A copy of an account at an address of its own, changed past every rule.
pub fn forge(
    world: &mut World,
    original: &Pubkey,
    label: &str,
    change: impl FnOnce(&mut AccountData),
) -> Pubkey {
    let key = keypair(label).pubkey();
    let mut account = world.chain.account(original).expect("the original exists");
    change(&mut account);
    world.chain.set_account(&key, account);
    key
}

/// A copy of an account of the program with the next layout version.
pub fn of_next_version(world: &mut World, original: &Pubkey) -> Pubkey {
    forge(world, original, &format!("{original} v2"), |account| {
        account.data[8] += 1;
    })
}

/// A copy of an account of the program that another program owns.
pub fn of_another_program(world: &mut World, original: &Pubkey) -> Pubkey {
    forge(world, original, &format!("{original} forged"), |account| {
        account.owner = spl_token_interface::ID;
    })
}

/// The instruction with another account wherever it names `honest`.
pub fn swap(instruction: &Instruction, honest: &Pubkey, other: &Pubkey) -> Instruction {
    let mut instruction = instruction.clone();
    let mut found = false;
    for meta in &mut instruction.accounts {
        if meta.pubkey == *honest {
            meta.pubkey = *other;
            found = true;
        }
    }
    assert!(found, "the instruction does not name {honest}");
    instruction
}

/// The instruction without the signature of `key`.
pub fn unsigned(instruction: &Instruction, key: &Pubkey) -> Instruction {
    let mut instruction = instruction.clone();
    for meta in &mut instruction.accounts {
        meta.is_signer &= meta.pubkey != *key;
    }
    instruction
}

/// A wrong account in place of the honest one, and the error it must meet.
pub struct Swap {
    /// What is wrong, for the output of a failing test.
    pub name: &'static str,
    /// The honest account.
    pub honest: Pubkey,
    /// The other one.
    pub other: Pubkey,
    /// Error number.
    pub code: u32,
}

/// Shorthand for a [`Swap`].
pub fn case(name: &'static str, honest: Pubkey, other: Pubkey, error: impl Into<u32>) -> Swap {
    Swap {
        name,
        honest,
        other,
        code: error.into(),
    }
}

/// Every swap in the last instruction is refused with its own error; the honest
/// transaction then goes through, so that nothing but the swap was wrong.
#[track_caller]
pub fn refuse_swaps(
    world: &mut World,
    honest: &[Instruction],
    signers: &[&Keypair],
    cases: &[Swap],
) {
    let (last, before) = honest.split_last().expect("there is an instruction");
    for case in cases {
        println!("{} chain: {}", world.chain.name(), case.name);
        let mut instructions = before.to_vec();
        instructions.push(swap(last, &case.honest, &case.other));
        world.refuse_code(&instructions, signers, case.code);
    }
    world.send(honest, signers).unwrap();
}

/// Other lists of banks than `right`: one missing, one too many, one twice in
/// another's place, two swapped, an impostor.
fn other_lists(world: &mut World, right: &[Pubkey]) -> Vec<(String, Vec<Pubkey>)> {
    let mut lists = vec![("none".to_owned(), Vec::new())];
    for index in 0..right.len() {
        let mut missing = right.to_vec();
        missing.remove(index);
        lists.push((format!("without {index}"), missing));
        let mut extra = right.to_vec();
        extra.push(right[index]);
        lists.push((format!("{index} once more"), extra));
        let next = (index + 1) % right.len();
        let mut doubled = right.to_vec();
        doubled[next] = right[index];
        lists.push((format!("{index} in the place of {next}"), doubled));
        let mut swapped = right.to_vec();
        swapped.swap(index, next);
        lists.push((format!("{index} and {next} swapped"), swapped));
        let mut forged = right.to_vec();
        forged[index] = of_another_program(world, &right[index]);
        lists.push((format!("a copy of {index}"), forged));
    }
    lists
}

/// Sends `instruction`, made of other lists than `right`, after `before`: it is
/// refused where a bank is missing that is not among its own accounts, and else
/// goes through, whatever the order and whatever comes with it.
#[track_caller]
pub fn only_missing_banks_are_refused(
    world: &mut World,
    before: &Instruction,
    signers: &[&Keypair],
    right: &[Pubkey],
    instruction: impl Fn(&[Pubkey]) -> Instruction,
) {
    let own: Vec<Pubkey> = instruction(&[]).accounts.iter().map(|m| m.pubkey).collect();
    for (name, list) in other_lists(world, right) {
        println!("{} chain: {name}", world.chain.name());
        let instructions = [before.clone(), instruction(&list)];
        let shown = |bank: &Pubkey| own.contains(bank) || list.contains(bank);
        if right.iter().all(shown) {
            world.send(&instructions, signers).unwrap();
        } else {
            world.refuse(&instructions, signers, BackstopError::BankMissing);
        }
    }
    world
        .send(&[before.clone(), instruction(right)], signers)
        .unwrap();
}

/// Refuses a transaction that creates an account where one is already. Anchor
/// creates accounts that hold lamports by an instruction that only the newer of the two
/// system programs knows, so the failure differs between the chains.
#[track_caller]
pub fn refuse_taken(world: &mut World, instructions: &[Instruction], signers: &[&Keypair]) {
    let before = world.fingerprint();
    let failure = world.chain.send(instructions, signers).unwrap_err();
    let Cause::Refused(TransactionError::InstructionError(_, cause)) = &failure.cause else {
        panic!("{failure}");
    };
    let taken = [
        InstructionError::InvalidInstructionData,
        InstructionError::Custom(0),
    ];
    assert!(taken.contains(cause), "{failure}");
    assert_eq!(before, world.fingerprint());
}

/// Puts every account of a fingerprint back, past every rule: a way to try
/// several futures of one state.
pub fn restore(world: &mut World, snapshot: &[(Pubkey, Option<AccountData>)]) {
    for (key, account) in snapshot {
        let account = account.clone().unwrap_or(AccountData {
            lamports: 0,
            owner: Pubkey::default(),
            data: Vec::new(),
        });
        world.chain.set_account(key, account);
    }
}

//! Target: accounts of ours with arbitrary bytes in them, under the instructions
//! that read them.
//!
//! Only the program writes its accounts, so nothing here can happen; a program
//! that nevertheless answers with an error cannot be made to do worse by a
//! mistake elsewhere. Books that balanced before an instruction balance after
//! it, whatever stood around them.

use anchor_lang::prelude::Pubkey;
use backstop::state::{Bank, Market, Obligation};

use crate::{
    idl::{idl, Instruction},
    input::Input,
    instruction_data::require_structured,
    scene::{keys, stories, Cast, Scene, ACTORS, BANKS},
};

/// Instructions of one input, each on accounts that are corrupted further.
const STEPS: usize = 4;
/// Words that break something where they mean something.
const WORDS: [u64; 8] = [
    0,
    1,
    9,
    u32::MAX as u64,
    1 << 32,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
];

/// Runs one input; returns the instructions that succeeded.
///
/// # Panics
/// When the program panics, breaks a rule of the runtime or balanced books, or
/// fails in a way that no caller could understand.
pub fn run(bytes: &[u8]) -> Vec<&'static str> {
    let mut input = Input::new(bytes);
    let mut scene = stories()[input.below(stories().len())].scene.clone();
    let mut reached = Vec::new();
    for _ in 0..STEPS {
        if input.is_empty() {
            break;
        }
        let (actor, other) = (input.below(ACTORS), input.below(ACTORS));
        let (bank, collateral) = (input.below(BANKS - 1), input.below(BANKS - 1));
        let cast = Cast {
            actor,
            other,
            bank,
            collateral,
            empties: input.one_in(2),
        };
        for _ in 0..=input.u8() % 4 {
            corrupt(&mut scene, cast, &mut input);
        }
        // Most instructions want prices of this slot, and may get them.
        if input.one_in(2) {
            try_one(
                &mut scene,
                idl().instruction("refresh_banks"),
                cast,
                &mut input,
            );
        }
        let all = &idl().instructions;
        let instruction = &all[input.below(all.len())];
        if try_one(&mut scene, instruction, cast, &mut input) {
            reached.push(instruction.name.as_str());
        }
    }
    reached
}

fn try_one(
    scene: &mut Scene,
    instruction: &'static Instruction,
    cast: Cast,
    input: &mut Input<'_>,
) -> bool {
    let mut data = instruction.discriminator.clone();
    match scene.settings(&instruction.name, cast) {
        Some(settings) => data.extend(settings),
        None => {
            for leaf in idl().leaves(instruction) {
                data.extend_from_slice(&input.u128().to_le_bytes()[..leaf.bytes().min(16)]);
                data.extend_from_slice(&[0; 16][..leaf.bytes().saturating_sub(16)]);
            }
        }
    }
    let call = scene.call(instruction, cast, data);
    let balanced = balanced_banks(scene);
    match scene.run(&call) {
        Ok(()) => {
            let still = balanced_banks(scene);
            let lost = balanced.iter().find(|bank| !still.contains(bank));
            assert_eq!(lost, None, "{} unbalanced a bank", instruction.name);
            true
        }
        Err(error) => {
            require_structured(&error);
            false
        }
    }
}

fn balanced_banks(scene: &Scene) -> Vec<Pubkey> {
    let banks = keys().banks.iter().map(|bank| bank.bank);
    let balanced = banks.filter(|key| {
        let bank: Option<Bank> = scene.read(key);
        bank.is_some_and(|bank| bank.ledger.get().check_books().is_ok())
    });
    balanced.collect()
}

/// Overwrites a part of an account that the next instruction reads.
fn corrupt(scene: &mut Scene, cast: Cast, input: &mut Input<'_>) {
    let keys = keys();
    let key = match input.u8() % 8 {
        0 | 1 => keys.market.market,
        2 | 3 => keys.banks[cast.bank].bank,
        4 => keys.banks[cast.collateral].bank,
        5 | 6 => keys.actors[cast.other].obligation,
        _ => keys.actors[cast.actor].obligation,
    };
    let Some(account) = scene.accounts.get_mut(&key) else {
        return;
    };
    let data = &mut account.data;
    let at = input.below(data.len().max(1));
    match input.u8() % 16 {
        0 => data.truncate(at),
        1 => data.extend_from_slice(&input.array::<16>()),
        // An account of another type of ours under this address.
        2 => retype(data, input),
        3 => {
            let value = input.u8();
            let end = at.saturating_add(input.below(64)).min(data.len());
            data.get_mut(at..end).unwrap_or_default().fill(value);
        }
        4 => {
            let bytes: [u8; 16] = input.array();
            overwrite(data, at, &bytes);
        }
        5 => overwrite(data, at, &[input.u8()]),
        6 => overwrite(data, at & !7, &input.u64().to_le_bytes()),
        7 => overwrite(data, at & !3, &input.u32().to_le_bytes()),
        _ => {
            let word = WORDS[input.below(WORDS.len())];
            overwrite(data, at & !7, &word.to_le_bytes());
        }
    }
}

fn overwrite(data: &mut [u8], at: usize, bytes: &[u8]) {
    let end = at.saturating_add(bytes.len()).min(data.len());
    if let Some(part) = data.get_mut(at..end) {
        part.copy_from_slice(&bytes[..part.len()]);
    }
}

fn retype(data: &mut Vec<u8>, input: &mut Input<'_>) {
    use anchor_lang::Discriminator;
    let (discriminator, space) = match input.u8() % 3 {
        0 => (Market::DISCRIMINATOR, Market::SPACE),
        1 => (Bank::DISCRIMINATOR, Bank::SPACE),
        _ => (Obligation::DISCRIMINATOR, Obligation::SPACE),
    };
    data.resize(space, 0);
    data[..discriminator.len()].copy_from_slice(discriminator);
}

//! Target: arbitrary instructions, one after the other, over a plausible market.
//!
//! Most are an instruction of the IDL with the accounts that belong to it and
//! arbitrary arguments; some have a slot exchanged, a signature missing, a call
//! that fails, or are arbitrary throughout. Whatever succeeds must leave the
//! books in order, whatever fails must say why, and at the end every way out is
//! open.

use anchor_lang::{
    prelude::{ProgramError, Pubkey},
    solana_program::instruction::AccountMeta,
};

use crate::{
    idl::{idl, Instruction, Leaf},
    input::Input,
    runtime::{self, Account, Call},
    scene::{
        broken, exits, keys, stories, Cast, Observation, Scene, ACTORS, BANKS, DOLLAR, NEW_INDEX,
    },
};

/// Steps of one input.
const STEPS: usize = 24;

/// Runs one input; returns the instructions that succeeded.
///
/// # Panics
/// When the program panics, breaks a rule or fails in a way that no caller
/// could understand.
pub fn run(bytes: &[u8]) -> Vec<&'static str> {
    let mut input = Input::new(bytes);
    let mut scene = stories()[input.below(stories().len())].scene.clone();
    let leaves = input.one_in(4);
    let mut reached = Vec::new();
    for _ in 0..STEPS {
        if input.is_empty() {
            break;
        }
        match input.u8() % 16 {
            0 => scene.advance(input.u32() % 4_000_000, input.one_in(4)),
            1 => publish(&mut scene, &mut input),
            2 => {
                attempt(&mut scene, &any_call(&mut input));
            }
            _ => {
                let (instruction, call) = honest_call(&scene, &mut input);
                if attempt(&mut scene, &call) {
                    reached.push(instruction.name.as_str());
                }
            }
        }
    }
    if leaves {
        exits::take_all(scene);
    }
    reached
}

/// Runs an instruction, and checks what came of it.
fn attempt(scene: &mut Scene, call: &Call) -> bool {
    match scene.run(call) {
        Ok(()) => {
            if let Some(rule) = broken(scene) {
                panic!("an instruction succeeded and broke a rule: {rule}");
            }
            true
        }
        Err(error) => {
            require_structured(&error);
            require_expected(&error, call);
            false
        }
    }
}

/// Passes for an error that names what was wrong: one of ours, of Anchor's, of a
/// program that was called, or of the runtime's own list.
pub fn require_structured(error: &ProgramError) {
    let Some(code) = runtime::code_of(error) else {
        return;
    };
    let ours = idl().errors.values().any(|known| *known == code);
    let anchors = (100..6_000).contains(&code);
    let token_programs = code < 100;
    let ends_here = [
        runtime::MADE_TO_FAIL,
        runtime::PRIVILEGE_ESCALATION,
        runtime::FOREIGN_CALL,
    ];
    assert!(
        ours || anchors || token_programs || ends_here.contains(&code),
        "error {code} means nothing"
    );
}

/// Passes for an error that a market with sound accounts can run into.
fn require_expected(error: &ProgramError, call: &Call) {
    const NEVER: [&str; 4] = [
        "BooksOutOfBalance",
        "SplitOutOfBalance",
        "DivisionByZero",
        "Underflow",
    ];
    let Some(code) = runtime::code_of(error) else {
        return;
    };
    let mut all = idl().instructions.iter();
    let called = all.find(|instruction| call.data.starts_with(&instruction.discriminator));
    let name = called.map_or("nothing", |instruction| &instruction.name);
    for rule in NEVER {
        assert_ne!(code, idl().errors[rule], "{name}: {rule} in sound books");
    }
    let missing = [runtime::PRIVILEGE_ESCALATION, runtime::FOREIGN_CALL];
    assert!(!missing.contains(&code), "{name} lacks a check: {call:?}");
}

fn publish(scene: &mut Scene, input: &mut Input<'_>) {
    let keys = keys();
    let which = input.below(BANKS + 1);
    let (oracle, name) = match keys.banks.get(which) {
        Some(bank) => (bank.oracle, bank.name),
        None => (keys.governance_oracle, "governance"),
    };
    let cents = i64::from(u16::from_le_bytes(input.array()));
    let price = cents.saturating_mul(DOLLAR / 100);
    let wild = input.one_in(4);
    let seen = Observation {
        price: if wild { input.i64() } else { price },
        ema: if wild { input.i64() } else { price },
        conf: if wild {
            input.u64()
        } else {
            price.unsigned_abs() / 1_000
        },
        exponent: if wild {
            -i32::from(input.u8() % 20)
        } else {
            -8
        },
        published: scene.clock.unix_timestamp,
    };
    scene.publish(oracle, name, seen);
}

/// An instruction that an honest caller could have sent, but for its arguments
/// and now and then one thing more.
fn honest_call(scene: &Scene, input: &mut Input<'_>) -> (&'static Instruction, Call) {
    let all = &idl().instructions;
    let instruction = &all[input.below(all.len())];
    let who = input.u8();
    let pick = |shift: u8, count: usize| usize::from(who >> shift & 3) % count;
    let cast = Cast {
        actor: pick(0, ACTORS),
        other: pick(2, ACTORS),
        bank: pick(4, BANKS),
        collateral: pick(6, BANKS),
        empties: input.one_in(2),
    };
    let data = arguments(scene, instruction, cast, input);
    let mut call = scene.call(instruction, cast, data);
    if input.one_in(4) {
        distort(scene, &mut call, input);
    }
    (instruction, call)
}

/// One thing that an honest caller would not do.
fn distort(scene: &Scene, call: &mut Call, input: &mut Input<'_>) {
    if call.accounts.is_empty() {
        return;
    }
    let slot = input.below(call.accounts.len());
    match input.u8() % 8 {
        0 => call.failing = Some(u32::from(input.u8() % 4)),
        1 => call.accounts[slot].is_signer = false,
        2 => call.accounts[slot].is_writable = false,
        3 => drop(call.accounts.remove(slot)),
        4 => {
            let meta = any_account(scene, input);
            call.accounts.push(meta);
        }
        _ => call.accounts[slot].pubkey = look_alike(scene, call.accounts[slot].pubkey, input),
    }
}

/// Another account of the same program and length, if there is one.
fn look_alike(scene: &Scene, key: Pubkey, input: &mut Input<'_>) -> Pubkey {
    let kind = |account: &Account| (account.owner, account.data.len());
    let original = scene.accounts.get(&key).map(kind);
    let alike = scene
        .accounts
        .values()
        .filter(|a| Some(kind(a)) == original);
    let alike: Vec<Pubkey> = alike.map(|account| account.key).collect();
    match alike.is_empty() {
        true => any_account(scene, input).pubkey,
        false => alike[input.below(alike.len())],
    }
}

fn any_account(scene: &Scene, input: &mut Input<'_>) -> AccountMeta {
    let which = input.below(scene.accounts.len());
    let known = scene.accounts.keys().nth(which);
    let flags = input.u8();
    AccountMeta {
        pubkey: known.copied().unwrap_or_default(),
        is_signer: flags & 1 == 0,
        is_writable: flags & 2 == 0,
    }
}

/// Arguments of the right form: for settings, those in force with a few fields
/// changed.
fn arguments(
    scene: &Scene,
    instruction: &Instruction,
    cast: Cast,
    input: &mut Input<'_>,
) -> Vec<u8> {
    let mut data = instruction.discriminator.clone();
    let leaves = idl().leaves(instruction);
    let in_force = scene.settings(&instruction.name, cast);
    let Some(in_force) = in_force else {
        for leaf in leaves {
            data.extend(any_leaf(leaf, input));
        }
        return data;
    };
    let body: usize = leaves.iter().map(|leaf| leaf.bytes()).sum();
    let lead = body - in_force.len();
    let mut offset: usize = 0;
    let mut changes = vec![false; leaves.len()];
    for _ in 0..input.u8() % 4 {
        changes[input.below(leaves.len())] = true;
    }
    for (leaf, change) in leaves.into_iter().zip(changes) {
        let old = offset
            .checked_sub(lead)
            .map(|at| &in_force[at..at + leaf.bytes()]);
        match old {
            Some(old) if !change => data.extend_from_slice(old),
            _ => data.extend(any_leaf(leaf, input)),
        }
        offset += leaf.bytes();
    }
    data
}

fn any_leaf(leaf: Leaf, input: &mut Input<'_>) -> Vec<u8> {
    match leaf {
        Leaf::Number(2) => {
            let index = if input.one_in(2) {
                NEW_INDEX
            } else {
                u16::from(input.u8())
            };
            index.to_le_bytes().to_vec()
        }
        Leaf::Number(16) => input.u128().to_le_bytes().to_vec(),
        Leaf::Number(bytes) => {
            let number = input.u64().to_le_bytes();
            let mut number = number.to_vec();
            number.resize(bytes, 0);
            number
        }
        Leaf::Key => {
            let keys = keys();
            let known = [keys.admin, keys.guardian, keys.actors[0].wallet];
            let key = known.get(input.below(4)).copied();
            key.unwrap_or_else(|| input.key()).to_bytes().to_vec()
        }
        // One more than there are, so that the decoder is tried too.
        Leaf::Variant(count) => vec![input.u8() % u8::try_from(count + 1).unwrap_or(u8::MAX)],
    }
}

/// Arbitrary data over arbitrary accounts.
fn any_call(input: &mut Input<'_>) -> Call {
    let scene = &stories()[0].scene;
    let all = &idl().instructions;
    let mut data = match all.get(input.below(all.len() + 1)) {
        Some(instruction) => instruction.discriminator.clone(),
        None => Vec::new(),
    };
    let length = input.below(64);
    data.extend_from_slice(input.take(length));
    let count = input.below(20);
    let accounts = (0..count).map(|_| any_account(scene, input)).collect();
    Call {
        accounts,
        data,
        failing: None,
    }
}

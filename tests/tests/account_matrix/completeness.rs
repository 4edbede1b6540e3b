//! The table, the calls and the IDL name the same things.

use {
    crate::{
        calls::{self, instruction_of, Scene},
        idl,
        natures::substitutes,
        table::{self, rows},
    },
    backstop_tests::{chain::SvmChain, tokens::Program},
    solana_pubkey::Pubkey,
    std::collections::BTreeSet,
};

#[test]
fn every_instruction_of_the_idl_has_a_row_and_a_call() {
    let idl: BTreeSet<String> = idl::instructions().into_iter().map(|ix| ix.name).collect();
    let rows: BTreeSet<String> = rows().map(|(name, _)| (*name).to_owned()).collect();
    let calls: BTreeSet<String> = calls::all()
        .map(|(name, _)| instruction_of(name).to_owned())
        .collect();
    assert_eq!(idl, rows);
    assert_eq!(idl, calls);
    assert_eq!(
        rows.len(),
        table::rows().count(),
        "an instruction has two rows"
    );
}

#[test]
fn every_account_of_the_idl_has_a_row_in_its_place() {
    for instruction in idl::instructions() {
        let slots = table::row(&instruction.name);
        let named: Vec<&str> = slots
            .iter()
            .map(|(slot, _)| *slot)
            .filter(|slot| !slot.starts_with('('))
            .collect();
        let idl: Vec<&str> = instruction
            .accounts
            .iter()
            .map(|slot| slot.name.as_str())
            .collect();
        assert_eq!(named, idl, "{}", instruction.name);
    }
}

/// What a slot may change or sign is what the honest call lets it.
#[test]
fn every_call_passes_its_accounts_as_the_idl_says() {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for (name, prepare) in calls::all() {
        let mut world = scene.world.fork();
        let call = prepare(&scene, &mut world);
        let slots = idl::instruction(instruction_of(name)).accounts;
        for (slot, meta) in slots.iter().zip(&call.instruction.accounts) {
            assert_eq!(slot.writable, meta.is_writable, "{name}.{}", slot.name);
            assert_eq!(slot.signer, meta.is_signer, "{name}.{}", slot.name);
        }
    }
}

/// So the matrix sees each writable account in the place of each other one.
#[test]
fn no_call_names_an_account_twice() {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for (name, prepare) in calls::all() {
        let mut world = scene.world.fork();
        let call = prepare(&scene, &mut world);
        let slots = idl::instruction(instruction_of(name)).accounts;
        let writable = call.instruction.accounts[..slots.len()]
            .iter()
            .filter(|meta| meta.is_writable || meta.is_signer)
            .map(|meta| meta.pubkey);
        let keys: Vec<Pubkey> = writable.collect();
        let substitutes = substitutes(&scene, &mut world, &call, &slots);
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{name} names {key} twice");
            let tried = substitutes.iter().any(|other| other.key == *key);
            assert!(tried, "{name}: {key} is put in no other account's place");
        }
    }
}

/// Clock and rent come from the runtime: there is no sysvar to put another in the
/// place of.
#[test]
fn no_call_names_a_sysvar() {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for (name, prepare) in calls::all() {
        let mut world = scene.world.fork();
        for meta in prepare(&scene, &mut world).instruction.accounts {
            let owner = world
                .chain
                .account(&meta.pubkey)
                .map(|account| account.owner);
            assert_ne!(owner, Some(solana_sdk_ids::sysvar::ID), "{name}");
        }
    }
}

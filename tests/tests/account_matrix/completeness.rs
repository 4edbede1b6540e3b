//! The table, the calls and the IDL name the same things.

use {
    crate::{
        honest::{instruction_of, CALLS},
        idl,
        table::ROWS,
    },
    std::collections::BTreeSet,
};

#[test]
fn every_instruction_of_the_idl_has_a_row_and_a_call() {
    let idl: BTreeSet<String> = idl::instructions().into_iter().map(|ix| ix.name).collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let calls: BTreeSet<String> = CALLS
        .iter()
        .map(|(name, _)| instruction_of(name).to_owned())
        .collect();
    assert_eq!(idl, rows);
    assert_eq!(idl, calls);
    assert_eq!(rows.len(), ROWS.len(), "an instruction has two rows");
}

#[test]
fn every_account_of_the_idl_has_a_row_in_its_place() {
    for instruction in idl::instructions() {
        let (_, slots) = ROWS
            .iter()
            .find(|(name, _)| *name == instruction.name)
            .unwrap_or_else(|| panic!("no row for {}", instruction.name));
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

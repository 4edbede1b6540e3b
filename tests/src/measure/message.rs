//! How many bytes a transaction takes and how many accounts it locks, without
//! sending it.

use {
    solana_instruction::Instruction,
    solana_message::{v0::Message, AddressLookupTableAccount, Hash, VersionedMessage},
    solana_pubkey::Pubkey,
    solana_sdk_ids::compute_budget,
};

const SIGNATURE_BYTES: usize = 64;

/// (bytes) The signed transaction with a compute budget, as it would be sent.
pub fn bytes(payer: &Pubkey, instructions: &[Instruction], table: &[Pubkey]) -> usize {
    let message = compiled(payer, instructions, table);
    let signatures = usize::from(message.header.num_required_signatures);
    // One byte says how many signatures follow.
    1 + signatures * SIGNATURE_BYTES + VersionedMessage::V0(message).serialize().len()
}

/// How many accounts the transaction locks: payer and called programs included,
/// and those that a lookup table would name; not the table itself.
pub fn locks(payer: &Pubkey, instructions: &[Instruction]) -> usize {
    compiled(payer, instructions, &[]).account_keys.len()
}

fn compiled(payer: &Pubkey, instructions: &[Instruction], table: &[Pubkey]) -> Message {
    let budget = Instruction {
        program_id: compute_budget::ID,
        accounts: Vec::new(),
        data: vec![2, 0, 0, 0, 0], // a unit limit
    };
    let all: Vec<Instruction> = [budget].into_iter().chain(instructions.to_vec()).collect();
    let tables: Vec<AddressLookupTableAccount> = (!table.is_empty())
        .then(|| AddressLookupTableAccount {
            key: Pubkey::new_from_array([9; 32]),
            addresses: table.to_vec(),
        })
        .into_iter()
        .collect();
    Message::try_compile(payer, &all, &tables, Hash::default())
        .expect("the instructions name at most 256 accounts")
}

/// What a lookup table can hold of these instructions: neither signers nor
/// programs that are called.
pub fn listable(instructions: &[Instruction]) -> Vec<Pubkey> {
    let programs: Vec<Pubkey> = instructions.iter().map(|i| i.program_id).collect();
    let metas = || instructions.iter().flat_map(|i| &i.accounts);
    let signs = |key: &Pubkey| metas().any(|meta| meta.pubkey == *key && meta.is_signer);
    let mut keys: Vec<Pubkey> = Vec::new();
    for meta in metas() {
        let key = meta.pubkey;
        if !signs(&key) && !programs.contains(&key) && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

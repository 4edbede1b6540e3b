//! Transactions as they travel: version 0 messages, signed and serialised.

use {
    super::{AccountData, Request},
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_message::{v0::Message, AddressLookupTableAccount, Hash, VersionedMessage},
    solana_pubkey::Pubkey,
    solana_sdk_ids::{address_lookup_table, compute_budget},
    solana_signer::Signer,
    solana_transaction::versioned::VersionedTransaction,
};

/// The most bytes that the network carries as one transaction.
pub const MAX_TRANSACTION_BYTES: usize = 1_232;
/// Instructions that [`seal`] puts before the caller's.
pub(super) const LEADING_INSTRUCTIONS: usize = 1;

/// An address lookup table that exists on the chain.
#[derive(Clone, Debug)]
pub struct LookupTable {
    /// The table's address.
    pub key: Pubkey,
    /// What it lists; a message names an entry by its position.
    pub addresses: Vec<Pubkey>,
}

impl LookupTable {
    /// Bytes before the first address.
    const HEADER_BYTES: usize = 56;

    /// The table's account: never deactivated, last extended in slot 0, and
    /// without an authority, so that it is active at once and for ever.
    pub(super) fn to_account(&self) -> AccountData {
        let mut data = Vec::with_capacity(Self::HEADER_BYTES + 32 * self.addresses.len());
        data.extend_from_slice(&1u32.to_le_bytes()); // a table, not an empty account
        data.extend_from_slice(&u64::MAX.to_le_bytes()); // deactivation slot: never
        data.resize(Self::HEADER_BYTES, 0);
        for address in &self.addresses {
            data.extend_from_slice(address.as_ref());
        }
        AccountData {
            lamports: 1_000_000_000,
            owner: address_lookup_table::ID,
            data,
        }
    }
}

/// A signed transaction and the bytes that would cross the network.
pub struct Sealed {
    /// The transaction.
    pub transaction: VersionedTransaction,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Compiles, signs and serialises a request.
///
/// # Panics
/// When the signers are not those that the instructions name: that is a mistake
/// of the test, not an outcome.
pub fn seal(request: &Request<'_>, payer: &Keypair, blockhash: Hash, unit_limit: u32) -> Sealed {
    let mut instructions = vec![unit_limit_instruction(unit_limit)];
    instructions.extend_from_slice(request.instructions);
    let tables: Vec<AddressLookupTableAccount> = request
        .table
        .map(|table| AddressLookupTableAccount {
            key: table.key,
            addresses: table.addresses.clone(),
        })
        .into_iter()
        .collect();
    let message = Message::try_compile(&payer.pubkey(), &instructions, &tables, blockhash)
        .expect("the instructions name at most 256 accounts");
    let transaction =
        VersionedTransaction::try_new(VersionedMessage::V0(message), &signers(payer, request))
            .expect("the signers are those that the instructions name");
    let bytes = wincode::serialize(&transaction).expect("a transaction can be serialised");
    Sealed { transaction, bytes }
}

/// The payer and then every other key once: the runtime counts signatures.
fn signers<'a>(payer: &'a Keypair, request: &Request<'a>) -> Vec<&'a Keypair> {
    let mut signers = vec![payer];
    for signer in request.signers {
        if signers
            .iter()
            .all(|known| known.pubkey() != signer.pubkey())
        {
            signers.push(signer);
        }
    }
    signers
}

/// `SetComputeUnitLimit`, written by hand: its builder would add a dependency
/// for five bytes.
fn unit_limit_instruction(units: u32) -> Instruction {
    let mut data = vec![2];
    data.extend_from_slice(&units.to_le_bytes());
    Instruction {
        program_id: compute_budget::ID,
        accounts: Vec::new(),
        data,
    }
}

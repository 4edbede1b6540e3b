//! What a landed transaction cost and did.

use solana_commitment_config::CommitmentConfig;
use solana_message::{
    compiled_instruction::CompiledInstruction, AddressLookupTableAccount, VersionedMessage,
};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    option_serializer::OptionSerializer, UiInnerInstructions, UiInstruction, UiTransactionEncoding,
};

use crate::{
    error::ClientError,
    events::{self, Event},
};

/// What a landed transaction cost and did.
pub struct Details {
    /// (lamports) Its fee.
    pub fee: u64,
    /// Compute units that it used.
    pub units: u64,
    /// Its log.
    pub logs: Vec<String>,
    /// What the program said.
    pub events: Vec<Event>,
}

/// Reads what a landed transaction cost and did.
///
/// # Errors
/// `Rpc`: among other reasons, because the node does not know it yet.
pub async fn details(rpc: &RpcClient, signature: &Signature) -> Result<Details, ClientError> {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        max_supported_transaction_version: Some(0),
    };
    let found = rpc.get_transaction_with_config(signature, config).await?;
    let decoded = found.transaction.transaction.decode();
    let Some(meta) = found.transaction.meta else {
        return Ok(Details {
            fee: 0,
            units: 0,
            logs: Vec::new(),
            events: Vec::new(),
        });
    };
    let logs: Vec<String> = Option::from(meta.log_messages).unwrap_or_default();
    let mut keys = decoded
        .map(|transaction| transaction.message.static_account_keys().to_vec())
        .unwrap_or_default();
    if let OptionSerializer::Some(loaded) = &meta.loaded_addresses {
        let parsed = loaded.writable.iter().chain(&loaded.readonly);
        keys.extend(parsed.filter_map(|key| key.parse::<Pubkey>().ok()));
    }
    let inner: Vec<UiInnerInstructions> = Option::from(meta.inner_instructions).unwrap_or_default();
    let mut events = events::from_logs(&logs);
    events.extend(inner_events(&keys, &inner));
    Ok(Details {
        fee: meta.fee,
        units: Option::from(meta.compute_units_consumed).unwrap_or(0),
        logs,
        events,
    })
}

pub(super) fn all_keys(
    message: &VersionedMessage,
    tables: &[AddressLookupTableAccount],
) -> Vec<Pubkey> {
    let mut keys = message.static_account_keys().to_vec();
    let lookups = message.address_table_lookups().unwrap_or_default();
    let of = |key: &Pubkey, indexes: &[u8]| -> Vec<Pubkey> {
        let table = tables.iter().find(|table| table.key == *key);
        let addresses = table.map_or(&[][..], |table| &table.addresses);
        indexes
            .iter()
            .filter_map(|index| addresses.get(usize::from(*index)).copied())
            .collect()
    };
    for lookup in lookups {
        keys.extend(of(&lookup.account_key, &lookup.writable_indexes));
    }
    for lookup in lookups {
        keys.extend(of(&lookup.account_key, &lookup.readonly_indexes));
    }
    keys
}

pub(super) fn inner_events(keys: &[Pubkey], inner: &[UiInnerInstructions]) -> Vec<Event> {
    let calls: Vec<CompiledInstruction> = inner
        .iter()
        .flat_map(|group| &group.instructions)
        .filter_map(|instruction| match instruction {
            UiInstruction::Compiled(call) => Some(CompiledInstruction {
                program_id_index: call.program_id_index,
                accounts: call.accounts.clone(),
                data: decode_base58(&call.data)?,
            }),
            UiInstruction::Parsed(_) => None,
        })
        .collect();
    events::from_inner_instructions(keys, &calls)
}

/// Inner instructions carry their data in base 58, whatever encoding was asked.
fn decode_base58(text: &str) -> Option<Vec<u8>> {
    bs58::decode(text).into_vec().ok()
}

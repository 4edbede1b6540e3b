//! From instructions to a landed transaction.
//!
//! A [`Draft`] was simulated: its compute limit is what the simulation used and
//! a tenth more, its fee follows what others paid lately for the accounts that
//! it writes. A transaction whose simulation fails is never built.

use std::time::{Duration, Instant};

use solana_address_lookup_table_interface::state::AddressLookupTable;
use solana_commitment_config::CommitmentConfig;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{
    compiled_instruction::CompiledInstruction, v0, AddressLookupTableAccount, VersionedMessage,
};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig, RpcTransactionConfig},
    response::RpcSimulateTransactionResult,
};
use solana_signature::Signature;
use solana_signer::signers::Signers;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::{
    option_serializer::OptionSerializer, UiInnerInstructions, UiInstruction, UiTransactionEncoding,
};

use crate::{
    error::{ClientError, FailedTransaction},
    events::{self, Event},
};

/// Largest compute limit of a transaction.
const MOST_UNITS: u32 = 1_400_000;
/// (lamports) What every signature costs.
pub const SIGNATURE_LAMPORTS: u64 = 5_000;
/// (bytes) Largest transaction that a node takes.
pub const MOST_BYTES: usize = 1_232;
/// Accounts that `getRecentPrioritizationFees` takes.
const MOST_FEE_ACCOUNTS: usize = 128;
/// (bytes) Loaded account data is charged by pages of this size.
const PAGE_BYTES: u32 = 32 * 1_024;
const REBROADCAST: Duration = Duration::from_millis(1_500);
const POLL: Duration = Duration::from_millis(250);

/// How much a compute unit may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePolicy {
    /// (0 to 100) Which of the fees that landed lately on our writable accounts
    /// to pay, from lowest to highest.
    pub percentile: u8,
    /// (micro-lamports per unit) No less than this.
    pub min_price: u64,
    /// (micro-lamports per unit) No more than this, whatever others pay.
    pub max_price: u64,
}

impl Default for FeePolicy {
    fn default() -> Self {
        Self {
            percentile: 75,
            min_price: 0,
            max_price: 100_000,
        }
    }
}

impl FeePolicy {
    /// The price for a list of fees that others paid. Zeros count: a quiet
    /// market needs no fee.
    #[must_use]
    pub fn price(&self, mut paid: Vec<u64>) -> u64 {
        paid.sort_unstable();
        let last = paid.len().saturating_sub(1);
        let index = last * usize::from(self.percentile.min(100)) / 100;
        let market = paid.get(index).copied().unwrap_or(0);
        market.clamp(self.min_price.min(self.max_price), self.max_price)
    }
}

/// Builds transactions of one payer.
#[derive(Clone, Debug)]
pub struct Assembler {
    /// Pays the fee.
    pub payer: Pubkey,
    /// Lookup tables that messages may use.
    pub tables: Vec<AddressLookupTableAccount>,
    /// What a compute unit may cost.
    pub fees: FeePolicy,
    /// What simulations look at.
    pub commitment: CommitmentConfig,
}

/// A simulated transaction that would go through.
#[derive(Clone, Debug)]
pub struct Draft {
    /// To be signed.
    pub message: VersionedMessage,
    /// Until this block height it can land.
    pub last_valid_block_height: u64,
    /// Units that the simulation used.
    pub units: u64,
    /// Units that the transaction may use.
    pub unit_limit: u32,
    /// (micro-lamports per unit)
    pub unit_price: u64,
    /// The simulation's log.
    pub logs: Vec<String>,
    /// What the program would say, as far as the log and inner instructions of
    /// the simulation show it.
    pub events: Vec<String>,
}

impl Draft {
    /// (lamports) What it costs if it lands, whatever becomes of it.
    #[must_use]
    pub fn fee_lamports(&self) -> u64 {
        let signatures = u64::from(self.message.header().num_required_signatures);
        let priority = (u128::from(self.unit_price) * u128::from(self.unit_limit))
            .div_ceil(1_000_000);
        (signatures * SIGNATURE_LAMPORTS)
            .saturating_add(u64::try_from(priority).unwrap_or(u64::MAX))
    }

    /// Signs it.
    ///
    /// # Errors
    /// `Build` for a missing or wrong signer, or more bytes than a transaction
    /// may have.
    pub fn sign(self, signers: &(impl Signers + ?Sized)) -> Result<VersionedTransaction, ClientError> {
        let transaction = VersionedTransaction::try_new(self.message, signers)
            .map_err(|error| ClientError::Build(error.to_string()))?;
        Ok(transaction)
    }
}

impl Assembler {
    /// With the usual fees, without tables.
    #[must_use]
    pub fn new(payer: Pubkey) -> Self {
        Self {
            payer,
            tables: Vec::new(),
            fees: FeePolicy::default(),
            commitment: CommitmentConfig::confirmed(),
        }
    }

    /// Reads a lookup table for the messages to come.
    ///
    /// # Errors
    /// `Rpc`, `NoAccount`, `WrongAccount`.
    pub async fn add_table(&mut self, rpc: &RpcClient, key: Pubkey) -> Result<(), ClientError> {
        let account = rpc
            .get_account_with_commitment(&key, self.commitment)
            .await?
            .value
            .ok_or(ClientError::NoAccount(key))?;
        let table =
            AddressLookupTable::deserialize(&account.data).map_err(|_| ClientError::WrongAccount {
                key,
                kind: "lookup table",
                reason: "its bytes are no lookup table",
            })?;
        self.tables.push(AddressLookupTableAccount {
            key,
            addresses: table.addresses.to_vec(),
        });
        Ok(())
    }

    fn compile(
        &self,
        instructions: &[Instruction],
        blockhash: Hash,
    ) -> Result<VersionedMessage, ClientError> {
        v0::Message::try_compile(&self.payer, instructions, &self.tables, blockhash)
            .map(VersionedMessage::V0)
            .map_err(|error| ClientError::Build(error.to_string()))
    }

    /// Simulates the instructions, then builds the transaction for them.
    ///
    /// # Errors
    /// `Transaction` with the error and the log if the simulation fails; `Rpc`;
    /// `Build`: too many accounts, or too many bytes (a lookup table helps).
    pub async fn draft(
        &self,
        rpc: &RpcClient,
        instructions: &[Instruction],
    ) -> Result<Draft, ClientError> {
        let (blockhash, last_valid_block_height) = rpc
            .get_latest_blockhash_with_commitment(self.commitment)
            .await?;
        let with_budget = |limit: u32, price: u64, bytes: u32| {
            let mut all = vec![
                ComputeBudgetInstruction::set_compute_unit_limit(limit),
                ComputeBudgetInstruction::set_compute_unit_price(price),
                ComputeBudgetInstruction::set_loaded_accounts_data_size_limit(bytes),
            ];
            all.extend_from_slice(instructions);
            all
        };
        let most_bytes = 64 * 1_024 * 1_024;
        let trial = self.compile(&with_budget(MOST_UNITS, 0, most_bytes), blockhash)?;
        require_size(&trial)?;
        let result = simulate(rpc, &trial, self.commitment).await?;
        let logs = result.logs.unwrap_or_default();
        if let Some(error) = result.err {
            return Err(ClientError::Transaction(Box::new(FailedTransaction {
                error: error.into(),
                logs,
                simulated: true,
            })));
        }
        let units = result.units_consumed.unwrap_or(u64::from(MOST_UNITS));
        let unit_limit = tenth_more(units).min(u64::from(MOST_UNITS));
        let unit_limit = u32::try_from(unit_limit).unwrap_or(MOST_UNITS);
        let bytes = result.loaded_accounts_data_size.map_or(most_bytes, |size| {
            let size = tenth_more(u64::from(size)).min(u64::from(most_bytes - PAGE_BYTES));
            u32::try_from(size)
                .unwrap_or(most_bytes)
                .next_multiple_of(PAGE_BYTES)
        });
        let unit_price = self.unit_price(rpc, &trial).await;
        let message = self.compile(&with_budget(unit_limit, unit_price, bytes), blockhash)?;
        let mut events = events::from_logs(&logs);
        if let Some(inner) = &result.inner_instructions {
            events.extend(inner_events(&all_keys(&message, &self.tables), inner));
        }
        Ok(Draft {
            message,
            last_valid_block_height,
            units,
            unit_limit,
            unit_price,
            events: events.iter().map(|event| event.name().to_owned()).collect(),
            logs,
        })
    }

    /// What others paid for the accounts that the message writes. Without an
    /// answer, the least that the policy allows: a fee is no reason to fail.
    async fn unit_price(&self, rpc: &RpcClient, message: &VersionedMessage) -> u64 {
        let writable: Vec<Pubkey> = message
            .static_account_keys()
            .iter()
            .enumerate()
            .filter(|(index, _)| message.is_maybe_writable(*index, None))
            .map(|(_, key)| *key)
            .take(MOST_FEE_ACCOUNTS)
            .collect();
        let paid = rpc.get_recent_prioritization_fees(&writable).await;
        let paid = paid.unwrap_or_default();
        self.fees
            .price(paid.iter().map(|fee| fee.prioritization_fee).collect())
    }
}

fn tenth_more(value: u64) -> u64 {
    value.saturating_add(value.div_ceil(10))
}

fn require_size(message: &VersionedMessage) -> Result<(), ClientError> {
    let signatures = usize::from(message.header().num_required_signatures);
    // The number of signatures takes one byte.
    let bytes = message.serialize().len() + 64 * signatures + 1;
    if bytes > MOST_BYTES {
        return Err(ClientError::Build(format!(
            "{bytes} bytes, {MOST_BYTES} is the most: pass a lookup table"
        )));
    }
    Ok(())
}

async fn simulate(
    rpc: &RpcClient,
    message: &VersionedMessage,
    commitment: CommitmentConfig,
) -> Result<RpcSimulateTransactionResult, ClientError> {
    let signatures = usize::from(message.header().num_required_signatures);
    let transaction = VersionedTransaction {
        signatures: vec![Signature::default(); signatures],
        message: message.clone(),
    };
    let config = RpcSimulateTransactionConfig {
        sig_verify: false,
        replace_recent_blockhash: true,
        commitment: Some(commitment),
        inner_instructions: true,
        ..RpcSimulateTransactionConfig::default()
    };
    let answer = rpc
        .simulate_transaction_with_config(&transaction, config)
        .await?;
    Ok(answer.value)
}

fn all_keys(message: &VersionedMessage, tables: &[AddressLookupTableAccount]) -> Vec<Pubkey> {
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

fn inner_events(keys: &[Pubkey], inner: &[UiInnerInstructions]) -> Vec<Event> {
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

/// A transaction that landed and went through.
pub struct Landed {
    /// Its first signature.
    pub signature: Signature,
    /// Slot that it landed in.
    pub slot: u64,
}

/// Sends a transaction, again and again, until it is confirmed or its blockhash
/// has expired (about 30 seconds). Sending twice does no harm: a transaction
/// lands once.
///
/// # Errors
/// `Transaction` if it landed and failed; `Expired` if it did not land and
/// never will; `Rpc` if the node answered nothing until then.
pub async fn send_and_confirm(
    rpc: &RpcClient,
    transaction: &VersionedTransaction,
    last_valid_block_height: u64,
    commitment: CommitmentConfig,
) -> Result<Landed, ClientError> {
    let signature = *transaction
        .signatures
        .first()
        .ok_or_else(|| ClientError::Build("no signature".to_owned()))?;
    let config = RpcSendTransactionConfig {
        skip_preflight: true,
        max_retries: Some(0),
        encoding: Some(UiTransactionEncoding::Base64),
        ..RpcSendTransactionConfig::default()
    };
    let mut failure = None;
    let mut sent_at: Option<Instant> = None;
    loop {
        if sent_at.is_none_or(|at| at.elapsed() >= REBROADCAST) {
            sent_at = Some(Instant::now());
            failure = rpc
                .send_transaction_with_config(transaction, config)
                .await
                .err();
        }
        tokio::time::sleep(POLL).await;
        // The height first: a status read after it that is empty stays so.
        let height = rpc.get_block_height_with_commitment(commitment).await;
        if let Some(landed) = status(rpc, &signature, commitment).await? {
            return Ok(landed);
        }
        if height.is_ok_and(|height| height > last_valid_block_height) {
            return Err(match failure {
                Some(error) => ClientError::from(error),
                None => ClientError::Expired { signature },
            });
        }
    }
}

/// Whether a transaction has landed with `commitment`.
async fn status(
    rpc: &RpcClient,
    signature: &Signature,
    commitment: CommitmentConfig,
) -> Result<Option<Landed>, ClientError> {
    // A node that does not answer now may answer the next time.
    let Ok(answer) = rpc.get_signature_statuses(&[*signature]).await else {
        return Ok(None);
    };
    let Some(status) = answer.value.into_iter().flatten().next() else {
        return Ok(None);
    };
    if !status.satisfies_commitment(commitment) {
        return Ok(None);
    }
    match status.err {
        None => Ok(Some(Landed {
            signature: *signature,
            slot: status.slot,
        })),
        Some(error) => Err(ClientError::Transaction(Box::new(FailedTransaction {
            error,
            logs: details(rpc, signature)
                .await
                .map(|details| details.logs)
                .unwrap_or_default(),
            simulated: false,
        }))),
    }
}

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

/// Drafts, signs, sends and confirms.
///
/// # Errors
/// Those of [`Assembler::draft`], [`Draft::sign`] and [`send_and_confirm`].
pub async fn execute(
    rpc: &RpcClient,
    assembler: &Assembler,
    instructions: &[Instruction],
    signers: &(impl Signers + ?Sized),
) -> Result<Landed, ClientError> {
    let draft = assembler.draft(rpc, instructions).await?;
    let height = draft.last_valid_block_height;
    let transaction = draft.sign(signers)?;
    send_and_confirm(rpc, &transaction, height, assembler.commitment).await
}



#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_follows_the_market_between_its_bounds() {
        let policy = FeePolicy {
            percentile: 50,
            min_price: 10,
            max_price: 1_000,
        };
        assert_eq!(policy.price(vec![]), 10);
        assert_eq!(policy.price(vec![0, 0, 0]), 10);
        assert_eq!(policy.price(vec![900, 100, 500]), 500);
        assert_eq!(policy.price(vec![u64::MAX; 3]), 1_000);
    }
}

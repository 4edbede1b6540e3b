//! From instructions to a simulated transaction.

use std::{collections::BTreeSet, sync::Arc};

use solana_address_lookup_table_interface::state::AddressLookupTable;
use solana_commitment_config::CommitmentConfig;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{v0, AddressLookupTableAccount, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    config::RpcSimulateTransactionConfig, response::RpcSimulateTransactionResult,
};
use solana_signature::Signature;
use solana_signer::signers::Signers;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    details::{all_keys, inner_events},
    fees::{FeePolicy, SIGNATURE_LAMPORTS},
};
use crate::{
    error::{ClientError, FailedTransaction},
    events::{self, Event},
};

/// Largest compute limit of a transaction.
const MOST_UNITS: u32 = 1_400_000;
/// (bytes) Largest transaction that a node takes.
pub const MOST_BYTES: usize = 1_232;
/// Compute units of booking a bank's interest, at the most; docs/benchmarks.md
/// has 1,825 for it.
const INTEREST_UNITS: u64 = 2_000;
/// (bytes) Loaded account data is charged by pages of this size.
const PAGE_BYTES: u32 = 32 * 1_024;

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
    pub events: Arc<[Event]>,
}

impl Draft {
    /// (lamports) What it costs if it lands, whatever becomes of it.
    #[must_use]
    pub fn fee_lamports(&self) -> u64 {
        let signatures = u64::from(self.message.header().num_required_signatures);
        let priority =
            (u128::from(self.unit_price) * u128::from(self.unit_limit)).div_ceil(1_000_000);
        (signatures * SIGNATURE_LAMPORTS)
            .saturating_add(u64::try_from(priority).unwrap_or(u64::MAX))
    }

    /// Signs it.
    ///
    /// # Errors
    /// `Build` for a missing or wrong signer, or more bytes than a transaction
    /// may have.
    pub fn sign(
        self,
        signers: &(impl Signers + ?Sized),
    ) -> Result<VersionedTransaction, ClientError> {
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
        let table = AddressLookupTable::deserialize(&account.data).map_err(|_| {
            ClientError::WrongAccount {
                key,
                kind: "lookup table",
                reason: "its bytes are no lookup table",
            }
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
        let unit_limit = tenth_more(units)
            .saturating_add(interest_units(instructions))
            .min(u64::from(MOST_UNITS));
        let unit_limit = u32::try_from(unit_limit).unwrap_or(MOST_UNITS);
        let bytes = result.loaded_accounts_data_size.map_or(most_bytes, |size| {
            let size = tenth_more(u64::from(size)).min(u64::from(most_bytes - PAGE_BYTES));
            u32::try_from(size)
                .unwrap_or(most_bytes)
                .next_multiple_of(PAGE_BYTES)
        });
        let unit_price = self.fees.unit_price(rpc, instructions).await;
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
            events: events.into(),
            logs,
        })
    }
}

/// What booking interest can cost beyond the simulation: where it falls into the
/// second in which a bank was touched last, there is none to book, and in the
/// next second there is. Which of the written accounts are banks is not known
/// here, so all of them count.
fn interest_units(instructions: &[Instruction]) -> u64 {
    let written: BTreeSet<Pubkey> = instructions
        .iter()
        .filter(|instruction| instruction.program_id == backstop::ID)
        .flat_map(|instruction| &instruction.accounts)
        .filter(|account| account.is_writable)
        .map(|account| account.pubkey)
        .collect();
    INTEREST_UNITS.saturating_mul(u64::try_from(written.len()).unwrap_or(u64::MAX))
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

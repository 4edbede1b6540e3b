//! Doing something: simulate, and unless it is a dry run, sign, send, confirm,
//! and tell what the program says it did.

use std::time::Duration;

use backstop_client::{
    accounts::decode,
    events::Event,
    transaction::{details, send_and_confirm},
    ClientError,
};
use serde::Serialize;
use serde_json::Value;
use solana_account::Account;
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::config::{
    RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig,
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::{
    books::books_json,
    context::Context,
    events,
    failure::Failure,
    output::{pairs, Report},
};

const DETAIL_TRIES: u32 = 10;
const DETAIL_PAUSE: Duration = Duration::from_millis(300);

/// Something to do.
pub struct Action<'a> {
    /// What it is called: the command.
    pub name: &'a str,
    /// In this order, in one transaction.
    pub instructions: Vec<Instruction>,
    /// The first one pays.
    pub signers: Vec<&'a Keypair>,
    /// What the client expects, to stand beside what the simulation says.
    pub quote: Value,
    /// The bank whose books a dry run shows as the simulation leaves them.
    pub bank: Option<Pubkey>,
}

/// What became of it. The JSON document of every command that sends.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The command.
    pub action: String,
    /// Whether it was only simulated.
    pub dry_run: bool,
    /// Of the transaction; null for a dry run.
    pub signature: Option<String>,
    /// Slot that it landed in; null for a dry run.
    pub slot: Option<u64>,
    /// Compute units used.
    pub units: u64,
    /// (lamports) Fee, in a dry run the one it would pay.
    pub fee_lamports: u64,
    /// What the client expected.
    pub quote: Value,
    /// What the program said it did, or would do. Not every node shows loss
    /// events of a simulation.
    pub events: Vec<Value>,
    /// The bank's books as the simulation leaves them; null unless it is a dry
    /// run of something that moves them.
    pub books_after: Value,
}

impl Outcome {
    /// As a report.
    #[must_use]
    pub fn report(&self) -> Report {
        let mut rows = vec![("action", self.action.clone())];
        if let (Some(signature), Some(slot)) = (&self.signature, self.slot) {
            rows.push(("signature", signature.clone()));
            rows.push(("slot", slot.to_string()));
        } else {
            rows.push(("dry run", "simulated, nothing was sent".to_owned()));
        }
        rows.push(("compute units", self.units.to_string()));
        rows.push((
            "fee",
            format!("{} SOL", crate::amount::format(self.fee_lamports, 9)),
        ));
        let mut text = pairs(&rows);
        if !self.quote.is_null() {
            text.push_str("\n\nexpected\n");
            text.push_str(&tree(&self.quote, 1));
        }
        for event in &self.events {
            let name = event
                .get("event")
                .and_then(Value::as_str)
                .unwrap_or("event");
            text.push_str(&format!("\n\n{name} (amounts in atoms)\n"));
            text.push_str(&tree(event, 1));
        }
        if !self.books_after.is_null() {
            text.push_str("\n\nbooks of the bank after it, as simulated\n");
            text.push_str(&tree(&self.books_after, 1));
        }
        Report {
            json: serde_json::to_value(self).unwrap_or_default(),
            text,
        }
    }
}

/// A JSON object as indented lines.
fn tree(value: &Value, depth: usize) -> String {
    let Value::Object(fields) = value else {
        return String::new();
    };
    let indent = "  ".repeat(depth);
    let width = fields.keys().map(String::len).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| *name != "event") {
        match value {
            Value::Object(object) if object.contains_key("tokens") => {
                let tokens = object.get("tokens").and_then(Value::as_str);
                lines.push(format!("{indent}{name:<width$}  {}", tokens.unwrap_or("-")));
            }
            Value::Object(_) => {
                lines.push(format!("{indent}{name}"));
                lines.push(tree(value, depth.saturating_add(1)));
            }
            Value::String(text) => lines.push(format!("{indent}{name:<width$}  {text}")),
            Value::Null => lines.push(format!("{indent}{name:<width$}  -")),
            other => lines.push(format!("{indent}{name:<width$}  {other}")),
        }
    }
    lines.join("\n")
}

/// Does it, or with `--dry-run` only simulates it.
///
/// # Errors
/// `Refused` if the simulation fails: then nothing was sent. `Cluster`,
/// `NotConfirmed`.
pub async fn run(context: &Context, action: Action<'_>) -> Result<Outcome, Failure> {
    let payer = action.signers.first().map(|signer| signer.pubkey());
    let assembler = context.assembler(payer.unwrap_or_default());
    let draft = assembler.draft(&context.rpc, &action.instructions).await?;
    let mut outcome = Outcome {
        action: action.name.to_owned(),
        dry_run: context.global.dry_run,
        signature: None,
        slot: None,
        units: draft.units,
        fee_lamports: draft.fee_lamports(),
        quote: action.quote,
        events: told(&draft.events),
        books_after: Value::Null,
    };
    if context.global.dry_run {
        if let Some(bank) = &action.bank {
            outcome.books_after = books_after(context, draft.message, bank).await?;
        }
        return Ok(outcome);
    }
    let height = draft.last_valid_block_height;
    let transaction = draft.sign(&action.signers)?;
    let landed = send_and_confirm(&context.rpc, &transaction, height, assembler.commitment).await?;
    outcome.signature = Some(landed.signature.to_string());
    outcome.slot = Some(landed.slot);
    // A node may confirm a transaction before it can show it. If it does not in
    // time, what the simulation said stands.
    for _ in 0..DETAIL_TRIES {
        if let Ok(details) = details(&context.rpc, &landed.signature).await {
            outcome.units = details.units;
            outcome.fee_lamports = details.fee;
            outcome.events = told(&details.events);
            break;
        }
        tokio::time::sleep(DETAIL_PAUSE).await;
    }
    Ok(outcome)
}

/// The bank's books after the message, as the node simulates it.
async fn books_after(
    context: &Context,
    message: VersionedMessage,
    bank: &Pubkey,
) -> Result<Value, Failure> {
    let signatures = usize::from(message.header().num_required_signatures);
    let transaction = VersionedTransaction {
        signatures: vec![Signature::default(); signatures],
        message,
    };
    let config = RpcSimulateTransactionConfig {
        replace_recent_blockhash: true,
        commitment: Some(context.rpc.commitment()),
        accounts: Some(RpcSimulateTransactionAccountsConfig {
            encoding: Some(UiAccountEncoding::Base64),
            addresses: vec![bank.to_string()],
        }),
        ..RpcSimulateTransactionConfig::default()
    };
    let answer = context
        .rpc
        .simulate_transaction_with_config(&transaction, config)
        .await
        .map_err(ClientError::from)?;
    let account = answer.value.accounts.into_iter().flatten().flatten().next();
    let account: Option<Account> = account.and_then(|account| account.to_account());
    let Some(account) = account else {
        return Ok(Value::Null);
    };
    Ok(books_json(&decode(bank, &account)?))
}

fn told(found: &[Event]) -> Vec<Value> {
    found.iter().map(events::to_json).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn outcome() -> Outcome {
        Outcome {
            action: "cover".to_owned(),
            dry_run: true,
            signature: None,
            slot: None,
            units: 14_000,
            fee_lamports: 5_000,
            quote: json!({ "tiers": { "issued": { "atoms": "1500000", "tokens": "1.5" } } }),
            events: vec![json!({ "event": "DeficitCovered", "issued": "1500000" })],
            books_after: json!({ "deficit": { "atoms": "0", "tokens": "0" } }),
        }
    }

    /// Scripts rest on these names: examples/README.md promises them.
    #[test]
    fn the_document_of_a_command_that_sends_keeps_its_fields() {
        let report = outcome().report();
        let fields: Vec<&String> = report.json.as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            [
                "action",
                "books_after",
                "dry_run",
                "events",
                "fee_lamports",
                "quote",
                "signature",
                "slot",
                "units"
            ]
        );
    }

    #[test]
    fn a_dry_run_says_that_nothing_was_sent_and_shows_both_sides() {
        let text = outcome().report().text;
        assert!(text.contains("simulated, nothing was sent"), "{text}");
        let (expected, simulated) = text.split_once("DeficitCovered").unwrap();
        assert!(expected.contains("issued  1.5"), "{text}");
        assert!(simulated.contains("issued  1500000"), "{text}");
        assert!(simulated.contains("deficit  0"), "{text}");
    }
}

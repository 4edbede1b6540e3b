//! A plan as text and as JSON.

use serde_json::{json, Value};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::steps::{self, Keys};
use crate::{
    file::{units::Scale, Desired},
    output::{relative, time, Report},
    plan::{bank_changes, market_changes, Change, Effect, Observed, Plan, Step},
};

fn name(desired: &Desired, bank: &Pubkey) -> String {
    desired
        .banks
        .iter()
        .find(|wanted| wanted.keys.bank == *bank)
        .map_or_else(|| bank.to_string(), |wanted| wanted.name.clone())
}

/// A step in a few words.
pub fn title(desired: &Desired, step: &Step) -> String {
    match step {
        Step::CreateMarket { .. } => format!("create market {}", desired.keys.market),
        Step::UpdateMarket { .. } => "update market".to_owned(),
        Step::ApplyMarketUpdate => "apply the market's queued change".to_owned(),
        Step::CancelMarketUpdate => {
            "drop the market's queued change: the file does not want it".to_owned()
        }
        Step::CreateBank { bank, .. } => format!("create bank {}", name(desired, bank)),
        Step::UpdateBank { bank, .. } => format!("update bank {}", name(desired, bank)),
        Step::ApplyBankUpdate { bank } => {
            format!("apply the queued change of bank {}", name(desired, bank))
        }
        Step::CancelBankUpdate { bank } => format!(
            "drop the queued change of bank {}: the file does not want it",
            name(desired, bank)
        ),
    }
}

fn kind(step: &Step) -> &'static str {
    match step {
        Step::CreateMarket { .. } => "create-market",
        Step::UpdateMarket { .. } => "update-market",
        Step::ApplyMarketUpdate => "apply-market-update",
        Step::CancelMarketUpdate => "cancel-market-update",
        Step::CreateBank { .. } => "create-bank",
        Step::UpdateBank { .. } => "update-bank",
        Step::ApplyBankUpdate { .. } => "apply-bank-update",
        Step::CancelBankUpdate { .. } => "cancel-bank-update",
    }
}

fn bank_of(step: &Step) -> Option<&Pubkey> {
    match step {
        Step::CreateBank { bank, .. }
        | Step::UpdateBank { bank, .. }
        | Step::ApplyBankUpdate { bank }
        | Step::CancelBankUpdate { bank } => Some(bank),
        _ => None,
    }
}

fn effect(step: &Step) -> Option<Effect> {
    match step {
        Step::UpdateMarket { effect, .. } | Step::UpdateBank { effect, .. } => Some(*effect),
        _ => None,
    }
}

/// The fields that a step changes, against the state before it.
fn changes(desired: &Desired, step: &Step, before: &Observed) -> Vec<Change> {
    let Some(market) = &before.market else {
        return Vec::new();
    };
    let scale = |bank: &Pubkey| {
        let wanted = desired
            .banks
            .iter()
            .find(|wanted| wanted.keys.bank == *bank);
        wanted.map_or(
            Scale {
                asset: 0,
                governance: desired.governance_decimals,
            },
            |wanted| desired.scale(wanted),
        )
    };
    let market_scale = Scale {
        asset: 0,
        governance: desired.governance_decimals,
    };
    match step {
        Step::UpdateMarket { config, .. } => market_changes(&market.config, config, market_scale),
        Step::ApplyMarketUpdate => market.queued.map_or_else(Vec::new, |queued| {
            market_changes(&market.config, &queued.config, market_scale)
        }),
        Step::UpdateBank { bank, config, .. } => {
            before.banks.get(bank).map_or_else(Vec::new, |found| {
                bank_changes(&found.config, config, scale(bank))
            })
        }
        Step::ApplyBankUpdate { bank } => before
            .banks
            .get(bank)
            .and_then(|found| Some((found.config, found.queued?.config)))
            .map_or_else(Vec::new, |(from, to)| bank_changes(&from, &to, scale(bank))),
        _ => Vec::new(),
    }
}

/// The plan for people.
pub fn text(desired: &Desired, plan: &Plan, done: &[Option<String>]) -> String {
    let mut lines = Vec::new();
    if plan.steps.is_empty() {
        lines.push(format!(
            "nothing to do{}: market {} is as the file says",
            if plan.waiting.is_empty() { "" } else { " now" },
            desired.keys.market
        ));
    }
    for (index, (step, before)) in plan.steps.iter().enumerate() {
        let mark = match done.get(index) {
            Some(Some(signature)) => format!("  done, {signature}"),
            Some(None) => "  done before".to_owned(),
            None => String::new(),
        };
        lines.push(format!(
            "{}. {}{mark}",
            index.saturating_add(1),
            title(desired, step)
        ));
        for change in changes(desired, step, before) {
            let risk = if change.raises_risk {
                "  (raises risk)"
            } else {
                ""
            };
            lines.push(format!(
                "     {}: {} -> {}{risk}",
                change.field, change.from, change.to
            ));
        }
        match effect(step) {
            Some(Effect::AtOnce) if before.is_empty_market() => {
                lines.push("     takes effect at once: nobody has an obligation yet".to_owned())
            }
            Some(Effect::AtOnce) => lines.push("     takes effect at once".to_owned()),
            Some(Effect::Queued { from }) => lines.push(format!(
                "     raises risk: queued, applicable from {} ({})",
                time(from),
                relative(from, before.now)
            )),
            None => {}
        }
    }
    for waiting in &plan.waiting {
        let what = waiting.bank.map_or("the market".to_owned(), |bank| {
            format!("bank {}", name(desired, &bank))
        });
        lines.push(format!(
            "still waits: the queued change of {what}, applicable from {}; run `market apply` again then",
            time(waiting.from)
        ));
    }
    for note in &plan.notes {
        lines.push(format!("note: {note}"));
    }
    lines.join("\n")
}

fn instruction_json(instruction: &Instruction) -> Value {
    let accounts: Vec<Value> = instruction
        .accounts
        .iter()
        .map(|account| {
            json!({
                "pubkey": account.pubkey.to_string(),
                "is_signer": account.is_signer,
                "is_writable": account.is_writable,
            })
        })
        .collect();
    json!({
        "program_id": instruction.program_id.to_string(),
        "accounts": accounts,
        "data": crate::file::units::hex(&instruction.data),
    })
}

/// The plan, and for `plan` the instructions too.
pub fn report(
    desired: &Desired,
    plan: &Plan,
    keys: Option<&Keys>,
    done: &[Option<String>],
) -> Report {
    let steps: Vec<Value> = plan
        .steps
        .iter()
        .enumerate()
        .map(|(index, (step, before))| {
            let (effect, from) = match effect(step) {
                Some(Effect::AtOnce) => (Some("at-once"), None),
                Some(Effect::Queued { from }) => (Some("queued"), Some(from)),
                None => (None, None),
            };
            let instructions: Option<Vec<Value>> = keys.map(|keys| {
                steps::instructions(desired, step, keys)
                    .iter()
                    .map(instruction_json)
                    .collect()
            });
            json!({
                "kind": kind(step),
                "title": title(desired, step),
                "bank": bank_of(step).map(|bank| name(desired, bank)),
                "changes": changes(desired, step, before),
                "effect": effect,
                "applicable_from": from,
                "signature": done.get(index),
                "instructions": instructions,
            })
        })
        .collect();
    let waiting: Vec<Value> = plan
        .waiting
        .iter()
        .map(|waiting| {
            json!({
                "bank": waiting.bank.map(|bank| name(desired, &bank)),
                "applicable_from": waiting.from,
            })
        })
        .collect();
    let banks: Vec<Value> = desired
        .banks
        .iter()
        .map(|bank| {
            json!({
                "name": bank.name,
                "bank": bank.keys.bank.to_string(),
                "mint": bank.keys.mint.to_string(),
                "decimals": bank.decimals,
                "oracle": bank.keys.oracle.to_string(),
            })
        })
        .collect();
    Report {
        json: json!({
            "market": desired.keys.market.to_string(),
            "governance_mint": desired.keys.mint.to_string(),
            "admin": desired.admin.to_string(),
            "banks": banks,
            "steps": steps,
            "applied": done.len(),
            "waiting": waiting,
            "notes": plan.notes,
            "dry_run": false,
        }),
        text: text(desired, plan, done),
    }
}

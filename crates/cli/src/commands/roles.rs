//! `backstop pause`, `lift-pause`, `admin`, `update cancel`

use backstop_client::{instructions, program::state::PauseKind};
use serde_json::json;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    args::{self, AdminCommand, Pausable, UpdateCommand},
    context::Context,
    failure::{Exit, Failure},
    file::units::{address, Raw, Text, Unit, Written},
    output::{confirm, Report},
};

impl From<Pausable> for PauseKind {
    fn from(what: Pausable) -> Self {
        match what {
            Pausable::Borrow => Self::Borrow,
            Pausable::WriteOff => Self::WriteOff,
            Pausable::Issuance => Self::Issuance,
        }
    }
}

async fn send(
    context: &Context,
    name: &str,
    signer: &Keypair,
    instruction: Instruction,
    quote: serde_json::Value,
) -> Result<Report, Failure> {
    let action = Action {
        name,
        instructions: vec![instruction],
        signers: vec![signer],
        quote,
        bank: None,
    };
    Ok(act::run(context, action).await?.report())
}

pub async fn pause(context: &Context, args: args::Pause) -> Result<Report, Failure> {
    let secs = match Unit::Secs.parse(&args.duration) {
        Ok(Written::Raw(Raw::Number(secs))) => u32::try_from(secs).ok(),
        _ => None,
    };
    let secs = secs.ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            format!("`{}` is not a duration", args.duration),
        )
        .hint("write it like 90s, 2h or \"1d 12h\"")
    })?;
    let market = context.market().await?;
    let signer = context.signer()?;
    let keys = &market.view.keys;
    let pause = instructions::pause(keys.market, signer.pubkey(), args.what.into(), secs);
    let quote = json!({
        "until": market.view.now.saturating_add(i64::from(secs)),
        "longest_secs": market.view.market.config.max_pause_secs,
    });
    send(context, "pause", &signer, pause, quote).await
}

pub async fn lift_pause(context: &Context, args: args::LiftPause) -> Result<Report, Failure> {
    let market = context.market().await?;
    let signer = context.signer()?;
    let keys = &market.view.keys;
    let lift = instructions::lift_pause(keys.market, signer.pubkey(), args.what.into());
    send(context, "lift-pause", &signer, lift, json!(null)).await
}

pub async fn admin(context: &Context, command: AdminCommand) -> Result<Report, Failure> {
    let market = context.market().await?;
    let signer = context.signer()?;
    let key = market.view.keys.market;
    match command {
        AdminCommand::Propose { who } => {
            let next = if who == "none" {
                Pubkey::default()
            } else {
                address(&who).map_err(|message| Failure::new(Exit::Usage, message))?
            };
            if !context.global.dry_run && who != "none" {
                let question =
                    format!("Propose {next} as admin of {key}? He can then take it over.");
                confirm(&question, context.global.yes)?;
            }
            let propose = instructions::propose_admin(key, signer.pubkey(), next);
            let quote = json!({ "proposed": who });
            send(context, "admin propose", &signer, propose, quote).await
        }
        AdminCommand::Accept => {
            let accept = instructions::accept_admin(key, signer.pubkey());
            // What the last admin queued stays queued: the heir should know.
            let queued: Vec<String> = market
                .view
                .banks
                .iter()
                .filter(|bank| bank.bank.pending_config_at != 0)
                .map(|bank| market.label(&bank.keys.bank))
                .collect();
            let quote = json!({
                "queued_changes_of_banks": queued.join(", "),
                "queued_change_of_market": market.view.market.pending_config_at != 0,
            });
            send(context, "admin accept", &signer, accept, quote).await
        }
    }
}

pub async fn update(context: &Context, command: UpdateCommand) -> Result<Report, Failure> {
    let UpdateCommand::Cancel { bank } = command;
    let market = context.market().await?;
    let signer = context.signer()?;
    let admin = signer.pubkey();
    let cancel = match &bank {
        Some(name) => instructions::cancel_bank_update(&market.bank(name)?.keys, admin),
        None => instructions::cancel_market_update(market.view.keys.market, admin),
    };
    send(context, "update cancel", &signer, cancel, json!(null)).await
}

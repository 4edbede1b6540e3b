//! `backstop obligation`

use backstop_client::{
    addresses::MarketKeys,
    engine::health::Check,
    instructions,
    program::state::Obligation,
    quote::{health, is_insolvent},
};
use serde_json::{json, Value};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::status;
use crate::{
    act::{self, Action},
    args::{List, ObligationCommand, WhichObligation},
    context::{Context, Market},
    failure::{Exit, Failure},
    output::{table, Report},
};

/// The obligation that a caller means.
///
/// # Errors
/// `Config`: it is his own, and there is no keypair.
pub fn which(
    context: &Context,
    keys: &MarketKeys,
    which: &WhichObligation,
) -> Result<Pubkey, Failure> {
    match which.obligation {
        Some(key) => Ok(key),
        None => Ok(keys.obligation(&context.signer()?.pubkey(), which.index)),
    }
}

/// Runs the command. `show` is a status.
pub async fn run(context: &Context, command: ObligationCommand) -> Result<Report, Failure> {
    let market = context.market().await?;
    match command {
        ObligationCommand::Show(which) => status::obligation(context, &which).await,
        ObligationCommand::List(args) => list(context, &market, args).await,
        ObligationCommand::Open(index) => {
            let signer = context.signer()?;
            let owner = signer.pubkey();
            let key = market.view.keys.obligation(&owner, index.index);
            if context.find_obligation(&key).await?.is_some() {
                return Err(Failure::new(
                    Exit::Refused,
                    format!("the obligation {key} is open already"),
                )
                .hint("use it, or open another one with --index N"));
            }
            let open = instructions::open_obligation(&market.view.keys, owner, owner, index.index);
            let action = Action {
                name: "obligation open",
                instructions: vec![open],
                signers: vec![&signer],
                bank: None,
                quote: json!({ "obligation": key.to_string() }),
            };
            Ok(act::run(context, action).await?.report())
        }
        ObligationCommand::Close(index) => {
            let signer = context.signer()?;
            let owner = signer.pubkey();
            let key = market.view.keys.obligation(&owner, index.index);
            context.obligation(&key).await?;
            let action = Action {
                name: "obligation close",
                instructions: vec![instructions::close_obligation(owner, key, owner)],
                signers: vec![&signer],
                bank: None,
                quote: json!({ "obligation": key.to_string() }),
            };
            Ok(act::run(context, action).await?.report())
        }
    }
}

/// What can be done with an obligation, in one word.
pub fn verdict(view: &backstop_client::MarketView, obligation: &Obligation) -> &'static str {
    if !obligation.has_debt() {
        return if obligation.has_record() {
            "record"
        } else {
            "no debt"
        };
    }
    if obligation.positions().iter().all(|p| !p.has_deposit()) {
        return "bad debt";
    }
    match (
        health(view, obligation, Check::Maintenance),
        is_insolvent(view, obligation),
    ) {
        (Ok(_), Ok(true)) => "insolvent",
        (Ok(sums), _) if sums.is_healthy() => "healthy",
        (Ok(_), _) => "unhealthy",
        (Err(_), _) => "no price",
    }
}

async fn list(context: &Context, market: &Market, args: List) -> Result<Report, Failure> {
    let owner = match (args.all || args.unhealthy, args.owner) {
        (_, Some(owner)) => Some(owner),
        (true, None) => None,
        (false, None) => Some(context.signer()?.pubkey()),
    };
    let found = context
        .obligations(&market.view.keys.market, owner.as_ref())
        .await?;
    let view = market.refreshed();
    let mut documents: Vec<Value> = Vec::new();
    let mut rows = Vec::new();
    for (key, obligation) in found {
        let verdict = verdict(&view, &obligation);
        let sound = matches!(verdict, "healthy" | "no debt" | "record" | "no price");
        if args.unhealthy && sound {
            continue;
        }
        let document = status::obligation_json(market, &view, &key, &obligation);
        let value = |field: &str| {
            let value = document.pointer(field).and_then(Value::as_str);
            value.unwrap_or("-").to_owned()
        };
        rows.push(vec![
            key.to_string(),
            obligation.owner.to_string(),
            verdict.to_owned(),
            value("/health/collateral_usd"),
            value("/health/debt_usd"),
            value("/health/ratio"),
        ]);
        documents.push(document);
    }
    let header = [
        "obligation",
        "owner",
        "state",
        "collateral $",
        "debt $",
        "health",
    ];
    let text = if rows.is_empty() {
        "none".to_owned()
    } else {
        table(&header, &rows)
    };
    Ok(Report {
        json: json!({ "obligations": documents }),
        text,
    })
}

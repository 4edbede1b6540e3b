//! `backstop write-off`, `cover`, `socialise`, `recover`: the waterfall, tier
//! by tier, as the client expects it beside what the simulation says.

use backstop_client::{
    engine::{step::Covered, units::Atoms},
    instructions, plan,
    program::state::{Bank, Obligation},
    quote,
    view::BankView,
    ClientError, MarketView,
};
use serde_json::{json, Map, Value};
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    args,
    books::{amount, Token},
    context::Context,
    failure::{Exit, Failure},
    output::{relative, time, Report},
};

fn tiers(cover: &Covered, after: &Bank, view: &MarketView) -> Result<Map<String, Value>, Failure> {
    let decimals = after.decimals;
    let on_auction = Atoms(after.ledger.on_auction);
    let open = Atoms(after.ledger.deficit)
        .sub(on_auction)
        .map_err(ClientError::from)?;
    let mut tiers = Map::new();
    let mut add = |name: &str, atoms: Atoms| {
        tiers.insert(name.to_owned(), amount(atoms.0, decimals));
    };
    add("1_protocol_fees", cover.protocol_fees_used);
    add("2_insurance_fees", cover.insurance_fees_used);
    add("2_insurance_vault", cover.insurance_drawn);
    add("3_on_auction", on_auction);
    add("4_left_open", open);
    tiers.insert(
        "issued".to_owned(),
        amount(cover.issued.0, view.market.governance_decimals),
    );
    Ok(tiers)
}

pub async fn write_off(context: &Context, args: args::Loss) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let obligation = context.obligation(&args.obligation).await?;
    let signer = context.signer()?;
    let keeper = signer.pubkey();
    let token = Token::from(bank);
    let expected = quote::write_off(&view, &bank.keys.bank, &obligation, true)
        .map_err(|error| too_recent(error.into(), &view, bank, &obligation))?;
    let mut instructions = vec![token.create(&keeper, &keeper)];
    instructions.extend(plan::write_off(
        &view,
        &bank.keys,
        (args.obligation, &obligation),
        Some(token.account(&keeper)),
        bank.is_priced(view.slot),
    )?);
    let action = Action {
        name: "write-off",
        instructions,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "obligation": args.obligation.to_string(),
            "bank": market.label(&bank.keys.bank),
            "loss": amount(expected.done.loss.0, token.decimals),
            "deficit_before": amount(expected.done.cover.deficit_before.0, token.decimals),
            "tiers": tiers(&expected.done.cover, &expected.bank, &view)?,
            "bounty": amount(expected.done.bounty.0, token.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

/// Says how long, if it is only a matter of waiting.
fn too_recent(
    failure: Failure,
    view: &MarketView,
    bank: &BankView,
    obligation: &Obligation,
) -> Failure {
    if failure.name != Some("RiskTooRecent") {
        return failure;
    }
    let age = i64::from(bank.bank.config.min_risk_age_secs);
    let from = obligation.risk_raised_at.saturating_add(age);
    failure.hint(format!(
        "it can be written off from {} ({})",
        time(from),
        relative(from, view.now)
    ))
}

pub async fn cover(context: &Context, name: &str) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(name)?.keys.bank)?;
    let signer = context.signer()?;
    let expected = quote::cover(&view, &bank.keys.bank)?;
    let action = Action {
        name: "cover",
        instructions: plan::cover(&view, &bank.keys, bank.is_priced(view.slot))?,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "deficit_before": amount(expected.done.deficit_before.0, bank.bank.decimals),
            "tiers": tiers(&expected.done, &expected.bank, &view)?,
            "does_something": expected.does_something(),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

pub async fn socialise(context: &Context, name: &str) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(name)?.keys.bank)?;
    let signer = context.signer()?;
    let expected = quote::socialise(&view, &bank.keys.bank)?;
    let decimals = bank.bank.decimals;
    let action = Action {
        name: "socialise",
        instructions: vec![instructions::socialise_deficit(&bank.keys)],
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "protocol_fees_used": amount(expected.protocol_fees_used.0, decimals),
            "insurance_fees_used": amount(expected.insurance_fees_used.0, decimals),
            "lenders_lose": amount(expected.socialised.0, decimals),
            "reason": expected.reason.words(),
            "winds_down": expected.wound_down,
        }),
    };
    Ok(act::run(context, action).await?.report())
}

pub async fn recover(context: &Context, args: args::Recover) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let obligation = context.obligation(&args.obligation).await?;
    let signer = context.signer()?;
    let payer = signer.pubkey();
    let token = Token::from(bank);
    let record = obligation
        .position(&bank.keys.bank)
        .map_or(0, |position| position.written_off);
    if record == 0 {
        return Err(Failure::new(
            Exit::Refused,
            "the obligation has no record of written-off debt in this bank",
        )
        .hint("`backstop obligation show` lists its records"));
    }
    let amount_given = match &args.amount {
        crate::amount::Amount::All => crate::amount::format(record, token.decimals).parse()?,
        amount => *amount,
    };
    let (atoms, mut instructions) = token.pay(context, &payer, &amount_given).await?;
    instructions.push(instructions::repay_written_off(
        &bank.keys,
        payer,
        args.obligation,
        token.account(&payer),
        atoms,
    ));
    let action = Action {
        name: "recover",
        instructions,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "obligation": args.obligation.to_string(),
            "bank": market.label(&bank.keys.bank),
            "record": amount(record, token.decimals),
            "pays": amount(atoms.min(record), token.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

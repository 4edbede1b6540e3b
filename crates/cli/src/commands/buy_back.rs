//! `backstop buy-back`

use backstop_client::{
    engine::units::{Atoms, GovAtoms},
    instructions, plan, quote,
};
use serde_json::json;
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    amount::{Amount, Decimal},
    args::BuyBackCommand,
    books::{amount, Token},
    context::{tokens, Context},
    failure::Failure,
    output::Report,
};

pub async fn run(context: &Context, command: BuyBackCommand) -> Result<Report, Failure> {
    match command {
        BuyBackCommand::Start(args) => start(context, &args.bank).await,
        BuyBackCommand::Sell { bank, amount, min } => sell(context, &bank, amount, min).await,
        BuyBackCommand::Close(args) => close(context, &args.bank).await,
    }
}

async fn start(context: &Context, name: &str) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(name)?.keys.bank)?;
    let signer = context.signer()?;
    let started = quote::buy_back(&view, &bank.keys.bank)?;
    let action = Action {
        name: "buy-back start",
        instructions: plan::start_buy_back(&view, &bank.keys)?,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "budget": amount(started.budget.0, bank.bank.decimals),
            "ends_at": started.ends_at.0,
        }),
    };
    Ok(act::run(context, action).await?.report())
}

async fn sell(
    context: &Context,
    name: &str,
    wanted: Amount,
    min: Option<Decimal>,
) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(name)?.keys.bank)?;
    let signer = context.signer()?;
    let seller = signer.pubkey();
    let asset = Token::from(bank);
    let governance = Token::governance(&view);
    let (atoms, _) = governance.pay(context, &seller, &wanted).await?;
    let least = match &min {
        Some(decimal) => tokens(decimal, asset.decimals)?,
        None => 0,
    };
    let sale = quote::sale(&view, &bank.keys.bank, GovAtoms(atoms), Atoms(least))?;
    // The price is bounded by the token's price of the moment, which may fall.
    let least = if min.is_some() { least } else { sale.paid.0 };
    let mut instructions = vec![asset.create(&seller, &seller)];
    instructions.extend(plan::sell_governance(
        &view,
        &bank.keys,
        seller,
        governance.account(&seller),
        asset.account(&seller),
        atoms,
        least,
    )?);
    let action = Action {
        name: "buy-back sell",
        instructions,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "sells": amount(sale.sold.0, governance.decimals),
            "receives": amount(sale.paid.0, asset.decimals),
            "at_least": amount(least, asset.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

async fn close(context: &Context, name: &str) -> Result<Report, Failure> {
    let market = context.market().await?;
    let bank = market.bank(name)?;
    let signer = context.signer()?;
    let action = Action {
        name: "buy-back close",
        instructions: vec![instructions::close_buy_back(&bank.keys)],
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "unspent": amount(bank.bank.buy_back.budget, bank.bank.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

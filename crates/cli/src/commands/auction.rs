//! `backstop buy`, `close-auction`

use backstop_client::{
    engine::units::{Atoms, GovAtoms},
    instructions, quote,
};
use serde_json::json;
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    args,
    books::{amount, Token},
    context::{atoms_or, tokens, Context},
    failure::Failure,
    output::Report,
};

pub async fn buy(context: &Context, args: args::Buy) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let signer = context.signer()?;
    let buyer = signer.pubkey();
    let asset = Token::from(bank);
    let governance = Token::governance(&view);
    let wanted = atoms_or(&args.amount, governance.decimals, bank.bank.auction.lot)?;
    let most = match &args.max_pay {
        Some(decimal) => tokens(decimal, asset.decimals)?,
        None => u64::MAX,
    };
    let fill = quote::buy(&view, &bank.keys.bank, GovAtoms(wanted), Atoms(most))?;
    let paid = fill.paid.0;
    let price = crate::amount::format(paid, asset.decimals).parse()?;
    let (_, mut instructions) = asset.pay(context, &buyer, &price).await?;
    instructions.push(governance.create(&buyer, &buyer));
    // The price only falls: what is quoted now is the most that it can cost.
    let max_pay = if args.max_pay.is_some() { most } else { paid };
    instructions.push(instructions::buy_governance(
        &bank.keys,
        buyer,
        asset.account(&buyer),
        governance.account(&buyer),
        wanted,
        max_pay,
    ));
    let action = Action {
        name: "buy",
        instructions,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "buys": amount(fill.bought.0, governance.decimals),
            "pays": amount(paid, asset.decimals),
            "at_most": amount(max_pay, asset.decimals),
            "completes_the_auction": fill.lot_left.is_zero(),
            "burned": amount(fill.burned.0, governance.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

pub async fn close(context: &Context, name: &str) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(name)?.keys.bank)?;
    let signer = context.signer()?;
    let plan = quote::close_auction(&view, &bank.keys.bank)?;
    let action = Action {
        name: "close-auction",
        instructions: vec![instructions::close_auction(&bank.keys)],
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "burns": amount(plan.burned.0, view.market.governance_decimals),
            "unsold_deficit": amount(plan.unsold.0, bank.bank.decimals),
            "failed": plan.failed,
        }),
    };
    Ok(act::run(context, action).await?.report())
}

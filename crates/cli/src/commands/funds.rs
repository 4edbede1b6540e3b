//! `backstop insurance fund`, `fees collect`

use backstop_client::{instructions, quote::collectable};
use serde_json::json;
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    args::{FeesCommand, InsuranceCommand},
    books::{amount, Token},
    context::Context,
    failure::Failure,
    output::Report,
};

pub async fn insurance(context: &Context, command: InsuranceCommand) -> Result<Report, Failure> {
    let InsuranceCommand::Fund {
        bank,
        amount: given,
    } = command;
    let market = context.market().await?;
    let bank = market.bank(&bank)?;
    let signer = context.signer()?;
    let payer = signer.pubkey();
    let token = Token::from(bank);
    let (atoms, mut instructions) = token.pay(context, &payer, &given).await?;
    instructions.push(instructions::fund_insurance(
        &bank.keys,
        payer,
        token.account(&payer),
        atoms,
    ));
    let before = bank.bank.ledger.insurance;
    let action = Action {
        name: "insurance fund",
        instructions,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "pays": amount(atoms, token.decimals),
            "insurance_before": amount(before, token.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

pub async fn fees(context: &Context, command: FeesCommand) -> Result<Report, Failure> {
    let FeesCommand::Collect(args) = command;
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let signer = context.signer()?;
    let token = Token::from(bank);
    let owner = view.market.config.fee_owner;
    let (to_owner, to_insurance) = collectable(&view, &bank.keys.bank)?;
    let instructions = vec![
        token.create(&signer.pubkey(), &owner),
        instructions::collect_fees(&bank.keys, token.account(&owner)),
    ];
    let action = Action {
        name: "fees collect",
        instructions,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "bank": market.label(&bank.keys.bank),
            "to_fee_owner": amount(to_owner.0, token.decimals),
            "to_insurance": amount(to_insurance.0, token.decimals),
            "fee_owner": owner.to_string(),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

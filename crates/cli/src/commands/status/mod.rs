//! `backstop status`: what is there, as tables and as JSON.

mod auction;
mod bank;
mod market;
mod obligation;

use crate::{
    args::{StatusCommand, WhichObligation},
    context::Context,
    failure::Failure,
    output::Report,
};

pub use obligation::to_json as obligation_json;

pub async fn run(context: &Context, command: StatusCommand) -> Result<Report, Failure> {
    match command {
        StatusCommand::Obligation(which) => obligation(context, &which).await,
        StatusCommand::Market => Ok(market::report(&context.market().await?)),
        StatusCommand::Bank(args) => {
            let market = context.market().await?;
            let key = market.bank(&args.bank)?.keys.bank;
            bank::report(&market, &key)
        }
        StatusCommand::Auction { bank, at } => {
            let market = context.market().await?;
            let only = match &bank {
                Some(name) => Some(market.bank(name)?.keys.bank),
                None => None,
            };
            auction::report(&market, only, at)
        }
    }
}

pub async fn obligation(context: &Context, which: &WhichObligation) -> Result<Report, Failure> {
    let market = context.market().await?;
    let key = super::obligation::which(context, &market.view.keys, which)?;
    let state = context.obligation(&key).await?;
    Ok(obligation::report(&market, &key, &state))
}

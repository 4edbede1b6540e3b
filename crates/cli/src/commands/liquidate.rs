//! `backstop liquidate`

use backstop_client::{
    engine::units::Atoms,
    instructions::{self, Liquidate, LiquidationParties},
    plan,
    quote::liquidation,
};
use serde_json::json;
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    amount::Amount,
    args,
    books::{amount, Token},
    context::{tokens, Context},
    failure::Failure,
    output::Report,
};

pub async fn run(context: &Context, args: args::Liquidate) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let debt = view.bank(&market.bank(&args.debt)?.keys.bank)?;
    let collateral = view.bank(&market.bank(&args.collateral)?.keys.bank)?;
    let obligation = context.obligation(&args.obligation).await?;
    let signer = context.signer()?;
    let liquidator = signer.pubkey();
    let own = view.keys.obligation(&liquidator, args.index.index);
    let token = Token::from(debt);
    let most = match &args.max {
        Amount::All => u64::MAX,
        Amount::Tokens(decimal) => tokens(decimal, token.decimals)?,
    };
    let quote = liquidation(
        &view,
        &obligation,
        &debt.keys.bank,
        &collateral.keys.bank,
        Atoms(most),
    )?;
    let repay = quote.plan.repay.0;
    let price = crate::amount::format(repay, token.decimals).parse()?;
    let (_, mut instructions) = token.pay(context, &liquidator, &price).await?;
    if context.find_obligation(&own).await?.is_none() {
        instructions.push(instructions::open_obligation(
            &view.keys,
            liquidator,
            liquidator,
            args.index.index,
        ));
    }
    let gets = quote.plan.to_liquidator.0;
    instructions.extend(plan::liquidate(
        &view,
        &debt.keys,
        &collateral.keys,
        LiquidationParties {
            liquidator,
            liquidator_obligation: own,
            liquidator_token_account: token.account(&liquidator),
            obligation: args.obligation,
        },
        &obligation,
        Liquidate {
            max_repay: most,
            // Against a price that moves before this lands.
            min_shares: gets.saturating_sub(gets.div_ceil(PRICE_SLACK)),
        },
    )?);
    let seized = collateral
        .bank
        .ledger
        .get()
        .net_value_down(quote.plan.to_liquidator)
        .map_err(backstop_client::ClientError::from)?;
    let action = Action {
        name: "liquidate",
        instructions,
        signers: vec![&signer],
        bank: Some(debt.keys.bank),
        quote: json!({
            "obligation": args.obligation.to_string(),
            "debt_bank": market.label(&debt.keys.bank),
            "collateral_bank": market.label(&collateral.keys.bank),
            "repays": amount(repay, token.decimals),
            "receives": amount(seized.0, collateral.bank.decimals),
            "into_obligation": own.to_string(),
            "bonus_bps": quote.plan.bonus.0,
            "clears_debt": quote.plan.clears_debt,
            "empties_collateral": quote.plan.empties_collateral,
        }),
    };
    Ok(act::run(context, action).await?.report())
}

/// Of the shares that are expected now, one in a hundred may be missing.
const PRICE_SLACK: u128 = 100;

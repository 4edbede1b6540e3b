//! The market before the storm.

use {
    crate::{
        format::{percent, price, sol, tokens, usd0},
        keeper::auction_hours,
        stage::Stage,
        story::{Chapter, Table},
        times,
    },
    serde_json::json,
};

/// The market, its reserves and its rules.
pub fn market(stage: &mut Stage) -> Chapter {
    let bank = stage.world.bank(stage.usdc).config;
    let collateral = stage.world.bank(stage.sol).config;
    let market = stage.world.market_state();
    let (insurance, token) = (stage.terms.insurance, stage.terms.token_price);
    let opening = opening_price(stage);
    let hours = auction_hours(stage);
    let bps = |bps: u32| percent(bps.into());
    let mut table = Table::new(&["rule of the market", "value"]);
    for (rule, value) in [
        ("asset lent", "USDC, taken as one dollar".to_owned()),
        (
            "collateral",
            format!("SOL, at {} when the story begins", price(opening)),
        ),
        ("may borrow up to", bps(collateral.collateral_factor_bps)),
        (
            "may be liquidated from",
            bps(collateral.liquidation_threshold_bps),
        ),
        (
            "liquidator's bonus",
            format!(
                "{} to {}",
                bps(collateral.min_bonus_bps),
                bps(collateral.max_bonus_bps)
            ),
        ),
        ("insurance vault", usd0(insurance)),
        (
            "governance token",
            format!("{} at {}", tokens(market.initial_supply), price(token)),
        ),
        (
            "issued at most",
            format!(
                "{} of supply an auction, {} a week, {} tokens ever",
                bps(market.config.issuance_auction_bps),
                bps(market.config.issuance_window_bps),
                tokens(market.config.lifetime_issuance_cap)
            ),
        ),
        (
            "price in an auction",
            format!(
                "falls from market + {} to market - {} in {hours} hours",
                bps(market.config.premium_bps),
                bps(market.config.max_discount_bps)
            ),
        ),
        (
            "keeper's bounty",
            format!("{} of a loss, out of insurance", bps(bank.bounty_bps)),
        ),
    ] {
        table.row([rule.to_owned(), value]);
    }
    let figures = json!({
        "insurance": insurance,
        "sol_price": opening,
        "token_price": token,
        "token_supply": market.initial_supply,
        "lifetime_issuance_cap": market.config.lifetime_issuance_cap,
        "issuance_auction_bps": market.config.issuance_auction_bps,
        "issuance_window_bps": market.config.issuance_window_bps,
        "liquidation_threshold_bps": collateral.liquidation_threshold_bps,
        "bounty_bps": bank.bounty_bps,
        "socialise_delay_secs": bank.socialise_delay_secs,
    });
    Chapter::new("The market", &figures)
        .say(
            "A lending market on an embedded chain: the program is the bytecode that would be \
             deployed, every step below is a transaction, and after each of them every invariant \
             is checked.",
        )
        .say(
            "Nobody in it has a right over it: once it is set up, neither its admin nor its guardian \
             signs anything. Whoever writes off, covers, closes or socialises is a passer-by.",
        )
        .say(
            "Prices are real: SOL as it traded from 5 to 17 November 2022, when FTX fell. The \
             governance token moves as AAVE, a lending protocol's token, did in the crash of May \
             2022, scaled to this token's price at the opening and laid so that both lows coincide.",
        )
        .table(table)
}

/// (10^-8 dollars) SOL in the bar in which people came.
fn opening_price(stage: &Stage) -> i64 {
    stage
        .log
        .lines
        .iter()
        .find(|line| line.at == times::OPENING)
        .map_or(0, |line| line.sol_price)
}

/// Lenders and borrowers.
pub fn people(stage: &mut Stage) -> Chapter {
    let price_then = opening_price(stage);
    let cast = &stage.cast;
    let mut lenders = Table::new(&["lender", "lends"]);
    for lender in &cast.lenders {
        lenders.row([lender.name.to_owned(), usd0(lender.deposit)]);
    }
    let mut borrowers = Table::new(&[
        "loan / collateral",
        "borrowers",
        "SOL",
        "borrowed",
        "due below",
    ]);
    let threshold = stage.world.bank(stage.sol).config.liquidation_threshold_bps;
    let cast = &stage.cast;
    for from in (2_000..7_000).step_by(1_000) {
        let bucket: Vec<_> = cast
            .borrowers
            .iter()
            .filter(|one| (from..from + 1_000).contains(&one.loan_bps))
            .collect();
        let Some(boldest) = bucket.iter().map(|one| one.loan_bps).max() else {
            continue;
        };
        let due = price_then * i64::try_from(boldest).unwrap_or(0) / i64::from(threshold);
        borrowers.row([
            format!("{} to {} %", from / 100, from / 100 + 10),
            bucket.len().to_string(),
            sol(bucket.iter().map(|one| one.collateral).sum()),
            usd0(bucket.iter().map(|one| one.borrowed).sum()),
            price(due),
        ]);
    }
    let lent = cast.lenders.iter().map(|one| one.deposit).sum();
    let borrowed = cast.borrowers.iter().map(|one| one.borrowed).sum();
    let figures = json!({
        "lenders": cast.lenders.iter().map(|one| json!({
            "name": one.name, "deposit": one.deposit, "leaves_at": one.leaves,
        })).collect::<Vec<_>>(),
        "borrowers": cast.borrowers.iter().map(|one| json!({
            "name": one.name, "sol": one.collateral, "borrowed": one.borrowed,
            "loan_bps": one.loan_bps,
        })).collect::<Vec<_>>(),
    });
    Chapter::new("Lenders and borrowers", &figures)
        .say(format!(
            "{} lenders bring {}; {} borrowers take {} of it against SOL. How much SOL, how large \
             a loan and in which order they stand is drawn from seed {}. \"Due below\" is the SOL \
             price from which on the boldest of a row may be liquidated.",
            cast.lenders.len(),
            usd0(lent),
            cast.borrowers.len(),
            usd0(borrowed),
            stage.seed
        ))
        .table(lenders)
        .table(borrowers)
}

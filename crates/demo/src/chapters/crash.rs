//! The crash and the liquidators.

use {
    crate::{
        crash::CONGESTED_BPS,
        format::{percent, price, sol, time, usd0},
        log::Line,
        stage::Stage,
        story::{Chapter, Table},
        times,
    },
    serde_json::json,
};

/// Bars in a row of the table.
const ROW: usize = 8;

/// The price, step by step.
pub fn prices(stage: &mut Stage) -> Chapter {
    let lines: Vec<Line> = stage
        .log
        .lines
        .iter()
        .filter(|line| line.at <= times::FRESH_MONEY)
        .copied()
        .collect();
    let mut table = Table::new(&[
        "until",
        "SOL",
        "low",
        "jam",
        "due",
        "landed",
        "repaid",
        "money",
        "under",
        "short",
        "write-offs",
    ]);
    for bars in lines.rchunks(ROW).rev() {
        let (Some(last), Some(low)) = (bars.last(), bars.iter().map(|bar| bar.sol_price).min())
        else {
            continue;
        };
        // A quiet time is one row a day.
        let quiet = bars.iter().all(|bar| bar.due == 0);
        if quiet && last.at % 86_400 != 0 {
            continue;
        }
        table.row([
            time(last.at),
            price(last.sol_price),
            price(low),
            bars.iter().filter(|bar| bar.congested).count().to_string(),
            bars.iter()
                .map(|bar| bar.due)
                .max()
                .unwrap_or(0)
                .to_string(),
            bars.iter().map(|bar| bar.landed).sum::<u64>().to_string(),
            usd0(bars.iter().map(|bar| bar.repaid).sum()),
            usd0(last.liquidator_money),
            last.underwater.to_string(),
            usd0(last.shortfall),
            usd0(bars.iter().map(|bar| bar.written_off).sum()),
        ]);
    }
    let worst = lines
        .iter()
        .max_by_key(|line| line.shortfall)
        .copied()
        .unwrap_or_default();
    let lowest = lines
        .iter()
        .min_by_key(|line| line.sol_price)
        .copied()
        .unwrap_or_default();
    let first = lines.first().copied().unwrap_or_default();
    let jams = lines.iter().filter(|line| line.congested).count();
    let figures = json!({
        "first_price": first.sol_price,
        "lowest_price": lowest.sol_price,
        "lowest_at": lowest.at,
        "congested_bars": jams,
        "most_underwater": lines.iter().map(|line| line.underwater).max(),
        "greatest_shortfall": worst.shortfall,
        "greatest_shortfall_at": worst.at,
    });
    Chapter::new("The crash, four hours a row", &figures)
        .say(format!(
            "SOL falls from {} to {} ({}). In {jams} half-hours it moves by {} or more \
             within an hour: the chain is jammed and no liquidation lands. So accounts slip from \
             \"may be liquidated\" to \"underwater\" - they owe more than they have - before \
             anyone reaches them, and more do once the liquidators' money is gone.",
            price(first.sol_price),
            price(lowest.sol_price),
            time(lowest.at),
            percent(CONGESTED_BPS.into()),
        ))
        .say(
            "Times are UTC. jam: jammed half-hours. due: most accounts that could be liquidated. \
             landed, repaid: liquidations. money: what liquidators still have. under, short: \
             accounts underwater at the end of the row, and by how much.",
        )
        .table(table)
}

/// Liquidators, one by one.
pub fn liquidators(stage: &Stage) -> Chapter {
    let mut table = Table::new(&[
        "liquidator",
        "brought",
        "landed",
        "repaid",
        "got SOL",
        "paid per SOL",
        "money gone",
    ]);
    for one in &stage.cast.liquidators {
        // Micro-dollars to atoms of SOL, in 10^-8 dollars a SOL.
        let rate = (u128::from(one.repaid) * 100_000_000_000)
            .checked_div(one.collateral.into())
            .and_then(|rate| i64::try_from(rate).ok());
        table.row([
            one.name.to_owned(),
            usd0(one.money),
            one.landed.to_string(),
            usd0(one.repaid),
            sol(one.collateral),
            rate.map_or_else(|| "-".to_owned(), price),
            one.out_at.map_or_else(|| "never".to_owned(), time),
        ]);
    }
    let figures = json!({
        "liquidators": stage.cast.liquidators.iter().map(|one| json!({
            "name": one.name, "money": one.money, "arrives": one.arrives, "landed": one.landed,
            "repaid": one.repaid, "sol": one.collateral, "out_at": one.out_at,
        })).collect::<Vec<_>>(),
        "refused": stage.log.lines.iter().map(|line| line.refused).sum::<u64>(),
    });
    let out = stage
        .cast
        .liquidators
        .iter()
        .filter(|one| one.out_at.is_some())
        .count();
    Chapter::new("The liquidators", &figures)
        .say(format!(
            "Each repays debt and receives collateral at a discount. The SOL cannot be turned \
             into dollars in time, so money that is spent is gone: {out} of them drop out. On {} \
             fresh money arrives, clears every account that is due, and what debt is left then \
             has nothing behind it.",
            time(times::FRESH_MONEY)
        ))
        .table(table)
}

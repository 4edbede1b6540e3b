//! Bad debt: written off, covered, sold for, shared.

use {
    crate::{
        format::{micro, percent, price, time, tokens, usd, usd0},
        stage::Stage,
        story::{Chapter, Table, Totals},
    },
    serde_json::json,
};

/// Every write-off.
pub fn losses(stage: &Stage) -> Option<Chapter> {
    let losses = &stage.log.losses;
    losses.first()?;
    let mut table = Table::new(&[
        "at",
        "account",
        "loss",
        "fees",
        "insurance",
        "bounty",
        "issued",
        "on auction",
        "left open",
    ]);
    for loss in losses {
        table.row([
            time(loss.at),
            loss.account.clone(),
            usd0(loss.loss),
            usd0(loss.protocol_fees_used),
            usd0(loss.insurance_used),
            usd(loss.bounty),
            tokens(loss.issued),
            usd0(loss.on_auction),
            usd0(loss.left_open),
        ]);
    }
    let sum = losses.iter().map(|loss| loss.loss).sum();
    let figures = json!({ "write_offs": losses.len(), "loss": sum });
    Some(
        Chapter::new("The write-offs", &figures)
            .say(format!(
                "A keeper - a wallet without any right - calls write_off for each account that \
                 has debt and no collateral: {} calls, {} in all. Each call covers what it can, \
                 in this order: fees the protocol has not collected, insurance, newly issued \
                 tokens put on auction. What is left stays open. The last two columns are the deficit \
                 of the bank after the call.",
                losses.len(),
                usd(sum)
            ))
            .table(table),
    )
}

/// Auctions and who bought.
pub fn auctions(stage: &mut Stage, totals: &Totals) -> Option<Chapter> {
    let log = &stage.log;
    log.openings.first()?;
    let mut opened = Table::new(&["auction opened", "issued", "for a deficit of", "from", "to"]);
    for one in &log.openings {
        opened.row([
            time(one.at),
            tokens(one.issued),
            usd0(one.offered),
            micro(one.start_micro),
            micro(one.floor_micro),
        ]);
    }
    let mut sales = Table::new(&[
        "at",
        "buyer",
        "tokens",
        "price",
        "market",
        "below market",
        "paid",
        "burned",
    ]);
    for sale in &log.sales {
        let (market, paid) = (i128::from(sale.market_micro), i128::from(sale.price_micro));
        sales.row([
            time(sale.at),
            sale.bidder.clone(),
            tokens(sale.bought),
            micro(sale.price_micro),
            micro(sale.market_micro),
            percent((market - paid) * 10_000 / market.max(1)),
            usd(sale.paid),
            tokens(sale.burned),
        ]);
    }
    let paid: u64 = log.sales.iter().map(|sale| sale.paid).sum();
    let average = average(paid, totals.sold);
    let unsold: u64 = log.closings.iter().map(|one| one.burned).sum();
    let burned_now: u64 = totals.issued - totals.sold;
    let initial = stage.world.market_state().initial_supply;
    let figures = json!({
        "openings": log.openings, "failed": log.closings, "issued": totals.issued,
        "sold": totals.sold, "paid": paid, "average_price_micro": average,
        "burned_unsold": burned_now,
    });
    let dilution = i128::from(totals.sold) * 10_000 / i128::from(initial);
    let mut chapter = Chapter::new("Dilution: tokens issued and sold", &figures)
        .say(format!(
            "Only with the insurance ledger at zero does the program issue: {} tokens into its \
             own escrow, in {} auctions. {} were sold for {}, on average {} each; {} were not \
             needed or not wanted and were burned. Holders end up diluted by {}.",
            tokens(totals.issued),
            log.openings.len(),
            tokens(totals.sold),
            usd(paid),
            micro(average),
            tokens(burned_now),
            percent(dilution),
        ))
        .table(opened);
    if !log.closings.is_empty() {
        chapter = chapter.say(format!(
            "{} auctions ended with tokens nobody wanted at their floor, {} of them; those were \
             burned, and the deficit they were for waits again. The last such count in a row: {}.",
            log.closings.len(),
            tokens(unsold),
            log.closings.last().map_or(0, |one| one.failed_auctions)
        ));
    }
    Some(if log.sales.is_empty() {
        chapter
    } else {
        chapter.table(sales)
    })
}

/// (10^-6 dollars) Average price of `tokens` that cost `paid`, rounded down.
fn average(paid: u64, tokens: u64) -> u64 {
    (u128::from(paid) * 1_000_000)
        .checked_div(tokens.into())
        .and_then(|price| u64::try_from(price).ok())
        .unwrap_or(0)
}

/// What lenders shared.
pub fn shared(stage: &mut Stage) -> Option<Chapter> {
    let shared = stage.log.shared.clone();
    let last = shared.last()?;
    let days = stage.world.bank(stage.usdc).config.socialise_delay_secs / 86_400;
    let mut table = Table::new(&["lender", "claim at the start", "his part of the losses"]);
    for lender in &stage.cast.lenders {
        table.row([
            lender.name.to_owned(),
            usd0(lender.deposit),
            usd(lender.carried),
        ]);
    }
    let figures = json!({
        "events": shared,
        "lenders": stage.cast.lenders.iter().map(|one| json!({
            "name": one.name, "carried": one.carried,
        })).collect::<Vec<_>>(),
    });
    Some(
        Chapter::new("Lenders share the rest", &figures)
            .say(format!(
                "On {}, after the deficit has waited for {days} days and because {}, anyone may \
                 socialise it: {} comes off what lenders own, from each in proportion to his \
                 shares. Nobody was asked, nobody was first.",
                time(last.at),
                last.reason,
                usd(shared.iter().map(|one| one.socialised).sum())
            ))
            .table(table),
    )
}

/// Who paid for what was lost.
pub fn waterfall(stage: &Stage, totals: &Totals) -> Chapter {
    let part = |atoms: u128| {
        let bps = atoms * 10_000 / totals.lost.max(1);
        percent(i128::try_from(bps).unwrap_or(0))
    };
    let mut table = Table::new(&["who paid", "dollars", "share of the loss"]);
    for (who, atoms) in [
        ("uncollected protocol fees", totals.covered_by_fees),
        ("insurance (fees and vault)", totals.covered_by_insurance),
        ("buyers of issued tokens", totals.covered_by_auction),
        ("debtors who repaid while it was open", totals.recovered),
        (
            "lenders who left while it was open",
            totals.borne_by_leavers,
        ),
        ("lenders who stayed (socialised)", totals.socialised),
        ("still open", totals.deficit.into()),
        ("written off in all", totals.lost),
    ] {
        let dollars = u64::try_from(atoms).map_or_else(|_| atoms.to_string(), usd);
        table.row([who.to_owned(), dollars, part(atoms)]);
    }
    let low = stage
        .log
        .lines
        .iter()
        .map(|line| line.sol_price)
        .min()
        .unwrap_or(0);
    Chapter::new("Who paid", totals)
        .short()
        .say(format!(
            "Every dollar that was written off was paid by somebody; the program keeps these \
             sums itself. SOL's lowest half-hour was {}; keepers earned {} in bounties out of \
             the insurance vault, beside the losses.",
            price(low),
            usd(totals.bounties)
        ))
        .table(table)
}

//! How it ended for those who lent, and how the market recovered.

use {
    crate::{
        format::{percent, price, signed, time, tokens, usd},
        stage::Stage,
        story::{Chapter, Table, Totals},
        times,
    },
    serde_json::json,
};

/// What each lender was paid.
pub fn lenders(stage: &Stage) -> Chapter {
    let mut table = Table::new(&[
        "lender",
        "paid in",
        "left",
        "paid out",
        "result",
        "in %",
        "loss carried",
    ]);
    let mut figures = Vec::new();
    let result_of = |name: &str| {
        let lender = stage.cast.lenders.iter().find(|one| one.name == name)?;
        let result = i128::from(lender.paid_out?) - i128::from(lender.deposit);
        Some((result, lender.leaves))
    };
    let compared = (
        result_of("early leaver"),
        result_of("runner"),
        result_of("stayer"),
    );
    for lender in &stage.cast.lenders {
        let paid_out = lender.paid_out.unwrap_or(0);
        let result = i128::from(paid_out) - i128::from(lender.deposit);
        table.row([
            lender.name.to_owned(),
            usd(lender.deposit),
            time(lender.leaves),
            usd(paid_out),
            signed(result),
            percent(result * 10_000 / i128::from(lender.deposit)),
            usd(lender.carried),
        ]);
        figures.push(json!({
            "name": lender.name, "deposit": lender.deposit, "left_at": lender.leaves,
            "paid_out": paid_out, "result": i64::try_from(result).unwrap_or(0),
            "carried": lender.carried,
        }));
    }
    let mut chapter = Chapter::new(
        "Those who ran and those who stayed",
        &json!({ "lenders": figures }),
    )
    .short();
    if let (Some(early), Some(runner), Some(stayer)) = compared {
        let borne = stage.cast.lenders.iter().find(|one| one.name == "runner");
        let verdict = match (borne.map_or(0, |one| one.carried), runner.0 < stayer.0) {
            (0, _) => "No deficit was open, so all that he misses is interest.",
            (_, true) => {
                "Running cost him money: a leaver takes his part of an open deficit with him, and \
                 what is covered later is covered for those who are still there."
            }
            (_, false) => {
                "He bore his part of the open deficit like everybody; after he had left, more was \
                 lost than was covered."
            }
        };
        chapter = chapter.say(format!(
            "Three lenders brought the same. The runner left on {}, right after the write-offs, and \
             was paid at the price without the deficit: he ends with {}. The stayer ends with {}. \
             {verdict}",
            time(times::RUN),
            signed(runner.0),
            signed(stayer.0),
        ));
        chapter = chapter.say(format!(
            "The early leaver went on {}, before any debt was written off, with {}. A loss that \
             is not written off yet is not priced: that is why anyone may write off, at once, and \
             is paid for it.",
            time(early.1),
            signed(early.0)
        ));
    }
    chapter.table(table)
}

/// What came back.
pub fn recovery(stage: &mut Stage, totals: &Totals) -> Chapter {
    let insurance = stage.world.bank(stage.usdc).ledger.insurance;
    let log = &stage.log;
    let mut table = Table::new(&[
        "at",
        "what",
        "dollars",
        "to the deficit",
        "to insurance",
        "tokens burned",
    ]);
    let none = || "-".to_owned();
    for one in &log.repaid {
        table.row([
            time(one.at),
            format!("{} repays written-off debt", one.account),
            usd(one.paid),
            usd(one.to_deficit),
            usd(one.to_insurance),
            none(),
        ]);
    }
    if log.fees_to_insurance + log.fees_to_protocol > 0 {
        table.row([
            time(times::SECOND_RECOVERY),
            "interest fees are collected".to_owned(),
            usd(log.fees_to_insurance + log.fees_to_protocol),
            none(),
            usd(log.fees_to_insurance),
            none(),
        ]);
    }
    for one in &log.bought_back {
        table.row([
            time(one.at),
            format!("insurance buys tokens back (market {})", price(one.market)),
            usd(one.paid),
            none(),
            none(),
            tokens(one.burned),
        ]);
    }
    let figures = json!({
        "records_repaid": log.repaid, "fees_to_insurance": log.fees_to_insurance,
        "fees_to_protocol": log.fees_to_protocol, "bought_back": log.bought_back,
        "insurance": insurance,
    });
    let mut chapter = Chapter::new("Recovery", &figures).say(format!(
        "A written-off debt stays on record until it is repaid: {} come back. That lowers an \
         open deficit first and rebuilds insurance then.",
        usd(totals.records_repaid)
    ));
    if totals.bought_back > 0 {
        chapter = chapter.say(format!(
            "With the loans of the crash gone, insurance is above its target; the surplus of {} \
             buys governance tokens at no more than the market price, and they are burned.",
            usd(totals.bought_back)
        ));
    }
    chapter = chapter.say(format!(
        "In the insurance vault at the end: {}.",
        usd(insurance)
    ));
    if table.rows.is_empty() {
        return chapter;
    }
    chapter.table(table)
}

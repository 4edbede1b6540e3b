//! The demo: a crisis that really happened, played on the real program.
//!
//! [`play`] builds a market on an embedded chain, walks two price histories bar
//! by bar, lets people act as they would, and tells what happened. Nothing that
//! it tells is written down in advance: every figure is read from chain state
//! and from the program's events.

mod args;
mod auction;
mod audit;
mod borrowers;
mod cast;
mod chapters;
mod crash;
mod ending;
mod format;
mod keeper;
mod lenders;
mod log;
mod prices;
mod recovery;
mod render;
mod scenario;
mod stage;
mod story;

pub use {
    args::{run, Args},
    log::{Line, LossRecord, SaleRecord},
    render::print,
    scenario::Scenario,
    story::{Chapter, Story, Table, Totals},
};

use {
    cast::Cast,
    prices::{bars, Bar},
    stage::Stage,
    std::{
        any::Any,
        panic::{catch_unwind, AssertUnwindSafe},
    },
};

/// (unix s) Bars of the story, by when they end; all times are of November 2022.
mod times {
    /// 6 Nov 00:30. People deposit and borrow.
    pub const OPENING: i64 = 1_667_694_600;
    /// 8 Nov 12:00. One lender has seen enough.
    pub const EARLY: i64 = 1_667_908_800;
    /// 10 Nov 12:00. Fresh money takes what is left of the collateral.
    pub const FRESH_MONEY: i64 = 1_668_081_600;
    /// 10 Nov 12:30. Another lender runs.
    pub const RUN: i64 = 1_668_083_400;
    /// 11 Nov 12:00. A debtor pays a part of what was written off.
    pub const FIRST_RECOVERY: i64 = 1_668_168_000;
    /// 15 Nov 12:00. Another one does.
    pub const SECOND_RECOVERY: i64 = 1_668_513_600;
    /// 15 Nov 13:00. Insurance above its target buys tokens back.
    pub const BUY_BACK: i64 = 1_668_517_200;
    /// 17 Nov 12:00. Everybody repays and leaves.
    pub const END: i64 = 1_668_686_400;
}

/// Plays one scenario with the borrowers that `seed` draws.
///
/// # Errors
/// The first invariant that did not hold, with its numbers, or the first
/// transaction that failed although it must not.
pub fn play(scenario: Scenario, seed: u64) -> Result<Story, String> {
    catch_unwind(AssertUnwindSafe(|| act(scenario, seed))).map_err(reason)
}

fn act(scenario: Scenario, seed: u64) -> Story {
    let bars = bars(scenario.terms().token_price);
    let (before, rest): (Vec<&Bar>, Vec<&Bar>) =
        bars.iter().partition(|bar| bar.at < times::OPENING);
    let last = before.last().expect("the series begin before the story");
    let mut stage = Stage::new(scenario, seed, last);
    for bar in rest.into_iter().filter(|bar| bar.at <= times::END) {
        stage.tick(bar);
        if bar.at == times::OPENING {
            Cast::enter(&mut stage);
        }
        crash::liquidate(&mut stage, bar);
        keeper::keep(&mut stage);
        auction::bid(&mut stage);
        lenders::leave(&mut stage);
        recovery::recover(&mut stage);
        stage.record(bar);
    }
    ending::leave(&mut stage);
    stage.tell()
}

fn reason(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast::<&str>().map_or_else(
            |_| "stopped without saying why".to_owned(),
            |text| (*text).to_owned(),
        ),
    }
}

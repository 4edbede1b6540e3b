//! Rules broken on purpose, one handler at a time: every property is seen to find
//! the flaw that it is there for.

use crate::properties::PROPERTIES;
use crate::search::explore;
use crate::starts::{self, Start};

/// A mistake in one handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// `repay` books no cash.
    RepayForgetsCash,
    /// `repay` takes the payment and leaves the position as it is.
    RepayKeepsDebt,
    /// A leaver's part of the deficit stays on auction.
    LeaverStaysOnAuction,
    /// `fund_insurance` counts as cover.
    FundCountsAsCover,
    /// `write_off` keeps the debt.
    WriteOffKeepsDebt,
    /// `write_off` forgets the record.
    WriteOffForgetsRecord,
    /// `write_off` adds the loss to the record twice.
    RecordGrowsTwice,
    /// `cover_deficit` issues while the insurance vault holds something.
    CoverSkipsInsuranceGuard,
    /// `socialise_deficit` takes no notice of a live auction.
    SocialiseIgnoresAuction,
    /// `socialise_deficit` waits for nothing.
    SocialiseAtOnce,
    /// Fees are collected while a deficit is open.
    FeesDoNotWait,
    /// Each bank plans its lot as if the other had issued nothing.
    BanksForgetEachOther,
    /// The draw limit is not filled.
    DrawsAreForgotten,
    /// `close_auction` leaves `on_auction` as it is.
    CloseKeepsOnAuction,
    /// `close_auction` does not burn what was not sold.
    CloseKeepsEscrow,
    /// `buy_governance` takes the payment and books nothing for lenders.
    BuyForgetsDeficit,
    /// The proceeds of one bank's auction lower the other's deficit as well.
    ProceedsLowerBothDeficits,
    /// A liquidator gets all collateral, whatever he repays.
    LiquidatorTakesAll,
    /// A leaver leaves his part of the deficit to the others.
    LeaverLeavesDeficit,
    /// What a debtor returns belongs to whoever lends now.
    RecoveryGoesToLenders,
    /// A leaver is paid at gross.
    LeaverIsPaidGross,
    /// `cover_deficit` takes no notice of a live auction.
    CoverIgnoresAuction,
    /// A loss greater than the open deficit empties the draw limit.
    GreatLossForgetsDraws,
    /// `repay` waits for the deficit to be covered.
    RepayWaits,
    /// Auctions are opened for ever.
    NeverGivesUp,
    /// A settled auction can neither be closed nor makes room for another.
    SettledAuctionStays,
}

/// A flaw, a world in which it shows, and the property that finds it.
type Shown = (Flaw, fn() -> Start, &'static str);

const FLAWS: &[Shown] = &[
    (Flaw::RepayForgetsCash, starts::interest, "SOUND"),
    (Flaw::LeaverStaysOnAuction, starts::leavers, "BOOKS"),
    (Flaw::FundCountsAsCover, starts::insurance, "SPLIT"),
    (Flaw::RepayKeepsDebt, starts::interest, "SUM"),
    (Flaw::RecordGrowsTwice, starts::delisted, "RECORD"),
    (Flaw::CoverSkipsInsuranceGuard, starts::insurance, "ORDER"),
    (Flaw::CoverIgnoresAuction, starts::two_auctions, "ORDER"),
    (Flaw::SocialiseIgnoresAuction, starts::two_auctions, "ORDER"),
    (Flaw::SocialiseAtOnce, starts::paused, "ORDER"),
    (Flaw::FeesDoNotWait, starts::interest, "ORDER"),
    (Flaw::BanksForgetEachOther, starts::two_auctions, "BOUND"),
    (Flaw::DrawsAreForgotten, starts::insurance, "BOUND"),
    (Flaw::CloseKeepsOnAuction, starts::two_auctions, "BOUND"),
    (Flaw::BuyForgetsDeficit, starts::leavers, "BOUND"),
    (Flaw::CloseKeepsEscrow, starts::two_auctions, "CUSTODY"),
    (
        Flaw::ProceedsLowerBothDeficits,
        starts::two_auctions,
        "ISOLATE",
    ),
    (Flaw::WriteOffForgetsRecord, starts::feed, "NOGAIN"),
    (Flaw::LiquidatorTakesAll, starts::whole_cycle, "NOGAIN"),
    (Flaw::LeaverLeavesDeficit, starts::leavers, "NOGAIN"),
    (Flaw::RecoveryGoesToLenders, starts::leavers, "NOGAIN"),
    (Flaw::LeaverIsPaidGross, starts::leavers, "NORUN"),
    (Flaw::WriteOffKeepsDebt, starts::feed, "IDEMPOTENT"),
    (Flaw::GreatLossForgetsDraws, starts::insurance, "COMMUTE"),
    (Flaw::RepayWaits, starts::insurance, "LEGAL"),
    (Flaw::NeverGivesUp, starts::two_auctions, "ALIVE"),
    (Flaw::SettledAuctionStays, starts::leavers, "ALIVE"),
];

#[test]
fn every_property_finds_the_flaws_it_is_there_for() {
    for (flaw, start, property) in FLAWS {
        let (world, mut rules) = start();
        rules.flaw = *flaw;
        let found = explore(&world, &rules, 10).expect_err(&format!("{flaw:?} goes unnoticed"));
        assert_eq!(found.property, *property, "{flaw:?}: {found}");
    }
    for property in PROPERTIES {
        let finds_one = FLAWS.iter().any(|(_, _, finder)| finder == property);
        assert!(finds_one, "no flaw shows that {property} can fail");
    }
}

#[test]
fn a_counterexample_shows_the_shortest_row_of_calls_that_leads_to_it() {
    use crate::calls::Call;

    let (world, mut rules) = starts::two_auctions();
    rules.flaw = Flaw::CloseKeepsEscrow;
    let found = explore(&world, &rules, 10).unwrap_err();
    let closes = matches!(found.path.last(), Some(Call::Close { .. }));
    assert!(closes, "{found}");
    let mut replayed = world;
    for call in &found.path {
        replayed = replayed.after(&rules, *call).expect("a legal row").0;
    }
    // An auction opens, ends after its delay and its duration, and is closed.
    let days = (rules.schedule.delay_secs + rules.schedule.duration_secs) / crate::world::DAY + 1;
    assert_eq!(found.path.len(), 2 + days as usize);
    assert!(replayed.tokens.escrow.iter().any(|tokens| *tokens > 0));
}

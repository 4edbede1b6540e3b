//! Rules broken on purpose, one step at a time, by what the step is shown or by what
//! becomes of its result: every property is seen to find the flaw that it is there for.

use backstop_engine::auction::Auction;
use backstop_engine::bucket::Bucket;
use backstop_engine::units::{Atoms, GovAtoms, Shares};
use backstop_engine::EngineError;

use crate::calls::{Call, Effect, Refusal, Result};
use crate::properties::PROPERTIES;
use crate::search::explore;
use crate::starts::{self, Start};
use crate::world::{Rules, World};

/// A mistake in one step.
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
    /// A liquidator gets all collateral, whatever they repay.
    LiquidatorTakesAll,
    /// A leaver leaves their part of the deficit to the others.
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

/// Refuses what a flaw refuses and the program does not.
pub fn refuse(flaw: Flaw, world: &World, rules: &Rules, call: Call) -> Result<()> {
    let refused = match (flaw, call) {
        (Flaw::RepayWaits, Call::Repay { bank, .. }) => !world.banks[bank].ledger.deficit.is_zero(),
        (
            Flaw::SettledAuctionStays,
            Call::Close { bank } | Call::Cover { bank, .. } | Call::WriteOff { bank, .. },
        ) => {
            let ledger = world.accrued(rules, bank)?;
            world.banks[bank].auction.is_settled(&ledger)
        }
        _ => false,
    };
    if refused {
        return Err(Refusal::World("a flaw"));
    }
    Ok(())
}

/// What the step is shown: the world, and rules if they are others.
pub fn before(flaw: Flaw, world: &World, rules: &Rules, call: Call) -> (World, Option<Rules>) {
    let mut shown = *world;
    let mut other = None;
    match (flaw, call) {
        (Flaw::CoverIgnoresAuction, Call::Cover { bank, .. })
        | (Flaw::SocialiseIgnoresAuction, Call::Socialise { bank }) => {
            let ledger = &mut shown.banks[bank].ledger;
            ledger.on_auction = Atoms::ZERO;
            shown.banks[bank].auction = Auction::default();
        }
        (Flaw::FeesDoNotWait, Call::Collect { bank }) => {
            let ledger = &mut shown.banks[bank].ledger;
            ledger.cash = Atoms(ledger.cash.0 + ledger.deficit.0);
            ledger.deficit = Atoms::ZERO;
            ledger.on_auction = Atoms::ZERO;
        }
        (Flaw::GreatLossForgetsDraws, Call::WriteOff { bank, user, .. }) => {
            let own = &mut shown.banks[bank];
            let debt = own.ledger.debt_up(world.users[user].debts[bank]);
            if debt.is_ok_and(|debt| debt > own.ledger.deficit) {
                own.draws = Bucket::default();
            }
        }
        (Flaw::RecoveryGoesToLenders, Call::RepayRecord { bank, .. }) => {
            shown.banks[bank].wound_down = true;
        }
        (Flaw::SocialiseAtOnce, Call::Socialise { bank }) => {
            let mut at_once = rules.clone();
            at_once.blank = None;
            at_once.banks[bank].socialise_deadline_secs = 0;
            other = Some(at_once);
        }
        (Flaw::BanksForgetEachOther, Call::Cover { bank, .. } | Call::WriteOff { bank, .. }) => {
            let mut alone = rules.clone();
            alone.blank = None;
            let others = world.banks[1 - bank].auction.lot;
            alone.limits.lifetime_cap = GovAtoms(rules.limits.lifetime_cap.0 + others.0);
            other = Some(alone);
        }
        (Flaw::NeverGivesUp, Call::Cover { bank, .. } | Call::WriteOff { bank, .. }) => {
            let mut tireless = rules.clone();
            tireless.blank = None;
            tireless.max_failed_auctions = u32::MAX;
            tireless.banks[bank].socialise_deadline_secs = u32::MAX;
            other = Some(tireless);
        }
        _ => {}
    }
    (shown, other)
}

/// What becomes of the step's result.
pub fn after(
    rules: &Rules,
    call: Call,
    was: &World,
    is: &mut World,
    effect: &mut Effect,
) -> Result<()> {
    let flaw = rules.flaw;
    let Some(bank) = call.bank() else {
        if let (Flaw::LiquidatorTakesAll, Call::Liquidate { .. }) = (flaw, call) {
            take_all(call, is)?;
        }
        return Ok(());
    };
    let (old, new) = (&was.banks[bank], &mut is.banks[bank]);
    let (books, ledger) = (was.accrued(rules, bank)?, &mut new.ledger);
    match (flaw, call) {
        (Flaw::RepayForgetsCash, Call::Repay { .. }) => ledger.cash = books.cash,
        (Flaw::RepayKeepsDebt, Call::Repay { user, .. })
        | (Flaw::WriteOffKeepsDebt, Call::WriteOff { user, .. }) => {
            is.users[user].debts[bank] = was.users[user].debts[bank];
        }
        (Flaw::WriteOffForgetsRecord, Call::WriteOff { user, .. }) => {
            is.users[user].records[bank] = was.users[user].records[bank];
        }
        (Flaw::RecordGrowsTwice, Call::WriteOff { user, .. }) => {
            let record = &mut is.users[user].records[bank];
            *record = record.add(effect.loss)?;
        }
        (Flaw::LeaverIsPaidGross, Call::Withdraw { user, .. }) => {
            ledger.cash = ledger.cash.sub(effect.borne)?;
            ledger.deficit = ledger.deficit.add(effect.borne)?;
            ledger.totals.borne_by_leavers = books.totals.borne_by_leavers;
            effect.paid = effect.paid.add(effect.borne)?;
            is.tokens.liquidity[bank] -= effect.borne.0;
            is.tokens.wallets[user][bank] += effect.borne.0 as i64;
        }
        (Flaw::LeaverLeavesDeficit, Call::Withdraw { .. }) => {
            ledger.deficit = books.deficit;
            ledger.on_auction = books.on_auction;
            ledger.lender_assets = ledger.lender_assets.add(effect.borne)?;
            ledger.totals = books.totals;
        }
        (Flaw::LeaverStaysOnAuction, Call::Withdraw { .. }) => {
            ledger.on_auction = books.on_auction;
        }
        (Flaw::FundCountsAsCover, Call::Fund { atoms, .. }) => {
            ledger.totals.by_insurance += u128::from(atoms);
        }
        (Flaw::FeesDoNotWait, Call::Collect { .. }) => {
            ledger.cash = ledger.cash.sub(books.deficit)?;
            ledger.deficit = books.deficit;
            ledger.on_auction = books.on_auction;
        }
        (Flaw::DrawsAreForgotten, Call::Cover { .. } | Call::WriteOff { .. }) => {
            new.draws = old.draws;
        }
        // Once more, as if nothing were left in the vault.
        (Flaw::CoverSkipsInsuranceGuard, Call::Cover { .. }) => {
            let kept = ledger.insurance;
            let mut blind = *is;
            blind.banks[bank].ledger.insurance = Atoms::ZERO;
            if let Ok(again) = blind.apply(rules, call) {
                blind.banks[bank].ledger.insurance = kept;
                effect.issued = again.issued;
                *is = blind;
            }
        }
        (Flaw::CoverIgnoresAuction, Call::Cover { .. }) if effect.issued.is_zero() => {
            ledger.on_auction = books.on_auction.min(ledger.deficit);
            new.auction = old.auction;
        }
        (Flaw::SocialiseIgnoresAuction, Call::Socialise { .. }) => new.auction = old.auction,
        (Flaw::RecoveryGoesToLenders, Call::RepayRecord { .. }) => {
            new.wound_down = old.wound_down;
        }
        (Flaw::CloseKeepsOnAuction, Call::Close { .. }) => ledger.on_auction = books.on_auction,
        (Flaw::CloseKeepsEscrow, Call::Close { .. }) => keep_tokens(was, is, bank),
        (Flaw::SettledAuctionStays, _) if !effect.burned.is_zero() => {
            new.auction = old.auction;
            keep_tokens(was, is, bank);
        }
        (Flaw::BuyForgetsDeficit, Call::Buy { .. }) => *ledger = books,
        (Flaw::ProceedsLowerBothDeficits, Call::Buy { .. }) => {
            let other = &mut is.banks[1 - bank].ledger;
            let fall = other.deficit.min(effect.paid);
            other.deficit = other.deficit.sub(fall)?;
            other.on_auction = other.on_auction.min(other.deficit);
            other.totals.by_auction += u128::from(fall.0);
            other.lender_assets = other.lender_assets.sub(fall)?;
        }
        _ => return Ok(()),
    }
    Ok(is.banks[bank].ledger.check_books()?)
}

/// The tokens of the market as they were.
fn keep_tokens(was: &World, is: &mut World, bank: usize) {
    is.issuance = was.issuance;
    is.issues = was.issues;
    is.tokens.escrow[bank] = was.tokens.escrow[bank];
    is.tokens.supply = was.tokens.supply;
}

fn take_all(call: Call, is: &mut World) -> Result<()> {
    let Call::Liquidate {
        collateral_bank,
        user,
        liquidator,
        ..
    } = call
    else {
        return Err(EngineError::NoPosition.into());
    };
    let left = is.users[user].deposits[collateral_bank];
    is.users[user].deposits[collateral_bank] = Shares(0);
    let gains = &mut is.users[liquidator].deposits[collateral_bank];
    *gains = gains.add(left)?;
    Ok(())
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

//! The keeper: somebody with a wallet and no right. Each bar he writes off what
//! has no collateral left, lets the program cover what it can, closes what has
//! ended, and, when nothing else helps, lets lenders share.

use {
    super::{
        borrowers, lenders,
        log::{ClosingRecord, LossRecord, OpeningRecord, SharedRecord},
        stage::Stage,
    },
    backstop::events::{AuctionClosed, DebtWrittenOff, DeficitCovered, DeficitSocialised},
    backstop_world::settings::HOUR,
};

/// One bar of the keeper's work.
pub fn keep(stage: &mut Stage) {
    close(stage);
    for view in borrowers::views(stage) {
        if view.debt > 0 && view.collateral == 0 {
            write_off(stage, view.index);
        }
    }
    let bank = stage.world.bank(stage.usdc);
    if bank.ledger.deficit == 0 || bank.auction.lot > 0 {
        return;
    }
    let config = stage.world.market_state().config;
    if bank.failed_auctions < config.max_failed_auctions {
        cover(stage);
    } else if stage.bar.at
        >= bank.ledger.deficit_since + i64::from(bank.config.socialise_delay_secs)
    {
        socialise(stage);
    }
}

fn write_off(stage: &mut Stage, index: usize) {
    let usdc = stage.usdc;
    // Interest is booked first, so that only the write-off is compared.
    stage.world.refresh(&[usdc]).expect("the price is usable");
    let before = stage.books();
    let purse = stage.world.balance(&stage.cast.keeper, usdc);
    let receipt = stage
        .isolated(|world, cast, usdc| {
            world.write_off(&cast.keeper, &cast.borrowers[index].actor, usdc)
        })
        .expect("debt without collateral is written off");
    let event = receipt.event::<DebtWrittenOff>();
    let after = stage.books();
    let earned = stage.world.balance(&stage.cast.keeper, usdc) - purse;
    assert!(
        before.lender_assets == after.lender_assets && earned == event.bounty,
        "NOGAIN: a write-off moved claims from {} to {} and paid the keeper {earned}",
        before.lender_assets.0,
        after.lender_assets.0,
    );
    stage.log.checks.claims += 1;
    stage.log.checks.transactions += 1;
    stage.log.losses.push(LossRecord {
        at: event.at,
        account: stage.cast.borrowers[index].name.clone(),
        loss: event.loss,
        deficit_before: event.deficit_before,
        protocol_fees_used: event.protocol_fees_used,
        insurance_used: event.insurance_fees_used + event.insurance_drawn,
        issued: event.issued,
        on_auction: event.on_auction,
        left_open: event.left_open,
        bounty: event.bounty,
    });
    opened(stage, event.at, event.issued);
}

fn cover(stage: &mut Stage) {
    let receipt = stage
        .isolated(|world, _, usdc| world.cover(usdc))
        .expect("anyone may cover");
    stage.log.checks.permissionless += 1;
    let event = receipt.event::<DeficitCovered>();
    opened(stage, event.at, event.issued);
}

fn opened(stage: &mut Stage, at: i64, issued: u64) {
    if issued == 0 {
        return;
    }
    let bank = stage.world.bank(stage.usdc);
    stage.log.openings.push(OpeningRecord {
        at,
        issued,
        offered: bank.ledger.on_auction,
        start_micro: super::auction::micro(bank.auction.start_rate.get()),
        floor_micro: super::auction::micro(bank.auction.floor_rate.get()),
    });
}

fn close(stage: &mut Stage) {
    let bank = stage.world.bank(stage.usdc);
    if bank.auction.lot == 0 || stage.bar.at <= bank.auction.ends_at {
        return;
    }
    let receipt = stage
        .isolated(|world, _, usdc| world.close_auction(usdc))
        .expect("an auction that is over can be closed");
    stage.log.checks.permissionless += 1;
    let event = receipt.event::<AuctionClosed>();
    stage.log.closings.push(ClosingRecord {
        at: event.at,
        burned: event.burned,
        unsold: event.unsold,
        failed_auctions: event.failed_auctions,
    });
}

fn socialise(stage: &mut Stage) {
    let usdc = stage.usdc;
    stage.world.refresh(&[usdc]).expect("the price is usable");
    let before = lenders::claims(stage);
    let receipt = stage
        .isolated(|world, _, usdc| world.socialise(usdc))
        .expect("a hopeless deficit is shared");
    let after = lenders::claims(stage);
    for ((lender, before), after) in stage.cast.lenders.iter_mut().zip(before).zip(after) {
        lender.carried += before.gross - after.gross;
    }
    stage.log.checks.permissionless += 1;
    stage.log.checks.transactions += 1;
    let event = receipt.event::<DeficitSocialised>();
    stage.log.shared.push(SharedRecord {
        at: event.at,
        socialised: event.socialised,
        reason: event.reason.words(),
    });
}

/// (hours) How long a market's auctions take, waiting included.
pub fn auction_hours(stage: &mut Stage) -> u32 {
    let config = stage.world.market_state().config;
    (config.auction_delay_secs + config.auction_duration_secs) / HOUR
}

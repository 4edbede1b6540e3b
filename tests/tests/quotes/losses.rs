//! Write-off, cover, auction, socialising.

use {
    super::{
        agree, assert_same,
        bad_debt::{
            fail, fail_too_young, insure, lose, stage, stage_bank, stage_with, AUCTION_DELAY,
            AUCTION_DURATION, TOKEN, USDC,
        },
        view,
    },
    backstop::events::{AuctionClosed, DebtWrittenOff, DeficitSocialised, GovernanceBought},
    backstop_client::quote::{self, AuctionState},
    backstop_engine::units::{Atoms, GovAtoms},
    backstop_tests::world::World,
};

#[test]
fn a_write_off_is_quoted_tier_by_tier() {
    for (loss, insurance, mode) in [
        (600, 0, 1),
        (600, 10_000, 2),
        (600, 300, 2),
        (90_000, 5_000, 2),
        (10_000, 0, 2),
    ] {
        let mut world = World::bytecode();
        let stage = stage_bank(&mut world, |config| {
            config.write_off_mode = mode;
            config.bounty_bps = 100;
            config.bounty_cap = 1_000 * USDC;
        });
        if insurance > 0 {
            insure(&mut world, &stage, insurance * USDC);
        }
        let debtor = fail(&mut world, &stage, "debtor", loss * USDC);
        let bank = world.keys(stage.usdc).bank;
        let obligation = world.obligation(&debtor);
        let quoted = quote::write_off(&view(&mut world), &bank, &obligation, true);
        let done = world.write_off(&stage.keeper, &debtor, stage.usdc);
        let (quoted, receipt) = agree(quoted, done).expect("both go through");
        let event: DebtWrittenOff = receipt.event();
        let plan = &quoted.done;
        assert_eq!(
            (event.loss, event.bounty, event.left_open, event.burned),
            (
                plan.loss.0,
                plan.bounty.0,
                quoted.left_open.0,
                plan.cover.burned.0
            )
        );
        assert_eq!(event.insurance_drawn, plan.cover.insurance_drawn.0);
        assert_eq!(event.on_auction, quoted.bank.ledger.on_auction);
        assert_same(&mut world, stage.usdc, &quoted.after);
    }
}

#[test]
fn a_refused_write_off_is_quoted_as_refused() {
    let mut world = World::bytecode();
    let stage = stage(&mut world);
    let bank = world.keys(stage.usdc).bank;
    let young = fail_too_young(&mut world, &stage, "young", stage.usdc, 600 * USDC);
    let obligation = world.obligation(&young);
    let quoted = quote::write_off(&view(&mut world), &bank, &obligation, true);
    let done = world.write_off(&stage.keeper, &young, stage.usdc);
    assert!(agree(quoted, done).is_none());

    let (again, _) = lose(&mut world, &stage, "again", 600 * USDC);
    let obligation = world.obligation(&again);
    let quoted = quote::write_off(&view(&mut world), &bank, &obligation, true);
    let done = world.write_off(&stage.keeper, &again, stage.usdc);
    assert!(agree(quoted, done).is_none());
}

#[test]
fn a_cover_is_quoted_with_the_auction_that_it_opens() {
    let mut world = World::bytecode();
    let stage = stage_bank(&mut world, |config| config.draw_limit = 1_000 * USDC);
    let bank = world.keys(stage.usdc).bank;
    lose(&mut world, &stage, "debtor", 60_000 * USDC);
    insure(&mut world, &stage, 4_000 * USDC);
    for _ in 0..8 {
        let quoted = quote::cover(&view(&mut world), &bank);
        let done = world.cover(stage.usdc);
        if let Some((quoted, _)) = agree(quoted, done) {
            assert_same(&mut world, stage.usdc, &quoted.after);
        }
        if world.bank(stage.usdc).auction.lot > 0 {
            world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
            let quoted = quote::close_auction(&view(&mut world), &bank);
            let done = world.close_auction(stage.usdc);
            let (quoted, receipt) = agree(quoted, done).expect("it is over");
            let event: AuctionClosed = receipt.event();
            assert_eq!(event.burned, quoted.burned.0);
        }
        world.advance(86_400);
    }
}

#[test]
fn an_auction_is_priced_now_and_at_a_time() {
    let mut world = World::bytecode();
    let stage = stage(&mut world);
    let bank = world.keys(stage.usdc).bank;
    lose(&mut world, &stage, "debtor", 9_000 * USDC);
    let opens = world.chain.now() + i64::try_from(AUCTION_DELAY).unwrap();
    let announced = view(&mut world);
    let state = |at: i64| quote::auction(&announced, &bank, at).unwrap().unwrap();
    assert_eq!(state(opens - 1).state, AuctionState::Announced);
    assert!(state(opens - 1).rate.is_none());
    let ahead = state(opens + 3_600);

    world.advance(AUCTION_DELAY + 3_600);
    for amount in [1, 700 * TOKEN, u64::MAX] {
        let quoted = quote::buy(&view(&mut world), &bank, GovAtoms(amount), Atoms(u64::MAX));
        let done = world.buy(&stage.bidder, stage.usdc, amount);
        let (quoted, receipt) = agree(quoted, done).expect("it is on sale");
        let event: GovernanceBought = receipt.event();
        assert_eq!((event.bought, event.paid), (quoted.bought.0, quoted.paid.0));
        assert_eq!(Some(quoted.rate), ahead.rate);
    }
    assert!(quote::auction(&view(&mut world), &bank, opens)
        .unwrap()
        .is_none());
}

#[test]
fn socialising_is_quoted_with_what_still_stands_above_lenders() {
    let mut world = World::bytecode();
    let stage = stage_with(&mut world, |_| (), |config| config.write_off_mode = 1);
    let bank = world.keys(stage.usdc).bank;
    lose(&mut world, &stage, "debtor", 9_000 * USDC);
    insure(&mut world, &stage, USDC);
    let mut refusals = 0;
    for _ in 0..20 {
        let quoted = quote::socialise(&view(&mut world), &bank);
        let done = world.socialise(stage.usdc);
        match agree(quoted, done) {
            None => refusals += 1,
            Some((quoted, receipt)) => {
                let event: DeficitSocialised = receipt.event();
                assert_eq!(event.socialised, quoted.socialised.0);
                assert_eq!(event.reason, quoted.reason);
                assert_eq!(event.wound_down, quoted.wound_down);
                assert!(refusals > 2);
                return;
            }
        }
        world.cover(stage.usdc).unwrap();
        world.advance(86_400);
    }
    panic!("it was never socialised");
}

//! Giving up: for which reasons, when, and what it does to lenders.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{DeficitSocialised, SocialiseReason},
        state::{BankConfig, LedgerState, MarketConfig, PauseKind},
    },
    backstop_tests::{
        ix,
        settings::{DAY, HOUR},
        world::{on_both, World},
    },
    bad_debt::{
        assert_event, books, insure, lose, snap, stage_bank, stage_with, Snap, Stage,
        AUCTION_DELAY, AUCTION_DURATION, LENT, TOKEN, USDC,
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// (secs) How long a deficit waits when issuance cannot help, in these scenarios.
const DELAY: u64 = 12 * HOUR as u64;
/// (secs) How long it waits at the most.
const DEADLINE: u64 = 2 * DAY as u64;

fn patient(config: &mut BankConfig) {
    config.socialise_delay_secs = u32::try_from(DELAY).unwrap();
    config.socialise_deadline_secs = u32::try_from(DEADLINE).unwrap();
}

/// Passes if socialising is refused as too early, then a second later works.
fn one_second_early_then_on_time(world: &mut World, stage: &Stage, reason: SocialiseReason) {
    let keys = world.keys(stage.usdc);
    let socialise = ix::socialise_deficit(&keys);
    world.refuse(&[socialise], &[], BackstopError::SocialiseTooEarly);
    world.advance(1);
    let receipt = world.socialise(stage.usdc).unwrap();
    let event = receipt.event::<DeficitSocialised>();
    assert_eq!(event.reason, reason);
    assert_eq!(event.after.deficit, 0);
}

#[test]
fn a_deficit_that_nothing_can_cover_is_taken_off_what_lenders_own() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| {
            patient(config);
            config.write_off_mode = 1;
        });
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(DELAY - 1);
        let keys = world.keys(stage.usdc);
        let socialise = ix::socialise_deficit(&keys);
        world.refuse(from_ref(&socialise), &[], BackstopError::SocialiseTooEarly);
        world.advance(1);
        let before = snap(world, stage.usdc);
        let receipt = world.socialise(stage.usdc).unwrap();

        let now = world.chain.now();
        let ledger = LedgerState {
            lender_assets: before.ledger.lender_assets - 600 * USDC,
            deficit: 0,
            accrued_at: now,
            socialised: u128::from(600 * USDC).into(),
            ..before.ledger
        };
        assert_eq!(snap(world, stage.usdc), Snap { ledger, ..before });
        assert_event!(
            receipt,
            DeficitSocialised {
                sequence: 2,
                at: now,
                market: world.market.market,
                bank: keys.bank,
                socialised: 600 * USDC,
                protocol_fees_used: 0,
                insurance_fees_used: 0,
                reason: SocialiseReason::ModeWithoutIssuance,
                wound_down: false,
                after: books(&ledger),
            }
        );
        world.refuse(&[socialise], &[], BackstopError::NoDeficit);
        let had = world.balance(&stage.lender, stage.usdc);
        world
            .withdraw(&stage.lender, stage.usdc, u128::MAX)
            .unwrap();
        let got = world.balance(&stage.lender, stage.usdc) - had;
        // The virtual shares keep less than an atom.
        assert_eq!(got, LENT - 600 * USDC);
    });
}

#[test]
fn issuance_that_is_paused_for_the_whole_delay_is_a_reason_and_a_fresh_pause_is_none() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, patient);
        let guardian = world.guardian.insecure_clone();
        let market = world.market.market;
        let pause = ix::pause(market, guardian.pubkey(), PauseKind::Issuance, DAY);
        let debtor = bad_debt::fail(world, &stage, "debtor", 600 * USDC);
        world.send(&[pause], &[&guardian]).unwrap();
        world.advance(3_600);
        world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
        // The pause has lasted the delay before the deficit has.
        world.advance(DELAY - 1);
        one_second_early_then_on_time(world, &stage, SocialiseReason::IssuanceHalted);
    });
    on_both(|world: &mut World| {
        let stage = stage_with(world, |market| market.issuance_auction_bps = 0, patient);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(DELAY);
        let guardian = world.guardian.insecure_clone();
        let market = world.market.market;
        let pause = ix::pause(market, guardian.pubkey(), PauseKind::Issuance, DAY);
        world.cover(stage.usdc).unwrap();
        world.send(&[pause], &[&guardian]).unwrap();
        // The deficit has lasted the delay before the pause has.
        world.advance(DELAY - 1);
        one_second_early_then_on_time(world, &stage, SocialiseReason::IssuanceHalted);
    });
}

#[test]
fn a_price_that_is_missing_for_the_whole_delay_is_a_reason() {
    on_both(|world: &mut World| {
        let stage = stage_with(world, |market| market.issuance_auction_bps = 0, patient);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(3_600);
        // The last time that anybody saw a price.
        world.cover(stage.usdc).unwrap();
        assert_eq!(world.market_state().governance_priced_at, world.chain.now());
        world.advance(DELAY);
        one_second_early_then_on_time(world, &stage, SocialiseReason::NoPrice);
    });
    on_both(|world: &mut World| {
        bad_debt::set_market(world, |market| {
            market.oracle_program = Pubkey::default();
            market.feed_id = [0; 32];
        });
        world.market.oracle = None;
        let stage = stage_bank(world, patient);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(DELAY - 1);
        one_second_early_then_on_time(world, &stage, SocialiseReason::NoPrice);
    });
}

#[test]
fn a_price_that_nobody_showed_during_an_auction_was_not_missing() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, patient);
        lose(world, &stage, "debtor", 600 * USDC);
        // Longer than the delay without a look at the feed: there was nothing
        // to look for while the tokens were on sale.
        world.advance(AUCTION_DELAY + AUCTION_DURATION + DELAY);
        let keys = world.keys(stage.usdc);
        let (close, socialise) = (ix::close_auction(&keys), ix::socialise_deficit(&keys));
        world.refuse(&[close, socialise], &[], BackstopError::SocialiseTooEarly);
        world.close_auction(stage.usdc).unwrap();
        world.advance_silently(DELAY);
        one_second_early_then_on_time(world, &stage, SocialiseReason::NoPrice);
    });
}

#[test]
fn auctions_that_failed_often_enough_are_a_reason() {
    on_both(|world: &mut World| {
        let stage = stage_with(
            world,
            |market| {
                market.max_failed_auctions = 2;
                market.auction_delay_secs = 60;
                market.auction_duration_secs = 60;
            },
            patient,
        );
        lose(world, &stage, "debtor", 600 * USDC);
        let opened = world.chain.now();
        world.advance(121);
        world.close_auction(stage.usdc).unwrap();
        world.cover(stage.usdc).unwrap();
        // One failure less than it takes: only the deadline would do.
        world.advance(DELAY);
        let live = ix::socialise_deficit(&world.keys(stage.usdc));
        world.refuse(from_ref(&live), &[], BackstopError::AuctionLive);
        let bank = world.bank(stage.usdc);
        assert_eq!(
            (bank.failed_auctions, bank.ledger.deficit_since),
            (1, opened)
        );
        world.close_auction(stage.usdc).unwrap();
        let event = world
            .socialise(stage.usdc)
            .unwrap()
            .event::<DeficitSocialised>();
        assert_eq!(
            (event.reason, event.socialised),
            (SocialiseReason::AuctionsFailed, 600 * USDC)
        );
        assert_eq!(world.bank(stage.usdc).failed_auctions, 0);
    });
    on_both(|world: &mut World| {
        let stage = stage_with(world, |market| market.max_failed_auctions = 1, patient);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
        world.close_auction(stage.usdc).unwrap();
        world.advance(DELAY - (AUCTION_DELAY + AUCTION_DURATION + 1) - 1);
        one_second_early_then_on_time(world, &stage, SocialiseReason::AuctionsFailed);
    });
}

#[test]
fn a_lifetime_cap_that_is_used_up_is_a_reason() {
    on_both(|world: &mut World| {
        let stage = stage_with(
            world,
            |market| market.lifetime_issuance_cap = 100 * TOKEN,
            patient,
        );
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        world.buy(&stage.bidder, stage.usdc, 100 * TOKEN).unwrap();
        world.advance(DELAY - AUCTION_DELAY - AUCTION_DURATION - 1);
        one_second_early_then_on_time(world, &stage, SocialiseReason::LifetimeCapReached);
        assert_eq!(
            world.bank(stage.usdc).ledger.socialised.get(),
            u128::from(550 * USDC)
        );
    });
}

#[test]
fn the_deadline_is_a_reason_even_where_issuance_could_still_help() {
    let no_lots: fn(&mut MarketConfig) = |market| market.issuance_auction_bps = 0;
    on_both(|world: &mut World| {
        let stage = stage_with(world, no_lots, patient);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(DELAY + 1);
        world.cover(stage.usdc).unwrap();
        let early = ix::socialise_deficit(&world.keys(stage.usdc));
        world.refuse(&[early], &[], BackstopError::SocialiseTooEarly);
        world.advance(DEADLINE - DELAY - 2 - 10);
        world.cover(stage.usdc).unwrap();
        world.advance(10);
        one_second_early_then_on_time(world, &stage, SocialiseReason::Deadline);
    });
}

#[test]
fn not_while_an_auction_insurance_or_a_pause_stands_before_it() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, patient);
        lose(world, &stage, "debtor", 600 * USDC);
        insure(world, &stage, USDC);
        world.advance(DEADLINE);
        let socialise = ix::socialise_deficit(&world.keys(stage.usdc));
        world.refuse(from_ref(&socialise), &[], BackstopError::AuctionLive);
        world.close_auction(stage.usdc).unwrap();
        world.refuse(from_ref(&socialise), &[], BackstopError::InsuranceNotEmpty);

        let guardian = world.guardian.insecure_clone();
        let market = world.market.market;
        let pause = ix::pause(market, guardian.pubkey(), PauseKind::WriteOff, HOUR);
        let no_issuance = ix::pause(market, guardian.pubkey(), PauseKind::Issuance, DAY);
        world.send(&[no_issuance], &[&guardian]).unwrap();
        world.cover(stage.usdc).unwrap();
        world.send(&[pause], &[&guardian]).unwrap();
        world.refuse(from_ref(&socialise), &[], BackstopError::WriteOffPaused);
        world.advance(u64::from(HOUR) - 1);
        world.refuse(from_ref(&socialise), &[], BackstopError::WriteOffPaused);
        world.advance(1);
        let event = world
            .send(&[socialise], &[])
            .unwrap()
            .event::<DeficitSocialised>();
        assert_eq!(
            (event.reason, event.socialised),
            (SocialiseReason::Deadline, 599 * USDC)
        );
    });
}

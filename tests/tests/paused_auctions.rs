//! A pause of issuance must not decide who pays.

mod bad_debt;

use {
    backstop::{error::BackstopError, state::PauseKind},
    backstop_tests::{
        ix,
        settings::{DAY, HOUR},
        world::{on_both, World},
    },
    bad_debt::{lose, stage_with, AUCTION_DELAY, AUCTION_DURATION, USDC},
    solana_signer::Signer,
    std::slice::from_ref,
};

/// (secs) From issuing to the first second in which an auction may be closed.
const TO_THE_END: u64 = AUCTION_DELAY + AUCTION_DURATION + 1;

fn pause(world: &mut World, secs: u32) {
    let guardian = world.guardian.insecure_clone();
    let pause = ix::pause(
        world.market.market,
        guardian.pubkey(),
        PauseKind::Issuance,
        secs,
    );
    world.send(&[pause], &[&guardian]).unwrap();
}

/// One auction that raises nothing. `before` is called once it has opened; the
/// count of failures afterwards.
fn failures_after(world: &mut World, before: impl FnOnce(&mut World)) -> u32 {
    let stage = stage_with(world, |config| config.max_failed_auctions = 1, |_| ());
    lose(world, &stage, "debtor", 600 * USDC);
    before(world);
    let spent = u64::try_from(world.chain.now() - world.bank(stage.usdc).auction.issued_at);
    world.advance(TO_THE_END.saturating_sub(spent.unwrap()));
    world.close_auction(stage.usdc).unwrap();
    world.advance(3 * u64::from(DAY) - TO_THE_END.max(spent.unwrap()));
    // One failure is all that this market waits for. Without it the deficit
    // waits for the deadline, or for the next auction.
    let failed = world.bank(stage.usdc).failed_auctions;
    let socialise = ix::socialise_deficit(&world.keys(stage.usdc));
    match failed {
        0 => world.refuse(from_ref(&socialise), &[], BackstopError::SocialiseTooEarly),
        _ => drop(world.send(&[socialise], &[]).unwrap()),
    }
    failed
}

#[test]
fn an_auction_that_a_pause_kept_from_selling_has_not_failed() {
    on_both(|world| {
        let failed = failures_after(world, |world| pause(world, DAY));
        assert_eq!(failed, 0);
    });
}

#[test]
fn a_pause_of_its_last_second_is_enough() {
    on_both(|world| {
        let failed = failures_after(world, |world| {
            world.advance(AUCTION_DELAY + AUCTION_DURATION);
            pause(world, 1);
        });
        assert_eq!(failed, 0);
    });
}

#[test]
fn an_auction_that_nobody_paused_has_failed() {
    on_both(|world| assert_eq!(failures_after(world, |_| ()), 1));
}

#[test]
fn a_pause_before_the_first_sale_or_after_the_last_changes_nothing() {
    on_both(|world| {
        let failed = failures_after(world, |world| pause(world, 2 * HOUR));
        assert_eq!(failed, 1);
    });
    on_both(|world| {
        let failed = failures_after(world, |world| {
            world.advance(TO_THE_END);
            pause(world, 60);
        });
        assert_eq!(failed, 1);
    });
}

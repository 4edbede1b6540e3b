//! How an auction ends that did not raise all it was for, and what comes back.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{AuctionClosed, DeficitCovered},
        state::{AuctionState, LedgerState},
    },
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, World},
    },
    bad_debt::{
        assert_event, books, insure, leaked, lose, mul_div_ceil, snap, stage, stage_with, Snap,
        AUCTION_DELAY, AUCTION_DURATION, TOKEN, USDC,
    },
    std::slice::from_ref,
};

/// (secs) From issuing to the first second in which an auction may be closed.
const TO_THE_END: u64 = AUCTION_DELAY + AUCTION_DURATION + 1;

#[test]
fn an_expired_auction_burns_the_unsold_and_its_deficit_waits_again() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        let keys = world.keys(stage.usdc);
        let close = ix::close_auction(&keys);
        world.advance(AUCTION_DELAY);
        world.buy(&stage.bidder, stage.usdc, 100 * TOKEN).unwrap();
        world.refuse(from_ref(&close), &[], BackstopError::AuctionNotEnded);
        world.advance(AUCTION_DURATION);
        world.refuse(from_ref(&close), &[], BackstopError::AuctionNotEnded);
        world.advance(1);
        let before = snap(world, stage.usdc);
        let receipt = world.close_auction(stage.usdc).unwrap();

        let now = world.chain.now();
        let ledger = LedgerState {
            on_auction: 0,
            accrued_at: now,
            ..before.ledger
        };
        let expected = Snap {
            ledger,
            escrow: 0,
            supply: before.supply - 1_100 * TOKEN,
            outstanding: 100 * TOKEN,
            ..before
        };
        assert_eq!(before.ledger.on_auction, 450 * USDC);
        assert_eq!(snap(world, stage.usdc), expected);
        assert_event!(
            receipt,
            AuctionClosed {
                sequence: 3,
                at: now,
                market: world.market.market,
                bank: keys.bank,
                burned: 1_100 * TOKEN,
                unsold: 450 * USDC,
                failed_auctions: 1,
                after: books(&ledger),
            }
        );
        let bank = world.bank(stage.usdc);
        assert_eq!(bank.auction, AuctionState::default());
        assert_eq!(bank.failed_auctions, 1);
        world.refuse(&[close], &[], BackstopError::NoAuction);
    });
}

#[test]
fn unsold_issuance_comes_back_to_the_window_less_what_has_leaked_since() {
    on_both(|world: &mut World| {
        // A window of 1 000 tokens' worth of supply; one lot may take it all.
        let stage = stage_with(
            world,
            |market| {
                market.issuance_window_bps = 10;
                market.issuance_auction_bps = 10;
            },
            |_| (),
        );
        lose(world, &stage, "debtor", 5_000 * USDC);
        let issued_at = world.chain.now();
        let supply = snap(world, stage.usdc).supply;
        assert_eq!(supply, 1_001_000 * TOKEN);
        world.advance(TO_THE_END);
        world.close_auction(stage.usdc).unwrap();

        // All of it leaked or came back: the level is what it would be without.
        let capacity = supply / 1_000;
        let window = 7 * u64::from(DAY);
        let down = leaked(capacity, TO_THE_END, window);
        let up = mul_div_ceil(capacity, TO_THE_END, window);
        let bucket = world.market_state().issuance_bucket;
        assert_eq!(up - down, 1, "the rounding of two leaks");
        assert_eq!(bucket.level, up - down);
        assert!(bucket.filled_at > issued_at);
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!(event.issued, 1_000 * TOKEN - 1);
        assert_eq!(event.after.on_auction, (1_000 * TOKEN - 1) / 2);
    });
}

#[test]
fn failures_are_counted_until_the_deficit_is_gone_and_the_next_auction_asks_todays_price() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        for failed in 1..=3 {
            world.advance(TO_THE_END);
            let event = world
                .close_auction(stage.usdc)
                .unwrap()
                .event::<AuctionClosed>();
            assert_eq!((event.failed_auctions, event.unsold), (failed, 600 * USDC));
            world.set_governance_price(100_000_000 / i64::from(failed + 1));
            let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
            let floor = u128::from(100_000_000 / u64::from(failed + 1)) << 64;
            let floor = floor / 100_000_000 / 2;
            assert_eq!(world.bank(stage.usdc).auction.floor_rate.get(), floor);
            assert_eq!(event.issued, bad_debt::tokens_for(600 * USDC, floor));
        }
        world.advance(AUCTION_DELAY);
        world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
        let bank = world.bank(stage.usdc);
        assert_eq!((bank.ledger.deficit, bank.failed_auctions), (0, 0));
    });
}

#[test]
fn a_lot_for_nothing_is_burned_by_whatever_made_it_so() {
    #[derive(Clone, Copy, Debug)]
    enum Way {
        Insurance,
        Recovery,
        Leavers,
    }
    for way in [Way::Insurance, Way::Recovery, Way::Leavers] {
        on_both(|world: &mut World| {
            let stage = stage(world);
            let (debtor, _) = lose(world, &stage, "debtor", 600 * USDC);
            assert_eq!(snap(world, stage.usdc).escrow, 1_200 * TOKEN);
            match way {
                Way::Insurance => {
                    insure(world, &stage, 600 * USDC);
                    world.cover(stage.usdc).unwrap();
                }
                Way::Recovery => {
                    world
                        .repay_written_off(&stage.lender, &debtor, stage.usdc, 600 * USDC)
                        .unwrap();
                }
                Way::Leavers => {
                    // The only lender leaves: nothing is owed to anybody.
                    world
                        .withdraw(&stage.lender, stage.usdc, u128::MAX)
                        .unwrap();
                    let ledger = world.bank(stage.usdc).ledger;
                    assert_eq!((ledger.deficit, ledger.on_auction), (0, 0));
                    // A withdrawal burns nothing; the lot is there until closed,
                    // long before its time.
                    assert_eq!(snap(world, stage.usdc).escrow, 1_200 * TOKEN);
                    let bid = world.buy(&stage.bidder, stage.usdc, 1).unwrap_err();
                    assert_eq!(bid.code(), Some(BackstopError::AuctionNotOpen.into()));
                    world.advance(AUCTION_DELAY);
                    let bid = world.buy(&stage.bidder, stage.usdc, 1).unwrap_err();
                    assert_eq!(bid.code(), Some(BackstopError::NoAuction.into()));
                    let receipt = world.close_auction(stage.usdc).unwrap();
                    let event = receipt.event::<AuctionClosed>();
                    assert_eq!(
                        (event.burned, event.unsold, event.failed_auctions),
                        (1_200 * TOKEN, 0, 0)
                    );
                }
            }
            let after = snap(world, stage.usdc);
            assert_eq!((after.escrow, after.outstanding), (0, 0), "{way:?}");
            assert_eq!(after.supply, 1_000_000 * TOKEN, "{way:?}");
            let bank = world.bank(stage.usdc);
            assert_eq!(bank.auction, AuctionState::default(), "{way:?}");
            assert_eq!(bank.failed_auctions, 0, "{way:?}");
        });
    }
}

#[test]
fn a_lot_that_leavers_have_settled_makes_room_for_the_next_loss() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        world
            .withdraw(&stage.lender, stage.usdc, u128::MAX)
            .unwrap();
        world
            .deposit(&stage.lender, stage.usdc, 1_000 * USDC)
            .unwrap();
        let (_, receipt) = lose(world, &stage, "other", 100 * USDC);
        let event = receipt.event::<backstop::events::DebtWrittenOff>();
        assert_eq!(
            (event.burned, event.issued, event.on_auction),
            (1_200 * TOKEN, 200 * TOKEN, 100 * USDC)
        );
        let after = snap(world, stage.usdc);
        assert_eq!(
            (after.escrow, after.outstanding),
            (200 * TOKEN, 200 * TOKEN)
        );
    });
}

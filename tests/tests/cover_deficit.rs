//! Covering an open deficit without a new loss, and what becomes of an auction
//! whose deficit is covered otherwise.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{DebtWrittenOff, DeficitCovered},
        state::{AuctionState, LedgerState},
    },
    backstop_tests::{
        ix,
        oracle::PriceFeed,
        world::{feed_id, on_both, World, DOLLAR, PRICE_EXPONENT},
    },
    bad_debt::{
        assert_event, books, fail, insure, lose, set_market, snap, stage, stage_bank, stage_with,
        Snap, AUCTION_DELAY, AUCTION_DURATION, PAR, TOKEN, USDC,
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

#[test]
fn insurance_that_comes_later_covers_and_ends_the_auction() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        let opened = snap(world, stage.usdc);
        insure(world, &stage, 1_000 * USDC);
        let before = snap(world, stage.usdc);
        let receipt = world.cover(stage.usdc).unwrap();

        let ledger = LedgerState {
            cash: before.ledger.cash + 600 * USDC,
            deficit: 0,
            on_auction: 0,
            insurance: 400 * USDC,
            covered_by_insurance: u128::from(600 * USDC).into(),
            ..before.ledger
        };
        let expected = Snap {
            ledger,
            liquidity: before.liquidity + 600 * USDC,
            insurance: 400 * USDC,
            escrow: 0,
            supply: opened.supply - 1_200 * TOKEN,
            outstanding: 0,
        };
        assert_eq!(snap(world, stage.usdc), expected);
        assert_event!(
            receipt,
            DeficitCovered {
                sequence: 2,
                at: world.chain.now(),
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                deficit_before: 600 * USDC,
                protocol_fees_used: 0,
                insurance_fees_used: 0,
                insurance_drawn: 600 * USDC,
                issued: 0,
                burned: 1_200 * TOKEN,
                after: books(&ledger),
            }
        );
        assert_eq!(world.bank(stage.usdc).auction, AuctionState::default());
        let market = world.market_state();
        assert_eq!(
            (market.issued, market.burned),
            (1_200 * TOKEN, 1_200 * TOKEN)
        );
        assert_eq!(market.issuance_bucket.level, 0);

        let keys = world.keys(stage.usdc);
        let cover = [ix::refresh_banks(&[keys]), ix::cover_deficit(&keys)];
        world.refuse(&cover, &[], BackstopError::NoDeficit);
    });
}

#[test]
fn insurance_lowers_what_is_not_on_auction_first() {
    on_both(|world: &mut World| {
        // One lot raises 500 dollars; the rest of 800 waits.
        let stage = stage_with(world, |market| market.issuance_auction_bps = 10, |_| ());
        lose(world, &stage, "debtor", 800 * USDC);
        // Insurance; on auction and deficit after it; tokens burned.
        for (atoms, on_auction, deficit, burned) in [
            (299 * USDC, 500 * USDC, 501 * USDC, 0),
            (USDC, 500 * USDC, 500 * USDC, 0),
            (1, 500 * USDC - 1, 500 * USDC - 1, 0),
            (500 * USDC - 2, 1, 1, 0),
            (1, 0, 0, 1_000 * TOKEN),
        ] {
            insure(world, &stage, atoms);
            let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
            assert_eq!(event.insurance_drawn, atoms);
            assert_eq!(
                (event.after.on_auction, event.after.deficit),
                (on_auction, deficit)
            );
            assert_eq!((event.burned, event.issued), (burned, 0));
            assert_eq!(world.bank(stage.usdc).auction.lot, 1_000 * TOKEN - burned);
        }
    });
}

#[test]
fn no_second_auction_opens_beside_a_live_one() {
    on_both(|world: &mut World| {
        let stage = stage_with(world, |market| market.issuance_auction_bps = 10, |_| ());
        lose(world, &stage, "debtor", 800 * USDC);
        let auction = world.bank(stage.usdc).auction;
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!(
            (event.issued, event.after.on_auction, event.after.deficit),
            (0, 500 * USDC, 800 * USDC)
        );
        let (_, receipt) = lose(world, &stage, "other", 100 * USDC);
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!(
            (event.issued, event.on_auction, event.left_open),
            (0, 500 * USDC, 400 * USDC)
        );
        assert_eq!(world.bank(stage.usdc).auction, auction);

        // Not even after its time, before somebody has closed it.
        world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!((event.issued, event.burned), (0, 0));
        world.close_auction(stage.usdc).unwrap();
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!(
            (event.issued, event.after.on_auction),
            (1_000 * TOKEN, 500 * USDC)
        );
    });
}

#[test]
fn without_a_usable_governance_price_a_loss_waits_until_there_is_one() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let oracle = world.market.oracle.unwrap();
        let now = world.chain.now();
        let good = PriceFeed::new(feed_id("governance"), DOLLAR, PRICE_EXPONENT, now);
        type Spoil = fn(&mut PriceFeed);
        let spoiled: [(&str, Spoil); 7] = [
            ("stale", |feed| feed.publish_time -= 61),
            ("from the future", |feed| feed.publish_time += 1),
            ("of another feed", |feed| feed.feed_id = feed_id("USDC")),
            ("of another program", |feed| {
                feed.program = Pubkey::default()
            }),
            ("negative", |feed| feed.price = -1),
            ("uncertain", |feed| feed.conf = 100_000_000 / 20 + 1),
            ("torn", |feed| feed.ema_price = 66_000_000),
        ];
        let debtors: Vec<_> = (0..=spoiled.len())
            .map(|i| fail(world, &stage, &format!("debtor {i}"), 10 * USDC))
            .collect();
        let now = world.chain.now();
        for ((why, spoil), debtor) in spoiled.into_iter().zip(&debtors) {
            let mut feed = PriceFeed {
                publish_time: now,
                ..good
            };
            spoil(&mut feed);
            world.publish(oracle, feed);
            let receipt = world.write_off(&stage.keeper, debtor, stage.usdc).unwrap();
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(
                (event.loss, event.issued, event.on_auction),
                (10 * USDC, 0, 0),
                "{why}"
            );
            let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
            assert_eq!(event.issued, 0, "{why}");
        }

        // No account at all, then one that does not exist.
        let keys = world.keys(stage.usdc);
        let mut silent = keys;
        silent.market.oracle = None;
        let debtor = debtors.last().unwrap();
        let write_off = ix::write_off(&silent, debtor.obligation, None, &[]);
        let receipt = world
            .send(&[ix::refresh_banks(&[keys]), write_off], &[])
            .unwrap();
        assert_eq!(receipt.event::<DebtWrittenOff>().issued, 0);
        silent.market.oracle = Some(backstop_tests::keys::keypair("nobody").pubkey());
        let cover = ix::cover_deficit(&silent);
        let receipt = world
            .send(&[ix::refresh_banks(&[keys]), cover], &[])
            .unwrap();
        assert_eq!(receipt.event::<DeficitCovered>().issued, 0);
        assert_eq!(world.market_state().governance_priced_at, 0);

        // A good price, but none of the asset in this slot.
        world.set_governance_price(DOLLAR);
        world.advance(0);
        let receipt = world.send(&[ix::cover_deficit(&keys)], &[]).unwrap();
        assert_eq!(receipt.event::<DeficitCovered>().issued, 0);
        assert_eq!(world.market_state().governance_priced_at, world.chain.now());
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!(
            (event.issued, event.after.on_auction),
            (160 * TOKEN, 80 * USDC)
        );
    });
}

#[test]
fn a_market_without_a_feed_issues_between_fixed_prices_or_not_at_all() {
    for (floor, start) in [(PAR / 4, PAR), (PAR / 4, PAR / 4), (0, PAR), (0, 0)] {
        on_both(|world: &mut World| {
            set_market(world, |market| {
                market.oracle_program = Pubkey::default();
                market.feed_id = [0; 32];
            });
            world.market.oracle = None;
            let stage = stage_bank(world, |config| {
                config.fixed_floor_rate = floor.into();
                config.fixed_start_rate = start.into();
            });
            let (_, receipt) = lose(world, &stage, "debtor", 100 * USDC);
            let event = receipt.event::<DebtWrittenOff>();
            let auction = world.bank(stage.usdc).auction;
            if floor == 0 {
                assert_eq!((event.issued, event.left_open), (0, 100 * USDC));
                assert_eq!(auction, AuctionState::default());
            } else {
                assert_eq!((event.issued, event.on_auction), (400 * TOKEN, 100 * USDC));
                assert_eq!(auction.floor_rate.get(), floor);
                assert_eq!(auction.start_rate.get(), start);
            }
        });
    }
}

#[test]
fn a_fixed_floor_above_the_feed_raises_floor_and_start() {
    // The feed says half a dollar to one and a half.
    for (fixed, floor, start) in [
        (PAR / 4, PAR / 2, PAR / 2 * 3),
        (PAR, PAR, PAR / 2 * 3),
        (PAR * 2, PAR * 2, PAR * 2),
    ] {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| {
                config.fixed_floor_rate = fixed.into();
                config.fixed_start_rate = (PAR * 100).into();
            });
            lose(world, &stage, "debtor", 100 * USDC);
            let auction = world.bank(stage.usdc).auction;
            assert_eq!(auction.floor_rate.get(), floor);
            assert_eq!(auction.start_rate.get(), start);
        });
    }
}

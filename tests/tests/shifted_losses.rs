//! Ways to make somebody else carry a loss that were open once.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{DebtWrittenOff, DeficitSocialised, SocialiseReason},
        state::PauseKind,
    },
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, World, DOLLAR},
    },
    bad_debt::{
        insure, lose, plain_bank, rebuild, stage, stage_bank, AUCTION_DELAY, AUCTION_DURATION,
        LENT, USDC,
    },
    solana_signer::Signer,
};

/// A deficit that insurance pays off day by day halves what a deposit is worth
/// for a while. The deposit's owner is liquidated meanwhile, but no loss is made
/// of him in another bank: the kindest reading knows that the deficit is covered.
#[test]
fn a_deficit_that_is_being_covered_makes_nobody_insolvent_elsewhere() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| {
            config.write_off_mode = 1;
            config.draw_limit = 50_000 * USDC;
        });
        let euro = world.add_bank(&plain_bank("EURO"));
        world.advance(u64::from(2 * DAY)); // a new bank waits for the market's delay
        let [thief, friend] = ["thief", "friend"].map(|name| world.actor(name));
        for actor in [&thief, &friend, &stage.lender] {
            world.fund(actor, euro, LENT);
        }
        world.fund(&thief, stage.usdc, 100_000 * USDC);
        world.deposit(&stage.lender, euro, LENT).unwrap();
        world.deposit(&thief, stage.usdc, 100_000 * USDC).unwrap();
        world.borrow(&thief, euro, 65_000 * USDC).unwrap();

        insure(world, &stage, 600_000 * USDC);
        lose(world, &stage, "debtor", 600_000 * USDC);
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 550_000 * USDC);

        // At net his collateral is worth less than his debt; at gross, at which it is
        // seized, it pays for all of it: nothing is left to write off.
        world
            .liquidate(&friend, &thief, euro, stage.usdc, u64::MAX)
            .unwrap();
        let state = world.obligation(&thief);
        assert!(!state.has_debt());
        let left = state.position(&world.keys(stage.usdc).bank).unwrap();
        assert!(left.has_deposit());
        let assets = world.bank(euro).ledger.lender_assets;
        assert!(assets >= LENT, "{assets}");
    });
}

/// Whoever closes each auction and opens the next in one transaction leaves no
/// gap in which the deficit could be socialised. The market stops trying.
#[test]
fn auctions_reopened_without_end_do_not_keep_lenders_waiting() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        let keys = world.keys(stage.usdc);
        let reopen = [
            ix::refresh_banks(&[keys]),
            ix::close_auction(&keys),
            ix::cover_deficit(&keys),
        ];
        let mut rounds = 0;
        while rounds < 100 && world.bank(stage.usdc).auction.lot > 0 {
            world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
            world.send(&reopen, &[]).unwrap();
            rounds += 1;
        }
        // Three days of eight hours and a second each, not fourteen.
        assert_eq!(rounds, 9);
        let event = world
            .socialise(stage.usdc)
            .unwrap()
            .event::<DeficitSocialised>();
        assert_eq!(
            (event.socialised, event.reason),
            (600 * USDC, SocialiseReason::AuctionsFailed)
        );
    });
}

#[test]
fn failures_of_a_small_auction_do_not_count_against_a_greater_loss() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "careless", 10 * USDC);
        for _ in 0..2 {
            world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
            world.close_auction(stage.usdc).unwrap();
            world.cover(stage.usdc).unwrap();
        }
        assert_eq!(world.bank(stage.usdc).failed_auctions, 2);
        let (_, receipt) = lose(world, &stage, "equal", 10 * USDC);
        assert_eq!(receipt.event::<DebtWrittenOff>().deficit_before, 10 * USDC);
        assert_eq!(world.bank(stage.usdc).failed_auctions, 2);
        lose(world, &stage, "greater", 21 * USDC);
        assert_eq!(world.bank(stage.usdc).failed_auctions, 0);
    });
}

/// While write-offs are paused a loss may be waiting that nothing books yet.
#[test]
fn insurance_is_not_spent_on_buying_back_while_write_offs_are_paused() {
    on_both(|world: &mut World| {
        let stage = rebuild::rebuilt(world, 10_000 * USDC);
        let guardian = world.guardian.insecure_clone();
        let pause = ix::pause(
            world.market.market,
            guardian.pubkey(),
            PauseKind::WriteOff,
            DAY,
        );
        world.send(&[pause], &[&guardian]).unwrap();
        let start = rebuild::start(world, &stage);
        world.refuse(&start, &[], BackstopError::WriteOffPaused);
        world.advance(u64::from(DAY));
        let start = rebuild::start(world, &stage);
        world.send(&start, &[]).unwrap();
        world.set_price(stage.junk, DOLLAR);
    });
}

/// Nor by a buy-back that has begun already.
#[test]
fn a_buy_back_that_runs_stops_while_write_offs_are_paused() {
    on_both(|world: &mut World| {
        let stage = rebuild::rebuilt(world, 10_000 * USDC);
        world.send(&rebuild::start(world, &stage), &[]).unwrap();
        let guardian = world.guardian.insecure_clone();
        let (market, kind) = (world.market.market, PauseKind::WriteOff);
        let pause = ix::pause(market, guardian.pubkey(), kind, 60);
        world.send(&[pause], &[&guardian]).unwrap();
        let sale = rebuild::sale(world, &stage, USDC, 0);
        let seller = stage.bidder.wallet.insecure_clone();
        world.refuse(&sale, &[&seller], BackstopError::WriteOffPaused);
        world.advance(60);
        world.send(&sale, &[&seller]).unwrap();
    });
}

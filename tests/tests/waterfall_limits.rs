//! Limits that bind: the call succeeds, the rest stays open, and what has
//! recovered can be used, to the atom.

mod bad_debt;

use {
    backstop::events::{DebtWrittenOff, DeficitCovered},
    backstop_tests::{
        settings::DAY,
        world::{on_both, World},
    },
    bad_debt::{
        assert_event, books, insure, leaked, lose, snap, stage_bank, stage_with, Snap,
        AUCTION_DELAY, AUCTION_DURATION, TOKEN, USDC, WINDOW,
    },
};

/// (governance atoms) Supply of a new market.
const SUPPLY: u64 = 1_000_000 * TOKEN;

#[test]
fn the_draw_limit_gives_what_has_leaked_and_nothing_is_issued_while_the_vault_holds_anything() {
    const LIMIT: u64 = 1_000 * USDC;
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.draw_limit = LIMIT);
        insure(world, &stage, 2_500 * USDC);
        let (_, receipt) = lose(world, &stage, "debtor", 5_000 * USDC);
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!(
            (event.insurance_drawn, event.left_open, event.issued),
            (LIMIT, 4_000 * USDC, 0)
        );
        assert_eq!(event.after.insurance, 1_500 * USDC);

        // In the same second there is nothing more to be had, which is no error.
        let before = snap(world, stage.usdc);
        let receipt = world.cover(stage.usdc).unwrap();
        assert_eq!(snap(world, stage.usdc), before);
        assert_event!(
            receipt,
            DeficitCovered {
                sequence: 2,
                at: world.chain.now(),
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                deficit_before: 4_000 * USDC,
                protocol_fees_used: 0,
                insurance_fees_used: 0,
                insurance_drawn: 0,
                issued: 0,
                burned: 0,
                after: books(&before.ledger),
            }
        );

        // One second, seven seconds, half a window: each time what has leaked.
        let mut level = LIMIT;
        let mut left = 1_500 * USDC;
        for secs in [1, 7, WINDOW / 2] {
            world.advance(secs);
            level -= leaked(LIMIT, secs, WINDOW);
            let drawn = LIMIT - level;
            assert!(drawn < left);
            let receipt = world.cover(stage.usdc).unwrap();
            let event = receipt.event::<DeficitCovered>();
            assert_eq!((event.insurance_drawn, event.issued), (drawn, 0));
            level += drawn;
            left -= drawn;
            assert_eq!(world.bank(stage.usdc).draw_bucket.level, level);
            assert_eq!(event.after.insurance, left);
        }

        // The vault's last atoms fit the limit: the next tier starts at once.
        world.advance(WINDOW);
        let receipt = world.cover(stage.usdc).unwrap();
        let event = receipt.event::<DeficitCovered>();
        assert_eq!(event.insurance_drawn, left);
        assert_eq!(event.after.deficit, 2_500 * USDC);
        assert_eq!(event.after.on_auction, 2_500 * USDC);
        assert_eq!(event.issued, 5_000 * TOKEN);
    });
}

#[test]
fn the_draw_limit_binds_at_its_edge() {
    for (loss, drawn) in [(999, 999), (1_000, 1_000), (1_001, 1_000)] {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| config.draw_limit = 1_000 * USDC);
            insure(world, &stage, 1_000_000_000 + USDC);
            let (_, receipt) = lose(world, &stage, "debtor", loss * USDC);
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(event.insurance_drawn, drawn * USDC);
            assert_eq!((event.left_open, event.issued), ((loss - drawn) * USDC, 0));
        });
    }
}

#[test]
fn one_auction_issues_no_more_than_its_share_of_supply() {
    // 0.01 % of a million tokens is 100 tokens, worth 50 dollars at the floor.
    for (loss, on_auction, issued) in [
        (50 * USDC - 1, 50 * USDC - 1, 100 * TOKEN - 2),
        (50 * USDC, 50 * USDC, 100 * TOKEN),
        (50 * USDC + 1, 50 * USDC, 100 * TOKEN),
    ] {
        on_both(|world: &mut World| {
            let stage = stage_with(world, |market| market.issuance_auction_bps = 1, |_| ());
            let (_, receipt) = lose(world, &stage, "debtor", loss);
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!((event.on_auction, event.issued), (on_auction, issued));
            assert_eq!(event.left_open, loss - on_auction);
        });
    }
}

#[test]
fn auctions_one_after_another_share_the_limit_of_their_window() {
    const ISSUANCE_WINDOW: u64 = 7 * DAY as u64;
    on_both(|world: &mut World| {
        let stage = stage_with(
            world,
            |market| {
                market.issuance_window_bps = 10;
                market.issuance_auction_bps = 6;
            },
            |_| (),
        );
        let (_, receipt) = lose(world, &stage, "debtor", 5_000 * USDC);
        let first = 600 * TOKEN;
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!((event.issued, event.on_auction), (first, 300 * USDC));

        // Sold out at the floor, so that nothing is given back.
        let to_the_floor = AUCTION_DELAY + AUCTION_DURATION;
        world.advance(to_the_floor);
        world.buy(&stage.bidder, stage.usdc, first).unwrap();
        let supply = SUPPLY + first;
        let market = world.market_state();
        assert_eq!((market.supply, market.outstanding), (supply, first));

        // The second lot gets what the window leaves, of the supply of today.
        let capacity = supply / 1_000;
        let mut level = first - leaked(capacity, to_the_floor, ISSUANCE_WINDOW);
        let second = capacity - level;
        assert!(
            second < supply / 10_000 * 6,
            "the window binds, not the auction"
        );
        let receipt = world.cover(stage.usdc).unwrap();
        let event = receipt.event::<DeficitCovered>();
        assert_eq!(event.issued, second);
        assert_eq!(event.after.on_auction, second / 2);
        assert_eq!(event.after.deficit, 4_700 * USDC);
        level += second;
        let market = world.market_state();
        assert_eq!((market.issuance_bucket.level, level), (level, capacity));
        assert_eq!(market.outstanding, first + second);
    });
}

#[test]
fn the_lifetime_cap_is_the_end_of_issuance() {
    const CAP: u64 = 1_000 * TOKEN;
    on_both(|world: &mut World| {
        let stage = stage_with(world, |market| market.lifetime_issuance_cap = CAP, |_| ());
        let (_, receipt) = lose(world, &stage, "debtor", 5_000 * USDC);
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!((event.issued, event.left_open), (CAP, 4_500 * USDC));
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        world.buy(&stage.bidder, stage.usdc, CAP).unwrap();

        // However long one waits: what is sold is never given back. Not so long
        // that the deadline alone would end issuance.
        world.advance(13 * u64::from(DAY));
        let before = snap(world, stage.usdc);
        assert_eq!((before.outstanding, before.escrow), (CAP, 0));
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!((event.issued, event.after.deficit), (0, 4_500 * USDC));
        let ledger = backstop::state::LedgerState {
            accrued_at: world.chain.now(),
            ..before.ledger
        };
        assert_eq!(snap(world, stage.usdc), Snap { ledger, ..before });
    });
}

#[test]
fn what_was_not_sold_counts_against_no_cap_any_more() {
    const CAP: u64 = 1_000 * TOKEN;
    on_both(|world: &mut World| {
        let stage = stage_with(world, |market| market.lifetime_issuance_cap = CAP, |_| ());
        lose(world, &stage, "debtor", 5_000 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        world.buy(&stage.bidder, stage.usdc, 400 * TOKEN).unwrap();
        world.advance(1);
        world.close_auction(stage.usdc).unwrap();
        assert_eq!(world.market_state().outstanding, 400 * TOKEN);
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!(event.issued, 600 * TOKEN);
        assert_eq!(world.market_state().outstanding, CAP);
    });
}

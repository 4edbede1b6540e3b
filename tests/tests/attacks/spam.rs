//! Calls that anybody may send at any time, sent again and again.

use {
    crate::{
        bad_debt::{
            fail, insure, lose, snap, stage, stage_bank, AUCTION_DELAY, AUCTION_DURATION, USDC,
        },
        hands::refresh,
    },
    backstop::error::BackstopError as E,
    backstop_tests::{
        ix,
        keys::keypair,
        settings::DAY,
        world::{on_both, World},
    },
    solana_signer::Signer,
};

/// I-19: while an auction is on, spam of `cover_deficit`, `close_auction`,
/// `socialise_deficit` and `close_buy_back` moves nothing.
#[test]
fn spam_during_an_auction_moves_nothing() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 10_000 * USDC);
        let before = snap(world, stage.usdc);
        let keys = world.keys(stage.usdc);
        for secs in [0, 1, AUCTION_DELAY - 1, AUCTION_DURATION - 1] {
            world.advance(secs);
            for _ in 0..3 {
                world.cover(stage.usdc).unwrap();
            }
            world.refuse(&[ix::close_auction(&keys)], &[], E::AuctionNotEnded);
            world.refuse(&[ix::socialise_deficit(&keys)], &[], E::AuctionLive);
            world.refuse(&[ix::close_buy_back(&keys)], &[], E::NoAuction);
            let mut after = snap(world, stage.usdc);
            after.ledger.accrued_at = before.ledger.accrued_at;
            assert_eq!(after, before);
        }
        world.advance(1);
        world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
    });
}

/// An atom in the insurance vault holds up issuing and socialising only until the
/// next call draws it: covering and socialising fit into one transaction.
#[test]
fn an_atom_of_insurance_puts_nothing_off() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        lose(world, &stage, "debtor", 10_000 * USDC);
        world.advance(3 * u64::from(DAY));
        insure(world, &stage, 1);
        let keys = world.keys(stage.usdc);
        let socialise = ix::socialise_deficit(&keys);
        world.refuse(std::slice::from_ref(&socialise), &[], E::InsuranceNotEmpty);
        let row = [
            refresh(world, &[stage.usdc]),
            ix::cover_deficit(&keys),
            socialise,
        ];
        world.send(&row, &[]).unwrap();
        let ledger = world.bank(stage.usdc).ledger;
        assert_eq!(ledger.socialised.get(), u128::from(10_000 * USDC - 1));
        assert_eq!(ledger.deficit, 0);
    });
}

/// ... and with a draw limit that is used up it takes as much insurance as the limit
/// leaks: whoever holds issuing up that way pays the deficit himself.
#[test]
fn holding_issuance_up_with_insurance_costs_what_the_limit_leaks() {
    on_both(|world: &mut World| {
        let limit = 864 * USDC;
        let stage = stage_bank(world, |config| config.draw_limit = limit);
        insure(world, &stage, limit);
        lose(world, &stage, "debtor", 10_000 * USDC);
        // Insurance is empty: an auction is on for the rest. When it has failed, the
        // spoiler keeps the vault from being empty at each attempt to issue.
        world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
        world.close_auction(stage.usdc).unwrap();
        // The limit has leaked all by then but the fill: an atom is drawn at once.
        insure(world, &stage, 1);
        world.cover(stage.usdc).unwrap();
        let ledger = world.bank(stage.usdc).ledger;
        assert_eq!(ledger.insurance, 0);
        assert!(ledger.on_auction > 0, "issued in spite of the atom");
        world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
        world.close_auction(stage.usdc).unwrap();
        // Enough to last: all of it that the limit lets through is drawn.
        insure(world, &stage, 2 * limit);
        let before = world.bank(stage.usdc).ledger;
        world.cover(stage.usdc).unwrap();
        let after = world.bank(stage.usdc).ledger;
        assert_eq!(after.on_auction, 0);
        let drawn = before.insurance - after.insurance;
        assert!(drawn > 500 * USDC, "{drawn}");
        assert_eq!(before.deficit - after.deficit, drawn);
    });
}

/// A documented limit: prices do not go back, so whoever shows a newer update first
/// makes an older one useless, though it is young enough. A holder who covers with it,
/// but without the bank's price, issues nothing and keeps those from issuing who know
/// only the older account. The way out is to show his update, or one as new.
#[test]
fn an_update_shown_first_makes_older_ones_useless_but_issues_when_shown_again() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 10_000 * USDC);
        let keys = world.keys(stage.usdc);
        let mut blind = keys;
        blind.market.oracle = None;
        let erase = ix::write_off(&blind, debtor.obligation, None, &[]);
        world.send(&[erase], &[]).unwrap();
        world.advance_silently(30);

        let mut update = world.feed(&keys.market.oracle.unwrap());
        update.publish_time = world.chain.now();
        let pulled = keypair("pulled update").pubkey();
        world.publish(pulled, update);
        let mut newer = keys;
        newer.market.oracle = Some(pulled);
        let offered = |world: &mut World| world.bank(stage.usdc).ledger.on_auction;
        world.send(&[ix::cover_deficit(&newer)], &[]).unwrap();
        assert_eq!(offered(world), 0);
        world.cover(stage.usdc).unwrap();
        assert_eq!(offered(world), 0, "the older account is of no use");
        let prices = refresh(world, &[stage.usdc]);
        world
            .send(&[prices, ix::cover_deficit(&newer)], &[])
            .unwrap();
        assert_eq!(offered(world), 10_000 * USDC);
    });
}

//! Fees that accrue while a deficit is open: the first to be used, by whoever
//! comes next.

mod bad_debt;

use {
    backstop::{
        events::{DeficitCovered, DeficitSocialised, SocialiseReason},
        state::LedgerState,
    },
    backstop_tests::{
        settings::DAY,
        world::{on_both, World},
    },
    bad_debt::{assert_event, books, fail, lose, snap, stage_bank, Snap, Stage, TOKEN, USDC},
};

/// A bank that charges ten per cent on a large loan, and a loss of `loss`.
fn charging(world: &mut World, mode: u8, loss: u64) -> Stage {
    let stage = stage_bank(world, |config| {
        config.base_rate_bps = 1_000;
        config.write_off_mode = mode;
    });
    fail(world, &stage, "borrower", 300_000 * USDC);
    lose(world, &stage, "debtor", loss);
    stage
}

/// Books with both kinds of fees used for the deficit.
fn fees_used(before: &LedgerState, protocol: u64, insurance: u64) -> LedgerState {
    let deficit = before.deficit - protocol - insurance;
    LedgerState {
        protocol_fees: before.protocol_fees - protocol,
        insurance_fees: before.insurance_fees - insurance,
        deficit,
        on_auction: before.on_auction.min(deficit),
        covered_by_fees: (before.covered_by_fees.get() + u128::from(protocol)).into(),
        covered_by_insurance: (before.covered_by_insurance.get() + u128::from(insurance)).into(),
        ..*before
    }
}

#[test]
fn the_next_cover_uses_them_and_moves_no_token() {
    on_both(|world: &mut World| {
        let stage = charging(world, 1, 5_000 * USDC);
        world.advance(u64::from(DAY));
        world.refresh(&[stage.usdc]).unwrap();
        let before = snap(world, stage.usdc);
        let (protocol, insurance) = (before.ledger.protocol_fees, before.ledger.insurance_fees);
        assert!(protocol > USDC && insurance > protocol);
        let receipt = world.cover(stage.usdc).unwrap();
        let ledger = fees_used(&before.ledger, protocol, insurance);
        assert_eq!(snap(world, stage.usdc), Snap { ledger, ..before });
        assert_event!(
            receipt,
            DeficitCovered {
                sequence: 2,
                at: world.chain.now(),
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                deficit_before: before.ledger.deficit,
                protocol_fees_used: protocol,
                insurance_fees_used: insurance,
                insurance_drawn: 0,
                issued: 0,
                burned: 0,
                after: books(&ledger),
            }
        );
    });
}

#[test]
fn they_shrink_a_live_auction_and_end_it() {
    on_both(|world: &mut World| {
        let stage = charging(world, 2, 20 * USDC);
        let opened = snap(world, stage.usdc);
        assert!(opened.ledger.on_auction > USDC && opened.escrow > 0);
        world.advance(3_600);
        world.refresh(&[stage.usdc]).unwrap();
        let before = snap(world, stage.usdc);
        let (protocol, insurance) = (before.ledger.protocol_fees, before.ledger.insurance_fees);
        let ledger = fees_used(&before.ledger, protocol, insurance);
        assert!(ledger.on_auction > 0 && ledger.on_auction < before.ledger.on_auction);
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!((event.after, event.burned), (books(&ledger), 0));

        world.advance(2 * u64::from(DAY));
        let event = world.cover(stage.usdc).unwrap().event::<DeficitCovered>();
        assert_eq!((event.after.deficit, event.burned), (0, opened.escrow));
        let after = snap(world, stage.usdc);
        assert_eq!((after.escrow, after.outstanding), (0, 0));
        assert_eq!(after.supply, 1_000_000 * TOKEN);
    });
}

#[test]
fn lenders_lose_only_what_they_do_not_cover() {
    // Fees of three days are some tens of dollars.
    for loss in [5_000 * USDC, 20 * USDC] {
        on_both(|world: &mut World| {
            let stage = charging(world, 1, loss);
            world.advance(3 * u64::from(DAY));
            world.refresh(&[stage.usdc]).unwrap();
            let before = snap(world, stage.usdc);
            let l = before.ledger;
            let protocol = l.protocol_fees.min(l.deficit);
            let insurance = l.insurance_fees.min(l.deficit - protocol);
            let receipt = world.socialise(stage.usdc).unwrap();
            let covered = fees_used(&l, protocol, insurance);
            let socialised = covered.deficit;
            assert_eq!(socialised > 0, loss == 5_000 * USDC);
            let ledger = LedgerState {
                lender_assets: l.lender_assets - socialised,
                deficit: 0,
                socialised: u128::from(socialised).into(),
                ..covered
            };
            assert_eq!(snap(world, stage.usdc), Snap { ledger, ..before });
            assert_event!(
                receipt,
                DeficitSocialised {
                    sequence: 2,
                    at: world.chain.now(),
                    market: world.market.market,
                    bank: world.keys(stage.usdc).bank,
                    socialised: socialised,
                    protocol_fees_used: protocol,
                    insurance_fees_used: insurance,
                    reason: SocialiseReason::ModeWithoutIssuance,
                    wound_down: false,
                    after: books(&ledger),
                }
            );
        });
    }
}

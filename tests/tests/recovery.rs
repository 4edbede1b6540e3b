//! Written-off debt that is paid back: before, between and after the tiers.

mod bad_debt;

use {
    backstop::{error::BackstopError, events::WrittenOffRepaid, state::LedgerState},
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, World},
    },
    bad_debt::{
        assert_event, books, fail, insure, lose, snap, stage, stage_bank, Snap, Stage,
        AUCTION_DELAY, AUCTION_DURATION, TOKEN, USDC,
    },
};

#[test]
fn a_repaid_record_lowers_the_deficit_first_and_fills_insurance_then() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        insure(world, &stage, 200 * USDC);
        let (debtor, _) = lose(world, &stage, "debtor", 600 * USDC);
        let before = snap(world, stage.usdc);
        let money = world.balance(&stage.bidder, stage.usdc);
        let receipt = world
            .repay_written_off(&stage.bidder, &debtor, stage.usdc, 450 * USDC)
            .unwrap();
        let ledger = LedgerState {
            cash: before.ledger.cash + 400 * USDC,
            deficit: 0,
            insurance: 50 * USDC,
            recovered: u128::from(400 * USDC).into(),
            ..before.ledger
        };
        let expected = Snap {
            ledger,
            liquidity: before.liquidity + 400 * USDC,
            insurance: 50 * USDC,
            ..before
        };
        assert_eq!(snap(world, stage.usdc), expected);
        assert_eq!(world.balance(&stage.bidder, stage.usdc), money - 450 * USDC);
        assert_event!(
            receipt,
            WrittenOffRepaid {
                sequence: 2,
                at: world.chain.now(),
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                obligation: debtor.obligation,
                paid: 450 * USDC,
                to_deficit: 400 * USDC,
                to_lenders: 0,
                to_insurance: 50 * USDC,
                burned: 0,
                written_off: 150 * USDC,
                after: books(&ledger),
            }
        );
        assert_eq!(
            world.obligation(&debtor).positions()[0].written_off,
            150 * USDC
        );

        // The rest, though more is offered; then there is no position any more.
        let receipt = world
            .repay_written_off(&stage.bidder, &debtor, stage.usdc, u64::MAX)
            .unwrap();
        let event = receipt.event::<WrittenOffRepaid>();
        assert_eq!(
            (event.paid, event.to_insurance, event.written_off),
            (150 * USDC, 150 * USDC, 0)
        );
        assert_eq!(world.balance(&stage.bidder, stage.usdc), money - 600 * USDC);
        assert!(world.obligation(&debtor).positions().is_empty());
    });
}

#[test]
fn while_an_auction_is_live_the_part_that_is_not_on_auction_is_recovered_first() {
    on_both(|world: &mut World| {
        let stage = bad_debt::stage_with(world, |market| market.issuance_auction_bps = 10, |_| ());
        let (debtor, _) = lose(world, &stage, "debtor", 800 * USDC);
        let supply = snap(world, stage.usdc).supply;
        // Paid; on auction, deficit and burned after it.
        for (paid, on_auction, deficit, burned) in [
            (300 * USDC, 500 * USDC, 500 * USDC, 0),
            (1, 500 * USDC - 1, 500 * USDC - 1, 0),
            (500 * USDC - 1, 0, 0, 1_000 * TOKEN),
        ] {
            let receipt = world
                .repay_written_off(&stage.bidder, &debtor, stage.usdc, paid)
                .unwrap();
            let event = receipt.event::<WrittenOffRepaid>();
            assert_eq!(
                (event.paid, event.to_deficit, event.burned),
                (paid, paid, burned)
            );
            assert_eq!(
                (event.after.on_auction, event.after.deficit),
                (on_auction, deficit)
            );
            let after = snap(world, stage.usdc);
            assert_eq!(after.escrow, 1_000 * TOKEN - burned);
            assert_eq!(after.supply, supply - burned);
        }
        assert_eq!(world.market_state().outstanding, 0);
    });
}

#[test]
fn after_any_tier_has_paid_what_is_recovered_fills_insurance() {
    type Prepare = fn(&mut World, &Stage);
    let tiers: [(&str, Prepare); 3] = [
        ("insurance", |world, stage| {
            insure(world, stage, 600 * USDC);
            world.cover(stage.usdc).unwrap();
        }),
        ("buyers", |world, stage| {
            world.advance(AUCTION_DELAY);
            world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
        }),
        ("lenders", |world, stage| {
            world.advance(AUCTION_DELAY + AUCTION_DURATION + 14 * u64::from(DAY));
            world.close_auction(stage.usdc).unwrap();
            world.socialise(stage.usdc).unwrap();
        }),
    ];
    for (who, prepare) in tiers {
        on_both(|world: &mut World| {
            let stage = stage(world);
            let (debtor, _) = lose(world, &stage, "debtor", 600 * USDC);
            prepare(world, &stage);
            let before = snap(world, stage.usdc);
            assert_eq!((before.ledger.deficit, before.insurance), (0, 0), "{who}");
            let receipt = world
                .repay_written_off(&stage.lender, &debtor, stage.usdc, 600 * USDC)
                .unwrap();
            let event = receipt.event::<WrittenOffRepaid>();
            assert_eq!(
                (event.to_deficit, event.to_lenders, event.to_insurance),
                (0, 0, 600 * USDC),
                "{who}"
            );
            let after = snap(world, stage.usdc);
            assert_eq!(after.insurance, 600 * USDC, "{who}");
            assert_eq!(after.liquidity, before.liquidity, "{who}");
            assert_eq!(after.ledger.recovered.get(), 0, "{who}");
            assert_eq!(after.ledger.lender_assets, before.ledger.lender_assets);
            assert!(!world.obligation(&debtor).has_record());
        });
    }
}

#[test]
fn there_is_nothing_to_repay_but_a_record() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let keys = world.keys(stage.usdc);
        let (payer, wallet) = (&stage.bidder, world.wallet(&stage.bidder, stage.usdc));
        let repay = |obligation, atoms| {
            [ix::repay_written_off(
                &keys,
                payer.key(),
                obligation,
                wallet,
                atoms,
            )]
        };
        let signers = [&payer.wallet];
        // A debt is not a record, and somebody else has neither.
        let early = repay(debtor.obligation, USDC);
        world.refuse(&early, &signers, BackstopError::NothingWrittenOff);
        let nobody = repay(stage.keeper.obligation, USDC);
        world.refuse(&nobody, &signers, BackstopError::NoPosition);

        world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
        let nothing = repay(debtor.obligation, 0);
        world.refuse(&nothing, &signers, BackstopError::ZeroAmount);
        world.send(&early, &signers).unwrap();
        world
            .send(&repay(debtor.obligation, u64::MAX), &signers)
            .unwrap();
        world.refuse(&early, &signers, BackstopError::NoPosition);
    });
}

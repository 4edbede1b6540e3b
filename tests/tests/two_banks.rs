//! Two banks in trouble at once: one market's limits, two banks' losses.

mod bad_debt;

use {
    backstop::events::{DebtWrittenOff, DeficitCovered},
    backstop_tests::{
        settings::DAY,
        world::{on_both, BankId, World, DOLLAR},
    },
    bad_debt::{
        crash, fail_in, insure, leaked, plain_bank, snap, stage_with, Stage, AUCTION_DELAY,
        AUCTION_DURATION, LENT, TOKEN, USDC,
    },
};

/// A second bank like the first, in which the lender has lent as much. One lot
/// may issue 600 tokens and a window 1 000.
fn two(world: &mut World) -> (Stage, BankId) {
    let euro = world.add_bank(&plain_bank("EURO"));
    let stage = stage_with(
        world,
        |market| {
            market.issuance_window_bps = 10;
            market.issuance_auction_bps = 6;
        },
        |_| (),
    );
    for actor in [&stage.lender, &stage.bidder] {
        world.fund(actor, euro, LENT);
    }
    world.deposit(&stage.lender, euro, LENT).unwrap();
    (stage, euro)
}

/// Runs `act` and passes if neither books nor vaults of `other` have changed.
fn isolated<T>(world: &mut World, other: BankId, act: impl FnOnce(&mut World) -> T) -> T {
    let keys = world.keys(other);
    let watched = [
        keys.bank,
        keys.liquidity_vault,
        keys.insurance_vault,
        keys.governance_escrow,
    ];
    let before = watched.map(|key| world.chain.account(&key));
    let result = act(world);
    assert_eq!(watched.map(|key| world.chain.account(&key)), before);
    result
}

#[test]
fn both_draw_on_one_issuance_limit_and_neither_touches_the_other() {
    on_both(|world: &mut World| {
        let (stage, euro) = two(world);
        let first = fail_in(world, &stage, "first", stage.usdc, 5_000 * USDC);
        let second = fail_in(world, &stage, "second", euro, 5_000 * USDC);
        let keeper = &stage.keeper;
        let event = isolated(world, euro, |world| {
            let receipt = world.write_off(keeper, &first, stage.usdc).unwrap();
            receipt.event::<DebtWrittenOff>()
        });
        assert_eq!((event.sequence, event.issued), (1, 600 * TOKEN));
        assert_eq!(event.on_auction, 300 * USDC);

        // The window allows 1 000.6 tokens of a supply that has grown by 600.
        let supply = 1_000_600 * TOKEN;
        let room = supply / 1_000 - 600 * TOKEN;
        let event = isolated(world, stage.usdc, |world| {
            let receipt = world.write_off(keeper, &second, euro).unwrap();
            receipt.event::<DebtWrittenOff>()
        });
        assert_eq!((event.sequence, event.issued), (2, room));
        assert_eq!(event.on_auction, room / 2);
        assert_eq!(event.left_open, 5_000 * USDC - room / 2);
        let market = world.market_state();
        assert_eq!(market.outstanding, 600 * TOKEN + room);
        assert_eq!(snap(world, stage.usdc).escrow, 600 * TOKEN);
        assert_eq!(snap(world, euro).escrow, room);

        // Proceeds of one auction lower one deficit.
        world.advance(AUCTION_DELAY);
        isolated(world, euro, |world| {
            world.buy(&stage.bidder, stage.usdc, 100 * TOKEN).unwrap();
        });
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 4_850 * USDC);
        isolated(world, stage.usdc, |world| {
            world.buy(&stage.bidder, euro, 10 * TOKEN).unwrap();
        });
        assert_eq!(world.bank(euro).ledger.deficit, 4_985 * USDC);

        // Nor does the insurance of one pay for the other.
        insure(world, &stage, 1_000 * USDC);
        let event = isolated(world, stage.usdc, |world| {
            world.cover(euro).unwrap().event::<DeficitCovered>()
        });
        assert_eq!(
            (event.insurance_drawn, event.after.deficit),
            (0, 4_985 * USDC)
        );
        isolated(world, euro, |world| world.cover(stage.usdc).unwrap());
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 3_850 * USDC);

        world.advance(AUCTION_DURATION + 1);
        isolated(world, euro, |world| {
            world.close_auction(stage.usdc).unwrap()
        });
        isolated(world, stage.usdc, |world| {
            world.close_auction(euro).unwrap()
        });
        world.advance(7 * u64::from(DAY));
        let event = isolated(world, stage.usdc, |world| {
            world.cover(euro).unwrap().event::<DeficitCovered>()
        });
        assert_eq!(event.issued, 600 * (1_000_110 * TOKEN) / 1_000_000);
        world.advance(7 * u64::from(DAY));
        isolated(world, euro, |world| world.socialise(stage.usdc).unwrap());
    });
}

#[test]
fn the_second_bank_waits_for_what_leaks_out_of_the_window() {
    on_both(|world: &mut World| {
        let (stage, euro) = two(world);
        for (i, bank) in [stage.usdc, euro].into_iter().enumerate() {
            let debtor = fail_in(world, &stage, &format!("debtor {i}"), bank, 5_000 * USDC);
            world.write_off(&stage.keeper, &debtor, bank).unwrap();
        }
        let market = world.market_state();
        let held = snap(world, euro).escrow;
        assert_eq!(
            market.issuance_bucket.level,
            600 * TOKEN + held
                - leaked(
                    market.supply.checked_sub(held).unwrap() / 1_000,
                    60,
                    7 * u64::from(DAY),
                )
        );
        // Sold out at the floor: nothing but time gives room.
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        world.buy(&stage.bidder, euro, u64::MAX).unwrap();
        let before = world.market_state().issuance_bucket;
        let elapsed = u64::try_from(world.chain.now() - before.filled_at).unwrap();
        let capacity = world.market_state().supply / 1_000;
        let level = before.level - leaked(capacity, elapsed, 7 * u64::from(DAY));
        let event = world.cover(euro).unwrap().event::<DeficitCovered>();
        assert_eq!(event.issued, capacity - level);
    });
}

#[test]
fn one_obligation_with_bad_debt_in_two_banks_is_written_off_in_each() {
    on_both(|world: &mut World| {
        let (stage, euro) = two(world);
        let debtor = world.actor("debtor");
        world.fund(&debtor, stage.junk, 10_000_000);
        world.deposit(&debtor, stage.junk, 10_000_000).unwrap();
        world.borrow(&debtor, stage.usdc, 101).unwrap();
        world.borrow(&debtor, euro, 200).unwrap();
        crash(world, &stage, &debtor, stage.usdc);
        world.advance(60);

        let receipt = isolated(world, stage.usdc, |world| {
            world.write_off(&stage.keeper, &debtor, euro).unwrap()
        });
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!((event.loss, event.written_off), (200, 200));
        let state = world.obligation(&debtor);
        let rows: Vec<_> = state
            .positions()
            .iter()
            .map(|position| (position.bank, position.written_off, position.has_debt()))
            .collect();
        let (usdc_key, euro_key) = (world.keys(stage.usdc).bank, world.keys(euro).bank);
        assert_eq!(rows, [(usdc_key, 0, true), (euro_key, 200, false)]);

        let receipt = isolated(world, euro, |world| {
            world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap()
        });
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!((event.loss, event.written_off), (100, 100));
        let records: Vec<_> = world
            .obligation(&debtor)
            .positions()
            .iter()
            .map(|position| position.written_off)
            .collect();
        assert_eq!(records, [100, 200]);

        // One record repaid, the other still blocks him.
        world
            .repay_written_off(&stage.lender, &debtor, stage.usdc, u64::MAX)
            .unwrap();
        world.set_price(stage.junk, 1_000_000 * DOLLAR);
        world.fund(&debtor, stage.junk, 1_000_000);
        world.deposit(&debtor, stage.junk, 1_000_000).unwrap();
        let refused = world.borrow(&debtor, stage.usdc, USDC).unwrap_err();
        let code = u32::from(backstop::error::BackstopError::RecordOpen);
        assert_eq!(refused.code(), Some(code));
        world
            .repay_written_off(&stage.bidder, &debtor, euro, u64::MAX)
            .unwrap();
        world.borrow(&debtor, stage.usdc, USDC).unwrap();
    });
}

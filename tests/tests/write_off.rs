//! Writing off: what it takes from the borrower's side and puts on the bank's.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::DebtWrittenOff,
        state::{LedgerState, Position},
    },
    backstop_tests::{
        ix,
        state::Wide,
        world::{on_both, World},
    },
    bad_debt::{
        assert_event, books, fail, fail_too_young, lose, snap, stage, stage_bank, Snap, USDC,
    },
    num_bigint::BigUint,
    std::slice::from_ref,
};

#[test]
fn a_loss_that_nothing_covers_becomes_deficit_and_record_and_moves_no_token() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let before = snap(world, stage.usdc);
        let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();

        let now = world.chain.now();
        let ledger = LedgerState {
            borrowed: 0,
            debt_shares: 0.into(),
            deficit: 600 * USDC,
            deficit_since: now,
            accrued_at: now,
            lost: u128::from(600 * USDC).into(),
            ..before.ledger
        };
        assert_eq!(before.ledger.borrowed, 600 * USDC);
        assert_eq!(snap(world, stage.usdc), Snap { ledger, ..before });
        assert_event!(
            receipt,
            DebtWrittenOff {
                sequence: 1,
                at: now,
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                obligation: debtor.obligation,
                loss: 600 * USDC,
                deficit_before: 0,
                protocol_fees_used: 0,
                insurance_fees_used: 0,
                insurance_drawn: 0,
                on_auction: 0,
                left_open: 600 * USDC,
                issued: 0,
                burned: 0,
                bounty: 0,
                written_off: 600 * USDC,
                after: books(&ledger),
            }
        );
        let state = world.obligation(&debtor);
        let record = Position {
            bank: world.keys(stage.usdc).bank,
            written_off: 600 * USDC,
            ..Position::default()
        };
        assert_eq!(state.positions(), [record]);
        assert_eq!(world.balance(&stage.keeper, stage.usdc), 0);
    });
}

#[test]
fn a_second_loss_joins_an_open_deficit_and_its_age_is_the_average() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        lose(world, &stage, "first", 300 * USDC);
        let first_at = world.chain.now();
        let second = fail(world, &stage, "second", 100 * USDC);
        world.advance(3_940);
        let now = world.chain.now();
        assert_eq!(now - first_at, 4_000);
        let before = snap(world, stage.usdc);
        let receipt = world.write_off(&stage.keeper, &second, stage.usdc).unwrap();

        // 300 parts are 4 000 s old, 100 parts are new.
        let ledger = LedgerState {
            borrowed: 0,
            debt_shares: 0.into(),
            deficit: 400 * USDC,
            deficit_since: now - 3_000,
            accrued_at: now,
            lost: u128::from(400 * USDC).into(),
            ..before.ledger
        };
        assert_eq!(world.bank(stage.usdc).ledger, ledger);
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!(
            (event.sequence, event.deficit_before, event.left_open),
            (2, 300 * USDC, 400 * USDC)
        );
        assert_eq!(event.loss, 100 * USDC);
    });
}

#[test]
fn with_interest_the_loss_is_the_fall_of_the_rounded_total() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| {
            config.write_off_mode = 1;
            config.base_rate_bps = 731;
            config.protocol_fee_bps = 0;
            config.insurance_fee_bps = 0;
        });
        let other = fail(world, &stage, "other", 1_234_567);
        let debtor = fail(world, &stage, "debtor", 7_654_321);
        world.advance(1_234_567);
        world.refresh(&[stage.usdc]).unwrap();
        let before = world.bank(stage.usdc).ledger;
        let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();

        let position = world.obligation(&other).positions()[0];
        let shares = position.debt_shares.big();
        let left = (shares.clone() * before.borrow_index.big()) >> 96u32;
        let loss = BigUint::from(before.borrowed) - &left;
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!(BigUint::from(event.loss), loss);
        assert_eq!(BigUint::from(event.after.borrowed), left);
        assert_eq!(event.written_off, event.loss);
        assert!(event.loss > 7_654_321, "a fortnight's interest is lost too");
        let ledger = world.bank(stage.usdc).ledger;
        assert_eq!(ledger.debt_shares.big(), shares);
        assert_eq!(ledger.borrow_index, before.borrow_index);
    });
}

#[test]
fn a_debt_can_be_written_off_once_the_borrower_has_been_still_for_a_minute() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let debtor = fail_too_young(world, &stage, "debtor", stage.usdc, USDC);
        let keys = world.keys(stage.usdc);
        let write_off = || {
            [
                ix::refresh_banks(&[keys]),
                ix::write_off(&keys, debtor.obligation, None, &[]),
            ]
        };
        world.refuse(&write_off(), &[], BackstopError::RiskTooRecent);
        world.advance(1);
        let receipt = world.send(&write_off(), &[]).unwrap();
        assert_eq!(receipt.event::<DebtWrittenOff>().loss, USDC);
    });
}

#[test]
fn a_record_blocks_borrowing_and_closing_until_it_is_repaid_and_survives_till_then() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let (debtor, _) = lose(world, &stage, "debtor", 600 * USDC);
        world.fund(&debtor, stage.junk, 2_000_000);
        world.set_price(stage.junk, 100 * 100_000_000);
        world.deposit(&debtor, stage.junk, 1_000_000).unwrap();

        let banks = [world.keys(stage.usdc), world.keys(stage.junk)];
        let wallet = world.wallet(&debtor, stage.usdc);
        let owner = debtor.key();
        let borrow = |world: &mut World| {
            let active = world.active_banks(&debtor.obligation);
            assert_eq!(active.len(), 1, "a record alone is not an active position");
            // With the loan the position of the record is active again, and first.
            let keys = banks.map(|bank| bank.bank);
            let borrow = ix::borrow(&banks[0], owner, debtor.obligation, wallet, USDC, &keys);
            [ix::refresh_banks(&banks), borrow]
        };
        let close = ix::close_obligation(owner, debtor.obligation, owner);
        let signers = [&debtor.wallet];
        let borrow_now = borrow(world);
        world.refuse(&borrow_now, &signers, BackstopError::RecordOpen);
        world.refuse(
            from_ref(&close),
            &signers,
            BackstopError::ObligationNotEmpty,
        );

        // All but an atom of it is still a record.
        world
            .repay_written_off(&stage.lender, &debtor, stage.usdc, 600 * USDC - 1)
            .unwrap();
        world.refuse(&borrow_now, &signers, BackstopError::RecordOpen);
        // Having left with everything else keeps it, too.
        world.withdraw(&debtor, stage.junk, u128::MAX).unwrap();
        world.refuse(
            from_ref(&close),
            &signers,
            BackstopError::ObligationNotEmpty,
        );
        world.advance(60);
        assert_eq!(world.obligation(&debtor).positions()[0].written_off, 1);

        world.deposit(&debtor, stage.junk, 1_000_000).unwrap();
        world
            .repay_written_off(&stage.lender, &debtor, stage.usdc, 1)
            .unwrap();
        world.borrow(&debtor, stage.usdc, USDC).unwrap();
        let debt = USDC;
        assert_eq!(world.balance(&debtor, stage.usdc), 600 * USDC + 1 + debt);

        world.repay(&debtor, &debtor, stage.usdc, debt).unwrap();
        world.withdraw(&debtor, stage.junk, u128::MAX).unwrap();
        world.send(&[close], &signers).unwrap();
        assert!(world.chain.account(&debtor.obligation).is_none());
    });
}

//! Repaid records, filled reserves, collected fees.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::ledger::{Ledger, VIRTUAL_SHARES};
use backstop_engine::units::{Atoms, Shares};
use backstop_engine::EngineError;
use common::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn a_repaid_record_lowers_the_deficit_then_fills_insurance(
        ledger in ledgers(60), offer in log_u64(60), record in log_u64(60), wound in any::<bool>(),
    ) {
        let result = ledger.repay_record(Atoms(offer), Atoms(record), wound);
        if record == 0 {
            prop_assert_eq!(result, Err(EngineError::NothingWrittenOff));
        } else if offer == 0 {
            prop_assert_eq!(result, Err(EngineError::ZeroAmount));
        } else {
            let plan = result.unwrap();
            let paid = offer.min(record);
            let to_deficit = paid.min(ledger.deficit.0);
            prop_assert_eq!(plan.paid.0, paid);
            prop_assert_eq!(plan.to_deficit.0, to_deficit);
            let rest = if wound && ledger.deposit_shares.0 > 1_000_000 {
                (paid - to_deficit, 0)
            } else {
                (0, paid - to_deficit)
            };
            prop_assert_eq!((plan.to_lenders.0, plan.to_insurance.0), rest);
            prop_assert_eq!(plan.ledger.cash.0 - ledger.cash.0, to_deficit + rest.0);
            prop_assert_eq!(plan.ledger.insurance.0 - ledger.insurance.0, rest.1);
            prop_assert!(gross(&plan.ledger) >= gross(&ledger));
            prop_assert!(net(&plan.ledger) >= net(&ledger));
            assert_sound(&plan.ledger);
        }
    }

    #[test]
    fn fees_wait_for_the_deficit_and_for_cash(ledger in ledgers(60), close in any::<bool>()) {
        let ledger = if close {
            Ledger {
                lender_assets: ledger.net_assets().unwrap(), deficit: Atoms(0), on_auction: Atoms(0),
                totals: Default::default(), ..ledger
            }
        } else {
            ledger
        };
        let result = ledger.collect_fees();
        if !ledger.deficit.is_zero() {
            prop_assert_eq!(result, Err(EngineError::DeficitOpen { deficit: ledger.deficit.0 }));
            return Ok(());
        }
        let insurance = ledger.insurance_fees.0.min(ledger.cash.0);
        let protocol = ledger.protocol_fees.0.min(ledger.cash.0 - insurance);
        if insurance + protocol == 0 {
            prop_assert_eq!(result, Err(EngineError::ZeroAmount));
            return Ok(());
        }
        let plan = result.unwrap();
        prop_assert_eq!((plan.to_insurance.0, plan.to_protocol.0), (insurance, protocol));
        prop_assert_eq!(plan.ledger.insurance.0, ledger.insurance.0 + insurance);
        prop_assert_eq!(gross(&plan.ledger), gross(&ledger));
        assert_sound(&plan.ledger);
    }
}

#[test]
fn an_auction_shrinks_only_after_the_rest_of_the_deficit() {
    let mut ledger = bank(100, 50);
    ledger.on_auction = Atoms(30);
    let left = |atoms| {
        let books = ledger
            .repay_record(Atoms(atoms), Atoms(1_000), false)
            .unwrap()
            .ledger;
        (books.deficit.0, books.on_auction.0)
    };
    assert_eq!(left(20), (30, 30));
    assert_eq!(left(21), (29, 29));
    assert_eq!(left(60), (0, 0));
}

#[test]
fn a_wound_down_bank_without_lenders_keeps_what_is_repaid_as_insurance() {
    let mut ledger = bank(0, 0);
    ledger.deposit_shares = Shares(0);
    let plan = ledger.repay_record(Atoms(5), Atoms(9), true).unwrap();
    assert_eq!((plan.to_lenders, plan.to_insurance), (Atoms(0), Atoms(5)));
}

#[test]
fn lenders_come_first_once_they_hold_more_than_the_shares_that_nobody_owns() {
    let repaid = |shares| {
        let ledger = Ledger {
            deposit_shares: Shares(shares),
            ..bank(0, 0)
        };
        let plan = ledger.repay_record(Atoms(5), Atoms(9), true).unwrap();
        (plan.to_lenders.0, plan.to_insurance.0)
    };
    assert_eq!(repaid(VIRTUAL_SHARES), (0, 5));
    assert_eq!(repaid(VIRTUAL_SHARES + 1), (5, 0));
}

#[test]
fn a_recovery_raises_the_price_of_a_wound_down_bank() {
    let mut ledger = bank(0, 0);
    ledger.deposit_shares = Shares(1_000_000_000_000);
    let plan = ledger
        .repay_record(Atoms(1_000), Atoms(1_000), true)
        .unwrap();
    let worth = plan.ledger.net_value_down(ledger.deposit_shares).unwrap();
    assert_eq!(worth, Atoms(1_000));
}

#[test]
fn insurance_is_filled_exactly() {
    let ledger = bank(10, 3);
    assert_eq!(
        ledger.fund_insurance(Atoms(0)),
        Err(EngineError::ZeroAmount)
    );
    let funded = ledger.fund_insurance(Atoms(7)).unwrap();
    assert_eq!(
        funded,
        Ledger {
            insurance: Atoms(7),
            ..ledger
        }
    );
    assert_eq!(
        funded.fund_insurance(Atoms(u64::MAX)),
        Err(EngineError::Overflow)
    );
}

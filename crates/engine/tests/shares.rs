//! Deposits, withdrawals, loans and repayments: formulas against exact
//! rationals, and who may profit from what (nobody).
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::ledger::{BorrowLimits, Ledger, MAX_SHARES};
use backstop_engine::units::{Atoms, Bps, DebtShares, Shares, UnixTime};
use backstop_engine::EngineError;
use common::*;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use proptest::prelude::*;

const NO_CAP: Atoms = Atoms(u64::MAX);

fn any_loan() -> BorrowLimits {
    BorrowLimits {
        borrow_cap: NO_CAP,
        max_utilisation: Bps(10_000),
        min_debt: Atoms(0),
    }
}

/// A part of `whole`, from nothing to all.
fn part(whole: u128, thousandths: u128) -> u128 {
    (q(whole) * frac(thousandths, 1000u32))
        .to_integer()
        .to_u128()
        .unwrap()
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn deposits_buy_at_gross_rounded_down(ledger in ledgers(61), atoms in pos_u64(62)) {
        let exact = q(atoms) / gross(&ledger);
        let shares = down(&exact);
        let result = ledger.deposit(Atoms(atoms), NO_CAP, false);
        let total = &shares + BigInt::from(ledger.deposit_shares.0);
        if shares == BigInt::from(0) {
            prop_assert_eq!(result, Err(EngineError::AmountTooSmall));
        } else if total > BigInt::from(MAX_SHARES) {
            prop_assert_eq!(result, Err(EngineError::Overflow));
        } else {
            let plan = result.unwrap();
            prop_assert_eq!(BigInt::from(plan.shares.0), shares);
            prop_assert_eq!(plan.ledger.cash.0, ledger.cash.0 + atoms);
            prop_assert_eq!(plan.ledger.lender_assets.0, ledger.lender_assets.0 + atoms);
            prop_assert_eq!(plan.ledger.deficit, ledger.deficit);
            prop_assert!(gross(&plan.ledger) >= gross(&ledger), "nobody there pays for a newcomer");
            assert_sound(&plan.ledger);
        }
    }

    #[test]
    fn claims_are_exact(ledger in ledgers(61), k in 0u128..=1000) {
        let shares = Shares(part(ledger.deposit_shares.0, k));
        let gross_claim = down(&(q(shares.0) * gross(&ledger)));
        let net_claim = down(&(q(shares.0) * net(&ledger)));
        prop_assert_eq!(ledger.gross_value_down(shares).map(|a| a.0), fit64(&gross_claim));
        prop_assert_eq!(ledger.net_value_down(shares).map(|a| a.0), fit64(&net_claim));
    }

    #[test]
    fn shares_for_net_are_the_most_that_are_worth_no_more(ledger in ledgers(61), atoms in log_u64(64)) {
        let exact = down(&(q(atoms) / net(&ledger)));
        let shares = ledger.shares_for_net_down(Atoms(atoms));
        prop_assert_eq!(shares.map(|s| s.0), fit128(&exact));
        if let Ok(shares) = shares {
            prop_assert!(q(shares.0) * net(&ledger) <= q(atoms));
            prop_assert!(q(shares.0 + 1) * net(&ledger) > q(atoms));
        }
    }

    #[test]
    fn withdrawals_pay_net_and_take_their_part_of_the_deficit(ledger in ledgers(61), k in 0u128..=1000) {
        let shares = Shares(part(ledger.deposit_shares.0, k));
        let paid = down(&(q(shares.0) * net(&ledger)));
        let claim = down(&(q(shares.0) * gross(&ledger)));
        let result = ledger.withdraw(shares);
        if shares.is_zero() {
            prop_assert_eq!(result, Err(EngineError::ZeroAmount));
        } else if paid > BigInt::from(ledger.cash.0) {
            prop_assert_eq!(result, Err(EngineError::InsufficientCash {
                wanted: paid.to_u64().unwrap(), cash: ledger.cash.0 }));
        } else {
            let plan = result.unwrap();
            prop_assert_eq!(BigInt::from(plan.paid.0), paid.clone());
            prop_assert_eq!(BigInt::from(plan.borne.0), claim - paid);
            prop_assert_eq!(plan.ledger.deficit.0, ledger.deficit.0 - plan.borne.0);
            assert_sound(&plan.ledger);
        }
    }

    #[test]
    fn leaver_takes_his_part_of_the_deficit(ledger in ledgers(61), k in 1u128..=1000) {
        let shares = Shares(part(ledger.deposit_shares.0, k).max(1));
        prop_assume!(shares <= ledger.deposit_shares);
        // A claim against everything: cash does not limit this test.
        let plan = ledger.shares_to_insurance(shares).unwrap();
        let all = ledger.deposit_shares.0 + 1_000_000;
        let part = frac(shares.0, all) * q(ledger.deficit.0);
        prop_assert!(apart(&q(plan.borne.0), &part) < q(1), "{} is not {part}", plan.borne.0);
        assert_sound(&plan.ledger);
    }

    #[test]
    fn leaving_neither_lowers_a_price_nor_raises_it_by_more_than_one_atom_shared(
        ledger in ledgers(61), k in 1u128..=1000,
    ) {
        let shares = Shares(part(ledger.deposit_shares.0, k).max(1));
        prop_assume!(shares <= ledger.deposit_shares);
        let plan = ledger.shares_to_insurance(shares).unwrap();
        let left = q(plan.ledger.deposit_shares.0 + 1_000_000);
        for (before, after) in [
            (gross(&ledger), gross(&plan.ledger)),
            (net(&ledger), net(&plan.ledger)),
        ] {
            prop_assert!(after >= before);
            prop_assert!((after - before) * &left < q(1), "more than an atom for all who stay");
        }
    }

    #[test]
    fn deposit_then_withdraw_never_profits(ledger in ledgers(61), atoms in pos_u64(61)) {
        let Ok(deposit) = ledger.deposit(Atoms(atoms), NO_CAP, false) else { return Ok(()) };
        let plan = deposit.ledger.shares_to_insurance(deposit.shares).unwrap();
        prop_assert!(plan.paid.0 <= atoms);
        if ledger.deficit.is_zero() {
            // He loses no more than an atom and what one share is worth.
            let dust = q(1) + gross(&deposit.ledger);
            prop_assert!(q(atoms - plan.paid.0) <= dust);
        }
    }

    #[test]
    fn splitting_a_withdrawal_never_pays_more(ledger in ledgers(61), k in 1u128..=1000, n in 2u128..6) {
        let shares = part(ledger.deposit_shares.0, k);
        prop_assume!(shares >= n);
        let whole = ledger.shares_to_insurance(Shares(shares)).unwrap();
        let mut left = ledger;
        let mut paid = 0u64;
        for i in 0..n {
            let piece = if i + 1 == n { shares - (shares / n) * (n - 1) } else { shares / n };
            let plan = left.shares_to_insurance(Shares(piece)).unwrap();
            paid += plan.paid.0;
            left = plan.ledger;
        }
        // What rounding leaves to those who stay is his as long as he stays
        // too: at most his part of one atom per call that went before.
        prop_assert!(paid <= whole.paid.0 + 1, "{paid} for {}", whole.paid.0);
        prop_assert!(q(paid) <= q(shares) * net(&ledger) + q(n - 1));
    }

    #[test]
    fn loans_charge_shares_rounded_up(ledger in ledgers(61), k in 1u128..=1000) {
        let atoms = part(u128::from(ledger.cash.0), k) as u64;
        prop_assume!(atoms > 0);
        let plan = ledger.borrow(Atoms(atoms), DebtShares(0), any_loan(), false).unwrap();
        let exact = up(&(q(atoms) * two(96) / q(ledger.index)));
        prop_assert_eq!(BigInt::from(plan.shares.0), exact);
        prop_assert_eq!(plan.ledger.cash.0, ledger.cash.0 - atoms);
        let booked = plan.ledger.borrowed.0 - ledger.borrowed.0;
        prop_assert!(booked == atoms || booked == atoms + 1);
        prop_assert_eq!(plan.ledger.lender_assets.0 - ledger.lender_assets.0, booked - atoms);
        prop_assert!(gross(&plan.ledger) >= gross(&ledger));
        assert_sound(&plan.ledger);
    }

    #[test]
    fn repayments_charge_up_and_credit_down(ledger in ledgers(61), k in 1u128..=1000, offer in pos_u64(62)) {
        let held = DebtShares(part(ledger.debt_shares.0, k));
        prop_assume!(!held.is_zero());
        let owed = up(&debt(&ledger, held));
        prop_assert_eq!(ledger.debt_up(held).map(|a| a.0), fit64(&owed));
        let plan = ledger.repay(Atoms(offer), held, Atoms(0)).unwrap();
        let offered = BigInt::from(offer);
        if offered >= owed {
            prop_assert_eq!(BigInt::from(plan.paid.0), owed);
            prop_assert_eq!(plan.shares, held);
        } else {
            prop_assert_eq!(BigInt::from(plan.paid.0), offered);
            prop_assert_eq!(BigInt::from(plan.shares.0), down(&(q(offer) * two(96) / q(ledger.index))));
            prop_assert!(plan.shares < held);
        }
        prop_assert!(gross(&plan.ledger) >= gross(&ledger));
        prop_assert!(q(plan.paid.0) >= debt(&ledger, plan.shares));
        assert_sound(&plan.ledger);
    }

    #[test]
    fn borrow_then_repay_never_profits(ledger in ledgers(61), k in 1u128..=1000, pieces in 1u64..4) {
        let atoms = part(u128::from(ledger.cash.0), k) as u64;
        prop_assume!(atoms >= pieces);
        let loan = ledger.borrow(Atoms(atoms), DebtShares(0), any_loan(), false).unwrap();
        let (mut held, mut books, mut paid) = (loan.shares, loan.ledger, 0u64);
        for _ in 1..pieces {
            let plan = books.repay(Atoms(atoms / pieces), held, Atoms(0)).unwrap();
            (held, books, paid) = (held.sub(plan.shares).unwrap(), plan.ledger, paid + plan.paid.0);
        }
        let last = books.repay(NO_CAP, held, Atoms(0)).unwrap();
        paid += last.paid.0;
        prop_assert!(paid >= atoms);
        prop_assert!(paid <= atoms + 1 + pieces, "dust is an atom a call");
        prop_assert!(last.ledger.lender_assets >= ledger.lender_assets);
        prop_assert_eq!(last.ledger.debt_shares, ledger.debt_shares);
    }

    #[test]
    fn the_order_of_leaving_changes_a_payout_by_an_atom_a_call(
        cash in 1u64..1_000_000_000_000, deficit in log_u64(40), cuts in prop::collection::vec(1u128..1000, 2..6),
        order in any::<u64>(),
    ) {
        let ledger = bank(cash, deficit);
        let weight: u128 = cuts.iter().sum();
        let mut lenders: Vec<(usize, u128)> = cuts.iter()
            .map(|cut| ledger.deposit_shares.0 * cut / weight)
            .enumerate().collect();
        prop_assume!(lenders.iter().all(|(_, shares)| *shares > 0));
        let leave = |order: &[(usize, u128)]| {
            let (mut books, mut paid) = (ledger, vec![0u64; order.len()]);
            for (who, shares) in order {
                let before = gross(&books);
                let plan = books.withdraw(Shares(*shares)).unwrap();
                assert!(gross(&plan.ledger) >= before);
                paid[*who] = plan.paid.0;
                books = plan.ledger;
                assert_sound(&books);
            }
            paid
        };
        let first = leave(&lenders);
        let calls = lenders.len() as u64;
        for (who, shares) in &lenders {
            let fair = down(&(q(*shares) * net(&ledger))).to_u64().unwrap();
            prop_assert!(first[*who] >= fair && first[*who] < fair + calls);
        }
        let mut seed = order;
        for i in (1..lenders.len()).rev() {
            lenders.swap(i, (seed % (i as u64 + 1)) as usize);
            seed /= i as u64 + 1;
        }
        let second = leave(&lenders);
        for (a, b) in first.iter().zip(&second) {
            prop_assert!(a.abs_diff(*b) < calls, "{first:?} {second:?}");
        }
    }

    #[test]
    fn arriving_or_leaving_during_a_deficit_gains_nothing_when_it_is_covered_or_socialised(
        cash in 1_000u64..1_000_000_000_000, deficit in log_u64(38), atoms in 1u64..1_000_000_000_000,
    ) {
        let ledger = bank(cash, deficit);
        let plan = ledger.deposit(Atoms(atoms), NO_CAP, false).unwrap();
        // Covered: at best he has what he paid.
        let covered = plan.ledger.gross_value_down(plan.shares).unwrap();
        prop_assert!(covered.0 <= atoms);
        // Who was there gains no more than the newcomer's part of the deficit.
        let before = ledger.gross_value_down(ledger.deposit_shares).unwrap();
        let after = plan.ledger.gross_value_down(ledger.deposit_shares).unwrap();
        prop_assert!(after.0 >= before.0 && after.0 <= before.0 + 1);
    }
}

#[test]
fn an_empty_bank_cannot_be_inflated() {
    // First deposit of one atom, then the most that dust can add for a
    // thousand calls; the victim's loss stays below one atom in a million.
    let attacker = Ledger::new(UnixTime(0))
        .deposit(Atoms(1), NO_CAP, false)
        .unwrap();
    assert_eq!(attacker.shares, Shares(1_000_000));
    let mut books = attacker.ledger;
    books.lender_assets = Atoms(1_001);
    books.cash = Atoms(1_001);
    let victim = books.deposit(Atoms(1_000_000), NO_CAP, false).unwrap();
    let worth = victim.ledger.net_value_down(victim.shares).unwrap();
    assert!(worth.0 >= 999_999);
    // The attacker cannot take out what he put in.
    let out = victim.ledger.withdraw(attacker.shares).unwrap();
    assert!(
        out.paid.0 <= 501,
        "half of his gift belongs to the virtual shares"
    );
}

#[test]
fn deposit_says_why_not() {
    let ledger = bank(100, 0);
    assert_eq!(
        ledger.deposit(Atoms(0), NO_CAP, false),
        Err(EngineError::ZeroAmount)
    );
    assert_eq!(
        ledger.deposit(Atoms(1), NO_CAP, true),
        Err(EngineError::WoundDown)
    );
    assert!(ledger.deposit(Atoms(50), Atoms(150), false).is_ok());
    assert_eq!(
        ledger.deposit(Atoms(51), Atoms(150), false),
        Err(EngineError::DepositCapExceeded {
            after: 151,
            cap: 150
        })
    );
    let mut dear = bank(u64::MAX, 0);
    dear.deposit_shares = Shares(1);
    assert_eq!(
        dear.deposit(Atoms(1), NO_CAP, false),
        Err(EngineError::Overflow)
    );
    dear.lender_assets = Atoms(u64::MAX - 5);
    assert_eq!(
        dear.deposit(Atoms(1), NO_CAP, false),
        Err(EngineError::AmountTooSmall)
    );
}

#[test]
fn shares_end_at_their_greatest_number() {
    // Without assets one atom doubles all shares, the virtual ones included.
    let with = |shares| {
        let mut ledger = bank(0, 0);
        ledger.deposit_shares = Shares(shares);
        ledger.deposit(Atoms(1), NO_CAP, false)
    };
    let half = (MAX_SHARES - 1_000_000) / 2;
    let full = with(half).unwrap();
    assert_eq!(full.ledger.deposit_shares, Shares(MAX_SHARES));
    assert_eq!(with(half + 1), Err(EngineError::Overflow));
}

#[test]
fn nobody_withdraws_more_shares_than_there_are() {
    let ledger = bank(100, 0);
    let all = ledger.deposit_shares.0;
    assert_eq!(
        ledger.withdraw(Shares(all + 1)),
        Err(EngineError::InsufficientShares)
    );
    assert_eq!(
        ledger.withdraw(Shares(u128::MAX)),
        Err(EngineError::InsufficientShares)
    );
    assert_eq!(ledger.withdraw(Shares(all)).unwrap().paid, Atoms(100));
}

#[test]
fn borrow_says_why_not() {
    let ledger = lending_bank(1_000, 1_000);
    let limits = BorrowLimits {
        borrow_cap: Atoms(1_500),
        max_utilisation: Bps(7_000),
        min_debt: Atoms(100),
    };
    let borrow = |atoms, held, limits| ledger.borrow(Atoms(atoms), held, limits, false);
    let none = DebtShares(0);
    assert_eq!(borrow(0, none, limits), Err(EngineError::ZeroAmount));
    assert_eq!(
        ledger.borrow(Atoms(100), none, limits, true),
        Err(EngineError::WoundDown)
    );
    assert_eq!(
        borrow(1_001, none, limits),
        Err(EngineError::InsufficientCash {
            wanted: 1_001,
            cash: 1_000
        })
    );
    assert_eq!(
        borrow(99, none, limits),
        Err(EngineError::DebtBelowMinimum { left: 99, min: 100 })
    );
    assert!(borrow(99, owing(1), limits).is_ok());
    assert!(borrow(400, none, limits).is_ok(), "1400 of 2000 is 70 %");
    assert_eq!(
        borrow(401, none, limits),
        Err(EngineError::UtilisationTooHigh {
            borrowed: 1_401,
            cash: 599,
            max_bps: 7_000
        })
    );
    let free = BorrowLimits {
        max_utilisation: Bps(10_000),
        ..limits
    };
    assert!(borrow(500, none, free).is_ok());
    assert_eq!(
        borrow(501, none, free),
        Err(EngineError::BorrowCapExceeded {
            after: 1_501,
            cap: 1_500
        })
    );
    let open = BorrowLimits {
        borrow_cap: NO_CAP,
        ..free
    };
    assert!(
        borrow(1_000, none, open).is_ok(),
        "the last atom may be lent"
    );
}

#[test]
fn repay_leaves_no_dust() {
    let ledger = lending_bank(0, 1_000);
    let held = owing(300);
    let repay = |atoms| ledger.repay(Atoms(atoms), held, Atoms(100));
    assert_eq!(repay(0), Err(EngineError::ZeroAmount));
    assert_eq!(
        ledger.repay(Atoms(1), DebtShares(0), Atoms(100)),
        Err(EngineError::NoDebt)
    );
    assert!(repay(200).is_ok(), "the minimum stays");
    assert_eq!(
        repay(201),
        Err(EngineError::DebtBelowMinimum { left: 99, min: 100 })
    );
    assert_eq!(
        repay(299),
        Err(EngineError::DebtBelowMinimum { left: 1, min: 100 })
    );
    let all = repay(1_000_000).unwrap();
    assert_eq!((all.paid, all.shares), (Atoms(300), held));
}

#[test]
fn a_fraction_of_an_atom_of_debt_costs_an_atom() {
    let ledger = lending_bank(0, 10);
    let plan = ledger.repay(Atoms(5), DebtShares(1), Atoms(0)).unwrap();
    assert_eq!((plan.paid, plan.shares), (Atoms(1), DebtShares(1)));
    assert_eq!(plan.ledger.borrowed, Atoms(9), "nine and a large fraction");
    assert_sound(&plan.ledger);
}

#[test]
fn broken_books_are_noticed() {
    let mut ledger = bank(100, 10);
    ledger.cash = Atoms(99);
    assert_eq!(
        ledger.check_books(),
        Err(EngineError::BooksOutOfBalance {
            lender_assets: 110,
            expected: 109
        })
    );
    let mut ledger = bank(100, 10);
    (ledger.protocol_fees, ledger.insurance_fees) = (Atoms(3), Atoms(4));
    assert_eq!(
        ledger.check_books(),
        Err(EngineError::BooksOutOfBalance {
            lender_assets: 110,
            expected: 103
        })
    );
    let mut ledger = bank(100, 10);
    ledger.totals.socialised = 1;
    assert_eq!(ledger.check_split(), Err(EngineError::SplitOutOfBalance));
}

//! Giving up: by which reason, from which second on, and what it costs.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::bucket::Bucket;
use backstop_engine::ledger::Ledger;
use backstop_engine::socialise::{SocialiseReason, Terms};
use backstop_engine::units::{Atoms, GovAtoms, Shares, UnixTime};
use backstop_engine::waterfall::Mode;
use backstop_engine::EngineError;
use common::*;
use proptest::prelude::*;

const DELAY: i64 = 100;
const DEADLINE: i64 = 1_000;
const SINCE: i64 = 50;

/// Issuance could help: nothing but the deadline lets lenders be charged.
fn hopeful() -> Terms {
    let issuing = issuing(1_000, rate(1, 1));
    Terms {
        mode: Mode::Full,
        halted: false,
        priced_at: Some(UnixTime(1_000_000)),
        failed_auctions: 0,
        max_failed_auctions: 3,
        issuance: issuing.issuance,
        limits: issuing.limits,
        delay_secs: DELAY as u32,
        deadline_secs: DEADLINE as u32,
    }
}

fn owed(deficit: u64) -> Ledger {
    Ledger {
        deficit_since: UnixTime(SINCE),
        ..bank(1_000, deficit)
    }
}

fn reason(terms: &Terms, now: i64) -> Result<SocialiseReason, EngineError> {
    owed(10)
        .socialise(terms, &idle(), UnixTime(now))
        .map(|plan| plan.reason)
}

fn too_early(not_before: i64, now: i64) -> Result<SocialiseReason, EngineError> {
    Err(EngineError::SocialiseTooEarly { not_before, now })
}

#[test]
fn each_reason_applies_from_the_second_its_delay_is_over() {
    let base = hopeful();
    let mut exhausted = base;
    exhausted.issuance.outstanding = exhausted.limits.lifetime_cap;
    let cases = [
        (
            Terms {
                mode: Mode::InsuranceOnly,
                ..base
            },
            SocialiseReason::ModeWithoutIssuance,
        ),
        (
            Terms {
                mode: Mode::Disabled,
                ..base
            },
            SocialiseReason::ModeWithoutIssuance,
        ),
        (
            Terms {
                halted: true,
                ..base
            },
            SocialiseReason::IssuanceHalted,
        ),
        (
            Terms {
                priced_at: None,
                ..base
            },
            SocialiseReason::NoPrice,
        ),
        (
            Terms {
                failed_auctions: 3,
                ..base
            },
            SocialiseReason::AuctionsFailed,
        ),
        (exhausted, SocialiseReason::LifetimeCapReached),
    ];
    for (terms, expected) in cases {
        let first = SINCE + DELAY;
        assert_eq!(
            reason(&terms, first - 1),
            too_early(first, first - 1),
            "{expected:?}"
        );
        assert_eq!(reason(&terms, first), Ok(expected));
        assert_eq!(reason(&terms, SINCE + DEADLINE + 5), Ok(expected));
    }
}

#[test]
fn the_deadline_needs_no_reason() {
    let last = SINCE + DEADLINE;
    assert_eq!(reason(&hopeful(), last - 1), too_early(last, last - 1));
    assert_eq!(reason(&hopeful(), last), Ok(SocialiseReason::Deadline));
    assert_eq!(
        reason(&hopeful(), SINCE + DELAY),
        too_early(last, SINCE + DELAY)
    );
}

#[test]
fn a_price_must_have_been_missing_for_the_whole_delay() {
    let seen = |at| Terms {
        priced_at: Some(UnixTime(at)),
        ..hopeful()
    };
    let now = SINCE + DELAY + 200;
    assert_eq!(
        reason(&seen(now - DELAY), now),
        too_early(SINCE + DEADLINE, now)
    );
    assert_eq!(
        reason(&seen(now - DELAY - 1), now),
        Ok(SocialiseReason::NoPrice)
    );
}

#[test]
fn one_failure_short_is_not_enough() {
    let terms = Terms {
        failed_auctions: 2,
        ..hopeful()
    };
    let now = SINCE + DELAY;
    assert_eq!(reason(&terms, now), too_early(SINCE + DEADLINE, now));
}

#[test]
fn auctions_are_given_up_when_tries_and_delay_are_over_or_the_deadline_is() {
    let gives_up = |failed_auctions, now| {
        let terms = Terms {
            failed_auctions,
            ..hopeful()
        };
        let now = UnixTime(now);
        assert!(
            !terms.gives_up(&owed(0), now),
            "there is nothing to give up"
        );
        terms.gives_up(&owed(10), now)
    };
    for failed in [0, 2] {
        assert!(!gives_up(failed, SINCE + DELAY));
        assert!(!gives_up(failed, SINCE + DEADLINE - 1));
        assert!(gives_up(failed, SINCE + DEADLINE));
    }
    for failed in [3, 4] {
        assert!(!gives_up(failed, SINCE + DELAY - 1));
        assert!(gives_up(failed, SINCE + DELAY));
        assert!(gives_up(failed, SINCE + DEADLINE));
    }
}

#[test]
fn everything_above_comes_first() {
    let terms = Terms {
        mode: Mode::InsuranceOnly,
        ..hopeful()
    };
    let now = UnixTime(SINCE + DELAY);
    assert_eq!(
        owed(0).socialise(&terms, &idle(), now),
        Err(EngineError::NoDeficit)
    );
    let mut live = idle();
    live.lot = GovAtoms(1);
    assert_eq!(
        owed(10).socialise(&terms, &live, now),
        Err(EngineError::AuctionLive)
    );
    let mut insured = owed(10);
    insured.insurance = Atoms(1);
    assert_eq!(
        insured.socialise(&terms, &idle(), now),
        Err(EngineError::InsuranceNotEmpty { left: 1 })
    );
    let mut fees = owed(10);
    fees.protocol_fees = Atoms(3);
    fees.insurance_fees = Atoms(4);
    fees.lender_assets = Atoms(1_003);
    let plan = fees.socialise(&terms, &idle(), now).unwrap();
    assert_eq!(
        (plan.protocol_fees_used, plan.insurance_fees_used),
        (Atoms(3), Atoms(4))
    );
    assert_eq!(plan.socialised, Atoms(3));
    assert_eq!(
        plan.ledger.totals.by_fees + plan.ledger.totals.by_insurance,
        7
    );
    assert_sound(&plan.ledger);
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn gross_and_net_meet_at_net(ledger in ledgers(60)) {
        let ledger = Ledger {
            insurance: Atoms(0), on_auction: Atoms(0), protocol_fees: Atoms(0), insurance_fees: Atoms(0),
            lender_assets: ledger.lender_assets.add(ledger.protocol_fees).unwrap()
                .add(ledger.insurance_fees).unwrap(),
            ..ledger
        };
        prop_assume!(!ledger.deficit.is_zero());
        let plan = ledger.socialise(&hopeful(), &idle(), UnixTime(DEADLINE)).unwrap();
        prop_assert_eq!(gross(&plan.ledger), net(&ledger));
        prop_assert_eq!(net(&plan.ledger), net(&ledger));
        prop_assert_eq!(plan.socialised, ledger.deficit);
        prop_assert_eq!(plan.ledger.deficit, Atoms(0));
        assert_sound(&plan.ledger);
        // Wound down: a share is worth less than a thousandth of a millionth atom.
        let par = frac(ledger.deposit_shares.0, 1_000_000_000u64);
        let worthless = q(plan.ledger.lender_assets.0) < par && !ledger.deposit_shares.is_zero();
        prop_assert_eq!(plan.winds_down, worthless);
    }

    #[test]
    fn a_bank_that_is_not_wound_down_still_takes_deposits(ledger in ledgers(60), atoms in pos_u64(58)) {
        let ledger = Ledger { insurance: Atoms(0), on_auction: Atoms(0), ..ledger };
        // Shares that 64 bits of atoms can have bought at the worst price.
        let shares = ledger.deposit_shares.0 % (1 << 90);
        let ledger = Ledger { deposit_shares: Shares(shares), ..ledger };
        prop_assume!(!ledger.deficit.is_zero());
        let plan = ledger.socialise(&hopeful(), &idle(), UnixTime(DEADLINE)).unwrap();
        if !plan.winds_down {
            let deposit = plan.ledger.deposit(Atoms(atoms), Atoms(u64::MAX), false);
            let cheap = q(atoms) < gross(&plan.ledger);
            match deposit {
                Err(error) => prop_assert!(cheap && error == EngineError::AmountTooSmall, "{error:?}"),
                Ok(deposit) => prop_assert!(deposit.shares > Shares(0)),
            }
        }
    }
}

#[test]
fn a_bank_is_wound_down_below_a_thousandth_of_par() {
    let terms = Terms {
        mode: Mode::InsuranceOnly,
        ..hopeful()
    };
    let wound = |cash: u64| {
        let ledger = Ledger {
            deficit_since: UnixTime(SINCE),
            ..bank(cash, 1_000_000 - cash)
        };
        ledger
            .socialise(&terms, &idle(), UnixTime(SINCE + DELAY))
            .unwrap()
            .winds_down
    };
    assert!(wound(0));
    assert!(wound(999));
    assert!(!wound(1_000));
}

#[test]
fn a_bank_without_lenders_is_not_wound_down() {
    let mut ledger = owed(1);
    ledger.cash = Atoms(0);
    ledger.lender_assets = Atoms(1);
    ledger.deposit_shares = Shares(0);
    let plan = ledger
        .socialise(&hopeful(), &idle(), UnixTime(SINCE + DEADLINE))
        .unwrap();
    assert!(!plan.winds_down);
    assert_eq!(plan.ledger.lender_assets, Atoms(0));
    assert_eq!(hopeful().issuance.bucket, Bucket::default());
}

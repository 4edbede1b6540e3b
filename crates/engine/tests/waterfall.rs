//! Writing off and covering: order, limits, bounty, and who gains (nobody).
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::auction::Auction;
use backstop_engine::bucket::{Bucket, Limit};
use backstop_engine::ledger::Ledger;
use backstop_engine::units::{Atoms, DebtShares, GovAtoms, Shares, UnixTime};
use backstop_engine::waterfall::{BountyTerms, DrawTerms, WriteOffPlan};
use backstop_engine::EngineError;
use common::*;
use num_traits::ToPrimitive;
use proptest::prelude::*;

/// A bank that lent `owed` and holds fees and insurance.
fn reserves(owed: u64, protocol: u64, insurance_fees: u64, insurance: u64) -> Ledger {
    let mut ledger = lending_bank(1_000_000, owed);
    ledger.protocol_fees = Atoms(protocol);
    ledger.insurance_fees = Atoms(insurance_fees);
    ledger.lender_assets = Atoms(1_000_000 + owed - protocol - insurance_fees);
    ledger.insurance = Atoms(insurance);
    assert_sound(&ledger);
    ledger
}

fn write_off(ledger: Ledger, loss: u64, draw: DrawTerms) -> WriteOffPlan {
    ledger
        .write_off(owing(loss), draw, no_bounty(), None, &idle(), UnixTime(0))
        .unwrap()
}

fn tiers(plan: &WriteOffPlan) -> [u64; 4] {
    let c = &plan.cover;
    [
        c.protocol_fees_used.0,
        c.insurance_fees_used.0,
        c.insurance_drawn.0,
        c.ledger.deficit.0,
    ]
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn the_loss_is_the_fall_of_borrowed_and_every_atom_is_accounted_for(
        ledger in ledgers(60), k in 1u128..=1000, cap in log_u64(60), supply in log_u64(60), price in pos_u64(20),
    ) {
        let shares = down(&(q(ledger.debt_shares.0) * frac(k, 1000u32))).to_u128().unwrap();
        prop_assume!(shares > 0);
        let ledger = Ledger { on_auction: Atoms(0), deficit_since: UnixTime(0), ..ledger };
        let terms = issuing(supply, rate(price, 1_000));
        let now = UnixTime(1_000);
        let plan = ledger
            .write_off(DebtShares(shares), capped_draw(cap), bounty(100, 1_000, 0), Some(&terms), &idle(), now)
            .unwrap();
        let next = &plan.cover.ledger;
        assert_sound(next);
        prop_assert_eq!(plan.loss.0, ledger.borrowed.0 - next.borrowed.0);
        prop_assert!(apart(&q(plan.loss.0), &debt(&ledger, DebtShares(shares))) < q(1));
        let used = plan.cover.insurance_used().unwrap();
        let offered = plan.cover.opening.map_or(0, |o| o.offered.0);
        prop_assert_eq!(
            u128::from(ledger.deficit.0) + u128::from(plan.loss.0),
            u128::from(plan.cover.protocol_fees_used.0) + u128::from(used.0)
                + u128::from(next.deficit.0)
        );
        prop_assert_eq!(next.on_auction.0, offered);
        // ORDER: a tier is touched only when the one above is empty.
        if used.0 > 0 || next.deficit.0 > 0 {
            prop_assert_eq!(next.protocol_fees.0, 0);
        }
        if plan.cover.insurance_drawn.0 > 0 || next.deficit.0 > 0 {
            prop_assert_eq!(next.insurance_fees.0, 0);
        }
        if plan.cover.opening.is_some() {
            prop_assert_eq!(next.insurance.0, 0);
            prop_assert_eq!(plan.bounty.0, 0);
        }
        if next.deficit.0 > 0 {
            prop_assert!(plan.bounty.0 == 0, "the deficit comes before the keeper");
            let room = if cap == 0 { u64::MAX } else { cap };
            let drawn = plan.cover.insurance_drawn.0;
            prop_assert!(next.insurance.0 == 0 || drawn == room);
        }
        prop_assert_eq!(
            ledger.insurance.0 - next.insurance.0,
            plan.cover.insurance_drawn.0 + plan.bounty.0
        );
        // Lenders' gross claim does not move.
        prop_assert_eq!(next.lender_assets, ledger.lender_assets);
        prop_assert_eq!(next.deposit_shares, ledger.deposit_shares);
    }

    #[test]
    fn writing_off_raises_no_net_claim(ledger in ledgers(60), k in 1u128..=1000) {
        // What could be covered without it is covered first.
        let ledger = Ledger { on_auction: Atoms(0), ..ledger };
        let before = ledger.cover(free_draw(), None, &idle(), UnixTime(0)).unwrap().ledger;
        let shares = down(&(q(before.debt_shares.0) * frac(k, 1000u32))).to_u128().unwrap();
        prop_assume!(shares > 0);
        let plan = before
            .write_off(DebtShares(shares), free_draw(), no_bounty(), None, &idle(), UnixTime(0))
            .unwrap();
        prop_assert!(net(&plan.cover.ledger) <= net(&before));
        prop_assert_eq!(gross(&plan.cover.ledger), gross(&before));
    }

    #[test]
    fn covering_twice_is_covering_once(ledger in ledgers(60), cap in pos_u64(60)) {
        let ledger = Ledger { on_auction: Atoms(0), ..ledger };
        let first = ledger.cover(capped_draw(cap), None, &idle(), UnixTime(0)).unwrap();
        let draw = DrawTerms { bucket: first.draw_bucket, ..capped_draw(cap) };
        let second = first.ledger.cover(draw, None, &idle(), UnixTime(0)).unwrap();
        prop_assert_eq!(second.ledger, first.ledger);
        prop_assert_eq!(second.draw_bucket, first.draw_bucket);
        prop_assert!(first.insurance_drawn.0 <= cap);
    }

    #[test]
    fn splitting_a_loss_never_pays_a_greater_bounty(
        pieces in prop::collection::vec(1u64..1_000_000, 1..8), share in 0u32..=1_000, cap in log_u64(20),
        min_loss in log_u64(20), vault in log_u64(40), secs in 0i64..3,
    ) {
        let total: u64 = pieces.iter().sum();
        let ledger = reserves(total, 0, 0, vault);
        let terms = bounty(share, cap, min_loss);
        let whole = ledger
            .write_off(owing(total), free_draw(), terms, None, &idle(), UnixTime(0))
            .unwrap();
        // All of it when nothing limits it.
        let exact = down(&(q(total) * bps(share))).to_u64().unwrap().min(cap);
        if total >= min_loss && exact <= vault.saturating_sub(total) {
            prop_assert_eq!(whole.bounty.0, exact);
        } else {
            prop_assert_eq!(whole.bounty.0, 0);
        }
        let (mut books, mut bucket, mut paid, mut now) = (ledger, Bucket::default(), 0u64, 0i64);
        for piece in pieces {
            let plan = books
                .write_off(owing(piece), free_draw(), BountyTerms { bucket, ..terms }, None, &idle(), UnixTime(now))
                .unwrap();
            (books, bucket, paid) = (plan.cover.ledger, plan.bounty_bucket, paid + plan.bounty.0);
            now += secs;
            assert_sound(&books);
        }
        let leaked = u128::from(cap) * now as u128 / 100;
        if vault >= total + exact && total >= min_loss {
            prop_assert!(u128::from(paid) <= u128::from(whole.bounty.0) + leaked);
        }
        prop_assert!(u128::from(paid) <= u128::from(cap) + leaked);
        prop_assert!(q(paid) <= q(total) * bps(share));
    }

    #[test]
    fn the_age_of_a_deficit_is_the_average_of_its_losses(
        old in 1u64..1 << 40, new in 1u64..1 << 40, age in 0i64..3_000_000,
    ) {
        let mut ledger = lending_bank(0, new);
        ledger.deficit = Atoms(old);
        ledger.totals.lost = u128::from(old);
        ledger.lender_assets = Atoms(old + new);
        ledger.deficit_since = UnixTime(50);
        let now = 50 + age;
        let plan = ledger
            .write_off(owing(new), free_draw(), no_bounty(), None, &idle(), UnixTime(now))
            .unwrap();
        let kept = down(&(q(age) * frac(old, old + new))).to_i64().unwrap();
        prop_assert_eq!(plan.cover.ledger.deficit_since, UnixTime(now - kept));
    }
}

#[test]
fn the_first_loss_sets_the_clock() {
    let plan = lending_bank(0, 10)
        .write_off(
            owing(10),
            free_draw(),
            no_bounty(),
            None,
            &idle(),
            UnixTime(77),
        )
        .unwrap();
    assert_eq!(plan.cover.ledger.deficit_since, UnixTime(77));
}

#[test]
fn each_tier_holds_until_the_atom_that_exceeds_it() {
    // Tiers of 10, 20 and 30 atoms; the next loss is one atom below, at and
    // above what each of them and those before it hold.
    let ledger = reserves(1_000, 10, 20, 30);
    for (loss, expected) in [
        (9, [9, 0, 0, 0]),
        (10, [10, 0, 0, 0]),
        (11, [10, 1, 0, 0]),
        (29, [10, 19, 0, 0]),
        (30, [10, 20, 0, 0]),
        (31, [10, 20, 1, 0]),
        (59, [10, 20, 29, 0]),
        (60, [10, 20, 30, 0]),
        (61, [10, 20, 30, 1]),
        (1_000, [10, 20, 30, 940]),
    ] {
        assert_eq!(
            tiers(&write_off(ledger, loss, free_draw())),
            expected,
            "{loss}"
        );
    }
}

#[test]
fn a_draw_limit_leaves_the_rest_open_and_recovers() {
    let ledger = reserves(1_000, 0, 0, 500);
    let plan = write_off(ledger, 400, capped_draw(100));
    assert_eq!(tiers(&plan), [0, 0, 100, 300]);
    let draw = |bucket| DrawTerms {
        bucket,
        ..capped_draw(100)
    };
    let cover = |ledger: Ledger, bucket, now| {
        ledger
            .cover(draw(bucket), None, &idle(), UnixTime(now))
            .unwrap()
    };
    let half = cover(plan.cover.ledger, plan.cover.draw_bucket, 50);
    assert_eq!(half.insurance_drawn, Atoms(50));
    let all = cover(plan.cover.ledger, plan.cover.draw_bucket, 100);
    assert_eq!(all.insurance_drawn, Atoms(100));
    // A limited vault that still holds something: nothing is issued.
    let terms = issuing(1_000_000, rate(1, 1));
    let waiting = plan
        .cover
        .ledger
        .cover(
            draw(plan.cover.draw_bucket),
            Some(&terms),
            &idle(),
            UnixTime(50),
        )
        .unwrap();
    assert_eq!(waiting.opening, None);
}

#[test]
fn nothing_is_issued_while_another_auction_holds_tokens() {
    let ledger = reserves(1_000, 0, 0, 0);
    let terms = issuing(1_000_000, rate(1, 1));
    let issue = |live: &Auction| {
        ledger
            .write_off(
                owing(400),
                free_draw(),
                no_bounty(),
                Some(&terms),
                live,
                UnixTime(0),
            )
            .unwrap()
            .cover
    };
    let opened = issue(&idle());
    assert_eq!(opened.opening.unwrap().offered, Atoms(400));
    let live = Auction {
        lot: GovAtoms(1),
        ..idle()
    };
    let waiting = issue(&live);
    assert_eq!(
        (waiting.opening, waiting.ledger.on_auction),
        (None, Atoms(0))
    );
    assert_eq!(waiting.ledger.deficit, Atoms(400));
}

#[test]
fn nothing_is_issued_for_what_is_covered() {
    let ledger = reserves(1_000, 0, 0, 400);
    let terms = issuing(1_000_000, rate(1, 1));
    let plan = ledger
        .write_off(
            owing(400),
            free_draw(),
            no_bounty(),
            Some(&terms),
            &idle(),
            UnixTime(0),
        )
        .unwrap();
    assert_eq!(plan.cover.opening, None);
    assert_eq!(plan.cover.ledger.deficit, Atoms(0));
}

#[test]
fn no_debt_no_write_off() {
    assert_eq!(
        reserves(10, 0, 0, 0).write_off(
            DebtShares(0),
            free_draw(),
            no_bounty(),
            None,
            &idle(),
            UnixTime(0)
        ),
        Err(EngineError::NoDebt)
    );
}

#[test]
fn fees_that_were_never_paid_cover_the_debt_that_owed_them() {
    // All cash is lent, fees are part of the debt itself, and all of it is lost.
    let mut ledger = lending_bank(0, 100);
    ledger.protocol_fees = Atoms(12);
    ledger.insurance_fees = Atoms(8);
    ledger.lender_assets = Atoms(80);
    let plan = write_off(ledger, 100, free_draw());
    assert_eq!(tiers(&plan), [12, 8, 0, 80]);
    assert_eq!(plan.cover.ledger.net_assets(), Ok(Atoms(0)));
    assert_sound(&plan.cover.ledger);
}

#[test]
fn a_bounty_counts_as_insurance_drawn() {
    let ledger = reserves(1_000, 1_000, 0, 500);
    let pay = |cap| {
        ledger
            .write_off(
                owing(1_000),
                capped_draw(cap),
                bounty(1_000, 1_000, 0),
                None,
                &idle(),
                UnixTime(0),
            )
            .unwrap()
    };
    let paid = pay(100);
    assert_eq!(paid.bounty, Atoms(100));
    assert_eq!(paid.cover.draw_bucket.level, 100);
    assert_eq!(paid.cover.ledger.insurance, Atoms(400));
    assert_eq!(pay(99).bounty, Atoms(0), "not in parts");
    assert_eq!(pay(99).cover.ledger.insurance, Atoms(500));
    assert_sound(&paid.cover.ledger);
}

#[test]
fn a_bounty_needs_a_loss_of_the_minimum_and_a_vault_that_can_pay() {
    let pay = |vault, loss, min_loss| {
        reserves(1_000, 1_000, 0, vault)
            .write_off(
                owing(loss),
                free_draw(),
                bounty(1_000, 1_000, min_loss),
                None,
                &idle(),
                UnixTime(0),
            )
            .unwrap()
            .bounty
            .0
    };
    assert_eq!(pay(500, 100, 100), 10);
    assert_eq!(pay(500, 100, 101), 0);
    assert_eq!(pay(10, 100, 0), 10);
    assert_eq!(pay(9, 100, 0), 0);
}

#[test]
fn the_bounty_limit_is_shared_by_all_write_offs() {
    let limit = Limit {
        capacity: 15,
        window_secs: 100,
    };
    let terms = |bucket| BountyTerms {
        limit,
        bucket,
        ..bounty(1_000, 0, 0)
    };
    let ledger = reserves(1_000, 1_000, 0, 500);
    let first = ledger
        .write_off(
            owing(100),
            free_draw(),
            terms(Bucket::default()),
            None,
            &idle(),
            UnixTime(0),
        )
        .unwrap();
    let second = first
        .cover
        .ledger
        .write_off(
            owing(100),
            free_draw(),
            terms(first.bounty_bucket),
            None,
            &idle(),
            UnixTime(0),
        )
        .unwrap();
    assert_eq!((first.bounty, second.bounty), (Atoms(10), Atoms(5)));
}

#[test]
fn lenders_keep_their_claim_when_insurance_covers() {
    let ledger = reserves(1_000, 0, 0, 1_000);
    let all = Shares(ledger.deposit_shares.0);
    let before = ledger.net_value_down(all);
    let plan = write_off(ledger, 1_000, free_draw());
    assert_eq!(plan.cover.ledger.net_value_down(all), before);
}

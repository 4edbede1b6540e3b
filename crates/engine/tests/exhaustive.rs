//! Every combination over small domains.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::auction::{open, Auction};
use backstop_engine::bucket::{Bucket, Limit};
use backstop_engine::ledger::{Ledger, VIRTUAL_SHARES};
use backstop_engine::units::{Atoms, DebtShares, GovAtoms, Rate, Shares, UnixTime};
use common::*;

/// `⌊a·b/d⌋` in plain arithmetic: everything here is small.
fn part(a: u128, b: u128, d: u128) -> u64 {
    (a * b / d) as u64
}

/// A bank of `cash` and `deficit` whose lenders hold `shares`, in units of
/// `unit` shares.
fn small(cash: u64, deficit: u64, shares: u128) -> Ledger {
    Ledger {
        deposit_shares: Shares(shares),
        ..bank(cash, deficit)
    }
}

#[test]
fn every_small_withdrawal_is_what_it_should_be() {
    let mut seen = 0;
    // Shares from far above par to far below it.
    for unit in [1, 100_000, VIRTUAL_SHARES, 50 * VIRTUAL_SHARES] {
        for cash in 0..=12u64 {
            for deficit in 0..=12u64 {
                for held in 1..=12u128 {
                    let ledger = small(cash, deficit, held * unit);
                    for leaving in 1..=held {
                        let shares = leaving * unit;
                        let all = held * unit + VIRTUAL_SHARES;
                        let paid = part(shares, u128::from(cash) + 1, all);
                        let claim = part(shares, u128::from(cash + deficit) + 1, all);
                        let plan = ledger.withdraw(Shares(shares)).unwrap();
                        assert_eq!((plan.paid.0, plan.borne.0), (paid, claim - paid));
                        assert!(gross(&plan.ledger) >= gross(&ledger));
                        assert!(net(&plan.ledger) >= net(&ledger));
                        assert_sound(&plan.ledger);
                        seen += 1;
                    }
                }
            }
        }
    }
    assert_eq!(seen, 4 * 13 * 13 * 78);
}

#[test]
fn every_small_deposit_is_what_it_should_be() {
    for unit in [1, 100_000, VIRTUAL_SHARES, 50 * VIRTUAL_SHARES] {
        for cash in 0..=12u64 {
            for deficit in 0..=12u64 {
                for held in 0..=12u128 {
                    let ledger = small(cash, deficit, held * unit);
                    for atoms in 1..=12u64 {
                        let all = held * unit + VIRTUAL_SHARES;
                        let shares = u128::from(atoms) * all / (u128::from(cash + deficit) + 1);
                        let Ok(plan) = ledger.deposit(Atoms(atoms), Atoms(u64::MAX), false) else {
                            assert_eq!(shares, 0);
                            continue;
                        };
                        assert_eq!(plan.shares.0, shares);
                        let out = plan.ledger.withdraw(plan.shares).unwrap();
                        assert!(out.paid.0 <= atoms, "profit");
                        assert!(gross(&out.ledger) >= gross(&ledger));
                        assert_sound(&out.ledger);
                    }
                }
            }
        }
    }
}

#[test]
fn every_order_of_leaving_pays_the_same_to_an_atom_a_call() {
    const ORDERS: [[usize; 3]; 6] = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for cash in 0..=12u64 {
        for deficit in [0, 1, 2, 3, 5, 8, 12] {
            for a in 1..=4u128 {
                for b in 1..=4u128 {
                    for c in 1..=4u128 {
                        let holdings = [a, b, c].map(|n| n * VIRTUAL_SHARES);
                        let ledger = small(cash, deficit, holdings.iter().sum());
                        let paid = ORDERS.map(|order| {
                            let (mut books, mut paid) = (ledger, [0u64; 3]);
                            for who in order {
                                let plan = books.withdraw(Shares(holdings[who])).unwrap();
                                assert!(gross(&plan.ledger) >= gross(&books));
                                paid[who] = plan.paid.0;
                                books = plan.ledger;
                            }
                            paid
                        });
                        for payout in &paid {
                            assert!((0..3).all(|who| payout[who].abs_diff(paid[0][who]) < 3));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn all_sizes_of_all_tiers_cover_in_order() {
    let mut seen = 0;
    for protocol in 0..=5u64 {
        for fees in 0..=5u64 {
            for insurance in 0..=5u64 {
                for cap in 0..=5u64 {
                    for room in 0..=5u64 {
                        for loss in 1..=5u64 {
                            for old in [0, 2] {
                                tier(protocol, fees, insurance, cap, room, loss, old);
                                seen += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    assert_eq!(seen, 6 * 6 * 6 * 6 * 6 * 5 * 2);
}

fn tier(protocol: u64, fees: u64, insurance: u64, cap: u64, room: u64, loss: u64, old: u64) {
    let mut ledger = lending_bank(20, 5);
    ledger.protocol_fees = Atoms(protocol);
    ledger.insurance_fees = Atoms(fees);
    ledger.insurance = Atoms(insurance);
    ledger.deficit = Atoms(old);
    ledger.totals.lost = u128::from(old);
    ledger.lender_assets = Atoms(25 + old - protocol - fees);
    let mut terms = issuing(1_000, rate(1, 1));
    terms.limits.lifetime_cap = GovAtoms(room);
    let plan = ledger
        .write_off(
            owing(loss),
            capped_draw(cap),
            bounty(1_000, 1, 5),
            Some(&terms),
            &idle(),
            UnixTime(0),
        )
        .unwrap();
    // By hand, tier by tier.
    let mut open = old + loss;
    let mut take = |most: u64| {
        let taken = open.min(most);
        open -= taken;
        taken
    };
    let by_protocol = take(protocol);
    let by_fees = take(fees);
    let drawn = take(insurance.min(if cap == 0 { 5 } else { cap }));
    let empty = drawn == insurance && by_fees == fees;
    let offered = if empty { open.min(room) } else { 0 };
    let c = &plan.cover;
    assert_eq!(plan.loss.0, loss);
    assert_eq!(
        (
            c.protocol_fees_used.0,
            c.insurance_fees_used.0,
            c.insurance_drawn.0
        ),
        (by_protocol, by_fees, drawn)
    );
    assert_eq!((c.ledger.deficit.0, c.ledger.on_auction.0), (open, offered));
    assert_eq!(c.opening.map_or(0, |o| o.lot.0), offered);
    assert_eq!(plan.bounty.0, 0, "a tenth of five rounds down to nothing");
    assert_eq!(c.ledger.insurance.0, insurance - drawn);
    assert_sound(&c.ledger);
}

#[test]
fn every_small_auction_raises_what_it_offers() {
    for floor in 1..=5u64 {
        for unit in 1..=3u64 {
            let floor = rate(floor, unit);
            for deficit in 1..=12u64 {
                for room in 0..=12u64 {
                    let mut terms = issuing(100, floor);
                    terms.limits.lifetime_cap = GovAtoms(room);
                    terms.schedule.delay_secs = 0;
                    let Some(opening) = open(Atoms(deficit), &terms, UnixTime(0)).unwrap() else {
                        assert!(floor.cost_down(GovAtoms(room)).unwrap().is_zero());
                        continue;
                    };
                    let mut ledger = bank(10, deficit);
                    ledger.on_auction = opening.offered;
                    for step in 1..=opening.lot.0 {
                        for second in [0, 50, 100] {
                            sell_out(ledger, opening.auction, step, second, floor);
                        }
                    }
                }
            }
        }
    }
}

/// Sells in pieces of `step` tokens until nothing is on auction.
fn sell_out(mut ledger: Ledger, mut auction: Auction, step: u64, second: i64, floor: Rate) {
    let offered = ledger.on_auction.0;
    let before = ledger.deficit.0;
    let (mut sold, mut paid, lot) = (0, 0, auction.lot.0);
    while auction.holds_tokens() {
        let plan = auction
            .fill(ledger, GovAtoms(step), Atoms(u64::MAX), UnixTime(second))
            .unwrap();
        assert!(q(plan.paid.0) >= q(plan.bought.0) * q(floor.0) * two(-64));
        sold += plan.bought.0 + plan.burn.0;
        paid += plan.paid.0 - plan.excess.0;
        (ledger, auction) = (plan.ledger, plan.auction);
        assert_sound(&ledger);
    }
    assert_eq!(ledger.on_auction, Atoms(0));
    assert_eq!(sold, lot);
    assert!(paid >= offered);
    assert_eq!(before - ledger.deficit.0, paid);
}

#[test]
fn every_small_bucket_stays_within_its_limit() {
    // All rows of four fillings, each as large as fits or half of it, after
    // every combination of short waits.
    for capacity in 0..=5u64 {
        for window_secs in 1..=4u32 {
            let limit = Limit {
                capacity,
                window_secs,
            };
            for row in 0..(8 * 8 * 8 * 8u32) {
                let (mut bucket, mut now, mut rest) = (Bucket::default(), 0i64, row);
                let mut passed = [(0i64, 0u64); 4];
                for entry in &mut passed {
                    now += i64::from(rest % 4);
                    let room = bucket.room_down(limit, UnixTime(now)).unwrap();
                    let amount = if rest % 8 < 4 { room } else { room.div_ceil(2) };
                    rest /= 8;
                    bucket = bucket.fill(limit, amount, UnixTime(now)).unwrap();
                    *entry = (now, amount);
                }
                for first in 0..4 {
                    for last in first..4 {
                        let sum: u64 = passed[first..=last].iter().map(|(_, a)| a).sum();
                        let t = (passed[last].0 - passed[first].0) as u64;
                        let window = u64::from(window_secs);
                        assert!(sum * window <= capacity * (window + t), "{passed:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_small_debt_is_repaid_to_the_atom() {
    // Indices of 1, 1.1, 1.5 and 2.7; all debts, all offers, all minima.
    for tenths in [10u128, 11, 15, 27] {
        let index = (tenths << 64) / 10;
        for others in 0..=3u64 {
            for owed in 1..=8u64 {
                let mut ledger = lending_bank(20, owed + others);
                ledger.index = index;
                let borrowed = down(&debt(&ledger, ledger.debt_shares));
                ledger.borrowed = Atoms(fit64(&borrowed).unwrap());
                ledger.lender_assets = Atoms(20 + ledger.borrowed.0);
                let held = owing(owed);
                for offer in 1..=24u64 {
                    let plan = ledger.repay(Atoms(offer), held, Atoms(0)).unwrap();
                    assert_eq!(plan.paid.0, offer.min(ledger.debt_up(held).unwrap().0));
                    let left = held.sub(plan.shares).unwrap();
                    let before = debt(&ledger, held);
                    let after = debt(&plan.ledger, left);
                    assert!(&before - &after <= q(plan.paid.0), "credited too much");
                    assert!(gross(&plan.ledger) >= gross(&ledger));
                    assert_sound(&plan.ledger);
                }
                let all = ledger.repay(Atoms(99), held, Atoms(0)).unwrap();
                assert_eq!(all.shares, held);
                if others == 0 {
                    assert_eq!(all.ledger.debt_shares, DebtShares(0));
                    assert_eq!(all.ledger.borrowed, Atoms(0));
                }
            }
        }
    }
}

#[test]
fn what_comes_back_to_a_small_bucket_never_helps_beyond_its_filling() {
    let mut seen = 0;
    for capacity in 1..=5u64 {
        for window_secs in 1..=7u32 {
            let limit = Limit {
                capacity,
                window_secs,
            };
            for level in 0..=capacity {
                for row in 0..(5 * 5 * 5 * 5 * 4u32) {
                    // Waits before the filling, before another, and until the end.
                    let [a, b, c] = [row % 5, row / 5 % 5, row / 25 % 5].map(i64::from);
                    let [first, second, third] = [a, a + b, a + b + c].map(UnixTime);
                    let start = Bucket {
                        level,
                        filled_at: UnixTime(0),
                    };
                    let (amount, other) = (u64::from(row / 125 % 5) + 1, u64::from(row / 625));
                    let with = start.fill(limit, amount, first).unwrap();
                    let with = with.fill(limit, other, second).unwrap();
                    let without = start.fill(limit, other, second).unwrap();
                    let back = with.give_back(limit, amount, first, third).unwrap();
                    for later in 0..3 {
                        let at = UnixTime(third.0 + later);
                        let (given, honest) =
                            (back.level_up(limit, at), without.level_up(limit, at));
                        assert!(given.unwrap() >= honest.unwrap(), "{limit:?} {level} {row}");
                    }
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, (2 + 3 + 4 + 5 + 6) * 7 * 2_500);
}

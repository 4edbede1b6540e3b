//! L4: nobody calls for an hour, a day, a month, a year, a century. Interest is
//! bounded by the curve, the first call works, and everything that was possible
//! before still is.

use {
    crate::{
        common::{changed, pool_of, refresh_ix, SOL, USDC},
        states::{difference, ops, try_all, Difference, State},
    },
    backstop::error::BackstopError,
    backstop_tests::{
        settings::{DAY, HOUR},
        tokens::Program,
        world::{on_both, BankSpec, DOLLAR},
    },
    num_bigint::BigUint,
};

/// [secs] A year as interest counts it.
const YEAR: u64 = 365 * DAY as u64;
/// [secs] How long nobody calls.
const GAPS: [u64; 5] = [HOUR as u64, DAY as u64, 30 * DAY as u64, YEAR, 100 * YEAR];
/// The steepest curve that is accepted: 1 000 % a year.
const STEEPEST: u32 = 100_000;

#[test]
fn the_first_call_after_a_gap_books_no_more_than_the_curve_allows() {
    for gap in GAPS {
        on_both(|world| {
            let pool = pool_of(world, &BankSpec::usdc(), &BankSpec::sol());
            let (usdc, borrower) = (pool.usdc, &pool.borrower);
            world.borrow(borrower, usdc, 6_000 * USDC).unwrap();
            let before = world.bank(usdc);
            world.advance_silently(gap);
            // A price from before the gap is good for nothing.
            let refresh = [refresh_ix(world, &[usdc])];
            world.refuse(&refresh, &[], BackstopError::PriceStale);
            world.set_price(usdc, DOLLAR);
            world.refresh(&[usdc]).unwrap();

            let after = world.bank(usdc);
            let config = before.config;
            let rate = config.base_rate_bps + config.slope_below_bps + config.slope_above_bps;
            let (old, new) = (&before.ledger, &after.ledger);
            let most = BigUint::from(old.borrowed) * rate * gap / 10_000u32 / YEAR;
            assert!(new.borrowed >= old.borrowed);
            let interest = new.borrowed - old.borrowed;
            // An atom for rounding against the debtor.
            assert!(
                BigUint::from(interest) <= most + 1u32,
                "{interest} in {gap} s"
            );
            let claims = |l: &backstop::state::LedgerState| {
                l.lender_assets + l.protocol_fees + l.insurance_fees
            };
            assert_eq!(
                claims(new) - claims(old),
                interest,
                "nobody gains otherwise"
            );
        });
    }
}

/// What time alone ends or opens.
const TIMED: &[(State, &[&str])] = &[
    (State::Waiting, &["socialise"]),
    (
        State::Open,
        &[
            "buy a part",
            "buy everything",
            "buy a dollar's worth",
            "close the auction",
        ],
    ),
    (
        State::BuyBack,
        &["sell a part", "sell two atoms", "close the buy-back"],
    ),
];

#[test]
fn what_was_possible_before_a_gap_is_possible_after_it() {
    for (state, timed) in [(State::Calm, &[][..]), (State::WoundDown, &[])]
        .iter()
        .chain(TIMED)
    {
        state.sweep(Program::Token, |world, people| {
            let ops = ops(world, people);
            let before = world.fingerprint();
            let early = try_all(world, &before, &ops);
            let mut passed = 0;
            for gap in GAPS {
                world.advance(gap - passed);
                passed = gap;
                let late = try_all(world, &before, &ops);
                for (early, late) in early.iter().zip(&late) {
                    let stopped = matches!(difference(early, late), Difference::Stopped(_));
                    let is_timed = timed.contains(&late.name);
                    assert!(!stopped || is_timed, "{state:?}, {gap} s: {}", late.name);
                }
            }
        });
    }
}

/// Both banks at the steepest curve, from the first second on.
fn steep(spec: BankSpec<'_>) -> BankSpec<'_> {
    changed(spec, |config| {
        config.base_rate_bps = STEEPEST;
        (config.slope_below_bps, config.slope_above_bps) = (0, 0);
        config.deposit_cap = u64::MAX;
        config.borrow_cap = u64::MAX;
    })
}

/// At 1 000 % a debt outgrows 64 bits within the century.
#[test]
fn a_debt_that_outgrows_the_books_can_still_be_repaid() {
    on_both(|world| {
        let (usdc, sol) = (steep(BankSpec::usdc()), steep(BankSpec::sol()));
        let pool = pool_of(world, &usdc, &sol);
        let whale = world.actor("whale");
        world.fund(&whale, pool.usdc, u64::MAX / 2);
        world.deposit(&whale, pool.usdc, u64::MAX / 4).unwrap();
        world.fund(&pool.borrower, pool.sol, 9_000_000_000 * SOL);
        world.set_price(pool.sol, 1_000_000 * DOLLAR);
        world
            .deposit(&pool.borrower, pool.sol, 9_000_000_000 * SOL)
            .unwrap();
        world
            .borrow(&pool.borrower, pool.usdc, u64::MAX / 100)
            .unwrap();
        for gap in GAPS {
            world.advance(gap);
            world.refresh(&[pool.usdc, pool.sol]).unwrap();
            let before = world.bank(pool.usdc).ledger;
            assert_eq!(before.accrued_at, world.chain.now());
            world
                .repay(&whale, &pool.borrower, pool.usdc, USDC)
                .unwrap();
            let after = world.bank(pool.usdc).ledger;
            assert!(after.borrowed < before.borrowed);
        }
    });
}

/// Interest that is booked at every call compounds: whoever calls cannot bring a
/// debt above what compounding for ever gives, nor below what one call gives.
#[test]
fn calling_often_or_never_makes_no_cliff() {
    for calls in [2, 30, 100] {
        on_both(|world| {
            // Before the first obligation: later a new bank would have to wait.
            let twin = world.add_bank(&BankSpec::new("USDT", 6, DOLLAR));
            let pool = pool_of(world, &BankSpec::usdc(), &BankSpec::sol());
            for actor in [&pool.lender, &pool.borrower] {
                world.fund(actor, twin, 100_000 * USDC);
            }
            world.deposit(&pool.lender, twin, 100_000 * USDC).unwrap();
            for bank in [pool.usdc, twin] {
                world.borrow(&pool.borrower, bank, 3_000 * USDC).unwrap();
            }
            for _ in 0..calls {
                world.advance(30 * u64::from(DAY) / calls);
                world.refresh(&[pool.usdc]).unwrap();
            }
            world.refresh(&[twin]).unwrap();
            let [often, once] = [pool.usdc, twin].map(|bank| world.bank(bank).ledger.borrowed);
            assert!(often >= once);
            // (1 + x/n)^n <= e^x <= 1 + x + x² for a small x; a call rounds up
            // by an atom.
            let (start, interest) = (3_000 * USDC, once - 3_000 * USDC);
            let most = BigUint::from(interest) * interest / start + interest + calls + 1u32;
            assert!(BigUint::from(often - start) <= most);
        });
    }
}

//! Borrowing: how much against what, and never past a cap.

mod common;

use {
    backstop::error::BackstopError as E,
    backstop_tests::world::{on_both, BankSpec, World, DOLLAR},
    common::*,
};

#[test]
fn a_loan_pays_its_atoms_and_books_debt_shares_rounded_up() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            lender,
            borrower,
        } = pool(world);
        let before = flows(world, &borrower, usdc);
        world.borrow(&borrower, usdc, 1_234_567_891).unwrap();
        let first = Flows {
            wallet: before.wallet + 1_234_567_891,
            vault: before.vault - 1_234_567_891,
            cash: before.cash - 1_234_567_891,
            borrowed: 1_234_567_891,
            ..before
        };
        assert_eq!(flows(world, &borrower, usdc), first);
        // At index 1 a debt share is 2^-32 atoms.
        assert_eq!(debt_shares_of(world, &borrower, usdc), 1_234_567_891 << 32);
        assert_eq!(
            world.obligation(&borrower).risk_raised_at,
            world.chain.now()
        );

        world.advance(999_983);
        world.refresh(&[usdc, sol]).unwrap();
        let before = flows(world, &borrower, usdc);
        let index = world.bank(usdc).ledger.borrow_index.get();
        let held = debt_shares_of(world, &borrower, usdc);
        world.borrow(&borrower, usdc, 777_777).unwrap();
        let bought = (777_777u128 << 96).div_ceil(index);
        assert_eq!(debt_shares_of(world, &borrower, usdc), held + bought);
        let after = flows(world, &borrower, usdc);
        let dust = after.borrowed - before.borrowed - 777_777;
        assert!(dust <= 1, "lenders are owed at most an atom more");
        assert_eq!(
            after,
            Flows {
                wallet: before.wallet + 777_777,
                vault: before.vault - 777_777,
                cash: before.cash - 777_777,
                lender_assets: before.lender_assets + dust,
                borrowed: before.borrowed + 777_777 + dust,
            }
        );
        assert_eq!(world.balance(&lender, usdc), 100_000 * USDC);
    });
}

#[test]
fn amounts_are_refused_past_every_bound_and_taken_up_to_it() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        let least = world.bank(usdc).config.min_debt;
        let refresh = refresh_ix(world, &[sol, usdc]);
        for (atoms, error) in [
            (0, E::ZeroAmount),
            (1, E::DebtBelowMinimum),
            (least - 1, E::DebtBelowMinimum),
            (100_000 * USDC + 1, E::InsufficientCash),
            (u64::MAX, E::InsufficientCash),
            (100_000 * USDC, E::UtilisationTooHigh),
        ] {
            let borrow = borrow_ix(world, &borrower, usdc, atoms, &[sol, usdc]);
            world.refuse(&[refresh.clone(), borrow], &[&borrower.wallet], error);
        }
        world.borrow(&borrower, usdc, least).unwrap();
        // What counts is the debt after the loan, not the loan.
        world.borrow(&borrower, usdc, 1).unwrap();
        assert_eq!(world.balance(&borrower, usdc), least + 1);
    });
}

#[test]
fn every_cap_of_a_bank_is_reached_exactly_and_never_passed() {
    on_both(|world| {
        let cap = 1_000 * USDC;
        // What limits the loan, and the error one atom beyond.
        let specs = [
            (
                changed(BankSpec::new("capped", 6, DOLLAR), |config| {
                    config.borrow_cap = cap;
                }),
                E::BorrowCapExceeded,
            ),
            (
                changed(BankSpec::new("used", 6, DOLLAR), |config| {
                    config.max_utilisation_bps = 5_000;
                }),
                E::UtilisationTooHigh,
            ),
            (
                changed(BankSpec::new("lent out", 6, DOLLAR), |config| {
                    config.max_utilisation_bps = 10_000;
                }),
                E::InsufficientCash,
            ),
        ];
        let banks = [&specs[0], &specs[1], &specs[2]].map(|(spec, _)| world.add_bank(spec));
        let Pool {
            sol,
            borrower,
            lender,
            ..
        } = pool(world);
        for (bank, deposit) in banks.into_iter().zip([2 * cap, 2 * cap, cap]) {
            world.fund(&lender, bank, deposit);
            world.deposit(&lender, bank, deposit).unwrap();
        }
        for (bank, (spec, error)) in banks.into_iter().zip(&specs) {
            println!("{} chain: {}", world.chain.name(), spec.name);
            let refresh = refresh_ix(world, &[sol, bank]);
            let more = borrow_ix(world, &borrower, bank, cap + 1, &[sol, bank]);
            world.refuse(&[refresh.clone(), more], &[&borrower.wallet], *error);
            world.borrow(&borrower, bank, cap).unwrap();
            let more = borrow_ix(world, &borrower, bank, 1, &[sol, bank]);
            world.refuse(&[refresh, more], &[&borrower.wallet], *error);
            world.repay(&borrower, &borrower, bank, u64::MAX).unwrap();
        }
    });
}

/// What a reading of the prices lets 100 SOL at a factor of 70 % borrow.
struct Reading {
    name: &'static str,
    /// (10^-8 dollars) Spot, average and confidence of SOL.
    sol: (i64, i64, u64),
    /// (10^-8 dollars) The same of USDC.
    usdc: (i64, i64, u64),
    /// (bps)
    liability_weight: u32,
    /// [USDC atoms] The last that is healthy.
    most: u64,
}

#[test]
fn health_is_reckoned_at_the_unkindest_price_to_the_atom() {
    const SURE: (i64, i64, u64) = (DOLLAR, DOLLAR, 0);
    const HUNDRED: (i64, i64, u64) = (100 * DOLLAR, 100 * DOLLAR, 0);
    let readings = [
        Reading {
            name: "sure prices",
            sol: HUNDRED,
            usdc: SURE,
            liability_weight: 10_000,
            most: 7_000_000_000,
        },
        Reading {
            // 100 x 99.9 x 0.7 / 1.001
            name: "confidence counts against the borrower on both sides",
            sol: (100 * DOLLAR, 100 * DOLLAR, 10_000_000),
            usdc: (DOLLAR, DOLLAR, 100_000),
            liability_weight: 10_000,
            most: 6_986_013_986,
        },
        Reading {
            // 100 x 80 x 0.7
            name: "collateral at the lower average",
            sol: (100 * DOLLAR, 80 * DOLLAR, 0),
            usdc: SURE,
            liability_weight: 10_000,
            most: 5_600_000_000,
        },
        Reading {
            // 100 x 100 x 0.7
            name: "a higher average does not help collateral",
            sol: (100 * DOLLAR, 120 * DOLLAR, 0),
            usdc: SURE,
            liability_weight: 10_000,
            most: 7_000_000_000,
        },
        Reading {
            // 7,000 / 1.25
            name: "debt at the higher average",
            sol: HUNDRED,
            usdc: (DOLLAR, DOLLAR * 5 / 4, 0),
            liability_weight: 10_000,
            most: 5_600_000_000,
        },
        Reading {
            // 7,000 / 1.25
            name: "a liability weight of 125 %",
            sol: HUNDRED,
            usdc: SURE,
            liability_weight: 12_500,
            most: 5_600_000_000,
        },
    ];
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        for reading in &readings {
            println!("{} chain: {}", world.chain.name(), reading.name);
            if world.bank(usdc).config.liability_weight_bps != reading.liability_weight {
                configure(world, usdc, |config| {
                    config.liability_weight_bps = reading.liability_weight;
                });
            }
            for (bank, (spot, ema, conf)) in [(sol, reading.sol), (usdc, reading.usdc)] {
                set_sure_price(world, bank, spot);
                let key = world.keys(bank).oracle;
                let mut feed = world.feed(&key);
                (feed.ema_price, feed.conf) = (ema, conf);
                world.publish(key, feed);
            }
            let refresh = refresh_ix(world, &[sol, usdc]);
            let more = borrow_ix(world, &borrower, usdc, reading.most + 1, &[sol, usdc]);
            world.refuse(&[refresh, more], &[&borrower.wallet], E::Unhealthy);
            world.borrow(&borrower, usdc, reading.most).unwrap();
            world.repay(&borrower, &borrower, usdc, u64::MAX).unwrap();
        }
    });
}

#[test]
fn delisted_collateral_lends_nothing_and_needs_no_price() {
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        let coin = world.add_bank(&BankSpec::new("coin", 6, DOLLAR));
        world.advance(DELAY);
        world.fund(&borrower, coin, 1_000 * USDC);
        world.deposit(&borrower, coin, 1_000 * USDC).unwrap();
        configure(world, sol, |config| config.delisted = 1);
        set_sure_price(world, coin, DOLLAR);
        set_sure_price(world, usdc, DOLLAR);
        let refresh = refresh_ix(world, &[coin, usdc]);
        let borrow =
            |world: &World, atoms| borrow_ix(world, &borrower, usdc, atoms, &[sol, coin, usdc]);
        let more = borrow(world, 700 * USDC + 1);
        let signers = [&borrower.wallet];
        world.refuse(&[refresh.clone(), more], &signers, E::Unhealthy);
        let fair = borrow(world, 700 * USDC);
        world.send(&[refresh, fair], &signers).unwrap();
    });
}

#[test]
fn who_has_a_record_borrows_again_only_once_it_is_repaid() {
    on_both(|world| {
        let (
            Pool {
                usdc,
                sol,
                lender,
                borrower,
            },
            _,
        ) = deficit(world);
        world.set_price(sol, 100 * DOLLAR);
        world.deposit(&borrower, sol, 10 * SOL).unwrap();
        let refresh = refresh_ix(world, &[sol, usdc]);
        let borrow = borrow_ix(world, &borrower, usdc, USDC, &[sol, usdc]);
        let transaction = [refresh, borrow];
        world.refuse(&transaction, &[&borrower.wallet], E::RecordOpen);
        let key = world.keys(usdc).bank;
        let record = world
            .obligation(&borrower)
            .position(&key)
            .unwrap()
            .written_off;
        world
            .repay_written_off(&lender, &borrower, usdc, record - 1)
            .unwrap();
        world.refuse(&transaction, &[&borrower.wallet], E::RecordOpen);
        world
            .repay_written_off(&lender, &borrower, usdc, 1)
            .unwrap();
        world.send(&transaction, &[&borrower.wallet]).unwrap();
    });
}

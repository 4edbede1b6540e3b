//! Prices of this slot, and interest up to this second.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::{
        oracle::{PriceFeed, PYTH_CORE, PYTH_CORE_COMPATIBLE},
        world::{on_both, BankId, BankSpec, DOLLAR},
    },
    common::*,
    std::slice::from_ref,
};

#[test]
fn a_refresh_stores_what_the_feed_says_and_the_slot() {
    on_both(|world| {
        let sol = world.add_bank(&BankSpec::sol());
        let key = world.keys(sol).oracle;
        let feed = PriceFeed {
            price: 12_345,
            ema_price: 12_300,
            conf: 67,
            exponent: -2,
            ..world.feed(&key)
        };
        world.publish(key, feed);
        world.advance_silently(30);
        world.refresh(&[sol]).unwrap();
        let price = world.bank(sol).price;
        assert_eq!((price.spot, price.ema, price.conf), (12_345, 12_300, 67));
        assert_eq!((price.exponent, price.slot), (-2, world.chain.slot()));
        assert_eq!(price.published_at, world.chain.now() - 30);
        assert_eq!(world.bank(sol).ledger.accrued_at, world.chain.now());
    });
}

#[test]
fn either_receiver_program_can_be_configured() {
    on_both(|world| {
        let spec = changed(BankSpec::new("elsewhere", 6, DOLLAR), |config| {
            config.oracle_program = PYTH_CORE_COMPATIBLE;
        });
        let bank = world.add_bank(&spec);
        world.refresh(&[bank]).unwrap();
        let key = world.keys(bank).oracle;
        let feed = PriceFeed {
            program: PYTH_CORE,
            ..world.feed(&key)
        };
        world.publish(key, feed);
        let refresh = refresh_ix(world, &[bank]);
        world.refuse(&[refresh], &[], E::WrongOracleOwner);
    });
}

#[test]
fn one_to_eight_pairs_are_refreshed_and_nothing_else() {
    on_both(|world| {
        let banks: Vec<BankId> = (0..9)
            .map(|index| world.add_bank(&BankSpec::new(&format!("coin {index}"), 6, DOLLAR)))
            .collect();
        let all = refresh_ix(world, &banks);
        let mut odd = refresh_ix(world, &banks[..2]);
        odd.accounts.pop();
        for wrong in [refresh_ix(world, &[]), all, odd] {
            world.refuse(&[wrong], &[], E::WrongPairs);
        }
        world.refresh(&banks[..8]).unwrap();
        let slot = world.chain.slot();
        for (index, bank) in banks.into_iter().enumerate() {
            assert_eq!(world.bank(bank).price.slot == slot, index < 8);
        }
    });
}

#[test]
fn one_bad_pair_refreshes_none() {
    on_both(|world| {
        let Pool { usdc, sol, .. } = pool(world);
        world.advance(1);
        let mut refresh = refresh_ix(world, &[usdc, sol]);
        refresh.accounts.swap(1, 3);
        world.refuse(&[refresh], &[], E::WrongFeed);
        world.refresh(&[usdc, sol]).unwrap();
    });
}

#[test]
fn every_bank_of_a_refresh_is_checked() {
    on_both(|world| {
        let Pool { usdc, lender, .. } = pool(world);
        let bank = world.keys(usdc).bank;
        let cases = [
            case(
                "an obligation",
                bank,
                lender.obligation,
                ErrorCode::AccountDiscriminatorMismatch,
            ),
            case(
                "a wallet",
                bank,
                lender.key(),
                ErrorCode::AccountOwnedByWrongProgram,
            ),
            case(
                "another program's bank",
                bank,
                of_another_program(world, &bank),
                ErrorCode::AccountOwnedByWrongProgram,
            ),
            case(
                "another layout",
                bank,
                of_next_version(world, &bank),
                E::WrongVersion,
            ),
        ];
        let refresh = refresh_ix(world, &[usdc]);
        let mut readonly = refresh.clone();
        readonly.accounts[0].is_writable = false;
        world.refuse_code(&[readonly], &[], ErrorCode::AccountNotMutable.into());
        refuse_swaps(world, &[refresh], &[], &cases);
    });
}

/// [index, 2^64] What the curve of these settings (1 % base, 7 % to the kink at
/// 80 %) makes of index 1 at a utilisation below the kink; both divisions of
/// the rate round down, the growth up.
fn index_after(borrowed: u128, cash: u128, secs: u128) -> u128 {
    const BILLION: u128 = 1_000_000_000;
    let used = borrowed * BILLION / (borrowed + cash);
    let rate = BILLION / 100 + 70_000_000 * used / 800_000_000;
    let one = 1u128 << 64;
    one + (one * rate * secs).div_ceil(BILLION * 31_536_000)
}

#[test]
fn interest_is_booked_to_the_second_and_split_three_ways() {
    on_both(|world| {
        let Pool { usdc, borrower, .. } = pool(world);
        let before = world.bank(usdc).ledger;
        assert_eq!(before.borrow_index.get(), 1 << 64);
        world.borrow(&borrower, usdc, 5_000 * USDC).unwrap();
        world.advance(999_983);
        world.refresh(&[usdc]).unwrap();

        let index = index_after(5_000_000_000, 95_000_000_000, 999_983);
        let after = world.bank(usdc).ledger;
        assert_eq!(after.borrow_index.get(), index);
        let borrowed = u64::try_from((5_000_000_000u128 * (index >> 32)) >> 32).unwrap();
        assert!(after.borrowed.abs_diff(borrowed) <= 1);
        let interest = after.borrowed - 5_000_000_000;
        assert!(interest > 2_000_000, "16 days at 1.4 % are above 2 dollars");
        // 5 % to the protocol and 10 % to insurance, within two atoms each.
        assert!(after.protocol_fees.abs_diff(interest * 5 / 100) <= 2);
        assert!(after.insurance_fees.abs_diff(interest * 10 / 100) <= 2);
        assert_eq!(
            after.lender_assets - before.lender_assets,
            interest - after.protocol_fees - after.insurance_fees
        );
        assert_eq!(after.cash, 95_000 * USDC);
    });
}

#[test]
fn the_clock_of_a_bank_does_not_go_back() {
    on_both(|world| {
        let Pool { usdc, lender, .. } = pool(world);
        let deposit = deposit_ix(world, &lender, usdc, 1);
        world.advance(10);
        world.refresh(&[usdc]).unwrap();
        let clock = world.chain.clock();
        let mut earlier = clock.clone();
        earlier.unix_timestamp -= 1;
        world.chain.set_clock(&earlier);
        world.refuse(from_ref(&deposit), &[&lender.wallet], E::TimeWentBack);
        world.chain.set_clock(&clock);
        world.send(&[deposit], &[&lender.wallet]).unwrap();
    });
}

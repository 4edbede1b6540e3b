//! Liquidation: how much is repaid and what for, to the atom.

mod common;

use {
    backstop::error::BackstopError as E,
    backstop_tests::world::{on_both, Actor, BankSpec, World, DOLLAR},
    common::*,
};

/// A pool whose borrower owes 6,500 USDC against 100 SOL, and a liquidator.
/// Prices are sure; 80 % of the collateral counts.
fn indebted(world: &mut World, sol: &BankSpec<'_>, debt: u64) -> (Pool, Actor) {
    let pool = pool_of(world, &BankSpec::usdc(), sol);
    let liquidator = world.actor("liquidator");
    world.fund(&liquidator, pool.usdc, 100_000 * USDC);
    set_sure_price(world, pool.usdc, DOLLAR);
    set_sure_price(world, pool.sol, 100 * DOLLAR);
    world.borrow(&pool.borrower, pool.usdc, debt).unwrap();
    (pool, liquidator)
}

fn liquidate(world: &mut World, pool: &Pool, liquidator: &Actor, most: u64) {
    world
        .liquidate(liquidator, &pool.borrower, pool.usdc, pool.sol, most)
        .unwrap();
}

/// What a liquidation in progress shows of itself.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// [USDC atoms] Left the liquidator's wallet for the vault.
    paid: u64,
    /// SOL shares that the liquidator has.
    gained: u128,
    /// SOL shares that the borrower has left.
    left: u128,
    /// [SOL atoms] Fees for the insurance of the SOL bank.
    insured: u64,
    /// [USDC atoms] Still owed.
    owed: u64,
}

fn outcome(world: &mut World, pool: &Pool, liquidator: &Actor) -> Outcome {
    let paid = 100_000 * USDC - world.balance(liquidator, pool.usdc);
    let flows = flows(world, &pool.lender, pool.usdc);
    assert_eq!(flows.vault, flows.cash, "what was paid is in the vault");
    Outcome {
        paid,
        gained: shares_of(world, liquidator, pool.sol),
        left: shares_of(world, &pool.borrower, pool.sol),
        insured: world.bank(pool.sol).ledger.insurance_fees,
        owed: flows.borrowed,
    }
}

/// The parts of `seized` shares at a bonus: the liquidator's and insurance's,
/// which gets a fifth of the bonus and both roundings.
fn split(seized: u128, bonus_bps: u128) -> (u128, u128) {
    let bonus = (seized * bonus_bps).div_ceil(10_000 + bonus_bps);
    let insurance = bonus.div_ceil(5);
    (seized - insurance, insurance)
}

#[test]
fn only_what_is_below_its_threshold_is_liquidated() {
    on_both(|world| {
        let (pool, liquidator) = indebted(world, &BankSpec::sol(), 6_500 * USDC);
        let attempt = |world: &mut World| {
            world.liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, 100 * USDC)
        };
        // 80 % of 100 SOL at 81.25 dollars are exactly 6,500 dollars.
        for price in [100 * DOLLAR, 8_125_000_000] {
            set_sure_price(world, pool.sol, price);
            let failure = attempt(world).unwrap_err();
            assert_eq!(failure.code(), Some(E::Healthy.into()), "{failure}");
        }
        set_sure_price(world, pool.sol, 8_124_999_999);
        attempt(world).unwrap();
    });
}

#[test]
fn a_partial_liquidation_restores_the_target_health_and_no_more() {
    on_both(|world| {
        let (pool, liquidator) = indebted(world, &BankSpec::sol(), 6_500 * USDC);
        set_sure_price(world, pool.sol, 80 * DOLLAR);
        liquidate(world, &pool, &liquidator, u64::MAX);
        // 6,400 of 6,500 dollars are a shortfall of 153 bps of 2,000: the bonus is
        // 200 + 800 x 153 / 2,000 = 261 bps. To reach 105 % it takes
        // (1.05 x 6,500 - 6,400) / (1.05 - 1.0261 x 0.8) = 1,854.9231843... dollars.
        let paid = 1_854_923_185;
        let seized = 23_791_708_501_606_250; // 1,854.923185 x 1.0261 / 80 SOL
        let (gained, insurance) = split(seized, 261);
        let held = u128::from(100 * SOL) * SHARES;
        assert_eq!(
            outcome(world, &pool, &liquidator),
            Outcome {
                paid,
                gained,
                left: held - seized,
                insured: u64::try_from(insurance / SHARES).unwrap(),
                owed: 6_500 * USDC - paid,
            }
        );
        // 80 dollars x 80 % = 64 dollars of weight per SOL, in 10^-15 dollars.
        let weight = (held - seized) * 64;
        let debt = u128::from(6_500 * USDC - paid) * 1_000_000_000;
        assert!(weight * 100 >= debt * 105);
        assert!(weight * 100 < (debt + 2_000_000_000) * 105);
        let again = world.liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, 1);
        assert_eq!(again.unwrap_err().code(), Some(E::Healthy.into()));

        // Shares of the bank are as good as its tokens.
        world.withdraw(&liquidator, pool.sol, u128::MAX).unwrap();
        let got = world.balance(&liquidator, pool.sol);
        assert!(u128::from(got).abs_diff(gained / SHARES) <= 1, "{got}");
    });
}

/// (10^-8 dollars) A price of SOL, and the bonus it leads to for 4,000 dollars
/// of debt against 100 SOL at a threshold of 50 %.
const BONUSES: [(i64, u128); 9] = [
    (7_999_999_999, 200), // as good as no shortfall
    (7_600_000_000, 400), // 5 % of the ramp's 20 %
    (7_200_000_000, 600),
    (6_400_000_000, 1_000), // the end of the ramp
    (6_399_999_999, 1_000),
    (5_000_000_000, 1_000),
    (4_200_000_000, 500), // all that is there beyond the debt
    (4_080_000_000, 200), // the least, and all that is there
    (3_900_000_000, 200), // underwater: as much debt as possible is paid back
];

#[test]
fn the_bonus_follows_the_shortfall_and_spares_who_is_underwater() {
    let spec = changed(BankSpec::sol(), |config| {
        config.collateral_factor_bps = 4_000;
        config.liquidation_threshold_bps = 5_000;
    });
    on_both(|world| {
        let (pool, liquidator) = indebted(world, &spec, 4_000 * USDC);
        let snapshot = world.fingerprint();
        let held = u128::from(100 * SOL) * SHARES;
        for (index, (price, bonus)) in (1u64..).zip(BONUSES) {
            println!("{} chain: {price}", world.chain.name());
            restore(world, &snapshot);
            set_sure_price(world, pool.sol, price);
            liquidate(world, &pool, &liquidator, 100 * USDC);
            // Both in 10^-12 dollars.
            let wanted = 100_000_000_000_000 * (10_000 + bonus) / 10_000;
            let worth = u128::try_from(price).unwrap() * 1_000_000;
            let seized = held * wanted / worth;
            let (gained, insurance) = split(seized, bonus);
            assert_eq!(
                outcome(world, &pool, &liquidator),
                Outcome {
                    paid: index * 100 * USDC,
                    gained,
                    left: held - seized,
                    insured: u64::try_from(insurance / SHARES).unwrap(),
                    owed: 3_900 * USDC,
                }
            );
        }
    });
}

#[test]
fn a_small_debt_is_closed_in_one_go() {
    on_both(|world| {
        let spec = BankSpec::usdc();
        let limit = spec.config.full_close_debt;
        let (pool, liquidator) = indebted(world, &BankSpec::sol(), 6_500 * USDC);
        // Two debtors an atom apart; one SOL at 1.20 dollars backs about a dollar.
        for (name, debt, closed) in [("small", limit, true), ("larger", limit + 1, false)] {
            let debtor = world.actor(name);
            set_sure_price(world, pool.sol, 100 * DOLLAR);
            world.fund(&debtor, pool.sol, SOL);
            world.deposit(&debtor, pool.sol, SOL).unwrap();
            world.borrow(&debtor, pool.usdc, debt).unwrap();
            set_sure_price(world, pool.sol, 120_000_000);
            world
                .liquidate(&liquidator, &debtor, pool.usdc, pool.sol, u64::MAX)
                .unwrap();
            let left = debt_shares_of(world, &debtor, pool.usdc);
            assert_eq!(left == 0, closed, "{name}");
            assert!(shares_of(world, &debtor, pool.sol) > 0);
        }
    });
}

#[test]
fn a_liquidator_repays_what_he_offers_and_leaves_no_dust_of_debt() {
    on_both(|world| {
        let (pool, liquidator) = indebted(world, &BankSpec::sol(), 6_500 * USDC);
        set_sure_price(world, pool.sol, 60 * DOLLAR);
        let snapshot = world.fingerprint();
        let least = world.bank(pool.usdc).config.min_debt;
        world.fund(&pool.borrower, pool.usdc, 1);
        // The debt is above what the collateral is worth, so 5,882.352942 is all
        // that can be asked for it; below, the offer is what counts.
        for (offer, paid) in [
            (1, 1),
            (777_777_777, 777_777_777),
            (5_882_352_941, 5_882_352_941),
            (5_882_352_942, 5_882_352_942),
            (6_500 * USDC - 1, 5_882_352_942),
            (u64::MAX, 5_882_352_942),
        ] {
            restore(world, &snapshot);
            let before = world.balance(&liquidator, pool.usdc);
            liquidate(world, &pool, &liquidator, offer);
            assert_eq!(before - world.balance(&liquidator, pool.usdc), paid);
        }
        // With collateral enough, the rest is at least the minimum.
        restore(world, &snapshot);
        world
            .repay(&pool.borrower, &pool.borrower, pool.usdc, 6_490 * USDC)
            .unwrap();
        world.withdraw(&pool.borrower, pool.sol, 1).unwrap();
        set_sure_price(world, pool.sol, 12_500_000); // 10 of 12.50 dollars
        let before = world.balance(&liquidator, pool.usdc);
        liquidate(world, &pool, &liquidator, 10 * USDC - least + 1);
        let paid = before - world.balance(&liquidator, pool.usdc);
        assert!(10 * USDC - paid >= least);
    });
}

#[test]
fn who_is_underwater_loses_all_collateral_for_its_worth_less_the_least_bonus() {
    on_both(|world| {
        let (pool, liquidator) = indebted(world, &BankSpec::sol(), 6_500 * USDC);
        set_sure_price(world, pool.sol, 60 * DOLLAR);
        liquidate(world, &pool, &liquidator, u64::MAX);
        // 6,000 dollars of collateral pay 6,000 / 1.02 = 5,882.3529411... back.
        let paid = 5_882_352_942;
        let held = u128::from(100 * SOL) * SHARES;
        let (gained, insurance) = split(held, 200);
        assert_eq!(
            outcome(world, &pool, &liquidator),
            Outcome {
                paid,
                gained,
                left: 0,
                insured: u64::try_from(insurance / SHARES).unwrap(),
                owed: 6_500 * USDC - paid,
            }
        );
        assert_eq!(world.obligation(&pool.borrower).position_count, 1);
    });
}

#[test]
fn collateral_that_is_lent_out_moves_as_shares() {
    let spec = changed(BankSpec::sol(), |config| {
        config.max_utilisation_bps = 10_000
    });
    on_both(|world| {
        let (pool, liquidator) = indebted(world, &spec, 6_500 * USDC);
        world.borrow(&pool.lender, pool.sol, 100 * SOL).unwrap();
        assert_eq!(world.bank(pool.sol).ledger.cash, 0);
        set_sure_price(world, pool.sol, 80 * DOLLAR);
        liquidate(world, &pool, &liquidator, u64::MAX);
        let gained = shares_of(world, &liquidator, pool.sol);
        assert!(gained > 0);
        let withdraw = withdraw_ix(world, &liquidator, pool.sol, u128::MAX, &[]);
        let transaction = std::slice::from_ref(&withdraw);
        world.refuse(transaction, &[&liquidator.wallet], E::InsufficientCash);
        world
            .repay(&pool.lender, &pool.lender, pool.sol, u64::MAX)
            .unwrap();
        world.send(transaction, &[&liquidator.wallet]).unwrap();
    });
}

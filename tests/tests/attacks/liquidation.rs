//! Liquidating oneself, and liquidating others an atom at a time.

use {
    crate::{
        bad_debt::{plain_bank, USDC},
        hands::claim,
    },
    backstop::state::BankConfig,
    backstop_tests::world::{on_both, Actor, BankId, BankSpec, World, DOLLAR},
};

/// (atoms) A whole token of the collateral.
const TOKEN: u64 = 1_000_000_000;

struct Ring {
    usdc: BankId,
    coin: BankId,
    debtor: Actor,
    friend: Actor,
}

/// A debtor who owes `debt` dollars against 100 coins bought at 100 dollars, and
/// his friend with dollars to spare. The coin is worth `price` now.
fn ring(world: &mut World, debt: u64, price: i64) -> Ring {
    let plain = |spec: BankSpec<'static>| BankSpec {
        config: BankConfig {
            base_rate_bps: 0,
            slope_below_bps: 0,
            slope_above_bps: 0,
            ..spec.config
        },
        ..spec
    };
    let usdc = world.add_bank(&plain_bank("USDC"));
    let coin = world.add_bank(&plain(BankSpec::new("COIN", 9, 100 * DOLLAR)));
    let [lender, debtor, friend] = ["lender", "debtor", "friend"].map(|name| world.actor(name));
    world.fund(&lender, usdc, 100_000 * USDC);
    world.deposit(&lender, usdc, 100_000 * USDC).unwrap();
    world.fund(&debtor, coin, 100 * TOKEN);
    world.deposit(&debtor, coin, 100 * TOKEN).unwrap();
    world.borrow(&debtor, usdc, debt * USDC).unwrap();
    world.fund(&friend, usdc, 20_000 * USDC);
    world.set_price(coin, price);
    Ring {
        usdc,
        coin,
        debtor,
        friend,
    }
}

/// (10^-9 dollars) What both have together, the debt counted in full, at `price`.
fn together(world: &mut World, ring: &Ring, price: i64) -> i128 {
    let mut dollars = -i128::from(world.bank(ring.usdc).ledger.borrowed);
    let mut coins = 0;
    for actor in [&ring.debtor, &ring.friend] {
        dollars += i128::from(world.balance(actor, ring.usdc));
        coins += i128::from(world.balance(actor, ring.coin));
        coins += i128::from(claim(world, actor, ring.coin));
    }
    dollars * 1_000 + coins * i128::from(price) / i128::from(DOLLAR)
}

/// Self-liquidation in every regime of the bonus: at the threshold, on the ramp,
/// cut to what is there beyond the debt, and underwater. The bonus goes from one
/// pocket into the other, and insurance takes its slice of it.
#[test]
fn who_liquidates_himself_loses_the_slice_of_insurance() {
    // Debt, price; bonus in hundredths of a per cent.
    let regimes = [
        (6_500, 81 * DOLLAR, 212),
        (6_500, 74 * DOLLAR, 556),
        (6_500, 66 * DOLLAR, 200),
        (6_500, 60 * DOLLAR, 200),
    ];
    for (debt, price, bonus) in regimes {
        on_both(|world: &mut World| {
            let ring = ring(world, debt, price);
            let before = together(world, &ring, price);
            let repay = 500 * USDC;
            let fees = world.bank(ring.coin).ledger.insurance_fees;
            world
                .liquidate(&ring.friend, &ring.debtor, ring.usdc, ring.coin, repay)
                .unwrap();
            let slice = world.bank(ring.coin).ledger.insurance_fees - fees;
            let lost = before - together(world, &ring, price);
            // A fifth of the bonus, in coins; beside it less than two atoms of each.
            let worth = i128::from(slice) * i128::from(price) / i128::from(DOLLAR);
            let fair = 500_000_000 * i128::from(bonus) / 10_000 * 1_000 / 5;
            assert!(lost >= 0, "{lost}");
            assert!(lost.abs_diff(worth) <= 2_000, "{lost} {worth}");
            assert!(lost.abs_diff(fair) <= 2_000, "{lost} {fair}");
        });
    }
}

/// I-20: many liquidations of one atom take no more collateral than one of as many.
#[test]
fn liquidating_an_atom_at_a_time_takes_no_more() {
    const STEPS: u64 = 24;
    on_both(|world: &mut World| {
        // Between two steps of the bonus, so that a few atoms do not change it.
        let ring = ring(world, 6_500, 155 * DOLLAR / 2);
        let other = world.actor("other");
        world.fund(&other, ring.usdc, USDC);
        let seized = |world: &mut World, who: &Actor, atoms| {
            let key = world.keys(ring.coin).bank;
            world
                .liquidate(who, &ring.debtor, ring.usdc, ring.coin, atoms)
                .unwrap();
            let state = world.obligation(who);
            state.position(&key).unwrap().deposit_shares.get()
        };
        let mut steps = 0;
        for _ in 0..STEPS {
            steps = seized(world, &other, 1);
        }
        let once = seized(world, &ring.friend, STEPS);
        assert!(steps <= once, "{steps} {once}");
        assert!(once - steps <= u128::from(STEPS), "{steps} {once}");
        let paid = USDC - world.balance(&other, ring.usdc);
        assert_eq!(paid, STEPS);
    });
}

//! Where the attacker plays: calm lending, a crisis with three debtors in three
//! kinds of trouble, and variants of both. Some have a hole planted in them, to
//! show that the search finds one.

use {
    super::{
        ops::Op,
        plan::Wait,
        stage::{
            banks, cast, lender, rich, setting, without_interest, SOL, SOL_AFTER, SOL_BEFORE, USDC,
        },
        trial::Setting,
        wealth::{value, DOLLARS},
    },
    crate::{
        settings::HOUR,
        world::{BankSpec, World, DOLLAR},
    },
};

/// Lenders in both banks, interest, and insurance; the attacker is ten times as
/// rich as everybody else together. Prices stand still.
pub fn calm() -> Setting {
    calm_with("calm, fixed prices", 1_000_000)
}

fn calm_with(name: &'static str, riches: u64) -> Setting {
    let (mut world, banks) = banks(|_| ());
    lender(&mut world, "lena", &banks, 100_000, 0);
    lender(&mut world, "saul", &banks, 0, 1_000);
    let insurer = rich(&mut world, "insurer", &banks, 10_000, 0);
    world
        .fund_insurance(&insurer, banks[0], 10_000 * USDC)
        .expect("insurance");
    let cast = cast(&mut world, banks, Vec::new(), riches);
    setting(name, world, cast, SOL_BEFORE)
}

/// An asset without decimals, 500 dollars an atom: whoever finds a rounding in his
/// favour finds 500 dollars. Gus owes too much against some of it.
pub fn coarse() -> Setting {
    let mut world = World::bytecode();
    let mut usdc = BankSpec::usdc();
    without_interest(&mut usdc.config);
    let mut bars = BankSpec::new("BARS", 0, 500 * DOLLAR);
    without_interest(&mut bars.config);
    let banks = vec![world.add_bank(&usdc), world.add_bank(&bars)];
    lender(&mut world, "lena", &banks, 100_000, 0);
    let saul = rich(&mut world, "saul", &banks, 0, 0);
    let gus = rich(&mut world, "gus", &banks, 0, 0);
    world.fund(&saul, banks[1], 203);
    world.deposit(&saul, banks[1], 203).expect("a deposit");
    world.fund(&gus, banks[1], 7);
    world.deposit(&gus, banks[1], 7).expect("a deposit");
    world.borrow(&gus, banks[0], 2_400 * USDC).expect("a loan");
    world.set_price(banks[1], 400 * DOLLAR);
    world.advance(3_600);
    let cast = cast(&mut world, banks, vec![gus], 0);
    for thief in &cast.thieves {
        world.fund(thief, cast.banks[0], 100_000 * USDC);
        world.fund(thief, cast.banks[1], 200);
    }
    setting(
        "an asset without decimals, fixed prices",
        world,
        cast,
        400 * DOLLAR,
    )
}

/// After a crash, no interest: Dan owes 5,000 dollars and has nothing left, Uma
/// owes more than her collateral is worth, Hal is a hair above his threshold.
/// Insurance pays for most of what Dan owes.
pub fn crisis() -> Setting {
    crisis_with("crisis, fixed prices", 4_000)
}

fn crisis_with(name: &'static str, insurance: u64) -> Setting {
    let (mut world, banks) = banks(without_interest);
    lender(&mut world, "lena", &banks, 100_000, 0);
    lender(&mut world, "saul", &banks, 0, 1_000);
    let [dan, uma, hal] =
        ["dan", "uma", "hal"].map(|name| lender(&mut world, name, &banks, 0, 100));
    for debtor in [&dan, &uma] {
        world
            .borrow(debtor, banks[0], 6_950 * USDC)
            .expect("a loan");
    }
    let liquidator = rich(&mut world, "liquidator", &banks, 10_000, 0);
    world.set_price(banks[1], 20 * DOLLAR);
    world
        .liquidate(&liquidator, &dan, banks[0], banks[1], u64::MAX)
        .expect("Dan is insolvent");
    world.set_price(banks[1], 66 * DOLLAR);
    world.borrow(&hal, banks[0], 4_600 * USDC).expect("a loan");
    world.set_price(banks[1], SOL_AFTER);
    let insurer = rich(&mut world, "insurer", &banks, insurance, 0);
    world
        .fund_insurance(&insurer, banks[0], insurance * USDC)
        .expect("insurance");
    world.advance(3_600);
    let cast = cast(&mut world, banks, vec![dan, uma, hal], 100_000);
    setting(name, world, cast, SOL_AFTER)
}

/// A deficit under somebody's collateral: half of what is in the bank of USDC was
/// lost, insurance pays for it day by day, and Ira has borrowed SOL against USDC
/// that are whole again in a week. Prices stand still. Seized at the net
/// price meanwhile they would bring the difference (decision 019).
pub fn drawn() -> Setting {
    let (mut world, banks) = banks(|config| {
        without_interest(config);
        config.draw_limit = 2_000 * USDC;
    });
    lender(&mut world, "lena", &banks, 20_000, 0);
    lender(&mut world, "saul", &banks, 0, 1_000);
    let dan = lender(&mut world, "dan", &banks, 0, 260);
    world.borrow(&dan, banks[0], 18_000 * USDC).expect("a loan");
    let liquidator = rich(&mut world, "liquidator", &banks, 10_000, 0);
    world.set_price(banks[1], 20 * DOLLAR);
    world
        .liquidate(&liquidator, &dan, banks[0], banks[1], u64::MAX)
        .expect("Dan is insolvent");
    world.set_price(banks[1], SOL_BEFORE);
    let ira = lender(&mut world, "ira", &banks, 8_000, 0);
    world.borrow(&ira, banks[1], 52 * SOL).expect("a loan");
    let insurer = rich(&mut world, "insurer", &banks, 13_000, 0);
    world
        .fund_insurance(&insurer, banks[0], 13_000 * USDC)
        .expect("insurance");
    world.advance(3_600);
    let cast = cast(&mut world, banks, vec![dan, ira], 20_000);
    setting(
        "a deficit under collateral, fixed prices",
        world,
        cast,
        SOL_BEFORE,
    )
}

/// The crisis, with a price of SOL that moves by up to 4 % between two of the
/// attacker's transactions. He knows the path.
pub fn path() -> Setting {
    let path = vec![-300, 250, 400, -400, 150, -350, -200, 380, 300, -390];
    Setting {
        name: "crisis, known price path",
        path: Some((1, path)),
        ..crisis()
    }
}

/// The crisis, where the attacker can push a spot price by up to 45 % for one
/// update. A push of x % costs him x % of all honest collateral: as much as could
/// be seized too cheaply.
pub fn pushed() -> Setting {
    let mut setting = crisis();
    setting.name = "crisis, pushed prices";
    setting.words.push_bps = 4_500;
    let collateral = value(400 * SOL, SOL_AFTER, 9);
    setting.depth = vec![collateral; 2];
    setting
}

/// The crisis with the admin's key in the attacker's hand, for less than the
/// delay of the market.
pub fn hostile_admin() -> Setting {
    let mut setting = crisis();
    setting.name = "crisis, hostile admin within the delay";
    setting.words.ops.extend(Op::ADMIN);
    setting.words.waits = [0, 1, 60, u64::from(HOUR)].map(Wait::Secs).to_vec();
    setting.words.waits.push(Wait::SameSlot);
    setting
}

/// Planted: the feed says 100 dollars, a SOL is worth 40.
pub fn lagging() -> Setting {
    let mut setting = calm_with("control: a feed that lags", 100_000);
    setting.prices.banks[1] = 40 * DOLLAR;
    setting
}

/// Planted: bounties are counted as profit.
pub fn counted_bounty() -> Setting {
    let mut setting = crisis_with("control: bounties counted", 6_000);
    setting.rules.bounty = false;
    setting
}

/// Planted: the discount of an auction is counted as profit. Getting there takes
/// a write-off that insurance cannot cover, and patience.
pub fn counted_discount() -> Setting {
    let mut setting = crisis();
    setting.name = "control: discounts counted";
    setting.rules.discount = false;
    setting
}

/// Planted: pushing a price costs next to nothing.
pub fn cheap_push() -> Setting {
    let mut setting = pushed();
    setting.name = "control: prices pushed for nothing";
    setting.depth = vec![DOLLARS; 2];
    setting
}

/// Every setting, and whether there is something to find in it: a planted hole, or
/// what a decision record owns up to.
pub fn all() -> Vec<(Setting, bool)> {
    vec![
        (calm(), false),
        (crisis(), false),
        (drawn(), false),
        (coarse(), false),
        (path(), false),
        (pushed(), false),
        (hostile_admin(), false),
        (lagging(), true),
        (counted_bounty(), true),
        (counted_discount(), true),
        (cheap_push(), true),
    ]
}

//! Choosing who bears a loss: the bank, the moment, the price.

use {
    crate::{
        bad_debt::{insure, lose, plain_bank, stage_bank, Stage, LENT, USDC},
        hands::wealth,
    },
    backstop::state::BankConfig,
    backstop_tests::{
        settings::DAY,
        world::{on_both, BankId, World, DOLLAR},
    },
    std::cell::RefCell,
};

/// Two banks of dollars with the same lender; the second takes `rate` of interest.
pub fn two(world: &mut World, rate: u32, change: impl FnOnce(&mut BankConfig)) -> (Stage, BankId) {
    let mut spec = plain_bank("EURO");
    spec.config.base_rate_bps = rate;
    spec.config.write_off_mode = 1;
    let euro = world.add_bank(&spec);
    let stage = stage_bank(world, |config| {
        config.write_off_mode = 1;
        change(config);
    });
    world.fund(&stage.lender, euro, LENT);
    world.deposit(&stage.lender, euro, LENT).unwrap();
    (stage, euro)
}

/// S14, a documented limit: who liquidates a debtor of two banks chooses which debt
/// the collateral pays. What he moves from one bank to the other is at most what
/// the collateral is worth, and both losses together are the same.
#[test]
fn steering_a_loss_moves_no_more_than_the_collateral_is_worth() {
    let losses = RefCell::new(Vec::new());
    for first in [0, 1] {
        on_both(|world: &mut World| {
            let (stage, euro) = two(world, 0, |_| ());
            let coin = world.add_bank(&{
                let mut spec = plain_bank("COIN");
                spec.price = 100 * DOLLAR;
                spec
            });
            world.advance(2 * u64::from(DAY));
            let debtor = world.actor("debtor");
            world.fund(&debtor, coin, 100 * USDC);
            world.deposit(&debtor, coin, 100 * USDC).unwrap();
            for bank in [stage.usdc, euro] {
                world.borrow(&debtor, bank, 3_000 * USDC).unwrap();
                world.fund(&stage.liquidator, bank, 10_000 * USDC);
            }
            world.advance(60);
            world.set_price(coin, 40 * DOLLAR);
            // Whatever is left after one of the debts is taken for the other.
            let mut order = [stage.usdc, euro];
            order.rotate_left(first);
            for bank in order {
                let _ = world.liquidate(&stage.liquidator, &debtor, bank, coin, u64::MAX);
            }
            for bank in order {
                let _ = world.write_off(&stage.keeper, &debtor, bank);
            }
            losses
                .borrow_mut()
                .push([stage.usdc, euro].map(|bank| world.bank(bank).ledger.lost.get()));
        });
    }
    let losses = losses.into_inner();
    let [usdc_first, euro_first] = [losses[0], losses[2]];
    let worth = u128::from(4_000 * USDC) * 100 / 102;
    let together = |losses: [u128; 2]| losses.iter().sum::<u128>();
    assert!(together(usdc_first).abs_diff(together(euro_first)) <= 2);
    assert!(together(usdc_first).abs_diff(u128::from(6_000 * USDC) - worth) <= 2);
    assert_eq!(usdc_first[0], 0);
    assert_eq!(euro_first[1], 0);
    assert!(euro_first[0] - usdc_first[0] <= worth);
}

/// While a deficit is open collateral in that bank counts at the net price, and is
/// seized at the gross one: whoever liquidates a borrower then has, once insurance has
/// covered the deficit, what he paid and the bonus, and nothing of what the borrower
/// would have borne.
#[test]
fn a_liquidator_gains_nothing_of_a_deficit_that_is_covered_later() {
    on_both(|world: &mut World| {
        let limit = |config: &mut BankConfig| config.draw_limit = 50_000 * USDC;
        let (stage, euro) = two(world, 0, limit);
        let [ira, taker] = ["ira", "taker"].map(|name| world.actor(name));
        world.fund(&ira, stage.usdc, 100_000 * USDC);
        world.deposit(&ira, stage.usdc, 100_000 * USDC).unwrap();
        world.borrow(&ira, euro, 65_000 * USDC).unwrap();
        world.fund(&taker, euro, 10_000 * USDC);
        insure(world, &stage, 330_000 * USDC);
        // Insurance pays 50,000 of it today: 280,000 of 1,100,000 stay open.
        lose(world, &stage, "debtor", 330_000 * USDC);
        let before = wealth(world, &taker, euro);
        let liquidated = world.liquidate(&taker, &ira, euro, stage.usdc, 10_000 * USDC);
        liquidated.unwrap();
        let paid = before - wealth(world, &taker, euro);
        assert_eq!(paid, 10_000 * USDC);
        let now = wealth(world, &taker, stage.usdc);
        assert!(now < paid, "at net he has less than he paid: {now}");
        for _ in 0..6 {
            world.advance(u64::from(DAY));
            world.cover(stage.usdc).unwrap();
        }
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
        let later = wealth(world, &taker, stage.usdc);
        let config = world.bank(stage.usdc).config;
        let most = paid + paid * u64::from(config.max_bonus_bps) / 10_000;
        assert!(paid < later && later <= most, "{paid} became {later}");
        let whole = now as u128 * 1_100 / 820;
        assert!(u128::from(later).abs_diff(whole) <= 2, "{later} {whole}");
    });
}

//! One crisis from the first deposit to the last cent, tier by tier.

use backstop_tests::world::{on_both, BankSpec, World, DOLLAR};

const USDC: u64 = 1_000_000;
const SOL: u64 = 1_000_000_000;

#[test]
fn insurance_covers_a_loss_it_can_pay() {
    on_both(|world: &mut World| {
        let usdc = world.add_bank(&BankSpec::usdc());
        let sol = world.add_bank(&BankSpec::sol());
        let lender = world.actor("lender");
        let borrower = world.actor("borrower");
        let liquidator = world.actor("liquidator");
        let keeper = world.actor("keeper");
        world.fund(&lender, usdc, 110_000 * USDC);
        world.fund(&borrower, sol, 100 * SOL);
        world.fund(&liquidator, usdc, 100_000 * USDC);
        world.deposit(&lender, usdc, 100_000 * USDC).unwrap();
        world.fund_insurance(&lender, usdc, 10_000 * USDC).unwrap();
        world.deposit(&borrower, sol, 100 * SOL).unwrap();
        world.borrow(&borrower, usdc, 6_500 * USDC).unwrap();
        world.advance(3_600);
        world.set_price(sol, 50 * DOLLAR);
        world
            .liquidate(&liquidator, &borrower, usdc, sol, u64::MAX)
            .unwrap();
        let receipt = world.write_off(&keeper, &borrower, usdc).unwrap();
        println!("write_off: {:?}", receipt.units);
        let bank = world.bank(usdc);
        assert_eq!(bank.ledger.deficit, 0);
        assert!(bank.ledger.covered_by_insurance.get() > 0);
    });
}

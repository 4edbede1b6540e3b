//! One loss through every hand that can carry it, from the first deposit to the
//! last atom.

mod bad_debt;

use {
    backstop::events::{DebtWrittenOff, DeficitSocialised, SocialiseReason},
    backstop_tests::{
        settings::DAY,
        tokens,
        world::{on_both, World},
    },
    bad_debt::{
        insure, lose, snap, stage_with, AUCTION_DELAY, AUCTION_DURATION, LENT, TOKEN, USDC,
    },
};

#[test]
fn a_loss_of_a_thousand_dollars_is_carried_by_everybody_in_turn_and_none_of_it_is_lost() {
    on_both(|world: &mut World| {
        // One lot may raise 500 dollars, and there is no second one.
        let stage = stage_with(
            world,
            |market| {
                market.issuance_auction_bps = 10;
                market.max_failed_auctions = 1;
            },
            |_| (),
        );
        let usdc = stage.usdc;
        insure(world, &stage, 100 * USDC);
        let (debtor, receipt) = lose(world, &stage, "debtor", 1_000 * USDC);
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!(
            (event.insurance_drawn, event.on_auction, event.left_open),
            (100 * USDC, 500 * USDC, 400 * USDC)
        );

        // Buyers pay 150, the debtor's friends 200.
        world.advance(AUCTION_DELAY);
        world.buy(&stage.bidder, usdc, 100 * TOKEN).unwrap();
        world
            .repay_written_off(&stage.bidder, &debtor, usdc, 200 * USDC)
            .unwrap();
        let ledger = world.bank(usdc).ledger;
        assert_eq!(
            (ledger.deficit, ledger.on_auction),
            (550 * USDC, 350 * USDC)
        );

        // A tenth of the only lender's shares leaves with a tenth of 550.
        let shares = u128::from(LENT) * 1_000_000;
        assert_eq!(ledger.deposit_shares.get(), shares);
        let had = world.balance(&stage.lender, usdc);
        world.withdraw(&stage.lender, usdc, shares / 10).unwrap();
        let first = world.balance(&stage.lender, usdc) - had;
        assert_eq!(first, LENT / 10 - 55 * USDC);

        // Nobody buys the rest: 495 dollars are left to the lenders.
        world.advance(AUCTION_DURATION + 1);
        world.close_auction(usdc).unwrap();
        world.advance(3 * u64::from(DAY));
        let event = world.socialise(usdc).unwrap().event::<DeficitSocialised>();
        assert_eq!(
            (event.socialised, event.reason),
            (495 * USDC, SocialiseReason::AuctionsFailed)
        );

        let ledger = world.bank(usdc).ledger;
        let carried = [
            ledger.lost,
            ledger.covered_by_fees,
            ledger.covered_by_insurance,
            ledger.covered_by_auction,
            ledger.recovered,
            ledger.borne_by_leavers,
            ledger.socialised,
        ];
        assert_eq!(
            carried.map(|part| part.get() / u128::from(USDC)),
            [1_000, 0, 100, 150, 200, 55, 495]
        );
        world.withdraw(&stage.lender, usdc, u128::MAX).unwrap();
        let paid = world.balance(&stage.lender, usdc) - had;
        assert_eq!(paid, LENT - 550 * USDC);

        // The bank is empty; the buyer has what he paid for, and nothing else
        // is left of the lot.
        let after = snap(world, usdc);
        assert_eq!((after.liquidity, after.insurance, after.escrow), (0, 0, 0));
        let market = world.market_state();
        assert_eq!(market.supply, 1_000_100 * TOKEN);
        let mint = world.market.mint;
        assert_eq!(tokens::supply(&mut *world.chain, &mint), 1_000_100 * TOKEN);
        assert_eq!(world.governance_balance(&stage.bidder), 100 * TOKEN);
        assert_eq!(
            world.obligation(&debtor).positions()[0].written_off,
            800 * USDC
        );
    });
}

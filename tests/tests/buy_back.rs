//! Rebuilding: surplus insurance buys governance tokens back and burns them.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{BuyBackClosed, BuyBackStarted, GovernanceSold},
        state::{BuyBackState, LedgerState},
    },
    backstop_tests::{
        ix,
        world::{on_both, World},
    },
    bad_debt::{
        assert_event, books, fail, insure, lose, mul_div,
        rebuild::{rebuilt, sale, start},
        snap, stage, stage_bank, Snap, AUCTION_DELAY, AUCTION_DURATION, PAR, TOKEN, USDC,
    },
    std::slice::from_ref,
};

#[test]
fn only_what_insurance_has_above_its_target_is_spent() {
    for (above, budget) in [(0, None), (1, Some(1)), (300 * USDC, Some(300 * USDC))] {
        on_both(|world: &mut World| {
            let stage = rebuilt(world, 500 * USDC + above);
            let start = start(world, &stage);
            let Some(budget) = budget else {
                world.refuse(&start, &[], BackstopError::NoSurplus);
                return;
            };
            let before = snap(world, stage.usdc);
            let receipt = world.send(&start, &[]).unwrap();
            let now = world.chain.now();
            let ends_at = now + i64::try_from(AUCTION_DURATION).unwrap();
            assert_event!(
                receipt,
                BuyBackStarted {
                    sequence: 1,
                    at: now,
                    market: world.market.market,
                    bank: world.keys(stage.usdc).bank,
                    budget: budget,
                    ends_at: ends_at,
                }
            );
            let running = BuyBackState {
                budget,
                opens_at: now,
                ends_at,
                low_rate: (PAR / 2).into(),
                high_rate: PAR.into(),
            };
            assert_eq!(world.bank(stage.usdc).buy_back, running);
            assert_eq!(snap(world, stage.usdc), before, "nothing is spent yet");
            world.refuse(&start, &[], BackstopError::AuctionLive);
        });
    }
}

#[test]
fn the_target_is_rounded_up() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        // Five per cent of 21 atoms is 1.05.
        fail(world, &stage, "borrower", 21);
        insure(world, &stage, 2);
        let start = start(world, &stage);
        world.refuse(&start, &[], BackstopError::NoSurplus);
        insure(world, &stage, 1);
        let event = world.send(&start, &[]).unwrap().event::<BuyBackStarted>();
        assert_eq!(event.budget, 1);
    });
}

#[test]
fn a_sale_burns_the_tokens_and_pays_out_of_insurance() {
    on_both(|world: &mut World| {
        let stage = rebuilt(world, 800 * USDC);
        world.send(&start(world, &stage), &[]).unwrap();
        world.advance(AUCTION_DURATION / 2);
        let before = snap(world, stage.usdc);
        let money = world.balance(&stage.bidder, stage.usdc);
        let sale = sale(world, &stage, 100 * TOKEN, 75 * USDC);
        let receipt = world.send(&sale, &[&stage.bidder.wallet]).unwrap();
        let now = world.chain.now();
        let ledger = LedgerState {
            insurance: 725 * USDC,
            accrued_at: now,
            ..before.ledger
        };
        let expected = Snap {
            ledger,
            insurance: 725 * USDC,
            supply: before.supply - 100 * TOKEN,
            ..before
        };
        assert_eq!(snap(world, stage.usdc), expected);
        assert_eq!(world.balance(&stage.bidder, stage.usdc), money + 75 * USDC);
        assert_eq!(world.governance_balance(&stage.bidder), 9_900 * TOKEN);
        assert_event!(
            receipt,
            GovernanceSold {
                sequence: 2,
                at: now,
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                seller: stage.bidder.key(),
                sold: 100 * TOKEN,
                paid: 75 * USDC,
                budget_left: 225 * USDC,
                after: books(&ledger),
            }
        );
    });
}

#[test]
fn the_price_rises_in_a_straight_line_is_rounded_for_insurance_and_ends_with_its_time() {
    on_both(|world: &mut World| {
        let stage = rebuilt(world, 800 * USDC);
        let early = sale(world, &stage, TOKEN, 0);
        let seller = stage.bidder.wallet.insecure_clone();
        world.refuse(&early, &[&seller], BackstopError::NoAuction);
        let keys = world.keys(stage.usdc);
        let close = ix::close_buy_back(&keys);
        world.refuse(from_ref(&close), &[], BackstopError::NoAuction);
        world.send(&start(world, &stage), &[]).unwrap();
        let (mut elapsed, mut budget) = (0, 300 * USDC);
        let amount = 1_234_567;
        for until in [0, 1, 7_777, AUCTION_DURATION / 2, AUCTION_DURATION] {
            world.advance(until - elapsed);
            elapsed = until;
            let risen = u128::from(mul_div(PAR / 2, elapsed, AUCTION_DURATION));
            let paid = mul_div(amount, PAR / 2 + risen, PAR);
            let fair = sale(world, &stage, amount, paid);
            let greedy = sale(world, &stage, amount, paid + 1);
            world.refuse(&greedy, &[&seller], BackstopError::ProceedsBelowMin);
            let event = world
                .send(&fair, &[&seller])
                .unwrap()
                .event::<GovernanceSold>();
            budget -= paid;
            assert_eq!(
                (event.sold, event.paid, event.budget_left),
                (amount, paid, budget),
                "after {elapsed} s"
            );
        }
        world.refuse(from_ref(&close), &[], BackstopError::AuctionNotEnded);
        world.advance(1);
        world.refuse(&early, &[&seller], BackstopError::AuctionEnded);
        let receipt = world.send(&[close], &[]).unwrap();
        assert_event!(
            receipt,
            BuyBackClosed {
                sequence: 7,
                at: world.chain.now(),
                market: world.market.market,
                bank: keys.bank,
                unspent: budget,
            }
        );
        assert_eq!(world.bank(stage.usdc).buy_back, BuyBackState::default());
        world.send(&start(world, &stage), &[]).unwrap();
        assert_eq!(world.bank(stage.usdc).buy_back.budget, budget);
    });
}

#[test]
fn no_more_is_sold_than_budget_and_surplus_pay_for() {
    on_both(|world: &mut World| {
        let stage = rebuilt(world, 800 * USDC);
        world.send(&start(world, &stage), &[]).unwrap();
        let seller = stage.bidder.wallet.insecure_clone();
        // 4 000 dollars more are lent: 100 of the 300 are surplus still.
        let debtor = fail(world, &stage, "second borrower", 4_000 * USDC);
        world.advance(AUCTION_DURATION - 60);
        let all = sale(world, &stage, u64::MAX, 0);
        let receipt = world.send(&all, &[&seller]).unwrap();
        let event = receipt.event::<GovernanceSold>();
        assert_eq!((event.sold, event.paid), (100 * TOKEN, 100 * USDC));
        assert_eq!(event.budget_left, 200 * USDC);
        world.refuse(&all, &[&seller], BackstopError::NoSurplus);
        // They are repaid: the budget is the limit again, and then used up.
        world
            .repay(&stage.lender, &debtor, stage.usdc, u64::MAX)
            .unwrap();
        let event = world
            .send(&all, &[&seller])
            .unwrap()
            .event::<GovernanceSold>();
        assert_eq!(
            (event.sold, event.paid, event.budget_left),
            (200 * TOKEN, 200 * USDC, 0)
        );
        assert_eq!(world.bank(stage.usdc).buy_back, BuyBackState::default());
        assert_eq!(world.bank(stage.usdc).ledger.insurance, 500 * USDC);
    });
}

#[test]
fn an_open_deficit_stops_it_and_takes_its_budget() {
    on_both(|world: &mut World| {
        let stage = rebuilt(world, 800 * USDC);
        let start = start(world, &stage);
        world.send(&start, &[]).unwrap();
        let seller = stage.bidder.wallet.insecure_clone();
        let sale = sale(world, &stage, TOKEN, 0);
        world.send(&sale, &[&seller]).unwrap();
        lose(world, &stage, "debtor", 1_000 * USDC);
        assert_eq!(world.bank(stage.usdc).ledger.insurance, 0);
        world.refuse(&sale, &[&seller], BackstopError::DeficitOpen);
        // It need not wait for its end.
        let close = ix::close_buy_back(&world.keys(stage.usdc));
        let event = world.send(&[close], &[]).unwrap().event::<BuyBackClosed>();
        assert_eq!(event.unspent, 300 * USDC - USDC / 2);
        world.refuse(&start, &[], BackstopError::DeficitOpen);
        world.advance(AUCTION_DELAY);
        world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
        world.refuse(&start, &[], BackstopError::NoSurplus);
        insure(world, &stage, 501 * USDC);
        world.send(&start, &[]).unwrap();
        world.send(&sale, &[&seller]).unwrap();
    });
}

#[test]
fn buying_back_does_not_refill_the_right_to_issue() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.insurance_target_bps = 0);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
        insure(world, &stage, 100 * USDC);
        world.send(&start(world, &stage), &[]).unwrap();
        let sale = sale(world, &stage, 200 * TOKEN, 100 * USDC);
        let before = world.market_state();
        world.send(&sale, &[&stage.bidder.wallet]).unwrap();
        let market = world.market_state();
        assert_eq!(
            (market.outstanding, market.issued),
            (1_200 * TOKEN, 1_200 * TOKEN)
        );
        assert_eq!(market.burned, 200 * TOKEN);
        assert_eq!(market.supply, before.supply - 200 * TOKEN);
        assert_eq!(market.issuance_bucket, before.issuance_bucket);
    });
}

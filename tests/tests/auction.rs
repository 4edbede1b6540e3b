//! Selling governance tokens: when, for how much, and what every atom of it does.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::GovernanceBought,
        state::{AuctionState, LedgerState, PauseKind},
    },
    backstop_tests::{
        ix,
        settings::HOUR,
        world::{on_both, World},
    },
    bad_debt::{
        assert_event, books, cost, falling, insure, lose, snap, stage, stage_with, tokens_for,
        Snap, Stage, AUCTION_DELAY, AUCTION_DURATION, PAR, TOKEN, USDC,
    },
    solana_instruction::Instruction,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// The bidder's offer for `amount` tokens at `max_pay` at the most.
fn bid(world: &World, stage: &Stage, amount: u64, max_pay: u64) -> Instruction {
    let (pay, get) = (
        world.wallet(&stage.bidder, stage.usdc),
        world.governance_wallet(&stage.bidder),
    );
    let keys = world.keys(stage.usdc);
    ix::buy_governance(&keys, stage.bidder.key(), pay, get, amount, max_pay)
}

#[test]
fn a_partial_fill_moves_payment_and_tokens_and_lowers_the_deficit() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(AUCTION_DELAY);
        let before = snap(world, stage.usdc);
        let money = world.balance(&stage.bidder, stage.usdc);
        let receipt = world.buy(&stage.bidder, stage.usdc, 100 * TOKEN).unwrap();

        let now = world.chain.now();
        let ledger = LedgerState {
            cash: before.ledger.cash + 150 * USDC,
            deficit: 450 * USDC,
            on_auction: 450 * USDC,
            covered_by_auction: u128::from(150 * USDC).into(),
            accrued_at: now,
            ..before.ledger
        };
        let expected = Snap {
            ledger,
            liquidity: before.liquidity + 150 * USDC,
            escrow: 1_100 * TOKEN,
            ..before
        };
        assert_eq!(snap(world, stage.usdc), expected);
        assert_eq!(world.balance(&stage.bidder, stage.usdc), money - 150 * USDC);
        assert_eq!(world.governance_balance(&stage.bidder), 100 * TOKEN);
        assert_event!(
            receipt,
            GovernanceBought {
                sequence: 2,
                at: now,
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                buyer: stage.bidder.key(),
                bought: 100 * TOKEN,
                paid: 150 * USDC,
                excess: 0,
                rate: (1 << 64) | (1 << 63),
                burned: 0,
                lot_left: 1_100 * TOKEN,
                after: books(&ledger),
            }
        );
    });
}

#[test]
fn the_price_falls_in_a_straight_line_and_is_rounded_for_the_bank() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 20_000 * USDC);
        let (start, floor) = (PAR / 2 * 3, PAR / 2);
        let mut elapsed = 0;
        world.advance(AUCTION_DELAY);
        // An odd amount, so that every price but the round ones leaves a rest.
        let amount = 1_234_567;
        for until in [
            0,
            1,
            2,
            3_333,
            AUCTION_DURATION / 2,
            20_011,
            AUCTION_DURATION,
        ] {
            world.advance(until - elapsed);
            elapsed = until;
            let rate = falling(start, floor, elapsed);
            let receipt = world.buy(&stage.bidder, stage.usdc, amount).unwrap();
            let event = receipt.event::<GovernanceBought>();
            let shown = event.rate;
            assert_eq!(shown, rate, "after {elapsed} s");
            assert_eq!((event.bought, event.paid), (amount, cost(amount, rate)));
        }
        assert_eq!(falling(start, floor, AUCTION_DURATION / 2), PAR);
        assert_eq!(falling(start, floor, AUCTION_DURATION), floor);
    });
}

#[test]
fn tokens_are_sold_from_the_first_second_to_the_last_and_in_no_other() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let bidder = stage.bidder.wallet.insecure_clone();
        let bid = bid(world, &stage, TOKEN, u64::MAX);
        world.refuse(from_ref(&bid), &[&bidder], BackstopError::NoAuction);
        lose(world, &stage, "debtor", 600 * USDC);
        world.refuse(from_ref(&bid), &[&bidder], BackstopError::AuctionNotOpen);
        world.advance(AUCTION_DELAY - 1);
        world.refuse(from_ref(&bid), &[&bidder], BackstopError::AuctionNotOpen);
        world.advance(1);
        world.send(from_ref(&bid), &[&bidder]).unwrap();
        world.advance(AUCTION_DURATION);
        world.send(from_ref(&bid), &[&bidder]).unwrap();
        world.advance(1);
        world.refuse(&[bid], &[&bidder], BackstopError::AuctionEnded);
    });
}

#[test]
fn a_bidder_pays_no_more_than_he_said_and_buys_no_nothing() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(AUCTION_DELAY);
        let bidder = stage.bidder.wallet.insecure_clone();
        // Seven atoms cost ten and a half.
        let nothing = bid(world, &stage, 0, u64::MAX);
        let too_little = bid(world, &stage, 7, 10);
        let enough = bid(world, &stage, 7, 11);
        world.refuse(&[nothing], &[&bidder], BackstopError::ZeroAmount);
        world.refuse(&[too_little], &[&bidder], BackstopError::PaymentAboveMax);
        let receipt = world.send(&[enough], &[&bidder]).unwrap();
        let event = receipt.event::<GovernanceBought>();
        assert_eq!((event.bought, event.paid, event.excess), (7, 11, 0));
    });
}

#[test]
fn several_bidders_share_a_lot_and_the_last_gets_only_what_is_needed() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        let other = world.actor("other bidder");
        world.fund(&other, stage.usdc, 1_000 * USDC);
        // Halfway the token costs a dollar.
        world.advance(AUCTION_DELAY + AUCTION_DURATION / 2);
        world.buy(&stage.bidder, stage.usdc, 250 * TOKEN).unwrap();
        let supply = snap(world, stage.usdc).supply;
        let receipt = world.buy(&other, stage.usdc, u64::MAX).unwrap();
        let event = receipt.event::<GovernanceBought>();
        assert_eq!((event.bought, event.paid), (350 * TOKEN, 350 * USDC));
        assert_eq!((event.excess, event.lot_left), (0, 0));
        assert_eq!(event.burned, 600 * TOKEN);
        assert_eq!(world.balance(&other, stage.usdc), 650 * USDC);
        assert_eq!(world.governance_balance(&other), 350 * TOKEN);

        let after = snap(world, stage.usdc);
        assert_eq!((after.ledger.deficit, after.ledger.on_auction), (0, 0));
        assert_eq!((after.escrow, after.supply), (0, supply - 600 * TOKEN));
        assert_eq!(after.outstanding, 600 * TOKEN);
        let bank = world.bank(stage.usdc);
        assert_eq!(bank.auction, AuctionState::default());
        assert_eq!(bank.failed_auctions, 0);
        let bidder = stage.bidder.wallet.insecure_clone();
        let late = bid(world, &stage, 1, u64::MAX);
        world.refuse(&[late], &[&bidder], BackstopError::NoAuction);
    });
}

#[test]
fn what_the_last_token_costs_beyond_the_deficit_becomes_insurance_fees() {
    // An atom of the token is dear: 30 to 90 atoms of the asset.
    on_both(|world: &mut World| {
        let stage = stage(world);
        world.set_governance_price(60 * 100_000_000);
        lose(world, &stage, "debtor", 1_000);
        let lot = snap(world, stage.usdc).escrow;
        assert_eq!(lot, 34, "1 000 at the floor of 30");
        world.advance(AUCTION_DELAY);
        let receipt = world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
        let event = receipt.event::<GovernanceBought>();
        let rate = 90 * PAR;
        let bought = tokens_for(1_000, rate);
        assert_eq!((bought, cost(bought, rate)), (12, 1_080));
        assert_eq!((event.bought, event.paid, event.excess), (12, 1_080, 80));
        assert_eq!(event.burned, 22);
        let after = snap(world, stage.usdc).ledger;
        assert_eq!(after.insurance_fees, 80);
        assert_eq!(after.covered_by_auction.get(), 1_000);
        assert_eq!((after.deficit, after.insurance), (0, 0));
    });
}

#[test]
fn at_the_floor_the_whole_lot_suffices_at_odd_prices_too() {
    // Discount in basis points, loss in atoms.
    for (discount, loss) in [(4_000, 777_777_777), (3_333, 1), (9_999, 12_345)] {
        on_both(|world: &mut World| {
            let stage = stage_with(world, |market| market.max_discount_bps = discount, |_| ());
            lose(world, &stage, "debtor", loss);
            let floor = PAR * u128::from(10_000 - discount) / 10_000;
            let lot = tokens_for(loss, floor);
            assert_eq!(snap(world, stage.usdc).escrow, lot);
            world.advance(AUCTION_DELAY + AUCTION_DURATION);
            let receipt = world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
            let event = receipt.event::<GovernanceBought>();
            assert_eq!((event.bought, event.paid), (lot, cost(lot, floor)));
            assert!(event.paid >= loss && event.excess == event.paid - loss);
            assert_eq!((event.burned, event.after.deficit), (0, 0));
        });
    }
}

#[test]
fn the_guardian_stops_a_sale_in_the_delay_and_the_pause_lapses_by_itself() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(AUCTION_DELAY - 1);
        let guardian = world.guardian.insecure_clone();
        let market = world.market.market;
        let pause = ix::pause(market, guardian.pubkey(), PauseKind::Issuance, HOUR);
        world.send(&[pause], &[&guardian]).unwrap();
        let bidder = stage.bidder.wallet.insecure_clone();
        let bid = bid(world, &stage, TOKEN, u64::MAX);
        world.refuse(from_ref(&bid), &[&bidder], BackstopError::IssuancePaused);
        world.advance(u64::from(HOUR) - 1);
        world.refuse(from_ref(&bid), &[&bidder], BackstopError::IssuancePaused);
        // What else covers the deficit goes on.
        insure(world, &stage, 100 * USDC);
        world.cover(stage.usdc).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.on_auction, 500 * USDC);
        world.advance(1);
        let event = world
            .send(&[bid], &[&bidder])
            .unwrap()
            .event::<GovernanceBought>();
        // An hour less a second of the sale is over.
        let rate = falling(PAR / 2 * 3, PAR / 2, 3_599);
        assert_eq!(event.paid, cost(TOKEN, rate));
    });
}

#[test]
fn bought_tokens_leave_the_escrow() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 600 * USDC);
        world.advance(AUCTION_DELAY);
        let keys = world.keys(stage.usdc);
        let pay = world.wallet(&stage.bidder, stage.usdc);
        let bidder = stage.bidder.wallet.insecure_clone();
        let to = |get| ix::buy_governance(&keys, bidder.pubkey(), pay, get, TOKEN, u64::MAX);
        let kept = to(keys.governance_escrow);
        world.refuse(&[kept], &[&bidder], BackstopError::SameAccount);
        // Nor does anybody else's bank lend its money or its vault for it.
        let own = to(world.governance_wallet(&stage.bidder));
        let mut foreign = own.clone();
        foreign.accounts[3].pubkey = keys.liquidity_vault;
        /// `TokenError::OwnerMismatch`
        const OWNER_MISMATCH: u32 = 4;
        world.refuse_code(&[foreign], &[&bidder], OWNER_MISMATCH);
        world.send(&[own], &[&bidder]).unwrap();
    });
}

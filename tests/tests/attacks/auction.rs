//! The auction and the buy-back, played by those who gain from them: the debtor as
//! bidder, a stranger who spoils another's auction, a guardian in league with a
//! bidder, a borrower who makes surplus.

use {
    crate::{
        bad_debt::{
            cost, insure, lose, snap, stage, stage_bank, stage_with, tokens_for, AUCTION_DELAY,
            AUCTION_DURATION, LENT, PAR, TOKEN, USDC,
        },
        hands::{borrow, deposit, refresh, withdraw_all},
    },
    backstop::{
        error::BackstopError as E,
        events::{GovernanceBought, GovernanceSold, WrittenOffRepaid},
        state::PauseKind,
    },
    backstop_tests::{
        ix,
        settings::HOUR,
        tokens,
        world::{on_both, Actor, World},
    },
    solana_signer::Signer,
};

/// The floor of every stage: half a dollar a token.
const FLOOR: u128 = PAR / 2;

/// G6: the debtor may bid for the tokens that his own loss has issued. He pays the
/// floor for each, and his record stays until he has paid that as well.
#[test]
fn a_debtor_who_buys_his_own_auction_pays_the_floor_and_keeps_his_record() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let (debtor, _) = lose(world, &stage, "debtor", 10_000 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        let had = world.balance(&debtor, stage.usdc);
        let event = world
            .buy(&debtor, stage.usdc, u64::MAX)
            .unwrap()
            .event::<GovernanceBought>();
        assert_eq!(event.paid, cost(event.bought, FLOOR));
        assert_eq!(event.paid, 10_000 * USDC);
        assert_eq!(had - world.balance(&debtor, stage.usdc), event.paid);
        let key = world.keys(stage.usdc).bank;
        let record = world
            .obligation(&debtor)
            .position(&key)
            .unwrap()
            .written_off;
        assert_eq!(record, 10_000 * USDC);
        world.set_price(stage.junk, 1_000_000 * backstop_tests::world::DOLLAR);
        world.fund(&debtor, stage.junk, 100);
        world.deposit(&debtor, stage.junk, 100).unwrap();
        let again = world.borrow(&debtor, stage.usdc, USDC).unwrap_err();
        assert_eq!(again.code(), Some(E::RecordOpen.into()), "{again}");
    });
}

/// Griefing an auction: whoever burns a lot by repaying the record pays all of the
/// deficit for it and gets nothing. What was bought before stays bought.
#[test]
fn spoiling_an_auction_costs_the_whole_deficit() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let (debtor, _) = lose(world, &stage, "debtor", 10_000 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        world.buy(&stage.bidder, stage.usdc, 4_000 * TOKEN).unwrap();
        let spoiler = world.actor("spoiler");
        world.fund(&spoiler, stage.usdc, LENT);
        let event = world
            .repay_written_off(&spoiler, &debtor, stage.usdc, 8_000 * USDC)
            .unwrap()
            .event::<WrittenOffRepaid>();
        assert_eq!((event.paid, event.to_deficit), (8_000 * USDC, 8_000 * USDC));
        assert_eq!(event.burned, 16_000 * TOKEN);
        let after = snap(world, stage.usdc);
        assert_eq!((after.ledger.deficit, after.escrow), (0, 0));
        assert_eq!(world.governance_balance(&stage.bidder), 4_000 * TOKEN);
        assert_eq!(world.balance(&spoiler, stage.usdc), LENT - 8_000 * USDC);
        assert_eq!(crate::hands::claim(world, &spoiler, stage.usdc), 0);
    });
}

/// S2 around a purchase: a deposit that is there only while somebody pays for the
/// deficit gains nothing of the proceeds.
#[test]
fn a_deposit_around_a_purchase_gains_nothing() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 10_000 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        let thief = world.actor("thief");
        world.fund(&thief, stage.usdc, LENT + 10_000 * USDC);
        let keys = world.keys(stage.usdc);
        let (pay, get) = (
            world.wallet(&thief, stage.usdc),
            world.governance_wallet(&thief),
        );
        let row = [
            deposit(world, &thief, stage.usdc, LENT),
            ix::buy_governance(&keys, thief.key(), pay, get, u64::MAX, u64::MAX),
            withdraw_all(world, &thief, stage.usdc),
        ];
        world.send(&row, &[&thief.wallet]).unwrap();
        assert_eq!(
            world.governance_balance(&thief),
            tokens_for(10_000 * USDC, FLOOR)
        );
        let left = world.balance(&thief, stage.usdc);
        assert!(LENT - left <= 1, "{left}");
    });
}

/// A guardian who pauses the sale until its last second, and lifts the pause in
/// the transaction in which his friend buys, keeps other bidders away. What the
/// friend gains is the discount that the settings allow, and not an atom more.
#[test]
fn a_guardian_who_clears_the_way_for_a_bidder_gives_him_the_floor_and_no_more() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        lose(world, &stage, "debtor", 10_000 * USDC);
        let (guardian, market) = (world.guardian.insecure_clone(), world.market.market);
        let secs = u32::try_from(AUCTION_DELAY + AUCTION_DURATION).unwrap() + 1;
        let pause = ix::pause(market, guardian.pubkey(), PauseKind::Issuance, secs);
        world.send(&[pause], &[&guardian]).unwrap();
        world.advance(AUCTION_DELAY + HOUR as u64);
        let early = world.buy(&stage.bidder, stage.usdc, TOKEN).unwrap_err();
        assert_eq!(early.code(), Some(E::IssuancePaused.into()));
        world.advance(AUCTION_DURATION - HOUR as u64);
        let friend = world.actor("friend");
        world.fund(&friend, stage.usdc, 10_000 * USDC);
        let keys = world.keys(stage.usdc);
        let (pay, get) = (
            world.wallet(&friend, stage.usdc),
            world.governance_wallet(&friend),
        );
        let row = [
            ix::lift_pause(market, guardian.pubkey(), PauseKind::Issuance),
            ix::buy_governance(&keys, friend.key(), pay, get, u64::MAX, u64::MAX),
        ];
        let receipt = world.send(&row, &[&guardian, &friend.wallet]).unwrap();
        let event = receipt.event::<GovernanceBought>();
        assert_eq!(event.paid, cost(event.bought, FLOOR));
        assert_eq!(event.paid, 10_000 * USDC);
        // The rest that must follow keeps him from doing it to the next auction.
        let again = ix::pause(market, guardian.pubkey(), PauseKind::Issuance, 1);
        world.refuse(&[again], &[&guardian], E::PauseNotAllowed);
    });
}

/// Gives somebody governance tokens.
fn endow(world: &mut World, actor: &Actor, amount: u64) {
    let treasury = world.treasury.insecure_clone();
    let governance = world.governance;
    let from = tokens::associated_token_account(&governance, &treasury.pubkey());
    let to = world.governance_wallet(actor);
    tokens::transfer(
        &mut *world.chain,
        &governance,
        &from,
        &to,
        &treasury,
        amount,
    );
}

/// The target of insurance is a share of what is borrowed now. A borrower who
/// repays for the length of one transaction makes surplus of the reserve and sells
/// tokens to it: at the first price of the buy-back, the discounted one. Insurance
/// is smaller, and he is poorer by the discount.
#[test]
fn a_borrower_who_makes_surplus_for_a_moment_sells_below_the_price() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.insurance_target_bps = 1_000);
        insure(world, &stage, 50_000 * USDC);
        let thief = world.actor("thief");
        world.fund(&thief, stage.junk, 1_000_000);
        world.deposit(&thief, stage.junk, 1_000_000).unwrap();
        let debt = 500_000 * USDC;
        world.borrow(&thief, stage.usdc, debt).unwrap();
        endow(world, &thief, 20_000 * TOKEN);
        let keys = world.keys(stage.usdc);
        let start = ix::start_buy_back(&keys);
        let both = [stage.junk, stage.usdc];
        let prices = refresh(world, &both);
        world.refuse(&[prices.clone(), start.clone()], &[], E::NoSurplus);

        let purse = world.wallet(&thief, stage.usdc);
        let gov = world.governance_wallet(&thief);
        let row = [
            prices,
            ix::repay(&keys, thief.key(), thief.obligation, purse, u64::MAX),
            start,
            ix::sell_governance(&keys, thief.key(), gov, purse, 20_000 * TOKEN, 0),
            borrow(world, &thief, stage.usdc, debt, &both),
        ];
        let receipt = world.send(&row, &[&thief.wallet]).unwrap();
        let event = receipt.event::<GovernanceSold>();
        assert_eq!(event.sold, 20_000 * TOKEN);
        assert_eq!(event.paid, 10_000 * USDC, "half a dollar a token");
        assert_eq!(world.balance(&thief, stage.usdc), debt + 10_000 * USDC);
        assert_eq!(world.bank(stage.usdc).ledger.insurance, 40_000 * USDC);
    });
}

/// A round through auction and buy-back: bought at the floor, sold at the lowest
/// reading. It brings the discount of the auction once, and asks for a loss.
#[test]
fn a_round_through_auction_and_buy_back_brings_the_discount_once() {
    on_both(|world: &mut World| {
        let stage = stage_with(world, |_| (), |config| config.insurance_target_bps = 0);
        let (debtor, _) = lose(world, &stage, "debtor", 10_000 * USDC);
        world.advance(AUCTION_DELAY + AUCTION_DURATION);
        let thief = world.actor("thief");
        world.fund(&thief, stage.usdc, 10_000 * USDC);
        world.buy(&thief, stage.usdc, u64::MAX).unwrap();
        assert_eq!(world.governance_balance(&thief), 20_000 * TOKEN);
        // The debtor pays his record; it fills insurance, which buys back.
        world
            .repay_written_off(&debtor, &debtor, stage.usdc, u64::MAX)
            .unwrap();
        let keys = world.keys(stage.usdc);
        let prices = refresh(world, &[stage.usdc]);
        world
            .send(&[prices, ix::start_buy_back(&keys)], &[])
            .unwrap();
        world.advance(AUCTION_DURATION);
        let purse = world.wallet(&thief, stage.usdc);
        let gov = world.governance_wallet(&thief);
        let sell = ix::sell_governance(&keys, thief.key(), gov, purse, u64::MAX, 0);
        let prices = refresh(world, &[stage.usdc]);
        let receipt = world
            .send(&[prices.clone(), sell.clone()], &[&thief.wallet])
            .unwrap();
        let event = receipt.event::<GovernanceSold>();
        // A dollar a token: what is left of the lot is worth what he gained.
        assert_eq!((event.sold, event.paid), (10_000 * TOKEN, 10_000 * USDC));
        assert_eq!(world.balance(&thief, stage.usdc), 10_000 * USDC);
        assert_eq!(world.governance_balance(&thief), 10_000 * TOKEN);
        world.refuse(&[prices.clone(), sell], &[&thief.wallet], E::NoAuction);
        let start = ix::start_buy_back(&keys);
        world.refuse(&[prices, start], &[], E::NoSurplus);
    });
}

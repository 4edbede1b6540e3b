//! An issuer freezes a vault and leaves it frozen, whatever happens meanwhile.
//! Issuers are out of the program's reach: nothing is stolen or credited, and
//! what waits for a frozen vault waits.

use {
    super::frozen_vaults::{freeze, thaw},
    crate::{
        bad_debt::{AUCTION_DELAY, AUCTION_DURATION},
        common::FROZEN,
        states::State,
    },
    backstop::{
        error::BackstopError,
        events::{AuctionClosed, DeficitSocialised, SocialiseReason},
    },
    backstop_tests::{
        ix::{self, BankKeys},
        settings::DAY,
        tokens::Program,
        world::on_both,
    },
    solana_instruction::Instruction,
};

#[test]
fn an_auction_over_a_frozen_liquidity_vault_ends_unsold_and_is_held_again() {
    on_both(|world| {
        let people = State::Announced.play(world, Program::Token);
        let (usdc, bidder) = (people.stage.usdc, &people.stage.bidder);
        let keys = world.keys(usdc);
        freeze(world, &people, &keys.liquidity_vault);
        world.advance(AUCTION_DELAY);
        let (purse, tokens) = (world.wallet(bidder, usdc), world.governance_wallet(bidder));
        let buy = [ix::buy_governance(
            &keys,
            bidder.key(),
            purse,
            tokens,
            1_000,
            u64::MAX,
        )];
        world.refuse_code(&buy, &[&bidder.wallet], FROZEN);
        world.advance(AUCTION_DURATION);
        let closed = world.close_auction(usdc).unwrap().event::<AuctionClosed>();
        assert_eq!(closed.failed_auctions, 1);

        thaw(world, &people, &keys.liquidity_vault);
        world.cover(usdc).unwrap();
        world.advance(AUCTION_DELAY);
        world.buy(bidder, usdc, u64::MAX).unwrap();
        assert_eq!(world.bank(usdc).ledger.deficit, 0);
    });
}

/// Nobody can pay into a vault that stays frozen, so that its auctions fail like
/// any that nobody wants, and lenders pay, no sooner than after the delay.
#[test]
fn lenders_pay_for_auctions_that_a_frozen_vault_kept_from_selling() {
    on_both(|world| {
        let people = State::Announced.play(world, Program::Token);
        let usdc = people.stage.usdc;
        let keys = world.keys(usdc);
        freeze(world, &people, &keys.liquidity_vault);
        let max = world.market_state().config.max_failed_auctions;
        for failed in 1..=max {
            world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
            let closed = world.close_auction(usdc).unwrap().event::<AuctionClosed>();
            assert_eq!(closed.failed_auctions, failed);
            if failed < max {
                world.cover(usdc).unwrap();
            }
        }
        let socialise = [ix::socialise_deficit(&keys)];
        world.refuse(&socialise, &[], BackstopError::SocialiseTooEarly);
        world.advance(3 * u64::from(DAY));
        let event = world.socialise(usdc).unwrap().event::<DeficitSocialised>();
        assert_eq!(
            (event.reason, event.after.deficit),
            (SocialiseReason::AuctionsFailed, 0)
        );
    });
}

#[test]
fn a_frozen_reserve_holds_up_write_offs_until_it_is_thawed_and_no_repayment() {
    on_both(|world| {
        let people = State::Calm.play(world, Program::Token);
        let (stage, bad) = (&people.stage, &people.bad);
        let keys = world.keys(stage.usdc);
        freeze(world, &people, &keys.insurance_vault);
        world.advance(365 * u64::from(DAY));
        let keeper = world.wallet(&stage.keeper, stage.usdc);
        for keeper in [Some(keeper), None] {
            let write_off = ix::write_off(&keys, bad.obligation, keeper, &[]);
            let instructions = [ix::refresh_banks(&[keys]), write_off];
            world.refuse_code(&instructions, &[], FROZEN);
        }
        let payer = &people.stranger;
        world.repay(payer, bad, stage.usdc, 500_000_000).unwrap();
        thaw(world, &people, &keys.insurance_vault);
        world.write_off(&stage.keeper, bad, stage.usdc).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
    });
}

/// One atom in the reserve is enough: it cannot be drawn, and while it is there
/// lenders do not pay.
#[test]
fn a_deficit_waits_for_a_frozen_reserve_however_long_and_ends_once_it_is_thawed() {
    on_both(|world| {
        let people = State::Waiting.play(world, Program::Token);
        let usdc = people.stage.usdc;
        let keys = world.keys(usdc);
        world.fund_insurance(&people.stranger, usdc, 1).unwrap();
        freeze(world, &people, &keys.insurance_vault);
        for _ in 0..2 {
            world.advance(365 * u64::from(DAY));
            world.refuse_code(&cover(&keys), &[], FROZEN);
            let socialise = [ix::socialise_deficit(&keys)];
            world.refuse(&socialise, &[], BackstopError::InsuranceNotEmpty);
        }
        // Lenders are not locked in: they leave at the net price.
        let lender = &people.stage.lender;
        world.withdraw(lender, usdc, 1_000_000_000).unwrap();

        thaw(world, &people, &keys.insurance_vault);
        world.send(&cover(&keys), &[]).unwrap();
        world.socialise(usdc).unwrap();
        assert_eq!(world.bank(usdc).ledger.deficit, 0);
    });
}

fn cover(keys: &BankKeys) -> [Instruction; 2] {
    [ix::refresh_banks(&[*keys]), ix::cover_deficit(keys)]
}

//! A bank whose lenders have lost everything: what still works in it, and how
//! its share price comes back.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{DebtWrittenOff, DeficitSocialised, WrittenOffRepaid},
        instruction,
    },
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, Actor, BankId, World},
    },
    bad_debt::{fail_in, plain_bank, stage_bank, Stage, USDC},
};

/// (atoms) What the lenders of the bank that fails own; four parts belong to
/// the first, one to the second.
const ALL: u64 = 500 * USDC;

struct Ruin {
    stage: Stage,
    bank: BankId,
    lenders: [Actor; 2],
    debtor: Actor,
}

/// A second bank of which all but `left` atoms were lent and one of those was
/// paid back; the rest is written off.
fn ruined(world: &mut World, left: u64) -> Ruin {
    let mut spec = plain_bank("RUIN");
    spec.config.write_off_mode = 1;
    let bank = world.add_bank(&spec);
    let stage = stage_bank(world, |_| ());
    let lenders = ["large", "small"].map(|name| world.actor(name));
    for (lender, parts) in lenders.iter().zip([4, 1]) {
        world.fund(lender, bank, ALL / 5 * parts);
        world.deposit(lender, bank, ALL / 5 * parts).unwrap();
    }
    let debtor = fail_in(world, &stage, "debtor", bank, ALL - left - 1);
    world.write_off(&stage.keeper, &debtor, bank).unwrap();
    // The bank's last cash: what was not lent, and the liquidator's one atom.
    let ledger = world.bank(bank).ledger;
    assert_eq!((ledger.cash, ledger.deficit), (left + 1, ALL - left - 1));
    Ruin {
        stage,
        bank,
        lenders,
        debtor,
    }
}

fn socialise(world: &mut World, ruin: &Ruin) -> DeficitSocialised {
    world.advance(3 * u64::from(DAY));
    world.socialise(ruin.bank).unwrap().event()
}

#[test]
fn a_bank_is_wound_down_below_a_thousandth_of_its_first_price() {
    // A thousandth of 500 dollars is half a dollar; one atom more is cash.
    for (left, wound_down) in [(USDC / 2 - 1, false), (USDC / 2 - 2, true), (0, true)] {
        on_both(|world: &mut World| {
            let ruin = ruined(world, left);
            let event = socialise(world, &ruin);
            assert_eq!(event.wound_down, wound_down, "{left}");
            assert_eq!(event.socialised, ALL - left - 1);
            assert_eq!(world.bank(ruin.bank).wound_down, u8::from(wound_down));
            assert_eq!(event.after.lender_assets, left + 1);
        });
    }
}

#[test]
fn a_wound_down_bank_takes_no_deposit_and_lends_nothing_but_pays_out_what_it_has() {
    on_both(|world: &mut World| {
        let ruin = ruined(world, 99);
        socialise(world, &ruin);
        let keys = world.keys(ruin.bank);
        let [large, small] = &ruin.lenders;
        world.fund(large, ruin.bank, USDC);
        let deposit = |atoms| {
            let args = instruction::Deposit {
                atoms,
                min_shares: 0,
                accept_deficit: true,
            };
            let account = world.wallet(large, ruin.bank);
            ix::deposit(&keys, large.key(), large.obligation, account, args)
        };
        let deposit = deposit(USDC);
        let deposit = [ix::refresh_banks(&[keys]), deposit];
        world.refuse(&deposit, &[&large.wallet], BackstopError::WoundDown);

        let borrower = world.actor("borrower");
        world.fund(&borrower, ruin.stage.usdc, 1_000 * USDC);
        world
            .deposit(&borrower, ruin.stage.usdc, 1_000 * USDC)
            .unwrap();
        let all = [world.keys(ruin.stage.usdc), keys];
        let borrow = ix::borrow(
            &keys,
            borrower.key(),
            borrower.obligation,
            world.wallet(&borrower, ruin.bank),
            10,
            &all.map(|keys| keys.bank),
        );
        let borrow = [ix::refresh_banks(&all), borrow];
        world.refuse(&borrow, &[&borrower.wallet], BackstopError::WoundDown);

        // A hundred atoms are left, in five parts.
        let had = world.balance(small, ruin.bank);
        world.withdraw(small, ruin.bank, u128::MAX).unwrap();
        assert_eq!(world.balance(small, ruin.bank) - had, 20);
    });
}

#[test]
fn what_is_recovered_in_a_wound_down_bank_raises_the_share_price_again() {
    on_both(|world: &mut World| {
        let ruin = ruined(world, 99);
        socialise(world, &ruin);
        let [large, small] = &ruin.lenders;
        world.fund(&ruin.stage.bidder, ruin.bank, ALL);
        let before = world.bank(ruin.bank).ledger;
        let receipt = world
            .repay_written_off(&ruin.stage.bidder, &ruin.debtor, ruin.bank, 400 * USDC)
            .unwrap();
        let event = receipt.event::<WrittenOffRepaid>();
        assert_eq!(
            [
                event.paid,
                event.to_deficit,
                event.to_lenders,
                event.to_insurance
            ],
            [400 * USDC, 0, 400 * USDC, 0]
        );
        let after = world.bank(ruin.bank).ledger;
        assert_eq!(after.lender_assets, before.lender_assets + 400 * USDC);
        assert_eq!(after.cash, before.cash + 400 * USDC);
        assert_eq!(after.insurance, 0);
        // A recovery after the fact is no part of the history of the loss.
        assert_eq!(after.recovered.get(), 0);

        // One part in five of 400 dollars and a hundred atoms, rounded down;
        // the bank stays closed.
        assert_eq!(world.bank(ruin.bank).wound_down, 1);
        let had = world.balance(small, ruin.bank);
        world.withdraw(small, ruin.bank, u128::MAX).unwrap();
        assert_eq!(world.balance(small, ruin.bank) - had, 80 * USDC + 20);
        let had = world.balance(large, ruin.bank);
        world.withdraw(large, ruin.bank, u128::MAX).unwrap();
        assert_eq!(world.balance(large, ruin.bank) - had, 320 * USDC + 80);

        // With the last lender gone the rest is insurance's.
        let receipt = world
            .repay_written_off(&ruin.stage.bidder, &ruin.debtor, ruin.bank, USDC)
            .unwrap();
        let event = receipt.event::<WrittenOffRepaid>();
        assert_eq!((event.to_lenders, event.to_insurance), (0, USDC));
    });
}

#[test]
fn debts_of_a_wound_down_bank_can_still_be_repaid_and_written_off() {
    on_both(|world: &mut World| {
        let ruin = ruined(world, 400_000);
        let borrower = world.actor("borrower");
        world.fund(&borrower, ruin.stage.usdc, 1_000 * USDC);
        world
            .deposit(&borrower, ruin.stage.usdc, 1_000 * USDC)
            .unwrap();
        world.borrow(&borrower, ruin.bank, 200_000).unwrap();
        let late = fail_in(world, &ruin.stage, "late", ruin.bank, 100_000);
        assert!(socialise(world, &ruin).wound_down);

        let before = world.bank(ruin.bank).ledger;
        assert_eq!((before.lender_assets, before.borrowed), (400_001, 300_000));
        world
            .repay(&borrower, &borrower, ruin.bank, u64::MAX)
            .unwrap();
        world
            .withdraw(&borrower, ruin.stage.usdc, u128::MAX)
            .unwrap();
        let receipt = world
            .write_off(&ruin.stage.keeper, &late, ruin.bank)
            .unwrap();
        let event = receipt.event::<DebtWrittenOff>();
        assert_eq!((event.loss, event.left_open), (100_000, 100_000));
        let event = socialise(world, &ruin);
        assert_eq!((event.socialised, event.wound_down), (100_000, true));
        let after = world.bank(ruin.bank).ledger;
        assert_eq!((after.lender_assets, after.cash), (300_001, 300_001));

        let [large, small] = &ruin.lenders;
        let had = world.balance(small, ruin.bank);
        world.withdraw(small, ruin.bank, u128::MAX).unwrap();
        assert_eq!(world.balance(small, ruin.bank) - had, 60_000);
        let had = world.balance(large, ruin.bank);
        world.withdraw(large, ruin.bank, u128::MAX).unwrap();
        // The odd atom is the last lender's.
        assert_eq!(world.balance(large, ruin.bank) - had, 240_001);
    });
}

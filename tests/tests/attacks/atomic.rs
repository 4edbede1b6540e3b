//! Borrowing and being written off in one stroke, and everything else that wants
//! several instructions in one transaction or one slot.

use {
    crate::{
        bad_debt::{fail, insure, plain_bank, snap, stage, stage_bank, LENT, USDC},
        hands::{borrow, deposit, liquidate, refresh, wealth, withdraw_all, write_off},
    },
    backstop::{error::BackstopError as E, events::DebtWrittenOff},
    backstop_tests::{
        ix,
        world::{on_both, World, DOLLAR},
    },
};

/// S1: in whatever order, the debt is too young. What is left out of the
/// transaction goes through, so that nothing else was wrong with it.
#[test]
fn nobody_borrows_and_is_written_off_in_one_transaction() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        insure(world, &stage, 10_000 * USDC);
        let thief = world.actor("thief");
        world.fund(&thief, stage.junk, 10);
        let both = [stage.junk, stage.usdc];
        let prices = refresh(world, &both);
        let secure = deposit(world, &thief, stage.junk, 10);
        let loan = borrow(world, &thief, stage.usdc, 5 * USDC, &both);
        let erase = write_off(world, &thief, &thief, stage.usdc);
        for row in [
            vec![&prices, &secure, &loan, &erase],
            vec![&prices, &secure, &loan, &erase, &loan],
        ] {
            let row: Vec<_> = row.into_iter().cloned().collect();
            world.refuse(&row, &[&thief.wallet], E::RiskTooRecent);
        }
        let too_soon = [prices.clone(), secure.clone(), erase, loan.clone()];
        world.refuse(&too_soon, &[&thief.wallet], E::CollateralLeft);
        world
            .send(&[prices, secure, loan], &[&thief.wallet])
            .unwrap();
    });
}

/// S1: nor in one slot. The price crashes between two of the thief's transactions
/// and his friend takes the collateral for an atom: the debt still has to wait.
#[test]
fn nobody_borrows_and_is_written_off_in_one_slot() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        insure(world, &stage, 10_000 * USDC);
        let thief = world.actor("thief");
        world.fund(&thief, stage.junk, 10_000);
        world.deposit(&thief, stage.junk, 10_000).unwrap();
        let slot = world.chain.slot();
        world.borrow(&thief, stage.usdc, 5_000 * USDC).unwrap();
        world.set_price(stage.junk, 1);
        let both = [stage.junk, stage.usdc];
        let row = [
            refresh(world, &both),
            liquidate(
                world,
                &stage.liquidator,
                &thief,
                (stage.usdc, stage.junk),
                1,
                &both,
            ),
            write_off(world, &stage.keeper, &thief, stage.usdc),
        ];
        let liquidator = &stage.liquidator.wallet;
        world.refuse(&row, &[liquidator], E::RiskTooRecent);
        world.send(&row[..2], &[liquidator]).unwrap();
        world.refuse(&row[2..], &[], E::RiskTooRecent);
        assert_eq!(world.chain.slot(), slot, "all of it in one slot");
        world.advance(59);
        world.refuse(&row[2..], &[], E::RiskTooRecent);
        world.advance(1);
        world.write_off(&stage.keeper, &thief, stage.usdc).unwrap();
    });
}

/// Whoever owes cannot make the debt younger: with nothing behind it he may
/// neither borrow nor withdraw, and putting dust in is no risk.
#[test]
fn a_debtor_cannot_put_his_write_off_off_by_looking_active() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 1_000 * USDC);
        let since = world.obligation(&debtor).risk_raised_at;
        world.fund(&debtor, stage.junk, 2);
        world.deposit(&debtor, stage.junk, 2).unwrap();
        let more = world.borrow(&debtor, stage.usdc, USDC).unwrap_err();
        assert_eq!(more.code(), Some(E::Unhealthy.into()), "{more}");
        let out = world.withdraw(&debtor, stage.junk, 1).unwrap_err();
        assert_eq!(out.code(), Some(E::Unhealthy.into()), "{out}");
        assert_eq!(world.obligation(&debtor).risk_raised_at, since);
        world
            .liquidate(&stage.liquidator, &debtor, stage.usdc, stage.junk, u64::MAX)
            .unwrap();
        world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
    });
}

/// S6: two keepers send the same write-off in one slot, or one keeper sends it
/// twice in one transaction: one loss, one bounty, one record.
#[test]
fn two_keepers_at_once_write_off_once() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| {
            config.bounty_bps = 50;
            config.bounty_cap = 100 * USDC;
        });
        insure(world, &stage, 10_000 * USDC);
        let debtor = fail(world, &stage, "debtor", 1_000 * USDC);
        let first = write_off(world, &stage.keeper, &debtor, stage.usdc);
        let second = write_off(world, &stage.bidder, &debtor, stage.usdc);
        world.refuse(&[first.clone(), second.clone()], &[], E::NoDebt);
        let receipt = world.send(std::slice::from_ref(&first), &[]).unwrap();
        assert_eq!(receipt.event::<DebtWrittenOff>().bounty, 5 * USDC);
        world.refuse(&[second], &[], E::NoDebt);
        world.refuse(&[first], &[], E::NoDebt);
        let after = snap(world, stage.usdc).ledger;
        assert_eq!(after.lost.get(), u128::from(1_000 * USDC));
        assert_eq!(after.insurance, 8_995 * USDC);
        assert_eq!(world.balance(&stage.keeper, stage.usdc), 5 * USDC);
        assert_eq!(world.balance(&stage.bidder, stage.usdc), LENT);
    });
}

/// S2: a lender who is out for the moment of the loss and back in the same
/// transaction has what he had, and carries the deficit like everybody else.
#[test]
fn stepping_out_for_a_write_off_and_back_in_gains_nothing() {
    // Insurance, what is left open.
    for (insurance, open) in [(5_000 * USDC, 0), (1_000 * USDC, 3_000 * USDC)] {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| config.write_off_mode = 1);
            insure(world, &stage, insurance);
            let debtor = fail(world, &stage, "debtor", 4_000 * USDC);
            let thief = world.actor("thief");
            world.fund(&thief, stage.usdc, LENT);
            world.deposit(&thief, stage.usdc, LENT).unwrap();
            let row = [
                withdraw_all(world, &thief, stage.usdc),
                write_off(world, &thief, &debtor, stage.usdc),
                deposit(world, &thief, stage.usdc, LENT),
            ];
            world.send(&row, &[&thief.wallet]).unwrap();
            assert_eq!(world.bank(stage.usdc).ledger.deficit, open);
            // Half of the lenders' money is his, and so is half of what is open.
            let after = wealth(world, &thief, stage.usdc);
            assert!(LENT - after - open / 2 <= 1, "{after}");
        });
    }
}

/// S2: somebody who is a lender only while a loss is written off, covered or
/// bought up pays for his presence; he never gains.
#[test]
fn stepping_in_for_a_write_off_and_out_gains_nothing() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        insure(world, &stage, 1_000 * USDC);
        let debtor = fail(world, &stage, "debtor", 4_000 * USDC);
        let thief = world.actor("thief");
        world.fund(&thief, stage.usdc, LENT);
        let row = [
            deposit(world, &thief, stage.usdc, LENT),
            write_off(world, &thief, &debtor, stage.usdc),
            withdraw_all(world, &thief, stage.usdc),
        ];
        world.send(&row, &[&thief.wallet]).unwrap();
        // He bore his half of the 3,000 dollars that stayed open.
        let lost = LENT - world.balance(&thief, stage.usdc);
        assert!(lost - 1_500 * USDC <= 1, "{lost}");

        // Insurance comes in and covers the rest, with him there or not.
        insure(world, &stage, 1_500 * USDC);
        let before = world.balance(&thief, stage.usdc);
        let keys = world.keys(stage.usdc);
        let row = [
            deposit(world, &thief, stage.usdc, before),
            ix::cover_deficit(&keys),
            withdraw_all(world, &thief, stage.usdc),
        ];
        world.send(&row, &[&thief.wallet]).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
        let after = world.balance(&thief, stage.usdc);
        assert!(before - after <= 1, "{before} {after}");
    });
}

/// A flash loan of the bank itself: a deposit that is borrowed against and taken
/// out again in one transaction leaves the lender's claim and the debt as they are.
#[test]
fn a_deposit_that_comes_and_goes_in_one_transaction_buys_no_credit() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let mut spec = plain_bank("EURO");
        spec.price = DOLLAR;
        let euro = world.add_bank(&spec);
        world.advance(2 * u64::from(backstop_tests::settings::DAY));
        let thief = world.actor("thief");
        world.fund(&thief, euro, 1_000 * USDC);
        let both = [euro, stage.usdc];
        let mut row = vec![
            refresh(world, &both),
            deposit(world, &thief, euro, 1_000 * USDC),
            borrow(world, &thief, stage.usdc, 600 * USDC, &both),
        ];
        let keys = world.keys(euro);
        let args = backstop::instruction::Withdraw {
            shares: u128::MAX,
            min_atoms: 0,
        };
        let purse = world.wallet(&thief, euro);
        let debt = [world.keys(stage.usdc).bank];
        row.push(ix::withdraw(
            &keys,
            thief.key(),
            thief.obligation,
            purse,
            args,
            &debt,
        ));
        world.refuse(&row, &[&thief.wallet], E::Unhealthy);
        world.send(&row[..3], &[&thief.wallet]).unwrap();
    });
}

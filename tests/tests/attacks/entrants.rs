//! Lenders who come for a recovery that is not theirs, and lenders who go just
//! before or just after a loss.

use {
    crate::{
        bad_debt::{lose, stage_bank, LENT, USDC},
        hands::{deposit, wealth, withdraw_all, write_off},
    },
    backstop::events::DeficitSocialised,
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, World},
    },
};

/// S4: the record is repaid while the deficit is open. Who came in between paid
/// gross and gets gross; the lenders who carried the deficit are whole.
#[test]
fn who_comes_before_a_recovery_gets_none_of_it() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let (debtor, _) = lose(world, &stage, "debtor", 200_000 * USDC);
        let thief = world.actor("thief");
        world.fund(&thief, stage.usdc, LENT);
        world.fund(&debtor, stage.usdc, 200_000 * USDC);
        let all = world.balance(&debtor, stage.usdc);
        let keys = world.keys(stage.usdc);
        let purse = world.wallet(&debtor, stage.usdc);
        let row = [
            deposit(world, &thief, stage.usdc, LENT),
            ix::repay_written_off(&keys, debtor.key(), debtor.obligation, purse, all),
            withdraw_all(world, &thief, stage.usdc),
        ];
        world.send(&row, &[&thief.wallet, &debtor.wallet]).unwrap();
        let after = world.balance(&thief, stage.usdc);
        assert!(LENT - after <= 1, "{after}");
        let lender = crate::hands::claim(world, &stage.lender, stage.usdc);
        assert!(LENT.abs_diff(lender) <= 2, "{lender}");
    });
}

/// S4: after lenders have shared the loss, what the debtor repays fills insurance.
/// Nobody's share rises by it, least of all a newcomer's.
#[test]
fn who_comes_after_socialising_gets_no_recovery() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let (debtor, _) = lose(world, &stage, "debtor", 200_000 * USDC);
        world.advance(3 * u64::from(DAY));
        world.socialise(stage.usdc).unwrap();
        let thief = world.actor("thief");
        world.fund(&thief, stage.usdc, LENT);
        world.deposit(&thief, stage.usdc, LENT).unwrap();
        let lender = crate::hands::claim(world, &stage.lender, stage.usdc);
        world.fund(&debtor, stage.usdc, 200_000 * USDC);
        world
            .repay_written_off(&debtor, &debtor, stage.usdc, u64::MAX)
            .unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.insurance, 200_000 * USDC);
        assert_eq!(
            crate::hands::claim(world, &stage.lender, stage.usdc),
            lender
        );
        world.withdraw(&thief, stage.usdc, u128::MAX).unwrap();
        let after = world.balance(&thief, stage.usdc);
        assert!(LENT - after <= 1, "{after}");
    });
}

/// S2: a deposit around `socialise_deficit` buys a part of the loss.
#[test]
fn a_deposit_around_socialising_shares_the_loss() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        lose(world, &stage, "debtor", 200_000 * USDC);
        world.advance(3 * u64::from(DAY));
        let thief = world.actor("thief");
        world.fund(&thief, stage.usdc, LENT);
        let keys = world.keys(stage.usdc);
        let row = [
            deposit(world, &thief, stage.usdc, LENT),
            ix::socialise_deficit(&keys),
            withdraw_all(world, &thief, stage.usdc),
        ];
        let receipt = world.send(&row, &[&thief.wallet]).unwrap();
        let event = receipt.event::<DeficitSocialised>();
        assert_eq!(event.socialised, 200_000 * USDC);
        let lost = LENT - world.balance(&thief, stage.usdc);
        assert!(lost - 100_000 * USDC <= 1, "{lost}");
    });
}

/// S3, and its limit: before the write-off a lender leaves at the full price, and
/// those who stay carry all of the loss; after it he carries his part. That is why
/// anybody may call it at once.
#[test]
fn leaving_pays_only_before_the_write_off() {
    let loss = 300_000 * USDC;
    // Whether he goes before the write-off; what he and the one who stays have lost.
    for (early, fled, stayed) in [(true, 0, loss), (false, loss / 2, loss / 2)] {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| config.write_off_mode = 1);
            let runner = world.actor("runner");
            world.fund(&runner, stage.usdc, LENT);
            world.deposit(&runner, stage.usdc, LENT).unwrap();
            let debtor = crate::bad_debt::fail(world, &stage, "debtor", loss);
            let erase = write_off(world, &stage.keeper, &debtor, stage.usdc);
            let leave = withdraw_all(world, &runner, stage.usdc);
            let row = if early {
                [leave, erase]
            } else {
                [erase, leave]
            };
            world.send(&row, &[&runner.wallet]).unwrap();
            let runner = wealth(world, &runner, stage.usdc);
            let lender = crate::hands::claim(world, &stage.lender, stage.usdc);
            assert!((LENT - runner).abs_diff(fled) <= 1, "{runner}");
            assert!((LENT - lender).abs_diff(stayed) <= 1, "{lender}");
        });
    }
}

/// Arriving and leaving again and again while a deficit is open costs each time
/// and makes nobody else poorer.
#[test]
fn rounds_of_deposit_and_withdrawal_during_a_deficit_only_cost() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        lose(world, &stage, "debtor", 200_000 * USDC);
        let thief = world.actor("thief");
        world.fund(&thief, stage.usdc, LENT);
        let mut had = LENT;
        for _ in 0..4 {
            let lender = crate::hands::claim(world, &stage.lender, stage.usdc);
            let row = [
                deposit(world, &thief, stage.usdc, had),
                withdraw_all(world, &thief, stage.usdc),
            ];
            world.send(&row, &[&thief.wallet]).unwrap();
            let has = world.balance(&thief, stage.usdc);
            assert!(has < had, "{has} after {had}");
            assert!(crate::hands::claim(world, &stage.lender, stage.usdc) >= lender);
            had = has;
        }
    });
}

//! What a keeper is paid for a write-off, and what he is not.

mod bad_debt;

use {
    backstop::{error::BackstopError, events::DebtWrittenOff, state::BankConfig},
    backstop_tests::{
        ix,
        world::{on_both, World},
    },
    bad_debt::{fail, insure, leaked, snap, stage_bank, Stage, USDC, WINDOW},
};

/// Half a per cent, at most 100 dollars a day, nothing below 10 cents.
fn paying(world: &mut World, change: impl FnOnce(&mut BankConfig)) -> Stage {
    stage_bank(world, |config| {
        config.bounty_bps = 50;
        config.bounty_cap = 100 * USDC;
        config.bounty_min_loss = USDC / 10;
        change(config);
    })
}

#[test]
fn a_bounty_is_a_share_of_the_loss_out_of_what_insurance_has_left() {
    // Loss, insurance, bounty.
    let cases = [
        // Rounded down: half a per cent of 1 999 999 atoms is 9 999.995.
        (1_999_999, 10 * USDC, 9_999),
        // The least loss that pays, and an atom less.
        (USDC / 10, 10 * USDC, 500),
        (USDC / 10 - 1, 10 * USDC, 0),
        // The cap, reached and exceeded.
        (20_000 * USDC, 30_000 * USDC, 100 * USDC),
        (20_000 * USDC + 200, 30_000 * USDC, 100 * USDC),
        (20_000 * USDC - 200, 30_000 * USDC, 100 * USDC - 1),
        // A vault that has just enough for both, and an atom less.
        (1_000 * USDC, 1_005 * USDC, 5 * USDC),
        (1_000 * USDC, 1_005 * USDC - 1, 0),
        // An empty vault: the auction's discount is the incentive.
        (1_000 * USDC, 0, 0),
    ];
    for (loss, insurance, bounty) in cases {
        on_both(|world: &mut World| {
            let stage = paying(world, |_| ());
            let debtor = fail(world, &stage, "debtor", loss);
            if insurance > 0 {
                insure(world, &stage, insurance);
            }
            let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(event.bounty, bounty, "for {loss}, {insurance} insured");
            assert_eq!(event.insurance_drawn, loss.min(insurance));
            assert_eq!(world.balance(&stage.keeper, stage.usdc), bounty);
            let after = snap(world, stage.usdc);
            let left = insurance - loss.min(insurance) - bounty;
            assert_eq!((after.ledger.insurance, after.insurance), (left, left));
            assert_eq!(world.bank(stage.usdc).bounty_bucket.level, bounty);
        });
    }
}

#[test]
fn a_loss_that_is_split_pays_no_more_than_the_cap_and_what_has_leaked() {
    on_both(|world: &mut World| {
        let stage = paying(world, |_| ());
        insure(world, &stage, 100_000 * USDC);
        // Before anything is paid, five debtors fail in a row.
        let debtors: Vec<_> = (0..5)
            .map(|i| fail(world, &stage, &format!("debtor {i}"), 8_000 * USDC))
            .collect();
        let mut level = 0;
        let mut paid = 0;
        for (i, debtor) in debtors.iter().enumerate() {
            // The first three in the same second, the others an hour apart.
            let waited = if i < 3 { 0 } else { 3_600 };
            world.advance(waited);
            level -= leaked(100 * USDC, waited, WINDOW).min(level);
            let bounty = (40 * USDC).min(100 * USDC - level);
            level += bounty;
            paid += bounty;
            let receipt = world.write_off(&stage.keeper, debtor, stage.usdc).unwrap();
            assert_eq!(receipt.event::<DebtWrittenOff>().bounty, bounty, "{i}");
            assert_eq!(world.bank(stage.usdc).bounty_bucket.level, level, "{i}");
        }
        // 40, 40, 20, and twice what an hour leaks.
        assert_eq!(paid, 100 * USDC + 2 * 4_166_666);
        assert_eq!(world.balance(&stage.keeper, stage.usdc), paid);
    });
}

#[test]
fn a_bounty_counts_as_insurance_drawn_and_is_paid_whole_or_not_at_all() {
    // Draw limit for a loss of 1 000 dollars with a bounty of 5; bounty.
    for (draw_limit, bounty) in [(1_005 * USDC, 5 * USDC), (1_005 * USDC - 1, 0)] {
        on_both(|world: &mut World| {
            let stage = paying(world, |config| config.draw_limit = draw_limit);
            insure(world, &stage, 5_000 * USDC);
            let debtor = fail(world, &stage, "debtor", 1_000 * USDC);
            let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(
                (event.insurance_drawn, event.bounty),
                (1_000 * USDC, bounty)
            );
            let bank = world.bank(stage.usdc);
            assert_eq!(bank.draw_bucket.level, 1_000 * USDC + bounty);
            assert_eq!(bank.ledger.insurance, 4_000 * USDC - bounty);
        });
    }
}

#[test]
fn without_a_keeper_account_there_is_no_bounty_and_the_limit_stays_free() {
    on_both(|world: &mut World| {
        let stage = paying(world, |_| ());
        insure(world, &stage, 5_000 * USDC);
        let debtor = fail(world, &stage, "debtor", 1_000 * USDC);
        let keys = world.keys(stage.usdc);
        let write_off = ix::write_off(&keys, debtor.obligation, None, &[]);
        let receipt = world
            .send(&[ix::refresh_banks(&[keys]), write_off], &[])
            .unwrap();
        assert_eq!(receipt.event::<DebtWrittenOff>().bounty, 0);
        let bank = world.bank(stage.usdc);
        assert_eq!(bank.ledger.insurance, 4_000 * USDC);
        assert_eq!(bank.bounty_bucket.level, 0);
    });
}

#[test]
fn a_bounty_goes_to_no_vault_of_the_bank_and_to_no_other_mint() {
    /// `TokenError::MintMismatch`
    const MINT_MISMATCH: u32 = 3;
    on_both(|world: &mut World| {
        let stage = paying(world, |_| ());
        insure(world, &stage, 5_000 * USDC);
        let debtor = fail(world, &stage, "debtor", 1_000 * USDC);
        let keys = world.keys(stage.usdc);
        let junk = world.wallet(&stage.keeper, stage.junk);
        let write_off = |keeper| {
            let write_off = ix::write_off(&keys, debtor.obligation, Some(keeper), &[]);
            [ix::refresh_banks(&[keys]), write_off]
        };
        for vault in [keys.liquidity_vault, keys.insurance_vault] {
            world.refuse(&write_off(vault), &[], BackstopError::SameAccount);
        }
        world.refuse_code(&write_off(junk), &[], MINT_MISMATCH);
        world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
        assert_eq!(world.balance(&stage.keeper, stage.usdc), 5 * USDC);
    });
}

//! Write-offs that are not due, and what a pause does not reach.

mod bad_debt;

use {
    backstop::{error::BackstopError as Error, events::DebtWrittenOff, state::PauseKind},
    backstop_tests::{
        chain::relay,
        ix,
        settings::{DAY, HOUR},
        world::{on_both, on_both_of, World, DOLLAR},
    },
    bad_debt::{fail, fail_in, insure, lose, plain_bank, stage, stage_bank, stage_with, USDC},
    solana_signer::Signer,
    std::slice::from_ref,
};

#[test]
fn a_debt_is_not_written_off_while_any_collateral_is_left_unless_it_is_delisted() {
    on_both(|world: &mut World| {
        let dead = world.add_bank(&plain_bank("DEAD"));
        let stage = stage_with(world, |market| market.config_delay_secs = 1, |_| ());
        let keys = world.keys(stage.usdc);
        let dead_keys = world.keys(dead);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        world.fund(&debtor, dead, 1);
        world.deposit(&debtor, dead, 1).unwrap();
        let hidden = ix::write_off(&keys, debtor.obligation, None, &[]);
        let shown = ix::write_off(&keys, debtor.obligation, None, &[dead_keys.bank]);
        world.refuse(from_ref(&hidden), &[], Error::CollateralLeft);
        world.refuse(from_ref(&shown), &[], Error::CollateralLeft);

        let admin = world.admin.insecure_clone();
        let mut config = world.bank(dead).config;
        config.delisted = 1;
        let delist = ix::update_bank(&dead_keys, admin.pubkey(), config);
        world.send(&[delist], &[&admin]).unwrap();
        world.refuse(from_ref(&shown), &[], Error::CollateralLeft);
        world.advance(1);
        world
            .send(&[ix::apply_bank_update(&dead_keys)], &[])
            .unwrap();
        let junk = world.keys(stage.junk).bank;
        let other = ix::write_off(&keys, debtor.obligation, None, &[junk]);
        let extra = ix::write_off(&keys, debtor.obligation, None, &[dead_keys.bank, junk]);
        world.refuse(&[hidden], &[], Error::CollateralLeft);
        world.refuse(&[other], &[], Error::CollateralLeft);
        // A bank of no deposit is of no account.
        let receipt = world.send(&[extra], &[]).unwrap();
        assert_eq!(receipt.event::<DebtWrittenOff>().loss, 600 * USDC);

        // What the write-off ignored is not carried away afterwards, not even
        // when the asset is listed again; once the record is repaid it is free.
        let withdraw = ix::withdraw(
            &dead_keys,
            debtor.key(),
            debtor.obligation,
            world.wallet(&debtor, dead),
            backstop::instruction::Withdraw {
                shares: u128::MAX,
                min_atoms: 0,
            },
            &[],
        );
        let signers = [&debtor.wallet];
        world.refuse(from_ref(&withdraw), &signers, Error::RecordOpen);
        config.delisted = 0;
        let relist = ix::update_bank(&dead_keys, admin.pubkey(), config);
        world.send(&[relist], &[&admin]).unwrap();
        world.advance(1);
        world
            .send(&[ix::apply_bank_update(&dead_keys)], &[])
            .unwrap();
        world.refuse(from_ref(&withdraw), &signers, Error::RecordOpen);
        world
            .repay_written_off(&stage.bidder, &debtor, stage.usdc, u64::MAX)
            .unwrap();
        world.send(&[withdraw], &signers).unwrap();
        assert_eq!(world.balance(&debtor, dead), 1);
    });
}

#[test]
fn dust_of_collateral_is_no_shield_since_it_goes_in_the_same_transaction() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        world.fund(&debtor, stage.junk, 1_000_000);
        world.deposit(&debtor, stage.junk, 1).unwrap();
        let keys = world.keys(stage.usdc);
        let junk = world.keys(stage.junk);
        let write_off = ix::write_off(&keys, debtor.obligation, None, &[]);
        world.refuse(from_ref(&write_off), &[], Error::CollateralLeft);
        let parties = ix::LiquidationParties {
            liquidator: stage.liquidator.key(),
            liquidator_obligation: stage.liquidator.obligation,
            liquidator_token_account: world.wallet(&stage.liquidator, stage.usdc),
            obligation: debtor.obligation,
        };
        let args = backstop::instruction::Liquidate {
            max_repay: u64::MAX,
            min_shares: 0,
        };
        let banks = [keys.bank, junk.bank];
        let steps = [
            ix::refresh_banks(&[keys, junk]),
            ix::liquidate(&keys, &junk, parties, args, &banks),
            write_off,
        ];
        let receipt = world.send(&steps, &[&stage.liquidator.wallet]).unwrap();
        assert_eq!(receipt.event::<DebtWrittenOff>().loss, 600 * USDC - 1);
    });
}

#[test]
fn nothing_is_written_off_without_a_debt_or_while_mode_or_guardian_forbid_it() {
    on_both(|world: &mut World| {
        let mut closed = plain_bank("CLOSED");
        closed.config.write_off_mode = 0;
        let closed = world.add_bank(&closed);
        let stage = stage(world);
        let keys = world.keys(stage.usdc);
        world.fund(&stage.lender, closed, 1_000 * USDC);
        world.deposit(&stage.lender, closed, 1_000 * USDC).unwrap();
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let write_off = ix::write_off(&keys, debtor.obligation, None, &[]);
        let nobody = ix::write_off(&keys, stage.keeper.obligation, None, &[]);
        world.refuse(&[nobody], &[], Error::NoPosition);

        let unlucky = fail_in(world, &stage, "unlucky", closed, USDC);
        let disabled = ix::write_off(&world.keys(closed), unlucky.obligation, None, &[]);
        world.refuse(&[disabled], &[], Error::WriteOffDisabled);

        let guardian = world.guardian.insecure_clone();
        let market = world.market.market;
        let pause = ix::pause(market, guardian.pubkey(), PauseKind::WriteOff, HOUR);
        world.send(&[pause], &[&guardian]).unwrap();
        world.refuse(from_ref(&write_off), &[], Error::WriteOffPaused);
        world.advance(u64::from(HOUR) - 1);
        world.refuse(from_ref(&write_off), &[], Error::WriteOffPaused);
        world.advance(1);
        world.send(from_ref(&write_off), &[]).unwrap();
        // A record is no debt.
        world.refuse(&[write_off], &[], Error::NoDebt);
        // Nor is a deposit, whoever names its bank as one that follows.
        let lender = ix::write_off(&keys, stage.lender.obligation, None, &[keys.bank]);
        world.refuse(&[lender], &[], Error::NoDebt);
    });
}

#[test]
fn a_paused_write_off_pauses_no_cover_and_no_recovery() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let (debtor, _) = lose(world, &stage, "debtor", 600 * USDC);
        let guardian = world.guardian.insecure_clone();
        let market = world.market.market;
        for kind in [PauseKind::WriteOff, PauseKind::Issuance, PauseKind::Borrow] {
            let pause = ix::pause(market, guardian.pubkey(), kind, DAY);
            world.send(&[pause], &[&guardian]).unwrap();
        }
        insure(world, &stage, 100 * USDC);
        world.cover(stage.usdc).unwrap();
        world
            .repay_written_off(&stage.bidder, &debtor, stage.usdc, 500 * USDC)
            .unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
    });
}

#[test]
fn a_write_off_through_another_program_is_refused_and_covering_is_not() {
    on_both_of(relay::svm, relay::native, |world: &mut World| {
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let keys = world.keys(stage.usdc);
        world.set_governance_price(DOLLAR);
        let write_off = ix::write_off(&keys, debtor.obligation, None, &[]);
        let relayed = relay::through(&write_off);
        world.refuse(&[relayed], &[], Error::NotTopLevel);
        world.send(&[write_off], &[]).unwrap();
        let cover = relay::through(&ix::cover_deficit(&keys));
        world.send(&[cover], &[]).unwrap();
    });
}

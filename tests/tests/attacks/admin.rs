//! A hostile admin: what his key takes at once, what it takes after the delay, and
//! that there is time to leave.

use {
    crate::{
        bad_debt::{fail, insure, lose, plain_bank, stage, stage_bank, LENT, USDC},
        hands::{claim, wealth},
    },
    backstop::{
        error::BackstopError as E,
        state::{BankConfig, PauseKind},
    },
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, Actor, BankId, World, DOLLAR},
    },
    solana_signer::Signer,
};

const DELAY: u64 = 2 * DAY as u64;

fn queue(world: &mut World, bank: BankId, change: impl FnOnce(&mut BankConfig)) {
    let admin = world.admin.insecure_clone();
    let mut config = world.bank(bank).config;
    change(&mut config);
    let update = ix::update_bank(&world.keys(bank), admin.pubkey(), config);
    world.send(&[update], &[&admin]).unwrap();
}

/// P1: settings that turn a bank against its users wait. Whoever leaves within the
/// delay leaves with everything; the change then finds nobody to hurt.
#[test]
fn the_delay_is_long_enough_to_leave_with_everything() {
    type Change = fn(&mut BankConfig);
    let changes: [Change; 6] = [
        |config| config.liquidation_threshold_bps = 7_001,
        |config| config.delisted = 1,
        |config| config.feed_id = [9; 32],
        |config| config.insurance_fee_bps = 9_500,
        |config| config.bounty_bps = 1_000,
        |config| config.socialise_delay_secs = 1,
    ];
    for change in changes {
        on_both(|world: &mut World| {
            let stage = stage(world);
            let borrower = world.actor("borrower");
            world.fund(&borrower, stage.junk, 10_000);
            world.deposit(&borrower, stage.junk, 10_000).unwrap();
            world.borrow(&borrower, stage.usdc, 1_000 * USDC).unwrap();
            queue(world, stage.usdc, change);
            let apply = ix::apply_bank_update(&world.keys(stage.usdc));
            world.refuse(std::slice::from_ref(&apply), &[], E::UpdateTooEarly);
            world.advance(DELAY - 1);
            world.refuse(std::slice::from_ref(&apply), &[], E::UpdateTooEarly);
            world
                .repay(&borrower, &borrower, stage.usdc, u64::MAX)
                .unwrap();
            world.withdraw(&borrower, stage.junk, u128::MAX).unwrap();
            world
                .withdraw(&stage.lender, stage.usdc, u128::MAX)
                .unwrap();
            assert_eq!(world.balance(&stage.lender, stage.usdc), 2 * LENT);
            assert_eq!(world.balance(&borrower, stage.junk), 10_000);
            world.advance(1);
            world.send(&[apply], &[]).unwrap();
        });
    }
}

/// P1, P2: an admin who lists a token of his own, at whatever price he likes, cannot
/// put it to use before the delay is over. (After it he can borrow against it all
/// that is still there: read what is queued.)
#[test]
fn a_worthless_token_that_the_admin_lists_borrows_nothing_before_the_delay() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let fake = world.add_bank(&plain_bank("FAKE"));
        let thief = world.actor("thief");
        world.fund(&thief, fake, LENT);
        for secs in [0, DELAY - 1] {
            world.advance(secs);
            let early = world.deposit(&thief, fake, LENT).unwrap_err();
            assert_eq!(early.code(), Some(E::BankNotLive.into()), "{early}");
        }
        world
            .withdraw(&stage.lender, stage.usdc, u128::MAX)
            .unwrap();
        world.advance(1);
        world.deposit(&thief, fake, LENT).unwrap();
        let empty = world.borrow(&thief, stage.usdc, USDC).unwrap_err();
        assert_eq!(empty.code(), Some(E::InsufficientCash.into()), "{empty}");
    });
}

/// I-27: whatever the admin signs at once leaves claims, vaults and supply as they
/// are, with a loss waiting, a deficit open and an auction on.
#[test]
fn what_an_admin_does_at_once_moves_nobodys_money() {
    type Change = fn(&mut BankConfig);
    let at_once: [Change; 8] = [
        |config| config.collateral_factor_bps = 0,
        |config| (config.deposit_cap, config.borrow_cap) = (0, 0),
        |config| config.max_utilisation_bps = 0,
        |config| config.full_close_debt = 0,
        |config| (config.bounty_bps, config.bounty_cap) = (0, 0),
        |config| (config.max_age_secs, config.max_conf_bps) = (1, 1),
        |config| config.protocol_fee_bps = 0,
        |config| config.socialise_delay_secs = config.socialise_deadline_secs,
    ];
    on_both(|world: &mut World| {
        let stage = stage(world);
        fail(world, &stage, "waiting", 1_000 * USDC);
        lose(world, &stage, "debtor", 10_000 * USDC);
        let claims = |world: &mut World| {
            let lender = claim(world, &stage.lender, stage.usdc);
            let mut snap = crate::bad_debt::snap(world, stage.usdc);
            snap.ledger.accrued_at = 0;
            (lender, snap)
        };
        let before = claims(world);
        for change in at_once {
            queue(world, stage.usdc, change);
            assert_eq!(world.bank(stage.usdc).pending_config_at, 0, "it waits");
        }
        let admin = world.admin.insecure_clone();
        let market = world.market.market;
        for kind in [PauseKind::Borrow, PauseKind::WriteOff, PauseKind::Issuance] {
            let pause = ix::pause(market, admin.pubkey(), kind, DAY);
            world.send(&[pause], &[&admin]).unwrap();
        }
        assert_eq!(claims(world), before);
        let half = u128::from(LENT / 2) * 1_000_000;
        world.withdraw(&stage.lender, stage.usdc, half).unwrap();
    });
}

/// A documented limit: price limits are tightened at once, and then nobody can
/// liquidate. An admin who owes is safe from liquidation as long as he likes; what
/// he takes from lenders is the chance that the price comes back. They can leave.
#[test]
fn an_admin_who_tightens_price_limits_stops_liquidations_but_no_exit() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let thief = world.actor("admin's wallet");
        world.fund(&thief, stage.junk, 10_000);
        world.deposit(&thief, stage.junk, 10_000).unwrap();
        world.borrow(&thief, stage.usdc, 1_000 * USDC).unwrap();
        queue(world, stage.junk, |config| config.max_conf_bps = 1);
        world.set_price(stage.junk, DOLLAR);
        let late = world
            .liquidate(&stage.liquidator, &thief, stage.usdc, stage.junk, 1)
            .unwrap_err();
        assert_eq!(late.code(), Some(E::PriceUncertain.into()), "{late}");
        let cash = world.bank(stage.usdc).ledger.cash;
        let shares = u128::from(cash) * 1_000_000;
        world.withdraw(&stage.lender, stage.usdc, shares).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.cash, 0);
    });
}

/// S11: write-offs are paused in the moment in which a debt is bad. A lender who is
/// in league with the guardian leaves at the full price meanwhile; that is what the
/// pause can cost the others, and it ends by itself.
#[test]
fn a_pause_of_write_offs_at_the_worst_moment_ends_and_hides_no_loss() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let runner: Actor = world.actor("runner");
        world.fund(&runner, stage.usdc, LENT);
        world.deposit(&runner, stage.usdc, LENT).unwrap();
        let debtor = fail(world, &stage, "debtor", 200_000 * USDC);
        let (guardian, market) = (world.guardian.insecure_clone(), world.market.market);
        let pause = |secs| ix::pause(market, guardian.pubkey(), PauseKind::WriteOff, secs);
        world.send(&[pause(DAY)], &[&guardian]).unwrap();
        let blocked = world.write_off(&stage.keeper, &debtor, stage.usdc);
        assert_eq!(blocked.unwrap_err().code(), Some(E::WriteOffPaused.into()));
        world.withdraw(&runner, stage.usdc, u128::MAX).unwrap();
        assert!(LENT - wealth(world, &runner, stage.usdc) <= 1);
        world.advance(u64::from(DAY));
        world.refuse(&[pause(1)], &[&guardian], E::PauseNotAllowed);
        world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 200_000 * USDC);
        insure(world, &stage, 200_000 * USDC);
        world.cover(stage.usdc).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
    });
}

/// P3: a change that an admin queued outlives him. His successor has the delay to
/// cancel it, bank by bank; what he overlooks anybody can apply.
#[test]
fn what_a_fallen_admin_queued_is_his_successors_to_cancel() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        queue(world, stage.usdc, |config| config.bounty_bps = 1_000);
        queue(world, stage.junk, |config| config.bounty_bps = 1_000);
        let (admin, market) = (world.admin.insecure_clone(), world.market.market);
        let heir = &stage.keeper;
        let propose = ix::propose_admin(market, admin.pubkey(), heir.key());
        world.send(&[propose], &[&admin]).unwrap();
        let accept = ix::accept_admin(market, heir.key());
        world.send(&[accept], &[&heir.wallet]).unwrap();
        let cancel = |world: &World, who| ix::cancel_bank_update(&world.keys(stage.usdc), who);
        let late = cancel(world, admin.pubkey());
        world.refuse(&[late], &[&admin], E::NotAdmin);
        let cancel = cancel(world, heir.key());
        world.send(&[cancel], &[&heir.wallet]).unwrap();
        world.advance(DELAY);
        let apply = [stage.usdc, stage.junk].map(|bank| ix::apply_bank_update(&world.keys(bank)));
        world.refuse(&apply[..1], &[], E::NoPendingUpdate);
        world.send(&apply[1..], &[]).unwrap();
        assert_eq!(world.bank(stage.junk).config.bounty_bps, 1_000);
    });
}

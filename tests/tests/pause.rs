//! The guardian's brakes: bounded, lapsing, and never in the way of a way out.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::{
        error::BackstopError as E,
        state::{PauseKind, PauseState},
    },
    backstop_tests::{
        ix,
        settings::DAY,
        world::{on_both, World, DOLLAR},
    },
    common::*,
    solana_keypair::Keypair,
    solana_signer::Signer,
};

const KINDS: [PauseKind; 3] = [PauseKind::Borrow, PauseKind::WriteOff, PauseKind::Issuance];

fn state(world: &mut World, kind: PauseKind) -> PauseState {
    *world.market_state().pause_mut(kind)
}

fn pause(world: &mut World, who: &Keypair, kind: PauseKind, secs: u32) {
    let pause = ix::pause(world.market.market, who.pubkey(), kind, secs);
    world.send(&[pause], &[who]).unwrap();
}

#[test]
fn guardian_and_admin_pause_one_thing_at_a_time_and_nobody_else_does() {
    on_both(|world| {
        let market = world.market.market;
        let stranger = world.actor("stranger").wallet;
        let roles = [
            world.guardian.insecure_clone(),
            world.admin.insecure_clone(),
        ];
        for role in roles {
            for kind in KINDS {
                let others = KINDS.map(|other| (other, state(world, other)));
                let now = world.chain.now();
                for instruction in [
                    ix::pause(market, stranger.pubkey(), kind, 1),
                    ix::lift_pause(market, stranger.pubkey(), kind),
                ] {
                    world.refuse(&[instruction], &[&stranger], E::NotGuardian);
                }
                for instruction in [
                    ix::pause(market, role.pubkey(), kind, 1),
                    ix::lift_pause(market, role.pubkey(), kind),
                ] {
                    let unsigned = unsigned(&instruction, &role.pubkey());
                    world.refuse_code(&[unsigned], &[], ErrorCode::AccountNotSigner.into());
                }
                pause(world, &role, kind, 100);
                let paused = state(world, kind);
                assert_eq!((paused.since, paused.until), (now, now + 100));
                assert_eq!(paused.next_allowed_at, now + 100 + i64::from(DAY));
                for (other, before) in others {
                    assert!(other == kind || state(world, other) == before);
                }
            }
            world.advance(2 * u64::from(DAY));
        }
    });
}

#[test]
fn a_pause_is_bounded_and_cannot_be_chained() {
    on_both(|world| {
        let (market, guardian) = (world.market.market, world.guardian.insecure_clone());
        for kind in KINDS {
            let attempt = |secs| ix::pause(market, guardian.pubkey(), kind, secs);
            for secs in [0, DAY + 1, u32::MAX] {
                world.refuse(&[attempt(secs)], &[&guardian], E::PauseNotAllowed);
            }
            pause(world, &guardian, kind, DAY);
            // Not while it lasts, and not before a rest as long as the longest.
            for wait in [0, u64::from(DAY), u64::from(DAY) - 1] {
                world.advance(wait);
                world.refuse(&[attempt(1)], &[&guardian], E::PauseNotAllowed);
            }
            world.advance(1);
            pause(world, &guardian, kind, 1);
        }
    });
}

#[test]
fn lifting_ends_a_pause_and_keeps_the_rest() {
    on_both(|world| {
        let pool = pool(world);
        let (market, guardian) = (world.market.market, world.guardian.insecure_clone());
        let lift = ix::lift_pause(market, guardian.pubkey(), PauseKind::Borrow);
        pause(world, &guardian, PauseKind::Borrow, DAY);
        let next = state(world, PauseKind::Borrow).next_allowed_at;
        world.advance(10);
        let blocked = world.borrow(&pool.borrower, pool.usdc, USDC);
        assert_eq!(blocked.unwrap_err().code(), Some(E::BorrowPaused.into()));
        world
            .send(std::slice::from_ref(&lift), &[&guardian])
            .unwrap();
        let lifted = state(world, PauseKind::Borrow);
        assert_eq!(lifted.until, world.chain.now());
        assert_eq!(lifted.next_allowed_at, next);
        world.borrow(&pool.borrower, pool.usdc, USDC).unwrap();
        let again = ix::pause(market, guardian.pubkey(), PauseKind::Borrow, 1);
        world.refuse(&[again], &[&guardian], E::PauseNotAllowed);
        // Lifting again, later, does not bring an old pause back.
        world.advance(10);
        world.send(&[lift], &[&guardian]).unwrap();
        assert_eq!(state(world, PauseKind::Borrow).until, lifted.until);
    });
}

#[test]
fn a_pause_lapses_by_itself_at_its_second() {
    on_both(|world| {
        let pool = pool(world);
        let guardian = world.guardian.insecure_clone();
        pause(world, &guardian, PauseKind::Borrow, 1_000);
        let borrow = [
            refresh_ix(world, &[pool.sol, pool.usdc]),
            borrow_ix(
                world,
                &pool.borrower,
                pool.usdc,
                USDC,
                &[pool.sol, pool.usdc],
            ),
        ];
        let signers = [&pool.borrower.wallet];
        world.refuse(&borrow, &signers, E::BorrowPaused);
        world.advance(999);
        world.refuse(&borrow, &signers, E::BorrowPaused);
        world.advance(1);
        world.send(&borrow, &signers).unwrap();
    });
}

#[test]
fn with_everything_paused_every_way_out_is_open() {
    on_both(|world| {
        let pool = pool(world);
        let liquidator = world.actor("liquidator");
        world.fund(&liquidator, pool.usdc, 10_000 * USDC);
        world
            .borrow(&pool.borrower, pool.usdc, 6_500 * USDC)
            .unwrap();
        world.advance(60);
        let guardian = world.guardian.insecure_clone();
        for kind in KINDS {
            pause(world, &guardian, kind, DAY);
        }
        world.deposit(&pool.lender, pool.usdc, USDC).unwrap();
        world
            .withdraw(&pool.lender, pool.usdc, u128::from(USDC) * SHARES)
            .unwrap();
        // A debtor too may take out what health allows.
        world.withdraw(&pool.borrower, pool.sol, SHARES).unwrap();
        world
            .repay(&pool.borrower, &pool.borrower, pool.usdc, USDC)
            .unwrap();
        world.set_price(pool.sol, 60 * DOLLAR);
        world
            .liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, u64::MAX)
            .unwrap();
        assert_eq!(shares_of(world, &pool.borrower, pool.sol), 0);
        world.advance(60);
        let paused = world.write_off(&liquidator, &pool.borrower, pool.usdc);
        assert_eq!(paused.unwrap_err().code(), Some(E::WriteOffPaused.into()));
        world.withdraw(&liquidator, pool.sol, u128::MAX).unwrap();
        world
            .repay(&liquidator, &pool.borrower, pool.usdc, USDC)
            .unwrap();
    });
}

#[test]
fn pausing_one_thing_stops_no_other() {
    on_both(|world| {
        let pool = pool(world);
        let guardian = world.guardian.insecure_clone();
        pause(world, &guardian, PauseKind::WriteOff, DAY);
        pause(world, &guardian, PauseKind::Issuance, DAY);
        world.borrow(&pool.borrower, pool.usdc, USDC).unwrap();
    });
}

//! Opening and closing an obligation.

mod common;

use {
    anchor_lang::{error::ErrorCode, prelude::Rent},
    backstop::{error::BackstopError as E, state::Obligation},
    backstop_tests::{
        ix,
        keys::keypair,
        state,
        world::{on_both, World},
    },
    common::*,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

#[test]
fn an_owner_opens_as_many_obligations_as_he_likes() {
    on_both(|world| {
        let owner = world.actor("owner");
        let payer = world.chain.payer();
        for index in [1, u16::MAX] {
            let open = ix::open_obligation(&world.market, payer, owner.key(), index);
            world.send(from_ref(&open), &[&owner.wallet]).unwrap();
            let key = world.market.obligation(&owner.key(), index);
            world.obligations.push(key);
            let opened = state::obligation(&mut *world.chain, &key);
            assert_eq!((opened.version, opened.index), (1, index));
            assert_eq!(opened.owner, owner.key());
            assert_eq!(opened.market, world.market.market);
            assert_eq!((opened.position_count, opened.risk_raised_at), (0, 0));
            refuse_taken(world, &[open], &[&owner.wallet]);
        }
        assert_eq!(world.market_state().obligations, 3);
    });
}

#[test]
fn an_obligation_is_opened_by_its_owner_at_its_address() {
    on_both(|world| {
        let owner = world.actor("owner");
        let stranger = world.actor("stranger");
        let market = second_market(world);
        let payer = world.chain.payer();
        let honest = ix::open_obligation(&world.market, payer, owner.key(), 7);
        world.refuse_code(
            &[unsigned(&honest, &owner.key())],
            &[],
            ErrorCode::AccountNotSigner.into(),
        );
        let address = world.market.obligation(&owner.key(), 7);
        let here = world.market.market;
        let seeds = ErrorCode::ConstraintSeeds;
        let cases = [
            case(
                "of another owner",
                address,
                world.market.obligation(&stranger.key(), 7),
                seeds,
            ),
            case(
                "of another index",
                address,
                world.market.obligation(&owner.key(), 8),
                seeds,
            ),
            case(
                "of another market",
                address,
                market.obligation(&owner.key(), 7),
                seeds,
            ),
            case("under another market", here, market.market, seeds),
            case(
                "under a market of another program",
                here,
                of_another_program(world, &here),
                ErrorCode::AccountOwnedByWrongProgram,
            ),
        ];
        refuse_swaps(world, &[honest], &[&owner.wallet], &cases);
    });
}

#[test]
fn a_closed_obligation_pays_its_rent_back_and_can_be_opened_afresh() {
    on_both(|world| {
        let Pool { usdc, lender, .. } = pool(world);
        world.withdraw(&lender, usdc, u128::MAX).unwrap();
        let rent = world.chain.account(&lender.obligation).unwrap().lamports;
        let receiver = Pubkey::new_from_array([9; 32]);
        let close = ix::close_obligation(lender.key(), lender.obligation, receiver);
        world.send(&[close], &[&lender.wallet]).unwrap();
        assert!(world.chain.account(&lender.obligation).is_none());
        assert_eq!(world.chain.account(&receiver).unwrap().lamports, rent);

        let open = ix::open_obligation(&world.market, world.chain.payer(), lender.key(), 0);
        world.send(&[open], &[&lender.wallet]).unwrap();
        let fresh = world.obligation(&lender);
        assert_eq!((fresh.position_count, fresh.risk_raised_at), (0, 0));
    });
}

#[test]
fn an_obligation_is_closed_by_its_owner_for_a_receiver_of_rent() {
    on_both(|world| {
        let owner = world.actor("owner");
        let stranger = world.actor("stranger");
        let honest = ix::close_obligation(owner.key(), owner.obligation, owner.key());
        let theft = ix::close_obligation(stranger.key(), owner.obligation, stranger.key());
        world.refuse(&[theft], &[&stranger.wallet], E::NotOwner);
        let burnt = ix::close_obligation(owner.key(), owner.obligation, owner.obligation);
        world.refuse_code(
            &[burnt],
            &[&owner.wallet],
            ErrorCode::ConstraintClose.into(),
        );
        let mut unsigned = honest.clone();
        unsigned.accounts[0].is_signer = false;
        world.refuse_code(&[unsigned], &[], ErrorCode::AccountNotSigner.into());
        let obligation = owner.obligation;
        let next = of_next_version(world, &obligation);
        let forged = of_another_program(world, &obligation);
        let cases = [
            case("another layout", obligation, next, E::WrongVersion),
            case(
                "another program's",
                obligation,
                forged,
                ErrorCode::AccountOwnedByWrongProgram,
            ),
            case(
                "a market",
                obligation,
                world.market.market,
                ErrorCode::AccountDiscriminatorMismatch,
            ),
        ];
        refuse_swaps(world, &[honest], &[&owner.wallet], &cases);
    });
}

#[test]
fn nobody_sheds_a_deposit_a_debt_or_a_record_by_closing() {
    on_both(|world| {
        let close = |world: &mut World, who: &backstop_tests::world::Actor, refused: bool| {
            let close = ix::close_obligation(who.key(), who.obligation, who.key());
            if refused {
                world.refuse(&[close], &[&who.wallet], E::ObligationNotEmpty);
            } else {
                world.send(&[close], &[&who.wallet]).unwrap();
            }
        };
        let (
            Pool {
                usdc,
                lender,
                borrower,
                ..
            },
            _,
        ) = deficit(world);
        // The borrower has neither deposit nor debt left, but a record.
        let position = world.obligation(&borrower).positions()[0];
        assert!(!position.is_active() && position.written_off > 0);
        close(world, &borrower, true);
        world
            .repay_written_off(&lender, &borrower, usdc, u64::MAX)
            .unwrap();
        close(world, &borrower, false);
        close(world, &lender, true);
    });
    on_both(|world| {
        let Pool {
            usdc,
            sol,
            borrower,
            ..
        } = pool(world);
        let close = ix::close_obligation(borrower.key(), borrower.obligation, borrower.key());
        world.borrow(&borrower, usdc, USDC).unwrap();
        world.refuse(from_ref(&close), &[&borrower.wallet], E::ObligationNotEmpty);
        world.repay(&borrower, &borrower, usdc, USDC).unwrap();
        world.refuse(from_ref(&close), &[&borrower.wallet], E::ObligationNotEmpty);
        world.withdraw(&borrower, sol, u128::MAX).unwrap();
        world.send(&[close], &[&borrower.wallet]).unwrap();
    });
}

/// On the bytecode alone: the other back end's system program is too old to know
/// the instruction by which an account that has lamports is created.
#[test]
fn lamports_sent_ahead_to_an_address_do_not_block_it() {
    let mut world = World::bytecode();
    let owner = keypair("owner");
    let key = world.market.obligation(&owner.pubkey(), 0);
    world.chain.airdrop(&key, 890_880); // rent of an account without data
    let open = ix::open_obligation(&world.market, world.chain.payer(), owner.pubkey(), 0);
    world.send(&[open], &[&owner]).unwrap();
    let opened = state::obligation(&mut *world.chain, &key);
    assert_eq!(opened.owner, owner.pubkey());
    let rent = Rent::default().minimum_balance(Obligation::SPACE);
    assert_eq!(world.chain.account(&key).unwrap().lamports, rent);
}

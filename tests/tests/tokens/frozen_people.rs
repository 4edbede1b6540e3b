//! An issuer freezes somebody's own token account, or somebody closes it: that
//! account is of no use to the program, nobody else notices, and whoever is
//! concerned has another way.

use {
    super::frozen_vaults::{freeze, freezing_stops, Case},
    crate::{
        common::{restore, FROZEN},
        states::{difference, ops, try_all, Difference, People, State},
    },
    backstop::{error::BackstopError, instruction},
    backstop_tests::{
        ix,
        tokens::{self, Program},
        world::{on_both, World},
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// Whose account, when, and what it stops.
const PEOPLE: &[Case] = &[
    (
        State::Calm,
        &[
            (
                |world, people| world.wallet(&people.stage.keeper, people.stage.usdc),
                &["write off"],
            ),
            (|_, people| people.fee_account, &["collect fees"]),
            (
                |world, people| world.wallet(&people.stage.lender, people.stage.usdc),
                &["deposit", "withdraw"],
            ),
            (
                |world, people| world.wallet(&people.borrower, people.stage.usdc),
                &["borrow", "repay half", "repay everything"],
            ),
            (
                |world, people| world.wallet(&people.stage.liquidator, people.stage.usdc),
                &["liquidate"],
            ),
        ],
    ),
    (
        State::Waiting,
        &[(
            |world, people| world.wallet(&people.stranger, people.stage.usdc),
            &[
                "deposit an atom",
                "repay an atom",
                "repay a record",
                "repay an atom of a record",
                "fund an atom",
            ],
        )],
    ),
    (
        State::Open,
        &[(
            |world, people| world.wallet(&people.stage.bidder, people.stage.usdc),
            &["buy a part", "buy everything", "buy a dollar's worth"],
        )],
    ),
    (
        State::BuyBack,
        &[(
            |world, people| world.wallet(&people.stage.bidder, people.stage.usdc),
            &["sell a part", "sell two atoms"],
        )],
    ),
];

#[test]
fn a_frozen_account_stops_its_owners_transactions_and_nobody_elses() {
    for case in PEOPLE {
        freezing_stops(case, Program::Token);
    }
    freezing_stops(&PEOPLE[0], Program::Token2022 { extensions: &[] });
}

/// A second account for the same asset.
fn second_account(world: &mut World, people: &People, label: &str, owner: &Pubkey) -> Pubkey {
    let mint = world.mints[people.stage.usdc.0];
    tokens::create_token_account(&mut *world.chain, label, &mint, owner)
}

#[test]
fn whoever_is_frozen_is_paid_into_another_account() {
    on_both(|world| {
        let people = State::Calm.play(world, Program::Token);
        let stage = &people.stage;
        let keys = world.keys(stage.usdc);
        let fee_owner = world.fee_owner.pubkey();
        let fees = second_account(world, &people, "second fee account", &fee_owner);
        freeze(world, &people, &people.fee_account);
        let collect = [ix::collect_fees(&keys, people.fee_account)];
        world.refuse_code(&collect, &[], FROZEN);
        world.send(&[ix::collect_fees(&keys, fees)], &[]).unwrap();
        assert!(tokens::balance(&mut *world.chain, &fees) > 0);

        let lender = &stage.lender;
        let first = world.wallet(lender, stage.usdc);
        let second = second_account(world, &people, "second purse", &lender.key());
        freeze(world, &people, &first);
        let withdraw = |destination, shares| {
            let args = instruction::Withdraw {
                shares,
                min_atoms: 0,
            };
            let (owner, obligation) = (lender.key(), lender.obligation);
            let withdraw = ix::withdraw(&keys, owner, obligation, destination, args, &[]);
            (vec![withdraw], [&lender.wallet])
        };
        let (to_first, signers) = withdraw(first, 1_000_000_000);
        world.refuse_code(&to_first, &signers, FROZEN);
        let (to_second, signers) = withdraw(second, 1_000_000_000);
        world.send(&to_second, &signers).unwrap();
        assert!(tokens::balance(&mut *world.chain, &second) > 0);
    });
}

/// Moves everything out of an account and closes it.
fn empty_and_close(world: &mut World, people: &People, account: &Pubkey) {
    let mint = world.mints[people.stage.usdc.0];
    let (chain, fee_owner) = (&mut *world.chain, world.fee_owner.insecure_clone());
    let held = tokens::token_account(chain, account);
    let owner = people
        .all()
        .iter()
        .map(|actor| actor.wallet.insecure_clone())
        .find(|wallet| wallet.pubkey() == held.owner)
        .unwrap_or(fee_owner);
    let to = tokens::associated_token_account(&mint, &people.bad.key());
    tokens::transfer(chain, &mint, account, &to, &owner, held.amount);
    tokens::close_account(chain, &mint, account, &owner);
}

/// The two chains' token programs have different words for an account that is
/// not there; only the fee account is read by Backstop itself.
#[test]
fn a_closed_account_stops_its_owners_transactions_and_nobody_elses() {
    for (state, accounts) in PEOPLE {
        state.sweep(Program::Token, |world, people| {
            let ops = ops(world, people);
            let before = world.fingerprint();
            let there = try_all(world, &before, &ops);
            for (account, expected) in *accounts {
                let account = account(world, people);
                empty_and_close(world, people, &account);
                let after = world.fingerprint();
                let gone = try_all(world, &after, &ops);
                let mut stopped = Vec::new();
                for (there, gone) in there.iter().zip(&gone) {
                    match difference(there, gone) {
                        Difference::None => (),
                        Difference::Stopped(code) => {
                            let ours = Some(u32::from(BackstopError::WrongTokenProgram));
                            assert_eq!(code == ours, gone.name == "collect fees");
                            stopped.push(gone.name);
                        }
                        Difference::Other => panic!("{state:?}: {}", gone.name),
                    }
                }
                assert_eq!(&stopped, expected, "{state:?}");
                restore(world, &before);
            }
        });
    }
}

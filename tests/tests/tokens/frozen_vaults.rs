//! An issuer freezes a vault of the bank. What moves tokens of that vault is
//! refused by the token program and changes nothing; all else goes on as if
//! nothing had happened, in this bank and in the others; and once the vault is
//! thawed the state is the one from before.

use {
    crate::{
        common::FROZEN,
        states::{difference, ops, try_all, Difference, People, State},
    },
    backstop_tests::{
        tokens::{self, Program},
        world::World,
    },
    solana_pubkey::Pubkey,
};

/// Which account is frozen.
pub type Account = fn(&World, &People) -> Pubkey;
/// What freezing each of these accounts stops in a state.
pub type Case = (State, &'static [(Account, &'static [&'static str])]);

pub fn freeze(world: &mut World, people: &People, account: &Pubkey) {
    let (mint, admin) = (
        world.mints[people.stage.usdc.0],
        world.admin.insecure_clone(),
    );
    tokens::freeze(&mut *world.chain, &mint, account, &admin);
}

pub fn thaw(world: &mut World, people: &People, account: &Pubkey) {
    let (mint, admin) = (
        world.mints[people.stage.usdc.0],
        world.admin.insecure_clone(),
    );
    tokens::thaw(&mut *world.chain, &mint, account, &admin);
}

/// Freezing an account stops exactly these transactions, each with the token
/// program's error; no other ends differently.
pub fn freezing_stops((state, accounts): &Case, program: Program<'_>) {
    state.sweep(program, |world, people| {
        let ops = ops(world, people);
        let before = world.fingerprint();
        let warm = try_all(world, &before, &ops);
        for (account, expected) in *accounts {
            let account = account(world, people);
            freeze(world, people, &account);
            let frozen = world.fingerprint();
            let cold = try_all(world, &frozen, &ops);
            let mut stopped = Vec::new();
            for (warm, cold) in warm.iter().zip(&cold) {
                match difference(warm, cold) {
                    Difference::None => (),
                    Difference::Stopped(Some(FROZEN)) => stopped.push(warm.name),
                    other => panic!("{state:?}: {}: {other:?}", warm.name),
                }
            }
            assert_eq!(&stopped, expected, "{state:?}");
            thaw(world, people, &account);
            assert_eq!(world.fingerprint(), before, "thawing leaves a trace");
        }
    });
}

fn liquidity(world: &World, people: &People) -> Pubkey {
    world.keys(people.stage.usdc).liquidity_vault
}

fn insurance(world: &World, people: &People) -> Pubkey {
    world.keys(people.stage.usdc).insurance_vault
}

#[test]
fn a_frozen_vault_stops_what_moves_its_tokens_and_nothing_else() {
    for case in VAULTS {
        freezing_stops(case, Program::Token);
    }
    freezing_stops(&VAULTS[0], Program::Token2022 { extensions: &[] });
}

/// Insurance is drawn into the liquidity vault, so that one that is frozen keeps
/// anything from being written off while insurance would pay. An insurance vault
/// that is empty pays nothing: the deficit takes its way without it.
const VAULTS: &[Case] = &[
    (
        State::Calm,
        &[
            (
                liquidity,
                &[
                    "deposit",
                    "deposit an atom",
                    "withdraw",
                    "borrow",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "write off",
                    "write off, no bounty",
                    "collect fees",
                ],
            ),
            (
                insurance,
                &[
                    "write off",
                    "write off, no bounty",
                    "repay a record",
                    "repay an atom of a record",
                    "fund an atom",
                    "collect fees",
                ],
            ),
        ],
    ),
    (
        State::BuyBack,
        &[(
            insurance,
            &[
                "write off",
                "write off, no bounty",
                "repay a record",
                "repay an atom of a record",
                "fund an atom",
                "collect fees",
                "sell a part",
                "sell two atoms",
            ],
        )],
    ),
    (
        State::Limited,
        &[(insurance, &["cover", "cover, no price", "fund an atom"])],
    ),
    (
        // Records are repaid into the deficit, which issuing does not touch.
        State::Waiting,
        &[
            (
                liquidity,
                &[
                    "deposit",
                    "deposit an atom",
                    "withdraw",
                    "borrow",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "repay a record",
                    "repay an atom of a record",
                ],
            ),
            (insurance, &["fund an atom"]),
        ],
    ),
    (
        State::Open,
        &[
            (
                liquidity,
                &[
                    "deposit",
                    "deposit an atom",
                    "withdraw",
                    "borrow",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "repay a record",
                    "repay an atom of a record",
                    "buy a part",
                    "buy everything",
                    "buy a dollar's worth",
                ],
            ),
            (insurance, &["fund an atom"]),
        ],
    ),
    (State::Ended, &[(insurance, &["fund an atom"])]),
    (State::Hopeless, &[(insurance, &["fund an atom"])]),
    (
        // No deposits and no loans anyway; records are repaid to lenders.
        State::WoundDown,
        &[
            (
                liquidity,
                &[
                    "withdraw",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "repay a record",
                    "repay an atom of a record",
                    "collect fees",
                ],
            ),
            (insurance, &["fund an atom", "collect fees"]),
        ],
    ),
];

//! A mint that is somebody else's all of a sudden, under the same address. No
//! instruction can do that to a mint that was accepted: closing needs an
//! extension that is refused. It is forced past every rule here, to see that the
//! bank gives nothing away and credits nothing.

use {
    super::allow_list::bank_of,
    crate::{
        common::{restore, DECIMALS_MISMATCH},
        states::{difference, ops, try_all, Difference, People, State},
    },
    backstop::error::BackstopError,
    backstop_tests::{
        keys::keypair,
        tokens::{self, Mint, MintExtension, Program},
        world::{on_both, World},
    },
    solana_keypair::Keypair,
    solana_signer::Signer,
    spl_token_2022_interface::{extension::transfer_fee, instruction as token_instruction, ID},
};

const PLAIN: Program<'static> = Program::Token2022 { extensions: &[] };

/// What moves tokens of the asset in a calm state.
const MOVES: &[&str] = &[
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
    "repay a record",
    "repay an atom of a record",
    "fund an atom",
    "collect fees",
];

/// Puts a new mint of an attacker's in the place of the bank's.
fn replace(world: &mut World, people: &People, decimals: u8, program: Program<'_>) {
    let attacker = keypair("attacker");
    let label = format!("new mint, {decimals} decimals, {program:?}");
    let mint = tokens::create_mint(&mut *world.chain, &label, &attacker, decimals, program);
    let account = world.chain.account(&mint.key).unwrap();
    let asset = world.mints[people.stage.usdc.0].key;
    world.chain.set_account(&asset, account);
}

/// What the replacement stops; nothing else may change.
fn stopped_by_replacing(
    world: &mut World,
    people: &People,
    decimals: u8,
    program: Program<'_>,
) -> Vec<(&'static str, Option<u32>)> {
    let ops = ops(world, people);
    let before = world.fingerprint();
    let old = try_all(world, &before, &ops);
    replace(world, people, decimals, program);
    let replaced = world.fingerprint();
    let new = try_all(world, &replaced, &ops);
    restore(world, &before);
    let mut stopped = Vec::new();
    for (old, new) in old.iter().zip(&new) {
        match difference(old, new) {
            Difference::None => (),
            Difference::Stopped(code) => stopped.push((old.name, code)),
            Difference::Other => panic!("{} with {program:?}", old.name),
        }
    }
    stopped
}

#[test]
fn with_other_decimals_no_token_moves_and_nothing_is_credited() {
    for program in [Program::Token, PLAIN] {
        State::Calm.sweep(program, |world, people| {
            for decimals in [5, 9] {
                let stopped = stopped_by_replacing(world, people, decimals, program);
                let expected: Vec<_> = MOVES
                    .iter()
                    .map(|name| (*name, Some(DECIMALS_MISMATCH)))
                    .collect();
                assert_eq!(stopped, expected, "{decimals} decimals");
            }
        });
    }
}

/// The vaults have no room for what such a mint keeps in each account, so that
/// the token program moves nothing: a fee cannot be taken out of a deposit
/// that was credited in full.
#[test]
fn with_a_fee_or_a_hook_no_token_moves_and_nothing_is_credited() {
    State::Calm.sweep(PLAIN, |world, people| {
        for extension in [
            MintExtension::TransferFee {
                bps: 1_000,
                max: u64::MAX,
            },
            MintExtension::TransferHook(backstop::ID),
        ] {
            let extensions = [extension];
            let program = Program::Token2022 {
                extensions: &extensions,
            };
            let stopped = stopped_by_replacing(world, people, 6, program);
            let names: Vec<_> = stopped.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, MOVES, "{extension:?}");
        }
    });
}

/// The books count raw atoms: what wallets display makes no difference. Nor does
/// the new issuer, who could print tokens but not take those in the vaults.
#[test]
fn with_another_display_or_issuer_every_atom_moves_as_before() {
    State::Calm.sweep(PLAIN, |world, people| {
        for extensions in [
            &[][..],
            &[MintExtension::ScaledUi],
            &[MintExtension::InterestBearing(500)],
            &[MintExtension::NonTransferable],
        ] {
            let program = Program::Token2022 { extensions };
            let stopped = stopped_by_replacing(world, people, 6, program);
            assert_eq!(stopped, [], "{extensions:?}");
        }
    });
    State::Calm.sweep(Program::Token, |world, people| {
        for program in [Program::Token, PLAIN] {
            assert_eq!(stopped_by_replacing(world, people, 6, program), []);
        }
    });
}

/// A mint as a bank takes it, and its issuer.
fn listed(world: &mut World) -> (People, Mint, Keypair) {
    let people = State::Calm.play(world, PLAIN);
    let mint = world.mints[people.stage.usdc.0];
    (people, mint, world.admin.insecure_clone())
}

#[test]
fn a_listed_mint_gets_no_extension_later() {
    on_both(|world| {
        let (_, mint, issuer) = listed(world);
        let before = world.fingerprint();
        for extension in MintExtension::ALL {
            let Some(initialise) = extension.before(&mint.key, &issuer.pubkey()) else {
                continue;
            };
            assert!(
                world.chain.send(&[initialise], &[]).is_err(),
                "{extension:?}"
            );
            assert_eq!(before, world.fingerprint(), "{extension:?}");
        }
    });
}

#[test]
fn a_fee_is_raised_only_on_a_mint_that_was_refused_with_a_fee_of_nothing() {
    on_both(|world| {
        let (_, listed, issuer) = listed(world);
        let tax = |mint: &Mint| {
            let key = issuer.pubkey();
            transfer_fee::instruction::set_transfer_fee(&ID, &mint.key, &key, &[], 1_000, u64::MAX)
                .unwrap()
        };
        let before = world.fingerprint();
        assert!(world.chain.send(&[tax(&listed)], &[&issuer]).is_err());
        assert_eq!(before, world.fingerprint());

        let extensions = [MintExtension::TransferFee { bps: 0, max: 0 }];
        let program = Program::Token2022 {
            extensions: &extensions,
        };
        let free = tokens::create_mint(&mut *world.chain, "free", &issuer, 6, program);
        let (_, create) = bank_of(world, &free);
        world.refuse(&[create], &[&issuer], BackstopError::ExtensionNotAllowed);
        world.chain.send(&[tax(&free)], &[&issuer]).unwrap();
    });
}

#[test]
fn a_mint_is_closed_only_if_it_was_refused() {
    on_both(|world| {
        let (_, _, issuer) = listed(world);
        let close = |mint: &Mint| {
            let key = issuer.pubkey();
            token_instruction::close_account(&ID, &mint.key, &key, &key, &[]).unwrap()
        };
        // Nobody holds any of it: a mint with a supply is never closed.
        let unused = tokens::create_mint(&mut *world.chain, "unused", &issuer, 6, PLAIN);
        let (_, create) = bank_of(world, &unused);
        world.send(&[create], &[&issuer]).unwrap();
        assert!(world.chain.send(&[close(&unused)], &[&issuer]).is_err());

        let extensions = [MintExtension::MintCloseAuthority];
        let program = Program::Token2022 {
            extensions: &extensions,
        };
        let closable = tokens::create_mint(&mut *world.chain, "closable", &issuer, 6, program);
        let (_, create) = bank_of(world, &closable);
        world.refuse(&[create], &[&issuer], BackstopError::ExtensionNotAllowed);
        world.chain.send(&[close(&closable)], &[&issuer]).unwrap();
    });
}

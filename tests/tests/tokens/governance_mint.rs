//! The governance mint stays the market's alone, whatever is issued; and what
//! the program never does: set an authority after creation, or read a token
//! account that a movement has changed.

use {
    crate::{
        bad_debt::{lose, stage_bank, AUCTION_DELAY, AUCTION_DURATION, USDC},
        common::OWNER_MISMATCH,
    },
    backstop_tests::{
        tokens::{self, Program},
        world::{on_both_with, World},
    },
    solana_keypair::Keypair,
    solana_signer::Signer,
    spl_token_2022_interface::{
        extension::{BaseStateWithExtensions, StateWithExtensions},
        instruction::{self as token_instruction, AuthorityType},
        state::Mint,
    },
    std::{fs, path::Path},
};

/// Only the market mints, nobody freezes, nobody can change that.
fn require_hygiene(world: &mut World, people: &[&Keypair]) {
    let mint = world.governance;
    let state = tokens::mint_state(&mut *world.chain, &mint.key);
    assert_eq!(state.mint_authority, Some(world.market.market).into());
    assert_eq!(state.freeze_authority, None.into());
    assert_eq!(state.decimals, world.market_state().governance_decimals);
    let data = world.chain.account(&mint.key).unwrap().data;
    let extensions = StateWithExtensions::<Mint>::unpack(&data)
        .and_then(|state| state.get_extension_types())
        .unwrap();
    assert_eq!(extensions, []);

    let account = tokens::associated_token_account(&mint, &world.treasury.pubkey());
    let (id, key) = (&mint.program, &mint.key);
    for person in people {
        let owner = person.pubkey();
        let set = |kind| {
            token_instruction::set_authority(id, key, Some(&owner), kind, &owner, &[]).unwrap()
        };
        let issue = token_instruction::mint_to(id, key, &account, &owner, &[], 1).unwrap();
        for attempt in [issue, set(AuthorityType::MintTokens)] {
            world.refuse_code(&[attempt], &[person], OWNER_MISMATCH);
        }
        // A freeze authority that was given up never comes back.
        let before = world.fingerprint();
        let attempt = [set(AuthorityType::FreezeAccount)];
        assert!(world.chain.send(&attempt, &[person]).is_err());
        assert_eq!(before, world.fingerprint());
    }
}

#[test]
fn the_mint_is_the_markets_alone_at_creation_and_after_every_issue() {
    for program in [Program::Token, Program::Token2022 { extensions: &[] }] {
        on_both_with(program, |world| {
            let people = [
                &world.admin,
                &world.guardian,
                &world.treasury,
                &world.fee_owner,
            ]
            .map(Keypair::insecure_clone);
            let people: Vec<&Keypair> = people.iter().collect();
            require_hygiene(world, &people);
            let stage = stage_bank(world, |_| ());
            for round in ["first", "second", "third"] {
                let (_, receipt) = lose(world, &stage, round, 600 * USDC);
                let event = receipt.event::<backstop::events::DebtWrittenOff>();
                assert!(event.issued > 0, "{round}");
                require_hygiene(world, &people);
                world.advance(AUCTION_DELAY + AUCTION_DURATION / 2);
                world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
                require_hygiene(world, &people);
            }
        });
    }
}

/// Files of the program that contain `text`, with how often.
fn occurrences(text: &str) -> Vec<(String, usize)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../programs/backstop/src");
    let mut found = Vec::new();
    for folder in ["", "state", "instructions"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Some(source) = fs::read_to_string(&path).ok() else {
                continue;
            };
            let count = source.matches(text).count();
            if count > 0 {
                let name = path.strip_prefix(&root).unwrap();
                found.push((name.display().to_string(), count));
            }
        }
    }
    found.sort();
    found
}

fn once_in(files: &[&str]) -> Vec<(String, usize)> {
    files.iter().map(|file| (file.to_string(), 1)).collect()
}

#[test]
fn an_authority_is_set_in_one_place_when_a_market_adopts_a_mint() {
    let creating = once_in(&["instructions/create_market.rs"]);
    assert_eq!(occurrences("set_authority("), creating);
}

/// What a movement does to a balance is never read back: amounts come from
/// plans, and mints and accounts are read in `validate`, before any movement.
#[test]
fn no_token_account_is_read_after_a_movement() {
    assert_eq!(occurrences(".reload("), []);
    assert_eq!(occurrences(".amount"), []);
    let readers = once_in(&[
        "instructions/create_bank.rs",
        "instructions/create_market.rs",
    ]);
    assert_eq!(occurrences("MintFacts::load("), readers);
    let reader = once_in(&["instructions/collect_fees.rs"]);
    assert_eq!(occurrences("token_account_owner(&"), reader);
    // Accounts that Anchor deserialises are those that it has just made.
    for file in ["create_bank", "create_market"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = format!("../programs/backstop/src/instructions/{file}.rs");
        let source = fs::read_to_string(root.join(path)).unwrap();
        let fields: Vec<&str> = source.split("#[account(").skip(1).collect();
        for field in fields {
            let is_token = field
                .split("pub ")
                .nth(1)
                .is_some_and(|declared| declared.contains("InterfaceAccount<"));
            assert!(
                !is_token || field.trim_start().starts_with("init,"),
                "{field}"
            );
        }
    }
}

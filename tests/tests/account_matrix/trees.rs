//! Whole trees of accounts that agree with each other and are not ours.

use {
    crate::{
        calls::{self, instruction_of, Call, Scene},
        expectations::{
            Expected::{self, Allowed, Anchor, Ours},
            Kind,
        },
        matrix::{places, run, Attempt},
    },
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::{chain::SvmChain, ix::BankKeys, keys::keypair, tokens::Program, world::World},
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// Which of a call's accounts the program itself owns, and their vaults.
fn tree(name: &str, call: &Call) -> (Vec<Pubkey>, Vec<Pubkey>) {
    let (mut owned, mut vaults) = (Vec::new(), Vec::new());
    for place in places(name, call) {
        let key = call.instruction.accounts[place.index].pubkey;
        match place.kind {
            Kind::Market(_)
            | Kind::Bank(..)
            | Kind::Obligation(..)
            | Kind::Following(_)
            | Kind::ShownAgain
            | Kind::PairedBank => owned.push(key),
            Kind::Pinned(E::WrongVault) => vaults.push(key),
            _ => {}
        }
    }
    (owned, vaults)
}

fn replaced(instruction: &Instruction, pairs: &[(Pubkey, Pubkey)]) -> Instruction {
    let mut instruction = instruction.clone();
    for meta in &mut instruction.accounts {
        if let Some((_, to)) = pairs.iter().find(|(from, _)| *from == meta.pubkey) {
            meta.pubkey = *to;
        }
    }
    instruction
}

fn every_call(mut check: impl FnMut(&Scene, &mut World, &str, &Call)) {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for (name, prepare) in calls::all() {
        let mut world = scene.world.fork();
        let call = prepare(&scene, &mut world);
        call.refresh(&mut world);
        check(&scene, &mut world, name, &call);
    }
}

/// Copies under another program, vaults included, in which every address is that
/// of the copy: nothing but the owner of the accounts gives them away.
#[test]
fn no_copy_of_all_accounts_under_another_program_is_taken() {
    every_call(|_, world, name, call| {
        let (owned, vaults) = tree(name, call);
        if owned.is_empty() {
            return;
        }
        let twin = |key: &Pubkey| keypair(&format!("twin of {key}")).pubkey();
        let all = owned.iter().chain(&vaults);
        let pairs: Vec<(Pubkey, Pubkey)> = all.map(|key| (*key, twin(key))).collect();
        for (from, to) in &pairs {
            let mut account = world.chain.account(from).expect("it exists");
            for (from, to) in &pairs {
                rewrite(&mut account.data, from, to);
            }
            if account.owner == backstop::ID {
                account.owner = keypair("another program").pubkey();
            }
            world.chain.set_account(to, account);
        }
        let instruction = replaced(&call.instruction, &pairs);
        let expected = Anchor(ErrorCode::AccountOwnedByWrongProgram);
        expect(world, call, instruction, &expected, name);
    });
}

fn rewrite(data: &mut [u8], from: &Pubkey, to: &Pubkey) {
    let mut at = 0;
    while at + 32 <= data.len() {
        if data[at..at + 32] == from.to_bytes() {
            data[at..at + 32].copy_from_slice(to.as_ref());
        }
        at += 1;
    }
}

#[track_caller]
fn expect(
    world: &mut World,
    call: &Call,
    instruction: Instruction,
    expected: &Expected,
    name: &str,
) {
    let attempt = Attempt::of(call, instruction);
    if let Err(what) = run(world, &attempt, expected) {
        panic!("{name}: {what}");
    }
}

/// The attacker's own market and bank in place of ours: what he may do there.
fn in_his_market(name: &str) -> Expected {
    match instruction_of(name) {
        "accept_admin" => Ours(E::NotPendingAdmin),
        "apply_bank_update" | "apply_market_update" => Ours(E::NoPendingUpdate),
        "pause" | "lift_pause" => Ours(E::NotGuardian),
        "cancel_bank_update"
        | "cancel_market_update"
        | "propose_admin"
        | "update_bank"
        | "update_market" => Ours(E::NotAdmin),
        "create_bank" | "open_obligation" => Anchor(ErrorCode::ConstraintSeeds),
        "close_buy_back" => Ours(E::NoAuction),
        "socialise_deficit" => Ours(E::NoDeficit),
        "start_buy_back" => Ours(E::PriceNotRefreshed),
        "refresh_banks" => Allowed("anybody refreshes any bank"),
        "close_obligation" => Allowed("the owner's, and empty: which one is his choice"),
        "borrow" | "buy_governance" | "close_auction" | "collect_fees" | "cover_deficit"
        | "deposit" | "fund_insurance" | "liquidate" | "repay" | "repay_written_off"
        | "sell_governance" | "withdraw" | "write_off" => Ours(E::WrongVault),
        other => panic!("no row for {other}"),
    }
}

fn foreign_tree(scene: &Scene, world: &World) -> Vec<(Pubkey, Pubkey)> {
    let mut pairs = vec![(world.market.market, scene.foreign.market)];
    for bank in [scene.usdc, scene.euro].map(|bank| world.keys(bank)) {
        pairs.push((bank.bank, scene.foreign_twin(&bank).bank));
    }
    for owner in scene.owners() {
        let abroad = scene.foreign.obligation(&owner.key(), 0);
        pairs.push((owner.obligation, abroad));
    }
    pairs
}

/// Anybody can have accounts that the program owns: through the public `create_`
/// and `open_` instructions.
#[test]
fn the_attackers_own_market_opens_no_vault_of_ours() {
    every_call(|scene, world, name, call| {
        let (owned, _) = tree(name, call);
        if owned.is_empty() {
            return;
        }
        let instruction = replaced(&call.instruction, &foreign_tree(scene, world));
        expect(world, call, instruction, &in_his_market(name), name);
    });
}

#[test]
fn the_attackers_own_market_mints_and_burns_nothing_of_ours() {
    let mut tried = 0;
    every_call(|scene, world, name, call| {
        let mint = world.market.mint;
        let names = |meta: &AccountMeta| meta.pubkey == mint;
        let (_, vaults) = tree(name, call);
        if vaults.is_empty() || !call.instruction.accounts.iter().any(names) {
            return;
        }
        let mut pairs = foreign_tree(scene, world);
        let twin = scene.foreign_twin(&call.bank);
        pairs.extend(vaults_of(&call.bank).into_iter().zip(vaults_of(&twin)));
        let instruction = replaced(&call.instruction, &pairs);
        expect(world, call, instruction, &Ours(E::WrongMint), name);
        tried += 1;
    });
    assert!(tried >= 6, "{tried}");
}

fn vaults_of(bank: &BankKeys) -> [Pubkey; 3] {
    [
        bank.liquidity_vault,
        bank.insurance_vault,
        bank.governance_escrow,
    ]
}

/// Accounts of another bank of the market, in place of those of the call's.
fn sibling_tree(scene: &Scene, world: &World, call: &Call) -> Vec<(Pubkey, Pubkey)> {
    let sibling = world.keys(scene.spare);
    let mut pairs = vec![
        (call.bank.bank, sibling.bank),
        (call.bank.mint, sibling.mint),
    ];
    pairs.extend(vaults_of(&call.bank).into_iter().zip(vaults_of(&sibling)));
    pairs
}

/// Replaces some, but not all, of the accounts that `pairs` maps, in every way;
/// returns in how many.
fn refuse_mixtures(
    world: &mut World,
    name: &str,
    call: &Call,
    pairs: &[(Pubkey, Pubkey)],
) -> usize {
    let twin = |meta: &AccountMeta| pairs.iter().find(|(from, _)| *from == meta.pubkey);
    let metas = &call.instruction.accounts;
    // What is there once more is of no account.
    let twins: Vec<(usize, Pubkey)> = places(name, call)
        .iter()
        .filter(|place| !matches!(place.kind, Kind::ShownAgain))
        .filter_map(|place| Some((place.index, twin(&metas[place.index])?.1)))
        .collect();
    let before = world.fingerprint();
    let signers: Vec<&Keypair> = call.signers.iter().collect();
    let mixtures = 1..(1usize << twins.len()) - 1;
    for mixture in mixtures.clone() {
        let mut instruction = call.instruction.clone();
        for (bit, (index, key)) in twins.iter().enumerate() {
            if mixture >> bit & 1 == 1 {
                instruction.accounts[*index].pubkey = *key;
            }
        }
        let sent = world.chain.send(&[instruction], &signers);
        let failure = sent.expect_err(name);
        let seeds = u32::from(ErrorCode::ConstraintSeeds);
        let refused = failure
            .code()
            .is_some_and(|code| code >= 6_000 || code == seeds);
        assert!(refused, "{name}, {mixture:b} of {twins:?}: {failure}");
    }
    assert_eq!(before, world.fingerprint(), "{name}");
    mixtures.count()
}

/// Every address that bank, market or obligation does not name itself could come
/// from elsewhere: no choice of some from here and some from there is taken.
#[test]
fn no_mixture_of_two_trees_is_taken() {
    let mut tried = 0;
    every_call(|scene, world, name, call| {
        // Each of its pairs stands by itself.
        if name == "refresh_banks" {
            return;
        }
        let twin = scene.foreign_twin(&call.bank);
        let mut foreign = foreign_tree(scene, world);
        foreign.extend(vaults_of(&call.bank).into_iter().zip(vaults_of(&twin)));
        foreign.push((world.market.mint, scene.foreign.mint));
        tried += refuse_mixtures(world, name, call, &foreign);
        let sibling = sibling_tree(scene, world, call);
        tried += refuse_mixtures(world, name, call, &sibling);
        let signers: Vec<&Keypair> = call.signers.iter().collect();
        world.send(from_ref(&call.instruction), &signers).unwrap();
    });
    println!("{tried} mixtures");
}

//! Whole trees of accounts that agree with each other and are not ours.

use {
    crate::{
        expectations::{
            Expected::{self, Allowed, Anchor, Ours},
            Kind,
        },
        honest::{self, instruction_of, Call, Scene},
        matrix::{places, run, Attempt},
    },
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::{chain::SvmChain, ix::BankKeys, keys::keypair, tokens::Program, world::World},
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
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
            | Kind::Following
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
    for (name, prepare) in honest::calls() {
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
        let names = |meta: &solana_instruction::AccountMeta| meta.pubkey == mint;
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

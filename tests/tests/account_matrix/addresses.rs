//! Addresses that follow from seeds, and what comes and goes at them.

use {
    crate::{
        calls::{self, Prepare, Scene},
        expectations::Kind,
        matrix::places,
    },
    anchor_lang::{error::ErrorCode, prelude::Rent, solana_program::system_instruction::transfer},
    backstop::{constants as seeds, error::BackstopError as E, instruction, state::Obligation},
    backstop_tests::{
        chain::{AccountData, SvmChain},
        ix, state,
        tokens::Program,
    },
    solana_pubkey::Pubkey,
    std::slice::from_ref,
};

/// (bytes) What follows the first seed of every kind of address.
const KINDS: [(&[u8], usize); 8] = [
    (seeds::MARKET_SEED, 32),
    (seeds::GOVERNANCE_MINT_SEED, 32 + 2),
    (seeds::BANK_SEED, 32 + 32),
    (seeds::LIQUIDITY_SEED, 32),
    (seeds::INSURANCE_SEED, 32),
    (seeds::ESCROW_SEED, 32),
    (seeds::OBLIGATION_SEED, 32 + 32 + 2),
    (b"__event_authority", 0),
];

fn scene() -> Scene {
    Scene::build(Box::new(SvmChain::backstop()), Program::Token)
}

/// Seeds are hashed one after the other, without a mark in between.
#[test]
fn no_two_kinds_of_address_can_have_the_same_seeds() {
    for (index, (first, rest)) in KINDS.iter().enumerate() {
        for (second, other_rest) in &KINDS[index + 1..] {
            let shared = first.len().min(second.len());
            assert!(
                first.len() + rest != second.len() + other_rest
                    || first[..shared] != second[..shared],
                "{first:?} and {second:?}"
            );
        }
    }
}

#[test]
fn every_account_signs_with_the_canonical_bump() {
    let mut world = scene().world;
    let find = |seeds: &[&[u8]]| Pubkey::find_program_address(seeds, &backstop::ID);
    let market = world.market;
    let expected = find(&[seeds::MARKET_SEED, market.mint.as_ref()]);
    assert_eq!((market.market, world.market_state().bump), expected);
    for keys in world.banks.clone() {
        let mint = keys.mint;
        let expected = find(&[seeds::BANK_SEED, market.market.as_ref(), mint.as_ref()]);
        let bank = state::bank(&mut *world.chain, &keys.bank);
        assert_eq!((keys.bank, bank.bump), expected);
    }
    for key in world.obligations.clone() {
        let obligation = state::obligation(&mut *world.chain, &key);
        let (owner, index) = (obligation.owner, obligation.index.to_le_bytes());
        let expected = find(&[
            seeds::OBLIGATION_SEED,
            market.market.as_ref(),
            owner.as_ref(),
            &index,
        ]);
        assert_eq!((key, obligation.bump), expected);
    }
}

/// On the bytecode alone: the other back end's system program is too old to know
/// the instruction by which an account that has lamports is created.
#[test]
fn lamports_sent_ahead_block_no_account_that_is_created() {
    let scene = scene();
    let mut created = 0;
    for (name, prepare) in calls::all() {
        for lamports in [1, 890_880, 1_000_000_000] {
            let mut world = scene.world.fork();
            let call = prepare(&scene, &mut world);
            call.refresh(&mut world);
            let places = places(name, &call);
            let news: Vec<Pubkey> = places
                .iter()
                .filter(|place| matches!(place.kind, Kind::Created))
                .map(|place| call.instruction.accounts[place.index].pubkey)
                .collect();
            for key in &news {
                world.chain.airdrop(key, lamports);
            }
            let signers: Vec<_> = call.signers.iter().collect();
            world.send(&[call.instruction], &signers).unwrap();
            for key in &news {
                let account = world.chain.account(key).expect("it is created");
                let rent = Rent::default().minimum_balance(account.data.len());
                assert_eq!(account.lamports, rent.max(lamports), "{name}");
                created += 1;
            }
        }
    }
    assert!(created >= 3 * 9, "{created}");
}

/// Whether the program or a token program keeps something in the account.
fn is_state(account: &AccountData) -> bool {
    [
        backstop::ID,
        spl_token_interface::ID,
        spl_token_2022_interface::ID,
    ]
    .contains(&account.owner)
}

/// Everything that a call names, after it: owner, data and lamports.
fn after(scene: &Scene, prepare: Prepare, gift: u64) -> Vec<Option<AccountData>> {
    let mut world = scene.world.fork();
    let call = prepare(scene, &mut world);
    call.refresh(&mut world);
    let keys: Vec<Pubkey> = call
        .instruction
        .accounts
        .iter()
        .map(|meta| meta.pubkey)
        .collect();
    for key in &keys {
        if world.chain.account(key).is_some_and(|a| is_state(&a)) {
            world.chain.airdrop(key, gift);
        }
    }
    let signers: Vec<_> = call.signers.iter().collect();
    world.send(&[call.instruction], &signers).unwrap();
    keys.iter().map(|key| world.chain.account(key)).collect()
}

#[test]
fn lamports_count_for_nothing_and_none_go_missing() {
    const GIFT: u64 = 1_000_000_000;
    let scene = scene();
    for (name, prepare) in calls::all() {
        let plain = after(&scene, *prepare, 0);
        for account in plain.iter().flatten().filter(|account| is_state(account)) {
            let rent = Rent::default().minimum_balance(account.data.len());
            assert!(account.lamports >= rent, "{name}: {account:?}");
        }
        let rich = after(&scene, *prepare, GIFT);
        let mut gifts = 0;
        for (plain, rich) in plain.iter().zip(&rich) {
            let data =
                |account: &Option<AccountData>| account.as_ref().map(|a| (a.owner, a.data.clone()));
            assert_eq!(data(plain), data(rich), "{name}");
            let lamports = |account: &Option<AccountData>| {
                account.as_ref().map_or(0, |account| account.lamports)
            };
            gifts += lamports(rich) - lamports(plain);
        }
        assert_eq!(gifts % GIFT, 0, "{name}");
        // This one alone names nothing that was there before.
        assert_eq!(gifts > 0, !name.starts_with("create_market_with"), "{name}");
    }
}

#[test]
fn a_closed_obligation_does_not_come_back_to_life_in_its_transaction() {
    let scene = scene();
    let mut world = scene.world.fork();
    let owner = &scene.stage.keeper;
    let payer = world.chain.payer();
    let close = ix::close_obligation(owner.key(), owner.obligation, owner.key());
    let rent = Rent::default().minimum_balance(Obligation::SPACE);
    let refund = transfer(&payer, &owner.obligation, rent);
    let args = instruction::Deposit {
        atoms: 1,
        min_shares: 0,
        accept_deficit: false,
    };
    let (keys, account) = (world.keys(scene.usdc), world.wallet(owner, scene.usdc));
    let deposit = ix::deposit(&keys, owner.key(), owner.obligation, account, args);
    world.refuse_code(
        &[close.clone(), refund.clone(), deposit.clone()],
        &[&owner.wallet],
        ErrorCode::AccountOwnedByWrongProgram.into(),
    );
    world.refuse_code(
        &[close.clone(), refund.clone(), close.clone()],
        &[&owner.wallet],
        ErrorCode::AccountOwnedByWrongProgram.into(),
    );
    // Opened again in the same transaction it is a new one, with nothing in it.
    let open = ix::open_obligation(&world.market, payer, owner.key(), 0);
    world
        .send(&[close.clone(), refund, open], &[&owner.wallet])
        .unwrap();
    assert_eq!(world.obligation(owner).position_count, 0);
    world.send(from_ref(&deposit), &[&owner.wallet]).unwrap();
    world.refuse(&[close], &[&owner.wallet], E::ObligationNotEmpty);
}

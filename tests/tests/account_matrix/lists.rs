//! Lists of banks other than the one that clients send: something missing,
//! something twice, something else, another order.

use {
    crate::{
        bad_debt::{plain_bank, LENT, USDC},
        calls::{self, Call, Scene},
        expectations::Expected::{self, Allowed, Anchor, Ours},
        matrix::{run, Attempt},
    },
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::{
        chain::{AccountData, SvmChain},
        ix,
        tokens::Program,
        world::World,
    },
    solana_instruction::{AccountMeta, Instruction},
    solana_pubkey::Pubkey,
    std::slice::from_ref,
};

/// A list and what is different about it.
type Other = (String, Vec<AccountMeta>);

fn prepared(scene: &Scene, name: &str) -> (World, Call) {
    let (_, prepare) = calls::all()
        .find(|(call, _)| *call == name)
        .expect("there is such a call");
    let mut world = scene.world.fork();
    let call = prepare(scene, &mut world);
    call.refresh(&mut world);
    (world, call)
}

/// Every other list but those with another account in one's place, which the
/// matrix tries.
fn other_lists(right: &[AccountMeta], extra: &[Pubkey]) -> Vec<Other> {
    let mut lists: Vec<Other> = Vec::new();
    for length in 0..right.len() {
        lists.push((format!("the first {length}"), right[..length].to_vec()));
    }
    for index in 0..right.len() {
        let mut missing = right.to_vec();
        missing.remove(index);
        lists.push((format!("without {index}"), missing));
        for other in (0..right.len()).filter(|other| *other != index) {
            let mut doubled = right.to_vec();
            doubled[other] = right[index].clone();
            lists.push((format!("{index} in the place of {other}"), doubled));
        }
        for at in 0..=right.len() {
            let mut longer = right.to_vec();
            longer.insert(at, right[index].clone());
            lists.push((format!("{index} once more at {at}"), longer));
        }
        for other in index + 1..right.len() {
            let mut swapped = right.to_vec();
            swapped.swap(index, other);
            lists.push((format!("{index} and {other} swapped"), swapped));
        }
    }
    for (number, key) in extra.iter().enumerate() {
        for at in 0..=right.len() {
            let mut padded = right.to_vec();
            padded.insert(at, AccountMeta::new_readonly(*key, false));
            lists.push((format!("stranger {number} at {at}"), padded));
        }
    }
    lists.retain(|(_, list)| list != right);
    lists
}

/// Whether a list shows all banks of the right one, but for those that the
/// instruction has among its `own` accounts.
fn shows_all(list: &[AccountMeta], right: &[AccountMeta], own: &[AccountMeta]) -> bool {
    let has = |metas: &[AccountMeta], key| metas.iter().any(|meta| meta.pubkey == key);
    let mut needed = right.iter().map(|meta| meta.pubkey);
    needed.all(|key| has(own, key) || has(list, key))
}

/// A list that shows all banks does what the right one does; one that hides a
/// bank is refused with `hidden`.
fn check(scene: &Scene, name: &str, followers: usize, hidden: E) {
    let (mut world, call) = prepared(scene, name);
    let named = call.instruction.accounts.len() - followers;
    let right = call.instruction.accounts[named..].to_vec();
    let extra = [
        world.keys(scene.spare).bank,
        scene.foreign_banks[0].bank,
        scene.stranger.key(),
    ];
    let honest = sent(&world, &call, &call.instruction);
    let before = world.fingerprint();
    for (what, list) in other_lists(&right, &extra) {
        let mut instruction = call.instruction.clone();
        instruction.accounts.truncate(named);
        instruction.accounts.extend(list.iter().cloned());
        let own = &call.instruction.accounts[..named];
        if shows_all(&list, &right, own) {
            assert_eq!(sent(&world, &call, &instruction), honest, "{name}, {what}");
            continue;
        }
        let attempt = Attempt::of(&call, instruction);
        if let Err(error) = run(&mut world, &attempt, &Ours(hidden)) {
            panic!("{name}, {what}: {error}");
        }
    }
    assert_eq!(before, world.fingerprint());
}

/// Every account after the call's instruction was sent as it is in `instruction`.
fn sent(
    world: &World,
    call: &Call,
    instruction: &Instruction,
) -> Vec<(Pubkey, Option<AccountData>)> {
    let mut world = world.fork();
    let signers: Vec<_> = call.signers.iter().collect();
    world.send(from_ref(instruction), &signers).unwrap();
    world.fingerprint()
}

#[test]
fn the_banks_of_all_positions_are_shown_in_any_order_and_with_any_others() {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for name in ["borrow", "withdraw", "liquidate"] {
        check(&scene, name, 3, E::BankMissing);
    }
}

/// Of up to eight positions only one is worth anything; whichever it is, hiding
/// another one, or showing it twice, is no way to borrow more.
#[test]
fn an_obligation_that_one_position_keeps_solvent_shows_them_all() {
    let mut world = World::bytecode();
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let banks = names.map(|name| world.add_bank(&plain_bank(name)));
    let spare = world.add_bank(&plain_bank("SPARE"));
    let lender = world.actor("lender");
    world.fund(&lender, banks[0], LENT);
    world.deposit(&lender, banks[0], LENT).unwrap();
    let extra = [world.keys(spare).bank, lender.key()];
    for count in [2, 3, 8] {
        for rich in 1..count {
            let name = format!("{rich} of {count}");
            let mut world = world.fork();
            let borrower = world.actor(&name);
            for (index, bank) in banks[..count].iter().enumerate().skip(1) {
                let atoms = if index == rich { 1_000 * USDC } else { 1 };
                world.fund(&borrower, *bank, atoms);
                world.deposit(&borrower, *bank, atoms).unwrap();
            }
            world.borrow(&borrower, banks[0], 100 * USDC).unwrap();
            let active = world.active_banks(&borrower.obligation);
            let (keys, account) = (world.keys(banks[0]), world.wallet(&borrower, banks[0]));
            let right: Vec<Pubkey> = active.iter().map(|keys| keys.bank).collect();
            let borrow = ix::borrow(
                &keys,
                borrower.key(),
                borrower.obligation,
                account,
                USDC,
                &right,
            );
            world.send(&[ix::refresh_banks(&active)], &[]).unwrap();
            let named = borrow.accounts.len() - count;
            let before = world.fingerprint();
            let (own, shown) = borrow.accounts.split_at(named);
            for (what, list) in other_lists(shown, &extra) {
                if shows_all(&list, shown, own) {
                    continue;
                }
                let mut wrong = borrow.clone();
                wrong.accounts.truncate(named);
                wrong.accounts.extend(list);
                let failure = world.chain.send(&[wrong], &[&borrower.wallet]).unwrap_err();
                let expected = Ours(E::BankMissing);
                assert!(expected.is(&failure), "{name}, {what}: {failure}");
            }
            assert_eq!(before, world.fingerprint(), "{name}");
            world.send(&[borrow], &[&borrower.wallet]).unwrap();
        }
    }
}

#[test]
fn a_write_off_sees_every_deposit() {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    for name in ["write_off/insured", "write_off/issuing"] {
        // A deposit that is not shown may count.
        check(&scene, name, 2, E::CollateralLeft);
    }
}

#[test]
fn prices_come_in_pairs_of_a_bank_and_its_own_feed() {
    let scene = Scene::build(Box::new(SvmChain::backstop()), Program::Token);
    let (mut world, call) = prepared(&scene, "refresh_banks");
    let pairs = call.instruction.accounts.clone();
    let [bank, feed, other_bank, other_feed] =
        [0, 1, 2, 3].map(|index: usize| pairs[index].clone());
    let many = |count| {
        let pair = [bank.clone(), feed.clone()];
        pair.into_iter().cycle().take(count).collect()
    };
    let twice = Allowed("a bank that is refreshed twice is refreshed");
    let wrong_owner = Anchor(ErrorCode::AccountOwnedByWrongProgram);
    let cases: [(Vec<AccountMeta>, Expected); 9] = [
        (Vec::new(), Ours(E::WrongPairs)),
        (pairs[..1].to_vec(), Ours(E::WrongPairs)),
        (pairs[..3].to_vec(), Ours(E::WrongPairs)),
        (pairs[1..].to_vec(), Ours(E::WrongPairs)),
        (many(18), Ours(E::WrongPairs)),
        (many(16), twice.clone()),
        (vec![feed.clone(), bank.clone()], wrong_owner),
        (
            vec![bank.clone(), other_feed.clone(), other_bank, feed.clone()],
            Ours(E::WrongFeed),
        ),
        (
            vec![bank.clone(), feed.clone(), bank.clone(), other_feed],
            Ours(E::WrongFeed),
        ),
    ];
    for (index, (accounts, expected)) in cases.into_iter().enumerate() {
        let mut instruction = call.instruction.clone();
        instruction.accounts = accounts;
        let attempt = Attempt::of(&call, instruction);
        if let Err(error) = run(&mut world, &attempt, &expected) {
            panic!("case {index}: {error}");
        }
    }
    world.send(&[call.instruction], &[]).unwrap();
}

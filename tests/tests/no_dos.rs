//! L5: nobody keeps others from what they may do. In every state of a bank each
//! transaction that anyone may send is put before each legal transaction, which
//! must stay legal, but for the exceptions below. On the bytecode only: the two
//! chains agree on single transactions, and there are thousands of pairs here.

mod town;

use {
    backstop::error::BackstopError as E,
    backstop_tests::{
        ix,
        tokens::Program,
        world::{on_both, World},
    },
    std::collections::BTreeSet,
    town::{bad_debt::USDC, common::pool, ops, try_all, Op, Scene, Snapshot},
};

/// Transactions of roles: nobody else can send them.
const OF_ROLES: [&str; 3] = ["pause loans", "lower a cap", "shorten pauses"];

/// A legal transaction after which others are refused.
struct Exception {
    /// What comes first.
    first: &'static [&'static str],
    /// What is refused after it.
    then: &'static [&'static str],
    /// With which error.
    error: E,
    /// Why that takes nothing from anybody.
    reason: &'static str,
}

const WRITE_OFFS: &[&str] = &["write off", "write off, no bounty"];
const COVERS: &[&str] = &["cover", "cover, no price"];
const PURCHASES: &[&str] = &["buy a part", "buy everything", "buy a dollar's worth"];
const SALES: &[&str] = &["sell a part", "sell two atoms"];

const EXCEPTIONS: &[Exception] = &[Exception {
    first: WRITE_OFFS,
    then: WRITE_OFFS,
    error: E::NoDebt,
    reason: "it is done: one effect, whoever calls",
}];

fn excepted(first: &str, then: &str, code: Option<u32>) -> Option<usize> {
    EXCEPTIONS.iter().position(|exception| {
        exception.first.contains(&first)
            && exception.then.contains(&then)
            && code == Some(exception.error.into())
    })
}

/// Legal transactions of a state, with the states after them.
fn legal(world: &mut World, snapshot: &Snapshot, ops: &[Op]) -> Vec<(usize, Snapshot)> {
    let outcomes = try_all(world, snapshot, ops);
    let after = outcomes.into_iter().map(|outcome| outcome.result.ok());
    after
        .enumerate()
        .filter_map(|(index, state)| Some((index, state?)))
        .collect()
}

#[test]
fn no_permissionless_call_takes_a_legal_one_away_but_by_doing_it() {
    let mut used = BTreeSet::new();
    let (mut pairs, mut problems) = (0, Vec::new());
    for scene in Scene::ALL {
        let world = &mut World::bytecode();
        let town = scene.play(world, Program::Token);
        let ops = ops(world, &town);
        let snapshot = world.fingerprint();
        let legal = legal(world, &snapshot, &ops);
        let then: Vec<usize> = legal.iter().map(|(index, _)| *index).collect();
        for (first, state) in &legal {
            if OF_ROLES.contains(&ops[*first].name) {
                continue;
            }
            let outcomes = try_all(world, state, &ops);
            for index in &then {
                pairs += 1;
                let (first, second) = (ops[*first].name, outcomes[*index].name);
                let Err(code) = &outcomes[*index].result else {
                    continue;
                };
                match excepted(first, second, *code) {
                    Some(exception) => _ = used.insert(exception),
                    None => problems.push(format!("{scene:?}: {first}, then {second}: {code:?}")),
                }
            }
        }
    }
    assert!(pairs > 2_000, "{pairs} pairs");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    for (index, exception) in EXCEPTIONS.iter().enumerate() {
        let reason = exception.reason;
        assert!(
            used.contains(&index),
            "an exception that nothing needs: {reason}"
        );
    }
}

#[test]
fn a_newer_price_in_between_makes_an_older_one_useless_and_serves_everybody() {
    on_both(|world| {
        let pool = pool(world);
        world
            .borrow(&pool.borrower, pool.usdc, 5_000 * USDC)
            .unwrap();
        let keys = world.keys(pool.sol);
        let older = world.feed(&keys.oracle);
        world.advance_silently(10);
        let mut newer = older;
        newer.publish_time = world.chain.now();
        let strangers = backstop_tests::keys::keypair("stranger's update");
        let account = solana_signer::Signer::pubkey(&strangers);
        newer.post(&mut *world.chain, &account);
        let with_newer = ix::BankKeys {
            oracle: account,
            ..keys
        };
        world
            .send(&[ix::refresh_banks(&[with_newer])], &[])
            .unwrap();
        world.refuse(&[ix::refresh_banks(&[keys])], &[], E::PriceWentBack);
        world
            .send(&[ix::refresh_banks(&[with_newer])], &[])
            .unwrap();
        older.post(&mut *world.chain, &account);
        world.refuse(&[ix::refresh_banks(&[with_newer])], &[], E::PriceWentBack);
    });
}

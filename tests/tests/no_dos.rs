//! L5: nobody keeps others from what they may do. In every state of a bank each
//! transaction that anyone may send is put before each legal transaction, which
//! must stay legal, but for the exceptions below. On the bytecode only: the two
//! chains agree on single transactions, and there are thousands of pairs here.

mod states;

use {
    backstop::{error::BackstopError as E, events::DeficitSocialised},
    backstop_tests::{
        ix,
        keys::keypair,
        settings::DAY,
        tokens::Program,
        world::{on_both, World},
    },
    solana_signer::Signer,
    states::{
        bad_debt::{insure, lose, stage_bank, USDC},
        common::pool,
        ops, try_all, Op, Snapshot, State,
    },
    std::collections::BTreeSet,
};

/// Transactions of roles: nobody else can send them.
const OF_ROLES: [&str; 3] = ["pause loans", "lower a cap", "shorten pauses"];
/// Transactions of one owner over his own obligation: he alone stands in his way.
const OF_ONE_OWNER: [&str; 3] = [
    "open an obligation",
    "close an obligation",
    "deposit an atom",
];

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
const REPAYMENTS: &[&str] = &["repay half", "repay everything", "repay an atom"];
const RECORDS: &[&str] = &["repay a record", "repay an atom of a record"];

const EXCEPTIONS: &[Exception] = &[
    Exception {
        first: WRITE_OFFS,
        then: WRITE_OFFS,
        error: E::NoDebt,
        reason: "the debt is written off: one effect, whoever calls",
    },
    Exception {
        first: WRITE_OFFS,
        then: &["collect fees"],
        error: E::ZeroAmount,
        reason: "fees pay for a loss before anything else does",
    },
    Exception {
        first: &["collect fees"],
        then: &["collect fees"],
        error: E::ZeroAmount,
        reason: "they are collected",
    },
    Exception {
        first: &["repay everything"],
        then: REPAYMENTS,
        error: E::NoPosition,
        reason: "the debt is paid",
    },
    Exception {
        first: &["repay a record"],
        then: RECORDS,
        error: E::NoPosition,
        reason: "the record is paid",
    },
    Exception {
        first: &["liquidate"],
        then: &["liquidate"],
        error: E::Healthy,
        reason: "it is healthy again, which is what a liquidation is for",
    },
    Exception {
        first: &["buy everything"],
        then: PURCHASES,
        error: E::NoAuction,
        reason: "it is sold out",
    },
    Exception {
        first: &["buy everything", "socialise"],
        then: COVERS,
        error: E::NoDeficit,
        reason: "no deficit is left to cover",
    },
    Exception {
        first: &["socialise"],
        then: &["socialise"],
        error: E::NoDeficit,
        reason: "no deficit is left to socialise",
    },
    Exception {
        first: &["fund an atom"],
        then: &["socialise"],
        error: E::InsuranceNotEmpty,
        reason: "reserves pay before lenders do: covering in the same transaction empties them",
    },
    Exception {
        first: &["close the auction"],
        then: &["close the auction"],
        error: E::NoAuction,
        reason: "it is closed",
    },
    Exception {
        first: &["start a buy-back"],
        then: &["start a buy-back"],
        error: E::AuctionLive,
        reason: "it is started",
    },
    Exception {
        first: &["close the buy-back"],
        then: &["close the buy-back"],
        error: E::NoAuction,
        reason: "it is closed",
    },
];

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
    for state in State::ALL {
        let world = &mut World::bytecode();
        let people = state.play(world, Program::Token);
        let ops = ops(world, &people);
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
                if [first, second]
                    .iter()
                    .all(|name| OF_ONE_OWNER.contains(name))
                {
                    continue;
                }
                match excepted(first, second, *code) {
                    Some(exception) => _ = used.insert(exception),
                    None => problems.push(format!("{state:?}: {first}, then {second}: {code:?}")),
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
fn an_atom_for_the_reserve_does_not_outlast_the_transaction_that_covers_and_socialises() {
    on_both(|world| {
        let people = State::Hopeless.play(world, Program::Token);
        let (usdc, stranger) = (people.stage.usdc, &people.stranger);
        let keys = world.keys(usdc);
        for _ in 0..3 {
            world.fund_insurance(stranger, usdc, 1).unwrap();
            let socialise = [ix::socialise_deficit(&keys)];
            world.refuse(&socialise, &[], E::InsuranceNotEmpty);
        }
        let owed = world.bank(usdc).ledger.deficit;
        let both = [ix::cover_deficit(&keys), ix::socialise_deficit(&keys)];
        let event: DeficitSocialised = world.send(&both, &[]).unwrap().event();
        // Three atoms came from the stranger, the rest from fees.
        assert!(event.socialised <= owed - 3);
        assert_eq!(event.after.deficit, 0);
    });
}

/// The price of keeping lenders waiting where a limit holds the reserve back: the
/// limit itself, every window, and it pays for the deficit.
#[test]
fn socialising_is_held_up_by_feeding_the_reserve_its_limit_and_no_longer_than_that() {
    on_both(|world| {
        const LIMIT: u64 = USDC;
        let stage = stage_bank(world, |config| {
            config.write_off_mode = 1;
            config.draw_limit = LIMIT;
        });
        lose(world, &stage, "debtor", 600 * USDC);
        let keys = world.keys(stage.usdc);
        let both = [ix::cover_deficit(&keys), ix::socialise_deficit(&keys)];
        world.advance(14 * u64::from(DAY));
        insure(world, &stage, LIMIT + 1);
        for day in 1..=30 {
            world.refuse(&both, &[], E::InsuranceNotEmpty);
            world.cover(stage.usdc).unwrap();
            insure(world, &stage, LIMIT);
            world.advance(u64::from(DAY));
            let deficit = world.bank(stage.usdc).ledger.deficit;
            assert_eq!(deficit, 600 * USDC - day * LIMIT);
        }
        // A day without it is enough.
        world.cover(stage.usdc).unwrap();
        world.advance(u64::from(DAY));
        let event: DeficitSocialised = world.send(&both, &[]).unwrap().event();
        assert_eq!(event.after.deficit, 0);
    });
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
        let account = keypair("stranger's update").pubkey();
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

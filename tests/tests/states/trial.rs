//! Several futures of one state: each transaction is tried from the same
//! snapshot.

use {
    super::{common::restore, Op},
    anchor_lang::prelude::Pubkey,
    backstop_tests::{chain::AccountData, world::World},
};

/// A state of the world that can be put back.
pub type Snapshot = Vec<(Pubkey, Option<AccountData>)>;

/// What became of a transaction.
pub struct Outcome {
    /// Which.
    pub name: &'static str,
    /// The state after it, or the error number of the program that refused it,
    /// if it has one.
    pub result: Result<Snapshot, Option<u32>>,
}

/// Tries each transaction from `snapshot`. One that is refused must leave every
/// account as it was.
#[track_caller]
pub fn try_all(world: &mut World, snapshot: &Snapshot, ops: &[Op]) -> Vec<Outcome> {
    restore(world, snapshot);
    ops.iter()
        .map(|op| {
            let sent = world.send(&op.instructions, &op.signers());
            let after = world.fingerprint();
            let changed: Snapshot = snapshot
                .iter()
                .zip(&after)
                .filter(|(before, after)| before != after)
                .map(|(before, _)| before.clone())
                .collect();
            restore(world, &changed);
            let result = match sent {
                Ok(_) => Ok(after),
                Err(failure) => {
                    assert!(changed.is_empty(), "{} failed and changed state", op.name);
                    Err(failure.code())
                }
            };
            Outcome {
                name: op.name,
                result,
            }
        })
        .collect()
}

/// The data of the program's own accounts: what its books say, wherever tokens
/// and lamports are.
fn books(snapshot: &Snapshot) -> Vec<(&Pubkey, &[u8])> {
    let ours = |account: &&AccountData| account.owner == backstop::ID;
    snapshot
        .iter()
        .filter_map(|(key, account)| Some((key, account.as_ref().filter(ours)?.data.as_slice())))
        .collect()
}

/// How a circumstance changed what becomes of one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Legal in both cases, with the same books; or refused for the same reason.
    None,
    /// Legal before, and now refused with this error number, if there is one.
    Stopped(Option<u32>),
    /// Anything else: legal only now, other books, another reason.
    Other,
}

/// Compares what became of one transaction in two circumstances.
pub fn difference(before: &Outcome, after: &Outcome) -> Difference {
    match (&before.result, &after.result) {
        (Ok(before), Ok(after)) if books(before) == books(after) => Difference::None,
        (Err(before), Err(after)) if before == after => Difference::None,
        (Ok(_), Err(code)) => Difference::Stopped(*code),
        _ => Difference::Other,
    }
}

//! The ways out that every state must have, whoever made it: a debt can be
//! repaid, an auction can be closed once its time is over, a deficit goes away
//! in a bounded number of calls that anyone may make, a record can be repaid,
//! and then lenders can leave, the last of them too.

use anchor_lang::{solana_program::program_pack::Pack, InstructionData};
use anchor_spl::token_2022::spl_token_2022::state::Account as TokenAccount;
use backstop::{
    instruction,
    state::{Bank, Obligation, Position},
};

use super::{keys, settings::DAY, Cast, Scene, ACTORS, BANKS};
use crate::idl::idl;

/// Who acts.
const KEEPER: usize = 2;
/// (secs) Longer than any setting may make anybody wait.
const LONG: u32 = 45 * DAY;
/// Rounds of calls after which a deficit is gone.
const ROUNDS: usize = 12;

/// Takes every way out of the scene.
///
/// # Panics
/// When one is closed.
pub fn take_all(mut scene: Scene) {
    for bank in 0..BANKS {
        for debtor in 0..ACTORS {
            repay(&mut scene, debtor, bank);
        }
    }
    let resolved: Vec<usize> = (0..BANKS)
        .filter(|bank| resolve(&mut scene, *bank))
        .collect();
    for bank in 0..BANKS {
        for debtor in 0..ACTORS {
            repay_record(&mut scene, debtor, bank);
        }
    }
    for bank in resolved {
        for lender in 0..ACTORS {
            leave(&mut scene, lender, bank);
        }
    }
}

fn bank_state(scene: &Scene, bank: usize) -> Option<Bank> {
    scene.read(&keys().banks[bank].bank)
}

fn attempt(scene: &mut Scene, cast: Cast, data: &impl InstructionData) -> Result<(), String> {
    let data = data.data();
    let mut all = idl().instructions.iter();
    let found = all.find(|instruction| data.starts_with(&instruction.discriminator));
    let instruction = found.expect("the IDL lists every instruction");
    let call = scene.call(instruction, cast, data);
    let result = scene.run(&call);
    result.map_err(|error| format!("{}: {error:?}", instruction.name))
}

fn position(scene: &Scene, actor: usize, bank: usize) -> Option<Position> {
    let obligation: Obligation = scene.read(&keys().actors[actor].obligation)?;
    let position = obligation.position(&keys().banks[bank].bank);
    position.ok().copied()
}

fn repay(scene: &mut Scene, debtor: usize, bank: usize) {
    if !position(scene, debtor, bank).is_some_and(|p| p.has_debt()) {
        return;
    }
    enrich(scene, bank);
    let cast = Cast {
        actor: KEEPER,
        other: debtor,
        bank,
        ..Cast::default()
    };
    let all = instruction::Repay {
        max_atoms: u64::MAX,
    };
    if let Err(error) = attempt(scene, cast, &all) {
        panic!("a debt cannot be repaid, {error}");
    }
}

fn repay_record(scene: &mut Scene, debtor: usize, bank: usize) {
    if position(scene, debtor, bank).is_none_or(|p| p.written_off == 0) {
        return;
    }
    enrich(scene, bank);
    let cast = Cast {
        actor: KEEPER,
        other: debtor,
        bank,
        ..Cast::default()
    };
    let all = instruction::RepayWrittenOff {
        max_atoms: u64::MAX,
    };
    if let Err(error) = attempt(scene, cast, &all) {
        panic!("a record cannot be repaid, {error}");
    }
}

/// Gives the keeper more than anybody owes.
fn enrich(scene: &mut Scene, bank: usize) {
    let purse = keys().actors[KEEPER].tokens[bank];
    let Some(account) = scene.accounts.get_mut(&purse) else {
        return;
    };
    let mut state = TokenAccount::unpack(&account.data).expect("the keeper has a purse");
    state.amount = u64::MAX >> 1;
    TokenAccount::pack(state, &mut account.data).expect("it keeps its length");
}

/// Withdraws all that somebody has lent.
fn leave(scene: &mut Scene, lender: usize, bank: usize) {
    if !position(scene, lender, bank).is_some_and(|p| p.has_deposit()) {
        return;
    }
    let cast = Cast {
        actor: lender,
        bank,
        empties: true,
        ..Cast::default()
    };
    let all = instruction::Withdraw {
        shares: u128::MAX,
        min_atoms: 0,
    };
    if let Err(error) = attempt(scene, cast, &all) {
        panic!("a lender cannot leave, {error}");
    }
}

/// Calls what anyone may call until the bank's deficit is gone; whether it is.
fn resolve(scene: &mut Scene, bank: usize) -> bool {
    let cast = Cast {
        actor: KEEPER,
        bank,
        ..Cast::default()
    };
    for _ in 0..ROUNDS {
        let Some(state) = bank_state(scene, bank) else {
            return false;
        };
        if state.ledger.deficit == 0 {
            return true;
        }
        // A limit on draws may be set so low that insurance lasts for ever.
        if state.config.draw_limit > 0 && state.ledger.insurance > 0 {
            return false;
        }
        scene.advance(LONG, true);
        if state.auction.lot > 0 {
            if let Err(error) = attempt(scene, cast, &instruction::CloseAuction {}) {
                panic!("an auction cannot be closed, {error}");
            }
        }
        if let Err(error) = attempt(scene, cast, &instruction::CoverDeficit {}) {
            // The auction may have been the last of it.
            let gone = bank_state(scene, bank).is_some_and(|bank| bank.ledger.deficit == 0);
            assert!(gone, "a deficit cannot be covered, {error}");
        }
        let _ = attempt(scene, cast, &instruction::SocialiseDeficit {});
    }
    let left = bank_state(scene, bank).map_or(0, |bank| bank.ledger.deficit);
    assert_eq!(left, 0, "a deficit that nobody can end");
    true
}

//! A9: no program but the mint's own moves tokens. A program that says yes to
//! everything, without moving anything, must never be asked.

use {
    super::allow_list::bank_of,
    crate::states::{ops, try_all, Op, State},
    backstop::error::BackstopError,
    backstop_tests::{
        tokens::{self, Program},
        world::on_both,
    },
    solana_pubkey::{pubkey, Pubkey},
    std::{
        cell::{RefCell, RefMut},
        collections::BTreeSet,
    },
};

const TOKEN_2022: Program<'static> = Program::Token2022 { extensions: &[] };
/// Says yes to any text, and so to many instructions of a token program.
const MEMO: Pubkey = pubkey!("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");

/// The transaction with another program in the place of the token programs, if
/// it names them.
fn with_program(op: &Op, from: &Pubkey, to: &Pubkey) -> Option<Op> {
    let mut instructions = op.instructions.clone();
    let mut found = false;
    for meta in instructions.iter_mut().flat_map(|each| &mut each.accounts) {
        if meta.pubkey == *from {
            (meta.pubkey, found) = (*to, true);
        }
    }
    found.then(|| Op {
        name: op.name,
        instructions,
        signers: op
            .signers()
            .iter()
            .map(|key| key.insecure_clone())
            .collect(),
    })
}

/// What moves no token.
const SPARED: [&str; 9] = [
    "refresh",
    "socialise",
    "start a buy-back",
    "close the buy-back",
    "open an obligation",
    "close an obligation",
    "pause loans",
    "lower a cap",
    "shorten pauses",
];

#[test]
fn every_transaction_that_moves_tokens_refuses_another_program() {
    let mut refused = BTreeSet::new();
    for state in [State::Calm, State::Open, State::Ended, State::BuyBack] {
        refused.append(&mut refused_in(state, Program::Token));
    }
    refused.append(&mut refused_in(State::Calm, TOKEN_2022));
    State::Calm.sweep(TOKEN_2022, |world, people| {
        for op in ops(world, people) {
            let is_spared = SPARED.contains(&op.name);
            assert_ne!(refused.contains(op.name), is_spared, "{}", op.name);
        }
    });
}

/// Names of the transactions that were refused with each wrong program. No legal
/// one that names a token program passes.
fn refused_in(state: State, program: Program<'static>) -> BTreeSet<&'static str> {
    let right = program.id();
    let other = match program {
        Program::Token => TOKEN_2022.id(),
        Program::Token2022 { .. } => Program::Token.id(),
    };
    let names = RefCell::default();
    state.sweep(program, |world, people| {
        let before = world.fingerprint();
        let all = ops(world, people);
        let outcomes = try_all(world, &before, &all);
        let legal = |op: &&Op| {
            let outcome = outcomes.iter().find(|outcome| outcome.name == op.name);
            outcome.is_some_and(|outcome| outcome.result.is_ok())
        };
        for wrong in [other, MEMO, backstop::ID] {
            let forged: Vec<Op> = all
                .iter()
                .filter(legal)
                .filter_map(|op| with_program(op, &right, &wrong))
                .collect();
            for outcome in try_all(world, &before, &forged) {
                let code = u32::from(BackstopError::WrongTokenProgram);
                assert_eq!(outcome.result.err(), Some(Some(code)), "{}", outcome.name);
                let mut names: RefMut<'_, BTreeSet<_>> = names.borrow_mut();
                names.insert(outcome.name);
            }
        }
    });
    names.into_inner()
}

#[test]
fn a_bank_is_made_with_the_program_of_its_mint_only() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        for program in [Program::Token, TOKEN_2022] {
            let label = format!("{program:?}");
            let mint = tokens::create_mint(&mut *world.chain, &label, &admin, 6, program);
            let (keys, create) = bank_of(world, &mint);
            world.watched.extend([keys.bank, keys.liquidity_vault]);
            // The governance mint is of SPL Token, whose address stands in its
            // own place too: only the asset's program is exchanged.
            for wrong in [Program::Token.id(), TOKEN_2022.id(), MEMO, backstop::ID] {
                let mut forged = create.clone();
                forged.accounts[9].pubkey = wrong;
                if wrong == mint.program {
                    assert_eq!(forged, create);
                    continue;
                }
                let before = world.fingerprint();
                assert!(world.chain.send(&[forged], &[&admin]).is_err(), "{wrong}");
                assert_eq!(before, world.fingerprint());
            }
            world.send(&[create], &[&admin]).unwrap();
        }
    });
}

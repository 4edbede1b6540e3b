//! Tokens and lamports that somebody sends to the bank's accounts by himself, in
//! every state: they are in no ledger, change no figure and block nothing.

use {
    crate::states::{difference, ops, try_all, Difference, People, State},
    backstop_tests::{
        tokens::{self, Program},
        world::World,
    },
    solana_signer::Signer,
};

/// How much is given away to each vault.
#[derive(Clone, Copy)]
enum Gift {
    /// One atom.
    Atom,
    /// All that can exist.
    Everything,
}

impl Gift {
    fn of(self, available: u64) -> u64 {
        match self {
            Self::Atom => 1,
            Self::Everything => available,
        }
    }
}

/// Sends tokens to the three vaults and lamports to every account of the bank.
fn donate(world: &mut World, people: &People, gift: Gift) {
    let (stage, admin) = (&people.stage, world.admin.insecure_clone());
    let keys = world.keys(stage.usdc);
    let (mint, governance) = (world.mints[stage.usdc.0], world.governance);
    // Issued to the vaults at once: the token program makes no difference
    // between this and a transfer, but a transfer needs a purse in between.
    let left = u64::MAX - tokens::supply(&mut *world.chain, &mint.key);
    for (vault, available) in [
        (keys.liquidity_vault, left / 2),
        (keys.insurance_vault, left - left / 2),
    ] {
        let chain = &mut *world.chain;
        tokens::mint_to(chain, &mint, &vault, &admin, gift.of(available));
    }
    let treasury = world.treasury.insecure_clone();
    let purse = tokens::associated_token_account(&governance, &treasury.pubkey());
    let chain = &mut *world.chain;
    let amount = gift.of(tokens::balance(chain, &purse));
    let escrow = keys.governance_escrow;
    tokens::transfer(chain, &governance, &purse, &escrow, &treasury, amount);
    for account in [
        keys.bank,
        keys.market.market,
        keys.liquidity_vault,
        keys.insurance_vault,
        escrow,
        people.borrower.obligation,
    ] {
        world.chain.airdrop(&account, gift.of(1_000_000_000));
    }
}

/// Every transaction ends as it would without the gift, with the same books.
fn no_gift_matters(state: State, program: Program<'_>) {
    state.sweep(program, |world, people| {
        let ops = ops(world, people);
        let before = world.fingerprint();
        let plain = try_all(world, &before, &ops);
        assert!(plain.iter().any(|outcome| outcome.result.is_ok()));
        for gift in [Gift::Atom, Gift::Everything] {
            donate(world, people, gift);
            let given = world.fingerprint();
            let outcomes = try_all(world, &given, &ops);
            for (plain, given) in plain.iter().zip(&outcomes) {
                let difference = difference(plain, given);
                assert_eq!(difference, Difference::None, "{state:?}: {}", plain.name);
            }
            crate::common::restore(world, &before);
        }
    });
}

#[test]
fn nothing_that_is_sent_to_a_vault_changes_a_figure_or_blocks_anything() {
    for state in State::ALL {
        no_gift_matters(state, Program::Token);
    }
}

#[test]
fn nor_does_it_with_token_2022() {
    for state in [State::Calm, State::Open, State::WoundDown] {
        no_gift_matters(state, Program::Token2022 { extensions: &[] });
    }
}

//! Addresses: no two kinds of account share one, and every bump is canonical.

mod common;

use {
    backstop::{constants as seeds, ID},
    backstop_tests::{
        state,
        world::{on_both, World},
    },
    common::*,
    solana_pubkey::Pubkey,
    std::collections::BTreeSet,
};

/// A shape of seeds: a literal, and how many bytes each further seed has.
struct Shape {
    literal: &'static [u8],
    rest: &'static [usize],
}

const SHAPES: [Shape; 7] = [
    Shape {
        literal: seeds::MARKET_SEED,
        rest: &[32],
    },
    Shape {
        literal: seeds::GOVERNANCE_MINT_SEED,
        rest: &[32, 2],
    },
    Shape {
        literal: seeds::BANK_SEED,
        rest: &[32, 32],
    },
    Shape {
        literal: seeds::LIQUIDITY_SEED,
        rest: &[32],
    },
    Shape {
        literal: seeds::INSURANCE_SEED,
        rest: &[32],
    },
    Shape {
        literal: seeds::ESCROW_SEED,
        rest: &[32],
    },
    Shape {
        literal: seeds::OBLIGATION_SEED,
        rest: &[32, 32, 2],
    },
];

/// Seeds are hashed one after another without a mark between them, so what must
/// differ is the whole string.
#[test]
fn no_two_kinds_of_account_share_an_address() {
    for (index, one) in SHAPES.iter().enumerate() {
        for other in &SHAPES[index + 1..] {
            let length = |shape: &Shape| shape.literal.len() + shape.rest.iter().sum::<usize>();
            // Of one length two strings are equal only if one literal begins with
            // the other; the rest of them is a key that anybody may choose.
            let may_meet = length(one) == length(other)
                && (one.literal.starts_with(other.literal)
                    || other.literal.starts_with(one.literal));
            assert!(!may_meet, "{:?} and {:?}", one.literal, other.literal);
        }
    }
    // And the addresses of one key used for everything are all different.
    let key = [7; 32];
    let addresses: BTreeSet<Pubkey> = SHAPES
        .iter()
        .map(|shape| {
            let rest = shape.rest.iter().map(|length| &key[..*length]);
            let parts: Vec<&[u8]> = [shape.literal].into_iter().chain(rest).collect();
            Pubkey::find_program_address(&parts, &ID).0
        })
        .collect();
    assert_eq!(addresses.len(), SHAPES.len());
}

#[test]
fn every_stored_bump_is_the_canonical_one() {
    on_both(|world: &mut World| {
        let pool = pool(world);
        let market = world.market_state();
        let (key, bump) = Pubkey::find_program_address(
            &[seeds::MARKET_SEED, market.governance_mint.as_ref()],
            &ID,
        );
        assert_eq!((key, bump), (world.market.market, market.bump));
        for bank in [pool.usdc, pool.sol] {
            let keys = world.keys(bank);
            let parts = [seeds::BANK_SEED, key.as_ref(), keys.mint.as_ref()];
            let (address, bump) = Pubkey::find_program_address(&parts, &ID);
            assert_eq!((address, bump), (keys.bank, world.bank(bank).bump));
        }
        let obligation = state::obligation(&mut *world.chain, &pool.borrower.obligation);
        let (address, bump) = Pubkey::find_program_address(
            &[
                seeds::OBLIGATION_SEED,
                key.as_ref(),
                pool.borrower.key().as_ref(),
                &obligation.index.to_le_bytes(),
            ],
            &ID,
        );
        assert_eq!((address, bump), (pool.borrower.obligation, obligation.bump));
    });
}

//! Metadata is harmless, but whoever may change it can make the mint's account as
//! long as accounts get, and every token movement names the mint. Only the
//! bytecode counts what that costs.

use {
    crate::{
        eight::TOKEN_2022,
        states::{difference, ops, try_all, Difference, State},
    },
    anchor_lang::prelude::{Pubkey, Rent},
    backstop_tests::{
        chain::{Request, SvmChain, MAX_COMPUTE_UNITS},
        world::World,
    },
    spl_token_2022_interface::extension::ExtensionType,
};

/// [bytes] The longest account there can be.
const LONGEST: usize = 10 * 1_024 * 1_024;
/// [bytes] The longest value that the length field of an extension can name.
const LONGEST_EXTENSION: usize = u16::MAX as usize;
/// Where the list of extensions of a mint begins.
const EXTENSIONS: usize = 166;

/// Fills the mint's metadata up, and leaves the rest of the account empty, as
/// the token program leaves room that is paid for and unused.
fn grow(world: &mut World, mint: &Pubkey) {
    let mut account = world.chain.account(mint).unwrap();
    let kind: u16 = ExtensionType::TokenMetadata.into();
    let mut at = EXTENSIONS;
    loop {
        let header = &account.data[at..at + 4];
        let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
        if header[..2] == kind.to_le_bytes() {
            break;
        }
        at += 4 + length;
    }
    let length = u16::MAX.to_le_bytes();
    account.data[at + 2..at + 4].copy_from_slice(&length);
    account.data.resize(at + 4 + LONGEST_EXTENSION, 0);
    account.data.resize(LONGEST, 0);
    account.lamports = Rent::default().minimum_balance(LONGEST);
    world.chain.set_account(mint, account);
}

#[test]
fn mints_as_long_as_accounts_get_stop_nothing_and_leave_a_fifth_of_the_units() {
    for state in [State::Calm, State::Waiting, State::Open, State::BuyBack] {
        let chain = Box::new(SvmChain::backstop());
        let world = &mut World::with_governance(chain, TOKEN_2022, |_| ());
        let people = state.play(world, TOKEN_2022);
        let ops = ops(world, &people);
        let before = world.fingerprint();
        let short = try_all(world, &before, &ops);
        for mint in [world.mints[people.stage.usdc.0].key, world.governance.key] {
            grow(world, &mint);
        }
        let grown = world.fingerprint();
        let long = try_all(world, &grown, &ops);
        for (short, long) in short.iter().zip(&long) {
            let difference = difference(short, long);
            assert_eq!(difference, Difference::None, "{state:?}: {}", short.name);
        }
        let mut most = 0;
        for op in &ops {
            crate::common::restore(world, &grown);
            let signers = op.signers();
            let request = Request::new(&op.instructions, &signers);
            if let Ok(receipt) = world.chain.submit(&request) {
                most = most.max(receipt.compute_units);
            }
        }
        println!("{state:?}: {most} units");
        assert!(most > 0 && most <= u64::from(MAX_COMPUTE_UNITS) * 4 / 5);
    }
}

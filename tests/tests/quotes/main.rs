//! The client's quotes are what the program does: the same plan, the same
//! accounts to the byte afterwards, the same refusal. On the bytecode only: a
//! quote calls the very code that the native chain runs.

#[path = "../bad_debt/mod.rs"]
mod bad_debt;
#[path = "../common/mod.rs"]
mod common;

mod lending;
mod losses;
mod market;

use {
    backstop::state::{read_price_update, Bank, Market, PriceUpdate},
    backstop_client::{view::BankView, ClientError, MarketView},
    backstop_tests::{
        chain::{Failure, Receipt},
        world::{BankId, World},
    },
    solana_pubkey::Pubkey,
};

/// The market as a client sees it now, refreshed as a transaction would.
fn view(world: &mut World) -> MarketView {
    let update = |world: &mut World, key: &Pubkey| -> Option<PriceUpdate> {
        read_price_update(&world.chain.account(key)?.data).ok()
    };
    let mut banks: Vec<BankView> = (0..world.banks.len())
        .map(|index| {
            let keys = world.keys(BankId(index));
            BankView {
                keys,
                bank: world.bank(BankId(index)),
                price: update(world, &keys.oracle),
            }
        })
        .collect();
    banks.sort_by_key(|view| view.keys.bank);
    let oracle = world.market.oracle;
    MarketView {
        keys: world.market,
        market: world.market_state(),
        banks,
        governance_price: oracle.and_then(|key| update(world, &key)),
        slot: world.chain.slot(),
        now: world.chain.now(),
    }
    .refreshed()
}

/// A quote and a transaction that both go through, or both fail with the same
/// error of the program.
fn agree<T>(quote: Result<T, ClientError>, done: Result<Receipt, Failure>) -> Option<(T, Receipt)> {
    match (quote, done) {
        (Ok(quote), Ok(receipt)) => Some((quote, receipt)),
        (Err(error), Err(failure)) => {
            let expected = error.refusal().map(|refusal| refusal.code);
            assert!(expected.is_some(), "{error}");
            assert_eq!(failure.code(), expected, "{error}\n{failure}");
            None
        }
        (Ok(_), Err(failure)) => panic!("the quote saw nothing wrong: {failure}"),
        (Err(error), Ok(_)) => panic!("the program saw nothing wrong: {error}"),
    }
}

/// Accounts of a quote's view and of the chain, byte for byte. The sequence of
/// loss events is the program's own.
fn assert_same(world: &mut World, bank: BankId, after: &MarketView) {
    let key = world.keys(bank).bank;
    let quoted: &Bank = &after.bank(&key).unwrap().bank;
    let stored = world.bank(bank);
    assert_eq!(format!("{quoted:?}"), format!("{stored:?}"));
    let stored = world.market_state();
    let quoted = Market {
        sequence: stored.sequence,
        ..after.market
    };
    assert_eq!(format!("{quoted:?}"), format!("{stored:?}"));
}

/// The event of a log line, if it is one of type `E`.
fn logged<E: anchor_lang::AnchorDeserialize + anchor_lang::Discriminator>(line: &str) -> Option<E> {
    use base64::{prelude::BASE64_STANDARD, Engine};
    let data = BASE64_STANDARD
        .decode(line.strip_prefix("Program data: ")?)
        .ok()?;
    E::try_from_slice(data.strip_prefix(E::DISCRIMINATOR)?).ok()
}

//! Set-ups that the scenarios on bad debt share: a bank without interest, so
//! that every figure is a round one, and debtors whose debt is bad to the atom.
#![allow(dead_code, unused_imports, unused_macros)]

pub mod rebuild;

use {
    anchor_lang::{AnchorDeserialize, Discriminator},
    backstop::{
        events::BooksAfter,
        state::{BankConfig, LedgerState, MarketConfig},
    },
    backstop_tests::{
        chain::Receipt,
        ix,
        settings::{DAY, HOUR},
        tokens,
        world::{Actor, BankId, BankSpec, World, DOLLAR},
    },
    base64::{prelude::BASE64_STANDARD, Engine},
    num_bigint::BigUint,
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
};

/// (atoms) One dollar of the debt's asset.
pub const USDC: u64 = 1_000_000;
/// (governance atoms) One governance token.
pub const TOKEN: u64 = 1_000_000;
/// (atoms) What the lender of every stage deposits.
pub const LENT: u64 = 1_000_000 * USDC;
/// (secs) From a write-off to the first sale of its auction.
pub const AUCTION_DELAY: u64 = 2 * HOUR as u64;
/// (secs) From the first sale to the floor price.
pub const AUCTION_DURATION: u64 = 6 * HOUR as u64;
/// (secs) Window of draws and bounties.
pub const WINDOW: u64 = DAY as u64;
/// (10^-8 dollars) Price of a whole collateral token before it crashes.
pub const COLLATERAL_PRICE: i64 = 1_000_000 * DOLLAR;
/// (atoms) What a debtor puts up: ten million dollars' worth.
const COLLATERAL: u64 = 10_000_000;

/// A market with a bank that lends, a bank whose asset is about to be worth
/// nothing, and people.
///
/// The governance token is worth a dollar; an auction sells it from 1.5 dollars
/// down to half a dollar, and a lot may raise 25 000 dollars at the floor.
pub struct Stage {
    /// Lends dollars; without interest.
    pub usdc: BankId,
    /// Holds the collateral.
    pub junk: BankId,
    /// Has deposited [`LENT`].
    pub lender: Actor,
    /// Clears collateral away.
    pub liquidator: Actor,
    /// Writes off, and has nothing.
    pub keeper: Actor,
    /// Has a million dollars.
    pub bidder: Actor,
}

/// Changes the market's settings; only before the first obligation is opened.
pub fn set_market(world: &mut World, change: impl FnOnce(&mut MarketConfig)) {
    let state = world.market_state();
    assert_eq!(state.obligations, 0, "a change would have to wait");
    let mut config = state.config;
    change(&mut config);
    let admin = world.admin.insecure_clone();
    let update = ix::update_market(
        world.market.market,
        solana_signer::Signer::pubkey(&admin),
        config,
    );
    world.send(&[update], &[&admin]).unwrap();
}

/// A bank of dollars without interest, limits of its own, or bounty.
pub fn plain_bank(name: &str) -> BankSpec<'_> {
    let mut spec = BankSpec::new(name, 6, DOLLAR);
    spec.config = BankConfig {
        min_debt: 1,
        max_utilisation_bps: 10_000,
        base_rate_bps: 0,
        slope_below_bps: 0,
        slope_above_bps: 0,
        bounty_bps: 0,
        min_auction_deficit: 1,
        ..spec.config
    };
    spec
}

/// The stage with other settings of market and lending bank.
pub fn stage_with(
    world: &mut World,
    market: impl FnOnce(&mut MarketConfig),
    bank: impl FnOnce(&mut BankConfig),
) -> Stage {
    let mut spec = plain_bank("USDC");
    bank(&mut spec.config);
    stage_of(world, market, &spec)
}

/// The stage with other settings of the market and another lending bank.
pub fn stage_of(
    world: &mut World,
    market: impl FnOnce(&mut MarketConfig),
    lending: &BankSpec<'_>,
) -> Stage {
    set_market(world, |config| {
        config.max_discount_bps = 5_000;
        config.premium_bps = 5_000;
        market(config);
    });
    let usdc = world.add_bank(lending);
    let mut spec = plain_bank("JUNK");
    spec.price = COLLATERAL_PRICE;
    let junk = world.add_bank(&spec);
    let [lender, liquidator, keeper, bidder] =
        ["lender", "liquidator", "keeper", "bidder"].map(|name| world.actor(name));
    for (actor, atoms) in [(&lender, 2 * LENT), (&liquidator, USDC), (&bidder, LENT)] {
        world.fund(actor, usdc, atoms);
    }
    world.deposit(&lender, usdc, LENT).unwrap();
    Stage {
        usdc,
        junk,
        lender,
        liquidator,
        keeper,
        bidder,
    }
}

/// The stage with other settings of the lending bank.
pub fn stage_bank(world: &mut World, bank: impl FnOnce(&mut BankConfig)) -> Stage {
    stage_with(world, |_| (), bank)
}

/// The stage as it is.
pub fn stage(world: &mut World) -> Stage {
    stage_with(world, |_| (), |_| ())
}

/// Somebody who owes `loss` atoms of `bank`, has no collateral any more, and
/// took the loan just one second too late to be written off.
pub fn fail_too_young(
    world: &mut World,
    stage: &Stage,
    name: &str,
    bank: BankId,
    loss: u64,
) -> Actor {
    let debtor = world.actor(name);
    world.set_price(stage.junk, COLLATERAL_PRICE);
    world.fund(&debtor, stage.junk, COLLATERAL);
    world.deposit(&debtor, stage.junk, COLLATERAL).unwrap();
    world.borrow(&debtor, bank, loss + 1).unwrap();
    crash(world, stage, &debtor, bank);
    world.advance(59);
    debtor
}

/// Takes all collateral of a debtor for one atom of his debt in `bank`.
pub fn crash(world: &mut World, stage: &Stage, debtor: &Actor, bank: BankId) {
    world.fund(&stage.liquidator, bank, 1);
    world.set_price(stage.junk, 1);
    world
        .liquidate(&stage.liquidator, debtor, bank, stage.junk, 1)
        .unwrap();
}

/// Somebody whose debt of `loss` atoms of `bank` can be written off.
pub fn fail_in(world: &mut World, stage: &Stage, name: &str, bank: BankId, loss: u64) -> Actor {
    let debtor = fail_too_young(world, stage, name, bank, loss);
    world.advance(1);
    debtor
}

/// Somebody whose debt of `loss` atoms can be written off.
pub fn fail(world: &mut World, stage: &Stage, name: &str, loss: u64) -> Actor {
    fail_in(world, stage, name, stage.usdc, loss)
}

/// Writes `loss` atoms off at once.
pub fn lose(world: &mut World, stage: &Stage, name: &str, loss: u64) -> (Actor, Receipt) {
    let debtor = fail(world, stage, name, loss);
    let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
    (debtor, receipt)
}

/// Fills the insurance vault.
pub fn insure(world: &mut World, stage: &Stage, atoms: u64) {
    world
        .fund_insurance(&stage.lender, stage.usdc, atoms)
        .unwrap();
}

/// Everything that a bank's loss can move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snap {
    /// The books.
    pub ledger: LedgerState,
    /// (atoms) Tokens in the liquidity vault.
    pub liquidity: u64,
    /// (atoms) Tokens in the insurance vault.
    pub insurance: u64,
    /// (governance atoms) Tokens in escrow.
    pub escrow: u64,
    /// (governance atoms) Supply of the governance mint.
    pub supply: u64,
    /// (governance atoms) What counts against the lifetime cap.
    pub outstanding: u64,
}

/// What there is now.
pub fn snap(world: &mut World, bank: BankId) -> Snap {
    let keys = world.keys(bank);
    Snap {
        ledger: world.bank(bank).ledger,
        liquidity: tokens::balance(&mut *world.chain, &keys.liquidity_vault),
        insurance: tokens::balance(&mut *world.chain, &keys.insurance_vault),
        escrow: tokens::balance(&mut *world.chain, &keys.governance_escrow),
        supply: tokens::supply(&mut *world.chain, &keys.market.mint),
        outstanding: world.market_state().outstanding,
    }
}

/// The books as an event must show them.
pub fn books(ledger: &LedgerState) -> BooksAfter {
    BooksAfter {
        lender_assets: ledger.lender_assets,
        cash: ledger.cash,
        borrowed: ledger.borrowed,
        deficit: ledger.deficit,
        on_auction: ledger.on_auction,
        insurance: ledger.insurance,
    }
}

/// Compares the one event of a receipt with one in which every field is named.
macro_rules! assert_event {
    ($receipt:expr, $event:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let expected = $event { $($field: $value),* };
        let actual = $receipt.event::<$event>();
        $(assert_eq!(
            actual.$field,
            expected.$field,
            concat!(stringify!($event), ".", stringify!($field)),
        );)*
    }};
}
pub(crate) use assert_event;

/// The one logged event of type `E`; none on the chain that has no such logs.
pub fn logged<E: AnchorDeserialize + Discriminator>(world: &World, receipt: &Receipt) -> Option<E> {
    let mut events = receipt.logs.iter().filter_map(|line| {
        let data = BASE64_STANDARD.decode(line.strip_prefix("Program data: ")?);
        let data = data.expect("a data line is base64");
        let body = data.strip_prefix(E::DISCRIMINATOR)?;
        Some(E::try_from_slice(body).expect("the event has the layout it names"))
    });
    let event = events.next();
    assert!(events.next().is_none(), "one such event at the most");
    assert_eq!(event.is_some(), world.chain.name() == "bytecode");
    event
}

/// `instruction` with every `from` replaced by `to`.
pub fn with_account(instruction: &Instruction, from: Pubkey, to: Pubkey) -> Instruction {
    let mut changed = instruction.clone();
    let mut found = false;
    for meta in changed
        .accounts
        .iter_mut()
        .filter(|meta| meta.pubkey == from)
    {
        meta.pubkey = to;
        found = true;
    }
    assert!(found, "the instruction does not name {from}");
    changed
}

fn to_u64(number: BigUint) -> u64 {
    number.try_into().expect("the figure fits 64 bits")
}

/// `⌊a · b / c⌋`, exact in between.
pub fn mul_div(a: impl Into<BigUint>, b: impl Into<BigUint>, c: impl Into<BigUint>) -> u64 {
    to_u64(a.into() * b.into() / c.into())
}

/// `⌈a · b / c⌉`, exact in between.
pub fn mul_div_ceil(a: impl Into<BigUint>, b: impl Into<BigUint>, c: impl Into<BigUint>) -> u64 {
    let c = c.into();
    to_u64((a.into() * b.into() + &c - 1u8) / c)
}

/// One atom per governance atom, as prices are stored.
pub const PAR: u128 = 1 << 64;

/// (atoms) What `tokens` cost at `rate`, in favour of the seller.
pub fn cost(tokens: u64, rate: u128) -> u64 {
    mul_div_ceil(tokens, rate, PAR)
}

/// (governance atoms) How many tokens it takes to raise `atoms` at `rate`.
pub fn tokens_for(atoms: u64, rate: u128) -> u64 {
    mul_div_ceil(atoms, PAR, rate)
}

/// Price of an auction after `elapsed` seconds of sale, in favour of the seller.
pub fn falling(start: u128, floor: u128, elapsed: u64) -> u128 {
    let fallen = BigUint::from(start - floor) * elapsed / AUCTION_DURATION;
    start - u128::try_from(fallen).expect("less than the start price")
}

/// What a bucket of `capacity` has leaked after `elapsed` of `window` seconds.
pub fn leaked(capacity: u64, elapsed: u64, window: u64) -> u64 {
    mul_div(capacity, elapsed, window)
}

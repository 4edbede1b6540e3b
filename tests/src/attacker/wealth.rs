//! What somebody's holdings are worth. The arithmetic is done again here in big
//! integers: nothing of the engine is used.

use {
    super::cast::Cast,
    crate::{
        state::{self, Wide},
        tokens,
        world::{Actor, World},
    },
    backstop::state::LedgerState,
    num_bigint::BigUint,
};

/// (10^-18 dollars) Fine enough for an atom of any asset here to be a whole number.
pub type Attos = i128;

/// (attos) A cent.
pub const CENT: Attos = 10_i128.pow(16);
/// (attos) A dollar.
pub const DOLLARS: Attos = 10_i128.pow(18);

/// True prices (10^-8 dollars a whole token). They need not be what feeds say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Of each bank's asset.
    pub banks: Vec<i64>,
    /// Of the governance token.
    pub governance: i64,
}

/// (attos) What `atoms` of an asset are worth.
pub fn value(atoms: u64, price: i64, decimals: u8) -> Attos {
    i128::from(atoms) * i128::from(price) * 10_i128.pow(10 - u32::from(decimals))
}

/// `⌊shares · (net assets + 1) / (all shares + 10⁶)⌋`: what a withdrawal would pay.
pub fn net_claim(ledger: &LedgerState, shares: &BigUint) -> u64 {
    let net = BigUint::from(ledger.lender_assets) - ledger.deficit + 1u8;
    let claim = shares * net / (ledger.deposit_shares.big() + 1_000_000u32);
    claim.try_into().expect("no more than the bank has")
}

/// (attos) What shares are worth, parts of an atom included, rounded up.
pub fn net_value_up(ledger: &LedgerState, shares: &BigUint, price: i64, decimals: u8) -> Attos {
    let net = BigUint::from(ledger.lender_assets) - ledger.deficit + 1u8;
    let unit = value(1, price, decimals).unsigned_abs();
    let all = ledger.deposit_shares.big() + 1_000_000u32;
    let worth = (shares * net * unit + &all - 1u8) / all;
    worth.try_into().expect("no more than there is money")
}

/// `⌈shares · index / 2⁹⁶⌉`: what clears a debt.
pub fn debt(ledger: &LedgerState, shares: &BigUint) -> u64 {
    let one = BigUint::from(1u8) << 96u32;
    let debt = (shares * ledger.borrow_index.big() + (one - 1u8)) >> 96u32;
    debt.try_into().expect("a debt fits 64 bits")
}

/// (attos) Tokens of every kind in the attacker's wallets, at `prices`.
pub fn in_wallets(world: &mut World, cast: &Cast, prices: &Prices) -> Attos {
    let mut sum = 0;
    for who in 0..cast.thieves.len() {
        for (index, price) in prices.banks.iter().enumerate() {
            let held = tokens::balance(&mut *world.chain, &cast.wallet(who, index));
            let decimals = world.mints[cast.banks[index].0].decimals;
            sum += value(held, *price, decimals);
        }
        let held = tokens::balance(&mut *world.chain, &cast.governance_wallet(who));
        sum += value(held, prices.governance, world.governance.decimals);
    }
    sum
}

/// (attos) What an obligation is worth to its owner: deposits at net less debts,
/// and never less than nothing, because he can walk away from it. The books must
/// be up to date.
pub fn equity(world: &mut World, cast: &Cast, actor: &Actor, prices: &Prices) -> Attos {
    let mut sum = 0;
    for position in world.obligation(actor).positions() {
        let Some(index) = cast.index_of(world, &position.bank) else {
            continue;
        };
        let keys = world.keys(cast.banks[index]);
        let ledger = state::bank(&mut *world.chain, &keys.bank).ledger;
        let decimals = world.mints[cast.banks[index].0].decimals;
        let worth = |atoms| value(atoms, prices.banks[index], decimals);
        sum += worth(net_claim(&ledger, &position.deposit_shares.big()));
        sum -= worth(debt(&ledger, &position.debt_shares.big()));
    }
    sum.max(0)
}

/// (attos) Everything that the attacker owns.
pub fn estate(world: &mut World, cast: &Cast, prices: &Prices) -> Attos {
    let held = in_wallets(world, cast, prices);
    let lent: Attos = cast
        .thieves
        .iter()
        .map(|thief| equity(world, cast, thief, prices))
        .sum();
    held + lent
}

//! What the settings are built of: banks, lenders, the attacker's wallets.

use {
    super::{
        cast::Cast,
        ops::Op,
        owed::Rules,
        plan::{Vocabulary, Wait},
        trial::Setting,
        wealth::Prices,
    },
    crate::{
        settings::{DAY, HOUR},
        tokens,
        world::{Actor, BankId, BankSpec, World, DOLLAR},
    },
    backstop::state::BankConfig,
};

/// (atoms) One whole USDC.
pub(super) const USDC: u64 = 1_000_000;
/// (atoms) One whole SOL.
pub(super) const SOL: u64 = 1_000_000_000;
/// (atoms) One governance token.
pub(super) const TOKEN: u64 = 1_000_000;
/// (10^-8 dollars) A SOL before the crisis, and after it.
pub(super) const SOL_BEFORE: i64 = 100 * DOLLAR;
pub(super) const SOL_AFTER: i64 = 58 * DOLLAR;
/// Wallets of the attacker.
pub(super) const WALLETS: usize = 3;

pub(super) fn waits() -> Vec<Wait> {
    let mut waits = vec![Wait::SameSlot, Wait::SameSlot];
    let hours = [2, 6, 8].map(|count| count * u64::from(HOUR));
    let days = [1, 3, 14, 365].map(|count| count * u64::from(DAY));
    waits.extend(
        [0, 1, 59, 60]
            .into_iter()
            .chain(hours)
            .chain(days)
            .map(Wait::Secs),
    );
    waits
}

pub(super) fn words(cast: &Cast) -> Vocabulary {
    Vocabulary {
        ops: Op::ANYONE.to_vec(),
        waits: waits(),
        wallets: cast.thieves.len(),
        obligations: cast.obligations(),
        banks: cast.banks.len(),
        push_bps: 0,
        longest: 12,
    }
}

pub(super) fn without_interest(config: &mut BankConfig) {
    (
        config.base_rate_bps,
        config.slope_below_bps,
        config.slope_above_bps,
    ) = (0, 0, 0);
}

pub(super) fn banks(change: impl Fn(&mut BankConfig)) -> (World, Vec<BankId>) {
    let mut world = World::bytecode();
    let mut banks = Vec::new();
    for mut spec in [BankSpec::usdc(), BankSpec::sol()] {
        change(&mut spec.config);
        banks.push(world.add_bank(&spec));
    }
    (world, banks)
}

/// Somebody with so many USDC and SOL in the wallet.
pub(super) fn rich(world: &mut World, name: &str, banks: &[BankId], usdc: u64, sol: u64) -> Actor {
    let actor = world.actor(name);
    for (bank, atoms) in banks.iter().zip([usdc * USDC, sol * SOL]) {
        if atoms > 0 {
            world.fund(&actor, *bank, atoms);
        }
    }
    actor
}

/// Somebody who has deposited it all.
pub(super) fn lender(
    world: &mut World,
    name: &str,
    banks: &[BankId],
    usdc: u64,
    sol: u64,
) -> Actor {
    let actor = rich(world, name, banks, usdc, sol);
    for (bank, atoms) in banks.iter().zip([usdc * USDC, sol * SOL]) {
        if atoms > 0 {
            world.deposit(&actor, *bank, atoms).expect("a deposit");
        }
    }
    actor
}

/// The attacker's wallets, some governance tokens in each, and the keeper.
pub(super) fn cast(world: &mut World, banks: Vec<BankId>, honest: Vec<Actor>, riches: u64) -> Cast {
    let treasury = world.treasury.insecure_clone();
    let owner = solana_signer::Signer::pubkey(&treasury);
    let governance = world.governance;
    let from = tokens::associated_token_account(&governance, &owner);
    let thieves: Vec<Actor> = (0..WALLETS)
        .map(|index| {
            let name = format!("thief {index}");
            let thief = rich(world, &name, &banks, riches, riches / 100);
            let to = world.governance_wallet(&thief);
            tokens::transfer(
                &mut *world.chain,
                &governance,
                &from,
                &to,
                &treasury,
                5_000 * TOKEN,
            );
            thief
        })
        .collect();
    let keeper = rich(world, "honest keeper", &banks, 10_000_000, 100_000);
    let fee_owner = solana_signer::Signer::pubkey(&world.fee_owner);
    for bank in &banks {
        let mint = world.mints[bank.0];
        tokens::create_associated_token_account(&mut *world.chain, &mint, &fee_owner);
    }
    Cast::new(world, thieves, honest, keeper, banks)
}

pub(super) fn setting(name: &'static str, world: World, cast: Cast, sol: i64) -> Setting {
    Setting {
        name,
        words: words(&cast),
        rules: Rules::ALL,
        prices: Prices {
            banks: vec![DOLLAR, sol],
            governance: DOLLAR,
        },
        path: None,
        depth: vec![0; cast.banks.len()],
        watched: true,
        world,
        cast,
    }
}

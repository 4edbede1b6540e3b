//! The initial check, computed again in big integers from account bytes alone.

use {
    backstop::state::{Bank, Obligation, Position},
    backstop_tests::{
        state::{self, Wide},
        world::World,
    },
    num_bigint::BigUint,
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
};

/// Weighted collateral and weighted debt, in one unit.
#[derive(Debug)]
pub struct Health {
    collateral: BigUint,
    debt: BigUint,
}

impl Health {
    pub fn is_healthy(&self) -> bool {
        self.collateral >= self.debt
    }

    /// Whether collateral is at least the same multiple of debt as before.
    pub fn is_no_worse_than(&self, before: &Self) -> bool {
        &self.collateral * &before.debt >= &before.collateral * &self.debt
    }
}

/// The debtors among the obligations that an instruction names, if every price
/// of theirs is of this slot.
pub fn of_named(world: &mut World, instruction: &Instruction) -> Vec<(Pubkey, Health)> {
    let metas = instruction.accounts.iter().map(|meta| meta.pubkey);
    metas
        .filter(|key| world.obligations.contains(key))
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|key| Some((key, of(world, &key)?)))
        .collect()
}

fn of(world: &mut World, key: &Pubkey) -> Option<Health> {
    let obligation: Obligation = state::try_obligation(&mut *world.chain, key)?;
    if !obligation.has_debt() {
        return None;
    }
    let slot = world.chain.slot();
    let mut health = Health {
        collateral: BigUint::ZERO,
        debt: BigUint::ZERO,
    };
    for position in obligation.positions().iter().filter(|p| p.is_active()) {
        let bank = state::bank(&mut *world.chain, &position.bank);
        if bank.config.delisted != 0 && !position.has_debt() {
            continue;
        }
        if bank.price.slot != slot {
            return None;
        }
        let (collateral, debt) = weighted(&bank, position);
        health.collateral += collateral;
        health.debt += debt;
    }
    Some(health)
}

/// Value times 10^18 in the least unit of all prices, times the weight in basis
/// points, over 10^decimals; every price of these scenarios has one exponent.
fn weighted(bank: &Bank, position: &Position) -> (BigUint, BigUint) {
    let price = &bank.price;
    assert_eq!(price.exponent, backstop_tests::world::PRICE_EXPONENT);
    let scale = BigUint::from(10u8).pow(18 - u32::from(bank.decimals));
    let ledger = &bank.ledger;
    if position.has_debt() {
        let one = (BigUint::from(1u8) << 96u32) - 1u8;
        let atoms = (position.debt_shares.big() * ledger.borrow_index.big() + one) >> 96u32;
        let high = price.spot.max(price.ema) + price.conf;
        let value = atoms * scale * high * bank.config.liability_weight_bps;
        return (BigUint::ZERO, value);
    }
    let net = BigUint::from(ledger.lender_assets - ledger.deficit) + 1u8;
    let shares = ledger.deposit_shares.big() + 1_000_000u32;
    let atoms = position.deposit_shares.big() * net / shares;
    let low = price.spot.min(price.ema) - price.conf;
    let value = atoms * scale * low * bank.config.collateral_factor_bps;
    (value, BigUint::ZERO)
}

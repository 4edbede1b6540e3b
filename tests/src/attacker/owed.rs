//! What the protocol itself owes the attacker for his services, read from the
//! events: liquidation bonuses, bounties, and the discount of an auction.
//!
//! It is subtracted from his profit to the atom, but never beyond what the
//! settings allow: whatever an event paid on top stays profit.

use {
    super::{
        cast::Cast,
        wealth::{net_value_up, value, Attos, Prices, CENT},
    },
    crate::{
        chain::Receipt,
        state::{self, Wide},
        world::World,
    },
    anchor_lang::{AnchorDeserialize, Discriminator},
    backstop::{
        events::{DebtWrittenOff, GovernanceBought, Liquidated},
        state::Le128,
    },
    base64::{prelude::BASE64_STANDARD, Engine},
    solana_pubkey::Pubkey,
};

/// Which services are subtracted. A setting that leaves one out has a hole in
/// its accounts that the search must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Bonuses of liquidating other people.
    pub bonus: bool,
    /// Bounties of write-offs.
    pub bounty: bool,
    /// Discounts of governance tokens bought at auction.
    pub discount: bool,
}

impl Rules {
    /// Everything is subtracted.
    pub const ALL: Self = Self {
        bonus: true,
        bounty: true,
        discount: true,
    };
}

/// The events that a program has logged, of one type.
fn logged<E: AnchorDeserialize + Discriminator>(receipt: &Receipt) -> Vec<E> {
    receipt
        .logs
        .iter()
        .filter_map(|line| {
            let data = BASE64_STANDARD.decode(line.strip_prefix("Program data: ")?);
            let body = data.ok()?;
            E::try_from_slice(body.strip_prefix(E::DISCRIMINATOR)?).ok()
        })
        .collect()
}

/// What the attacker is owed for one of his transactions. `now` are the true
/// prices of this moment, `end` those at which his profit will be counted.
pub fn owed(
    world: &mut World,
    cast: &Cast,
    receipt: &Receipt,
    rules: Rules,
    now: &Prices,
    end: &Prices,
) -> Attos {
    let mut sum = 0;
    if rules.bonus {
        for event in logged::<Liquidated>(receipt) {
            // What one of his wallets takes from another is no service.
            if !cast.is_thief(&event.obligation) {
                sum += bonus(world, cast, &event, now, end);
            }
        }
    }
    let worth = |world: &World, bank: &Pubkey, atoms: u64, prices: &Prices| {
        let index = cast.index_of(world, bank).expect("a bank of the setting");
        let decimals = world.mints[cast.banks[index].0].decimals;
        value(atoms, prices.banks[index], decimals)
    };
    if rules.bounty {
        for event in receipt.events_of::<DebtWrittenOff>() {
            sum += worth(world, &event.bank, event.bounty, end);
        }
    }
    if rules.discount {
        let most = world.market_state().config.max_discount_bps;
        for event in receipt.events_of::<GovernanceBought>() {
            let decimals = world.governance.decimals;
            let got = value(event.bought, end.governance, decimals);
            let discount = got - worth(world, &event.bank, event.paid, end);
            sum += discount.clamp(0, got * i128::from(most) / 10_000);
        }
    }
    sum
}

/// What a liquidation brought, as far as the bonus of the event explains it at
/// the prices of then; what those tokens gained since is the liquidator's own.
fn bonus(world: &mut World, cast: &Cast, event: &Liquidated, now: &Prices, end: &Prices) -> Attos {
    let bank = |world: &World, key: &Pubkey| {
        let index = cast.index_of(world, key).expect("a bank of the setting");
        (index, world.mints[cast.banks[index].0].decimals)
    };
    let (debt, decimals) = bank(world, &event.debt_bank);
    let paid = |prices: &Prices| value(event.repaid, prices.banks[debt], decimals);
    let (collateral, decimals) = bank(world, &event.collateral_bank);
    let ledger = state::bank(&mut *world.chain, &event.collateral_bank).ledger;
    let shares = Le128::from(event.to_liquidator).big();
    let seized =
        |prices: &Prices| net_value_up(&ledger, &shares, prices.banks[collateral], decimals);
    // A rest of collateral worth a cent may be thrown in.
    let most = paid(now) * i128::from(event.bonus_bps) / 10_000 + CENT;
    let beyond = (seized(now) - paid(now) - most).max(0);
    // Insurance is paid whole atoms of its slice; lenders keep the rest, and he may be
    // one of them.
    let dust = value(1, end.banks[collateral], decimals);
    seized(end) - paid(end) - beyond + dust
}

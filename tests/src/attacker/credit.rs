//! What an obligation may still borrow.

use {
    super::{
        cast::Cast,
        wealth::{debt, net_claim},
    },
    crate::{state::Wide, world::World},
};

/// (atoms) About what the attacker's wallet `who` may still borrow from `bank`:
/// prices and weights as the initial check reads them, and no more than there is.
pub fn credit(world: &mut World, cast: &Cast, who: usize, bank: usize) -> u64 {
    let mut room: i128 = 0;
    for position in world.obligation(&cast.thieves[who]).positions() {
        let Some(index) = cast.index_of(world, &position.bank) else {
            continue;
        };
        let state = world.bank(cast.banks[index]);
        let (low, high, unit) = readings(world, cast, index);
        let deposit = net_claim(&state.ledger, &position.deposit_shares.big());
        let owed = debt(&state.ledger, &position.debt_shares.big());
        let weight = i128::from(state.config.collateral_factor_bps);
        room += i128::from(deposit) * low * unit / 10_000 * weight;
        room -= i128::from(owed) * high * unit;
    }
    let (_, high, unit) = readings(world, cast, bank);
    let cash = world.bank(cast.banks[bank]).ledger.cash;
    let atoms = room.max(0) / (high * unit).max(1);
    u64::try_from(atoms).unwrap_or(u64::MAX).min(cash)
}

/// A feed's lowest and highest reading, and what an atom counts with.
fn readings(world: &World, cast: &Cast, index: usize) -> (i128, i128, i128) {
    let id = cast.banks[index];
    let feed = world.feed(&world.keys(id).oracle);
    let (spot, ema) = (i128::from(feed.price), i128::from(feed.ema_price));
    let conf = i128::from(feed.conf);
    let unit = 10_i128.pow(10 - u32::from(world.mints[id.0].decimals));
    (spot.min(ema) - conf, spot.max(ema) + conf, unit)
}

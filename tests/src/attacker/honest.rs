//! What honest people do while the attacker works: a keeper liquidates and
//! writes off whatever of the attacker's is due.

use {
    super::cast::Cast,
    crate::{chain::Failure, world::World},
};

/// After a transaction of the attacker's, everything that is due to his
/// obligations is done. Refusals are what the keeper expects most of the time.
pub fn keep(world: &mut World, cast: &Cast) {
    for thief in &cast.thieves {
        let obligation = world.obligation(thief);
        let side = |has: fn(&backstop::state::Position) -> bool| -> Vec<usize> {
            obligation
                .positions()
                .iter()
                .filter(|position| has(position))
                .filter_map(|position| cast.index_of(world, &position.bank))
                .collect()
        };
        let (debts, deposits) = (
            side(backstop::state::Position::has_debt),
            side(backstop::state::Position::has_deposit),
        );
        for debt in debts {
            let debt = cast.banks[debt];
            let mut cleared = deposits.is_empty();
            for deposit in &deposits {
                let collateral = cast.banks[*deposit];
                cleared |= done(world.liquidate(&cast.keeper, thief, debt, collateral, u64::MAX));
            }
            if cleared {
                done(world.write_off(&cast.keeper, thief, debt));
            }
        }
    }
}

fn done<T>(result: Result<T, Failure>) -> bool {
    result.is_ok()
}

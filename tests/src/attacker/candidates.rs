//! Candidates for the next action: the instructions that have something to work
//! on in a state. A plan is continued from this list more often than at random.

use {
    super::{
        cast::Cast,
        ops::Op,
        plan::{Action, Amount},
    },
    crate::world::World,
};

/// Everything that might work now, by the wallet 0 and with all there is.
pub fn candidates(world: &mut World, cast: &Cast) -> Vec<Action> {
    let mut actions = Vec::new();
    for whom in 0..cast.obligations() {
        of_obligation(world, cast, whom, &mut actions);
    }
    for bank in 0..cast.banks.len() {
        of_bank(world, cast, bank, &mut actions);
    }
    actions
}

fn action(op: Op, whom: usize, bank: usize, other: usize) -> Action {
    Action {
        op,
        who: 0,
        whom,
        bank,
        other,
        amount: Amount::All,
        knob: 0,
    }
}

fn of_obligation(world: &mut World, cast: &Cast, whom: usize, actions: &mut Vec<Action>) {
    let obligation = world.obligation(cast.owner(whom));
    let own = whom < cast.thieves.len();
    let positions: Vec<_> = obligation
        .positions()
        .iter()
        .filter_map(|position| Some((cast.index_of(world, &position.bank)?, *position)))
        .collect();
    let deposits: Vec<usize> = positions
        .iter()
        .filter(|(_, position)| position.has_deposit())
        .map(|(bank, _)| *bank)
        .collect();
    for (bank, position) in &positions {
        let mut offer = |op, other| {
            actions.push(Action {
                who: if own { whom } else { 0 },
                ..action(op, whom, *bank, other)
            });
        };
        if position.has_debt() {
            offer(Op::Repay, *bank);
            for deposit in &deposits {
                offer(Op::Liquidate, *deposit);
            }
            if deposits.is_empty() {
                offer(Op::WriteOff, *bank);
            }
        }
        if position.written_off > 0 {
            offer(Op::RepayRecord, *bank);
        }
        if own && position.has_deposit() {
            offer(Op::Withdraw, *bank);
            for other in (0..cast.banks.len()).filter(|other| other != bank) {
                actions.push(Action {
                    who: whom,
                    ..action(Op::Borrow, whom, other, *bank)
                });
            }
        }
    }
}

fn of_bank(world: &mut World, cast: &Cast, bank: usize, actions: &mut Vec<Action>) {
    let state = world.bank(cast.banks[bank]);
    let mut offer = |op| actions.push(action(op, 0, bank, (bank + 1) % cast.banks.len()));
    offer(Op::Deposit);
    if state.ledger.deficit > 0 {
        offer(Op::Cover);
        offer(Op::Socialise);
    }
    if state.auction.lot > 0 {
        offer(Op::Buy);
        offer(Op::CloseAuction);
    }
    if state.ledger.insurance > 0 && state.ledger.deficit == 0 {
        offer(Op::StartBuyBack);
    }
    if state.buy_back.budget > 0 {
        offer(Op::Sell);
        offer(Op::CloseBuyBack);
    }
}

//! Lenders: some leave on the way, the others at the end.

use {
    super::stage::Stage,
    backstop_engine::{ledger::Ledger, units::Shares},
};

/// (atoms) A departure may change what others own by a rounding, no more.
const DRIFT: u64 = 1;

/// What a lender's shares are worth.
#[derive(Clone, Copy, Debug, Default)]
pub struct Claim {
    /// (atoms) With the deficit.
    pub gross: u64,
    /// (atoms) Without it: what he would be paid now.
    pub net: u64,
}

/// What every lender's shares are worth, in the order of the cast.
pub fn claims(stage: &mut Stage) -> Vec<Claim> {
    let books: Ledger = stage.books();
    let bank = stage.world.keys(stage.usdc).bank;
    let Stage { world, cast, .. } = stage;
    cast.lenders
        .iter()
        .map(|lender| {
            let obligation = world.obligation(&lender.actor);
            let shares = obligation
                .positions()
                .iter()
                .find(|position| position.bank == bank)
                .map_or(Shares::ZERO, |position| {
                    Shares(position.deposit_shares.get())
                });
            Claim {
                gross: books.gross_value_down(shares).expect("shares fit").0,
                net: books.net_value_down(shares).expect("shares fit").0,
            }
        })
        .collect()
}

/// Lenders whose time has come leave.
pub fn leave(stage: &mut Stage) {
    let now = stage.bar.at;
    for index in 0..stage.cast.lenders.len() {
        let lender = &stage.cast.lenders[index];
        if lender.leaves == now && now < super::times::END {
            depart(stage, index);
        }
    }
}

/// One lender takes all that is his.
pub fn depart(stage: &mut Stage, index: usize) {
    let usdc = stage.usdc;
    stage.world.refresh(&[usdc]).expect("the price is usable");
    let before = claims(stage);
    let borne = stage.world.bank(usdc).ledger.borne_by_leavers.get();
    stage
        .isolated(|world, cast, usdc| world.withdraw(&cast.lenders[index].actor, usdc, u128::MAX))
        .expect("a lender may leave");
    stage.log.checks.transactions += 1;
    let after = claims(stage);
    for (other, (before, after)) in before.iter().zip(&after).enumerate() {
        let drift = before.net.abs_diff(after.net);
        let holds = other == index || (drift <= DRIFT && after.gross <= before.gross + DRIFT);
        assert!(
            holds,
            "NORUN: a departure moved another lender's claim from {before:?} to {after:?}"
        );
        if other != index {
            let most = &mut stage.log.checks.departure_drift;
            *most = drift.max(*most);
        }
    }
    stage.log.checks.departures += 1;
    let borne = stage.world.bank(usdc).ledger.borne_by_leavers.get() - borne;
    let paid_out = stage.world.balance(&stage.cast.lenders[index].actor, usdc);
    let lender = &mut stage.cast.lenders[index];
    lender.paid_out = Some(paid_out);
    lender.carried += u64::try_from(borne).expect("a deficit fits");
}

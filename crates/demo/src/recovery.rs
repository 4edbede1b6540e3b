//! After the storm: debtors pay written-off debt back, fees are collected, and
//! insurance above its target buys tokens back.

use {
    super::{
        borrowers,
        log::{BuyBackRecord, RepaidRecord},
        stage::Stage,
        times,
    },
    backstop::{
        error::BackstopError,
        events::{GovernanceSold, WrittenOffRepaid},
    },
    backstop_engine::units::{Atoms, UnixTime},
    backstop_world::{ix, tokens},
    solana_signer::Signer,
    std::cmp::Reverse,
};

/// (bps) A holder sells when the buy-back offers this share of the market.
const SELLS_AT_BPS: i64 = 9_000;

/// One bar of recovery.
pub fn recover(stage: &mut Stage) {
    match stage.bar.at {
        times::FIRST_RECOVERY => repay(stage, 1, 2_500),
        times::SECOND_RECOVERY => {
            repay(stage, 0, 6_000);
            collect(stage);
        }
        times::BUY_BACK => start(stage),
        _ => {}
    }
    if stage.bar.at >= times::BUY_BACK {
        sell(stage);
    }
}

/// The debtor with the largest record but `rank` repays `share_bps` of it.
fn repay(stage: &mut Stage, rank: usize, share_bps: u64) {
    let mut views = borrowers::views(stage);
    views.retain(|view| view.written_off > 0);
    views.sort_by_key(|view| Reverse(view.written_off));
    let Some(view) = views.get(rank.min(views.len().saturating_sub(1))).copied() else {
        return;
    };
    let atoms = view.written_off * share_bps / 10_000;
    let receipt = stage
        .isolated(|world, cast, usdc| {
            let debtor = &cast.borrowers[view.index].actor;
            world.repay_written_off(debtor, debtor, usdc, atoms)
        })
        .expect("a record can always be repaid");
    stage.log.checks.permissionless += 1;
    let event = receipt.event::<WrittenOffRepaid>();
    stage.log.repaid.push(RepaidRecord {
        at: event.at,
        account: stage.cast.borrowers[view.index].name.clone(),
        paid: event.paid,
        to_deficit: event.to_deficit,
        to_insurance: event.to_insurance,
        left: event.written_off,
    });
}

fn collect(stage: &mut Stage) {
    let usdc = stage.usdc;
    let owner = stage.world.fee_owner.pubkey();
    let account = tokens::associated_token_account(&stage.world.mints[usdc.0], &owner);
    let balance = |stage: &mut Stage| tokens::balance(&mut *stage.world.chain, &account);
    let before = (balance(stage), stage.world.bank(usdc).ledger.insurance);
    let collected = stage.isolated(|world, _, usdc| {
        let collect = ix::collect_fees(&world.keys(usdc), account);
        world.send(&[collect], &[])
    });
    // Refused while a deficit is open, or when there is nothing to collect.
    if collected.is_ok() {
        stage.log.fees_to_protocol += balance(stage) - before.0;
        stage.log.fees_to_insurance += stage.world.bank(usdc).ledger.insurance - before.1;
    }
}

fn start(stage: &mut Stage) {
    // Refused without a surplus: then there is nothing to tell.
    let started = stage.isolated(|world, _, usdc| {
        let keys = world.keys(usdc);
        world.send(
            &[ix::refresh_banks(&[keys]), ix::start_buy_back(&keys)],
            &[],
        )
    });
    stage.log.checks.permissionless += u64::from(started.is_ok());
}

fn sell(stage: &mut Stage) {
    let now = UnixTime(stage.bar.at);
    let running = stage.world.bank(stage.usdc).buy_back.get();
    if !running.is_running() {
        return;
    }
    let market = stage.bar.token.spot;
    let Ok(rate) = running.rate_down(now) else {
        let closed = stage.isolated(|world, _, usdc| {
            let close = ix::close_buy_back(&world.keys(usdc));
            world.send(&[close], &[])
        });
        closed.expect("a buy-back that is over can be closed");
        return;
    };
    if i64::try_from(super::auction::micro(rate.0)).unwrap_or(i64::MAX)
        < market / 100 * SELLS_AT_BPS / 10_000
    {
        return;
    }
    let amount = rate
        .tokens_up(Atoms(running.budget.0))
        .expect("few tokens")
        .0;
    let sold = stage.isolated(|world, cast, usdc| {
        let holder = &cast.treasury;
        let (from, to) = (world.governance_wallet(holder), world.wallet(holder, usdc));
        let keys = world.keys(usdc);
        let sell = ix::sell_governance(&keys, holder.key(), from, to, amount, 0);
        world.send(&[ix::refresh_banks(&[keys]), sell], &[&holder.wallet])
    });
    let receipt = match sold {
        Ok(receipt) => receipt,
        // The target grows with the loans; the last cents may be below it now.
        Err(failure) if failure.code() == Some(BackstopError::NoSurplus.into()) => return,
        Err(failure) => panic!("a holder cannot sell into the buy-back: {failure}"),
    };
    let event = receipt.event::<GovernanceSold>();
    stage.log.bought_back.push(BuyBackRecord {
        at: event.at,
        burned: event.sold,
        paid: event.paid,
        market,
    });
}

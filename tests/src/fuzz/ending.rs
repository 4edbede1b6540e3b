//! ALIVE: whatever happened before, there is a way out that needs no permission.

use {
    super::{
        case::{Amount, Call, Step, BANKS, USERS},
        stage::{Effect, Stage},
    },
    crate::{
        model::number::{least, Int},
        settings::DAY,
    },
};

/// Days of waiting and calling within which every deficit must be gone, unless
/// insurance pays it off in steps of its draw limit.
const ROUNDS: usize = 60;

/// Closes every auction, brings every deficit to 0, repays every debt and lets
/// lenders without debt leave, all by calls that anybody may send.
pub fn reach(stage: &mut Stage) -> Result<(), String> {
    for bank in 0..BANKS {
        end_deficit(stage, bank)?;
    }
    for bank in 0..BANKS {
        let mut is_whole = true;
        for user in 0..USERS {
            is_whole &= repay(stage, user, bank)?;
        }
        for user in 0..USERS {
            if is_whole {
                leave(stage, user, bank)?;
            }
        }
    }
    Ok(())
}

fn send(stage: &mut Stage, call: Call) -> Result<Effect, String> {
    stage.step(&Step::Send(vec![call]))
}

fn end_deficit(stage: &mut Stage, bank: usize) -> Result<(), String> {
    for _ in 0..ROUNDS {
        let state = &stage.model.banks[bank];
        if state.books.deficit == Int::ZERO && state.auction.is_none() {
            return Ok(());
        }
        let before = state.books.clone();
        stage.step(&Step::Tick {
            secs: u64::from(DAY),
            silent: true,
        })?;
        for call in [
            Call::CloseAuction { bank },
            Call::Cover { bank },
            Call::Socialise { bank },
        ] {
            send(stage, call)?;
        }
        // A vault behind a low limit takes its time, but it is never stuck: each
        // window the whole limit goes.
        let state = &stage.model.banks[bank];
        let limit = Int::from(state.config.draw_limit);
        let is_behind_limit = limit != Int::ZERO && before.insurance > limit;
        if is_behind_limit && state.config.limit_window_secs <= DAY {
            let paid = &before.deficit - &state.books.deficit;
            if paid < least(&limit, &before.deficit) {
                return Err(format!(
                    "ALIVE: bank {bank} paid {paid} of a limit of {limit}"
                ));
            }
            return Ok(());
        }
    }
    Err(format!(
        "ALIVE: bank {bank} still has a deficit after {ROUNDS} days: {:?}",
        stage.model.banks[bank].books
    ))
}

/// Whether nothing is owed afterwards. A debt that has outgrown every token that
/// can exist stays: nobody can pay it.
fn repay(stage: &mut Stage, user: usize, bank: usize) -> Result<bool, String> {
    let debt = stage.model.debt_now(user, bank);
    if debt == Int::ZERO {
        return Ok(true);
    }
    if !stage.endow(0, bank, &debt) {
        return Ok(false);
    }
    let call = Call::Repay {
        payer: 0,
        user,
        bank,
        amount: Amount::All,
    };
    match send(stage, call)? {
        Effect::Done => Ok(true),
        other => Err(format!(
            "ALIVE: user {user} cannot repay bank {bank}: {other:?}"
        )),
    }
}

fn leave(stage: &mut Stage, user: usize, bank: usize) -> Result<(), String> {
    let owner = &stage.model.users[user];
    let Some(position) = owner.position(bank) else {
        return Ok(());
    };
    let is_kept = (position.withheld && owner.has_record()) || owner.has_debt();
    if position.deposit == Int::ZERO || is_kept {
        return Ok(());
    }
    let call = Call::Withdraw {
        user,
        bank,
        amount: Amount::All,
    };
    match send(stage, call)? {
        Effect::Done => Ok(()),
        other => Err(format!(
            "ALIVE: user {user} cannot leave bank {bank}: {other:?}"
        )),
    }
}

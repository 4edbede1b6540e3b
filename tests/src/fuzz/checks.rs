//! What must hold between the model before and after a transaction, beyond the
//! invariants that chain state shows by itself.

use {
    super::case::Call,
    crate::model::{
        number::{exact, int, Exact, Int},
        state::{Bank, User},
        Model,
    },
};

/// A user's claim on one bank's asset: wallet, deposit at the given share price,
/// less debt.
fn claim(user: &User, index: usize, bank: &Bank, share_price: &Exact) -> Exact {
    let wallet = exact(user.wallet[index].clone());
    let Some(position) = user.position(index) else {
        return wallet;
    };
    let debt = exact(position.debt.clone()) * bank.books.debt_price();
    wallet + exact(position.deposit.clone()) * share_price - debt
}

/// Banks whose state a call may change.
fn banks_of(call: &Call) -> Vec<usize> {
    match call {
        Call::Refresh { banks } => banks.clone(),
        Call::Liquidate {
            debt, collateral, ..
        } => vec![*debt, *collateral],
        Call::Deposit { bank, .. }
        | Call::Withdraw { bank, .. }
        | Call::Borrow { bank, .. }
        | Call::Repay { bank, .. }
        | Call::WriteOff { bank, .. }
        | Call::Cover { bank }
        | Call::Buy { bank, .. }
        | Call::CloseAuction { bank }
        | Call::Socialise { bank }
        | Call::RepayRecord { bank, .. }
        | Call::Fund { bank, .. }
        | Call::Collect { bank }
        | Call::StartBuyBack { bank }
        | Call::Sell { bank, .. }
        | Call::CloseBuyBack { bank }
        | Call::UpdateBank { bank, .. }
        | Call::ApplyBank { bank }
        | Call::CancelBank { bank }
        | Call::Donate { bank, .. } => vec![*bank],
        _ => Vec::new(),
    }
}

/// People whose own rows a call may change against them or in their favour: who
/// signs, who is liquidated, whose debt is repaid or written off, who is paid.
fn people_of(call: &Call) -> Vec<usize> {
    match call {
        Call::Deposit { user, .. }
        | Call::Withdraw { user, .. }
        | Call::Borrow { user, .. }
        | Call::Buy { user, .. }
        | Call::Fund { user, .. }
        | Call::Sell { user, .. }
        | Call::Reopen { user }
        | Call::Donate { user, .. } => vec![*user],
        Call::Repay { payer, user, .. } | Call::RepayRecord { payer, user, .. } => {
            vec![*payer, *user]
        }
        Call::Liquidate {
            liquidator, user, ..
        } => vec![*liquidator, *user],
        Call::WriteOff { user, keeper, .. } => [*user].into_iter().chain(*keeper).collect(),
        _ => Vec::new(),
    }
}

/// Checks ISOLATE, NOGAIN and NORUN, the conservation of tokens, and that nobody
/// who is not named loses anything.
pub fn transition(before: &Model, after: &Model, calls: &[Call]) -> Result<(), String> {
    let people: Vec<usize> = calls.iter().flat_map(people_of).collect();
    for index in 0..before.banks.len() {
        if !calls.iter().any(|call| banks_of(call).contains(&index)) {
            isolate(before, after, index)?;
            continue;
        }
        conserved(before, after, index)?;
        // What interest has brought since the last call is nobody's doing.
        let banks = [before, after].map(|model| {
            let mut bank = model.banks[index].clone();
            bank.books.accrue(&bank.config, model.now);
            bank
        });
        bystanders(&banks, before, after, index, calls, &people)?;
        nobody_gains(&banks, before, after, index, calls)?;
    }
    Ok(())
}

/// ISOLATE: a bank that no call names is as it was.
fn isolate(before: &Model, after: &Model, index: usize) -> Result<(), String> {
    if before.banks[index] == after.banks[index] {
        return Ok(());
    }
    Err(format!(
        "ISOLATE: bank {index} changed, and no call names it"
    ))
}

/// Tokens only move.
fn conserved(before: &Model, after: &Model, index: usize) -> Result<(), String> {
    let sum = |model: &Model| -> Int {
        let bank = &model.banks[index];
        let wallets = model.users.iter().map(|user| &user.wallet[index]);
        wallets.sum::<Int>() + &bank.liquidity_vault + &bank.insurance_vault + &bank.fee_wallet
    };
    let (then, now) = (sum(before), sum(after));
    if then == now {
        return Ok(());
    }
    Err(format!(
        "tokens of bank {index}: {then} before, {now} after"
    ))
}

/// Who is in no call loses nothing, except that a write-off takes the deficit
/// off the net price and socialising takes it off the gross price.
fn bystanders(
    [then, now]: &[Bank; 2],
    before: &Model,
    after: &Model,
    index: usize,
    calls: &[Call],
    people: &[usize],
) -> Result<(), String> {
    let (mut written_off, mut socialised) = (false, false);
    for call in calls {
        match call {
            Call::WriteOff { bank, .. } => written_off |= *bank == index,
            Call::Socialise { bank } => socialised |= *bank == index,
            _ => {}
        }
    }
    for (name, user) in before.users.iter().enumerate() {
        if people.contains(&name) {
            continue;
        }
        let gross = |bank: &Bank, user: &User| claim(user, index, bank, &bank.books.gross_price());
        let net = |bank: &Bank, user: &User| claim(user, index, bank, &bank.books.net_price());
        let owner = &after.users[name];
        if !socialised && gross(now, owner) < gross(then, user) {
            return Err(format!(
                "user {name} lost of his gross claim on bank {index}"
            ));
        }
        if !written_off && net(now, owner) < net(then, user) {
            return Err(format!("user {name} lost of his net claim on bank {index}"));
        }
    }
    Ok(())
}

/// NOGAIN and NORUN: the gross claim of nobody rises by more than an atom a
/// call, whoever comes, leaves, borrows, covers or writes off. Bonuses, bounties,
/// sales to a buy-back and recoveries of a wound-down bank are meant, and the
/// model knows them to the atom.
fn nobody_gains(
    [then, now]: &[Bank; 2],
    before: &Model,
    after: &Model,
    index: usize,
    calls: &[Call],
) -> Result<(), String> {
    let is_meant = |call: &Call| {
        matches!(
            call,
            Call::Liquidate { .. } | Call::WriteOff { .. } | Call::Sell { .. }
        ) || (then.wound_down && matches!(call, Call::RepayRecord { .. }))
    };
    // Somebody may repay another's debt: his gift, and not a gain from nothing.
    let is_gift = |call: &Call| matches!(call, Call::Repay { payer, user, .. } if payer != user);
    if calls.iter().any(|call| is_meant(call) || is_gift(call)) {
        return Ok(());
    }
    let tolerance = exact(int(calls.len() as u64));
    for (name, user) in before.users.iter().enumerate() {
        let was = claim(user, index, then, &then.books.gross_price());
        let is = claim(&after.users[name], index, now, &now.books.gross_price());
        if is > &was + &tolerance {
            return Err(format!(
                "NOGAIN: user {name} gained {} atoms in bank {index}",
                (is - was).round()
            ));
        }
    }
    Ok(())
}

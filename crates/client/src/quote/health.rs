//! Health of an obligation.

use backstop::state::{Bank, Obligation, Position};
use backstop_engine::health::{Check, Sums};
use solana_pubkey::Pubkey;

use crate::{error::ClientError, view::MarketView};

/// The bank lists that instructions take behind their own accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// Positions as they are: liquidation.
    AsIs,
    /// With a debt in this bank: borrowing.
    WithDebtIn(Pubkey),
    /// Without the deposit in this bank, or with what is left of it.
    WithoutDepositIn(Pubkey),
}

/// Banks of the active positions after an action, in position order: the list
/// that `borrow`, `withdraw` and `liquidate` demand, none missing, none extra.
#[must_use]
pub fn active_banks(obligation: &Obligation, list: Lists) -> Vec<Pubkey> {
    let stays = |position: &&Position| match list {
        Lists::WithoutDepositIn(bank) if position.bank == bank => position.has_debt(),
        Lists::WithDebtIn(bank) if position.bank == bank => true,
        _ => position.is_active(),
    };
    let mut banks: Vec<Pubkey> = obligation
        .positions()
        .iter()
        .filter(stays)
        .map(|position| position.bank)
        .collect();
    if let Lists::WithDebtIn(bank) = list {
        if !banks.contains(&bank) {
            banks.push(bank);
        }
    }
    banks
}

/// Banks of the deposits, in position order: the list that `write_off` demands,
/// all of them delisted.
#[must_use]
pub fn deposits(obligation: &Obligation) -> Vec<Pubkey> {
    obligation
        .positions()
        .iter()
        .filter(|position| position.has_deposit())
        .map(|position| position.bank)
        .collect()
}

/// Adds up an obligation for `check`, as the program does: deposits at the net
/// share price, in the insolvency check at the gross one; a deposit in a
/// delisted bank is nothing and needs no price.
///
/// # Errors
/// `UnknownBank`; `NoPrice` for a bank without a usable price; `Rule`.
pub fn health(
    view: &MarketView,
    obligation: &Obligation,
    check: Check,
) -> Result<Sums, ClientError> {
    let mut sums = Sums::default();
    for position in obligation.positions().iter().filter(|p| p.is_active()) {
        let bank = view.bank(&position.bank)?;
        if bank.bank.is_delisted() && !position.has_debt() {
            continue;
        }
        if !bank.is_priced(view.slot) {
            return Err(ClientError::NoPrice(position.bank));
        }
        add(&mut sums, check, &bank.bank, position)?;
    }
    Ok(sums)
}

fn add(sums: &mut Sums, check: Check, bank: &Bank, position: &Position) -> Result<(), ClientError> {
    let ledger = bank.ledger.get();
    let asset = bank.asset();
    if position.has_debt() {
        let debt = ledger.debt_up(position.debt())?;
        sums.add_debt(check, &asset, debt)?;
        return Ok(());
    }
    let deposit = match check {
        Check::Insolvency => ledger.gross_value_down(position.deposit())?,
        Check::Initial | Check::Maintenance => ledger.net_value_down(position.deposit())?,
    };
    sums.add_collateral(check, &asset, deposit)?;
    Ok(())
}

/// Whether even the kindest reading of the prices says that the collateral is
/// worth less than the debt.
///
/// # Errors
/// Those of [`health`].
pub fn is_insolvent(view: &MarketView, obligation: &Obligation) -> Result<bool, ClientError> {
    Ok(health(view, obligation, Check::Insolvency)?.is_underwater())
}

//! Health of an obligation.

use backstop::state::{Obligation, Position};
use backstop_engine::{
    health::{Check, Sums},
    step, EngineError,
};
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
/// that `borrow`, `withdraw` and `liquidate` demand.
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

/// Adds up an obligation for `check`.
///
/// # Errors
/// `UnknownBank`; `NoPrice` for a bank without a usable price; `Rule`.
pub fn health(
    view: &MarketView,
    obligation: &Obligation,
    check: Check,
) -> Result<Sums, ClientError> {
    step::health(obligation, view, check, view.at()).map_err(|rule| named(view, obligation, rule))
}

/// The error of a step, with the address of the bank that it is about.
pub(super) fn named(view: &MarketView, obligation: &Obligation, rule: EngineError) -> ClientError {
    let mut active = obligation.positions().iter().filter(|p| p.is_active());
    let named = match rule {
        EngineError::BankMissing { position } => obligation
            .positions()
            .get(position)
            .map(|position| ClientError::UnknownBank(position.bank)),
        EngineError::PriceNotRefreshed { .. } => active
            .find(|position| {
                view.bank(&position.bank).is_ok_and(|bank| {
                    !bank.is_priced(view.slot) && (position.has_debt() || !bank.bank.is_delisted())
                })
            })
            .map(|position| ClientError::NoPrice(position.bank)),
        _ => None,
    };
    named.unwrap_or(ClientError::Rule(rule))
}

/// Whether even the kindest reading of the prices says that the collateral is
/// worth less than the debt.
///
/// # Errors
/// Those of [`health`].
pub fn is_insolvent(view: &MarketView, obligation: &Obligation) -> Result<bool, ClientError> {
    Ok(health(view, obligation, Check::Insolvency)?.is_underwater())
}
